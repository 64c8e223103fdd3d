import Foundation
import Testing
@testable import WooCommerceSimulator

struct SimulatorJSONTests {
    @Test func `text is escaped as WordPress escapes it`() {
        #expect(WooJSON.string("มา/\"\\\n\t\u{1}🐘").rendered == #""\u0e21\u0e32\/\"\\\n\t\u0001\ud83d\udc18""#)
    }

    @Test(arguments: [(450.0, "450"), (100.0 / 3, "33.333333333333336"), (0.1, "0.1"), (7, "7"), (-16.5, "-16.5")])
    func `numbers have the shortest form and no empty fraction`(value: Double, text: String) {
        #expect(WooJSON.number(value).rendered == text)
    }

    @Test func `what was rendered reads back`() throws {
        let value: WooJSON = ["a": [1, nil, true, "ก/ข"], "b": .number(0.5), "c": [:]]
        #expect(try WooJSON(parsing: value.bytes) == value)
    }

    @Test(arguments: [(102_720, 2, "1027.20"), (-5_000, 2, "-50.00"), (5, 2, "0.05"), (1_290, 0, "1290"), (-1, 3, "-0.001")])
    func `amounts have the shop's decimals`(amount: Int, places: Int, text: String) {
        #expect(Decimals(places: places).format(amount) == text)
        #expect(Decimals(places: places).parse(text) == amount)
    }

    @Test func `old versions do not pad taxes`() {
        #expect([350, 6_300, 0, 7].map { Decimals(places: 2).formatUnpadded($0) } == ["3.5", "63", "0", "0.07"])
    }

    @Test func `the documented order is rendered letter for letter`() throws {
        let rendered = Self.shop().render(Self.documentedOrder)
        #expect(rendered.rendered == Self.documentedJSON)
        #expect(try WooJSON(parsing: rendered.bytes)["total"] == "1027.20")
    }

    @Test func `an old shop leaves out what it does not know`() {
        let json = Self.shop(.posts39).render(Self.documentedOrder)
        for name in ["payment_url", "is_editable", "needs_payment", "needs_processing", "currency_symbol"] { #expect(json[name] == nil) }
        #expect(json["line_items"]?.items?.first?["image"] == nil)
        #expect(json["shipping"]?["phone"] == nil)
        #expect(json["line_items"]?.items?.first?["taxes"]?.items?.first?["total"] == "63")
        #expect(json["coupon_lines"]?.items?.first?["meta_data"]?.items?.first?["key"] == "coupon_data")
    }

    @Test func `a shop without decimals writes whole numbers`() {
        var configuration = WooCommerceSimulator.Configuration(flavour: .hpos10)
        configuration.currency = "JPY"
        configuration.decimals = 0
        var state = ShopState(configuration)
        let order = state.makeOrder(.everyday)
        let json = state.render(order)
        #expect(json["currency"] == "JPY")
        #expect(json["total"]?.text?.contains(".") == false)
    }

    @Test(arguments: OrderKind.allCases, WooFlavour.allCases)
    func `every kind of order adds up and can be read back`(kind: OrderKind, flavour: WooFlavour) throws {
        var state = ShopState(.quick(flavour))
        let order = state.makeOrder(kind)
        let json = try WooJSON(parsing: state.render(order).bytes)
        let amount = { (value: WooJSON?, name: String) in Decimals(places: 2).parse(value?[name]?.text ?? "") ?? .min }
        let lines = (json["line_items"]?.items ?? []).reduce(0) { $0 + amount($1, "total") }
        let fees = (json["fee_lines"]?.items ?? []).reduce(0) { $0 + amount($1, "total") }
        #expect(lines + fees + amount(json, "shipping_total") + amount(json, "total_tax") == amount(json, "total"))
        #expect(!order.lines.isEmpty)
    }

    static func shop(_ flavour: WooFlavour = .hpos10) -> ShopState {
        var state = ShopState(.quick(flavour))
        state.homeURL = "https://shop.example"
        return state
    }

    static var documentedOrder: ShopOrder {
        let address = ShopAddress(
            firstName: "มาลี", lastName: "ตัวอย่าง", company: "", address1: "8/15 ซอยตัวอย่าง 3", address2: "แขวงบางรัก", city: "เขตบางรัก", state: "TH-10",
            postcode: "10500", country: "TH", email: "malee@example.com", phone: "0861112233")
        var order = ShopOrder(
            id: 9_301, status: "processing", number: "9301", currency: "THB", createdAt: 1_793_934_760, modifiedAt: 1_793_934_764,
            orderKey: "wc_order_Ab3dEf6hIj9kL")
        order.billing = address
        order.shipping = address
        order.shipping.phone = ""
        order.paymentMethod = "cod"
        order.paymentMethodTitle = "Cash on delivery"
        order.customerIP = "203.0.113.9"
        order.userAgent = "Mozilla/5.0"
        order.createdVia = "checkout"
        order.customerNote = "leave at the guard house"
        order.cartHash = "0f343b0931126a20f133d67c2b018a3b"
        order.meta = [.init(id: 88_121, key: "_billing_tax_id", value: "0105500000000"), .init(id: 88_122, key: "gift", value: ["wrap": true])]
        var line = ShopLine(
            id: 501, name: "Canvas bag - Blue, L", productID: 77, variationID: 81, quantity: 2, subtotal: 100_000, subtotalTax: 7_000, total: 90_000,
            totalTax: 6_300, sku: "BAG-BL-L")
        line.meta = [.init(id: 9_001, key: "pa_colour", value: "blue"), .init(id: 9_004, key: "_reduced_stock", value: "2")]
        line.image = ["id": "312", "src": "https://shop.example/wp-content/uploads/bag.jpg"]
        line.parentName = "Canvas bag"
        order.lines = [line]
        order.taxLineID = 504
        order.shippingLines = [
            .init(id: 502, title: "EMS", methodID: "flat_rate", instanceID: "4", total: 6_000, totalTax: 420,
                  meta: [.init(id: 9_010, key: "Items", value: "Canvas bag &times; 2")]),
        ]
        order.fees = [.init(id: 503, name: "COD fee", total: 0)]
        order.coupons = [.init(id: 505, code: "welcome", couponID: 41, discount: 10_000, discountTax: 700, metaID: 9_020)]
        order.refunds = [.init(id: 9_310, amount: 5_000, reason: "damaged", createdAt: 1_793_934_764, isPaidBack: false, lines: [])]
        return order
    }

    /// platforms/woocommerce.md §4.4, packed and escaped.
    static let documentedJSON: String = {
        let address = #""first_name":"\u0e21\u0e32\u0e25\u0e35","last_name":"\u0e15\u0e31\u0e27\u0e2d\u0e22\u0e48\u0e32\u0e07","company":"","address_1":"8\/15 \u0e0b\u0e2d\u0e22\u0e15\u0e31\u0e27\u0e2d\u0e22\u0e48\u0e32\u0e07 3","address_2":"\u0e41\u0e02\u0e27\u0e07\u0e1a\u0e32\u0e07\u0e23\u0e31\u0e01","city":"\u0e40\u0e02\u0e15\u0e1a\u0e32\u0e07\u0e23\u0e31\u0e01","state":"TH-10","postcode":"10500","country":"TH""#
        return [
            #"{"id":9301,"parent_id":0,"status":"processing","currency":"THB","version":"10.0.2","prices_include_tax":false,"#,
            #""date_created":"2026-11-06T10:12:40","date_modified":"2026-11-06T10:12:44","#,
            #""discount_total":"100.00","discount_tax":"7.00","shipping_total":"60.00","shipping_tax":"4.20","cart_tax":"63.00","total":"1027.20","total_tax":"67.20","#,
            #""customer_id":0,"order_key":"wc_order_Ab3dEf6hIj9kL","#,
            #""billing":{"# + address + #","email":"malee@example.com","phone":"0861112233"},"shipping":{"# + address + #","phone":""},"#,
            #""payment_method":"cod","payment_method_title":"Cash on delivery","transaction_id":"","customer_ip_address":"203.0.113.9","customer_user_agent":"Mozilla\/5.0","created_via":"checkout","customer_note":"leave at the guard house","#,
            #""date_completed":null,"date_paid":null,"cart_hash":"0f343b0931126a20f133d67c2b018a3b","number":"9301","#,
            #""meta_data":[{"id":88121,"key":"_billing_tax_id","value":"0105500000000"},{"id":88122,"key":"gift","value":{"wrap":true}}],"#,
            #""line_items":[{"id":501,"name":"Canvas bag - Blue, L","product_id":77,"variation_id":81,"quantity":2,"tax_class":"","subtotal":"1000.00","subtotal_tax":"70.00","total":"900.00","total_tax":"63.00","taxes":[{"id":3,"total":"63.00","subtotal":"70.00"}],"#,
            #""meta_data":[{"id":9001,"key":"pa_colour","value":"blue","display_key":"Colour","display_value":"Blue"},{"id":9004,"key":"_reduced_stock","value":"2","display_key":"_reduced_stock","display_value":"2"}],"#,
            #""sku":"BAG-BL-L","price":450,"image":{"id":"312","src":"https:\/\/shop.example\/wp-content\/uploads\/bag.jpg"},"parent_name":"Canvas bag"}],"#,
            #""tax_lines":[{"id":504,"rate_code":"TH-VAT-1","rate_id":3,"label":"VAT","compound":false,"tax_total":"63.00","shipping_tax_total":"4.20","rate_percent":7,"meta_data":[]}],"#,
            #""shipping_lines":[{"id":502,"method_title":"EMS","method_id":"flat_rate","instance_id":"4","total":"60.00","total_tax":"4.20","taxes":[{"id":3,"total":"4.20","subtotal":""}],"tax_status":"taxable","meta_data":[{"id":9010,"key":"Items","value":"Canvas bag &times; 2","display_key":"Items","display_value":"Canvas bag &times; 2"}]}],"#,
            #""fee_lines":[{"id":503,"name":"COD fee","tax_class":"","tax_status":"none","amount":"","total":"0.00","total_tax":"0.00","taxes":[],"meta_data":[]}],"#,
            #""coupon_lines":[{"id":505,"code":"welcome","discount":"100.00","discount_tax":"7.00","meta_data":[{"id":9020,"key":"coupon_info","value":"[41,\"welcome\",\"fixed_cart\",100]","display_key":"coupon_info","display_value":"[41,\"welcome\",\"fixed_cart\",100]"}],"discount_type":"fixed_cart","nominal_amount":100,"free_shipping":false}],"#,
            #""refunds":[{"id":9310,"reason":"damaged","total":"-50.00"}],"#,
            #""payment_url":"https:\/\/shop.example\/checkout\/order-pay\/9301\/?pay_for_order=true&key=wc_order_Ab3dEf6hIj9kL","is_editable":false,"needs_payment":false,"needs_processing":true,"#,
            #""date_created_gmt":"2026-11-06T03:12:40","date_modified_gmt":"2026-11-06T03:12:44","date_completed_gmt":null,"date_paid_gmt":null,"currency_symbol":"\u0e3f","#,
            #""_links":{"self":[{"href":"https:\/\/shop.example\/wp-json\/wc\/v3\/orders\/9301"}],"collection":[{"href":"https:\/\/shop.example\/wp-json\/wc\/v3\/orders"}]}}"#,
        ].joined()
    }()
}
