import Hub

/// What each role may do, for people. docs/people.md shows the same.
struct RoleTable: Sendable {
    let words: Words

    /// The abilities that differ between roles, in the order of a day's work; metrics and `admin` itself are for programs.
    static let shown: [Scope] = [.ordersRead, .buyersRead, .ordersWrite, .filesWrite, .channelsRead, .flowsRead, .flowsWrite, .rulesWrite, .channelsWrite, .auditRead, .peopleRead, .peopleWrite, .workspaceWrite]

    struct Cell: Sendable { var role: String, word: String, mark: String, tone: String }
    struct Row: Sendable { var ability: String, cells: [Cell] }

    var roles: [String] { Role.allCases.map { words("shell.roles.\($0.rawValue)") } }
    var rows: [Row] {
        Self.shown.map { scope in
            Row(ability: ability(scope), cells: Role.allCases.map { role in
                let isAllowed = role.scopes.contains(scope)
                return Cell(role: words("shell.roles.\(role.rawValue)"), word: words(isAllowed ? "people.roles.yes" : "people.roles.no"), mark: isAllowed ? "✓" : "–", tone: isAllowed ? "may" : "zero")
            })
        }
    }
    func abilities(of role: Role) -> [String] { Self.shown.filter(role.scopes.contains).map(ability) }
    /// A token's.
    func abilities(of scopes: Set<Scope>) -> [String] { scopes.contains(.admin) ? [ability(.admin)] : Scope.allCases.filter(scopes.contains).map(ability) }
    private func ability(_ scope: Scope) -> String { words("people.abilities." + scope.rawValue.replacing(":", with: "_")) }
}
