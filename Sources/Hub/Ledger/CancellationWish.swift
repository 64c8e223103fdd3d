package import Domain
import Connect
import Database
import Foundation

extension StoredOrder {
    /// The buyer's wish to cancel, which waits for the seller's word at the marketplace; nil: there is none. While it stands nothing of the order is packed (`packingHindrance`).
    package var cancellationWish: Flag? { snapshot.flags.first { $0.code == Flag.cancelRequested } }

    /// Why nothing of it may be packed or counted into a manifest, as a part of a sentence; nil: it may.
    package var packingHindrance: String? {
        switch workflow {
        case .cancelled: "the order was cancelled"
        case .excluded: "the order was excluded"
        case .awaitingConfirmation: "the order is held"
        case .new, .edited, .approved, .queued, .synced, .processed: cancellationWish == nil ? nil : "the buyer asks to cancel it, and nobody has answered yet"
        }
    }
}

/// What a person's word on a wish to cancel came to.
package enum CancellationFault: HubError, Equatable {
    case noWish, answered(isAccepted: Bool), unable

    package var code: String {
        switch self {
        case .noWish: "no_cancellation_wish"
        case .answered: "cancellation_answered"
        case .unable: "cancellation_not_answerable"
        }
    }
    package var sentence: String {
        switch self {
        case .noWish: "Nobody asks to cancel this order, or the marketplace has decided already."
        case .answered(let isAccepted): "The wish to cancel was \(isAccepted ? "accepted" : "rejected") already. The marketplace is being told."
        case .unable: "This platform takes no answer to a wish to cancel. Answer it in the platform's own console."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// A person's word, as the job carries it.
struct CancellationAnswer: Sendable, Equatable, Codable { var isAccepted: Bool, reason: String? }

/// One wish of an order's buyer, from asking to its end.
struct StoredWish: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        case open
        /// A person has answered, and the marketplace is being told.
        case answering
        case answered
        /// It stands no more.
        case over
    }
    var id: Int64, number: Int, state: State, isAccepted: Bool?
}

extension Ledger {
    /// A person's word on a buyer's wish to cancel: a job tells the marketplace, once for each wish. The same word again changes nothing.
    ///
    /// - Parameter reason: for the marketplace, where it takes one (Lazada: the number of a reason), and for the timeline.
    /// - Throws: `LedgerError.unknownOrder`, `CancellationFault`.
    @discardableResult
    package func answerCancellation(of id: OrderID, isAccepted: Bool, reason: String?, by actor: AuditActor) async throws -> StoredOrder {
        guard let order = try await order(id) else { throw LedgerError.unknownOrder }
        guard canAnswerCancellation(of: order) else { throw CancellationFault.unable }
        return try await write { try $0.answerCancellation(of: id, isAccepted: isAccepted, reason: reason, by: actor) }
    }

    /// Whether the order's marketplace waits for the seller's word and takes it from us: the page shows its buttons then.
    package func canAnswerCancellation(of order: StoredOrder) -> Bool { channels.connector(of: order.channel) is any AnswersCancellations }
}

extension LedgerTransaction {
    private func lastWish(of order: OrderID) throws -> StoredWish? {
        try tx.first("SELECT id, number, state, is_accepted FROM cancellation_wishes WHERE order_id = \(order.value) ORDER BY number DESC LIMIT 1") { row in
            StoredWish(id: try row.int64(0), number: try row.int(1), state: try row.value(StoredWish.State.self, 2), isAccepted: try row.optionalInt64(3).map { $0 != 0 })
        }
    }

    /// Follows the flag of a snapshot: a new wish is kept and raised, one that stands no more has come to its end.
    func followWish(of order: StoredOrder, was old: StoredOrder?) throws {
        let stands = order.cancellationWish != nil && order.workflow != .cancelled, stood = old?.cancellationWish != nil
        guard stands || stood else { return }
        let last = try lastWish(of: order.id), subject = "order:\(order.id)"
        if !stands {
            try tx.run("UPDATE cancellation_wishes SET state = 'over' WHERE order_id = \(order.id.value) AND state <> 'over'")
            return try resolve(.cancellationWish, subject: subject)
        }
        // An answer that the platform does not show yet is no new wish.
        guard last == nil || last?.state == .over else { return }
        let limit = order.snapshot.attributes[Flag.answerByAttribute].flatMap { Timestamp(rfc3339: $0) }
        try tx.run("""
            INSERT INTO cancellation_wishes (id, order_id, number, state, asked_at, answer_by) VALUES (\(nextID()), \(order.id.value), \((last?.number ?? 0) + 1), 'open', \(now.milliseconds), \(limit?.milliseconds))
            """)
        let platform = surroundings.channels[order.channel]?.name ?? "The marketplace"
        let until = limit.map { "by \($0), else \(platform) decides" } ?? "soon: \(platform) decides by itself after a while, and does not say when"
        try raise(Problem(kind: .cancellationWish, subject: subject, channel: order.channel, order: order.id, code: Flag.cancelRequested,
                          message: "The buyer asks to cancel the order. Accept or reject it on the order's page, \(until). Nothing of it is packed meanwhile."))
    }

    func answerCancellation(of id: OrderID, isAccepted: Bool, reason: String?, by actor: AuditActor) throws -> StoredOrder {
        guard let order = try OrderRows.find(id, in: tx) else { throw LedgerError.unknownOrder }
        guard let wish = try lastWish(of: id), wish.state != .over, order.cancellationWish != nil else { throw CancellationFault.noWish }
        if wish.state != .open {
            if wish.isAccepted == isAccepted { return order }
            throw CancellationFault.answered(isAccepted: wish.isAccepted ?? false)
        }
        let cause = Cause(.person, actor.name, detail: reason), event = try record(.noted, of: order, cause: cause, note: "the buyer's wish to cancel is \(isAccepted ? "accepted" : "rejected")")
        let payload = try OrderRows.encodeOne(CancellationAnswer(isAccepted: isAccepted, reason: reason))
        try insert(Job(id: JobID(nextID()), route: RouteID(0), destination: order.channel, order: id, event: event, eventType: EventType.noted.rawValue, action: .answerCancellation,
                       idempotencyKey: "answerCancellation:\(id):\(wish.number)", payload: payload, createdAt: now), isOrdered: true, isPaused: false)
        try tx.run("""
            UPDATE cancellation_wishes SET state = 'answering', is_accepted = \(isAccepted), reason = \(reason), answered_by = \(actor.name), answered_at = \(now.milliseconds) WHERE id = \(wish.id)
            """)
        try resolve(.cancellationWish, subject: "order:\(id)")
        try audit(AuditChange(actor, "order.cancellation", "order:\(id)", after: ["accepted": "\(isAccepted)"]))
        return order
    }

    /// The marketplace could not be told for good: a person may say it again, or otherwise.
    func cancellationAnswerFailed(_ job: Job) throws {
        try tx.run("UPDATE cancellation_wishes SET state = 'open', is_accepted = NULL WHERE order_id = \(job.order.value) AND state = 'answering'")
    }

    /// The marketplace has heard it. What it makes of it is read at once; the hold ends with what it says then.
    func cancellationAnswered(_ job: Job, cause: Cause, isTold: Bool, canFetch: Bool) throws {
        guard let order = try OrderRows.find(job.order, in: tx) else { return }
        let isAccepted = try job.payload.map { try OrderRows.decode(CancellationAnswer.self, $0, column: "payload").isAccepted } ?? false
        try tx.run("UPDATE cancellation_wishes SET state = 'answered', is_accepted = \(isAccepted) WHERE order_id = \(order.id.value) AND state <> 'over'")
        if isTold { try record(.shopInformed, of: order, cause: cause, note: isAccepted ? "the cancellation is accepted" : "the cancellation is rejected") }
        if canFetch { try enqueueFetch(of: order.snapshot.externalID, in: order.channel, order: order.id) }
    }
}
