package import Foundation

/// A JSON value, for bodies whose members vary. Written by `JSONEncoder` with sorted keys, read by `JSONDecoder`.
package enum PostJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case array([PostJSON])
    case object([String: PostJSON])

    package init(parsing bytes: Data) throws { self = try JSONDecoder().decode(PostJSON.self, from: bytes) }

    /// Member of an object; nil elsewhere or where it is absent.
    package subscript(_ name: String) -> PostJSON? { if case .object(let members) = self { members[name] } else { nil } }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var items: [PostJSON]? { if case .array(let items) = self { items } else { nil } }
    package var members: [String: PostJSON]? { if case .object(let members) = self { members } else { nil } }
    package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// Text or number as text: what the web service's clients mix freely (thailandpost.md §4.2).
    var loose: String? {
        switch self {
        case .string(let text): text
        case .number(let number): "\(number)"
        default: nil
        }
    }

    var integer: Int? { loose.flatMap { Int($0) } }
    var seconds: Double? { loose.flatMap { Double($0) } }
    /// All elements as text; nil where one is none or this is no list.
    var texts: [String]? {
        guard let items else { return nil }
        let texts = items.compactMap(\.text)
        return texts.count == items.count ? texts : nil
    }

    static func optional(_ text: String?) -> PostJSON { text.map { .string($0) } ?? .null }
    static func integer(_ value: Int) -> PostJSON { .number(Decimal(value)) }
    static func counts(_ counts: [String: Int]) -> PostJSON { .object(counts.mapValues { .integer($0) }) }
}

extension PostJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(Decimal(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: PostJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, PostJSON)...) { self = .object(Dictionary(elements, uniquingKeysWith: { $1 })) }
}

extension PostJSON: Codable {
    private struct MemberKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: MemberKey.self) {
            self = .object(Dictionary(try object.allKeys.map { ($0.stringValue, try object.decode(PostJSON.self, forKey: $0)) }, uniquingKeysWith: { first, _ in first }))
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var items: [PostJSON] = []
            while !list.isAtEnd { items.append(try list.decode(PostJSON.self)) }
            self = .array(items)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() { self = .null; return }
        // Each failed reading only means that the value is of another kind.
        if let bool = try? value.decode(Bool.self) { self = .bool(bool); return }
        if let number = try? value.decode(Decimal.self) { self = .number(number); return }
        self = .string(try value.decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: MemberKey.self)
            for (name, value) in members { try container.encode(value, forKey: MemberKey(name)) }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .null, .array, .object: try container.encodeNil()
            }
        }
    }
}
