import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorHostileTests {
    private static let wrong: [String?] = [nil, "null", "\"\"", "0", "-1", "7.5", "true", "[]", "{}", "[null]", "{\"a\":1}", "\"text\"", "1e400", "\"\\u0000\"", "\"\\ud800\"", "99999999999999999999999"]

    private static var members: [String] {
        guard case .object(let members)? = LooseJSON(Array(SampleOrder.text.utf8)) else { return [] }
        return members.keys.sorted()
    }

    /// What the order cannot be told without.
    private static let needed: Set<String> = ["order_sn", "currency", "order_status", "item_list"]

    @Test(arguments: members) func `no value of any member makes more of an order than a reading or a named problem`(name: String) throws {
        for value in Self.wrong {
            do {
                let order = try SampleOrder.snapshot([name: value])
                #expect(order.externalNumber.isEmpty == false)
            } catch let error as ConnectorError {
                guard case .notUnderstood(let field, let found) = error else { Issue.record("\(name)=\(value ?? "missing"): \(error)"); continue }
                #expect(!field.isEmpty && found.utf8.count <= 200)
            }
        }
    }

    @Test(arguments: ["item_id", "model_id", "item_name", "model_name", "model_sku", "item_sku", "model_quantity_purchased", "active_qty", "model_original_price", "model_discounted_price", "weight",
                      "line_item_id", "order_item_id", "promotion_group_id", "is_prescription_item", "returned_qty", "return_requested_qty"])
    func `no value of a line's member does either`(name: String) throws {
        for value in Self.wrong {
            do { _ = try SampleOrder.snapshot(line: [name: value]) } catch let error as ConnectorError {
                guard case .notUnderstood = error else { Issue.record("\(name)=\(value ?? "missing"): \(error)"); continue }
            }
        }
    }

    @Test(arguments: ["package_number", "logistics_status", "logistics_channel_id", "shipping_carrier", "item_list"]) func `nor of a package's`(name: String) throws {
        for value in Self.wrong { #expect(try SampleOrder.snapshot(package: [name: value]).externalNumber == "2510210K7TTH01") }
    }

    @Test(arguments: needed.sorted()) func `an order without what it cannot be told without is a named problem`(name: String) throws {
        for value in [nil, "null", "\"\"", "[]", "{}"] as [String?] {
            #expect(throws: ConnectorError.self, "\(value ?? "missing")") { try SampleOrder.snapshot([name: value]) }
        }
    }

    @Test func `a time of change that is missing is that of the placing; without both there is no order`() throws {
        #expect(try SampleOrder.snapshot(["update_time": nil]).revision.updatedAt == Timestamp(seconds: 1_761_021_480))
        #expect(try SampleOrder.snapshot(["create_time": "null"]).placedAt == Timestamp(seconds: 1_761_021_605))
        #expect(throws: ConnectorError.notUnderstood(field: "update_time", found: "nothing")) { try SampleOrder.snapshot(["update_time": nil, "create_time": nil]) }
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(["update_time": "9223372036854775807", "create_time": "0"]) }
    }

    @Test func `a member's name with a space behind it is that member`() throws {
        let text = SampleOrder.text.replacing("\"total_amount\"", with: "\"total_amount \"").replacing("\"model_sku\"", with: "\" model_sku\"").replacing("\"order_sn\"", with: "\"order_sn \"")
        let order = try SampleOrder.snapshot(of: #"{"order":\#(text)}"#)
        #expect(order.totals.grand == 41_750 && order.lines.first?.sku == "TS-01-BK-M" && order.externalNumber == "2510210K7TTH01")
    }

    @Test(arguments: ["1e400", "\"\\ud800\""]) func `what cannot be read does not become absent when it is written down`(text: String) throws {
        let value = try #require(LooseJSON(Array("[\(text)]".utf8))?.list.first)
        #expect(value == .unreadable && !value.isAbsent && value.text == nil)
        let again = try #require(LooseJSON(value.bytes))
        #expect(!again.isAbsent && again.text == nil && again.integer == nil && again.list.isEmpty)
    }

    @Test func `a name that is written properly goes before one that is not`() throws {
        for text in [#"{"a ":1,"a":2}"#, #"{"a":2,"a ":1}"#] { #expect(LooseJSON(Array(text.utf8))?["a"] == .integer(2)) }
    }

    @Test func `unknown members change nothing`() throws {
        #expect(try SampleOrder.snapshot(["brand_new": #"{"deep":[1,{"x":null}]}"#]) == SampleOrder.snapshot())
    }

    @Test(arguments: ["", "null", "[]", "7", "{}", #"{"order":null}"#, #"{"order":[]}"#, "not json", #"{"order":{"order_sn":"A"#])
    func `a body that is no order is a named problem`(body: String) {
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(of: body) }
    }

    @Test(arguments: ["A/B", "A B", "A&b=1", "A:B", String(repeating: "A", count: 65), "ก"]) func `an order number that could not be one is not taken`(number: String) {
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(["order_sn": "\"\(number)\""]) }
    }

    @Test func `deep nesting is refused, not followed`() {
        #expect(LooseJSON(Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)) == nil)
    }

    @Test(arguments: ["null", "true", "7", "-7", "417.5", "0.07", "19.99", #""x""#, "[]", "{}", #"[1,"a",null,{"b":[false]}]"#, #"{"a":1,"b":{"c":"ธ"}}"#, "12345678901234567890.12"])
    func `what was read is written as it was`(text: String) throws {
        let value = try #require(LooseJSON(Array(text.utf8)))
        #expect(String(decoding: value.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [("40071188:A1", "A1"), ("40071189:A1", nil), ("A1", nil), ("40071188:", nil), ("40071188:A1&shop_id=7", nil), ("40071188:A1:B", nil), ("", nil), ("999999999", nil)] as [(String, String?)])
    func `only an id of this shop becomes part of a call`(id: String, number: String?) async throws {
        let connector = try FakeShopee().connector()
        let error = await Bench.error { () async throws(ConnectorError) in #expect(try connector.orderNumber(of: id) == number) }
        #expect(error?.code == (number == nil ? "not_found" : nil))
    }
}
