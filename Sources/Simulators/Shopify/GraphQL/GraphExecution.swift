/// Walks a selection over objects and writes only what was asked for, counting what it cost.
struct GraphExecution {
    let document: GraphDocument
    let variables: [String: JSONNode]
    /// Failed fields that became null beside the data they left standing (platforms/shopify.md §11).
    private(set) var problems: [GraphProblem] = []

    init(document: GraphDocument, variables: [String: JSONNode]) {
        self.document = document
        self.variables = variables
    }

    func arguments(of field: GraphField) -> GraphArguments {
        let idempotent = field.directives.first { $0.name == "idempotent" }?.arguments.first { $0.name == "key" }?.value.resolved(variables)
            .string
        return GraphArguments(values: GraphLiteral.object(field.arguments).resolved(variables), field: field, idempotencyKey: idempotent)
    }

    /// - Returns: the members asked for, and their cost without the object itself.
    mutating func object(_ object: GraphObject, _ selections: [GraphSelection], path: [String]) throws(GraphProblem) -> (
        json: JSONNode, cost: Double
    ) {
        var members: [JSONNode.Member] = [], cost = 0.0
        for field in fields(selections, of: object.type) where isIncluded(field) {
            let (json, price) = try self.field(field, of: object, path: path)
            cost += price
            if let index = members.firstIndex(where: { $0.key == field.key }) {
                members[index].value = merge(members[index].value, json)
            } else {
                members.append(.init(key: field.key, value: json))
            }
        }
        return (.object(members), cost)
    }

    private mutating func field(_ field: GraphField, of object: GraphObject, path: [String]) throws(GraphProblem) -> (JSONNode, Double) {
        if field.name == "__typename" { return (.text(object.type), 0) }
        let path = path + [field.key]
        do throws(GraphProblem) {
            guard let value = try object.field(field.name, arguments(of: field)) else {
                throw undefined(field, on: object.type, path: path)
            }
            return try render(value, field, path: path)
        } catch {
            guard error.code == "ACCESS_DENIED" else { throw error }
            var denied = error
            (denied.path, denied.line, denied.column) = (path, field.line, field.column)
            problems.append(denied)
            return (.null, 0)
        }
    }

    private mutating func render(_ value: GraphValue, _ field: GraphField, path: [String]) throws(GraphProblem) -> (JSONNode, Double) {
        switch value {
        case .null: return (.null, field.selections.isEmpty ? 0 : 1)
        case .scalar(let node):
            if !field.selections.isEmpty, !node.isNull { throw selectionMismatch(field, "Selections can't be made on scalars") }
            return (node, 0)
        case .object(let object):
            guard !field.selections.isEmpty else {
                throw selectionMismatch(
                    field,
                    "Field must have selections (field '\(field.name)' returns \(object.type) but has no selections. Did you mean '\(field.name) { ... }'?)"
                )
            }
            let (json, cost) = try self.object(object, field.selections, path: path)
            return (json, cost + 1)
        case .list(let values):
            var elements: [JSONNode] = [], cost = 0.0
            for (index, element) in values.enumerated() {
                let (json, price) = try render(element, field, path: path + ["\(index)"])
                elements.append(json)
                cost += price
            }
            return (.array(elements), cost)
        case .connection(let connection): return try self.connection(connection, field, path: path)
        }
    }

    private mutating func connection(_ connection: GraphConnection, _ field: GraphField, path: [String]) throws(GraphProblem) -> (
        JSONNode, Double
    ) {
        var members: [JSONNode.Member] = [], cost = 0.0
        for part in QueryCost.fields(field.selections, document) where isIncluded(part) {
            let inner = path + [part.key]
            let json: JSONNode
            switch part.name {
            case "nodes":
                var nodes: [JSONNode] = []
                for (index, edge) in connection.edges.enumerated() {
                    let (node, price) = try object(edge.node, part.selections, path: inner + ["\(index)"])
                    nodes.append(node)
                    cost += price + 1
                }
                json = .array(nodes)
            case "edges":
                var edges: [JSONNode] = []
                for (index, edge) in connection.edges.enumerated() {
                    let wrapped = GraphObject("\(connection.type)Edge") { name, _ throws(GraphProblem) in
                        name == "node" ? .object(edge.node) : name == "cursor" ? .text(edge.cursor) : nil
                    }
                    let (node, price) = try object(wrapped, part.selections, path: inner + ["\(index)"])
                    edges.append(node)
                    cost += price
                }
                json = .array(edges)
            case "pageInfo": json = try object(pageInfo(connection), part.selections, path: inner).json
            case "__typename": json = .text("\(connection.type)Connection")
            default: throw undefined(part, on: "\(connection.type)Connection", path: inner)
            }
            members.append(.init(key: part.key, value: json))
        }
        let count = max(1, connection.edges.count)
        return (.object(members), cost / Double(count) * QueryCost.factor(count))
    }

    private func pageInfo(_ connection: GraphConnection) -> GraphObject {
        GraphObject("PageInfo") { name, _ throws(GraphProblem) in
            switch name {
            case "hasNextPage": .flag(connection.hasNextPage)
            case "hasPreviousPage": .flag(connection.hasPreviousPage)
            case "startCursor": .text(connection.edges.first?.cursor)
            case "endCursor": .text(connection.edges.last?.cursor)
            default: nil
            }
        }
    }

    // MARK: Selections

    private func fields(_ selections: [GraphSelection], of type: String, depth: Int = 0) -> [GraphField] {
        guard depth < 20 else { return [] }
        return selections.flatMap { selection -> [GraphField] in
            switch selection {
            case .field(let field): [field]
            case .fragment(let name): fields(document.fragments[name] ?? [], of: type, depth: depth + 1)
            case .inline(let condition, let inner):
                condition == nil || condition == type || Self.interfaces.contains(condition ?? "")
                    ? fields(inner, of: type, depth: depth + 1) : []
            }
        }
    }

    private static let interfaces: Set<String> = [
        "Node", "LegacyInteroperability", "HasMetafields", "CommentEventSubject", "DisplayableError",
    ]

    private func isIncluded(_ field: GraphField) -> Bool {
        field.directives.allSatisfy { directive in
            let condition = directive.arguments.first { $0.name == "if" }?.value.resolved(variables).flag
            return switch directive.name {
            case "include": condition ?? true
            case "skip": !(condition ?? false)
            default: true
            }
        }
    }

    private func merge(_ a: JSONNode, _ b: JSONNode) -> JSONNode {
        guard case .object(var members) = a else { return b }
        for member in b.members where !members.contains(where: { $0.key == member.key }) { members.append(member) }
        return .object(members)
    }

    private func undefined(_ field: GraphField, on type: String, path: [String]) -> GraphProblem {
        GraphProblem(
            message: "Field '\(field.name)' doesn't exist on type '\(type)'", code: "undefinedField", line: field.line,
            column: field.column, path: path,
            details: ["typeName": type, "fieldName": field.name])
    }

    private func selectionMismatch(_ field: GraphField, _ message: String) -> GraphProblem {
        GraphProblem(message: message, code: "selectionMismatch", line: field.line, column: field.column)
    }
}
