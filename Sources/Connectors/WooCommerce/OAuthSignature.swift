import Crypto
import Foundation

/// One-legged OAuth 1.0a with HMAC-SHA256 as the shop checks it over plain HTTP (platforms/woocommerce.md §2.3).
///
/// All parameters travel in the query, also of POST and PUT; the body is not signed.
struct OAuthSignature: Sendable {
    let keys: ConsumerKeys
    /// Unix seconds; the shop takes ±15 minutes of its own clock.
    let timestamp: Int64
    /// Never used twice within 15 minutes: every try has its own.
    let nonce: String

    /// `query` with the oauth parameters and the signature.
    func signing(_ method: String, _ baseURL: String, _ query: [QueryItem]) -> [QueryItem] {
        let parameters = query + [
            QueryItem("oauth_consumer_key", keys.key), QueryItem("oauth_nonce", nonce), QueryItem("oauth_signature_method", "HMAC-SHA256"),
            QueryItem("oauth_timestamp", String(timestamp)),
        ]
        let base = Self.baseString(method, baseURL, parameters)
        // The trailing ampersand stands for a token secret that one-legged OAuth does not have.
        let code = HMAC<SHA256>.authenticationCode(for: Data(base.utf8), using: SymmetricKey(data: Data((keys.secret + "&").utf8)))
        return parameters + [QueryItem("oauth_signature", Data(code).base64EncodedString())]
    }

    static func baseString(_ method: String, _ baseURL: String, _ parameters: [QueryItem]) -> String {
        let pairs = parameters.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { "\($0.0)=\($0.1)" }
        return "\(method)&\(PercentEncoding.encode(baseURL))&\(PercentEncoding.encode(pairs.joined(separator: "&")))"
    }

    static func freshNonce() -> String {
        SymmetricKey(size: .init(bitCount: 80)).withUnsafeBytes { bytes in
            bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        }
    }
}

/// RFC 3986: everything but letters, digits and `-._~` is written as `%XX`; a space is `%20`, never `+`.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func query(_ items: [QueryItem]) -> String {
        items.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }
}
