import Connect
import Crypto
import Foundation

/// A Standard Webhooks secret: the key is the decoded bytes, not the text (platforms/companion-webhook.md §2, §4).
struct StandardWebhookKey: Sendable {
    private let key: SymmetricKey
    static let keyBytes = 16...64

    init(_ text: String, setting: String) throws(ConnectorError) {
        var encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        while encoded.count % 4 != 0 { encoded.append("=") }
        guard let bytes = Data(base64Encoded: encoded), Self.keyBytes.contains(bytes.count) else {
            throw .misconfigured(setting: setting, problem: "must be whsec_ and 16 to 64 bytes in base64")
        }
        key = SymmetricKey(data: bytes)
    }

    /// Standard base64 of HMAC-SHA256 over `id.timestamp.body`.
    func sign(id: String, timestamp: String, body: [UInt8]) -> String { Data(mac(id, timestamp, body)).base64EncodedString() }

    /// Constant time.
    func isGenuine(_ signature: Data, id: String, timestamp: String, body: [UInt8]) -> Bool {
        var message = Data("\(id).\(timestamp).".utf8)
        message.append(contentsOf: body)
        return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: message, using: key)
    }

    private func mac(_ id: String, _ timestamp: String, _ body: [UInt8]) -> HMAC<SHA256>.MAC {
        var message = Data("\(id).\(timestamp).".utf8)
        message.append(contentsOf: body)
        return HMAC<SHA256>.authenticationCode(for: message, using: key)
    }

    /// Our keys in the alphabet of the contract's message ids: 8 to 64 of `[A-Za-z0-9_-]`.
    static func messageID(_ key: String) -> String {
        let plain = String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
        return String("msg_\(plain)".prefix(64))
    }
}
