import Connect
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import WooCommerceConnector

/// Signatures, pings, clones and receipt keys (platforms/woocommerce.md §3).
@Suite struct ConnectorWebhookTests {
    /// The body of the dossier's vector, backslashes literal.
    static let vector = Array(#"{"id":9301,"status":"on-hold","total":"845.00","billing":{"first_name":"\u0e21\u0e32\u0e25\u0e35"},"payment_url":"https:\/\/shop.example\/pay"}"#.utf8)

    private func verdict(
        _ body: [UInt8] = vector, signature: String? = "Ql2r8VKB9yFn1oM/f+UpGLD/kZi2olLBQjsH2NWNNOA=", topic: String? = "order.updated",
        source: String? = "https://shop.example/", deliveryID: String = "3c1f", settings: [String: String] = [:]
    ) throws -> HookVerdict {
        var headers: HTTPFields = [:]
        headers[.wooSignature] = signature
        headers[.wooTopic] = topic
        headers[.wooSource] = source
        headers[.wooDeliveryID] = deliveryID
        return try FakeShop { _ in .page(500) }.connector(settings).verify(IncomingDelivery(headers: headers, body: body, receivedAt: FakeShop.now))
    }

    private func receipt(_ verdict: HookVerdict) throws -> Receipt {
        guard case .accept(let receipt) = verdict else { throw ConnectorError.notUnderstood(field: "verdict", found: "\(verdict)") }
        return receipt
    }

    private func signed(_ text: String) -> (body: [UInt8], signature: String) {
        let body = Array(text.utf8)
        return (body, WebhookSignature(storedSecret: "hub-secret-1").signature(for: body))
    }

    @Test(arguments: [
        ("hub-secret-1", "Ql2r8VKB9yFn1oM/f+UpGLD/kZi2olLBQjsH2NWNNOA="), ("x&y", "pyKGvgNATZp1ck+Hdi2/TLghrD2hR6C8i7q9moyeXrQ="),
        ("x&amp;y", "pyKGvgNATZp1ck+Hdi2/TLghrD2hR6C8i7q9moyeXrQ="), ("  hub-secret-1 \n", "Ql2r8VKB9yFn1oM/f+UpGLD/kZi2olLBQjsH2NWNNOA="),
    ])
    func `a delivery is accepted by the secret as the shop stores it`(secret: String, signature: String) throws {
        #expect(Self.vector.count == 143)
        let receipt = try receipt(verdict(signature: signature, settings: ["webhookSecret": secret]))
        #expect(receipt.topic == "order.updated")
        #expect(receipt.key.hasPrefix("order.updated|9301|"))
        #expect(receipt.quarantine == nil)
    }

    @Test(arguments: [
        "t+VKSiP+8LysRMhsNWtolhdwr63UkkVkkq1cTygHoDA=", "pyKGvgNATZp1ck+Hdi2/TLghrD2hR6C8i7q9moyeXrQ=", "", "not base64 at all!",
        "Ql2r8VKB9yFn1oM/f+UpGLD/kZi2olLBQjsH2NWNNA==",
    ])
    func `a signature over other bytes or by another secret is refused with 401`(signature: String) throws {
        #expect(try verdict(signature: signature) == .refuse(HookAnswer(status: 401, code: "signature_mismatch")))
    }

    @Test func `a body that was decoded and encoded again is refused`() throws {
        let readable = Array(#"{"id":9301,"status":"on-hold","total":"845.00","billing":{"first_name":"มาลี"},"payment_url":"https://shop.example/pay"}"#.utf8)
        #expect(WebhookSignature(storedSecret: "hub-secret-1").signature(for: readable) == "t+VKSiP+8LysRMhsNWtolhdwr63UkkVkkq1cTygHoDA=")
        #expect(try verdict(readable) == .refuse(HookAnswer(status: 401, code: "signature_mismatch")))
    }

    @Test func `an order without a signature is refused`() throws {
        #expect(try verdict(signature: nil) == .refuse(HookAnswer(status: 401, code: "signature_missing")))
    }

    @Test func `a channel without a webhook secret takes no delivery`() throws {
        #expect(try verdict(settings: ["webhookSecret": ""]) == .refuse(HookAnswer(status: 401, code: "webhook_secret_not_set")))
    }

    @Test func `the unsigned ping of a saved webhook is answered 200 and not kept`() throws {
        #expect(try verdict(Array("webhook_id=17".utf8), signature: nil, topic: nil, source: nil) == .answer(HookAnswer(status: 200, code: "ping")))
    }

    @Test(arguments: ["webhook_id=", "webhook_id=17&x=1", "webhook_id=-1", "webhook_id=12345678901234567890123456789012345678901234567890", "id=17"])
    func `what only looks like a ping is refused`(body: String) throws {
        #expect(try verdict(Array(body.utf8), signature: nil, topic: nil, source: nil) == .refuse(HookAnswer(status: 401, code: "signature_missing")))
    }

    @Test(arguments: ["https://staging.shop.example/", "https://shop.example/copy/", "nonsense"])
    func `a clone's delivery is kept apart for a person and answered 422`(source: String) throws {
        let own = try receipt(verdict()), foreign = try receipt(verdict(source: source))
        #expect(foreign.quarantine == HookAnswer(status: 422, code: "foreign_source"))
        #expect(foreign.key != own.key)
    }

    @Test(arguments: [
        ("http://shop.example", [:]), ("https://www.shop.example/", [:]), ("https://SHOP.example", [:]), (nil, [:]),
        ("https://home.example/th/", ["homeURL": "https://home.example/th"]), ("https://shop.example:443/", [:]),
    ] as [(String?, [String: String])])
    func `the shop's own source in another spelling is no clone`(source: String?, settings: [String: String]) throws {
        #expect(try receipt(verdict(source: source, settings: settings)).quarantine == nil)
    }

    @Test func `the same delivery id with another order is no duplicate`() throws {
        let (first, firstSignature) = signed(#"{"id":1,"status":"pending"}"#), (second, secondSignature) = signed(#"{"id":2,"status":"pending"}"#)
        let a = try receipt(verdict(first, signature: firstSignature)), b = try receipt(verdict(second, signature: secondSignature))
        #expect(a.key != b.key)
    }

    @Test func `the same order delivered twice is a duplicate whatever its delivery id says`() throws {
        #expect(try receipt(verdict(deliveryID: "one")).key == receipt(verdict(deliveryID: "two")).key)
    }

    @Test func `an order trashed a second time is news although both bodies are equal`() throws {
        let (body, signature) = signed(#"{"id":9301}"#)
        let first = try receipt(verdict(body, signature: signature, topic: "order.deleted", deliveryID: "one"))
        let again = try receipt(verdict(body, signature: signature, topic: "order.deleted", deliveryID: "one"))
        let second = try receipt(verdict(body, signature: signature, topic: "order.deleted", deliveryID: "two"))
        #expect(first.key == again.key)
        #expect(first.key != second.key)
    }

    @Test(arguments: [
        ("&#039;a&#39;", "'a'"), ("&lt;&gt;&quot;", "<>\""), ("&amp;lt;", "&lt;"), ("a&b;c", "a&b;c"), ("&", "&"), ("&#x26;&#X27;&#60;", "&'<"), ("&nbsp;", "&nbsp;"),
        ("&#99999999999999999999;", "&#99999999999999999999;"),
    ])
    func `entities of the stored secret are decoded once`(stored: String, signing: String) {
        #expect(WebhookSignature.signingSecret(of: stored) == signing)
    }
}
