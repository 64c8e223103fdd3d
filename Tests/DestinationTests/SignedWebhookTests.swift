import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes
import SignedWebhookConnector
import Testing

/// Standard Webhooks 1.0.0 (platforms/companion-webhook.md §4) around CloudEvents 1.0.
@Suite struct SignedWebhookTests {
    /// Key bytes 01 02 … 20 hex.
    private static let settings = ["url": "https://receiver.example/hook", "secret": "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="]
    private static let id = HTTPField.Name("webhook-id"), timestamp = HTTPField.Name("webhook-timestamp"), signature = HTTPField.Name("webhook-signature")

    private static func connector(_ changed: [String: String] = [:], http: ChannelHTTP = DestinationBench.answering(200)) throws(ConnectorError) -> SignedWebhookConnector {
        try SignedWebhookConnector(DestinationBench.context(settings.merging(changed) { $1 }, http: http))
    }
    private static func value(_ name: HTTPField.Name?, of request: PlatformRequest) throws -> String {
        let field = try #require(name)
        return try #require(request.headers[field])
    }

    @Test func `the signature is the HMAC of id, timestamp and the very bytes sent`() throws {
        let request = try Self.connector().request(for: DestinationBench.event("job:41/x"), at: DestinationBench.now)
        #expect(request.url == "https://receiver.example/hook")
        #expect(try Self.value(Self.id, of: request) == "msg_job_41_x")
        #expect(try Self.value(Self.timestamp, of: request) == "1772442131")
        let message = Data("msg_job_41_x.1772442131.".utf8) + Data(request.body)
        let mac = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(1...32)))
        #expect(try Self.value(Self.signature, of: request) == "v1," + Data(mac).base64EncodedString())
    }

    @Test func `every try has the same id and body, and a signature of its own moment`() throws {
        let connector = try Self.connector(), event = DestinationBench.event("job:41")
        let first = try connector.request(for: event, at: DestinationBench.now), second = try connector.request(for: event, at: DestinationBench.now + .seconds(60))
        #expect(try Self.value(Self.id, of: first) == Self.value(Self.id, of: second))
        #expect(first.body == second.body)
        #expect(try Self.value(Self.signature, of: first) != Self.value(Self.signature, of: second))
    }

    @Test func `the body is a CloudEvent with the order as it was stored`() throws {
        let request = try Self.connector(["source": "/hub"]).request(for: DestinationBench.event("job:41", type: "order.shipped"), at: DestinationBench.now)
        let body = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
        #expect(body["specversion"] as? String == "1.0")
        #expect(body["type"] as? String == "order.shipped")
        #expect(body["source"] as? String == "/hub")
        #expect(body["subject"] as? String == "42")
        #expect(body["sequence"] as? String == "7")
        #expect(body["time"] as? String == "2026-03-02T09:02:11Z")
        #expect((body["data"] as? [String: Any])?["note"] as? String == "โทรก่อนส่ง")
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""data":{"id":"42","note":"โทรก่อนส่ง"}"#))
        #expect(request.headers[.contentType] == "application/cloudevents+json; charset=utf-8")
        #expect(try Self.value(HTTPField.Name("traceparent"), of: request).hasPrefix("00-4bf92f35"))
    }

    @Test(arguments: [
        (200, "none"), (202, "none"), (204, "none"), (409, "alreadyDone"), (429, "throttled"), (408, "transient"), (425, "transient"), (500, "transient"), (503, "transient"),
        (401, "unauthorised"), (403, "unauthorised"), (301, "rejected"), (400, "rejected"), (404, "rejected"), (410, "rejected"), (422, "rejected"),
    ])
    func `each answer has its class`(status: Int, word: String) async throws {
        let connector = try Self.connector(http: DestinationBench.answering(status))
        let error = await connectorError { () async throws(ConnectorError) in try await connector.send(DestinationBench.event("k")) }
        #expect(error?.failureClass.word ?? "none" == word)
    }

    @Test(arguments: zip(["7", "9223372036854775807", "1e300", "soon", "-1"], [7, 3600, 3600, 30, 1] as [Int64]))
    func `a throttled call waits as long as it was told, within an hour`(retryAfter: String, seconds: Int64) async throws {
        let connector = try Self.connector(http: DestinationBench.answering(429, headers: [.retryAfter: retryAfter]))
        let error = await connectorError { () async throws(ConnectorError) in try await connector.send(DestinationBench.event("k")) }
        #expect(error == .throttled(until: DestinationBench.now + .seconds(seconds)))
    }

    @Test(arguments: [["url": ""], ["url": "ftp://a"], ["secret": ""], ["secret": "whsec_AQID"], ["secret": "whsec_***"]])
    func `settings that cannot work are refused when the channel is made`(settings: [String: String]) {
        #expect(throws: ConnectorError.self) { try Self.connector(settings) }
    }

    @Test func `a secret may lack prefix and padding`() throws {
        let whole = try Self.connector().request(for: DestinationBench.event("k"), at: DestinationBench.now)
        let bare = try Self.connector(["secret": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"]).request(for: DestinationBench.event("k"), at: DestinationBench.now)
        #expect(whole == bare)
    }
}
