import Crypto
import Foundation

/// HMACs with the app's client secret (platforms/shopify.md §2.5, §3.3).
enum ShopSignature {
    /// Lower-case hex over the sorted query parameters without `hmac` and `signature`.
    static func callback(_ parameters: [(name: String, value: String)], secret: String) -> String {
        let signed = parameters.filter { $0.name != "hmac" && $0.name != "signature" }
            .map { "\(escape($0.name, isKey: true))=\(escape($0.value, isKey: false))" }
            .sorted().joined(separator: "&")
        return code(Data(signed.utf8), secret).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// base64 over the raw body, for `X-Shopify-Hmac-Sha256`.
    static func webhook(_ body: Data, secret: String) -> String { code(body, secret).base64EncodedString() }

    private static func code(_ message: Data, _ secret: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Data(secret.utf8))))
    }

    private static func escape(_ text: String, isKey: Bool) -> String {
        let text = text.replacing("%", with: "%25").replacing("&", with: "%26")
        return isKey ? text.replacing("=", with: "%3D") : text
    }
}
