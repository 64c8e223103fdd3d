import Domain
import Database
import Logging

/// Carries bulk actions out, some hundred orders a transaction: what an order became and that it was done are one commit, so a restart goes on where it stopped.
package struct BulkWorker: Sendable {
    static let batch = 200, lookAround = Duration.seconds(5), afterFailure = Duration.seconds(1)
    static let gone = BulkVerdict.refused(code: "gone", sentence: "There is no such order.")

    let ledger: Ledger
    let beacon: Beacon
    let signal: Signal
    let exports: BulkExport
    let logger: Logger

    /// Runs until cancelled. The batch that is under way is finished first.
    package func run() async {
        let backfill = MarkBackfill(ledger: ledger)
        var isBackfilled = false
        while !Task.isCancelled {
            do {
                if try await step() { continue }
                if !isBackfilled {
                    isBackfilled = try await !backfill.step()
                    continue
                }
            } catch {
                if Task.isCancelled { return }
                logger.error("bulk action could not go on", metadata: ["error": "\(type(of: error))"])
                await signal.wait(atMost: Self.afterFailure)
                continue
            }
            await signal.wait(atMost: Self.lookAround)
        }
    }

    /// - Returns: false when there is nothing to do.
    package func step() async throws -> Bool {
        guard let action = try await ledger.database.read({ try BulkRows.next(in: $0) }) else { return false }
        if action.state == .running, action.request.kind == .export { try await export(action) } else { try await batch(action) }
        beacon.tell("jobs", "\(action.id)")
        return true
    }

    private func batch(_ action: BulkAction) async throws {
        let number = action.id
        try await ledger.write { transaction in
            let tx = transaction.tx
            guard var action = try BulkRows.find(number, in: tx), !action.isFinished else { return }
            if action.state == .cancelling { return try finish(&action, as: .cancelled, transaction) }
            let undoing = try action.undoOf.flatMap { try BulkRows.find($0, in: tx)?.request }
            let items = try BulkRows.items(of: number, after: action.position, limit: Self.batch, in: tx)
            for item in items {
                let (verdict, was, became) = try carryOut(action, undoing: undoing, item, transaction)
                try BulkRows.settle(item, of: number, verdict, was: was, became: became, in: tx)
                switch verdict {
                case .goes: action.went += 1
                case .unchanged: action.unchanged += 1
                case .refused: action.refused += 1
                }
                action.position = item.position
            }
            if items.count < Self.batch || action.position >= action.total { return try finish(&action, as: .done, transaction) }
            try BulkRows.save(action, at: transaction.now, in: tx)
        }
    }

    private func finish(_ action: inout BulkAction, as state: BulkAction.State, _ transaction: LedgerTransaction) throws {
        action.state = state
        try BulkRows.save(action, at: transaction.now, in: transaction.tx)
        try transaction.audit(AuditChange(action.actor, "bulk.end", "bulk:\(action.id)",
                                          after: ["state": state.rawValue, "went": "\(action.went)", "unchanged": "\(action.unchanged)", "refused": "\(action.refused)"]))
    }

    /// One order: judged as the preview judged it, then changed, alone.
    private func carryOut(_ action: BulkAction, undoing: BulkRequest?, _ item: BulkRows.Item, _ transaction: LedgerTransaction) throws -> (BulkVerdict, was: String?, became: String?) {
        do { return try transaction.isolated { try decide(action, undoing: undoing, item, transaction) } } catch let error as DatabaseError where error.isTransient { throw error } catch let error as any HubError {
            return (.refused(code: error.code, sentence: error.sentence), item.was, item.became)
        } catch let error as DatabaseError { return (.refused(code: error.code, sentence: error.sentence), item.was, item.became) }
    }

    private func decide(_ action: BulkAction, undoing: BulkRequest?, _ item: BulkRows.Item, _ transaction: LedgerTransaction) throws -> (BulkVerdict, was: String?, became: String?) {
        guard let order = try OrderRows.find(item.order, in: transaction.tx) else { return (Self.gone, item.was, item.became) }
        let tag = (undoing ?? action.request).tag
        let facts = BulkFacts(workflow: order.workflow, fulfilment: order.fulfilment, hasTag: tag.map { OrderField.value(of: "tag.\($0)", in: order.snapshot) != nil } ?? false,
                              chosenCourier: order.chosenCourier, was: item.was, became: item.became, lacksNumber: action.request.lacksNumber(order.id))
        let verdict = BulkLaw.verdict(action.request, undoing: undoing, facts)
        guard verdict == .goes else { return (verdict, item.was, item.became) }
        let after = try perform(action, undoing: undoing, item, on: order, transaction), isCourier = action.request.kind == .courier
        return (.goes, isCourier ? order.chosenCourier : order.workflow.rawValue, isCourier ? after.chosenCourier : after.workflow.rawValue)
    }

    private func perform(_ action: BulkAction, undoing: BulkRequest?, _ item: BulkRows.Item, on order: StoredOrder, _ transaction: LedgerTransaction) throws -> StoredOrder {
        let request = action.request, actor = action.actor.name
        func act(_ what: OrderAction) throws -> StoredOrder { try transaction.act(what, on: order.id, by: actor, seenVersion: nil) }
        switch request.kind {
        case .approve: return try act(.approve)
        case .hold: return try act(.hold(reason: request.reason ?? ""))
        case .exclude: return try act(.exclude(reason: request.reason ?? ""))
        case .reopen: return try act(.reopen)
        case .ship: return try transaction.release(order.id, handover: request.handover(of: order.id), by: actor)
        case .tag: return try act(.edit(["tag.\(request.tag ?? "")": "yes"]))
        case .untag: return try act(.edit(["tag.\(request.tag ?? "")": nil]))
        case .courier: return try act(.edit([OrderField.courier: try courierValue(request.courier, of: order)]))
        case .export: return order
        case .undo:
            switch undoing?.kind {
            case .tag: return try act(.edit(["tag.\(undoing?.tag ?? "")": nil]))
            case .untag: return try act(.edit(["tag.\(undoing?.tag ?? "")": "yes"]))
            case .courier: return try act(.edit([OrderField.courier: try courierValue(item.was, of: order)]))
            default:
                guard let was = item.was.flatMap(Workflow.init), let steps = BulkLaw.steps(back: order.workflow, to: was) else { throw LedgerError.nothingToDo("There is nothing to take back.") }
                return try transaction.takeBack(steps, on: order.id, by: actor)
            }
        }
    }

    /// Without a choice the platform's own wish stands again.
    private func courierValue(_ chosen: String?, of order: StoredOrder) throws -> String? { chosen ?? (order.source ?? order.snapshot).shipping.requestedCarrier }

    private func export(_ action: BulkAction) async throws {
        do { try await write(action) } catch let error as DatabaseError where error.isTransient { throw error } catch {
            guard !Task.isCancelled else { return }
            logger.error("export could not be written", metadata: ["error": "\(type(of: error))"])
            return try await end(action.id, as: .failed)
        }
        guard !Task.isCancelled else { return }
        try await end(action.id, as: .done)
    }

    private func end(_ id: Int64, as state: BulkAction.State) async throws {
        try await ledger.write { transaction in
            guard var now = try BulkRows.find(id, in: transaction.tx), !now.isFinished else { return }
            try finish(&now, as: now.state == .cancelling ? .cancelled : state, transaction)
        }
    }

    private func write(_ action: BulkAction) async throws {
        try await exports.write(action) { position in
            let state = try await ledger.write { transaction -> BulkAction.State? in
                guard var now = try BulkRows.find(action.id, in: transaction.tx) else { return nil }
                (now.position, now.went) = (position, position)
                try BulkRows.save(now, at: transaction.now, in: transaction.tx)
                return now.state
            }
            beacon.tell("jobs", "\(action.id)")
            return state == .running && !Task.isCancelled
        }
    }
}

extension LedgerTransaction {
    /// Leads an order back by moves of the law, as one change.
    fileprivate func takeBack(_ steps: [WorkflowCause], on id: OrderID, by actor: String) throws -> StoredOrder {
        guard var order = try OrderRows.find(id, in: tx) else { throw LedgerError.unknownOrder }
        let old = order, reason = "taken back"
        for step in steps { try move(&order, by: step, cause: Cause(.person, actor, detail: reason), note: reason) }
        order.version = old.version + 1
        try save(order, was: old)
        return order
    }
}
