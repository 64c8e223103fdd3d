package import Connect
package import Domain

/// What can be done to many orders at once.
package struct BulkRequest: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case approve, hold, exclude, reopen, tag, untag, courier, ship, export, undo }
    package enum Format: String, Sendable, Codable, CaseIterable { case csv, xlsx }

    package var kind: Kind
    /// Why; for hold and exclude.
    package var reason: String?
    package var tag: String?
    /// The name of a courier channel; nil takes a choice back.
    package var courier: String?
    package var format: Format?
    /// Whether an export leaves buyers' data out.
    package var isMasked: Bool?
    /// How a marketplace is handed its parcels; nil: as usual.
    package var handover: Handover?
    /// By an order's id as text: the number under which a carrier of our own takes it, whatever `handover` says of the others.
    package var numbers: [String: String]?

    package init(_ kind: Kind, reason: String? = nil, tag: String? = nil, courier: String? = nil, format: Format? = nil, isMasked: Bool? = nil, handover: Handover? = nil, numbers: [OrderID: String] = [:]) {
        self.kind = kind; self.reason = reason; self.tag = tag; self.courier = courier; self.format = format; self.isMasked = isMasked; self.handover = handover
        self.numbers = numbers.isEmpty ? nil : Dictionary(uniqueKeysWithValues: numbers.map { ("\($0.key)", $0.value) })
    }

    /// How one order is handed over.
    package func handover(of order: OrderID) -> Handover? { numbers?["\(order)"].map { Handover.ownCarrier(trackingNumber: $0) } ?? handover }

    /// Whether a carrier of our own is to take an order whose number nobody gave: no marketplace takes that.
    package func lacksNumber(_ order: OrderID) -> Bool { kind == .ship && handover(of: order) == Handover.ownCarrier(trackingNumber: "") }

    package static let trackingNumberLength = 4...50

    /// What was typed as a tracking number, without the spaces that carriers print into it; nil: it is none.
    package static func trackingNumber(_ typed: String) -> String? {
        let number = typed.filter { $0 != " " }
        guard trackingNumberLength.contains(number.utf8.count), number.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else { return nil }
        return number
    }

    package static let maximumReason = 500

    /// - Throws: `BulkFault` when something that the kind needs is missing.
    package func checked(couriers: [String]) throws -> BulkRequest {
        switch kind {
        case .hold, .exclude: guard let reason, (1...Self.maximumReason).contains(reason.count) else { throw BulkFault.reasonRequired }
        case .tag, .untag:
            guard let tag = OrderTags.list(tag).first, OrderTags.list(self.tag).count == 1, OrderField.kind(of: "tag.\(tag)") != nil else { throw BulkFault.tagRequired }
            var request = self
            request.tag = tag
            return request
        case .courier: if let courier { guard couriers.contains(courier) else { throw BulkFault.unknownCourier(courier, known: couriers) } }
        case .approve, .reopen, .ship, .export, .undo: break
        }
        return self
    }
}

package enum BulkFault: HubError, Equatable {
    case reasonRequired, tagRequired, unknownCourier(String, known: [String]), nothingChosen, tooMany(Int), unknown, notYours, cannotUndo(String), noFile

    package var code: String {
        switch self {
        case .reasonRequired: "reason_required"
        case .tagRequired: "tag_required"
        case .unknownCourier: "unknown_courier"
        case .nothingChosen: "nothing_chosen"
        case .tooMany: "too_many"
        case .unknown, .noFile: "not_found"
        case .notYours: "not_yours"
        case .cannotUndo: "cannot_undo"
        }
    }
    package var sentence: String {
        switch self {
        case .reasonRequired: "Give a reason of at most \(BulkRequest.maximumReason) characters."
        case .tagRequired: "Give one tag of at most \(OrderField.maximumTag) characters, without a comma."
        case .unknownCourier(let name, let known): "There is no courier \"\(name)\". There are: \(known.joined(separator: ", "))."
        case .nothingChosen: "Choose orders by their ids or by a filter that matches some."
        case .tooMany(let count): "More than \(Ledger.maximumListed) orders match (\(count)). Narrow the filter and do it in parts."
        case .unknown: "There is no bulk action with this id."
        case .notYours: "This file was made by somebody who may see more than you. Make your own."
        case .cannotUndo(let why): why
        case .noFile: "This file is not there (any more). Files are kept for \(BulkExport.keptDays) days."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// A bulk action and how far it has come.
package struct BulkAction: Sendable, Equatable {
    package enum State: String, Sendable, Codable { case running, cancelling, cancelled, done, failed }
    package var id: Int64, request: BulkRequest, holder: Int64, actor: AuditActor, state: State
    package var total: Int, position: Int, went: Int, unchanged: Int, refused: Int
    package var undoOf: Int64?, undoneBy: Int64?
    package var createdAt: Timestamp, updatedAt: Timestamp

    package var isFinished: Bool { state != .running && state != .cancelling }
    package var canBeUndone: Bool { isFinished && went > 0 && undoneBy == nil && ![.export, .undo, .reopen, .ship].contains(request.kind) }
}

/// What becomes of one order in a bulk action.
package enum BulkVerdict: Sendable, Equatable {
    case goes
    /// It is so already.
    case unchanged
    case refused(code: String, sentence: String)
}

/// What a bulk action looks at in an order to decide; the preview and the run ask the same.
package struct BulkFacts: Sendable, Equatable {
    var workflow: Workflow, fulfilment: Fulfilment, hasTag: Bool, chosenCourier: String?
    /// For undo: what the undone action found before, and what it made of it.
    var was: String?, became: String?
    /// `BulkRequest.lacksNumber`
    var lacksNumber = false
}

enum BulkLaw {
    static func verdict(_ request: BulkRequest, undoing: BulkRequest?, _ facts: BulkFacts) -> BulkVerdict {
        switch request.kind {
        case .export: return .goes
        case .approve: return move(facts, .personApproved, unless: [.approved, .queued, .synced])
        case .hold: return move(facts, .personHeld, unless: [.awaitingConfirmation])
        case .exclude: return move(facts, .personExcluded, unless: [.excluded])
        case .reopen: return move(facts, .personReopened, unless: [.new])
        case .ship:
            if [.queued, .synced, .processed].contains(facts.workflow) { return .unchanged }
            guard facts.workflow == .approved else { return refused(facts.workflow) }
            return facts.lacksNumber ? .refused(code: "tracking_number_missing", sentence: "A carrier of your own takes it: it needs its tracking number.") : .goes
        case .tag: return facts.hasTag ? .unchanged : .goes
        case .untag: return facts.hasTag ? .goes : .unchanged
        case .courier:
            if facts.chosenCourier == request.courier { return .unchanged }
            if let refusal = EditLaw.refusal(of: OrderField.courier, workflow: facts.workflow, fulfilment: facts.fulfilment) { return .refused(code: refusal.code, sentence: refusal.sentence) }
            return .goes
        case .undo: return undo(undoing, facts)
        }
    }

    private static func move(_ facts: BulkFacts, _ cause: WorkflowCause, unless done: Set<Workflow>) -> BulkVerdict {
        if done.contains(facts.workflow) { return .unchanged }
        guard WorkflowLaw.destination(from: facts.workflow, cause: cause) != nil else { return refused(facts.workflow) }
        return .goes
    }

    private static func refused(_ workflow: Workflow) -> BulkVerdict {
        let sentence = switch workflow {
        case .new, .edited: "It waits for approval."
        case .awaitingConfirmation: "It is held."
        case .approved: "It is approved."
        case .queued: "It is on its way to its courier."
        case .synced: "Its courier has it. Cancel the order to stop it."
        case .processed: "It is done."
        case .excluded: "It is excluded."
        case .cancelled: "It is cancelled."
        }
        return .refused(code: "is_\(workflow.rawValue)", sentence: sentence)
    }

    /// What was done is taken back where nobody did anything since.
    private static func undo(_ undone: BulkRequest?, _ facts: BulkFacts) -> BulkVerdict {
        guard let undone else { return .refused(code: "cannot_undo", sentence: "There is nothing to take back.") }
        switch undone.kind {
        case .tag: return facts.hasTag ? .goes : .unchanged
        case .untag: return facts.hasTag ? .unchanged : .goes
        case .courier:
            guard facts.chosenCourier == facts.became else { return .refused(code: "changed_since", sentence: "Somebody chose another courier since.") }
            if let refusal = EditLaw.refusal(of: OrderField.courier, workflow: facts.workflow, fulfilment: facts.fulfilment) { return .refused(code: refusal.code, sentence: refusal.sentence) }
            return .goes
        case .approve, .hold, .exclude:
            if let was = facts.was, facts.workflow.rawValue == was { return .unchanged }
            guard let became = facts.became, let was = facts.was.flatMap(Workflow.init) else { return .refused(code: "cannot_undo", sentence: "There is nothing to take back.") }
            guard facts.workflow.rawValue == became else { return refused(facts.workflow) }
            return steps(back: facts.workflow, to: was) == nil ? refused(facts.workflow) : .goes
        case .reopen, .ship, .export, .undo: return .refused(code: "cannot_undo", sentence: "This cannot be taken back.")
        }
    }

    /// The moves that lead from a state back to the one before; an approval that is taken back ends as held, so that no rule gives it again.
    static func steps(back from: Workflow, to was: Workflow) -> [WorkflowCause]? {
        switch (from, was) {
        case (.approved, .new), (.approved, .edited), (.approved, .awaitingConfirmation): [.personHeld]
        case (.approved, .excluded): [.personExcluded]
        case (.awaitingConfirmation, .approved): [.personApproved]
        case (.awaitingConfirmation, .new), (.awaitingConfirmation, .edited): [.personReleased]
        case (.excluded, .new), (.excluded, .edited): [.personReopened]
        case (.excluded, .awaitingConfirmation): [.personReopened, .personHeld]
        case (.excluded, .approved): [.personReopened, .personApproved]
        default: nil
        }
    }
}
