import Crypto
import Foundation

/// The signatures of calls (platforms/shopee.md §2.4): lower-case hex of HMAC-SHA256 over a plain concatenation. The key's characters are the key, whatever they look like.
struct ShopeeSigning: Sendable {
    let partnerID: Int64
    private let key: SymmetricKey

    init(partnerID: Int64, partnerKey: String) {
        self.partnerID = partnerID
        key = SymmetricKey(data: Array(partnerKey.utf8))
    }

    /// - Parameters:
    ///   - path: from `/api/v2/` on, without host, query and final slash.
    ///   - accessToken, account: of the shop or the merchant; both empty for a public call.
    func baseString(path: String, timestamp: Int64, accessToken: String = "", account: String = "") -> String {
        "\(partnerID)\(path)\(timestamp)\(accessToken)\(account)"
    }

    func sign(path: String, timestamp: Int64, accessToken: String = "", account: String = "") -> String {
        let text = baseString(path: path, timestamp: timestamp, accessToken: accessToken, account: account)
        return Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
}

/// The signature of a push (§3.3): over the callback URL exactly as typed in the console, `|`, and the raw body.
struct PushSignature: Sendable {
    let keys: [SymmetricKey]
    let url: String

    /// Compares in constant time, under every key.
    func isValid(_ header: String, for body: [UInt8]) -> Bool {
        guard let given = Hexadecimal.bytes(header) else { return false }
        var message = Array(url.utf8)
        message.append(UInt8(ascii: "|"))
        message += body
        var isValid = false
        for key in keys where HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: message, using: key) { isValid = true }
        return isValid
    }
}

enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// 64 lower-case digits and nothing else: no scheme word stands before them (§3.3).
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = [], high: UInt8?
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 97...102: digit = byte - 87
            default: return nil
            }
            if let first = high { bytes.append(first << 4 | digit); high = nil } else { high = digit }
        }
        return bytes
    }
}
