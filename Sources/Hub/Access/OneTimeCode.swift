import Crypto
package import Domain
import Foundation

/// The six digits of an authenticator (RFC 6238: HMAC-SHA-1, 30 seconds), and its secret as people type it (RFC 4648 base 32).
package enum OneTimeCode {
    static let secretBytes = 20, stepSeconds: Int64 = 30, modulus: UInt32 = 1_000_000
    /// A clock may be one step off.
    static let tolerance: Int64 = 1
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    package static func newSecret() -> String { base32(SymmetricKey(size: SymmetricKeySize(bitCount: secretBytes * 8)).withUnsafeBytes { Array($0) }) }

    package static func step(at time: Timestamp) -> Int64 { time.milliseconds / 1000 / stepSeconds }

    package static func code(_ secret: String, step: Int64) -> String {
        let key = SymmetricKey(data: bytes(base32: secret)), counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Array($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key)), offset = Int(mac[mac.count - 1] & 15)
        let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(word % modulus)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step whose code was typed, later than `last` (a code is good once); nil: none.
    package static func matchingStep(_ typed: String, secret: String, at time: Timestamp, after last: Int64) -> Int64? {
        let digits = typed.filter { !$0.isWhitespace && $0 != "-" }, now = step(at: time)
        guard digits.utf8.count == 6 else { return nil }
        var found: Int64?
        for step in now - tolerance...now + tolerance {
            let difference = zip(code(secret, step: step).utf8, digits.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0, step > last { found = step }
        }
        return found
    }

    /// What an authenticator reads.
    package static func address(secret: String, email: String, workspace: String) -> String {
        let issuer = escaped(workspace.isEmpty ? "Crossdock" : workspace)
        return "otpauth://totp/\(issuer):\(escaped(email))?secret=\(secret)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=\(stepSeconds)"
    }
    private static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }

    /// Sixteen characters in four groups: eighty random bits.
    static func newRecoveryCode() -> String {
        let text = base32(SymmetricKey(size: SymmetricKeySize(bitCount: 80)).withUnsafeBytes { Array($0) }).lowercased()
        return stride(from: 0, to: text.count, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }
    static func hash(recoveryCode typed: String) -> [UInt8] { Array(SHA256.hash(data: Data(typed.lowercased().filter { $0.isLetter || $0.isNumber }.utf8))) }

    static func base32(_ bytes: [UInt8]) -> String {
        var text = "", buffer: UInt32 = 0, bits = 0
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 { bits -= 5; text.append(alphabet[Int(buffer >> UInt32(bits)) & 31]) }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
        return text
    }

    static func bytes(base32 text: String) -> [UInt8] {
        var bytes: [UInt8] = [], buffer: UInt32 = 0, bits = 0
        for character in text.uppercased() {
            guard let value = alphabet.firstIndex(of: character) else { continue }
            buffer = (buffer << 5 | UInt32(value)) & 0xFFFF
            bits += 5
            if bits >= 8 { bits -= 8; bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits))) }
        }
        return bytes
    }
}
