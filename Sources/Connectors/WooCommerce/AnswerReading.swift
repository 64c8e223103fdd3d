import Connect
import Domain
import Foundation
import HTTPTypes

/// What the shop's answers mean (platforms/woocommerce.md §8). Pure.
enum AnswerReading {
    /// nil for success; else the failure by its class of law 7.
    static func failure(of answer: PlatformAnswer, now: Timestamp) -> ConnectorError? {
        let envelope = ErrorEnvelope(Data(answer.body))
        switch answer.status {
        case 200...299: return nil
        case 300...399: return .misconfigured(setting: "url", problem: "leads to a redirect to \(destination(of: answer)): enter the address the shop really has, with its scheme, www. and subdirectory")
        case 429: return .throttled(until: now + .seconds(retryAfterSeconds(of: answer, now: now) ?? defaultPauseSeconds))
        case 503:
            if let seconds = retryAfterSeconds(of: answer, now: now) { return .throttled(until: now + .seconds(seconds)) }
            return .unreachable(reason: "the shop answered 503, as it does during maintenance")
        case 401:
            guard let envelope else { return .unauthorised(reason: "the web server in front of the shop asks for a password of its own (401 without an answer of WooCommerce)") }
            return .unauthorised(reason: rights(envelope))
        case 403:
            guard let envelope else { return firewall(403) }
            return .unauthorised(reason: rights(envelope))
        case 406 where envelope == nil: return firewall(406)
        case 404 where envelope?.code == "rest_no_route":
            return .misconfigured(setting: "url", problem: "leads to a WordPress without WooCommerce's REST API: is the plugin active, are the permalinks set, is it WooCommerce 3.5 or newer?")
        case 404 where envelope == nil:
            return .misconfigured(setting: "url", problem: "leads to a page, not to an API (404): check the address, its subdirectory and the permalinks")
        case 408, 502, 504, 508, 520...527: return .unreachable(reason: "the shop or its proxy answered \(answer.status)")
        case 410 where envelope?.code == "woocommerce_rest_already_trashed": return .alreadyDone
        case 500...599:
            // A business rule despite the 500 has a code of WooCommerce's own; a crash of PHP says internal_server_error or nothing.
            if let envelope, envelope.code.hasPrefix("woocommerce_rest_") { return .refused(platformCode: envelope.code, platformMessage: envelope.message) }
            return .unreachable(reason: "the shop answered \(answer.status); what was asked may have been done all the same")
        default:
            guard let envelope else { return .refused(platformCode: "http_\(answer.status)", platformMessage: "the shop answered \(answer.status) without a reason") }
            return .refused(platformCode: envelope.isInvalidID ? "not_found" : envelope.code, platformMessage: envelope.message)
        }
    }

    private static func rights(_ envelope: ErrorEnvelope) -> String {
        "\(envelope.message) (\(envelope.code)). The key must be read/write and belong to an administrator or shop manager"
    }

    private static func firewall(_ status: Int) -> ConnectorError {
        .unauthorised(reason: "a firewall or security plugin in front of the shop refused the hub (\(status) without an answer of WooCommerce): allow-list the hub's address there")
    }

    /// Scheme, host and path of a redirect; its query may repeat our keys.
    private static func destination(of answer: PlatformAnswer) -> String {
        guard let location = answer.headers[.location] else { return "nowhere" }
        return location.prefix { $0 != "?" && $0 != "#" }.cut(120)
    }

    // MARK: Bodies

    /// Decodes a 2xx answer. PHP warnings before the JSON are skipped in answers to reads, where nothing hangs on them.
    ///
    /// - Returns: the value, and the bytes it was read from without what stood before them.
    /// - Throws: `.unreachable` for a page, an empty body or half an answer: the effect of a write is then unknown.
    static func decode<Value: Decodable>(_ type: Value.Type, from answer: PlatformAnswer, isRead: Bool) throws(ConnectorError) -> (value: Value, bytes: [UInt8]) {
        guard !answer.body.isEmpty else { throw .unreachable(reason: "the shop answered \(answer.status) with an empty body") }
        do {
            return (try JSONDecoder().decode(type, from: Data(answer.body)), answer.body)
        } catch {
            guard isRead, let clean = skippingWarnings(answer.body) else {
                throw .unreachable(reason: "the shop answered \(answer.status) with something that is not JSON, a page of a plugin or half an answer")
            }
            do { return (try JSONDecoder().decode(type, from: Data(clean)), clean) } catch {
                guard clean.count == answer.body.count else { throw .unreachable(reason: "the shop answered \(answer.status) with half an answer behind other text") }
                throw WooCommerceConnector.notUnderstood(error)
            }
        }
    }

    /// From the first `{` or `[` on that begins JSON; a warning may hold brackets of its own.
    ///
    /// - Returns: nil where no such place is among the first few; the body itself where it is JSON already.
    static func skippingWarnings(_ body: [UInt8]) -> [UInt8]? {
        var tries = 0
        for (index, byte) in body.enumerated() where byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            tries += 1
            if tries > maximumStarts { return nil }
            let rest = Data(body[index...])
            // Only whether it is JSON is asked; a place that is not is tried no further.
            if (try? JSONDecoder().decode(AnyJSON.self, from: rest)) != nil { return [UInt8](rest) }
            // No warning stands before it: it is half an answer, whose end may look like a small whole one.
            if body[..<index].allSatisfy({ [0x20, 0x09, 0x0a, 0x0d].contains($0) }) { return nil }
        }
        return nil
    }

    private static let maximumStarts = 20

    /// Any JSON: decodes without looking inside.
    private struct AnyJSON: Decodable { init(from decoder: any Decoder) throws {} }

    // MARK: Time

    private static let defaultPauseSeconds: Int64 = 30, longestPauseSeconds: Int64 = 3600

    /// `Retry-After` in seconds or as a date, within an hour.
    static func retryAfterSeconds(of answer: PlatformAnswer, now: Timestamp) -> Int64? {
        guard let text = answer.headers[.retryAfter]?.trimmingSpaces else { return nil }
        let seconds = Int64(text) ?? HTTPDate.timestamp(text).map { ($0.milliseconds - now.milliseconds) / 1000 }
        return seconds.map { min(max($0, 1), longestPauseSeconds) }
    }

    /// The shop's clock minus ours, whole seconds; nil where the answer has no `Date`.
    static func clockSkewSeconds(of answer: PlatformAnswer, now: Timestamp) -> Int64? {
        answer.headers[.date].flatMap { HTTPDate.timestamp($0) }.map { ($0.milliseconds - now.milliseconds) / 1000 }
    }
}

extension PlatformAnswer {
    /// Whether the body begins as JSON does, white space and a byte order mark aside.
    var isJSON: Bool {
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        guard let first = start.first(where: { $0 > 32 }) else { return false }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// The shop read the key and says what is wrong with it; "cannot view" has three causes (platforms/woocommerce.md §2.4).
    var namesTheKey: Bool { ErrorEnvelope(Data(body))?.code == "woocommerce_rest_authentication_error" }
}

/// `Fri, 06 Nov 2026 03:12:44 GMT` (RFC 9110).
enum HTTPDate {
    static func timestamp(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4, parts[4].count == 8,
              let month = months.firstIndex(of: String(parts[2])) else { return nil }
        return Timestamp(rfc3339: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
