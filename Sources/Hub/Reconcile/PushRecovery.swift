import Connect
import Database
package import Domain
package import Logging
import Synchronization

/// Asks platforms for the pushes they could not bring to the door, keeps them in the journal as if they had come, and only then lets the platform forget them.
///
/// One app of a platform is asked by one node at a time, through one of its channels; what it lost is that of all its shops, and each push goes to the channel that holds its account.
package final class PushRecovery: Sendable {
    package struct Application: Sendable, Hashable { package var platform: PlatformName, name: String }
    /// What one pass brought.
    package struct Report: Sendable, Equatable {
        /// Kept in the journal.
        package var recovered = 0
        /// Of accounts that nobody here holds.
        package var skipped = 0
    }

    /// Well below the three days for which Shopee keeps them (platforms/shopee.md §3.4), and no burden on an app's budget.
    static let intervalSeconds: Int64 = 600
    static let retryDelaysSeconds: [Int64] = [30, 60, 300, 900, 1800]
    static let lookAround = Duration.seconds(15)
    /// No look for so long: the machine slept, or its clock was set; what may have been lost meanwhile is asked for at once.
    static let outageAfter = Duration.seconds(300)
    static let claimTime = Duration.seconds(300)
    static let width = 4, maximumPages = 500
    /// Passes that failed in a row before a person is told; the platform keeps the pushes by then.
    static let failuresToTell = 3

    private let ledger: Ledger
    private let directory: ChannelDirectory
    private let intake: Intake
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let node: String
    private let signal = Signal()
    private let isEarly = Mutex(true)

    package init(ledger: Ledger, directory: ChannelDirectory, intake: Intake, now: @escaping @Sendable () -> Timestamp, logger: Logger, node: String = Vault.randomWord(bytes: 8)) {
        self.ledger = ledger; self.directory = directory; self.intake = intake; self.now = now; self.logger = logger; self.node = node
    }

    /// Asks now: the door was shut, or may have been.
    package func wake() {
        isEarly.withLock { $0 = true }
        signal.wake()
    }

    /// Runs until cancelled: at once, since the hub was down until now, and then at intervals.
    package func run() async {
        var last = now()
        while !Task.isCancelled {
            let time = now(), isOutage = time < last || time - last > Self.outageAfter
            last = time
            let isEarly = isEarly.withLock { isEarly in
                defer { isEarly = false }
                return isEarly || isOutage
            }
            await passes(isEarly: isEarly)
            await signal.wait(atMost: Self.lookAround)
        }
    }

    private func passes(isEarly: Bool) async {
        var waiting = applications().keys.sorted { ($0.platform, $0.name) < ($1.platform, $1.name) }.makeIterator()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.width { if let next = waiting.next() { group.addTask { await self.passAndReport(next, isEarly: isEarly) } } }
            while await group.next() != nil { if !Task.isCancelled, let next = waiting.next() { group.addTask { await self.passAndReport(next, isEarly: isEarly) } } }
        }
    }

    /// The apps that channels here belong to, each with the channels that it can be asked through: those that work first.
    private func applications() -> [Application: [ChannelID]] {
        let picture = directory.current
        let channels = picture.surroundings.channels.values.filter { $0.state == .active || $0.state == .parked }.sorted { ($0.state == .active ? 0 : 1, $0.id.value) < ($1.state == .active ? 0 : 1, $1.id.value) }
        return channels.reduce(into: [:]) { found, channel in
            guard let connector = picture.connectors[channel.id] as? any RecoversPushes else { return }
            found[Application(platform: channel.platform, name: connector.pushApplication), default: []].append(channel.id)
        }
    }

    private func passAndReport(_ application: Application, isEarly: Bool) async {
        do {
            if let report = try await pass(application, isEarly: isEarly), report != Report() {
                logger.notice("lost pushes recovered", metadata: ["platform": "\(application.platform)", "recovered": "\(report.recovered)", "skipped": "\(report.skipped)"])
            }
        } catch is CancellationError {} catch {
            logger.error("lost pushes could not be asked for", metadata: ["platform": "\(application.platform)", "error.code": "\((error as? any HubError)?.code ?? "internal")"])
        }
    }

    /// Everything that one app lost.
    ///
    /// - Parameter isEarly: also before it is due.
    /// - Returns: nil when it is not due, or another node asks.
    @discardableResult
    package func pass(_ application: Application, isEarly: Bool = false) async throws -> Report? {
        let at = now(), node = node
        guard let channels = applications()[application] else { return nil }
        let isDue = try await ledger.database.read { try PushRecoveryRows.isDue(application, now: at, in: $0) }
        guard isDue || isEarly else { return nil }
        guard let claim = try await ledger.database.write({ try PushRecoveryRows.claim(application, node: node, isEarly: isEarly, now: at, until: at + Self.claimTime, in: $0) }) else { return nil }
        do {
            let report = try await ask(channels, claim)
            try await end(claim, nil, channels)
            return report
        } catch {
            try await end(claim, error, channels)
            throw error
        }
    }

    /// Through the first channel that the platform answers: the app is the same, and one channel's trouble is not the others'.
    private func ask(_ channels: [ChannelID], _ claim: PushRecoveryRows.Claim) async throws -> Report {
        var last: any Error = ConnectorError.unreachable(reason: "no channel could ask")
        for channel in channels {
            guard let connector = directory.connector(of: channel) as? any RecoversPushes else { continue }
            do { return try await drain(connector, channel, claim) } catch let error as ConnectorError {
                last = error
                guard error.failureClass == .unauthorised || error.failureClass == .rejected else { break }
            }
        }
        throw last
    }

    private func drain(_ connector: any RecoversPushes, _ channel: ChannelID, _ claim: PushRecoveryRows.Claim) async throws -> Report {
        var report = Report(), confirmed: String?
        for _ in 0..<Self.maximumPages {
            try Task.checkCancellation()
            let lost = try await connector.lostPushes()
            let (recovered, skipped) = try await keep(lost.pushes, askedThrough: channel)
            report.recovered += recovered
            report.skipped += skipped
            guard let watermark = lost.watermark else { return report }
            // A list that stays as it was although it was confirmed would come for ever.
            guard watermark != confirmed else { throw ConnectorError.notUnderstood(field: "watermark", found: "the same one again after it was confirmed") }
            let at = now()
            // Another node has gone on from here, and confirms by itself what it keeps.
            guard try await ledger.database.write({ try PushRecoveryRows.prolong(claim, recovered: recovered, skipped: skipped, now: at, until: at + Self.claimTime, in: $0) }) else { return report }
            try await connector.confirmLostPushes(upTo: watermark)
            confirmed = watermark
            guard lost.hasMore else { return report }
        }
        return report
    }

    /// All of a page side by side, so that they share their commits; the page is confirmed only when each is on disk or is nobody's.
    private func keep(_ pushes: [LostPush], askedThrough channel: ChannelID) async throws -> (recovered: Int, skipped: Int) {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for push in pushes { group.addTask { try await self.intake.take(push, askedThrough: channel) } }
            var counts = (recovered: 0, skipped: 0)
            for try await isOurs in group { if isOurs { counts.recovered += 1 } else { counts.skipped += 1 } }
            return counts
        }
    }

    private func end(_ claim: PushRecoveryRows.Claim, _ error: (any Error)?, _ channels: [ChannelID]) async throws {
        let at = now(), application = claim.application, subject = "pushes:\(application.platform):\(application.name)"
        // A pass that was only stopped failed in nothing.
        guard let error, !(error is CancellationError) else {
            let due = error == nil ? at + .seconds(Self.intervalSeconds) : at
            return try await ledger.write { transaction in
                try PushRecoveryRows.end(claim, fault: nil, dueAt: due, now: at, in: transaction.tx)
                if error == nil { try transaction.resolve(.webhookMissing, subject: subject) }
            }
        }
        let fault = (error as? any HubError)?.sentence ?? "\(type(of: error))", code = (error as? any HubError)?.code ?? "internal"
        let name = channels.first.flatMap { directory.channel($0)?.name } ?? application.platform
        try await ledger.write { transaction in
            let failures = try PushRecoveryRows.failures(of: application, in: transaction.tx)
            var due = at + .seconds(Self.retryDelaysSeconds[min(failures, Self.retryDelaysSeconds.count - 1)])
            if case .throttled(let until)? = error as? ConnectorError { due = max(due, until) }
            try PushRecoveryRows.end(claim, fault: fault, dueAt: due, now: at, in: transaction.tx)
            guard failures + 1 >= Self.failuresToTell else { return }
            try transaction.raise(Problem(kind: .webhookMissing, subject: subject, channel: channels.first, code: code,
                                          message: "The pushes that could not be delivered to \(name) cannot be asked for: \(fault) The platform keeps them for some days, and the comparison finds the orders meanwhile."))
        }
    }
}
