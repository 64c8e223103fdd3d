import Crypto
import Foundation

/// The signature of the shop's webhooks: base64 of HMAC-SHA256 over the raw body (platforms/woocommerce.md §3.3).
struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    /// - Parameter storedSecret: as a person typed it; the shop trims it when it stores it and decodes its HTML entities when it signs.
    init(storedSecret: String) {
        key = SymmetricKey(data: Data(Self.signingSecret(of: storedSecret).utf8))
    }

    /// Compares in constant time.
    func isValid(_ signature: String, for body: [UInt8]) -> Bool {
        guard let given = Data(base64Encoded: signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: body, using: key)
    }

    func signature(for body: [UInt8]) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: body, using: key)).base64EncodedString()
    }

    /// The key the shop really signs with: trimmed, and the entities of WordPress's `wp_specialchars_decode` replaced in one pass.
    static func signingSecret(of stored: String) -> String {
        let trimmed = stored.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.contains("&") else { return trimmed }
        var result = "", rest = trimmed[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            if let end = rest.firstIndex(of: ";"), let character = character(ofEntity: rest[rest.index(after: start)..<end]) {
                result.append(character)
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("&")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func character(ofEntity name: Substring) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        default: break
        }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        if digits.first == "x" || digits.first == "X" {
            switch Int(digits.dropFirst(), radix: 16) {
            case 0x22: return "\""
            case 0x26: return "&"
            case 0x27: return "'"
            default: return nil
            }
        }
        switch Int(digits) {
        case 34: return "\""
        case 38: return "&"
        case 39: return "'"
        case 60: return "<"
        case 62: return ">"
        default: return nil
        }
    }
}
