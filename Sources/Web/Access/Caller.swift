import Domain
package import Hub

/// Who is calling: the token or the person, the name for the audit, and what may be done.
package struct Caller: Sendable, Equatable {
    /// The token's id, or the person's.
    package var holderID: Int64, name: String, scopes: Set<Scope>
    /// nil for a token.
    package var person: PersonID?
    package var role: Role?
    /// How the request came: nil for a bearer token, which no other site can make a browser send.
    package var session: Session?
    var language: Language?
    /// `light` or `dark`; nil follows the system.
    var theme: String?
    /// IANA name of the workspace's time zone.
    var zone = "UTC"
    var workspaceName = ""

    /// The secret that a form or script of this session sends along.
    package var csrf: String? { session?.csrf }
    var roleName: String? { role?.rawValue }
    /// For the audit.
    package var actor: AuditActor { person.map { AuditActor(name: name, person: $0) } ?? AuditActor(name: name, token: holderID) }
    package func may(_ scope: Scope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

    package init(holderID: Int64, name: String, scopes: Set<Scope>) { self.holderID = holderID; self.name = name; self.scopes = scopes }

    init(_ token: TokenStore.Token) { self.init(holderID: token.id, name: token.name, scopes: Set(token.scopes.compactMap(Scope.init(rawValue:)))) }

    init(_ session: Session, workspace: Workspace) {
        switch session.holder {
        case .token(let token): self.init(token)
        case .person(let person):
            self.init(holderID: person.id.value, name: person.name, scopes: person.role.scopes)
            self.person = person.id
            role = person.role
            language = Language(rawValue: person.language ?? workspace.language)
            theme = person.theme
        }
        self.session = session
    }

    /// Whether `text` is this session's own secret.
    func owns(csrf text: String?) -> Bool {
        guard let csrf, let text else { return false }
        return csrf.utf8.count == text.utf8.count && zip(csrf.utf8, text.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
