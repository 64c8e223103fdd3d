package import Database
package import Domain
import Synchronization

/// Finds the channel that holds an account, also one that another node of this hub connected since this one looked: nothing is taken for a stranger's that is ours.
package final class AccountFinder: Sendable {
    /// So long an account that nobody here holds is not looked up again.
    static let strangerFor = Duration.seconds(10)
    static let maximumStrangers = 1000

    private let directory: ChannelDirectory
    private let database: Database
    private let reload: @Sendable () async throws -> Void
    private let now: @Sendable () -> Timestamp
    private let strangers = Mutex<[ChannelDirectory.Account: Timestamp]>([:])

    package init(directory: ChannelDirectory, database: Database, now: @escaping @Sendable () -> Timestamp, reload: @escaping @Sendable () async throws -> Void) {
        self.directory = directory; self.database = database; self.now = now; self.reload = reload
    }

    /// - Returns: nil: no channel of the platform was authorised as this account.
    /// - Throws: when the database could not be asked: whose push it is, is not known then, and it must not be dropped.
    func channel(holding account: String, like channel: ChannelID) async throws -> ChannelID? {
        if let found = directory.channel(holding: account, like: channel) { return found }
        guard let platform = directory.channel(channel)?.platform else { return nil }
        let stranger = ChannelDirectory.Account(platform: platform, id: account), at = now()
        if let looked = strangers.withLock({ $0[stranger] }), at >= looked, at < looked + Self.strangerFor { return nil }
        let isOurs = try await database.read { tx in
            try tx.first("""
                SELECT 1 FROM credentials k JOIN channels c ON c.id = k.channel_id WHERE k.account_id = \(account) AND c.platform = \(platform) AND c.state <> 'removed' LIMIT 1
                """) { try $0.int(0) } != nil
        }
        if isOurs {
            try await reload()
            if let found = directory.channel(holding: account, like: channel) { return found }
        }
        strangers.withLock { strangers in
            if strangers.count >= Self.maximumStrangers { strangers = [:] }
            strangers[stranger] = at
        }
        return nil
    }
}
