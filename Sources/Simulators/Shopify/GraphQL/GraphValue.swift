/// What a field answers with.
indirect enum GraphValue {
    case null
    case scalar(JSONNode)
    case object(GraphObject)
    case list([GraphValue])
    case connection(GraphConnection)

    static func text(_ text: String?) -> GraphValue { .scalar(JSONNode(text)) }
    static func integer(_ value: Int64?) -> GraphValue { .scalar(JSONNode(value)) }
    static func flag(_ value: Bool) -> GraphValue { .scalar(.bool(value)) }
    static func time(_ seconds: Int64?) -> GraphValue { .text(seconds.map(utcTime)) }
    static func id(_ type: String, _ number: Int64) -> GraphValue { .text("gid://shopify/\(type)/\(number)") }
    static func optional(_ object: GraphObject?) -> GraphValue { object.map(GraphValue.object) ?? .null }
    static func objects(_ objects: [GraphObject]) -> GraphValue { .list(objects.map(GraphValue.object)) }
    static func texts(_ texts: [String]) -> GraphValue { .scalar(.array(texts.map(JSONNode.text))) }
}

/// An object whose fields are made when they are asked for.
struct GraphObject {
    let type: String
    /// nil: the type has no such field.
    let field: (_ name: String, _ arguments: GraphArguments) throws(GraphProblem) -> GraphValue?

    init(_ type: String, _ field: @escaping (_ name: String, _ arguments: GraphArguments) throws(GraphProblem) -> GraphValue?) {
        self.type = type
        self.field = field
    }
}

struct GraphConnection {
    struct Edge {
        var cursor: String
        var node: GraphObject
    }
    var type: String
    var edges: [Edge]
    var hasNextPage = false
    var hasPreviousPage = false

    /// The largest `first` (platforms/shopify.md §4.1).
    static let maximumFirst = 250

    /// A page of a list that stands still: the cursor is the position.
    init(_ type: String, _ nodes: [GraphObject], _ arguments: GraphArguments) throws(GraphProblem) {
        let first = try arguments.pageSize()
        let start = arguments["after"]?.string.flatMap(Self.position).map { $0 + 1 } ?? 0
        let page = Array(nodes.enumerated().dropFirst(start).prefix(first))
        self.init(
            type: type, edges: page.map { Edge(cursor: Self.cursor($0.offset), node: $0.element) },
            hasNextPage: start + page.count < nodes.count,
            hasPreviousPage: start > 0)
    }

    init(type: String, edges: [Edge], hasNextPage: Bool, hasPreviousPage: Bool) {
        self.type = type
        self.edges = edges
        self.hasNextPage = hasNextPage
        self.hasPreviousPage = hasPreviousPage
    }

    private static func cursor(_ position: Int) -> String { "position:\(position)" }
    private static func position(_ cursor: String) -> Int? { cursor.split(separator: ":").last.flatMap { Int($0) } }
}

/// A field's arguments with the variables put in.
struct GraphArguments {
    let values: JSONNode
    let field: GraphField
    /// The key of `@idempotent(key:)`, where the field carries it.
    var idempotencyKey: String?

    subscript(name: String) -> JSONNode? { values[name].flatMap { $0.isNull ? nil : $0 } }

    /// Connections must be told their size (platforms/shopify.md §4.1).
    func pageSize() throws(GraphProblem) -> Int {
        guard let size = (self["first"] ?? self["last"])?.int64 else {
            throw GraphProblem(
                message: "you must provide one of first or last", code: "BAD_REQUEST", line: field.line, column: field.column)
        }
        guard size >= 1, size <= Int64(GraphConnection.maximumFirst) else {
            throw GraphProblem(message: "first cannot exceed 250", code: "MAX_INPUT_SIZE_EXCEEDED", line: field.line, column: field.column)
        }
        return Int(size)
    }

    /// The number of a `gid://shopify/TYPE/NUMBER`.
    func number(_ name: String, type: String) throws(GraphProblem) -> Int64 { try globalID(self[name], type, of: name) }

    func globalID(_ node: JSONNode?, _ type: String, of name: String) throws(GraphProblem) -> Int64 {
        guard let text = node?.string, let number = shopifyNumber(text, type: type) else {
            throw GraphProblem(
                message: "Invalid global id '\(node?.plainText ?? "")'", code: "argumentLiteralsIncompatible", line: field.line,
                column: field.column,
                details: ["argumentName": name])
        }
        return number
    }
}

/// `gid://shopify/Order/6100000000001` as its number; nil for another type.
func shopifyNumber(_ gid: String, type: String) -> Int64? {
    let prefix = "gid://shopify/\(type)/"
    guard gid.hasPrefix(prefix) else { return nil }
    return Int64(gid.dropFirst(prefix.count).prefix { $0 != "?" })
}
