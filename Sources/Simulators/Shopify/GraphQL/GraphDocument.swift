/// A parsed GraphQL document: as much of the language as clients of the Admin API send.
struct GraphDocument: Sendable {
    var operations: [GraphOperation] = []
    var fragments: [String: [GraphSelection]] = [:]

    /// The named operation, or the only one.
    func operation(named name: String?) throws(GraphProblem) -> GraphOperation {
        if let name {
            guard let found = operations.first(where: { $0.name == name }) else { throw .init(message: "No operation named \"\(name)\"") }
            return found
        }
        guard let first = operations.first, operations.count == 1 else { throw .init(message: "An operation name is required") }
        return first
    }
}

struct GraphOperation: Sendable {
    enum Kind: String, Sendable { case query, mutation }
    struct Variable: Sendable {
        var name: String
        /// As written: `[ID!]!`.
        var type: String
        var fallback: GraphLiteral?
        var isRequired: Bool { type.hasSuffix("!") && fallback == nil }
    }
    var kind: Kind
    var name: String?
    var variables: [Variable] = []
    var selections: [GraphSelection] = []
}

indirect enum GraphSelection: Sendable {
    case field(GraphField)
    case fragment(String)
    case inline(type: String?, [GraphSelection])
}

struct GraphField: Sendable {
    var alias: String?
    var name: String
    var arguments: [GraphArgument] = []
    var directives: [GraphDirective] = []
    var selections: [GraphSelection] = []
    var line: Int
    var column: Int

    var key: String { alias ?? name }
}

struct GraphArgument: Sendable {
    var name: String
    var value: GraphLiteral
}

struct GraphDirective: Sendable {
    var name: String
    var arguments: [GraphArgument]
}

indirect enum GraphLiteral: Sendable {
    case variable(String)
    /// Enumeration values become text.
    case value(JSONNode)
    case list([GraphLiteral])
    case object([GraphArgument])

    func resolved(_ variables: [String: JSONNode]) -> JSONNode {
        switch self {
        case .variable(let name): variables[name] ?? .null
        case .value(let node): node
        case .list(let elements): .array(elements.map { $0.resolved(variables) })
        case .object(let members):
            // A member whose variable was not given is absent, which is not the same as null.
            .object(
                members.compactMap { member in
                    if case .variable(let name) = member.value, variables[name] == nil { return nil }
                    return .init(key: member.name, value: member.value.resolved(variables))
                })
        }
    }
}

/// A top-level entry of `errors`.
struct GraphProblem: Error, Sendable, Equatable {
    var message: String
    var code: String?
    var line: Int?
    var column: Int?
    var path: [String]?
    /// More members of `extensions`.
    var details: [String: String] = [:]

    var json: JSONNode {
        var members: JSONNode = ["message": .text(message)]
        if let line, let column { members = members.appending("locations", [["line": JSONNode(line), "column": JSONNode(column)]]) }
        if let path { members = members.appending("path", .array(path.map { Int64($0).map(JSONNode.integer) ?? .text($0) })) }
        var extensions: JSONNode = code.map { ["code": .text($0)] } ?? .object([])
        for (key, value) in details.sorted(by: { $0.key < $1.key }) { extensions = extensions.appending(key, .text(value)) }
        return extensions.members.isEmpty ? members : members.appending("extensions", extensions)
    }
}
