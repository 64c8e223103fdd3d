import Yams

/// Reads YAML into nodes that know their place, and names every mistake with it.
///
/// Anchors are refused: with them a text of a kilobyte can stand for a tree of any size.
enum RuleYAML {
    static let maximumTextBytes = 256 << 10

    static func read(_ text: String) throws(RuleError) -> Node {
        guard text.utf8.count <= maximumTextBytes else { throw RuleError(line: 1, column: 1, message: "the text is longer than \(maximumTextBytes) bytes") }
        if let (line, column) = anchor(in: text) {
            throw RuleError(line: line, column: column, message: "anchors (&name) are not allowed here; put text that begins with & in quotes")
        }
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch { throw refusal(error) }
        guard let node else { throw RuleError(line: 1, column: 1, message: "the text is empty") }
        return node
    }

    private static func anchor(in text: String) -> (line: Int, column: Int)? {
        var line = 1, column = 0, before: Unicode.Scalar = "\n", isOpen = false
        for scalar in text.unicodeScalars {
            if isOpen, scalar != " ", scalar != "\n", scalar != "\r", scalar != "\t" { return (line, column) }
            column += 1
            isOpen = scalar == "&" && "\n\r\t [{,:?-\u{FEFF}".unicodeScalars.contains(before)
            if scalar == "\n" { line += 1; column = 0 }
            before = scalar
        }
        return nil
    }

    private static func refusal(_ error: any Error) -> RuleError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            let hint = problem.contains("alias") || problem.contains("alphabetic or numeric") ? "; put text that begins with * in quotes" : ""
            return RuleError(line: mark.line, column: mark.column, message: "this is not YAML: \(problem)\(hint)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return RuleError(line: context.mark.line, column: context.mark.column, message: "the key \(duplicates.first ?? "") is written twice")
        case .reader(let problem, _, _, _): return RuleError(line: 1, column: 1, message: "this is not YAML: \(problem)")
        default: return RuleError(line: 1, column: 1, message: "this is not YAML")
        }
    }
}

extension Node {
    func refused(_ message: String, _ suggestions: [String] = []) -> RuleError {
        RuleError(line: mark?.line ?? 1, column: mark?.column ?? 1, message: message, suggestions: suggestions)
    }

    /// A scalar's text, quoted or not; refuses lists, maps and emptiness.
    func text(_ what: String, maximumCharacters: Int = 500) throws(RuleError) -> String {
        guard let scalar else { throw refused("\(what) must be one text") }
        let isNothing = scalar.string.isEmpty || (scalar.style == .plain && ["~", "null"].contains(scalar.string))
        guard !isNothing else { throw refused("\(what) is empty") }
        guard scalar.string.count <= maximumCharacters else { throw refused("\(what) is longer than \(maximumCharacters) characters") }
        return scalar.string
    }

    /// One text or a list of them; never empty.
    func texts(_ what: String) throws(RuleError) -> [(text: String, node: Node)] {
        guard let sequence else { return [(try text(what), self)] }
        guard !sequence.isEmpty else { throw refused("\(what) is an empty list") }
        var result: [(text: String, node: Node)] = []
        for node in sequence { result.append((try node.text(what), node)) }
        return result
    }

    func list(_ what: String) throws(RuleError) -> [Node] {
        guard let sequence else { throw refused("\(what) must be a list") }
        guard !sequence.isEmpty else { throw refused("\(what) is an empty list") }
        return Array(sequence)
    }

    func integer(_ what: String, in range: ClosedRange<Int>) throws(RuleError) -> Int {
        guard let value = Int(try text(what)), range.contains(value) else { throw refused("\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)") }
        return value
    }

    func truth(_ what: String) throws(RuleError) -> Bool {
        switch try text(what) {
        case "true": return true
        case "false": return false
        default: throw refused("\(what) must be true or false")
        }
    }

    /// A map's entries with their keys as text; refuses keys that are not among `known`.
    func entries(_ what: String, known: [String]) throws(RuleError) -> [(key: String, keyNode: Node, value: Node)] {
        guard let mapping else { throw refused("\(what) must be a map of \(known.prefix(6).joined(separator: ", "))\(known.count > 6 ? ", …" : "")") }
        guard !mapping.isEmpty else { throw refused("\(what) is empty") }
        var result: [(key: String, keyNode: Node, value: Node)] = []
        for (keyNode, value) in mapping {
            let key = try keyNode.text("a key of \(what)")
            guard known.contains(key) else { throw keyNode.refused("\(what) has no key \(key)", NearNames.of(key, among: known)) }
            result.append((key, keyNode, value))
        }
        return result
    }
}
