import Connect
import Domain
import Foundation
import SimulatorKit
import Testing
@testable import Shopat24Connector

/// What a broken or hostile channel may write: an answer or a `ConnectorError`, never a crash or a hang.
@Suite(.timeLimit(.minutes(2))) struct ConnectorHostileTests {
    private static func connector() throws(ConnectorError) -> Shopat24Connector {
        try FakeChannel().connector(profile: #"{"webhook":{"header":"X-Sig","encoding":"hex","template":"{body}","orderNoPointer":"/orderNo"}}"#)
    }
    private func outcome(_ body: [UInt8], topic: String = "order.read", of known: Shopat24Connector? = nil) throws -> String {
        let connector = try known ?? Self.connector()
        do throws(ConnectorError) { return try connector.interpret(Sample.delivery(body, topic: topic)).isEmpty ? "" : "read" } catch { return error.code }
    }

    @Test(arguments: [
        "", "null", "[]", "\"\"", "0", "<html><body>", String(repeating: "[", count: 200_000), String(repeating: #"{"orderNo":"#, count: 100_000), String(repeating: "[", count: 100) + String(repeating: "]", count: 100), #"{"orderNo":1e400}"#,
        "{\"orderNo\":\"\u{0}\"}", #"{"orderNo":{"orderNo":1}}"#, "{\"orderNo\":\"1\u{202e}2\"",
    ])
    func `a hostile body is a problem for a person`(body: String) throws {
        for topic in ["order.read", "webhook", "other"] { #expect(try outcome(Array(body.utf8), topic: topic) == "not_understood") }
    }

    @Test func `an edge of 64 bits is a problem for a person, never a wrong sum`() throws {
        for amount in ["92233720368547758.07", "-92233720368547758.08", "9e18", "99999999999.99"] {
            for place in [#"{"amount":{"grand":"\#(amount)"}}"#, #"{"amount":{"shipping":\#(amount)}}"#, #"{"invoices":[{"lines":[{"sku":"A","qty":1000000,"unitPrice":"\#(amount)"}]}]}"#] {
                #expect(["not_understood", "read"].contains(try outcome(Sample.body(place))))
            }
        }
        let many = (0..<2_000).map { #"{"sku":"S\#($0)","qty":1000000,"unitPrice":"99999999999.99"}"# }.joined(separator: ",")
        #expect(try outcome(Sample.body(#"{"amount":null,"invoices":[{"lines":[\#(many)]}]}"#)) == "not_understood")
    }

    @Test func `more lines and invoices than an order has are refused`() throws {
        let lines = (0..<2_001).map { #"{"sku":"S\#($0)","qty":1,"unitPrice":"1"}"# }.joined(separator: ",")
        #expect(try outcome(Sample.body(#"{"invoices":[{"lines":[\#(lines)]}]}"#)) == "not_understood")
        #expect(try outcome(Sample.body(#"{"invoices":[\#(Array(repeating: #"{"lines":[]}"#, count: 501).joined(separator: ","))]}"#)) == "not_understood")
    }

    @Test func `texts are bounded and hold nothing that a database cannot keep`() throws {
        let long = String(repeating: "ยาว", count: 50_000)
        let order = try Sample.snapshot(#"{"shipTo":"H","note":"a\u0000b\#(long)","storeName":"\#(long)","recipient":{"name":"\#(long)","address":"x\u0000\u0007y","phone":"\#(long)"},"status":"\#(long)","invoices":[{"invoiceNo":"\#(long)","lines":[{"sku":"\#(long)","name":"\#(long)","qty":1,"unitPrice":"1"}]}]}"#)
        #expect(order.note?.unicodeScalars.count ?? 0 <= 2_000)
        #expect(order.note?.hasPrefix("abยาว") == true)
        #expect(order.shipTo?.line1 == "x y")
        #expect(order.buyer.name?.unicodeScalars.count == 255)
        #expect(order.platformStatus.unicodeScalars.count == 60)
        #expect("\(order)".utf8.count < 40_000)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a mutated order is read or refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sample = Sample.body(), connector = try Self.connector()
        let splices = [#""""#, "null", "[]", "{}", "-1", "1e308", #""\u0000""#, "true", #"["a"]"#, "0.1", #""99999999999999999999.99""#, "๙"].map { Array($0.utf8) }
        for _ in 0..<50 {
            var body = sample
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[at] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: body.removeSubrange(at..<min(body.count, at + Int.random(in: 1...30, using: &generator)))
                case 2: body.insert(contentsOf: splices.randomElement(using: &generator) ?? [], at: at)
                default: body.swapAt(at, Int.random(in: 0..<body.count, using: &generator))
                }
                if body.isEmpty { break }
            }
            #expect(["read", "not_understood"].contains(try outcome(body, of: connector)))
            #expect(["read", "not_understood"].contains(try outcome(body, topic: "webhook", of: connector)))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever is answered, a call ends in an answer or an error`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let bodies = [Sample.page([Sample.order], totalPages: 9_999_999), Sample.page([], totalPages: -1), Sample.page([Sample.order]), Sample.taken, "", "[]", "{", "%PDF", #"{"data":{"content":[1,2]}}"#, #"{"success":true,"data":{"content":[],"totalPages":"NaN"}}"#]
        for _ in 0..<10 {
            let status = [200, 200, 204, 301, 400, 404, 409, 500][Int.random(in: 0..<8, using: &generator)], body = bodies[Int.random(in: 0..<bodies.count, using: &generator)]
            let connector = try FakeChannel(status, body).connector()
            // Whether it is an answer or an error is not the question here: only that it comes.
            _ = try? await connector.listOrders(changedSince: Sample.now - .seconds(3600), until: nil, cursor: nil, limit: 10)
            _ = try? await connector.fetchOrder(Sample.externalID)
            _ = try? await connector.cancelOrder(Sample.action(try Sample.snapshot()), reason: "", idempotencyKey: "k")
            // A check always says something of what it found.
            #expect(await !connector.check().isEmpty)
        }
    }
}
