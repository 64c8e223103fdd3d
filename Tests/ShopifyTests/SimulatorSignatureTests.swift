import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorSignatureTests {
    private let secret = "hush-shopify-secret-01"

    @Test func `the call-back signature is the one of the official client`() {
        let parameters: [(name: String, value: String)] = [
            ("timestamp", "1795225000"), ("shop", "crossdock-test.myshopify.com"), ("code", "0907a61c0c8d55e99db179b68161bc00"),
            ("host", "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvY3Jvc3Nkb2NrLXRlc3Q"), ("state", "n0nce-77"), ("hmac", "whatever"),
            ("signature", "old"),
        ]
        #expect(ShopSignature.callback(parameters, secret: secret) == "268393424f60b4c938d0c805400b29447a2d0561b275766e0d8409b370f94582")
    }

    @Test func `the webhook signature is over the raw bytes and no others`() {
        let body = Data(
            ##"{"id":6100000000001,"admin_graphql_api_id":"gid:\/\/shopify\/Order\/6100000000001","name":"#1001","note":"ผ้าไหม \u003cb\u003e","total_price":"1290.00","updated_at":"2026-11-21T09:00:00+07:00"}"##
                .utf8)
        let rewritten = Data(
            ##"{"id":6100000000001,"admin_graphql_api_id":"gid://shopify/Order/6100000000001","name":"#1001","note":"ผ้าไหม <b>","total_price":"1290.00","updated_at":"2026-11-21T09:00:00+07:00"}"##
                .utf8)
        #expect(body.count == 205)
        #expect(ShopSignature.webhook(body, secret: secret) == "ngEpWsPDrjgtY2zHkPUB1ZN3jydTUD3bfH6bAKL0Rsg=")
        #expect(ShopSignature.webhook(rewritten, secret: secret) == "7mR0RflorceoURzyeoZNAQZWfa0QsEgQyFlzczrqn0g=")
    }

    @Test func `the writer escapes slashes and angle brackets as the platform's webhooks do`() throws {
        let node: JSONNode = [
            "id": 6_100_000_000_001, "admin_graphql_api_id": "gid://shopify/Order/6100000000001", "name": "#1001", "note": "ผ้าไหม <b>",
            "total_price": "1290.00", "updated_at": "2026-11-21T09:00:00+07:00",
        ]
        #expect(ShopSignature.webhook(node.data(), secret: secret) == "ngEpWsPDrjgtY2zHkPUB1ZN3jydTUD3bfH6bAKL0Rsg=")
    }

    @Test func `JSON that is written can be read back whatever the text holds`() throws {
        let text = "\"\\\u{8}\u{1f}</script> & ผ้า 🎁\n\t\u{2028}"
        let node: JSONNode = [
            "text": .text(text), "big": .integer(820_982_911_946_154_508), "none": nil, "list": [true, .number("13.72"), .object([])],
        ]
        for escaping in [JSONNode.Escaping.legacy, .plain] {
            let read = try JSONNode(parsing: node.data(escaping))
            #expect(read["text"]?.string == text)
            #expect(read["big"]?.int64 == 820_982_911_946_154_508)
            #expect(read["list"]?.elements?.count == 3)
        }
    }

    @Test(arguments: [
        ("THB", Int64(129_000), "1290.00", "1290.0"), ("THB", -5_050, "-50.50", "-50.5"), ("JPY", 1_290, "1290", "1290.0"),
        ("CLP", 18_990, "18990", "18990.0"),
        ("KWD", 1_500, "1.500", "1.5"), ("USD", 5, "0.05", "0.05"), ("THB", 0, "0.00", "0.0"),
    ])
    func `REST pads money by the currency and GraphQL cuts it to one decimal`(currency: String, minor: Int64, rest: String, graph: String) {
        let unit = CurrencyUnit(currency)
        #expect(unit.restText(minor) == rest)
        #expect(unit.graphText(minor) == graph)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a discount that is shared out loses no unit`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let weights = (0..<Int.random(in: 1...7, using: &generator)).map { _ in Int64.random(in: 0...100_000, using: &generator) }
        let amount = Int64.random(in: 0...50_000, using: &generator)
        #expect(allocate(amount, by: weights).reduce(0, +) == (weights.contains { $0 > 0 } ? amount : 0))
    }
}
