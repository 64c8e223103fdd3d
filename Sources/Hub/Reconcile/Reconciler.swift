package import Domain
import Connect
package import Logging
import Database
import Synchronization

/// Compares each platform with the ledger for ever: what webhooks missed is found, enters through intake marked as found by reconciliation, is counted and shown.
package final class Reconciler: Sendable {
    private let store: ChannelStore
    private let ledger: Ledger
    private let intake: Intake
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let working = Mutex<Set<ChannelID>>([])
    private let signal = Signal()
    private let watch = ReconcileWatch()

    static let lookAround = Duration.seconds(2)
    static let defaultIntervalSeconds = 120, defaultBackfillHours = 24
    static let pageLimit = 100, maximumPagesPerPass = 500
    /// A change this young may still be on its way as a webhook: it is looked at again in the next pass before it counts as missed.
    static let grace = Duration.seconds(45)
    static let webhookWatchSeconds: Int64 = 600

    package init(store: ChannelStore, ledger: Ledger, intake: Intake, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.store = store; self.ledger = ledger; self.intake = intake; self.logger = logger; self.now = now
    }

    package func wake() { signal.wake() }

    /// The comparison that runs or ran last; nil: none since the start.
    package func progress(of channel: ChannelID) -> ReconcileProgress? { watch.progress(of: channel) }
    /// What the platform said of our webhooks when it was asked last.
    package func webhooks(of channel: ChannelID) -> WebhookLook? { watch.webhooks(of: channel) }
    func saw(_ registrations: [WebhookRegistration], of channel: ChannelID) { watch.saw(.init(at: now(), registrations: registrations), of: channel) }

    /// Runs until cancelled: each channel at its own pace, none waiting for another.
    package func run() async {
        var due: [ChannelID: Timestamp] = [:], watched: [ChannelID: Timestamp] = [:], admitted: [ChannelID: Int] = [:], last = now()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                // A clock that was set back would leave every channel unlooked at until it has come round again.
                if now() < last { due = [:]; watched = [:] }
                last = now()
                for channel in store.directory.surroundings.channels.values where channel.state == .active {
                    let time = now(), admission = store.admission(of: channel.id)
                    // Let in again since, by a consent, a person or other settings: what was missed meanwhile is looked for at once.
                    if admitted[channel.id] != admission { due[channel.id] = nil; watched[channel.id] = nil }
                    guard due[channel.id].map({ time >= $0 }) ?? true, working.withLock({ $0.insert(channel.id).inserted }) else { continue }
                    admitted[channel.id] = admission
                    due[channel.id] = time + .seconds(interval(of: channel))
                    let watches = watched[channel.id].map { (time - $0).inMilliseconds >= Self.webhookWatchSeconds * 1000 } ?? true
                    if watches { watched[channel.id] = time }
                    group.addTask {
                        if watches { await self.watchWebhooks(of: channel) }
                        await self.passAndReport(channel)
                        self.working.withLock { _ = $0.remove(channel.id) }
                    }
                }
                await signal.wait(atMost: Self.lookAround)
            }
        }
    }

    private func interval(of channel: Channel) -> Int64 {
        let asked = channel.settings[HubSetting.reconcileSeconds].flatMap(Int64.init) ?? Int64(Self.defaultIntervalSeconds)
        return min(max(asked, 1), 86_400)
    }

    private func passAndReport(_ channel: Channel) async {
        let admission = store.admission(of: channel.id)
        do {
            let report = try await pass(channel)
            if report != nil { try await ledger.write { try $0.resolve(.reconcileFailed, subject: "channel:\(channel.id)") } }
        } catch let error as ConnectorError {
            if error.failureClass == .unauthorised { return await ledger.lose(channel.id, error, admittedAs: admission, in: store) }
            await raise(channel, error.code, "The comparison with \(channel.name) failed: \(error.sentence)")
        } catch is CancellationError {} catch {
            logger.error("reconciliation failed", metadata: ["channel.id": "\(channel.id)", "error": "\(error)"])
        }
    }

    /// What one pass saw.
    package struct Report: Sendable, Equatable {
        package var listed = 0, present = 0, repaired = 0, waiting = 0
        package var oldestGap: Timestamp?
    }

    /// One comparison from the cursor to now. nil: the channel lists nothing.
    @discardableResult
    package func pass(_ channel: Channel, from start: Timestamp? = nil) async throws -> Report? {
        guard let connector = store.directory.connector(of: channel.id) as? any ListsOrders else { return nil }
        let time = now()
        let cursor = try await position(of: channel, time)
        let since = (start ?? cursor) - connector.listingOverlap
        var pass = Pass(cursor: cursor, grace: time - Self.grace)
        watch.began(channel.id, isFirst: try await ledger.cursor(of: channel.id, name: "reconcile") == nil, since: since, at: time)
        do { try await list(connector, channel, since: since, until: nil, depth: 0, into: &pass) } catch {
            watch.ended(channel.id, pass.report, fault: error as? ConnectorError, at: now())
            throw error
        }
        let position = min(pass.holdBack ?? pass.latest ?? cursor, time)
        let done = pass
        // The cursor moves only after its rows are on disk.
        try await ledger.write { transaction in
            try transaction.moveCursor(channel: channel.id, name: "reconcile", to: max(position, cursor).milliseconds)
            for (hour, counts) in done.hours { try transaction.addCompleteness(channel: channel.id, hour: hour, counts) }
            for missed in done.missed { try transaction.noteMissed(missed, in: channel.id) }
        }
        watch.ended(channel.id, done.report, fault: nil, at: now())
        return done.report
    }

    private struct Pass {
        let cursor: Timestamp, grace: Timestamp
        var report = Report(), latest: Timestamp?, holdBack: Timestamp?
        var hours: [Int64: CompletenessCounts] = [:]
        var missed: [MissedOrder] = []
        var pages = 0
    }

    /// Lists a window. Where the platform or the parser chokes on it, the window is halved until the poison is alone, and that second is put aside.
    private func list(_ connector: any ListsOrders, _ channel: Channel, since: Timestamp, until: Timestamp?, depth: Int, into pass: inout Pass) async throws {
        var cursor: String?
        do {
            repeat {
                try Task.checkCancellation()
                let page = try await connector.listOrders(changedSince: since, until: until, cursor: cursor, limit: Self.pageLimit)
                try await compare(page, channel, into: &pass)
                watch.saw(pass.report, of: channel.id)
                cursor = page.nextCursor
                pass.pages += 1
            } while cursor != nil && pass.pages < Self.maximumPagesPerPass
            // A pass that is cut short goes on from what it has seen.
            if cursor != nil, let latest = pass.latest { pass.holdBack = min(pass.holdBack ?? latest, latest) }
        } catch let error as ConnectorError where isPoison(error) {
            let end = until ?? now()
            guard depth < 24, (end - since).inMilliseconds > 1000 else {
                try await quarantine(channel, since: since, until: end, error)
                pass.latest = max(pass.latest ?? end, end)
                return
            }
            // Cut at whole seconds, so that the same poison is found in the same window by every look.
            var middle = Timestamp(milliseconds: (since.milliseconds + end.milliseconds) / 2 / 1000 * 1000)
            if middle <= since { middle = middle + .seconds(1) }
            try await list(connector, channel, since: since, until: min(middle, end), depth: depth + 1, into: &pass)
            if middle < end { try await list(connector, channel, since: middle, until: until ?? end, depth: depth + 1, into: &pass) }
        }
    }

    private func isPoison(_ error: ConnectorError) -> Bool { if case .notUnderstood = error { true } else { false } }

    /// Ids and revisions side by side; what is missing or older here enters through intake like anything else.
    private func compare(_ page: ListedPage, _ channel: Channel, into pass: inout Pass) async throws {
        let known = try await ledger.revisions(of: page.orders.map(\.externalID), in: channel.id)
        for listed in page.orders {
            pass.latest = max(pass.latest ?? listed.updatedAt, listed.updatedAt)
            let isCounted = listed.updatedAt > pass.cursor
            let hour = listed.updatedAt.milliseconds / 3_600_000
            if isCounted { pass.report.listed += 1; pass.hours[hour, default: CompletenessCounts()].onPlatform += 1 }
            if let stored = known[listed.externalID], stored >= listed.updatedAt {
                if isCounted { pass.report.present += 1; pass.hours[hour, default: CompletenessCounts()].here += 1 }
                continue
            }
            let digest = listed.body.map { StableHash.of($0) } ?? 0
            let key = "reconcile:\(listed.externalID):\(listed.updatedAt.milliseconds):\(digest)"
            if try await ledger.receiptDigest(ReceiptKey(channel: channel.id, key: key)) != nil { continue }
            if listed.updatedAt > pass.grace {
                pass.report.waiting += 1
                let before = listed.updatedAt - .milliseconds(1)
                pass.holdBack = min(pass.holdBack ?? before, before)
                if isCounted { pass.report.listed -= 1; pass.hours[hour, default: CompletenessCounts()].onPlatform -= 1 }
                continue
            }
            pass.report.repaired += 1
            if pass.missed.count < MissedOrder.perPass { pass.missed.append(MissedOrder(externalID: listed.externalID, changedAt: listed.updatedAt)) }
            pass.report.oldestGap = min(pass.report.oldestGap ?? listed.updatedAt, listed.updatedAt)
            pass.hours[hour, default: CompletenessCounts()].repaired += 1
            pass.hours[hour, default: CompletenessCounts()].oldestGap = min(pass.hours[hour]?.oldestGap ?? listed.updatedAt, listed.updatedAt)
            if let body = listed.body {
                try await intake.take(channel: channel.id, origin: .reconciliation, topic: listed.topic, key: key, body: body, askedAt: page.askedAt)
            } else {
                let externalID = listed.externalID
                try await ledger.write { try $0.enqueueFetch(of: externalID, in: channel.id, order: nil) }
            }
        }
    }

    private func position(of channel: Channel, _ time: Timestamp) async throws -> Timestamp {
        if let stored = try await ledger.cursor(of: channel.id, name: "reconcile") { return Timestamp(milliseconds: stored) }
        let hours = channel.settings[HubSetting.backfillHours].flatMap(Int64.init) ?? Int64(Self.defaultBackfillHours)
        return time - .seconds(min(max(hours, 0), 1440) * 3600)
    }

    private func quarantine(_ channel: Channel, since: Timestamp, until: Timestamp, _ error: ConnectorError) async throws {
        try await ledger.write { transaction in
            try transaction.raise(Problem(kind: .poisonOrder, subject: "channel:\(channel.id):\(since.milliseconds / 1000)", channel: channel.id, code: error.code,
                                          message: "An order of \(channel.name) that changed between \(since) and \(until) cannot be listed: \(error.sentence) It was passed over; the others go on."))
        }
    }

    private func raise(_ channel: Channel, _ code: String, _ message: String, kind: Problem.Kind = .reconcileFailed) async {
        do {
            try await ledger.write { try $0.raise(Problem(kind: kind, subject: "channel:\(channel.id)", channel: channel.id, code: code, message: message)) }
        } catch { logger.error("problem could not be raised", metadata: ["channel.id": "\(channel.id)", "error": "\(error)"]) }
    }

    /// Of webhooks that were gone and are there again: a person should know, however they stand now.
    static let webhooksLost = "webhook_missing"

    /// Platforms delete or disable subscriptions silently: look whether ours still stand, and mend them.
    package func watchWebhooks(of channel: Channel) async {
        guard channel.settings[HubSetting.webhooks] != "manual", let connector = store.directory.connector(of: channel.id) as? any RegistersWebhooks else { return }
        let url = store.hookURL(of: channel)
        do {
            let now = try await connector.listWebhooks(at: url)
            saw(now, of: channel.id)
            try await ledger.write { try $0.resolveUncheckedWebhooks(of: channel.id) }
            guard now.isEmpty || now.contains(where: { $0.state != .active }) else { return }
            let lost = now.filter { $0.state != .active }.map(\.topic)
            let mended = try await connector.registerWebhooks(at: url)
            saw(mended, of: channel.id)
            logger.notice("webhooks registered", metadata: ["channel.id": "\(channel.id)", "count": "\(mended.count)"])
            if !lost.isEmpty, try await ledger.cursor(of: channel.id, name: "webhooks") != nil {
                await raise(channel, Self.webhooksLost, "\(channel.name) had lost the webhooks \(lost.joined(separator: ", ")). They were registered again, and the comparison finds what was missed.", kind: .webhookMissing)
            }
            try await ledger.write { try $0.moveCursor(channel: channel.id, name: "webhooks", to: 1) }
        } catch let error as ConnectorError {
            watch.saw(.init(at: self.now(), registrations: [], fault: error), of: channel.id)
            // The comparison parks the channel and says so.
            if error == .consentAwaited { return }
            await raise(channel, error.code, "The webhooks of \(channel.name) could not be checked: \(error.sentence)", kind: .webhookMissing)
        } catch { logger.error("webhooks could not be checked", metadata: ["channel.id": "\(channel.id)", "error": "\(error)"]) }
    }
}

package struct CompletenessCounts: Sendable, Equatable {
    package var onPlatform = 0, here = 0, repaired = 0
    package var oldestGap: Timestamp?
}

extension LedgerTransaction {
    /// A look at the webhooks went well.
    func resolveUncheckedWebhooks(of channel: ChannelID) throws {
        try tx.run("""
            UPDATE problems SET state = 'resolved', updated_at = \(now.milliseconds)
             WHERE kind = \(Problem.Kind.webhookMissing.rawValue) AND subject = \("channel:\(channel)") AND state = 'open' AND code <> \(Reconciler.webhooksLost)
            """)
    }

    func addCompleteness(channel: ChannelID, hour: Int64, _ counts: CompletenessCounts) throws {
        try tx.run("""
            INSERT INTO completeness (channel_id, hour, on_platform, here, repaired, oldest_gap_at, checked_at)
            VALUES (\(channel.value), \(hour), \(counts.onPlatform), \(counts.here), \(counts.repaired), \(counts.oldestGap?.milliseconds), \(now.milliseconds))
            ON CONFLICT (channel_id, hour) DO UPDATE
               SET on_platform = completeness.on_platform + excluded.on_platform, here = completeness.here + excluded.here,
                   repaired = completeness.repaired + excluded.repaired, oldest_gap_at = COALESCE(completeness.oldest_gap_at, excluded.oldest_gap_at),
                   checked_at = excluded.checked_at
            """)
    }
}

extension Ledger {
    package func cursor(of channel: ChannelID, name: String) async throws -> Int64? {
        try await database.read { tx in try tx.first("SELECT position FROM cursors WHERE channel_id = \(channel.value) AND name = \(name)") { try $0.int64(0) } }
    }

    /// The platform's updated time of each known order among `ids`.
    func revisions(of ids: [ExternalID], in channel: ChannelID) async throws -> [ExternalID: Timestamp] {
        guard !ids.isEmpty else { return [:] }
        return try await database.read { tx in
            let rows = try tx.rows("SELECT external_id, source_updated_at FROM orders WHERE channel_id = \(channel.value) AND external_id IN (\(list: ids))") {
                (try $0.text(0), Timestamp(milliseconds: try $0.int64(1)))
            }
            return Dictionary(rows, uniquingKeysWith: { first, _ in first })
        }
    }
}
