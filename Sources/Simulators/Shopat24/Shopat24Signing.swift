package import Foundation
import SimulatorKit

/// The channel's reading of the two signatures (shopat24.md §2.2, §3).
package enum Shopat24Signing {
    /// Lower-case hex SHA-256 of the body bytes.
    package static func bodyHash(_ body: Data) -> String { SimulatorSignature.sha256(body).hex }

    /// Names and values encoded, sorted by name then value, joined with `&`; empty without a query.
    package static func canonicalQuery(_ items: [(name: String, value: String)]) -> String {
        items.map { (encoded($0.name), encoded($0.value)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// RFC 3986 unreserved stay, everything else as upper-case hex.
    package static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// The `hmac` scheme's signature of a request.
    package static func signature(
        method: String, path: String, query: [(name: String, value: String)], timestamp: Int, body: Data, secret: String
    ) -> String {
        let base = [method, path, canonicalQuery(query), "\(timestamp)", bodyHash(body)].joined(separator: "\n")
        return SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data(base.utf8)).hex
    }
}

/// How a middleware signs its calls to the hub (shopat24.md §3). `hookURL` is nil until `setHook`.
package struct Shopat24Webhook: Sendable, Equatable {
    package enum Template: String, Sendable, CaseIterable {
        case body = "{body}", timestampBody = "{timestamp}.{body}", urlBody = "{url}|{body}"
    }
    package enum Encoding: String, Sendable, CaseIterable { case hex, base64 }

    package var hookURL: String?
    package var secret = "crossdock-s24-key-0001"
    package var header = "X-S24-Signature"
    /// Before the signature, for example `sha256=`.
    package var prefix = ""
    package var encoding = Encoding.hex
    package var template = Template.body
    /// Carries epoch seconds; nil: no such header.
    package var timestampHeader: String?
    package var deliveryIDHeader: String?
    /// The URL that `{url}` stands for, where a proxy hides the hub's own; nil: the one that is called.
    package var signedURL: String?

    package init() {}

    /// The signature header's whole value.
    package func signature(of body: Data, timestamp: Int, url: String) -> String {
        let before = switch template {
        case .body: ""
        case .timestampBody: "\(timestamp)."
        case .urlBody: (signedURL ?? url) + "|"
        }
        let code = SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data(before.utf8) + body)
        return prefix + (encoding == .hex ? code.hex : code.base64EncodedString())
    }
}
