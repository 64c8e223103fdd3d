import Connect
import Domain
import HTTPTypes
import Testing
@testable import Shopat24Connector

/// Pushes of a middleware (shopat24.md §3): each template, its vector, and what is refused.
@Suite struct ConnectorWebhookTests {
    static let body = #"{"orderNo":"250000000123","status":"CONFIRMED","updatedAt":"2025-10-21T11:40:05+07:00"}"#
    struct Way: Sendable, CustomTestStringConvertible {
        var template: String, encoding: String, prefix: String, expected: String
        var testDescription: String { "\(template) \(encoding)" }
        var hasTimestamp: Bool { template.contains("timestamp") }
        var profile: String {
            #"{"webhook":{"header":"X-Sig","prefix":"\#(prefix)","encoding":"\#(encoding)","template":"\#(template)",\#(hasTimestamp ? #""timestampHeader":"X-Time","# : "")"deliveryIdHeader":"X-Delivery","versionPointer":"/updatedAt","orderNoPointer":"/orderNo"}}"#
        }
    }
    static let ways = [
        Way(template: "{body}", encoding: "hex", prefix: "sha256=", expected: "sha256=d4e31cb069ab47034700ec1b6bf7bf72fd8adf2bb4d8e82bd5012666a644cbb8"),
        Way(template: "{body}", encoding: "base64", prefix: "", expected: "1OMcsGmrRwNHAOwba/e/cv2K3yu02Ogr1QEmZqZEy7g="),
        Way(template: "{timestamp}.{body}", encoding: "hex", prefix: "", expected: "774ffc68ad9fb7116eb297ebf3c1ebe20d38396b2004f5f2a6e172f107f93b7c"),
        Way(template: "{url}|{body}", encoding: "hex", prefix: "", expected: "aeabbe7fa944700da41db6b2aa093af143d42cd77e626eb90287c9087150cdc8"),
    ]

    private func delivery(_ way: Way, signature: String? = nil, body: String = body, time: String = "\(Sample.seconds)", id: String? = nil, receivedAt: Timestamp = Sample.now) -> IncomingDelivery {
        var headers: HTTPFields = [HTTPField.Name("X-Sig")!: signature ?? way.expected]
        if way.hasTimestamp { headers[HTTPField.Name("X-Time")!] = time }
        if let id { headers[HTTPField.Name("X-Delivery")!] = id }
        return IncomingDelivery(headers: headers, body: Array(body.utf8), receivedAt: receivedAt)
    }

    private func refusal(_ verdict: HookVerdict) -> String? { if case .refuse(let answer) = verdict { answer.code } else { nil } }

    @Test(arguments: ways)
    func `a push that is signed as the vector says is taken`(way: Way) throws {
        #expect(Self.body.utf8.count == 87)
        let connector = try FakeChannel().connector(profile: way.profile)
        guard case .accept(let receipt) = connector.verify(delivery(way)) else { Issue.record("refused"); return }
        #expect(receipt.topic == "webhook")
        #expect(receipt.key.hasPrefix("sha256|") && receipt.key.utf8.count == 71)
        #expect(connector.answer(.accepted, receipt: receipt).status == 204)
        #expect(connector.answer(.duplicate, receipt: receipt).status == 204)
    }

    @Test(arguments: ways.filter { $0.encoding == "hex" })
    func `hex counts in either case`(way: Way) throws {
        let signature = way.prefix + way.expected.dropFirst(way.prefix.count).uppercased()
        #expect(refusal(try FakeChannel().connector(profile: way.profile).verify(delivery(way, signature: signature))) == nil)
    }

    @Test(arguments: ways)
    func `any other body, signature, prefix or secret is refused`(way: Way) throws {
        let connector = try FakeChannel().connector(profile: way.profile), bare = String(way.expected.dropFirst(way.prefix.count))
        let wrong = ["", "x" + way.expected, way.expected + "00", String(way.expected.dropLast()), way.prefix + String(bare.reversed()), "sha1=" + bare, way.prefix + String(repeating: "0", count: 64), way.prefix + String(repeating: "A", count: 5000)]
        for signature in wrong where signature != way.expected { #expect(refusal(connector.verify(delivery(way, signature: signature))) == "signature_mismatch") }
        if !way.prefix.isEmpty { #expect(refusal(connector.verify(delivery(way, signature: bare))) == "signature_mismatch") }
        #expect(refusal(connector.verify(delivery(way, body: Self.body + " "))) == "signature_mismatch")
        #expect(refusal(connector.verify(delivery(way, body: ""))) == "signature_mismatch")
        #expect(refusal(try FakeChannel().connector(["webhookSecret": "other"], profile: way.profile).verify(delivery(way))) == "signature_mismatch")
        #expect(refusal(connector.verify(IncomingDelivery(headers: [:], body: Array(Self.body.utf8), receivedAt: Sample.now))) == "signature_missing")
    }

    @Test(arguments: [(Int64(300), nil), (-300, nil), (301, "timestamp_out_of_tolerance"), (-301, "timestamp_out_of_tolerance")] as [(Int64, String?)])
    func `a signed time counts for five minutes`(seconds: Int64, expected: String?) throws {
        #expect(refusal(try FakeChannel().connector(profile: Self.ways[2].profile).verify(delivery(Self.ways[2], receivedAt: Sample.now + .seconds(seconds)))) == expected)
    }

    @Test(arguments: ["", "now", "-1761021600", "1761021600.0", "99999999999999999999999"])
    func `what is no time is refused`(time: String) throws {
        #expect(["timestamp_missing", "signature_mismatch"].contains(refusal(try FakeChannel().connector(profile: Self.ways[2].profile).verify(delivery(Self.ways[2], time: time)))))
    }

    @Test func `another moment than the signed one is refused`() throws {
        #expect(refusal(try FakeChannel().connector(profile: Self.ways[2].profile).verify(delivery(Self.ways[2], time: "\(Sample.seconds + 1)"))) == "signature_mismatch")
    }

    @Test func `a signed address is ours as the sender knows it`() throws {
        #expect(refusal(try FakeChannel().connector(profile: Self.ways[3].profile, hookURL: "https://hub.example.test/hooks/other").verify(delivery(Self.ways[3]))) == "signature_mismatch")
        #expect(refusal(try FakeChannel().connector(profile: Self.ways[3].profile, hookURL: nil).verify(delivery(Self.ways[3]))) == "no_public_address")
    }

    @Test func `without a description or a secret every push is refused`() throws {
        #expect(refusal(try FakeChannel().connector().verify(delivery(Self.ways[0]))) == "webhook_not_set")
        #expect(refusal(try FakeChannel().connector(["webhookSecret": ""], profile: Self.ways[0].profile).verify(delivery(Self.ways[0]))) == "webhook_not_set")
    }

    @Test func `a delivery is told from its copy by the sender's id, or by its bytes`() throws {
        let connector = try FakeChannel().connector(profile: Self.ways[0].profile)
        func key(_ id: String?) -> String? { if case .accept(let receipt) = connector.verify(delivery(Self.ways[0], id: id)) { receipt.key } else { nil } }
        #expect(key("d-1") == "id|d-1")
        #expect(key(nil) == key(""))
        #expect(key(String(repeating: "x", count: 5000)) == key(nil))
    }

    @Test func `a push says which order to ask for`() throws {
        let connector = try FakeChannel().connector(profile: Self.ways[0].profile)
        let found = try connector.interpret(Sample.delivery(Array(Self.body.utf8), topic: "webhook", origin: .webhook))
        #expect(found == [.fetch(Sample.externalID, hint: Timestamp(seconds: Sample.seconds + 5))])
        let bare = try connector.interpret(Sample.delivery(Array(#"{"orderNo":250000000123,"updatedAt":"soon"}"#.utf8), topic: "webhook", origin: .webhook))
        #expect(bare == [.fetch(Sample.externalID, hint: nil)])
    }

    @Test(arguments: ["{}", "[]", "null", "x", "", #"{"orderNo":null}"#, #"{"orderNo":{}}"#, #"{"orderNo":""}"#, #"{"orderNo":".."}"#, #"{"orderNo":"a b"}"#, #"{"orderNo":"\#(String(repeating: "7", count: 65))"}"#])
    func `a push without an order is a problem for a person`(body: String) throws {
        let connector = try FakeChannel().connector(profile: Self.ways[0].profile)
        let error = #expect(throws: ConnectorError.self) { try connector.interpret(Sample.delivery(Array(body.utf8), topic: "webhook", origin: .webhook)) }
        #expect(error?.code == "not_understood")
    }
}
