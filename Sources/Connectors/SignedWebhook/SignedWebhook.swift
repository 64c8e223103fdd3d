package import Connect
package import Domain
import Crypto
import Foundation
import HTTPTypes

/// Sends every event to an address as a CloudEvents 1.0 JSON body, signed after Standard Webhooks 1.0.0 (platforms/companion-webhook.md §4, §10).
package struct SignedWebhookConnector: ReceivesEvents, ChecksItself {
    package static let descriptor = PlatformDescriptor(
        platform: "webhook", title: "Signed webhook (Standard Webhooks, CloudEvents)", kind: .destination,
        settings: [
            SettingField("url", "Address", help: "https address that takes POST requests", isRequired: true),
            SettingField("secret", "Signing secret", help: "whsec_ and 24 to 64 bytes in base64", isSecret: true, isRequired: true),
            SettingField("source", "Source", help: "the CloudEvents source attribute", defaultValue: "/crossdock"),
        ],
        budget: Budget(callsPerSecond: 500, burst: 500, concurrency: 16))

    private let url: String, source: String
    private let key: SymmetricKey
    private let http: ChannelHTTP
    private let now: @Sendable () -> Timestamp
    static let keyBytes = 24...64

    package init(_ context: ChannelContext) throws(ConnectorError) {
        url = try context.settings.required("url")
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else { throw .misconfigured(setting: "url", problem: "must begin with https://") }
        source = context.settings.optional("source") ?? "/crossdock"
        let text = try context.settings.required("secret")
        var encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        while encoded.count % 4 != 0 { encoded.append("=") }
        guard let bytes = Data(base64Encoded: encoded), Self.keyBytes.contains(bytes.count) else {
            throw .misconfigured(setting: "secret", problem: "must be whsec_ and \(Self.keyBytes.lowerBound) to \(Self.keyBytes.upperBound) bytes in base64")
        }
        key = SymmetricKey(data: bytes)
        http = context.http
        now = context.now
    }

    package func send(_ event: OutgoingEvent) async throws(ConnectorError) {
        let answer = try await http.send(try request(for: event, at: now()))
        switch answer.status {
        case 200..<300: return
        case 409: throw .alreadyDone
        case 429: throw .throttled(until: now() + .seconds(answer.pauseSeconds ?? 30))
        case 408, 425, 500...599: throw .unreachable(reason: "the receiver answered \(answer.status)")
        case 401, 403: throw .unauthorised(reason: "the receiver answered \(answer.status) to a signed call")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: "the receiver answered \(answer.status)")
        }
    }

    /// The message id is the event's idempotency key in the alphabet of the contract, the same for every try; timestamp and signature are of this try.
    package func request(for event: OutgoingEvent, at time: Timestamp) throws(ConnectorError) -> PlatformRequest {
        let id = Self.messageID(event.idempotencyKey), seconds = time.milliseconds / 1000
        let body = try Self.body(of: event, id: id, source: source)
        var message = Data("\(id).\(seconds).".utf8)
        message.append(contentsOf: body)
        let signature = Data(HMAC<SHA256>.authenticationCode(for: message, using: key)).base64EncodedString()
        var headers: HTTPFields = [.contentType: "application/cloudevents+json; charset=utf-8", Names.id: id, Names.timestamp: "\(seconds)", Names.signature: "v1,\(signature)"]
        if let trace = event.traceparent { headers[Names.trace] = trace }
        return PlatformRequest(.post, url, headers: headers, body: body)
    }

    package static func messageID(_ key: String) -> String {
        "msg_" + String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
    }

    /// The order's JSON is pasted as it was stored: what is signed is what the event left.
    private static func body(of event: OutgoingEvent, id: String, source: String) throws(ConnectorError) -> [UInt8] {
        struct Head: Encodable { var specversion = "1.0", id: String, source: String, type: String, time: String, subject: String, datacontenttype = "application/json", sequence: String }
        let head = Head(id: id, source: source, type: event.type, time: event.at.description, subject: event.order.id.description, sequence: String(event.sequence))
        do {
            var bytes = Array(try JSONEncoder.crossdock.encode(head))
            bytes.removeLast()
            bytes += Array(#","data":"#.utf8) + event.orderJSON + [UInt8(ascii: "}")]
            return bytes
        } catch { throw .notUnderstood(field: "event", found: "a value that JSON cannot hold") }
    }

    package func check() async -> [CheckRow] {
        [CheckRow("address", isGood: url.hasPrefix("https://"), found: url.hasPrefix("https://") ? "https" : "http", remedy: url.hasPrefix("https://") ? nil : "Use https outside this machine.")]
    }

    enum Names {
        static let id = HTTPField.Name("webhook-id")!, timestamp = HTTPField.Name("webhook-timestamp")!      // literals: valid names
        static let signature = HTTPField.Name("webhook-signature")!, trace = HTTPField.Name("traceparent")!      // literals: valid names
    }
}
