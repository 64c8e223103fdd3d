import Domain
import Foundation

/// Any JSON of the API, read and written without knowing its shape: the CLI prints members that a newer hub adds.
enum JSONValue: Sendable, Equatable {
    case null, bool(Bool), integer(Int64), number(Double), text(String), array([JSONValue]), object([String: JSONValue])

    /// The member; `.null` for anything that has none.
    subscript(_ key: String) -> JSONValue {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    /// The member at a dotted path: `totals.grand`.
    subscript(path path: String) -> JSONValue {
        path.split(separator: ".").reduce(self) { $0[String($1)] }
    }

    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    var isNull: Bool { self == .null }
    var isTrue: Bool { self == .bool(true) }
    var whole: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// Only of a text: nil for everything else.
    var string: String? { if case .text(let text) = self { text } else { nil } }

    /// As a cell of a table: a missing value is empty, a list is joined.
    var plain: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let text): text
        case .array(let elements): elements.map(\.plain).joined(separator: ", ")
        case .object(let members): members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.plain)" }.joined(separator: ", ")
        }
    }

    init(_ text: String?) { self = text.map(JSONValue.text) ?? .null }
    init(_ strings: [String]) { self = .array(strings.map(JSONValue.text)) }
    init(_ texts: [String: String]) { self = .object(texts.mapValues(JSONValue.text)) }

    init(data: Data) throws { self = try JSONDecoder().decode(JSONValue.self, from: data) }
    func data() throws -> Data { try JSONEncoder.crossdock.encode(self) }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() { self = .null; return }
        if let value = try? container.decode(Bool.self) { self = .bool(value); return }      // each failed try is the next kind
        if let value = try? container.decode(Int64.self) { self = .integer(value); return }
        if let value = try? container.decode(Double.self) { self = .number(value); return }
        if let value = try? container.decode(String.self) { self = .text(value); return }
        if let value = try? container.decode([JSONValue].self) { self = .array(value); return }
        self = .object(try container.decode([String: JSONValue].self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// Members that are `.null` are left out: the API takes a missing member for "not given".
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements.filter { !$0.1.isNull }, uniquingKeysWith: { _, last in last }))
    }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
}
