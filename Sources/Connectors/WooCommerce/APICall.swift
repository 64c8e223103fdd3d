import Connect
import Foundation
import HTTPTypes

struct QueryItem: Sendable, Equatable {
    var name: String, value: String
    init(_ name: String, _ value: String) { self.name = name; self.value = value }
}

/// One call of the shop's REST API before it is addressed and signed.
struct APICall: Sendable, Equatable {
    var method: HTTPRequest.Method
    /// `wc/v3`, a plugin's own, or empty for the index that lists them.
    var namespace: String
    /// Below the namespace, without slashes at its ends: `orders/9301`.
    var path: String
    var query: [QueryItem]
    var body: [UInt8]
    var timeoutSeconds: Int

    init(_ method: HTTPRequest.Method, _ path: String, namespace: String = "wc/v3", query: [QueryItem] = [], body: [UInt8] = [], timeoutSeconds: Int = 30) {
        self.method = method; self.namespace = namespace; self.path = path; self.query = query; self.body = body; self.timeoutSeconds = timeoutSeconds
    }

    /// `GET /wp-json/`: which namespaces there are; needs no key (platforms/woocommerce.md §1).
    static let index = APICall(.get, "", namespace: "")

    var isRead: Bool { method == .get }

    /// `/wc/v3/orders/9301`, or `/` for the index.
    var route: String { "/" + [namespace, path].filter { !$0.isEmpty }.joined(separator: "/") }

    static func writing<Body: Encodable>(_ method: HTTPRequest.Method, _ path: String, namespace: String = "wc/v3", _ body: Body) throws(ConnectorError) -> APICall {
        do {
            return APICall(method, path, namespace: namespace, body: [UInt8](try JSONEncoder.crossdockBody.encode(body)), timeoutSeconds: writeSeconds)
        } catch {
            throw .notUnderstood(field: "request", found: "a value that cannot be written as JSON")
        }
    }

    /// Writes run the shop's hooks and mails before they answer.
    static let writeSeconds = 60
}

extension JSONEncoder {
    fileprivate static var crossdockBody: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// Whether the shop has "pretty permalinks" (§1).
enum PermalinkForm: String, Sendable, CaseIterable {
    case pretty, plain
    var other: PermalinkForm { self == .pretty ? .plain : .pretty }
}

/// How a call shows who we are (§2).
enum SigningStyle: String, Sendable, CaseIterable {
    case basic
    /// The keys in the query, where the host strips the Authorization header.
    case query
    /// One-legged OAuth 1.0a, signed for the Home URL as it stands.
    case oauth1
    /// The same, signed as if for http: a proxy ends TLS and does not tell WordPress.
    case oauth1AsHTTP
    var isSigned: Bool { self == .oauth1 || self == .oauth1AsHTTP }
}
