import Crypto
package import Domain
import Foundation

package enum VaultError: HubError, Equatable {
    case badKey(String), wrongKey
    package var code: String { self == .wrongKey ? "wrong_key" : "bad_key" }
    package var sentence: String {
        switch self {
        case .badKey(let why): "The key that seals the credentials is unusable: \(why)."
        case .wrongKey: "The stored credentials cannot be opened with this key. Start with the key they were sealed with (CROSSDOCK_KEY or the file secret.key of the data directory)."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Seals credentials with AES-256-GCM. The key comes from the environment (`CROSSDOCK_KEY`, 32 bytes in base64) or from a file that is made on first use (mode 0600).
package struct Vault: Sendable {
    private let key: SymmetricKey

    package init(base64Key: String) throws {
        guard let data = Data(base64Encoded: base64Key), data.count == 32 else { throw VaultError.badKey("it must be 32 bytes in base64") }
        key = SymmetricKey(data: data)
    }

    package init(keyFile path: String) throws {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {      // a missing file is made below; an unreadable one fails there
            try self.init(base64Key: text.trimmingCharacters(in: .whitespacesAndNewlines))
            return
        }
        let fresh = SymmetricKey(size: .bits256)
        let text = fresh.withUnsafeBytes { Data($0) }.base64EncodedString() + "\n"
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw VaultError.badKey("the file \(path) cannot be written")
        }
        try self.init(base64Key: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Tells whether two vaults have the same key, and nothing about it.
    package var mark: String { HMAC<SHA256>.authenticationCode(for: Data("crossdock key mark".utf8), using: key).prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    package func seal(_ secrets: [String: String]) throws -> [UInt8] {
        let box = try AES.GCM.seal(try JSONEncoder.crossdock.encode(secrets), using: key)
        return box.combined.map(Array.init) ?? []
    }

    package func open(_ sealed: [UInt8]) throws -> [String: String] {
        guard let box = try? AES.GCM.SealedBox(combined: Data(sealed)), let plain = try? AES.GCM.open(box, using: key) else { throw VaultError.wrongKey }
        return try JSONDecoder().decode([String: String].self, from: plain)
    }

    /// 160 random bits for a hook's path or a token, in letters and digits.
    package static func randomWord(bytes: Int = 20) -> String {
        SymmetricKey(size: SymmetricKeySize(bitCount: bytes * 8)).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacing("+", with: "x").replacing("/", with: "y").replacing("=", with: "")
    }
}
