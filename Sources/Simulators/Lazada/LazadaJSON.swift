package import Foundation
import SimulatorKit

/// A JSON value as the platform's answers and JSON-text parameters have them.
package enum LazadaJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case decimal(Decimal)
    case string(String)
    case array([LazadaJSON])
    case object([String: LazadaJSON])

    package subscript(_ name: String) -> LazadaJSON? { if case .object(let members) = self { members[name] } else { nil } }

    package var items: [LazadaJSON]? { if case .array(let items) = self { items } else { nil } }
    package var members: [String: LazadaJSON]? { if case .object(let members) = self { members } else { nil } }

    /// A scalar as text, whichever way it was written.
    package var looseText: String? {
        switch self {
        case .string(let text): text
        case .integer(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// An id: a whole number, or a text of one.
    package var looseInteger: Int64? { looseText.flatMap { Int64($0) } }

    package var looseBool: Bool? {
        switch looseText?.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// This object with more members.
    func with(_ more: [String: LazadaJSON]) -> LazadaJSON {
        guard case .object(let members) = self else { return self }
        return .object(members.merging(more) { $1 })
    }
}

extension LazadaJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: LazadaJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, LazadaJSON)...) { self = .object(Dictionary(elements) { $1 }) }

    static func integer(_ value: Int) -> LazadaJSON { .integer(Int64(value)) }
    static func optional(_ text: String?) -> LazadaJSON { text.map { .string($0) } ?? .null }
}

extension LazadaJSON: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() { self = .null; return }
        // Each failed reading only means that the value is of another kind.
        if let bool = try? value.decode(Bool.self) { self = .bool(bool); return }
        if let integer = try? value.decode(Int64.self) { self = .integer(integer); return }
        if let decimal = try? value.decode(Decimal.self) { self = .decimal(decimal); return }
        if let text = try? value.decode(String.self) { self = .string(text); return }
        if let items = try? value.decode([LazadaJSON].self) { self = .array(items); return }
        self = .object(try value.decode([String: LazadaJSON].self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .decimal(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let items): try container.encode(items)
        case .object(let members): try container.encode(members)
        }
    }

    /// nil where the text is no JSON (a Python dictionary with single quotes, for instance: lazada.md §9).
    package init?(parsing text: some StringProtocol) {
        // The reason does not matter: the caller answers with the platform's own words.
        guard let value = try? JSONDecoder().decode(LazadaJSON.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    /// Sorted names, no spaces. Our own trees always encode.
    package var data: Data { (try? JSONEncoder.simulator.encode(self)) ?? Data("{}".utf8) }
}
