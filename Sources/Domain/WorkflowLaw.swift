/// Why an order moves on the workflow axis.
package enum WorkflowCause: String, Sendable, Codable, CaseIterable {
    case ruleExcluded, ruleHeld, ruleApproved
    case personEdited, personApproved, personHeld, personExcluded, personCancelled, personReopened, personReleased
    case platformCancelled, platformHeld, platformReleased, platformClosed, platformReopened
    case dispatchQueued, dispatchTaken, dispatchFinished, dispatchWithdrawn
}

/// One allowed move: the table below is the law, `docs/transitions.md` is printed from it, and nothing else may change an order's workflow.
package struct WorkflowTransition: Sendable, Hashable {
    package let from: Workflow, cause: WorkflowCause, to: Workflow
    package let why: String
}

package enum WorkflowLaw {
    package static let transitions: [WorkflowTransition] = table.flatMap { row in
        row.from.map { WorkflowTransition(from: $0, cause: row.cause, to: row.to, why: row.why) }
    }

    /// - Returns: nil when the move is not in the table.
    package static func destination(from: Workflow, cause: WorkflowCause) -> Workflow? { index[Key(from: from, cause: cause)] }

    private struct Key: Hashable { let from: Workflow, cause: WorkflowCause }
    private static let index: [Key: Workflow] = Dictionary(transitions.map { (Key(from: $0.from, cause: $0.cause), $0.to) }, uniquingKeysWith: { first, _ in first })

    private static let table: [(from: [Workflow], cause: WorkflowCause, to: Workflow, why: String)] = [
        ([.new, .edited, .awaitingConfirmation, .approved], .ruleExcluded, .excluded, "a rule keeps the order out"),
        ([.new, .edited, .approved], .ruleHeld, .awaitingConfirmation, "a rule wants a person's word"),
        ([.new, .edited], .ruleApproved, .approved, "the rules let it pass"),
        ([.new, .edited, .awaitingConfirmation, .approved, .excluded], .personEdited, .edited, "a person changed it; it awaits approval"),
        ([.new, .edited, .awaitingConfirmation, .excluded], .personApproved, .approved, "a person approved it"),
        ([.new, .edited, .approved], .personHeld, .awaitingConfirmation, "a person wants to look again"),
        ([.new, .edited, .awaitingConfirmation, .approved], .personExcluded, .excluded, "a person keeps it out"),
        ([.excluded, .cancelled, .processed], .personReopened, .new, "a person takes it up again"),
        ([.awaitingConfirmation], .personReleased, .new, "a person takes a hold back; the rules look again when the platform tells it anew"),
        ([.new, .edited, .awaitingConfirmation, .approved, .queued, .synced, .excluded], .personCancelled, .cancelled, "a person cancelled it"),
        ([.new, .edited, .awaitingConfirmation, .approved, .queued, .synced, .processed, .excluded], .platformCancelled, .cancelled, "the platform cancelled it"),
        ([.new, .edited, .approved], .platformHeld, .awaitingConfirmation, "the platform wants a person first"),
        ([.awaitingConfirmation], .platformReleased, .new, "the platform's hold ended; the rules look again"),
        ([.new, .edited, .awaitingConfirmation, .approved, .queued, .synced], .platformClosed, .processed, "the platform says it is done"),
        ([.cancelled, .processed], .platformReopened, .new, "the platform opened it again"),
        ([.approved], .dispatchQueued, .queued, "its jobs wait for their destinations"),
        ([.approved, .queued], .dispatchTaken, .synced, "every destination took it"),
        ([.approved, .queued, .synced], .dispatchFinished, .processed, "the goods arrived"),
        ([.queued, .synced], .dispatchWithdrawn, .approved, "its booking was withdrawn; it can be booked again"),
    ]
}
