import Connect
package import Domain
import Database

/// What is known of one grant of a channel, without its secrets.
package struct CredentialStanding: Sendable, Equatable {
    package enum State: String, Sendable, Codable { case valid, lapsed }
    package var channel: ChannelID, grant: String
    package var accountID: String?
    package var state: State
    /// Counts the pairs that were saved; a node that holds an older one reads anew.
    package var generation: Int64
    /// When it is renewed by itself; nil: it needs no renewal, or cannot be renewed.
    package var refreshAt: Timestamp?
    package var accessExpiresAt: Timestamp?, refreshExpiresAt: Timestamp?, authorisationExpiresAt: Timestamp?
    /// Refreshes that failed since the last that went well.
    package var failures: Int
    package var fault: String?
    package var refreshedAt: Timestamp?

    package init(channel: ChannelID, grant: String, accountID: String?, state: State, generation: Int64, refreshAt: Timestamp?, accessExpiresAt: Timestamp?, refreshExpiresAt: Timestamp?,
                 authorisationExpiresAt: Timestamp?, failures: Int, fault: String?, refreshedAt: Timestamp?) {
        self.channel = channel; self.grant = grant; self.accountID = accountID; self.state = state; self.generation = generation; self.refreshAt = refreshAt
        self.accessExpiresAt = accessExpiresAt; self.refreshExpiresAt = refreshExpiresAt; self.authorisationExpiresAt = authorisationExpiresAt; self.failures = failures
        self.fault = fault; self.refreshedAt = refreshedAt
    }

    /// When only a person can help: the first end that no refresh puts off.
    package var lastsUntil: Timestamp? { [refreshExpiresAt, authorisationExpiresAt].compactMap { $0 }.min() }
}

/// The SQL of credentials.
enum CredentialRows {
    static let columns: SQL = """
        channel_id, grant_name, account_id, state, generation, refresh_at, access_expires_at, refresh_expires_at, authorisation_expires_at, failures, fault, refreshed_at
        """

    static func standing(_ row: Row) throws -> CredentialStanding {
        func time(_ column: Int) throws -> Timestamp? { try row.optionalInt64(column).map { Timestamp(milliseconds: $0) } }
        return CredentialStanding(
            channel: ChannelID(try row.int64(0)), grant: try row.text(1), accountID: try row.optionalText(2), state: try row.value(CredentialStanding.State.self, 3), generation: try row.int64(4),
            refreshAt: try time(5), accessExpiresAt: try time(6), refreshExpiresAt: try time(7), authorisationExpiresAt: try time(8), failures: try row.int(9), fault: try row.optionalText(10),
            refreshedAt: try time(11))
    }

    static func find(_ channel: ChannelID, _ grant: String, in tx: any Transaction) throws -> (standing: CredentialStanding, sealed: [UInt8]?)? {
        try tx.first("SELECT \(columns), sealed FROM credentials WHERE channel_id = \(channel.value) AND grant_name = \(grant)") { (try standing($0), try $0.optionalBlob(12)) }
    }

    static func all(of channel: ChannelID, in tx: any Transaction) throws -> [CredentialStanding] {
        try tx.rows("SELECT \(columns) FROM credentials WHERE channel_id = \(channel.value) ORDER BY grant_name", standing)
    }

    /// Those whose time to be renewed has come, longest due first.
    static func due(at time: Timestamp, limit: Int, in tx: any Transaction) throws -> [CredentialStanding] {
        try tx.rows("""
            SELECT \(columns) FROM credentials
             WHERE state = 'valid' AND refresh_at IS NOT NULL AND refresh_at <= \(time.milliseconds) AND (held_until IS NULL OR held_until <= \(time.milliseconds))
             ORDER BY refresh_at LIMIT \(limit)
            """, standing)
    }

    /// What another node holds is left to it: waiting for that would be looking all the time.
    static func nextDue(at time: Timestamp, in tx: any Transaction) throws -> Timestamp? {
        try tx.first("""
            SELECT refresh_at FROM credentials
             WHERE state = 'valid' AND refresh_at IS NOT NULL AND (held_until IS NULL OR held_until <= \(time.milliseconds)) ORDER BY refresh_at LIMIT 1
            """) { Timestamp(milliseconds: try $0.int64(0)) }
    }

    /// A grant taken for one refresh. `wasCut`: an earlier holder never came back.
    struct Claim: Sendable { var fence: Int64, generation: Int64, wasCut: Bool }

    /// Takes the grant for one refresh: nobody else asks the platform until `until`. A claim that was never given back tells that a refresh was cut short.
    ///
    /// - Returns: nil when another node holds it, or when the pair of `generation` is not the one that stands any more.
    static func claim(_ channel: ChannelID, _ grant: String, after generation: Int64, node: String, now: Timestamp, until: Timestamp, in tx: any Transaction) throws -> Claim? {
        try tx.run("""
            INSERT INTO credentials (channel_id, grant_name, state, generation, fence, failures, updated_at) VALUES (\(channel.value), \(grant), 'valid', 0, 0, 0, \(now.milliseconds))
            ON CONFLICT (channel_id, grant_name) DO NOTHING
            """)
        let held = try tx.first("SELECT held_by, held_until FROM credentials WHERE channel_id = \(channel.value) AND grant_name = \(grant)") { (try $0.optionalText(0), try $0.optionalInt64(1)) }
        if let until = held?.1, until > now.milliseconds { return nil }
        let fence = try tx.rows("""
            UPDATE credentials SET fence = fence + 1, held_by = \(node), held_until = \(until.milliseconds), updated_at = \(now.milliseconds)
             WHERE channel_id = \(channel.value) AND grant_name = \(grant) AND generation = \(generation) AND (held_until IS NULL OR held_until <= \(now.milliseconds))
            RETURNING fence
            """) { try $0.int64(0) }.first
        return fence.map { Claim(fence: $0, generation: generation, wasCut: held?.0 != nil) }
    }

    /// Saves a new pair in the place of generation `after`. Whoever holds the claim by then: a pair that follows this generation is the one the platform honours.
    /// - Returns: false when another pair was saved meanwhile.
    static func save(_ credential: Credential, sealed: [UInt8], of channel: ChannelID, after generation: Int64, refreshAt: Timestamp?, now: Timestamp, in tx: any Transaction) throws -> Bool {
        try tx.run("""
            UPDATE credentials
               SET sealed = \(sealed), account_id = \(credential.accountID), state = 'valid', generation = generation + 1, held_by = NULL, held_until = NULL, refresh_at = \(refreshAt?.milliseconds),
                   access_expires_at = \(credential.accessExpiresAt?.milliseconds), refresh_expires_at = \(credential.refreshExpiresAt?.milliseconds),
                   authorisation_expires_at = \(credential.authorisationExpiresAt?.milliseconds), failures = 0, fault = NULL, refreshed_at = \(now.milliseconds), updated_at = \(now.milliseconds)
             WHERE channel_id = \(channel.value) AND grant_name = \(credential.grant) AND generation = \(generation)
            """) == 1
    }

    /// Puts a pair that a person brought in the place of whatever stands, and takes its claim away from whoever renews the older one.
    ///
    /// - Throws: `AuthorisationFault` when it is not this channel's account, or another channel's. Decided here, where no second authorisation can pass in between.
    static func adopt(_ credential: Credential, sealed: [UInt8], of channel: Channel, refreshAt: Timestamp?, now: Timestamp, in tx: any Transaction) throws {
        // One authorisation at a time in the whole database: two channels may be given one account in the same moment.
        try tx.run("""
            INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, 'accounts', 1, \(now.milliseconds))
            ON CONFLICT (channel_id, name) DO UPDATE SET position = cursors.position + 1, updated_at = excluded.updated_at
            """)
        if let account = credential.accountID {
            let expected = try tx.first("SELECT account_id FROM credentials WHERE channel_id = \(channel.id.value) AND grant_name = \(credential.grant)") { try $0.optionalText(0) } ?? nil
            if let expected, expected != account { throw AuthorisationFault.otherAccount(expected: expected, given: account) }
            let owner = try tx.first("""
                SELECT c.name FROM credentials k JOIN channels c ON c.id = k.channel_id
                 WHERE k.account_id = \(account) AND c.platform = \(channel.platform) AND c.state <> 'removed' AND c.id <> \(channel.id.value) LIMIT 1
                """) { try $0.text(0) }
            if let owner { throw AuthorisationFault.accountTaken(channel: owner, account: account) }
        }
        try tx.run("""
            INSERT INTO credentials (channel_id, grant_name, sealed, account_id, state, generation, fence, refresh_at, access_expires_at, refresh_expires_at, authorisation_expires_at, failures, refreshed_at, updated_at)
            VALUES (\(channel.id.value), \(credential.grant), \(sealed), \(credential.accountID), 'valid', 1, 1, \(refreshAt?.milliseconds), \(credential.accessExpiresAt?.milliseconds),
                    \(credential.refreshExpiresAt?.milliseconds), \(credential.authorisationExpiresAt?.milliseconds), 0, \(now.milliseconds), \(now.milliseconds))
            ON CONFLICT (channel_id, grant_name) DO UPDATE
               SET sealed = excluded.sealed, account_id = COALESCE(excluded.account_id, credentials.account_id), state = 'valid', generation = credentials.generation + 1, fence = credentials.fence + 1,
                   held_by = NULL, held_until = NULL, refresh_at = excluded.refresh_at, access_expires_at = excluded.access_expires_at, refresh_expires_at = excluded.refresh_expires_at,
                   authorisation_expires_at = excluded.authorisation_expires_at, failures = 0, fault = NULL, refreshed_at = excluded.refreshed_at, updated_at = excluded.updated_at
            """)
        try tx.run("""
            UPDATE problems SET state = 'resolved', updated_at = \(now.milliseconds) WHERE kind = \(Problem.Kind.channelLost.rawValue) AND subject = \("channel:\(channel.id)") AND state = 'open'
            """)
    }

    /// A refresh that did not go well gives its claim back. `refreshAt` nil: nothing is tried again by itself.
    ///
    /// - Returns: false when a newer pair, or a newer claim, stands by now: the failure is of yesterday.
    static func failed(_ channel: ChannelID, _ grant: String, _ claim: Claim, state: CredentialStanding.State, fault: String, refreshAt: Timestamp?, now: Timestamp, in tx: any Transaction) throws -> Bool {
        try tx.run("""
            UPDATE credentials
               SET state = \(state.rawValue), failures = failures + 1, fault = \(fault), held_by = NULL, held_until = NULL, refresh_at = \(refreshAt?.milliseconds), updated_at = \(now.milliseconds)
             WHERE channel_id = \(channel.value) AND grant_name = \(grant) AND fence = \(claim.fence) AND generation = \(claim.generation)
            """) == 1
    }

    /// What was ended is tried once more: its settings were changed, or a person says so.
    static func revive(_ channel: ChannelID, at time: Timestamp, in tx: any Transaction) throws {
        try tx.run("""
            UPDATE credentials SET state = 'valid', failures = 0, fault = NULL, refresh_at = NULL, updated_at = \(time.milliseconds) WHERE channel_id = \(channel.value) AND state = 'lapsed'
            """)
    }
}
