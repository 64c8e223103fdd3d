package import Domain
package import Connect
package import Logging
import Database
import Synchronization

/// The one door: authenticates a delivery's raw bytes, keeps it on disk, and only then answers. It interprets nothing.
package final class Intake: Sendable {
    private let journal: Journal
    private let directory: ChannelDirectory
    private let ledger: Ledger
    private let counters: Counters
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    /// Keys of recent deliveries on channels whose contract asks for "duplicate" in the answer; the ledger knows the older ones.
    private let recent = Mutex(RecentReceipts())
    private let isClosing = Mutex(false)
    private let refusals: RefusalLog
    private let accounts: AccountFinder

    package init(journal: Journal, directory: ChannelDirectory, ledger: Ledger, counters: Counters, refusals: RefusalLog, accounts: AccountFinder, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.journal = journal; self.directory = directory; self.ledger = ledger; self.counters = counters; self.refusals = refusals; self.accounts = accounts; self.now = now; self.logger = logger
    }

    package static let retryAfterSeconds = 5

    /// From now on everything is refused with 503: the process is shutting down.
    package func close() { isClosing.withLock { $0 = true } }

    package func channel(hookKey: String) -> (id: ChannelID, maximumBodyBytes: Int)? {
        guard let id = directory.channel(hookKey: hookKey), let descriptor = directory.descriptor(of: id) else { return nil }
        return (id, descriptor.maximumBodyBytes)
    }

    /// Answers a platform's call. A 2xx means that the delivery is on disk (law 1).
    package func receive(_ delivery: IncomingDelivery, on channel: ChannelID) async -> HookAnswer {
        guard !isClosing.withLock({ $0 }) else { return busy("shutting_down") }
        guard let connector = directory.connector(of: channel) as? any ReceivesWebhooks else {
            return HookAnswer(status: 404, code: "takes_no_deliveries")
        }
        switch connector.verify(delivery) {
        case .answer(let answer): return answer
        case .refuse(let answer):
            refusals.add(channel: channel, code: answer.code, at: delivery.receivedAt)
            counters.add(to: "crossdock_hooks_refused_total", label: "outcome", value: answer.code)
            return answer
        case .accept(let receipt):
            guard let account = receipt.account else { return await accept(delivery, receipt, channel, connector) }
            let owner: ChannelID?
            do { owner = try await accounts.channel(holding: account, like: channel) } catch {
                counters.add(to: "crossdock_hooks_unkept_total")
                logger.error("the channel of a delivery could not be looked up", metadata: ["channel.id": "\(channel)", "error.code": "\((error as? any HubError)?.code ?? "internal")"])
                return busy("not_kept")
            }
            guard let owner else {
                // Another shop of the same app that is not connected here: nothing of it is ours to keep, and the platform is not to send it again.
                refuseStranger(on: channel, at: delivery.receivedAt)
                return connector.answer(.accepted, receipt: receipt)
            }
            return await accept(delivery, receipt, owner, connector)
        }
    }

    private func refuseStranger(on channel: ChannelID, at time: Timestamp) {
        refusals.add(channel: channel, code: "unknown_account", at: time)
        counters.add(to: "crossdock_hooks_refused_total", label: "outcome", value: "unknown_account")
    }

    private func accept(_ delivery: IncomingDelivery, _ receipt: Receipt, _ channel: ChannelID, _ connector: any ReceivesWebhooks) async -> HookAnswer {
        let key = ReceiptKey(channel: channel, key: receipt.key)
        do {
            if directory.descriptor(of: channel)?.answersDuplicates == true, let known = try await lookUp(key, delivery, receipt, channel) {
                return connector.answer(known, receipt: receipt)
            }
            let entry = Journal.Entry(channel: channel, origin: .webhook, topic: receipt.topic, key: key, headers: receipt.keptHeaders, complaint: receipt.quarantine?.code,
                                      body: delivery.body, receivedAt: delivery.receivedAt)
            _ = try await journal.append(entry)
            counters.add(to: "crossdock_hooks_accepted_total")
            if let complaint = receipt.quarantine { return connector.answer(.quarantined(complaint), receipt: receipt) }
            return connector.answer(.accepted, receipt: receipt)
        } catch {
            recent.withLock { $0.forget(key) }
            counters.add(to: "crossdock_hooks_unkept_total")
            logger.error("delivery could not be kept", metadata: ["channel.id": "\(channel)", "error.code": "\((error as? DatabaseError)?.code ?? "internal")"])
            return busy((error as? DatabaseError)?.code ?? "not_kept")
        }
    }

    /// What the contract calls duplicate, reused, stale or conflicting; nil: new. A concurrent twin finds the key that the first one left.
    private func lookUp(_ key: ReceiptKey, _ delivery: IncomingDelivery, _ receipt: Receipt, _ channel: ChannelID) async throws -> AcceptanceOutcome? {
        let digest = StableHash.of(delivery.body)
        if let known = recent.withLock({ $0.remember(key, digest: digest) }) { return known == digest ? .duplicate : .idReused }
        if let known = try await ledger.receiptDigest(key) { return known == digest ? .duplicate : .idReused }
        if let version = receipt.version, let order = try await ledger.order(channel: channel, externalID: version.externalID) {
            if version.counter < order.revision.counter { return .stale }
            if version.counter == order.revision.counter {
                return try await ledger.hasSameContent(as: delivery.body, receipt: receipt, order: order, directory: directory, channel: channel) ? .duplicate : .revisionConflict
            }
        }
        return nil
    }

    private func busy(_ code: String) -> HookAnswer { HookAnswer(status: 503, code: code, retryAfterSeconds: Self.retryAfterSeconds) }

    /// A poll's row, a fetched order, a file's order or an API push: the same journal, the same guarantees.
    @discardableResult
    package func take(channel: ChannelID, origin: DeliveryOrigin, topic: String, key: String, body: [UInt8], askedAt: Timestamp? = nil) async throws -> DeliveryID {
        try await journal.append(Journal.Entry(channel: channel, origin: origin, topic: topic, key: ReceiptKey(channel: channel, key: key), body: body,
                                               receivedAt: now(), askedAt: askedAt))
    }

    /// A push that the platform could not bring to the door and was asked for: to the channel whose account it speaks of, under the key that it would have had there.
    ///
    /// - Parameter asker: the channel through which it was asked for.
    /// - Returns: false for a stranger's, which is counted and not kept.
    func take(_ push: LostPush, askedThrough asker: ChannelID) async throws -> Bool {
        var owner: ChannelID? = asker
        if let account = push.account { owner = try await accounts.channel(holding: account, like: asker) }
        guard let owner else {
            refuseStranger(on: asker, at: now())
            return false
        }
        _ = try await journal.append(Journal.Entry(channel: owner, origin: .webhook, topic: push.topic, key: ReceiptKey(channel: owner, key: push.receiptKey), complaint: push.complaint,
                                                   body: push.body, receivedAt: now()))
        counters.add(to: "crossdock_pushes_recovered_total")
        return true
    }
}

/// The last receipts of channels that tell duplicates apart, bounded: two generations, the older is dropped when the newer is full.
struct RecentReceipts: Sendable {
    static let generation = 50_000
    private var newer: [ReceiptKey: UInt64] = [:], older: [ReceiptKey: UInt64] = [:]

    /// - Returns: the digest that was known already, or nil after remembering this one.
    mutating func remember(_ key: ReceiptKey, digest: UInt64) -> UInt64? {
        if let known = newer[key] ?? older[key] { return known }
        if newer.count >= Self.generation { older = newer; newer = [:] }
        newer[key] = digest
        return nil
    }
    mutating func forget(_ key: ReceiptKey) { newer[key] = nil; older[key] = nil }
}

/// Refused calls by channel, for the channel's page: counts and the last time, never a body.
package final class RefusalLog: Sendable {
    package struct Entry: Sendable, Equatable { package var code: String, count: Int, lastAt: Timestamp }
    private let entries = Mutex<[ChannelID: [String: Entry]]>([:])
    package init() {}
    package func add(channel: ChannelID, code: String, at: Timestamp) {
        entries.withLock { entries in
            var entry = entries[channel]?[code] ?? Entry(code: code, count: 0, lastAt: at)
            entry.count += 1
            entry.lastAt = at
            entries[channel, default: [:]][code] = entry
        }
    }
    package func entries(of channel: ChannelID) -> [Entry] { entries.withLock { ($0[channel] ?? [:]).values.sorted { $0.code < $1.code } } }
}

extension Ledger {
    func receiptDigest(_ key: ReceiptKey) async throws -> UInt64? {
        try await database.read { tx in
            try tx.first("SELECT body_digest FROM receipts WHERE receipt_key = \(key.bytes)") { UInt64(bitPattern: try $0.int64(0)) }
        }
    }

    /// Whether an order body of the same platform revision says the same as what is stored.
    func hasSameContent(as body: [UInt8], receipt: Receipt, order: StoredOrder, directory: ChannelDirectory, channel: ChannelID) async throws -> Bool {
        guard let connector = directory.connector(of: channel) as? any InterpretsDeliveries else { return true }
        let delivery = StoredDelivery(id: DeliveryID(0), channel: channel, origin: .webhook, topic: receipt.topic, headers: receipt.keptHeaders, body: body, receivedAt: now())
        guard let meaning = try connector.interpret(delivery).first, case .order(let snapshot) = meaning else { return true }
        return PreparedOrder(snapshot, numbers: directory.descriptor(of: channel)?.regionNumbers ?? .cut).digest == order.sourceDigest
    }
}
