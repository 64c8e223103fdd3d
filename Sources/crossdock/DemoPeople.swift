import Crypto
import Domain
import Foundation
import Hub

/// The people of the demo: an owner with a password to sign in with, and colleagues of the other roles to look at.
enum DemoPeople {
    static let email = "owner@demo.example"

    /// - Returns: the owner's password; the same as long as the data folder lives.
    static func ensure(hub: Hub, folder: String) async throws -> String {
        let path = folder + "/demo-password", known = try? String(contentsOfFile: path, encoding: .utf8)      // missing at the first start: made below
        if let known, try await hub.people.person(email: email) != nil { return known.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard try await hub.people.isEmpty() else { return "(the one you chose)" }
        let password = newPassword(), actor = AuditActor(name: "demo")
        let owner = try await hub.people.ownerLink(by: actor)
        try await join(owner, email, "Demo owner", password, hub)
        _ = FileManager.default.createFile(atPath: path, contents: Data((password + "\n").utf8), attributes: [.posixPermissions: 0o600])
        for (role, address, name) in [(Role.operator, "malee@demo.example", "Malee Srisuk"), (.manager, "carmen@demo.example", "Carmen Rojas"), (.engineer, "diego@demo.example", "Diego Fuentes"), (.viewer, "ann@demo.example", "Ann Taylor")] {
            try await join(try await hub.people.invite(email: address, role: role, by: actor), address, name, newPassword(), hub)
        }
        _ = try await hub.workspace.change(by: actor) { workspace in
            workspace.name = "Demo shop"
            workspace.timeZone = "Asia/Bangkok"
        }
        return password
    }

    private static func join(_ link: MadeLink, _ email: String, _ name: String, _ password: String, _ hub: Hub) async throws {
        let signedIn = try await hub.people.join(link.secret, .init(email: email, name: name, password: password, language: nil), at: SignInPlace(address: "127.0.0.1", browser: "demo"))
        try await hub.sessions.end(signedIn.session)
    }

    /// Eighteen letters that can be typed from the screen: 54 random bits.
    private static func newPassword() -> String {
        let consonants = Array("bdfghjklmnprstvz"), vowels = Array("aeio")
        let bytes = SymmetricKey(size: SymmetricKeySize(bitCount: 160)).withUnsafeBytes { Array($0) }
        let letters = bytes.enumerated().map { index, byte in index.isMultiple(of: 2) ? consonants[Int(byte) % consonants.count] : vowels[Int(byte) % vowels.count] }
        return stride(from: 0, to: 18, by: 6).map { String(letters[$0..<$0 + 6]) }.joined(separator: "-")
    }
}
