import Connect
@testable import CourierConnector
@testable import CustomShopConnector
@testable import Documents
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import SpreadsheetConnector
import Testing
@testable import WooCommerceConnector

/// One test for each mistake that the mutated or hostile inputs have found.
@Suite struct FoundByFuzzingTests {
    private func code(_ connector: any InterpretsDeliveries, _ text: String, topic: String) -> String {
        do throws(ConnectorError) {
            let meanings = try connector.interpret(FuzzBench.delivery(Array(text.utf8), topic: topic))
            return Expectations.verdict(meanings, bodyBytes: text.utf8.count).complaints.first ?? "read"
        } catch { return error.code }
    }
    private var shopify: ShopifyConnector { get throws { try ShopifyConnector(FuzzBench.context(ShopifyFuzzing.settings)) } }
    private var wooCommerce: WooCommerceConnector { get throws { try WooCommerceConnector(FuzzBench.context(WooCommerceFuzzing.settings)) } }
    private var custom: CustomShopConnector { get throws { try CustomShopConnector(FuzzBench.context(CustomShopFuzzing.settings)) } }

    @Test(arguments: ["\"\"", "\"gid://\"", "\"../1\"", "\"12345678901234567890\"", "-4", "\"1\\u0000\"", "[]"])
    func `a Shopify id that is no number is raised`(id: String) throws {
        #expect(code(try shopify, #"{"id":\#(id)}"#, topic: "orders/delete") == "not_understood")
        #expect(code(try shopify, ShopifyCorpus.webhook.replacing(#"{"id":6100000000001,"#, with: #"{"id":\#(id),"#), topic: "orders/updated") == "not_understood")
    }

    @Test func `two Shopify lines of one id are raised`() throws {
        #expect(code(try shopify, ShopifyCorpus.refunded.replacing(#"{"id":2,"title":"B","quantity":1,"current_quantity":0"#, with: #"{"id":1,"title":"B","quantity":1,"current_quantity":1"#),
                     topic: "orders/updated") == "not_understood")
    }

    @Test func `an overpaid order on delivery owes nothing`() throws {
        #expect(code(try shopify, ShopifyCorpus.webhook.replacing(#""total_outstanding":"1340.00""#, with: #""total_outstanding":"-5.00""#), topic: "orders/updated") == "read")
    }

    @Test func `an unknown word that comes ten thousand times is one thing to know`() throws {
        let shipments = [String](repeating: #"{"status":"frobbed","shipment_status":"x"}"#, count: 10_000).joined(separator: ",")
        let meanings = try shopify.interpret(FuzzBench.delivery(Array(ShopifyCorpus.webhook.replacing(#""fulfillments":[]"#, with: #""fulfillments":[\#(shipments)]"#).utf8), topic: "orders/updated"))
        guard case .order(let order)? = meanings.first else { Issue.record("no order"); return }
        #expect(order.flags.count == 1)
    }

    @Test func `a cost bucket that hardly refills is waited for ten minutes, not for ever`() async throws {
        let body = #"{"data":{"orders":{"pageInfo":{"hasNextPage":false},"nodes":[]}},"extensions":{"cost":{"requestedQueryCost":1e300,"throttleStatus":{"maximumAvailable":1e308,"currentlyAvailable":0,"restoreRate":1e-300}}}}"#
        let connector = try ShopifyConnector(FuzzBench.context(ShopifyFuzzing.settings, answer: PlatformAnswer(status: 200, headers: [.contentType: "application/json"], body: Array(body.utf8))))
        _ = try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: nil, limit: 1)
        await #expect(throws: ConnectorError.throttled(until: FuzzBench.now + .seconds(600))) { try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: nil, limit: 1) }
    }

    @Test(arguments: ["<a", "<b>", "<", "&", "&#x", "<br", "</"])
    func `a long note of WooCommerce is read in one pass`(piece: String) throws {
        let note = String(repeating: piece, count: 200_000), start = ContinuousClock.now
        #expect(code(try wooCommerce, WooCommerceCorpus.order.replacing("leave at the guard house", with: note), topic: "order.updated") == "read")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(PlainText.plain("a<br/>b &amp; <i>c</i> < d <ก> &#8364; &amp;lt;") == "a\nb & c < d <ก> € &lt;")
    }

    @Test(arguments: ["92233720368547758.07", "-92233720368547758.07", "10000000000000.01"])
    func `an amount past all bounds is raised`(amount: String) throws {
        #expect(code(try wooCommerce, WooCommerceCorpus.order.replacing(#""name":"COD fee","tax_class":"","tax_status":"none","amount":"","total":"0.00""#, with: #""name":"COD fee","total":"\#(amount)""#),
                     topic: "order.updated") == "not_understood")
    }

    @Test func `a NUL in a text goes no further`() throws {
        #expect(code(try shopify, ShopifyCorpus.webhook.replacing("ring twice", with: #"ring\u0000 twice"#).replacing("delivery_slot", with: #"\u0000slot"#), topic: "orders/updated") == "read")
        #expect(code(try wooCommerce, WooCommerceCorpus.order.replacing(#""status":"processing""#, with: #""status":"pro\u0000cessing""#), topic: "order.updated") == "read")
        #expect(code(try custom, CustomShopFuzzing.order.replacing("รอจัดส่ง", with: #"\u0000"#), topic: "pull.order") == "not_understood")
        #expect(EscapedText.decoded("a_x0000_b_x0041_") == "abA")
    }

    @Test(arguments: [(#""lineTotal":24000"#, #""lineTotal":24001"#), (#""quantity":2"#, #""quantity":0"#), (#""weightGrams":120"#, #""weightGrams":-1"#), (#""externalLineID":"2""#, #""externalLineID":"1""#),
                      (#""sku":"TEA""#, #""sku":"\#(String(repeating: "x", count: 65))""#), (#""countryCode":"TH""#, #""countryCode":"Thailand""#), (#""grand":69000"#, #""grand":9223372036854775807"#)])
    func `what is pulled keeps the same contract as what is pushed`(old: String, new: String) throws {
        #expect(code(try custom, CustomShopFuzzing.order, topic: "pull.order") == "read")
        #expect(code(try custom, CustomShopFuzzing.order.replacing(old, with: new), topic: "pull.order") == "not_understood")
    }

    @Test func `a thin event with an id that cannot be kept is raised`() throws {
        let long = CustomShopFuzzing.events[1].replacing(#""id":"10421""#, with: #""id":"\#(String(repeating: "1", count: 65))""#)
        #expect(code(try custom, long, topic: "order.changed") == "not_understood")
    }

    @Test func `a cancellation without words has ours`() throws {
        let silent = CustomShopFuzzing.events[2].replacing(#""reason":"buyer""#, with: #""reason":"""#)
        #expect(code(try custom, silent, topic: "order.cancelled") == "read")
    }

    @Test func `courier news of no shipment is raised, and a booking without a name is asked about`() async throws {
        let connector = try CourierConnector(FuzzBench.context(CourierFuzzing.settings))
        #expect(code(connector, ##"{"type":"shipment.status","status":"delivered"}"##, topic: "callback") == "not_understood")
        for id in [#""""#, #""a\u0001""#, "\"\(String(repeating: "x", count: 256))\""] {
            let nameless = try CourierConnector(FuzzBench.context(CourierFuzzing.settings, answer: PlatformAnswer(status: 200, body: Array(#"{"orderId":\#(id),"externalRef":"r"}"#.utf8))))
            await #expect(throws: ConnectorError.unreachable(reason: "the courier's answer names its order by nothing that can be kept")) { try await nameless.findBooking(externalRef: "r") }
        }
        #expect(CourierConnector.inPath("co_1/../x?y") == "co_1%2F%2E%2E%2Fx%3Fy")
    }

    @Test(arguments: [(#""grand":302"#, #""grand":9223372036854775807"#), (#""externalID":"A-1""#, #""externalID":"""#), (#""quantity":2"#, #""quantity":-2"#), (#""codAmount":302"#, #""codAmount":-1"#)])
    func `a stored order of a file that breaks its bounds is raised`(old: String, new: String) throws {
        let good = try SpreadsheetFuzzing.sample(), connector = try SpreadsheetConnector(FuzzBench.context(SpreadsheetFuzzing.settings))
        #expect(code(connector, good, topic: "api.order") == "read")
        #expect(good.contains(old) && code(connector, good.replacing(old, with: new), topic: "api.order") == "not_understood")
    }

    @Test func `a number's exponent at the end of 64 bits is no number`() {
        #expect(DecimalText.plain("1E-9223372036854775808") == nil)
        #expect(DecimalText.plain("1E9223372036854775807") == nil)
    }

    @Test func `a cell as long as a book is no header`() {
        let start = ContinuousClock.now
        #expect(ColumnMapping.guess(headers: [String](repeating: String(repeating: "order number ", count: 10_000), count: 200)).assignments.isEmpty)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(ColumnMapping.guess(headers: ["Recipient phone (with country code)"]).assignments.first?.column == .shipToPhone)
    }

    @Test(arguments: ["0000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    func `a time that its zone takes out of the four-digit years is none`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
