/// Reads a document from its tokens.
struct GraphReader {
    private var tokens: GraphTokens
    private var depth = 0
    private static let maximumDepth = 40

    static func read(_ text: String) throws(GraphProblem) -> GraphDocument {
        var reader = GraphReader(tokens: try GraphTokens(text))
        return try reader.document()
    }

    private init(tokens: GraphTokens) { self.tokens = tokens }

    private mutating func document() throws(GraphProblem) -> GraphDocument {
        var document = GraphDocument()
        while tokens.token != .end {
            if tokens.token == .mark("{") {
                document.operations.append(GraphOperation(kind: .query, selections: try selections()))
            } else if case .name("fragment") = tokens.token {
                try tokens.advance()
                let name = try name()
                _ = try self.name()
                _ = try self.name()
                _ = try directives()
                document.fragments[name] = try selections()
            } else {
                document.operations.append(try operation())
            }
        }
        guard !document.operations.isEmpty else { throw GraphProblem(message: "syntax error, unexpected end of file at [1, 1]") }
        return document
    }

    private mutating func operation() throws(GraphProblem) -> GraphOperation {
        let word = try name()
        guard let kind = GraphOperation.Kind(rawValue: word) else { throw tokens.problem("unexpected \"\(word)\"") }
        var operation = GraphOperation(kind: kind)
        if case .name(let name) = tokens.token {
            operation.name = name
            try tokens.advance()
        }
        if try skip("(") {
            while try !skip(")") { operation.variables.append(try variable()) }
        }
        _ = try directives()
        operation.selections = try selections()
        return operation
    }

    private mutating func variable() throws(GraphProblem) -> GraphOperation.Variable {
        try expect("$")
        let name = try name()
        try expect(":")
        var variable = GraphOperation.Variable(name: name, type: try type())
        if try skip("=") { variable.fallback = try literal() }
        _ = try directives()
        return variable
    }

    private mutating func type() throws(GraphProblem) -> String {
        var text: String
        if try skip("[") {
            text = "[\(try type())]"
            try expect("]")
        } else {
            text = try name()
        }
        if try skip("!") { text += "!" }
        return text
    }

    private mutating func selections() throws(GraphProblem) -> [GraphSelection] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw GraphProblem(message: "Query has too many levels", code: "tooDeep") }
        try expect("{")
        var found: [GraphSelection] = []
        while try !skip("}") {
            if tokens.token == .end { throw tokens.problem("unexpected end of file") }
            found.append(try skip("...") ? try spread() : .field(try field()))
        }
        return found
    }

    private mutating func spread() throws(GraphProblem) -> GraphSelection {
        var type: String?
        if case .name(let word) = tokens.token {
            try tokens.advance()
            guard word == "on" else {
                _ = try directives()
                return .fragment(word)
            }
            type = try name()
        }
        _ = try directives()
        return .inline(type: type, try selections())
    }

    private mutating func field() throws(GraphProblem) -> GraphField {
        let (line, column) = (tokens.tokenLine, tokens.tokenColumn)
        let first = try name()
        var field =
            try skip(":")
            ? GraphField(alias: first, name: try name(), line: line, column: column) : GraphField(name: first, line: line, column: column)
        field.arguments = try arguments()
        field.directives = try directives()
        if tokens.token == .mark("{") { field.selections = try selections() }
        return field
    }

    private mutating func directives() throws(GraphProblem) -> [GraphDirective] {
        var found: [GraphDirective] = []
        while try skip("@") {
            let name = try name()
            found.append(GraphDirective(name: name, arguments: try arguments()))
        }
        return found
    }

    private mutating func arguments() throws(GraphProblem) -> [GraphArgument] {
        guard try skip("(") else { return [] }
        return try members(until: ")")
    }

    private mutating func members(until end: String) throws(GraphProblem) -> [GraphArgument] {
        var found: [GraphArgument] = []
        while try !skip(end) {
            let name = try name()
            try expect(":")
            found.append(GraphArgument(name: name, value: try literal()))
        }
        return found
    }

    private mutating func literal() throws(GraphProblem) -> GraphLiteral {
        let token = tokens.token
        try tokens.advance()
        switch token {
        case .mark("$"): return .variable(try name())
        case .text(let text): return .value(.text(text))
        case .number(let text): return .value(Int64(text).map(JSONNode.integer) ?? .number(text))
        case .name("true"): return .value(true)
        case .name("false"): return .value(false)
        case .name("null"): return .value(.null)
        case .name(let word): return .value(.text(word))
        case .mark("["):
            var elements: [GraphLiteral] = []
            while try !skip("]") { elements.append(try literal()) }
            return .list(elements)
        case .mark("{"): return .object(try members(until: "}"))
        case .mark(let mark): throw tokens.problem("unexpected \"\(mark)\"")
        case .end: throw tokens.problem("unexpected end of file")
        }
    }

    private mutating func name() throws(GraphProblem) -> String {
        guard case .name(let name) = tokens.token else { throw tokens.problem("a name was expected") }
        try tokens.advance()
        return name
    }

    private mutating func skip(_ mark: String) throws(GraphProblem) -> Bool {
        guard tokens.token == .mark(mark) else { return false }
        try tokens.advance()
        return true
    }

    private mutating func expect(_ mark: String) throws(GraphProblem) {
        guard try skip(mark) else { throw tokens.problem("\"\(mark)\" was expected") }
    }
}
