import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Bodies that nobody meant: whatever comes, it is an order or a sentence, and never a crash.
@Suite struct HostileTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func `the order of the items changes nothing`(_ seed: UInt64) throws {
        var random = Random(state: seed)
        let items: [[String: String?]] = (0..<8).map { index in
            let word = ["pending", "packed", "canceled", "returned", "delivered", "frobbed"].randomElement(using: &random) ?? ""
            return ["order_item_id": "\(900 + index * 61)", "status": "\"\(word)\"", "paid_price": Bool.random(using: &random) ? "189.75" : #""179.75""#, "is_fbl": Bool.random(using: &random) ? "1" : "0"]
        }
        let expected = try Sample.snapshot(items: items)
        #expect(try Sample.snapshot(items: items.shuffled(using: &random)) == expected)
        #expect(expected.lines.allSatisfy { $0.unitPrice * Int64($0.quantity) - $0.discount == $0.lineTotal })
        #expect(expected.lines.map(\.lineTotal).reduce(0, +) <= expected.totals.items)
        let units = expected.lines.flatMap { (expected.attributes[LineFolding.unitsKey($0.externalLineID)] ?? "").split(separator: ",") }
        #expect(units.count == expected.lines.map(\.quantity).reduce(0, +) && Set(units).count == units.count)
    }

    private static let odd = ["null", "\"\"", "{}", "[]", "true", "-1", "1e999", "9223372036854775808", "\"\\u0000\"", "\"\u{202E}ก\u{0E49}\u{0E49}\u{0E49}\"", "[[[[]]]]", "0.0000000001", "\"NaN\"", "\"0x10\"", "1E5"]

    @Test(arguments: 0..<300 as Range<UInt64>) func `a body with odd values is an order or a sentence`(_ seed: UInt64) throws {
        var random = Random(state: seed)
        var text = String(decoding: try Sample.body(), as: UTF8.self)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let colons = text.indices.filter { text[$0] == ":" }
            guard let colon = colons.randomElement(using: &random), let odd = Self.odd.randomElement(using: &random) else { continue }
            let start = text.index(after: colon), end = text[start...].firstIndex { $0 == "," || $0 == "}" } ?? text.endIndex
            text.replaceSubrange(start..<end, with: odd)
        }
        try expectOrderOrSentence(Array(text.utf8))
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func `a body that was cut or spoilt is an order or a sentence`(_ seed: UInt64) throws {
        var random = Random(state: seed), body = try Sample.body()
        for _ in 0..<Int.random(in: 1...6, using: &random) { body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
        try expectOrderOrSentence(Array(body.prefix(Int.random(in: 0...body.count, using: &random))))
        try expectOrderOrSentence(body)
    }

    private func expectOrderOrSentence(_ body: [UInt8]) throws {
        let connector = try FakeLazada { _ in .silentAnswer }.connector()
        for topic in [LazadaConnector.readTopic, "push/0", "push/14", "push/x"] {
            do {
                for case .order(let order) in try connector.interpret(Sample.delivery(body, topic: topic)) {
                    #expect(!order.externalID.isEmpty && !order.lines.isEmpty && order.totals.rebuiltGrand != nil)
                    #expect(order.payment.codAmount ?? 0 >= 0)
                }
            } catch {
                #expect(!error.sentence.isEmpty && error.sentence.utf8.count < 600)
                #expect(error.failureClass == .rejected)
            }
        }
    }

    @Test func `a deep body and a very long word are bounded`() throws {
        let deep = String(repeating: #"{"a":"#, count: 2_000) + "1" + String(repeating: "}", count: 2_000)
        #expect(throws: ConnectorError.self) { try Sample.snapshot(of: Array(#"{"order":\#(deep),"items":[]}"#.utf8)) }
        let long = String(repeating: "x", count: 100_000)
        let order = try Sample.snapshot(items: (0..<60).map { ["order_item_id": "\($0 + 1)", "status": "\"\(long)\($0)\"", "return_status": "\"\(long)\""] })
        #expect(order.platformStatus.utf8.count < 2_000 && order.flags.count < 30)
        #expect(order.attributes.values.allSatisfy { $0.utf8.count < 2_000 })
    }

    @Test(arguments: [10, 40, 400]) func `an answer is followed to a depth that none reaches, and refused beyond it`(depth: Int) {
        let text = String(repeating: #"{"a":["#, count: depth / 2) + "1" + String(repeating: "]}", count: depth / 2)
        let value = try? JSONDecoder().decode(LooseJSON.self, from: Data(text.utf8))      // what is refused is nothing here
        #expect((value != nil) == (depth < LooseJSON.maximumDepth))
    }

    @Test func `what another platform answers to a listing is not taken for orders`() async throws {
        for answer in [PlatformAnswer.json("[]"), .json(#"{"orders":[]}"#), .data("null"), .data("7"), .json("<html>"), .json(#"{"code":"0"}"#)] {
            let connector = try FakeLazada { _ in answer }.connector()
            #expect(await failure { () async throws(ConnectorError) in try await connector.listOrders(changedSince: FakeLazada.now, until: nil, cursor: nil, limit: 10) } != nil)
        }
    }
}
