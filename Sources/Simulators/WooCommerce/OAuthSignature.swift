import Crypto
import Foundation

/// OAuth 1.0a with one leg, as WooCommerce checks it over plain http (platforms/woocommerce.md §2.3).
package enum OAuthSignature {
    package enum Method: String, Sendable { case sha256 = "HMAC-SHA256", sha1 = "HMAC-SHA1" }

    /// `METHOD&encode(url)&encode(sorted pairs)`.
    ///
    /// - Parameters:
    ///   - url: as the shop computes it from its Home URL, without a query.
    ///   - parameters: all of the query, decoded, without `oauth_signature`.
    package static func baseString(method: String, url: String, parameters: [(name: String, value: String)]) -> String {
        let sorted = indexed(parameters).sorted { Array($0.sortKey.utf8).lexicographicallyPrecedes(Array($1.sortKey.utf8)) }
        let pairs = sorted.map { encode("\(encode($0.name))=\(encode($0.value))") }
        return "\(method.uppercased())&\(encode(url))&\(pairs.joined(separator: "%26"))"
    }

    /// `a[]=1&a[]=2` is an array to PHP and is signed as `a[0]`, `a[1]`, in its own order at the place of `a`.
    private static func indexed(_ parameters: [(name: String, value: String)]) -> [(sortKey: String, name: String, value: String)] {
        var counts: [String: Int] = [:]
        return parameters.map { name, value in
            guard let bracket = name.firstIndex(of: "["), name.hasSuffix("[]") else { return (String(name.prefix { $0 != "[" }), name, value) }
            let base = String(name[..<bracket]), index = counts[base, default: 0]
            counts[base] = index + 1
            return (base, "\(base)[\(index)]", value)
        }
    }

    /// Base64; the key is the consumer secret and an ampersand.
    package static func sign(_ baseString: String, secret: String, method: Method) -> String {
        let key = SymmetricKey(data: Data("\(secret)&".utf8)), text = Data(baseString.utf8)
        return switch method {
        case .sha256: Data(HMAC<SHA256>.authenticationCode(for: text, using: key)).base64EncodedString()
        case .sha1: Data(HMAC<Insecure.SHA1>.authenticationCode(for: text, using: key)).base64EncodedString()
        }
    }

    /// RFC 3986: everything but letters, digits and `-._~`.
    package static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                output.append(byte)
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                output += "%\(hex.utf8.count == 1 ? "0" : "")\(hex)".utf8
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
