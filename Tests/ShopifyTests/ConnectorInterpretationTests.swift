import Connect
import Domain
import Foundation
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorInterpretationTests {
    private func interpret(_ topic: String, _ json: String, headers: [String: String] = [:], settings: [String: String] = Bench.staticToken) throws -> [Interpretation] {
        try Bench.connector(ScriptedPlatform(), settings).interpret(Bench.delivery(topic, Array(json.utf8), headers: headers))
    }

    @Test func `a webhook order is read whole`() throws {
        let order = try #require(try Bench.order("orders/updated", OrderBody.changed()))
        #expect(order.externalID == "6100000000001" && order.externalNumber == "#1001")
        #expect(order.placedAt == Timestamp(rfc3339: "2026-11-06T03:12:38Z"))
        #expect(order.revision == Revision(updatedAt: try #require(Timestamp(rfc3339: "2026-11-06T03:12:44Z"))))
        #expect(order.buyer == Buyer(name: "มาลี ตัวอย่าง", email: "malee@example.com", phone: "0861112233"))
        #expect(order.shipTo == Address(name: "มาลี ตัวอย่าง", phone: "0861112233", line1: "8/15 ซอยตัวอย่าง 3", city: "เขตบางรัก", province: "Bangkok", provinceCode: "TH-10",
                                        postcode: "10500", countryCode: "TH"))
        #expect(order.billTo?.line2 == "แขวงบางรัก")
        #expect(order.totals == Totals(items: 139_000, discount: 10_000, shipping: 5_000, tax: 8_766, taxIncluded: true, grand: 134_000))
        #expect(order.payment == Payment(method: "Cash on Delivery (COD)", state: .unpaid, isCashOnDelivery: true, codAmount: 134_000))
        #expect(order.shipping == Shipping(methodCode: "EMS", methodTitle: "EMS"))
        #expect(order.lines == [OrderLine(externalLineID: "14100000000001", sku: "BAG-BL-L", title: "Canvas bag", variant: "Blue / L", quantity: 2, unitPrice: 69_500, discount: 10_000,
                                          tax: 8_439, lineTotal: 129_000, weightGrams: 225, externalProductID: "8100000000001", externalVariantID: "44100000000001")])
        #expect(order.note == "ring twice" && order.tags == ["vip", "gift"] && order.platformStatus == "pending")
        #expect(order.attributes == ["note.delivery_slot": "evening", "line.14100000000001.Engraving": "ML", "discount.codes": "WELCOME", "source": "web"])
        #expect(order.flags.isEmpty)
    }

    @Test func `the GraphQL form of the same order means the same`() throws {
        var pushed = try #require(try Bench.order("orders/updated", OrderBody.changed()))
        var read = try #require(try Bench.order("graphql/order", OrderBody.changed(OrderBody.node)))
        #expect(read.shipping.shipBy == Timestamp(rfc3339: "2026-11-08T17:00:00Z"))
        #expect(read.platformStatus == "PENDING/UNFULFILLED")
        // What only one of the forms says: the time to ship by, weights, and the words themselves.
        read.shipping.shipBy = nil; read.platformStatus = pushed.platformStatus
        for index in pushed.lines.indices { pushed.lines[index].weightGrams = nil }
        #expect(read == pushed)
    }

    @Test(arguments: [("orders/edited", #"{"order_edit":{"id":1,"order_id":6100000000001,"created_at":"2026-11-06T10:00:00+07:00"}}"#), ("refunds/create", #"{"id":9,"order_id":6100000000001,"created_at":"2026-11-06T10:00:00+07:00"}"#),
                      ("fulfillments/create", #"{"id":9,"order_id":6100000000001,"updated_at":"2026-11-06T10:00:00+07:00"}"#), ("fulfillments/update", #"{"id":9,"order_id":"6100000000001","updated_at":"2026-11-06T10:00:00+07:00"}"#)])
    func `a delivery that only names its order makes us fetch it`(topic: String, json: String) throws {
        #expect(try interpret(topic, json) == [.fetch("6100000000001", hint: Timestamp(rfc3339: "2026-11-06T03:00:00Z"))])
    }

    @Test func `a change that must name its order and does not is a problem, not nothing`() {
        #expect(throws: ConnectorError.notUnderstood(field: "order_id", found: "")) { try interpret("refunds/create", #"{"id":9}"#) }
        #expect(throws: ConnectorError.notUnderstood(field: "X-Shopify-Topic", found: "")) { try interpret("", "{}") }
    }

    @Test func `a deleted order is cancelled at the time of the event`() throws {
        #expect(try interpret("orders/delete", #"{"id":820982911946154508}"#, headers: ["triggered-at": "2026-11-06T03:12:44.118204377Z"])
            == [.cancelled("820982911946154508", at: Timestamp(milliseconds: 1_793_934_764_118), counter: 1_793_934_764_118_204_377, reason: "deleted at the shop")])
        #expect(try interpret("orders/delete", #"{"id":5}"#) == [.cancelled("5", at: Bench.now, counter: 0, reason: "deleted at the shop")])
    }

    @Test func `an uninstalled app loses the channel`() throws {
        guard case .channelLost? = try interpret("app/uninstalled", "{}").first else { Issue.record("the channel stands"); return }
    }

    @Test(arguments: ["products/update", "inventory_levels/update", "bulk_operations/finish", "draft_orders/create", "fulfillment_orders/placed_on_hold", "customers/redact", "shop/redact", "orders/risk_assessment_changed"])
    func `what says nothing of an order is kept with its reason`(topic: String) throws {
        guard case .ignored(let reason)? = try interpret(topic, #"{"id":1}"#).first else { Issue.record("not ignored"); return }
        #expect(reason.contains(topic))
    }

    @Test func `test orders are left out unless they are wanted`() throws {
        let body = try OrderBody.changed { $0["test"] = true }
        #expect(try Bench.order("orders/create", body) == nil)
        var settings = Bench.staticToken
        settings["includeTestOrders"] = "true"
        #expect(try Bench.order("orders/create", body, settings)?.externalID == "6100000000001")
    }

    @Test func `with fetchAfterWebhook an announced order is read again`() throws {
        var settings = Bench.staticToken
        settings["fetchAfterWebhook"] = "true"
        let connector = try Bench.connector(ScriptedPlatform(), settings)
        let body = try OrderBody.changed()
        #expect(try connector.interpret(Bench.delivery("orders/updated", body)) == [.fetch("6100000000001", hint: Timestamp(rfc3339: "2026-11-06T03:12:44Z"))])
        guard case .order? = try connector.interpret(Bench.delivery("graphql/order", OrderBody.changed(OrderBody.node), origin: .fetch)).first else { Issue.record("fetched again for ever"); return }
    }

    @Test func `a webhook's revision counts nanoseconds and a read one is marked`() throws {
        let connector = try Bench.connector()
        let headers = ["triggered-at": "2026-11-06T03:12:44.118204377Z"]
        guard case .order(let pushed)? = try connector.interpret(Bench.delivery("orders/updated", OrderBody.changed(), headers: headers)).first,
              case .order(let read)? = try connector.interpret(Bench.delivery("graphql/order", OrderBody.changed(OrderBody.node), origin: .reconciliation)).first
        else { Issue.record("no orders"); return }
        #expect(pushed.revision.counter == 1_793_934_764_118_204_377 && !pushed.revision.wasRead)
        #expect(read.revision.counter == 0 && read.revision.wasRead)
    }

    @Test(arguments: [("2026-11-06T03:12:44Z", Int64?(1_793_934_764_000_000_000)), ("2026-11-06T03:12:44.5Z", 1_793_934_764_500_000_000), ("2026-11-06T10:12:44.000000001+07:00", 1_793_934_764_000_000_001),
                      ("1969-12-31T23:59:59.25Z", -750_000_000), ("yesterday", nil), ("9999-01-01T00:00:00Z", nil)])
    func `triggered-at is read to the nanosecond`(text: String, expected: Int64?) {
        #expect(ShopifyConnector.nanoseconds(text) == expected)
    }

    // MARK: bodies as they come

    @Test func `an order without buyer, addresses, lines' SKUs and gateway is read`() throws {
        let order = try #require(try Bench.order(OrderBody.changed {
            for key in ["customer", "billing_address", "shipping_address", "note_attributes", "email", "contact_email", "payment_gateway_names", "shipping_lines", "fulfillments", "refunds"] { $0[key] = nil }
            $0["customer"] = NSNull()
            $0["line_items"] = [["id": 1, "title": "Gift", "price": "1390.00", "quantity": 1, "sku": NSNull(), "variant_title": "", "product_id": NSNull(), "properties": [Any]()]]
        }))
        #expect(order.buyer == Buyer() && order.shipTo == nil && order.billTo == nil && order.payment.method == nil && !order.payment.isCashOnDelivery)
        #expect(order.lines == [OrderLine(externalLineID: "1", title: "Gift", quantity: 1, unitPrice: 139_000, lineTotal: 139_000)])
    }

    @Test func `the platform's own test notification keeps its id past 2^53`() throws {
        #expect(try Bench.order(OrderBody.changed { $0["id"] = Int64(820_982_911_946_154_508) })?.externalID == "820982911946154508")
        #expect(try Bench.order(OrderBody.changed { $0["id"] = "820982911946154508" })?.externalID == "820982911946154508")
    }

    @Test(arguments: [#"[]"#, #"{}"#, #"[{"name":"Engraving","value":7}]"#, #"{"Engraving":7}"#, #"null"#, #""none""#, #"[1,2]"#])
    func `line properties come in any shape`(json: String) throws {
        let text = OrderBody.webhook.replacing(#"[{"name":"Engraving","value":"ML"},{"name":"_internal","value":"x"}]"#, with: json)
        let order = try #require(try Bench.order("orders/updated", Array(text.utf8)))
        #expect(order.attributes["line.14100000000001.Engraving"] == (json.contains("Engraving") ? "7" : nil))
    }

    @Test func `fields of another kind than documented do no harm`() throws {
        let order = try #require(try Bench.order(OrderBody.changed {
            $0["note"] = 5; $0["tags"] = ["vip"]; $0["test"] = "false"; $0["taxes_included"] = "true"; $0["payment_gateway_names"] = "COD"; $0["phone"] = 66_861_112_233 as Int64
            $0["customer"] = [Any](); $0["note_attributes"] = ["slot": "noon"]; $0["discount_codes"] = NSNull()
        }))
        #expect(order.note == "5" && order.tags.isEmpty && order.totals.taxIncluded && order.buyer.phone == "66861112233" && order.attributes["note.slot"] == "noon")
    }

    @Test(arguments: [
        ("no JSON", ""), ("no JSON", "{"), ("no JSON", "\u{0}"), ("an array", "[]"), ("a number", "7"), ("no id", "{}"), ("a broken number", #"{"id":1e400}"#),
    ])
    func `a body that is no order is a problem for a person`(what: String, json: String) {
        let error = #expect(throws: ConnectorError.self) { try interpret("orders/updated", json) }
        #expect(error?.code == "not_understood")
    }

    @Test(arguments: ["total_price", "total_tax", "total_outstanding"])
    func `an amount that is none is named`(field: String) throws {
        let error = #expect(throws: ConnectorError.self) { try Bench.order(OrderBody.changed { $0[field] = "malee" }) }
        #expect(error == .notUnderstood(field: field, found: "malee"))
        #expect(throws: ConnectorError.self) { try Bench.order(OrderBody.changed { $0[field] = ["a": 1] }) }
    }

    @Test func `quantities and amounts past all bounds are refused`() {
        #expect(throws: ConnectorError.self) { try Bench.order(OrderBody.changed { $0["line_items"] = [OrderBody.line(1, price: "1.00", quantity: -1)] }) }
        #expect(throws: ConnectorError.self) { try Bench.order(OrderBody.changed { $0["line_items"] = [OrderBody.line(1, price: "9000000000000.00", quantity: 1_000_000)] }) }
        #expect(throws: ConnectorError.self) { try Bench.order(OrderBody.changed { $0["total_price"] = "99999999999999999.00" }) }
        #expect(throws: ConnectorError.notUnderstood(field: "currency", found: "BAHT")) { try Bench.order(OrderBody.changed { $0["currency"] = "BAHT" }) }
        #expect(throws: ConnectorError.notUnderstood(field: "updated_at", found: "2026-02-30T00:00:00Z")) { try Bench.order(OrderBody.changed { $0["updated_at"] = "2026-02-30T00:00:00Z" }) }
    }

    @Test func `deep nesting and bytes that are no text end in an error`() {
        let deep = #"{"id":1,"note":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        #expect(throws: ConnectorError.self) { try interpret("orders/updated", deep) }
        #expect(throws: ConnectorError.self) { try Bench.order("orders/updated", Array(#"{"id":1,"name":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)) }
    }

    @Test(arguments: 0..<60)
    func `a mutated body is read or refused, never more`(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13; state ^= state >> 7; state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let connector = try Bench.connector()
        let bases = [("orders/updated", Array(OrderBody.webhook.utf8)), ("graphql/order", Array(OrderBody.node.utf8))]
        let pieces = ["null", "[]", "{}", "-1", "1e400", "\"\"", "\"gid://\"", "true", "[[", "9223372036854775808", "\"-0.001\"", ",", ":"].map { Array($0.utf8) }
        var outcomes = 0
        for round in 0..<20 {
            var (topic, body) = bases[round % 2]
            for _ in 0...next(4) {
                let at = next(body.count), length = min(next(12), body.count - at)
                switch next(3) {
                case 0: body[at] = UInt8(next(256))
                case 1: body.replaceSubrange(at..<(at + length), with: pieces[next(pieces.count)])
                default: body.removeSubrange(at..<(at + length))
                }
            }
            do { _ = try connector.interpret(Bench.delivery(topic, body)) } catch { #expect(error.failureClass == .rejected) }
            outcomes += 1
        }
        #expect(outcomes == 20)
    }
}
