import Connect
import Domain
import Foundation
import HTTPTypes

/// What an HTTP status of the Admin API asks for (§8). 401 is looked at by `AdminAPI` first, which may have another token.
enum StatusMeaning {
    private static let requestIDHeader = HTTPField.Name("X-Request-Id")!   // proof: a literal of letters and hyphens

    /// nil: the answer can be read.
    static func error(_ answer: PlatformAnswer, now: Timestamp) -> ConnectorError? {
        let id = requestID(answer.headers), words = message(answer.body)
        return switch answer.status {
        case 200...299: nil
        case 401: .unauthorised(reason: "the access token is refused: the app was uninstalled or the token revoked\(id)")
        case 402: .unauthorised(reason: "the shop is frozen until its bill is paid\(id)")
        case 403: .unauthorised(reason: "a scope or the approval for protected customer data is missing\(words)\(id)")
        case 423: .unauthorised(reason: "the shop is locked\(words)\(id)")
        case 430: .unauthorised(reason: "Shopify's security refused our calls; slow down and ask their support\(id)")
        case 404: .refused(platformCode: "not_found", platformMessage: "not found: gone, older than 60 days, or a wrong API version\(id)")
        case 429: .throttled(until: now + retryAfter(answer.headers))
        case 300...399: .unreachable(reason: "status \(answer.status) sent us elsewhere\(id)")
        case 400...499: .refused(platformCode: "http_\(answer.status)", platformMessage: "status \(answer.status)\(words)\(id)")
        default: .unreachable(reason: "status \(answer.status)\(id)")
        }
    }

    /// `Retry-After` in decimal seconds ("2.0"), between one second and ten minutes; 2 s without one.
    static func retryAfter(_ headers: HTTPFields) -> Duration {
        let seconds = headers[.retryAfter].flatMap { Double($0) } ?? 2
        return .milliseconds(Int64(max(1, min(600, seconds.isFinite ? seconds : 2)) * 1000))
    }

    /// " (request …)", to quote to the platform's support.
    static func requestID(_ headers: HTTPFields) -> String {
        guard let id = headers[requestIDHeader], id.utf8.count <= 80 else { return "" }
        return " (request \(id))"
    }

    /// `{"errors":"text"}` or `{"errors":{"field":["text"]}}` or `{"error":…}`: ": text"; empty for anything else.
    private static func message(_ body: [UInt8]) -> String {
        guard body.count <= 65_536, let given = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else { return "" }
        let text: String
        switch given["errors"] ?? given["error_description"] ?? given["error"] {
        case let words as String: text = words
        case let fields as [String: Any]: text = fields.sorted { $0.key < $1.key }.map { "\($0.key) \(($0.value as? [String])?.joined(separator: ", ") ?? "\($0.value)")" }.joined(separator: "; ")
        default: return ""
        }
        return ": \(GraphQLEnvelope.cut(text))"
    }

    /// True for an answer that is a page, not JSON.
    static func isPage(_ answer: PlatformAnswer) -> Bool {
        if let type = answer.headers[.contentType], type.lowercased().hasPrefix("text/html") { return true }
        return answer.body.first { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 } != UInt8(ascii: "{")
    }
}
