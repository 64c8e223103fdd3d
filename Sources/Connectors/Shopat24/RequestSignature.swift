import Crypto
import Domain
import HTTPTypes

/// The `hmac` scheme (shopat24.md §2.2): HMAC-SHA256 over method, path, query, time and the body's digest, in lower-case hex.
struct RequestSignature: Sendable {
    let keyID: String
    private let key: SymmetricKey

    init(keyID: String, secret: String) {
        self.keyID = keyID
        key = SymmetricKey(data: Array(secret.utf8))
    }

    static func bodyHash(_ body: [UInt8]) -> String { Hexadecimal.text(SHA256.hash(data: body)) }

    /// - Parameters:
    ///   - path: as it is sent.
    ///   - query: canonical (`QueryText.canonical`), without a question mark.
    func sign(method: String, path: String, query: String, seconds: Int64, body: [UInt8]) -> String {
        let base = [method, path, query, String(seconds), Self.bodyHash(body)].joined(separator: "\n")
        return Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(base.utf8), using: key))
    }

    func headers(method: String, path: String, query: String, now: Timestamp, body: [UInt8]) -> HTTPFields {
        let seconds = now.milliseconds / 1000
        return [Self.keyIDName: keyID, Self.timestampName: String(seconds), Self.signatureName: sign(method: method, path: path, query: query, seconds: seconds, body: body)]
    }

    static let keyIDName = HTTPField.Name("X-Key-Id")!, timestampName = HTTPField.Name("X-Timestamp")!      // literals: valid names
    static let signatureName = HTTPField.Name("X-Signature")!      // a literal: a valid name
}

enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes { text.append(digits[Int(byte >> 4)]); text.append(digits[Int(byte & 15)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Either case; nil for anything that is not pairs of hex digits.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

/// RFC 3986: unreserved characters stay, everything else is upper-case hex of its UTF-8.
enum QueryText {
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Encoded, sorted by name and then by value, joined by `&`; empty for none. It is sent as it is signed.
    static func canonical(_ items: [(name: String, value: String)]) -> String {
        let pairs = items.map { (encoded($0.name), encoded($0.value)) }
        let sorted = pairs.sorted { $0.0 == $1.0 ? $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) : $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        return sorted.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}
