package import Domain

/// One stored version of a channel's rules.
package struct RuleSetVersion: Sendable, Equatable, Codable {
    package enum Standing: String, Sendable, Codable, CaseIterable { case inForce, scheduled, past, withdrawn }

    package var version: Int, appliedBy: String, appliedAt: Timestamp, text: String
    /// From when it holds, or was to hold.
    package var effectiveFrom: Timestamp
    package var standing: Standing
    /// What its author says of it.
    package var note: String?
    package var withdrawnBy: String?, withdrawnAt: Timestamp?
}

/// What a person wants to become of a text of rules.
package struct RuleApplication: Sendable {
    package static let maximumNoteCharacters = 300

    package var text: String
    package var actor: AuditActor
    /// The newest version that its author saw; nil: whatever it is.
    package var basedOn: Int?
    /// nil: from now on.
    package var effectiveFrom: Timestamp?
    package var note: String?

    package init(_ text: String, by actor: AuditActor, basedOn: Int? = nil, effectiveFrom: Timestamp? = nil, note: String? = nil) {
        self.text = text; self.actor = actor; self.basedOn = basedOn; self.effectiveFrom = effectiveFrom; self.note = note
    }
}

package enum RuleVersionFault: HubError, Equatable {
    /// Somebody wrote another version meanwhile.
    case conflict(newest: Int, by: String, at: Timestamp)
    case startsInPast, startsTooLate, tooManyScheduled, noteTooLong
    case unknownVersion(Int), notScheduled(Int)

    package var code: String {
        switch self {
        case .conflict: "rules_changed"
        case .startsInPast: "starts_in_past"
        case .startsTooLate: "starts_too_late"
        case .tooManyScheduled: "too_many_scheduled"
        case .noteTooLong: "note_too_long"
        case .unknownVersion: "unknown_version"
        case .notScheduled: "not_scheduled"
        }
    }
    package var sentence: String {
        switch self {
        case .conflict(let newest, let by, let at): "\(by) wrote version \(newest) of these rules at \(at), after you began. Look at both and apply again on top of it."
        case .startsInPast: "The rules cannot begin to hold in the past. Choose a later time, or apply them now."
        case .startsTooLate: "The rules can begin to hold within \(ChannelStore.maximumDaysAhead) days from now, not later."
        case .tooManyScheduled: "\(ChannelStore.maximumScheduled) versions are scheduled for this channel already. Withdraw one first."
        case .noteTooLong: "The note is longer than \(RuleApplication.maximumNoteCharacters) characters."
        case .unknownVersion(let version): "This channel's rules have no version \(version)."
        case .notScheduled(let version): "Version \(version) does not wait for its time any more: it holds, held, or was withdrawn."
        }
    }
    package var failureClass: FailureClass { .rejected }
}
