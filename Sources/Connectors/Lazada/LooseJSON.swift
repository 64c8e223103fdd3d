import Domain
import Foundation

/// Any JSON, kept whole: for joining an order and its items into one body without losing a member that this version does not know.
enum LooseJSON: Sendable, Equatable, Codable {
    case null, bool(Bool), integer(Int64), decimal(Decimal), string(String), array([LooseJSON]), object([String: LooseJSON])

    /// The deepest answer has seven levels. The decoder's time grows with the cube of the depth.
    static let maximumDepth = 32

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count < Self.maximumDepth else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "nested deeper than \(Self.maximumDepth) levels"))
        }
        let box = try decoder.singleValueContainer()
        if let text = try? box.decode(String.self) { self = .string(text) }
        else if let whole = try? box.decode(Int64.self) { self = .integer(whole) }
        else if let flag = try? box.decode(Bool.self) { self = .bool(flag) }
        else if box.decodeNil() { self = .null }
        else if let number = try? box.decode(Decimal.self), !number.isNaN { self = .decimal(number) }
        else if let members = try? box.decode([String: LooseJSON].self) { self = .object(members) }
        else { self = .array(try box.decode([LooseJSON].self)) }
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .integer(let value): try box.encode(value)
        case .decimal(let value): try box.encode(value)
        case .string(let value): try box.encode(value)
        case .array(let values): try box.encode(values)
        case .object(let members): try box.encode(members)
        }
    }

    subscript(_ name: String) -> LooseJSON? { if case .object(let members) = self { members[name] } else { nil } }

    /// Text or number as text; nil for everything else and for nothing.
    var text: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let value): String(value)
        case .decimal(let value): value.description
        case .null, .bool, .array, .object: nil
        }
    }

    /// The elements of a list; one object counts as a list of it.
    var elements: [LooseJSON] {
        switch self {
        case .array(let values): values
        case .object: [self]
        default: []
        }
    }
}
