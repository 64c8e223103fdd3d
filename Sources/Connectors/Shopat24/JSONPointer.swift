/// An RFC 6901 pointer: where in an answer, an order, an invoice or a line something stands (shopat24.md §4B).
struct JSONPointer: Sendable, Hashable, Decodable {
    let text: String
    private let steps: [String]

    static let whole = JSONPointer(text: "", steps: [])
    static let longest = 500

    private init(text: String, steps: [String]) { self.text = text; self.steps = steps }

    /// - Returns: nil for what is no pointer: no `/` in front, a `~` before anything but 0 and 1.
    init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/"), text.utf8.count <= Self.longest else { return nil }
        var steps: [String] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let step = Self.unescaped(part) else { return nil }
            steps.append(step)
        }
        self.init(text: text, steps: steps)
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        guard let pointer = JSONPointer(try box.decode(String.self)) else { throw DecodingError.dataCorruptedError(in: box, debugDescription: "not a JSON pointer") }
        self = pointer
    }

    private static func unescaped(_ part: Substring) -> String? {
        guard part.contains("~") else { return String(part) }
        var step = "", isEscaped = false
        for character in part {
            switch (isEscaped, character) {
            case (true, "0"): step.append("~"); isEscaped = false
            case (true, "1"): step.append("/"); isEscaped = false
            case (true, _): return nil
            case (false, "~"): isEscaped = true
            case (false, _): step.append(character)
            }
        }
        return isEscaped ? nil : step
    }

    /// nil where there is nothing, and for null.
    func value(in document: JSONValue) -> JSONValue? {
        var value = document
        for step in steps {
            switch value {
            case .object(let object):
                guard let next = object[step] else { return nil }
                value = next
            case .list(let list):
                // No leading zeros, no signs; `-` names the element behind the last, which is never there.
                guard step == "0" || !step.hasPrefix("0"), step.utf8.allSatisfy({ (48...57).contains($0) }), let index = Int(step), list.indices.contains(index) else { return nil }
                value = list[index]
            default: return nil
            }
        }
        return value == .null ? nil : value
    }
}
