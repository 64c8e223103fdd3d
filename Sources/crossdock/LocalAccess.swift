import Foundation

/// What lets the CLI on the hub's machine find the hub and its access: two small files in the data directory, mode 0600.
enum LocalAccess {
    static func note(address: String, in folder: String) { write(address, to: folder + "/address") }
    static func note(token: String, in folder: String) { write(token, to: folder + "/access") }
    static func address(in folder: String) -> String? { read(folder + "/address") }
    static func token(in folder: String) -> String? { read(folder + "/access") }

    private static func write(_ text: String, to path: String) {
        _ = FileManager.default.createFile(atPath: path, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
    }
    private static func read(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

import Hub

extension LocalAccess {
    /// The token the CLI on this machine uses: made once, kept beside the data for its owner alone.
    static func ensureToken(hub: Hub, folder: String) async throws -> String {
        if let known = token(in: folder), try await hub.tokens.token(known) != nil { return known }
        let (text, _) = try await hub.tokens.create(name: "this machine", scopes: ["admin"])
        note(token: text, in: folder)
        return text
    }
}
