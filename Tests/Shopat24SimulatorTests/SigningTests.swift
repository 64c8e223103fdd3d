import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite struct SigningTests {
    private static let secret = "crossdock-s24-key-0001"
    private static let body = Data(#"{"orderNo":"250000000123","status":"CONFIRMED","updatedAt":"2025-10-21T11:40:05+07:00"}"#.utf8)

    @Test func `the shipment of the dossier is signed as published`() {
        let body = Data(#"{"orderNo":"250000000123","trackingNo":"EX000000001TH","carrier":"THP"}"#.utf8)
        #expect(Shopat24Signing.bodyHash(body) == "e4b5c280815d1cee28ce7f180372223df70f99ecc8f274cdee7c01ea1f3e8a67")
        let signature = Shopat24Signing.signature(
            method: "POST", path: "/vendor/v1/shipments", query: [], timestamp: 1_761_021_600, body: body, secret: Self.secret)
        #expect(signature == "6eabc9e4b09978b6689ca7ebe754a778795f33aa194de6c80d5732b0eb219732")
    }

    @Test(arguments: [
        [("page", "1"), ("size", "100"), ("updatedFrom", "2025-10-21T00:00:00+07:00")],
        [("updatedFrom", "2025-10-21T00:00:00+07:00"), ("size", "100"), ("page", "1")],
    ])
    func `the list of the dossier is signed as published, whatever the order of the query`(query: [(String, String)]) {
        let items = query.map { (name: $0.0, value: $0.1) }
        #expect(Shopat24Signing.bodyHash(Data()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Shopat24Signing.canonicalQuery(items) == "page=1&size=100&updatedFrom=2025-10-21T00%3A00%3A00%2B07%3A00")
        let signature = Shopat24Signing.signature(
            method: "GET", path: "/vendor/v1/orders", query: items, timestamp: 1_761_021_600, body: Data(), secret: Self.secret)
        #expect(signature == "1bdb8919eee8d4f6b9a9ecd679d73d2eb46e49084c2c4c3f0892c8be91fe9a61")
    }

    @Test func `names and values are encoded byte by byte and sorted by value after the name`() {
        #expect(Shopat24Signing.canonicalQuery([("b", "2"), ("a", "z"), ("a", "ก ~"), ("", "")]) == "=&a=%E0%B8%81%20~&a=z&b=2")
        #expect(Shopat24Signing.canonicalQuery([]) == "")
    }

    struct WebhookVector: Sendable {
        var template: Shopat24Webhook.Template, encoding: Shopat24Webhook.Encoding, prefix: String, expected: String
    }

    @Test(arguments: [
        WebhookVector(template: .body, encoding: .hex, prefix: "sha256=", expected: "sha256=d4e31cb069ab47034700ec1b6bf7bf72fd8adf2bb4d8e82bd5012666a644cbb8"),
        WebhookVector(template: .body, encoding: .base64, prefix: "", expected: "1OMcsGmrRwNHAOwba/e/cv2K3yu02Ogr1QEmZqZEy7g="),
        WebhookVector(template: .timestampBody, encoding: .hex, prefix: "", expected: "774ffc68ad9fb7116eb297ebf3c1ebe20d38396b2004f5f2a6e172f107f93b7c"),
        WebhookVector(template: .urlBody, encoding: .hex, prefix: "", expected: "aeabbe7fa944700da41db6b2aa093af143d42cd77e626eb90287c9087150cdc8"),
    ])
    func `each template signs as published`(vector: WebhookVector) {
        var webhook = Shopat24Webhook()
        (webhook.secret, webhook.template, webhook.encoding, webhook.prefix) = (Self.secret, vector.template, vector.encoding, vector.prefix)
        #expect(Self.body.count == 87)
        #expect(webhook.signature(of: Self.body, timestamp: 1_761_021_600, url: "https://hub.example.test/hooks/s24") == vector.expected)
    }

    @Test func `behind a proxy the URL that is signed is the one that is told`() {
        var webhook = Shopat24Webhook()
        webhook.template = .urlBody
        webhook.signedURL = "https://hub.example.test/hooks/s24"
        #expect(webhook.signature(of: Self.body, timestamp: 0, url: "http://127.0.0.1:1/x") == "aeabbe7fa944700da41db6b2aa093af143d42cd77e626eb90287c9087150cdc8")
    }
}
