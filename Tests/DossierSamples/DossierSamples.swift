/// Orders to the letter of the marketplaces' dossiers, which more than one room's tests begin with.
package enum DossierSamples {
    /// platforms/shopee.md §4.2.
    package static let shopeeOrder = #"""
        {"order_sn":"2510210K7TTH01","region":"TH","currency":"THB","cod":false,"order_status":"READY_TO_SHIP",
         "create_time":1761021480,"update_time":1761021605,"days_to_ship":2,"ship_by_date":1761238799,"message_to_seller":"ฝากกันกระแทกด้วยค่ะ",
         "pay_time":1761021600,"payment_method":"Online Payment (KBANK)","total_amount":417.5,
         "estimated_shipping_fee":38,"actual_shipping_fee":0,"actual_shipping_fee_confirmed":false,
         "buyer_user_id":770012345,"buyer_username":"buyer_th_77","note":"","note_update_time":0,
         "recipient_address":{"name":"ธ******ย","phone":"******21","town":"","district":"แขวงลาดยาว","city":"เขตจตุจักร","state":"จังหวัดกรุงเทพมหานคร","region":"TH","zipcode":"10900","full_address":"99/****** แขวงลาดยาว เขตจตุจักร จังหวัดกรุงเทพมหานคร 10900"},
         "item_list":[{"item_id":20400051001,"item_name":"เสื้อยืดคอกลม","item_sku":"TS-01","model_id":90011223344,"model_name":"ดำ,M","model_sku":"TS-01-BK-M",
           "model_quantity_purchased":2,"active_qty":2,"cancel_requested_qty":0,"cancelled_qty":0,"return_requested_qty":0,"returned_qty":0,
           "model_original_price":249,"model_discounted_price":199.75,"wholesale":false,"weight":0.25,"add_on_deal":false,"main_item":false,"add_on_deal_id":0,
           "promotion_type":"product_promotion","promotion_id":55501,"order_item_id":20400051001,"line_item_id":20400051001,"promotion_group_id":0,
           "promotion_list":[{"promotion_type":"seller_discount","promotion_id":55501}],"image_info":{"image_url":"https://img.example.test/a_tn"},"product_location_id":["TH0001ABC"],"is_prescription_item":false}],
         "package_list":[{"package_number":"OFG251021000000017","logistics_status":"LOGISTICS_READY","logistics_channel_id":7001,"shipping_carrier":"Standard Delivery","allow_self_design_awb":false,
           "item_list":[{"item_id":20400051001,"model_id":90011223344,"model_quantity":2,"order_item_id":20400051001,"promotion_group_id":0,"product_location_id":"TH0001ABC"}]}],
         "shipping_carrier":"Standard Delivery","checkout_shipping_carrier":"Standard Delivery","fulfillment_flag":"fulfilled_by_local_seller","split_up":false,
         "cancel_by":"","cancel_reason":"","buyer_cancel_reason":"","pickup_done_time":0,"invoice_data":null,"goods_to_declare":false,"dropshipper":"","dropshipper_phone":""}
        """#

    /// platforms/lazada.md §4.2.
    package static let lazadaOrder = #"""
        {"order_id":700000000000001,"order_number":700000000000001,"created_at":"2025-10-21 11:38:00 +0700","updated_at":"2025-10-21 11:40:05 +0700",
         "price":"399.50","shipping_fee":38.00,"shipping_fee_original":38.00,"shipping_fee_discount_seller":0,"shipping_fee_discount_platform":0,"voucher":20.00,"voucher_platform":20.00,"voucher_seller":0,"voucher_code":"",
         "payment_method":"MIXEDCARD","customer_first_name":"ธ**** ","customer_last_name":"","items_count":2,"statuses":["pending"],"warehouse_code":"dropshipping","delivery_info":"","promised_shipping_times":"",
         "gift_option":false,"gift_message":"","remarks":"","buyer_note":"","national_registration_number":"","tax_code":"","branch_number":"","extra_attributes":"{\"TaxInvoiceRequested\":false}","address_updated_at":"2025-10-21 11:38:00 +0700","need_cancel_confirm":false,"is_cancel_pending":false,
         "address_shipping":{"first_name":"ธ**** ","last_name":"","phone":"66******21","phone2":"","address1":"9*********","address2":"","address3":"กรุงเทพมหานคร/ Bangkok","address4":"จตุจักร/ Chatuchak","address5":"10900","city":"จตุจักร/ Chatuchak","post_code":"10900","country":"Thailand","addressDsitrict":""},
         "address_billing":{"first_name":"ธ**** ","last_name":"","phone":"66******21","phone2":"","address1":"9*********","address2":"","address3":"","address4":"","address5":"","city":"","post_code":"10900","country":"Thailand"}}
        """#

    /// One unit of it.
    package static let lazadaItem = #"""
        {"order_item_id":700000000000002,"order_id":700000000000001,"order_flag":"NORMAL","order_type":"Normal","name":"เสื้อยืดคอกลม","variation":"Color Family:ดำ, Size:M",
         "sku":"TS-01-BK-M","shop_sku":"3300000001_TH-13300000001","sku_id":"13300000001","product_id":"3300000001","item_price":199.75,"paid_price":189.75,"voucher_amount":10.00,"voucher_platform":10.00,"voucher_seller":0,"tax_amount":0.00,
         "shipping_amount":19.00,"shipping_fee_original":19.00,"shipping_service_cost":0,"currency":"THB","status":"pending","package_id":"","tracking_code":"","tracking_code_pre":"","shipment_provider":"","shipping_type":"Dropshipping","shipping_provider_type":"standard",
         "warehouse_code":"dropshipping","sla_time_stamp":"2025-10-23T23:59:59+07:00","promised_shipping_time":"","created_at":"2025-10-21 11:38:00 +0700","updated_at":"2025-10-21 11:40:05 +0700","payment_time":1761021600000,
         "cancel_return_initiator":"null-null","reason":"","reason_detail":"","return_status":"","reverse_order_id":"","is_digital":0,"is_fbl":0,"is_reroute":0,"delivery_option_sof":0,"stage_pay_status":"","invoice_number":"","purchase_order_id":"","digital_delivery_info":"",
         "product_main_image":"https://img.example.test/a.jpg","product_detail_url":"https://www.example.test/i3300000001.html","shop_id":"ร้านตัวอย่าง","buyer_id":900000001,"extra_attributes":""}
        """#
}
