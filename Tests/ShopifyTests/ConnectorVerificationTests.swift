import Connect
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorVerificationTests {
    /// The dossier's vector (platforms/shopify.md §3.3): backslashes are literal.
    static let body = Array(##"{"id":6100000000001,"admin_graphql_api_id":"gid:\/\/shopify\/Order\/6100000000001","name":"#1001","note":"ผ้าไหม \u003cb\u003e","total_price":"1290.00","updated_at":"2026-11-21T09:00:00+07:00"}"##.utf8)
    static let signature = "ngEpWsPDrjgtY2zHkPUB1ZN3jydTUD3bfH6bAKL0Rsg="

    private func headers(_ changes: [String: String?] = [:], prefix: String = "X-Shopify-") throws -> HTTPFields {
        var values: [String: String?] = [
            "Topic": "orders/updated", "Shop-Domain": Bench.shop, "Webhook-Id": "5f3a0d1e-7c44-5b0a-9b1f-0c2d3e4f5a6b", "Event-Id": "0b9d6c1a-2a57-4f0c-8a6e-31b5d7a9c2e4",
            "Triggered-At": "2026-11-06T03:12:44.118204377Z", "Hmac-Sha256": Self.signature,
        ]
        values.merge(changes) { _, new in new }
        var fields = HTTPFields()
        for (name, value) in values { if let value { fields[try #require(HTTPField.Name(prefix + name))] = value } }
        return fields
    }

    private func verdict(_ headers: HTTPFields, body: [UInt8] = body, settings: [String: String] = Bench.staticToken) throws -> HookVerdict {
        try Bench.connector(ScriptedPlatform(), settings).verify(IncomingDelivery(headers: headers, body: body, receivedAt: Bench.now))
    }

    private func isAccepted(_ verdict: HookVerdict) -> Bool { if case .accept = verdict { true } else { false } }
    private func refusal(_ verdict: HookVerdict) -> String? { if case .refuse(let answer) = verdict, answer.status == 401 { answer.code } else { nil } }

    @Test func `the published vector is accepted and names its delivery`() throws {
        #expect(Self.body.count == 205)
        let expected = Receipt(key: "orders/updated:5f3a0d1e-7c44-5b0a-9b1f-0c2d3e4f5a6b", topic: "orders/updated", keptHeaders: [
            "shop-domain": Bench.shop, "triggered-at": "2026-11-06T03:12:44.118204377Z", "event-id": "0b9d6c1a-2a57-4f0c-8a6e-31b5d7a9c2e4",
        ])
        #expect(try verdict(headers()) == .accept(expected))
    }

    @Test func `the newer header family is read too`() throws {
        #expect(isAccepted(try verdict(headers(prefix: "shopify-"))))
    }

    @Test func `a re-serialised body fails`() throws {
        let text = String(decoding: Self.body, as: UTF8.self).replacing(#"\/"#, with: "/").replacing(#"\u003c"#, with: "<").replacing(#"\u003e"#, with: ">")
        #expect(refusal(try verdict(headers(), body: Array(text.utf8))) == "signature_wrong")
        #expect(refusal(try verdict(headers(["Hmac-Sha256": "7mR0RflorceoURzyeoZNAQZWfa0QsEgQyFlzczrqn0g="]))) == "signature_wrong")
    }

    @Test(arguments: ["previousClientSecret", "webhookSecret"])
    func `while a secret changes, and for hand-made webhooks, the other key is good too`(key: String) throws {
        var settings = Bench.staticToken
        settings["clientSecret"] = "the-new-one"
        #expect(refusal(try verdict(headers(), settings: settings)) == "signature_wrong")
        settings[key] = Bench.secret
        #expect(isAccepted(try verdict(headers(), settings: settings)))
    }

    @Test(arguments: [nil, "", "x", "not base64 at all, though it has 44 letters..", "ngEpWsPDrjgtY2zHkPUB1ZN3jydTUD3bfH6bAKL0Rsg"])
    func `a missing or malformed signature is refused`(given: String?) throws {
        #expect(refusal(try verdict(headers(["Hmac-Sha256": given]))) == "signature_missing")
    }

    @Test func `an empty body is refused whatever its signature`() throws {
        #expect(refusal(try verdict(headers(), body: [])) == "body_empty")
    }

    @Test func `without any key nothing is accepted`() throws {
        #expect(refusal(try verdict(headers(), settings: ["shop": Bench.shop, "accessToken": "t"])) == "signature_wrong")
    }

    @Test func `another shop's delivery is refused, and the name's case does not matter`() throws {
        #expect(refusal(try verdict(headers(["Shop-Domain": "other.myshopify.com"]))) == "shop_wrong")
        #expect(isAccepted(try verdict(headers(["Shop-Domain": "Crossdock-Test.myshopify.com"]))))
        #expect(isAccepted(try verdict(headers(["Shop-Domain": nil]))))
    }

    @Test func `one event under two topics is two receipts`() throws {
        let created = try verdict(headers(["Topic": "orders/create"])), paid = try verdict(headers(["Topic": "orders/paid"]))
        #expect(created != paid)
        guard case .accept(let first) = created, case .accept(let second) = paid else { Issue.record("not accepted"); return }
        #expect(first.key != second.key)
    }

    @Test func `without a webhook id the bytes are the key`() throws {
        guard case .accept(let receipt) = try verdict(headers(["Webhook-Id": nil])) else { Issue.record("not accepted"); return }
        #expect(receipt.key == "orders/updated:sha256:\(Data([0xa0, 0x9c, 0x2d, 0x1b, 0xe9, 0x5a, 0x55, 0xcb, 0x66, 0x32, 0xe1, 0xf1, 0xb7, 0x7a, 0xd2, 0xb4, 0xe1, 0xb7, 0x68, 0x08, 0x1d, 0xb6, 0x52, 0xdf, 0xf3, 0x76, 0x2a, 0x49, 0x6b, 0xdd, 0xab, 0x0c]).base64EncodedString())")
    }

    @Test func `kept deliveries are answered 200`() throws {
        let answer = try Bench.connector().answer(.duplicate, receipt: Receipt(key: "k", topic: "t"))
        #expect(answer.status == 200)
    }
}
