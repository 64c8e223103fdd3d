import Connect
import Database
package import Domain
package import Logging
import Synchronization

/// Renews what is due, ahead of time, and warns of what only a person can renew.
package final class CredentialWorker: Sendable {
    private let keeper: CredentialKeeper
    private let channels: ChannelStore
    private let ledger: Ledger
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let signal = Signal()
    private let ending = Mutex<[ChannelID: Timestamp]>([:])
    private let onMended = Mutex<@Sendable (ChannelID) -> Void>({ _ in })

    static let batch = 64, width = 16
    static let idle = Duration.seconds(20), behind = Duration.seconds(1), watchInterval = Duration.seconds(60)
    /// Days before the end of what no refresh puts off at which a person is told again.
    package static let warningDays = [14, 7, 3, 1]
    /// Refreshes that failed in a row before a person is told; the access token still works by then.
    static let failuresToTell = 3

    package init(keeper: CredentialKeeper, channels: ChannelStore, ledger: Ledger, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.keeper = keeper; self.channels = channels; self.ledger = ledger; self.now = now; self.logger = logger
        keeper.whenSaved { [signal] in signal.wake() }
        keeper.whenRescued { [weak self] channel in
            Task { await self?.mend(channel) }      // ends with one look and one write; nobody waits for it
        }
    }

    /// Called for a channel that works again by itself.
    func whenMended(_ body: @escaping @Sendable (ChannelID) -> Void) { onMended.withLock { $0 = body } }

    /// Looks now at what is due.
    package func wake() { signal.wake() }

    /// When a channel's authorisation ends, as it was last seen; from memory.
    package func end(of channel: ChannelID) -> Timestamp? { ending.withLock { $0[channel] } }

    /// Runs until cancelled.
    package func run() async {
        var watched: Timestamp?
        while !Task.isCancelled {
            do {
                if keeper.isBehind { await keeper.saveUnsaved() }
                let time = now()
                if watched.map({ time < $0 || (time - $0) >= Self.watchInterval }) ?? true { watched = time; try await watch() }
                if try await renewDue() > 0 { continue }
                let next = try await ledger.database.read { try CredentialRows.nextDue(at: time, in: $0) }
                await signal.wait(atMost: next.map { min(max($0 - now(), .milliseconds(50)), pause) } ?? pause)
            } catch is CancellationError { return } catch {
                logger.error("tokens could not be looked at", metadata: ["error": "\(error)"])
                await signal.wait(atMost: pause)
            }
        }
    }

    private var pause: Duration { keeper.isBehind ? Self.behind : Self.idle }

    /// - Returns: how many were tried.
    func renewDue() async throws -> Int {
        let time = now()
        let due = try await ledger.database.read { try CredentialRows.due(at: time, limit: Self.batch, in: $0) }
        var waiting = due.makeIterator(), tried = 0
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<Self.width { if let next = waiting.next() { group.addTask { await self.renew(next) } } }
            while let wasTried = await group.next() {
                if wasTried { tried += 1 }
                if !Task.isCancelled, let next = waiting.next() { group.addTask { await self.renew(next) } }
            }
        }
        return tried
    }

    private func renew(_ standing: CredentialStanding) async -> Bool {
        guard let channel = channels.directory.channel(standing.channel), channel.state != .removed,
              let connector = channels.directory.connector(of: standing.channel) as? any RefreshesTokens else {
            // A channel that is gone, or whose settings its connector refuses: looked at again when it is mended.
            try? await shelve(standing)       // a lost shelving means one more look
            return false
        }
        let admission = channels.admission(of: channel.id)
        do { _ = try await keeper.renew(standing.channel, standing.grant, connector) } catch {
            let after = try? await keeper.standings(of: standing.channel).first { $0.grant == standing.grant }      // unreadable: as if nothing had been noted
            if after?.state == .lapsed, error.failureClass == .unauthorised { await ledger.lose(channel.id, error, admittedAs: admission, in: channels) }
            // What could not even be noted (a pair that does not open) is not asked for again at once, and does not stand in the others' way.
            if after?.refreshAt == standing.refreshAt { try? await shelve(standing) }                               // a lost shelving means one more look
        }
        return true
    }

    private func shelve(_ standing: CredentialStanding) async throws {
        let again = (now() + .seconds(3600)).milliseconds
        try await ledger.database.write { tx in
            try tx.run("UPDATE credentials SET refresh_at = \(again) WHERE channel_id = \(standing.channel.value) AND grant_name = \(standing.grant) AND generation = \(standing.generation)")
        }
    }

    /// A pair that was saved late: another node may have spent its predecessor in vain and parked the channel.
    private func mend(_ id: ChannelID) async {
        do {
            let isParked = try await ledger.database.read { tx in try tx.first("SELECT 1 FROM channels WHERE id = \(id.value) AND state = 'parked'") { try $0.int(0) } != nil }
            if isParked { try await channels.setState(.active, reason: nil, of: id) }
            onMended.withLock { $0 }(id)
        } catch { logger.error("channel could not be taken up again", metadata: ["channel.id": "\(id)", "error": "\(error)"]) }
    }

    /// At the very end: nothing calls a platform any more. What is lost is told in the log and, where the database takes that much, as a problem.
    func settle() async {
        for id in await keeper.settle() {
            let name = channels.directory.channel(id)?.name ?? "\(id)"
            let message = "The platform had given \(name) a new token, and the database did not take it before the hub was stopped. Where the old one is not honoured any more, the channel has to be authorised again."
            do { try await ledger.write { try $0.raise(Problem(kind: .channelLost, subject: "channel:\(id)", channel: id, code: "token_not_saved", message: message)) } } catch {
                logger.critical("authorise the channel again: its new token is lost", metadata: ["channel.id": "\(id)", "channel.name": "\(name)"])
            }
        }
    }

    /// Warns of what ends: once at each of the days before, and when renewals fail in a row.
    private func watch() async throws {
        let time = now(), horizon = (time + .seconds(Int64(Self.warningDays[0]) * 86_400)).milliseconds
        let standings = try await ledger.database.read { tx in
            try tx.rows("""
                SELECT \(CredentialRows.columns) FROM credentials
                 WHERE refresh_expires_at < \(horizon) OR authorisation_expires_at < \(horizon) OR failures >= \(Self.failuresToTell)
                    OR EXISTS (SELECT 1 FROM problems WHERE kind = \(Problem.Kind.credentialEnding.rawValue) AND state = 'open' AND problems.channel_id = credentials.channel_id)
                """, CredentialRows.standing)
        }
        var ends: [ChannelID: Timestamp] = [:]
        for standing in standings where standing.generation > 0 {
            guard let channel = channels.directory.channel(standing.channel), channel.state != .removed else { continue }
            if let end = standing.lastsUntil { ends[channel.id] = min(ends[channel.id] ?? end, end) }
            try await warn(of: standing, channel, time)
        }
        let seen = ends
        ending.withLock { $0 = seen }
    }

    private func warn(of standing: CredentialStanding, _ channel: Channel, _ time: Timestamp) async throws {
        let subject = "channel:\(channel.id):\(standing.grant)"
        guard let warning = Self.warning(of: standing, channel.name, at: time) else {
            // The next time is news again, whatever was told this time.
            return try await ledger.write { try $0.tx.run("DELETE FROM problems WHERE kind = \(Problem.Kind.credentialEnding.rawValue) AND subject = \(subject)") }
        }
        try await ledger.write { transaction in
            // Told once a step; a person who has put it aside is told again at the next.
            let known = try transaction.tx.first("SELECT code FROM problems WHERE kind = \(Problem.Kind.credentialEnding.rawValue) AND subject = \(subject)") { try $0.text(0) }
            guard known != warning.code else { return }
            try transaction.raise(Problem(kind: .credentialEnding, subject: subject, channel: channel.id, code: warning.code, message: warning.message))
        }
    }

    /// nil: nothing to tell.
    package static func warning(of standing: CredentialStanding, _ name: String, at time: Timestamp) -> (code: String, message: String)? {
        if let end = standing.lastsUntil, let days = warningDays.last(where: { (end - time) <= .seconds(Int64($0) * 86_400) }) {
            let message = end <= time ? "The authorisation of \(name) has ended. Authorise it again; its work waits meanwhile."
                : "The authorisation of \(name) ends on \(end). Authorise it again before then: no refresh puts this off."
            return (end <= time ? "authorisation_ended" : "ends_within_\(days)_days", message)
        }
        if standing.failures >= failuresToTell, standing.state == .valid {
            return ("refresh_failing", "The token of \(name) could not be renewed \(standing.failures) times in a row: \(standing.fault ?? "no answer"). It is tried again by itself.")
        }
        return nil
    }
}
