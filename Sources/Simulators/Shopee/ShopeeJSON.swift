import Domain
package import Foundation

/// A JSON value that keeps the order of its members and the exact text of its numbers, so that `38`, `38.0` and `417.5` reach the wire as they are meant.
package enum ShopeeJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// The number's own text.
    case number(String)
    case text(String)
    case array([ShopeeJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: ShopeeJSON

        package init(_ name: String, _ value: ShopeeJSON) {
            self.name = name
            self.value = value
        }
    }

    package var data: Data {
        var text = JSONText(capacity: 2_048)
        write(to: &text)
        return Data(text.bytes)
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .null: text.null()
        case .bool(let value): text.bool(value)
        case .integer(let value): text.integer(value)
        case .number(let value): text.raw(value.utf8)
        case .text(let value): text.string(value)
        case .array(let items):
            text.array { inner in for item in items { item.write(to: &inner) } }
        case .object(let members):
            text.object { inner in
                for member in members {
                    inner.name(data: member.name)
                    member.value.write(to: &inner)
                }
            }
        }
    }
}

extension ShopeeJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: ShopeeJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, ShopeeJSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }

    package init(_ value: Int) { self = .integer(Int64(value)) }
    package init(texts: [String]) { self = .array(texts.map { .text($0) }) }
}

// MARK: Reading

extension ShopeeJSON {
    package subscript(_ name: String) -> ShopeeJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package subscript(_ index: Int) -> ShopeeJSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    package var string: String? { if case .text(let value) = self { value } else { nil } }
    package var int64: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let text): Double(text)
        default: nil
        }
    }
    package var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var items: [ShopeeJSON]? { if case .array(let items) = self { items } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// Minor units of a number in major ones with at most two decimals; nil for anything else.
    var minorUnits: Int64? { scaled(by: 100) }
    var grams: Int64? { scaled(by: 1_000) }

    private func scaled(by factor: Decimal) -> Int64? {
        let text: String
        switch self {
        case .integer(let value): text = "\(value)"
        case .number(let value): text = value
        default: return nil
        }
        guard let value = Decimal(string: text), value >= 0, value < 1_000_000_000 else { return nil }
        let whole = NSDecimalNumber(decimal: value * factor).int64Value
        return Decimal(whole) == value * factor ? whole : nil
    }

    package init(parsing data: Data) throws { self = try JSONDecoder().decode(ShopeeJSON.self, from: data) }

    func adding(_ name: String, _ value: ShopeeJSON) -> ShopeeJSON { .object((members ?? []) + [Member(name, value)]) }
}

extension ShopeeJSON: Decodable {
    private struct Field: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The tries below fail by design: each asks whether the value is of that kind. The decoder keeps no order, so members come sorted.
    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Field.self) {
            self = .object(try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                Member($0.stringValue, try container.decode(ShopeeJSON.self, forKey: $0))
            })
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [ShopeeJSON] = []
            while !container.isAtEnd { items.append(try container.decode(ShopeeJSON.self)) }
            self = .array(items)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Decimal.self) {
                self = .number("\(value)")
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }
}
