package import Domain

/// A link that lets somebody in once: to set the hub up, to join, or to choose a new password.
package struct AccessLink: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable { case owner, invitation, reset }
    package var id: Int64
    package var kind: Kind
    /// Of a reset.
    package var person: PersonID?
    /// For whom it is; nil: whoever opens it says so.
    package var email: String?
    package var role: Role
    package var madeBy: String
    package var createdAt: Timestamp, expiresAt: Timestamp
}

/// A new link and the secret at its end, which is kept nowhere.
package struct MadeLink: Sendable, Equatable {
    package var secret: String, link: AccessLink
    /// Where on the console it leads.
    package var path: String { link.kind == .reset ? "/reset/\(secret)" : "/invite/\(secret)" }
}
