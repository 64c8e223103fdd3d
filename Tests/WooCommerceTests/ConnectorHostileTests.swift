import Connect
import Domain
import HTTPTypes
import SimulatorKit
import Testing

@testable import WooCommerceConnector

/// What a broken or hostile sender may write: an answer or a `ConnectorError`, never a crash or a hang.
@Suite(.timeLimit(.minutes(2))) struct ConnectorHostileTests {
    private func outcome(_ body: [UInt8], topic: String = "order.updated") throws -> String {
        let connector = try FakeShop { _ in .page(500) }.connector()
        do throws(ConnectorError) { return try connector.interpret(SampleOrder.delivery(body, topic: topic)).isEmpty ? "" : "read" } catch { return error.code }
    }

    @Test(arguments: [
        String(repeating: "[", count: 200_000), String(repeating: #"{"id":"#, count: 100_000), #"{"id":1e400}"#, #"{"id":99999999999999999999}"#, "{\"id\":1,\"status\":\"\u{0}\"}",
        #"{"id":1,"status":"pending","currency":"THB","total":1e400,"line_items":[]}"#, #"{"id":1,"status":"pending","currency":"THB","total":"1e400","line_items":[]}"#,
        #"{"id":1,"status":"pending","currency":"THB","total":"1e-400","line_items":[]}"#, #"{"id":1,"status":"pending","currency":"THB","total":{},"line_items":{}}"#,
    ])
    func `a hostile body is a problem for a person`(body: String) throws {
        #expect(["not_understood", "read"].contains(try outcome(Array(body.utf8))))
    }

    @Test func `invalid UTF-8 is a problem for a person`() throws {
        var body = try SampleOrder.body()
        let status = try #require(body.indices.first { body[$0...].starts(with: #""status":""#.utf8) })
        body.insert(contentsOf: [0xC3, 0x28, 0xFF], at: status + 10)
        #expect(try outcome(body) == "not_understood")
    }

    @Test func `of a repeated key one value is taken`() throws {
        #expect(try outcome(Array(#"{"id":1,"id":2,"status":"pending","currency":"THB","total":"1.00","line_items":[]}"#.utf8)) == "read")
    }

    @Test func `amounts at the edge of 64 bits are raised or read, never wrapped`() throws {
        let edge = "92233720368547758.07"
        for (total, discount, fee) in [(edge, edge, "0"), ("1.01", "92233720368547757.07", "-1.00"), (edge, "-\(edge)", "-\(edge)"), ("-\(edge)", edge, edge)] {
            let body = #"{"id":1,"status":"pending","currency":"THB","total":"\#(total)","discount_total":"\#(discount)","refunds":[{"total":"\#(edge)"},{"total":"0.01"}],"# +
                #""fee_lines":[{"total":"\#(fee)"}],"line_items":[{"id":1,"quantity":3,"subtotal":"\#(edge)","total":"-\#(edge)"}]}"#
            #expect(try outcome(Array(body.utf8)) == "not_understood")
        }
        let plain = #"{"id":1,"status":"pending","currency":"THB","total":"1.01","discount_total":"92233720368547757.07","line_items":[{"id":1,"quantity":1,"subtotal":"\#(edge)","total":"1.00"}]}"#
        // Past 10^15 units: sums over many orders would leave 64 bits.
        #expect(try outcome(Array(plain.utf8)) == "not_understood")
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a mutated order is read or refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let sample = try SampleOrder.body()
        let splices = [#""""#, "null", "[]", "{}", "-1", "1e308", #""\u0000""#, "true", #"["a"]"#, "0.1", #""99999999999999999999.99""#].map { Array($0.utf8) }
        for _ in 0..<50 {
            var body = sample
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[at] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: body.removeSubrange(at..<min(body.count, at + Int.random(in: 1...30, using: &generator)))
                case 2: body.insert(contentsOf: splices.randomElement(using: &generator) ?? [], at: at)
                default:
                    // A value in another value's place, so that the JSON stays whole.
                    let colons = body.indices.filter { body[$0] == UInt8(ascii: ":") }
                    guard let colon = colons.randomElement(using: &generator), let end = body[colon...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }) else { continue }
                    body.replaceSubrange((colon + 1)..<end, with: splices.randomElement(using: &generator) ?? [])
                }
                if body.isEmpty { body = sample }
            }
            #expect(["not_understood", "read"].contains(try outcome(body)))
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a mutated answer is read or refused`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let sample = Array("Warning: [x]\n[".utf8) + (try SampleOrder.body()) + Array("]".utf8)
        for _ in 0..<20 {
            var body = sample
            for _ in 0..<3 { body[Int.random(in: 0..<body.count, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator) }
            let answer = PlatformAnswer(status: 200, body: body)
            let connector = try FakeShop { _ in answer }.connector()
            do throws(ConnectorError) {
                let page = try await connector.listOrders(changedSince: FakeShop.now, until: nil, cursor: nil, limit: 100)
                #expect(page.orders.count <= 1)
            } catch {
                #expect(["not_understood", "unreachable"].contains(error.code))
            }
        }
    }
}
