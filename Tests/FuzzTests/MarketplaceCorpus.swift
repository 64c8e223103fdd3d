import DossierSamples

/// Orders, pushes and answers as the marketplaces' dossiers show them (platforms/shopee.md §3, §4.2; lazada.md §3, §4.2; shopat24.md §3, §4B).
enum MarketplaceCorpus {
    static let shopeePushes = [
        ##"{"shop_id":40071188,"code":3,"timestamp":1761021605,"data":{"ordersn":"2510210K7TTH01","status":"READY_TO_SHIP","update_time":1761021605,"completed_scenario":""}}"##,
        ##"{"shop_id":40071188,"code":4,"timestamp":1761021605,"data":{"ordersn":"2510210K7TTH01","forder_id":"1","package_number":"OFG251021000000017","tracking_no":"TH01"}}"##,
        ##"{"shop_id":40071188,"code":15,"timestamp":1761021605,"data":{"ordersn":"2510210K7TTH01","package_number":"OFG251021000000017","status":"READY"}}"##,
        ##"{"shop_id":40071188,"code":2,"timestamp":1761021605,"data":{"shopid":40071188,"success":1}}"##, ##"{"code":12,"timestamp":1,"data":{"expire_before":1761621605,"shop_expire_soon":[40071188]}}"##,
    ]
    static let shopeeAnswers = [
        ##"{"error":"","message":"","request_id":"r1","response":{"more":true,"next_cursor":"20","order_list":[{"order_sn":"2510210K7TTH01","order_status":"READY_TO_SHIP"}]}}"##,
        ##"{"error":"error_auth","message":"Invalid access_token.","request_id":"r1"}"##, ##"{"error":"","message":"","warning":["x"],"response":{"order_list":[\##(DossierSamples.shopeeOrder)]}}"##,
    ]

    static let lazadaBodies = [##"{"order":\##(DossierSamples.lazadaOrder),"items":[\##(DossierSamples.lazadaItem)]}"##, ##"{"order":\##(DossierSamples.lazadaOrder),"items":[\##(DossierSamples.lazadaItem),\##(DossierSamples.lazadaItem)]}"##]
    static let lazadaPushes = [
        ##"{"seller_id":"100190009","message_type":0,"data":{"order_status":"ready_to_ship","trade_order_id":"700000000000001","trade_order_line_id":"700000000000002","status_update_time":1761021605},"timestamp":1761021605912,"site":"lazada_th"}"##,
        ##"{"seller_id":100190009,"message_type":10,"data":{"reverse_order_id":"1","trade_order_id":"700000000000001","reverse_status":"REQUEST_INITIATE"},"timestamp":1,"site":"lazada_th"}"##,
        ##"{"seller_id":"100190009","message_type":14,"data":{"ofc_package_id":"FP1","status":"package_received","trade_order_id":700000000000001},"timestamp":"1761021605912","site":"lazada_th"}"##,
    ]
    static let lazadaAnswers = [
        ##"{"code":"0","request_id":"r1","data":{"count":1,"countTotal":1,"orders":[\##(DossierSamples.lazadaOrder)]}}"##, ##"{"code":"0","request_id":"r1","data":[{"order_id":700000000000001,"order_items":[\##(DossierSamples.lazadaItem)]}]}"##,
        ##"{"code":"IllegalAccessToken","type":"ISV","message":"The specified access token is invalid or expired","request_id":"r1"}"##,
    ]

    static let shopat24Order = #"""
        {"orderNo":"250000000123","orderDate":"2025-10-21T11:38:00+07:00","updatedAt":"2025-10-21T11:40:05+07:00","status":"NEW","shipTo":"S","storeCode":"01234","storeName":"สาขาตัวอย่าง","payment":"COUNTER","paid":true,
         "recipient":{"name":"สมหญิง ใจดี","phone":"0812345678","address":"99/1 หมู่ 2","subdistrict":"ลาดยาว","district":"จตุจักร","province":"กรุงเทพมหานคร","postcode":"10900"},
         "amount":{"items":"399.50","shipping":"0.00","discount":"20.00","grand":"379.50","currency":"THB"},
         "invoices":[{"invoiceNo":"9900000456","lines":[{"lineNo":1,"sku":"885000000017","vendorSku":"TS-01-BK-M","name":"เสื้อยืดคอกลม ดำ M","qty":2,"unitPrice":"199.75","discount":"20.00","total":"379.50"}]}],"note":null}
        """#
    static let shopat24Pushes = [##"{"orderNo":"250000000123","status":"CONFIRMED","updatedAt":"2025-10-21T11:40:05+07:00"}"##]
    static let shopat24Answers = [
        ##"{"success":true,"code":"0000","message":"OK","data":{"content":[\##(shopat24Order)],"totalPages":3}}"##, ##"{"success":true,"code":"0000","message":"OK","data":\##(shopat24Order)}"##,
        ##"{"success":false,"code":"1001","message":"not found","data":null}"##,
    ]
}
