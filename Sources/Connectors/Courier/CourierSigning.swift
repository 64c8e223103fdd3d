import Crypto
import Domain
import Foundation

/// The signatures of the contract: `X-Courier-*` on our calls (§2), `t=…,v1=…` on the courier's (§3).
struct CourierSigning: Sendable {
    let keyID: String, secret: String

    /// Lower-case hex HMAC-SHA256 over timestamp, method, target and the body's hash, joined by newlines.
    func signature(timestamp: Int64, method: String, target: String, body: [UInt8]) -> String {
        let text = "\(timestamp)\n\(method)\n\(target)\n\(Self.hex(SHA256.hash(data: body)))"
        return Self.hex(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }

    /// A callback may be days late (§3): the timestamp keeps out only copies that are older than a quarter of a year.
    static let callbackToleranceSeconds: Int64 = 90 * 86_400
    /// Eleven digits: later than that nobody signs, and the arithmetic stays within bounds.
    static let latestTimestamp: Int64 = 99_999_999_999

    /// Whether one of `secrets` made the callback's signature over `t.body`. In constant time.
    static func isGenuine(_ header: String, body: [UInt8], secrets: [String], now: Timestamp) -> Bool {
        var timestamp: Substring?, given: [UInt8]?
        for part in header.split(separator: ",") {
            if part.hasPrefix("t=") { timestamp = part.dropFirst(2) }
            if part.hasPrefix("v1=") { given = bytes(fromHex: part.dropFirst(3)) }
        }
        guard let timestamp, let seconds = Int64(timestamp), (0...latestTimestamp).contains(seconds), let given, abs(now.milliseconds / 1000 - seconds) <= callbackToleranceSeconds else { return false }
        let message = Data("\(timestamp).".utf8) + Data(body)
        var genuine = false
        for secret in secrets where HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: message, using: SymmetricKey(data: Data(secret.utf8))) { genuine = true }
        return genuine
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(fromHex text: Substring) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var result: [UInt8] = [], high: UInt8?
        for character in text {
            guard let digit = character.hexDigitValue, character.isASCII, !character.isUppercase else { return nil }
            if let first = high { result.append(first << 4 | UInt8(digit)); high = nil } else { high = UInt8(digit) }
        }
        return result
    }
}
