/// Orders as Shopify writes them, invented (platforms/shopify.md §4.3, §4.4).
enum ShopifyCorpus {
    static let webhook = ##"""
        {"id":6100000000001,"admin_graphql_api_id":"gid:\/\/shopify\/Order\/6100000000001","cancel_reason":null,"cancelled_at":null,"closed_at":null,"confirmed":true,
         "contact_email":"malee@example.com","created_at":"2026-11-06T10:12:40+07:00","currency":"THB","current_total_discounts":"100.00","current_total_price":"1340.00",
         "current_total_tax":"87.66","current_total_duties_set":null,"discount_codes":[{"code":"WELCOME","amount":"100.00","type":"fixed_amount"}],"duties_included":false,
         "email":"malee@example.com","financial_status":"pending","fulfillment_status":null,"name":"#1001","note":"ring twice",
         "note_attributes":[{"name":"delivery_slot","value":"evening"}],"order_number":1001,"payment_gateway_names":["Cash on Delivery (COD)"],"phone":null,
         "presentment_currency":"THB","processed_at":"2026-11-06T10:12:38+07:00","source_name":"web","tags":"vip, gift","taxes_included":true,"test":false,
         "total_discounts":"100.00","total_line_items_price":"1390.00","total_outstanding":"1340.00","total_price":"1340.00",
         "total_price_set":{"shop_money":{"amount":"1340.00","currency_code":"THB"},"presentment_money":{"amount":"1340.00","currency_code":"THB"}},
         "total_shipping_price_set":{"shop_money":{"amount":"50.00","currency_code":"THB"},"presentment_money":{"amount":"50.00","currency_code":"THB"}},
         "total_tax":"87.66","total_tip_received":"0.00","updated_at":"2026-11-06T10:12:44+07:00",
         "billing_address":{"first_name":"มาลี","address1":"8/15 ซอยตัวอย่าง 3","phone":"0861112233","city":"เขตบางรัก","zip":"10500","province":"Bangkok","last_name":"ตัวอย่าง",
           "address2":"แขวงบางรัก","company":null,"latitude":13.72,"longitude":100.52,"name":"มาลี ตัวอย่าง","country_code":"TH","province_code":"TH-10"},
         "customer":{"id":7100000000001,"first_name":"มาลี","last_name":"ตัวอย่าง","email":"malee@example.com","phone":null},
         "fulfillments":[],
         "line_items":[{"id":14100000000001,"current_quantity":2,"fulfillment_status":null,"gift_card":false,"grams":225,"name":"Canvas bag - Blue / L","price":"695.00",
           "product_id":8100000000001,"properties":[{"name":"Engraving","value":"ML"},{"name":"_internal","value":"x"}],"quantity":2,"requires_shipping":true,"sku":"BAG-BL-L",
           "title":"Canvas bag","total_discount":"0.00","variant_id":44100000000001,"variant_title":"Blue / L",
           "tax_lines":[{"price":"84.39","rate":0.07,"title":"VAT"}],"discount_allocations":[{"amount":"100.00","discount_application_index":0}]}],
         "refunds":[],
         "shipping_address":{"first_name":"มาลี","address1":"8/15 ซอยตัวอย่าง 3","city":"เขตบางรัก","zip":"10500","province":"Bangkok","country_code":"TH","province_code":"TH-10",
           "phone":"0861112233","name":"มาลี ตัวอย่าง","last_name":"ตัวอย่าง"},
         "shipping_lines":[{"id":5100000000001,"carrier_identifier":null,"code":"EMS","discounted_price":"50.00","is_removed":false,"price":"50.00",
           "requested_fulfillment_service_id":null,"title":"EMS","tax_lines":[],"discount_allocations":[]}],"returns":[]}
        """##

    static let refunded = ##"""
        {"id":6100000000002,"name":"#1002","created_at":"2026-11-06T10:12:40+07:00","processed_at":"2026-11-06T10:12:38+07:00","updated_at":"2026-11-07T10:12:44+07:00",
         "cancelled_at":"2026-11-07T10:12:44+07:00","cancel_reason":"customer","closed_at":null,"confirmed":true,"test":false,"currency":"USD","presentment_currency":"JPY","taxes_included":false,
         "financial_status":"partially_refunded","fulfillment_status":"partial","payment_gateway_names":["shopify_payments","gift_card"],"tags":"a","total_line_items_price":"30.00",
         "total_price":"36.10","current_total_price":"25.40","total_discounts":"2.00","current_total_discounts":"1.00","total_tax":"2.10","current_total_tax":"1.40","total_tip_received":"1.00",
         "total_outstanding":"0.00","total_price_set":{"shop_money":{"amount":"36.10","currency_code":"USD"},"presentment_money":{"amount":"5400","currency_code":"JPY"}},
         "total_shipping_price_set":{"shop_money":{"amount":"5.00","currency_code":"USD"}},"original_total_duties_set":{"shop_money":{"amount":"0.00"}},"current_total_duties_set":null,
         "original_total_additional_fees_set":null,"total_cash_rounding_payment_adjustment_set":{"shop_money":{"amount":"0.02"}},
         "line_items":[{"id":1,"title":"A","quantity":2,"current_quantity":1,"price":"10.00","discount_allocations":[{"amount":"2.00"}],"tax_lines":[{"price":"1.40"}],"grams":10,"properties":[]},
          {"id":2,"title":"B","quantity":1,"current_quantity":0,"price":"10.00","discount_allocations":[],"tax_lines":[{"price_set":{"shop_money":{"amount":"0.70"}}}],"properties":{}}],
         "shipping_lines":[{"code":"EMS","title":"EMS","price":"5.00","discounted_price":"4.00","is_removed":false}],
         "fulfillments":[{"status":"success","shipment_status":"in_transit"},{"status":"cancelled","shipment_status":null}],
         "refunds":[{"refund_line_items":[{"line_item_id":2,"quantity":1,"subtotal":"10.00","total_tax":"0.70"}],"transactions":[{"kind":"refund","status":"success","amount":"10.70","currency":"USD"}],
          "order_adjustments":[{"kind":"shipping_refund","amount":"-1.00","tax_amount":"0.00"}],"refund_shipping_lines":[{"subtotal_amount_set":{"shop_money":{"amount":"1.00"}}}]}]}
        """##

    static let node = ##"""
        {"id":"gid://shopify/Order/6100000000001","legacyResourceId":"6100000000001","name":"#1001","createdAt":"2026-11-06T03:12:40Z","processedAt":"2026-11-06T03:12:38Z",
         "updatedAt":"2026-11-06T03:12:44Z","cancelledAt":null,"cancelReason":null,"closedAt":null,"test":false,"confirmed":true,"edited":false,"tags":["vip","gift"],
         "note":"ring twice","customAttributes":[{"key":"delivery_slot","value":"evening"}],"email":"malee@example.com","phone":null,
         "customer":{"firstName":"มาลี","lastName":"ตัวอย่าง","email":"malee@example.com","phone":null},"currencyCode":"THB","presentmentCurrencyCode":"THB",
         "taxesIncluded":true,"dutiesIncluded":false,"displayFinancialStatus":"PENDING","displayFulfillmentStatus":"UNFULFILLED","returnStatus":"NO_RETURN",
         "paymentGatewayNames":["Cash on Delivery (COD)"],"sourceName":"web","discountCodes":["WELCOME"],"poNumber":null,
         "totalPriceSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"},"presentmentMoney":{"amount":"1340.0","currencyCode":"THB"}},
         "currentTotalPriceSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"}},"totalDiscountsSet":{"shopMoney":{"amount":"100.0","currencyCode":"THB"}},
         "currentTotalDiscountsSet":{"shopMoney":{"amount":"100.0","currencyCode":"THB"}},"totalTaxSet":{"shopMoney":{"amount":"87.66","currencyCode":"THB"}},
         "currentTotalTaxSet":{"shopMoney":{"amount":"87.66","currencyCode":"THB"}},"totalShippingPriceSet":{"shopMoney":{"amount":"50.0","currencyCode":"THB"}},
         "totalTipReceivedSet":{"shopMoney":{"amount":"0.0","currencyCode":"THB"}},"originalTotalDutiesSet":null,"currentTotalDutiesSet":null,
         "originalTotalAdditionalFeesSet":null,"currentTotalAdditionalFeesSet":null,
         "totalOutstandingSet":{"shopMoney":{"amount":"1340.0","currencyCode":"THB"}},"totalRefundedSet":{"shopMoney":{"amount":"0.0","currencyCode":"THB"}},
         "billingAddress":{"name":"มาลี ตัวอย่าง","firstName":"มาลี","lastName":"ตัวอย่าง","company":null,"address1":"8/15 ซอยตัวอย่าง 3","address2":"แขวงบางรัก","city":"เขตบางรัก",
           "province":"Bangkok","provinceCode":"TH-10","zip":"10500","countryCodeV2":"TH","phone":"0861112233"},
         "shippingAddress":{"name":"มาลี ตัวอย่าง","firstName":"มาลี","lastName":"ตัวอย่าง","company":null,"address1":"8/15 ซอยตัวอย่าง 3","address2":null,"city":"เขตบางรัก",
           "province":"Bangkok","provinceCode":"TH-10","zip":"10500","countryCodeV2":"TH","phone":"0861112233"},
         "shippingLines":{"nodes":[{"title":"EMS","code":"EMS","carrierIdentifier":null,"isRemoved":false,"originalPriceSet":{"shopMoney":{"amount":"50.0"}},
           "discountedPriceSet":{"shopMoney":{"amount":"50.0"}}}]},
         "lineItems":{"pageInfo":{"hasNextPage":false,"endCursor":"c1"},"nodes":[{"id":"gid://shopify/LineItem/14100000000001","sku":"BAG-BL-L","title":"Canvas bag",
           "variantTitle":"Blue / L","quantity":2,"currentQuantity":2,"requiresShipping":true,"originalUnitPriceSet":{"shopMoney":{"amount":"695.0"}},
           "discountAllocations":[{"allocatedAmountSet":{"shopMoney":{"amount":"100.0"}}}],"taxLines":[{"priceSet":{"shopMoney":{"amount":"84.39"}}}],
           "customAttributes":[{"key":"Engraving","value":"ML"}],"product":{"id":"gid://shopify/Product/8100000000001"},"variant":{"id":"gid://shopify/ProductVariant/44100000000001"}}]},
         "fulfillmentOrders":{"nodes":[{"id":"gid://shopify/FulfillmentOrder/7200000000001","status":"OPEN","fulfillBy":"2026-11-08T17:00:00Z"}]},
         "fulfillments":[],"refunds":[]}
        """##

    static let cost = ##"{"requestedQueryCost":112,"actualQueryCost":20,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":1980,"restoreRate":100.0}}"##

    /// Answers of the API, each with what it answers.
    static let answers = [
        #"{"data":{"orders":{"pageInfo":{"hasNextPage":true,"endCursor":"c"},"nodes":["# + node + #"]}},"extensions":{"cost":"# + cost + "}}",
        #"{"data":{"order":"# + node + #"},"extensions":{"cost":"# + cost + "}}",
        ##"{"data":{"order":{"id":"gid://shopify/Order/9301","cancelledAt":null,"fulfillments":[{"id":"gid://shopify/Fulfillment/1","status":"SUCCESS","trackingInfo":[{"number":"EX1"}],"##
            + ##""fulfillmentLineItems":{"nodes":[{"quantity":1,"lineItem":{"id":"gid://shopify/LineItem/14100000000001"}}]}}],"fulfillmentOrders":{"nodes":[{"id":"gid://shopify/FulfillmentOrder/7","##
            + ##""status":"OPEN","requestStatus":"UNSUBMITTED","supportedActions":[{"action":"CREATE_FULFILLMENT"}],"assignedLocation":{"location":{"id":"gid://shopify/Location/1"}},"##
            + ##""lineItems":{"pageInfo":{"hasNextPage":false,"endCursor":"x"},"nodes":[{"id":"gid://shopify/FulfillmentOrderLineItem/9","remainingQuantity":2,"totalQuantity":2,"##
            + ##""lineItem":{"id":"gid://shopify/LineItem/14100000000001"}}]}}]}},"fulfillmentCreate":{"fulfillment":{"id":"f","status":"SUCCESS"},"userErrors":[]},"##
            + ##""orderCancel":{"job":{"id":"j","done":false},"orderCancelUserErrors":[{"field":["a"],"message":"no","code":"INVALID"}],"userErrors":[]},"job":{"id":"j","done":true}}}"##,
        ##"{"data":{"webhookSubscriptions":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[{"id":"gid://shopify/WebhookSubscription/1","topic":"ORDERS_UPDATED","uri":"https://hub.example/hooks/1"}]},"##
            + ##""webhookSubscriptionCreate":{"webhookSubscription":null,"userErrors":[{"field":["a"],"message":"Address has already been taken"}]},"webhookSubscriptionDelete":{"userErrors":[]}}}"##,
        ##"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":"## + cost + "}}",
        ##"{"errors":{"name":["is wrong"]},"error_description":"x"}"##,
    ]
}
