package import Connect
import Database
package import Domain

/// What became of a dead letter that was tried again after its order was mended.
package struct MendedRetry: Sendable {
    /// nil: a job that fetches an order the ledger does not have yet.
    package var order: StoredOrder?
    /// False: the same job is in its queue already.
    package var isRetried: Bool
}

package enum MendedRetryFault: HubError, Equatable {
    case notOpen
    package var code: String { "not_found" }
    package var sentence: String { "There is no open dead letter with this id." }
    package var failureClass: FailureClass { .rejected }
}

extension Ledger {
    /// Mends the order and puts the dead letter back in its queue under its old key: both, or neither.
    ///
    /// - Parameters:
    ///   - handover: how a marketplace's shipment is arranged instead; other work has none.
    ///   - seenVersion: the revision that the person saw.
    /// - Throws: `MendedRetryFault.notOpen`, and what an edit throws.
    package func retry(_ id: JobID, mending changes: [String: String?], handover: Handover? = nil, seenVersion: Int?, by actor: AuditActor) async throws -> MendedRetry {
        try await write { transaction in
            guard var job = try transaction.openLetter(id) else { throw MendedRetryFault.notOpen }
            let before = try OrderRows.find(job.order, in: transaction.tx)
            var order = before
            if !changes.isEmpty {
                let mended = try transaction.mend(job.order, changes, was: before?.workflow, seenVersion: seenVersion, by: actor)
                // What it carries is the order as it is now: the one that was refused is of no use.
                if job.action == .sendEvent { job.payload = try transaction.document(of: mended) }
                order = mended
            }
            if let handover, job.action == .arrange { job.payload = try OrderRows.encodeOne(handover) }
            let isRetried = try transaction.putBack(job, reason: actor.name)
            let fields = (changes.keys + (handover == nil ? [] : ["handover"])).sorted().joined(separator: ", ")
            try transaction.audit(AuditChange(actor, "deadLetter.retry", "deadLetter:\(id)", before: before.map { ["revision": "\($0.version)"] },
                                              after: order.map { ["revision": "\($0.version)", "order": "\($0.id)"] }, note: fields.isEmpty ? nil : "fields: " + fields))
            return MendedRetry(order: order, isRetried: isRetried)
        }
    }
}

extension LedgerTransaction {
    fileprivate func openLetter(_ id: JobID) throws -> Job? {
        try tx.first("""
            SELECT id, route_id, destination_id, order_id, event_id, event_type, action, attempts, effect_unknown, idempotency_key, payload, died_at
              FROM dead_letters
             WHERE id = \(id.value) AND state = 'open'
            """, JobRows.read)
    }

    /// Who mends an order in order to send it on again has approved it with that.
    fileprivate func mend(_ id: OrderID, _ changes: [String: String?], was: Workflow?, seenVersion: Int?, by actor: AuditActor) throws -> StoredOrder {
        var order = try act(.edit(changes), on: id, by: actor.name, seenVersion: seenVersion)
        if was == .approved, order.workflow == .edited { order = try act(.approve, on: id, by: actor.name, seenVersion: nil) }
        // Nothing was booked: there is no booking that the change comes too late for.
        if try bookings(of: id) == 0 { try resolve(.changedAfterSent, subject: "order:\(id)") }
        return order
    }
}
