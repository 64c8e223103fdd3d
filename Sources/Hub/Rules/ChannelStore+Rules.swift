package import Domain
import Database

/// One stored version of a channel's rules.
package struct RuleSetVersion: Sendable, Equatable, Codable {
    package var version: Int, appliedBy: String, appliedAt: Timestamp, text: String
}

extension ChannelStore {
    static let maximumListedVersions = 100

    /// The newest rules of a channel; nil when it never had any.
    package func rules(of channel: ChannelID) async throws -> (version: Int, text: String)? {
        try await database.read { tx in
            try tx.first("SELECT version, document FROM rule_sets WHERE channel_id = \(channel.value) ORDER BY version DESC LIMIT 1") { (version: try $0.int(0), text: try $0.text(1)) }
        }
    }

    /// Newest first, the last hundred.
    package func ruleVersions(of channel: ChannelID) async throws -> [RuleSetVersion] {
        try await database.read { tx in
            try tx.rows("""
                SELECT version, applied_by, applied_at, document
                  FROM rule_sets
                 WHERE channel_id = \(channel.value)
                 ORDER BY version DESC
                 LIMIT \(Self.maximumListedVersions)
                """) { RuleSetVersion(version: try $0.int(0), appliedBy: try $0.text(1), appliedAt: Timestamp(milliseconds: try $0.int64(2)), text: try $0.text(3)) }
        }
    }

    /// Checks the text, stores it as the channel's next version and uses it from now on; the same text again changes nothing.
    ///
    /// - Returns: the version that is in force.
    /// - Throws: `RuleError` with the place of the first mistake; nothing is stored then.
    package func applyRules(_ text: String, to channel: ChannelID, by actor: String) async throws -> Int {
        _ = try RuleSet(yaml: text, version: 0)
        guard directory.channel(channel) != nil else { throw ChannelFault.unknownChannel("\(channel)") }
        let id = ids.next(), at = now().milliseconds
        let version = try await database.write { tx in
            let last = try tx.first("SELECT version, document FROM rule_sets WHERE channel_id = \(channel.value) ORDER BY version DESC LIMIT 1") { (try $0.int(0), try $0.text(1)) }
            if let last, last.1 == text { return last.0 }
            let next = (last?.0 ?? 0) + 1
            try tx.run("""
                INSERT INTO rule_sets (id, channel_id, version, document, applied_by, applied_at)
                VALUES (\(id), \(channel.value), \(next), \(text), \(actor), \(at))
                """)
            return next
        }
        try await reload()
        return version
    }
}
