package import Hub

/// What a token may do; each includes nothing but itself, `admin` includes all.
package enum Scope: String, Sendable, Codable, CaseIterable {
    case ordersRead = "orders:read", ordersWrite = "orders:write", buyersRead = "buyers:read"
    case channelsRead = "channels:read", channelsWrite = "channels:write"
    case flowsRead = "flows:read", flowsWrite = "flows:write"
    case rulesWrite = "rules:write", filesWrite = "files:write", auditRead = "audit:read", metrics
    case peopleRead = "people:read", peopleWrite = "people:write", workspaceWrite = "workspace:write", admin
}

extension Role {
    /// The table of docs/people.md. Viewers and engineers do their work without buyers' data and see it masked; people, tokens and the workspace are an admin's.
    package var scopes: Set<Scope> {
        switch self {
        case .viewer: [.ordersRead, .channelsRead, .flowsRead]
        case .operator: Role.viewer.scopes.union([.ordersWrite, .buyersRead, .filesWrite])
        case .manager: Role.operator.scopes.union([.flowsWrite, .rulesWrite, .auditRead, .peopleRead])
        case .engineer: Role.viewer.scopes.union([.channelsWrite, .flowsWrite, .rulesWrite, .auditRead, .metrics])
        case .admin: Set(Scope.allCases)
        }
    }
}

extension Set<Scope> {
    /// Nobody gives another more than they have.
    func cover(_ role: Role) -> Bool { contains(.admin) || isSuperset(of: role.scopes) }
}
