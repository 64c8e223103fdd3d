/// Orders and answers as WooCommerce writes them, invented (platforms/woocommerce.md §4.4, §6, §8).
enum WooCommerceCorpus {
    static let order = #"""
        {"id":9301,"parent_id":0,"status":"processing","currency":"THB","version":"10.0.2","prices_include_tax":false,
         "date_created":"2026-11-06T10:12:40","date_modified":"2026-11-06T10:12:44",
         "discount_total":"100.00","discount_tax":"7.00","shipping_total":"60.00","shipping_tax":"4.20","cart_tax":"63.00","total":"1027.20","total_tax":"67.20",
         "customer_id":0,"order_key":"wc_order_Ab3dEf6hIj9kL",
         "billing":{"first_name":"มาลี","last_name":"ตัวอย่าง","company":"","address_1":"8/15 ซอยตัวอย่าง 3","address_2":"แขวงบางรัก","city":"เขตบางรัก","state":"TH-10","postcode":"10500","country":"TH","email":"malee@example.com","phone":"0861112233"},
         "shipping":{"first_name":"มาลี","last_name":"ตัวอย่าง","company":"","address_1":"8/15 ซอยตัวอย่าง 3","address_2":"แขวงบางรัก","city":"เขตบางรัก","state":"TH-10","postcode":"10500","country":"TH","phone":""},
         "payment_method":"cod","payment_method_title":"Cash on delivery","transaction_id":"","customer_ip_address":"203.0.113.9","customer_user_agent":"Mozilla/5.0","created_via":"checkout","customer_note":"leave at the guard house",
         "date_completed":null,"date_paid":null,"cart_hash":"0f343b0931126a20f133d67c2b018a3b","number":"9301",
         "meta_data":[{"id":88121,"key":"_billing_tax_id","value":"0105500000000"},{"id":88122,"key":"gift","value":{"wrap":true}}],
         "line_items":[{"id":501,"name":"Canvas bag - Blue, L","product_id":77,"variation_id":81,"quantity":2,"tax_class":"","subtotal":"1000.00","subtotal_tax":"70.00","total":"900.00","total_tax":"63.00",
           "taxes":[{"id":3,"total":"63.00","subtotal":"70.00"}],
           "meta_data":[{"id":9001,"key":"pa_colour","value":"blue","display_key":"Colour","display_value":"Blue"},{"id":9004,"key":"_reduced_stock","value":"2","display_key":"_reduced_stock","display_value":"2"}],
           "sku":"BAG-BL-L","price":450,"image":{"id":"312","src":"https://shop.example/wp-content/uploads/bag.jpg"},"parent_name":"Canvas bag"}],
         "tax_lines":[{"id":504,"rate_code":"TH-VAT-1","rate_id":3,"label":"VAT","compound":false,"tax_total":"63.00","shipping_tax_total":"4.20","rate_percent":7,"meta_data":[]}],
         "shipping_lines":[{"id":502,"method_title":"EMS","method_id":"flat_rate","instance_id":"4","total":"60.00","total_tax":"4.20","taxes":[{"id":3,"total":"4.20","subtotal":""}],"tax_status":"taxable","meta_data":[{"id":9010,"key":"Items","value":"Canvas bag &times; 2","display_key":"Items","display_value":"Canvas bag &times; 2"}]}],
         "fee_lines":[{"id":503,"name":"COD fee","tax_class":"","tax_status":"none","amount":"","total":"0.00","total_tax":"0.00","taxes":[],"meta_data":[]}],
         "coupon_lines":[{"id":505,"code":"welcome","discount":"100.00","discount_tax":"7.00","meta_data":[{"id":9020,"key":"coupon_info","value":"[41,\"welcome\",\"fixed_cart\",100]","display_key":"coupon_info","display_value":"…"}],"discount_type":"fixed_cart","nominal_amount":100,"free_shipping":false}],
         "refunds":[{"id":9310,"reason":"damaged","total":"-50.00"}],
         "payment_url":"https:\/\/shop.example\/checkout\/order-pay\/9301\/","is_editable":false,"needs_payment":false,"needs_processing":true,
         "date_created_gmt":"2026-11-06T03:12:40","date_modified_gmt":"2026-11-06T03:12:44","date_completed_gmt":null,"date_paid_gmt":null,"currency_symbol":"฿",
         "_links":{"self":[{"href":"https:\/\/shop.example\/wp-json\/wc\/v3\/orders\/9301"}]}}
        """#

    static let refunded = #"{"id":9302,"number":"9302","status":"refunded","currency":"JPY","total":"1000.00","total_tax":"0","shipping_total":0,"discount_total":"","date_created_gmt":"2026-11-06T03:12:40","#
        + #""date_modified_gmt":"2026-11-06T03:12:44","date_paid_gmt":"2026-11-06T03:12:44","date_completed_gmt":"2026-11-07T03:12:44","billing":[],"shipping":{"first_name":""},"payment_method":"promptpay_qrcode","#
        + #""line_items":{"0":{"id":"1","name":"A &amp; <b>B</b>","quantity":"2.5","subtotal":"1000.004","total":"900","total_tax":"0.1","product_id":"7","meta_data":{"1":{"key":"x","value":[1]}}}},"#
        + #""shipping_lines":[],"fee_lines":[{"name":"off","total":"-5"},{"name":"<i>fee</i>","total":"5"}],"coupon_lines":[{"code":"a"}],"refunds":[{"id":1,"total":"-1000"}]}"#

    static let answers = [
        "[" + order + "]", order, #"[{"id":1,"note":"Shipped with courier, tracking number EX1."}]"#, #"[{"tracking_id":"1","tracking_number":"EX1"}]"#,
        #"[{"id":3,"topic":"order.updated","status":"disabled","delivery_url":"https://hub.example/hooks/1"},{"id":4,"topic":"order.updated","status":"active","delivery_url":"https://hub.example/hooks/1"}]"#,
        #"{"id":9301,"status":"processing","meta_data":[{"id":5,"key":"_wc_shipment_tracking_items","value":[{"tracking_number":"EX1"}]}]}"#,
        #"{"code":"woocommerce_rest_cannot_view","message":"Sorry, <b>you</b> cannot list resources.","data":{"status":401,"params":{"orderby":"x"}}}"#,
        #"{"code":"internal_server_error","message":"<p>critical error</p>","data":500}"#, #"{"name":"shop","home":"https://shop.example","namespaces":["wc/v3","wc-shipment-tracking/v3"]}"#,
    ]
}
