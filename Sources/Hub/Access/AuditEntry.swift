package import Domain

/// Who changes something through the API or the console: a person or a token, by name and id.
package struct AuditActor: Sendable, Equatable {
    package var name: String, token: Int64?
    package var person: PersonID?
    package init(name: String, token: Int64? = nil, person: PersonID? = nil) { self.name = name; self.token = token; self.person = person }
}

/// One change to be written down: what was done, on what, and how that looked before and after. It holds no secret and no buyer's data:
/// settings that are secret and fields of people are named, not quoted.
package struct AuditChange: Sendable, Equatable {
    package var actor: AuditActor
    /// `order.edit`, `channel.create`, …: a closed set of the program's own words.
    package var action: String
    /// `order:123`, `channel:45`, …
    package var subject: String
    package var detail: Detail

    package struct Detail: Sendable, Equatable, Codable {
        package var token: String?
        package var person: String?
        package var before: [String: String]?, after: [String: String]?
        package var note: String?
    }

    package init(_ actor: AuditActor, _ action: String, _ subject: String, before: [String: String]? = nil, after: [String: String]? = nil, note: String? = nil) {
        self.actor = actor; self.action = action; self.subject = subject
        detail = Detail(token: actor.token.map(String.init), person: actor.person.map(\.description), before: before, after: after, note: note.map { String($0.prefix(Self.maximumNote)) })
    }
    static let maximumNote = 500

    /// Stands for the value of a secret.
    package static let hidden = "•••"
}

/// One line of the audit.
package struct AuditEntry: Sendable, Equatable {
    package var id: Int64, at: Timestamp, actor: String, action: String, subject: String, detail: AuditChange.Detail
}

package struct AuditFilter: Sendable, Equatable {
    package var actor: String?, action: String?, subject: String?, person: PersonID?, from: Timestamp?, before: Timestamp?
    package init(actor: String? = nil, action: String? = nil, subject: String? = nil, person: PersonID? = nil, from: Timestamp? = nil, before: Timestamp? = nil) {
        self.actor = actor; self.action = action; self.subject = subject; self.person = person; self.from = from; self.before = before
    }
}

/// Whether the audit is as it was written.
package struct AuditCheck: Sendable, Equatable {
    package var entries: Int
    /// The first entry that does not follow from the one before it; nil with `isWhole` false: entries at the end are missing.
    package var firstBroken: Int64?
    package var isWhole: Bool
    package init(entries: Int, firstBroken: Int64?, isWhole: Bool) { self.entries = entries; self.firstBroken = firstBroken; self.isWhole = isWhole }
}
