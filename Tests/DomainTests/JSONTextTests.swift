import Domain
import Foundation
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: 0..<200)
    func `an order is written as the general encoder writes it, and read back the same`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let order = Self.order(&random)
        var json = JSONText(capacity: 64)
        order.write(to: &json)
        let expected = try JSONEncoder.crossdock.encode(order)
        #expect(String(decoding: json.bytes, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
        #expect(try JSONDecoder().decode(OrderSnapshot.self, from: Data(json.bytes)) == order)
    }

    @Test(arguments: 0..<50)
    func `a cause is written as the general encoder writes it`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let cause = Cause(.rule, Self.text(&random), detail: Bool.random(using: &random) ? Self.text(&random) : nil)
        var json = JSONText(capacity: 64)
        cause.write(to: &json)
        #expect(json.bytes == Array(try JSONEncoder.crossdock.encode(cause)))
    }

    @Test func `commas stand between fields and elements and nowhere else`() {
        var json = JSONText(capacity: 8)
        json.object { json in
            json.name("empty")
            json.array { _ in }
            json.present("nothing", nil as String?)
            json.name("list")
            json.array { json in
                json.integer(1)
                json.object { $0.field("a", true) }
                json.raw("[2]".utf8)
            }
            json.field("left out", nil as Int64?)
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"empty":[],"nothing":null,"list":[1,{"a":true},[2]]}"#)
    }

    /// Texts with everything that has to be escaped, and much that has not.
    private static let pieces = ["a", "\"", "\\", "/", "\n", "\r", "\t", "\u{8}", "\u{c}", "\u{1}", "\u{1f}", "\u{7f}", "\u{2028}", "ชาเขียว", "é", "🧺", "</script>", " ", "0"]

    private static func text(_ random: inout SplitMix) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
    }

    private static func maybe<T>(_ random: inout SplitMix, _ make: (inout SplitMix) -> T) -> T? { Bool.random(using: &random) ? make(&random) : nil }
    private static func amount(_ random: inout SplitMix) -> Int64 { [0, -1, 12_950, .max, .min][Int.random(in: 0..<5, using: &random)] }

    private static func address(_ random: inout SplitMix) -> Address {
        Address(name: maybe(&random, text), company: maybe(&random, text), phone: maybe(&random, text), line1: maybe(&random, text), line2: maybe(&random, text),
                subdistrict: maybe(&random, text), district: maybe(&random, text), city: maybe(&random, text), province: maybe(&random, text),
                provinceCode: maybe(&random, text), postcode: maybe(&random, text), countryCode: maybe(&random, text))
    }

    private static func line(_ random: inout SplitMix) -> OrderLine {
        OrderLine(externalLineID: text(&random), sku: maybe(&random, text), title: text(&random), variant: maybe(&random, text), quantity: Int.random(in: 0...9, using: &random),
                  unitPrice: amount(&random), discount: amount(&random), tax: amount(&random), lineTotal: amount(&random), requiresShipping: Bool.random(using: &random),
                  weightGrams: maybe(&random) { Int.random(in: 0...9000, using: &$0) }, externalProductID: maybe(&random, text), externalVariantID: maybe(&random, text))
    }

    private static func order(_ random: inout SplitMix) -> OrderSnapshot {
        let time = Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random))
        var order = OrderSnapshot(
            externalID: text(&random), externalNumber: text(&random), placedAt: time, revision: Revision(updatedAt: time, counter: amount(&random), wasRead: Bool.random(using: &random)),
            buyer: Buyer(name: maybe(&random, text), email: maybe(&random, text), phone: maybe(&random, text)), shipTo: maybe(&random, address), billTo: maybe(&random, address),
            currency: .thb, totals: Totals(items: amount(&random), discount: amount(&random), tax: amount(&random), taxIncluded: Bool.random(using: &random), grand: amount(&random)),
            payment: Payment(method: maybe(&random, text), state: .paid, isCashOnDelivery: Bool.random(using: &random), codAmount: maybe(&random, amount)),
            shipping: Shipping(methodCode: maybe(&random, text), methodTitle: maybe(&random, text), requestedCarrier: maybe(&random, text), shipBy: maybe(&random) { _ in time }),
            lines: [], note: maybe(&random, text), tags: [], platformStatus: text(&random), standing: .onHold, fulfilment: .unfulfilled)
        order.lines = (0..<Int.random(in: 0...3, using: &random)).map { _ in line(&random) }
        order.tags = (0..<Int.random(in: 0...3, using: &random)).map { _ in text(&random) }
        order.flags = (0..<Int.random(in: 0...2, using: &random)).map { _ in Flag(code: text(&random), message: text(&random)) }
        for number in 0..<Int.random(in: 0...4, using: &random) { order.attributes["raw.\(number)"] = text(&random) }
        return order
    }
}
