import Crypto
import Domain

/// The two signatures of the platform: HMAC-SHA256 with the app secret, upper-case hex for our calls (platforms/lazada.md §2.4), lower-case for its pushes (§3.3).
struct LazadaSigning: Sendable {
    let app: AppKeys

    private var key: SymmetricKey { SymmetricKey(data: Array(app.secret.utf8)) }

    /// Path without `/rest`, then every name and value, sorted by the bytes of the name, nothing between, values as they are before any encoding.
    static func textToSign(path: String, _ parameters: [String: String]) -> String {
        let pairs = parameters.filter { $0.key != "sign" }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return pairs.reduce(into: path) { $0 += $1.key + $1.value }
    }

    func sign(path: String, _ parameters: [String: String]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(Self.textToSign(path: path, parameters).utf8), using: key)
        return Self.hexadecimal(code, digits: "0123456789ABCDEF")
    }

    /// Whether `given` is the hex of the HMAC over the app key and the raw body. Either case, constant time.
    func isGenuine(_ given: String, body: [UInt8]) -> Bool {
        guard let code = Self.bytes(ofHexadecimal: given) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(app.key.utf8) + body, using: key)
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>, digits: StaticString = "0123456789abcdef") -> String {
        digits.withUTF8Buffer { digits in
            var text: [UInt8] = []
            text.reserveCapacity(64)
            for byte in bytes { text.append(digits[Int(byte >> 4)]); text.append(digits[Int(byte & 15)]) }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
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
