import Connect
import Database
import Domain

extension ChannelStore {
    /// Takes what a seller's consent brought: the tokens, what the consent settles of the channel's settings, and the entry of the audit stand or fall together.
    ///
    /// - Throws: `AuthorisationFault` when it is another account's; nothing is changed then.
    func adopt(_ credential: Credential, of channel: Channel, _ policy: RefreshPolicy, auditedBy actor: AuditActor) async throws {
        let (plain, secret) = try split(credential.settings, try descriptor(channel.platform)), ids = ids, at = now(), vault = vault
        let change = AuditChange(actor, "channel.authorise", "channel:\(channel.id)", after: credential.accountID.map { ["account": $0] } ?? [:])
        try await credentials.adopt(credential, of: channel, policy) { [self] tx in
            admit(channel.id)
            try Self.settle(plain, secret, of: channel.id, vault, at: at, in: tx)
            try AuditRows.append(change, in: tx, ids: ids, at: at)
        }
        try await reload()
        // What was begun with the old tokens until now.
        admit(channel.id)
    }

    /// Fills in what was not set. What is set already names the account that the channel belongs to.
    private static func settle(_ plain: [String: String], _ secret: [String: String], of id: ChannelID, _ vault: Vault, at: Timestamp, in tx: any Transaction) throws {
        guard !plain.isEmpty || !secret.isEmpty else { return }
        guard let (text, sealed) = try tx.first("SELECT settings, secrets FROM channels WHERE id = \(id.value)", { (try $0.text(0), try $0.blob(1)) }) else { throw ChannelFault.unknownChannel("\(id)") }
        let knownPlain = try OrderRows.decode([String: String].self, text, column: "settings"), knownSecret = try vault.open(sealed)
        func filled(_ known: [String: String], _ given: [String: String]) throws -> [String: String] {
            try known.merging(given) { old, new in
                guard old.isEmpty || old == new else { throw AuthorisationFault.otherAccount(expected: old, given: new) }
                return new
            }
        }
        let newPlain = try OrderRows.encodeOne(try filled(knownPlain, plain)), newSecret = try vault.seal(try filled(knownSecret, secret))
        try tx.run("UPDATE channels SET settings = \(newPlain), secrets = \(newSecret), updated_at = \(at.milliseconds) WHERE id = \(id.value)")
    }
}
