package import Hub
package import Hummingbird
import Domain

/// What every request carries.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the token middleware on everything but hooks and health.
    package var caller: Caller?
    package let requestID: String
    package var maxUploadSize: Int { 1 << 20 }

    package init(source: Source) {
        coreContext = .init(source: source)
        requestID = String(UInt64.random(in: .min ... .max), radix: 36)
    }
}

/// Who is calling: the token or person, its name for the audit, and what it may do.
package struct Caller: Sendable, Equatable {
    /// The token's id, or the person's.
    package var holderID: Int64, name: String, scopes: Set<Scope>
    /// The secret that a form or script of this session sends along; nil for a bearer token, which no other site can make a browser send.
    package var csrf: String?
    /// The person's role; nil for a token.
    var roleName: String?
    var language: Language?
    /// `light` or `dark`; nil follows the system.
    var theme: String?
    /// IANA name of the workspace's time zone.
    var zone = "UTC"
    var workspaceName = ""
    /// For the audit.
    package var actor: AuditActor { AuditActor(name: name, token: holderID) }
    package init(holderID: Int64, name: String, scopes: Set<Scope>) { self.holderID = holderID; self.name = name; self.scopes = scopes }
}

/// What a token may do; each includes nothing but itself, `admin` includes all.
package enum Scope: String, Sendable, Codable, CaseIterable {
    case ordersRead = "orders:read", ordersWrite = "orders:write", buyersRead = "buyers:read"
    case channelsRead = "channels:read", channelsWrite = "channels:write"
    case flowsRead = "flows:read", flowsWrite = "flows:write"
    case rulesWrite = "rules:write", filesWrite = "files:write", auditRead = "audit:read", metrics, admin
}
