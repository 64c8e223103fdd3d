import Connect
import Domain
import Testing

@testable import WooCommerceConnector

/// Orders and all that stands in their place (platforms/woocommerce.md §3.4, §4.4).
@Suite struct ConnectorInterpretTests {
    private func interpret(_ text: String, topic: String, origin: DeliveryOrigin = .webhook) throws -> [Interpretation] {
        try FakeShop { _ in .page(500) }.connector().interpret(SampleOrder.delivery(Array(text.utf8), topic: topic, origin: origin))
    }

    @Test func `the dossier's order is read whole`() throws {
        let snapshot = try SampleOrder.snapshot()
        let home = Address(name: "มาลี ตัวอย่าง", phone: "0861112233", line1: "8/15 ซอยตัวอย่าง 3", line2: "แขวงบางรัก", city: "เขตบางรัก", provinceCode: "TH-10", postcode: "10500", countryCode: "TH")
        #expect(snapshot.externalID == "9301")
        #expect(snapshot.externalNumber == "9301")
        #expect(snapshot.placedAt.description == "2026-11-06T03:12:40Z")
        #expect(snapshot.revision == Revision(updatedAt: try #require(Timestamp(rfc3339: "2026-11-06T03:12:44Z"))))
        #expect(snapshot.buyer == Buyer(name: "มาลี ตัวอย่าง", email: "malee@example.com", phone: "0861112233"))
        #expect(snapshot.shipTo == home)
        #expect(snapshot.billTo == home)
        #expect(snapshot.payment == Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 97_720))
        #expect(snapshot.shipping == Shipping(methodCode: "flat_rate:4", methodTitle: "EMS"))
        #expect(snapshot.lines == [OrderLine(
            externalLineID: "501", sku: "BAG-BL-L", title: "Canvas bag", variant: "Colour: Blue", quantity: 2, unitPrice: 50_000, discount: 10_000, tax: 6_300, lineTotal: 90_000,
            externalProductID: "77", externalVariantID: "81")])
        #expect(snapshot.note == "leave at the guard house")
        #expect(snapshot.attributes == ["paymentTitle": "Cash on delivery", "createdVia": "checkout", "coupons": "welcome", "fees": "COD fee"])
        #expect(snapshot.flags.isEmpty)
    }

    @Test(arguments: [(DeliveryOrigin.webhook, false), (.poll, true), (.fetch, true), (.reconciliation, true), (.api, false)])
    func `only what we asked for was read by us`(origin: DeliveryOrigin, wasRead: Bool) throws {
        #expect(try SampleOrder.snapshot(origin: origin).revision.wasRead == wasRead)
    }

    @Test(arguments: ["order.created", "order.updated", "order.restored", "order.read"])
    func `every topic with a body is an order`(topic: String) throws {
        guard case .order(let snapshot)? = try interpret(SampleOrder.text, topic: topic).first else { Issue.record("no order"); return }
        #expect(snapshot.externalID == "9301")
    }

    @Test func `a trashed order is asked for, since its delivery tells no time`() throws {
        #expect(try interpret(#"{"id":9301}"#, topic: "order.deleted") == [.fetch("9301", hint: nil)])
    }

    @Test(arguments: ["product.deleted", "product.updated", "coupon.created", "customer.updated"])
    func `what is about no order is ignored, a stray product.deleted with an order's id too`(topic: String) throws {
        #expect(try interpret(#"{"id":9301}"#, topic: topic) == [.ignored(reason: "\(topic) says nothing of an order")])
    }

    @Test(arguments: [
        (#"{"action":"woocommerce_order_status_completed","arg":9301}"#, Interpretation.fetch("9301", hint: nil)),
        (#"{"action":"woocommerce_payment_complete","arg":"9301"}"#, .fetch("9301", hint: nil)),
        (#"{"action":"woocommerce_cart_emptied","arg":null}"#, .ignored(reason: "the action woocommerce_cart_emptied names no order")),
        (#"{"action":"woocommerce_order_x","arg":{"id":1}}"#, .ignored(reason: "the action woocommerce_order_x names no order")),
        (#"{"action":"woocommerce_low_stock","arg":77}"#, .ignored(reason: "the action woocommerce_low_stock says nothing of an order")),
    ])
    func `an action is fetched where it names an order`(body: String, meaning: Interpretation) throws {
        #expect(try interpret(body, topic: "action.woocommerce_x") == [meaning])
    }

    @Test(arguments: [
        #"{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot view this resource.","data":{"status":401}}"#,
        #"{"code":"woocommerce_rest_cannot_view","message":"…","data":401}"#, #"{"code":"rest_forbidden","message":"","data":null}"#,
    ])
    func `a signed error envelope means that the webhook's owner is gone`(body: String) throws {
        guard case .channelLost(let reason)? = try interpret(body, topic: "order.updated").first else { Issue.record("not lost"); return }
        #expect(reason.contains("administrator or shop manager"))
    }

    @Test(arguments: [
        (#"{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}"#, "order.updated", "id"), (#"{"status":"pending"}"#, "order.updated", "id"),
        (#"{"id":"9301","status":"pending"}"#, "order.updated", "id"), (#"{"id":93.5}"#, "order.created", "id"), (#"{"id":0,"status":"pending"}"#, "order.updated", "id"),
        ("", "order.updated", "body"), ("[]", "order.updated", "body"), ("<html>", "order.updated", "body"), (#"{"id":9301,"status":"pen"#, "order.updated", "body"),
        (#"{"idx":1}"#, "order.deleted", "id"), (#"{"id":-4}"#, "order.deleted", "id"), (#"{"id":9301}"#, "order.updated", "status"),
        (#"{"id":9301,"status":"pending","total":"1"}"#, "order.updated", "currency"), (#"{"id":9301,"status":"pending","currency":"BITCOIN","total":"1"}"#, "order.updated", "currency"),
        (#"{"id":9301,"status":"pending","currency":"THB","total":"1"}"#, "order.updated", "line_items"),
        (#"{"id":9301,"status":"pending","currency":"THB","line_items":[]}"#, "order.updated", "total"),
        (#"{"id":9301,"status":"pending","currency":"THB","total":"1","line_items":[7]}"#, "order.updated", "line_items[0]"),
        (#"{"id":1}"#, "unnamed", "X-WC-Webhook-Topic"), (#"{"id":1}"#, "order.exploded", "X-WC-Webhook-Topic"),
    ])
    func `what cannot be read is raised with the field`(body: String, topic: String, field: String) {
        let error = #expect(throws: ConnectorError.self) { try interpret(body, topic: topic) }
        guard case .notUnderstood(let found, _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(found == field)
    }

    @Test func `an order of version 3 without all the later fields is read`() throws {
        let body = #"{"id":12,"status":"processing","currency":"THB","total":"10.00","line_items":[{"id":1,"name":"A","quantity":1,"subtotal":"10.00","total":"10.00"}]}"#
        guard case .order(let snapshot)? = try interpret(body, topic: "order.updated").first else { Issue.record("no order"); return }
        #expect(snapshot.revision.updatedAt == FakeShop.now)
        #expect(snapshot.flags.map(\.code) == ["no_dates"])
        #expect(snapshot.shipTo == nil)
        #expect(snapshot.totals.rebuiltGrand == 1_000)
    }

    // MARK: Odd values

    @Test(arguments: [#""""#, "0", "312", #""312""#, "null", #"{"a":1}"#])
    func `the image's id may be anything`(id: String) throws {
        #expect(try SampleOrder.snapshot(line: ["image": #"{"id":\#(id),"src":""}"#]).lines.count == 1)
    }

    @Test(arguments: [("null", nil), (#""""#, nil), (#"" ""#, nil), (#""A-1""#, "A-1"), ("4711", "4711")] as [(String, String?)])
    func `a SKU may be missing or a number`(sku: String, expected: String?) throws {
        #expect(try SampleOrder.snapshot(line: ["sku": sku]).lines.first?.sku == expected)
    }

    @Test(arguments: ["450", "33.333333333333336", #""450.00""#, "null", "1e3"])
    func `the unit price after discount is never computed with`(price: String) throws {
        #expect(try SampleOrder.snapshot(line: ["price": price]).lines.first?.unitPrice == 50_000)
    }

    @Test(arguments: [#"[{"id":3,"total":"3.5","subtotal":""}]"#, "[]", "null"])
    func `unpadded and empty tax parts do no harm`(taxes: String) throws {
        #expect(try SampleOrder.snapshot(line: ["taxes": taxes, "total_tax": #""3.5""#]).lines.first?.tax == 350)
    }

    @Test(arguments: [#""""#, #""7""#, "7", "null"])
    func `an instance id may be empty, text or a number`(instance: String) throws {
        let snapshot = try SampleOrder.snapshot(["shipping_lines": #"[{"id":1,"method_title":"EMS &amp; more","method_id":"flat_rate","instance_id":\#(instance),"total":"60.00"}]"#])
        #expect(snapshot.shipping.methodCode == (instance.contains("7") ? "flat_rate:7" : "flat_rate"))
        #expect(snapshot.shipping.methodTitle == "EMS & more")
    }

    @Test func `of several shipping lines the first one leads and all are told`() throws {
        let snapshot = try SampleOrder.snapshot(["shipping_lines": #"[{"id":1,"method_title":"EMS","method_id":"a","total":"40.00"},{"id":2,"method_title":"Pick up","method_id":"b","total":"20.00"}]"#, "shipping_total": nil])
        #expect(snapshot.shipping == Shipping(methodCode: "a", methodTitle: "EMS"))
        #expect(snapshot.attributes["shippingMethods"] == "EMS, Pick up")
        #expect(snapshot.totals.shipping == 6_000)
    }

    @Test(arguments: ["[]", "{}", #"{"0":{"id":1,"display_key":"Colour","display_value":"Red"}}"#, #"[{"id":1,"key":"gift","value":{"wrap":true},"display_key":"gift","display_value":{"wrap":true}}]"#, "null", "7"])
    func `line meta may be any JSON`(meta: String) throws {
        #expect(try SampleOrder.snapshot(line: ["meta_data": meta]).lines.first?.variant == (meta.contains("Red") ? "Colour: Red" : nil))
    }

    @Test func `order meta may be any JSON and may repeat its keys`() throws {
        #expect(try SampleOrder.snapshot(["meta_data": #"[{"key":"a","value":[1,{"b":null}]},{"key":"a","value":3.5},{"key":"a","value":null}]"#]).externalID == "9301")
    }

    @Test func `display values lose their HTML`() throws {
        let meta = ##"[{"id":1,"key":"k","value":"v","display_key":"Engraving &#038; more","display_value":"<p>Tom &amp; Anna<br />5 &lt; 6</p>\n"},{"id":2,"key":"Size","value":"L"},{"id":3,"key":"_hidden","value":"x"}]"##
        #expect(try SampleOrder.snapshot(line: ["meta_data": meta]).lines.first?.variant == "Engraving & more: Tom & Anna\n5 < 6, Size: L")
    }

    @Test func `names and notes are plain text`() throws {
        let snapshot = try SampleOrder.snapshot(["customer_note": #""ring &times; 2 <b>please</b>\nthanks 🙏 5 < 6""#], line: ["parent_name": "null", "name": #""Mug &quot;A&quot; &#8211; blue""#])
        #expect(snapshot.note == "ring × 2 please\nthanks 🙏 5 < 6")
        #expect(snapshot.lines.first?.title == "Mug \"A\" – blue")
    }

    @Test func `a product that is gone has no number`() throws {
        let line = try #require(try SampleOrder.snapshot(line: ["product_id": "0", "variation_id": "0"]).lines.first)
        #expect(line.externalProductID == nil)
        #expect(line.externalVariantID == nil)
    }

    @Test func `a numbering plugin's number is kept beside the id`() throws {
        let snapshot = try SampleOrder.snapshot(["number": #""INV-2026/00017""#])
        #expect(snapshot.externalID == "9301")
        #expect(snapshot.externalNumber == "INV-2026/00017")
    }

    @Test(arguments: [("2", 2, []), (#""3""#, 3, []), ("0", 0, []), ("1.5", 1, ["fractional_quantity"]), (#""0.25""#, 1, ["fractional_quantity"])] as [(String, Int, [String])])
    func `a quantity is whole, or flagged`(text: String, quantity: Int, flags: [String]) throws {
        let snapshot = try SampleOrder.snapshot(line: ["quantity": text])
        #expect(snapshot.lines.first?.quantity == quantity)
        #expect(snapshot.flags.map(\.code) == flags)
    }

    @Test(arguments: ["-1", "null", #""two""#, "1e30", "[]"])
    func `a quantity that is none is raised`(text: String) {
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(line: ["quantity": text]) }
    }

    // MARK: Addresses

    @Test func `an empty shipping address means as billed`() throws {
        let empty = #"{"first_name":"","last_name":"","company":"","address_1":"","address_2":"","city":"","state":"","postcode":"","country":"TH","phone":""}"#
        let snapshot = try SampleOrder.snapshot(["shipping": empty])
        #expect(snapshot.shipTo == snapshot.billTo)
        #expect(snapshot.shipTo?.line1 == "8/15 ซอยตัวอย่าง 3")
    }

    @Test(arguments: ["[]", "null", nil] as [String?])
    func `an address may be an empty list or missing`(address: String?) throws {
        let snapshot = try SampleOrder.snapshot(["shipping": address, "billing": address])
        #expect(snapshot.shipTo == nil)
        #expect(snapshot.buyer == Buyer())
    }

    @Test(arguments: [
        ("TH-10", "TH-10", nil), ("CL-RM", "CL-RM", nil), ("CA", "CA", nil), ("NSW", "NSW", nil), ("13", "13", nil), ("Kent", nil, "Kent"), ("Región Metropolitana", nil, "Región Metropolitana"),
        ("กรุงเทพ", nil, "กรุงเทพ"), ("", nil, nil), ("A-B-C", nil, "A-B-C"), ("th-10", nil, "th-10"),
    ] as [(String, String?, String?)])
    func `a state is a code where it looks like one, else the buyer's words`(state: String, code: String?, province: String?) throws {
        let address = try #require(try SampleOrder.snapshot(["shipping": #"{"first_name":"A","address_1":"1 Road","state":"\#(state)","country":"XX"}"#]).shipTo)
        #expect(address.provinceCode == code)
        #expect(address.province == province)
        #expect(address.phone == "0861112233")
    }
}
