package import Foundation

/// A JSON value that keeps the order of its keys and the exact text of its numbers, so that bodies look as the platform writes them.
package enum JSONNode: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// The number's own text: `13.72`, `2000.0`.
    case number(String)
    case text(String)
    case array([JSONNode])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONNode
    }

    /// Which characters are escaped inside strings.
    package enum Escaping: Sendable {
        /// REST and webhooks: `\/`, and `\u003c`, `\u003e`, `\u0026` for angle brackets and ampersand (platforms/shopify.md §3.3).
        case legacy
        /// GraphQL: only what JSON demands.
        case plain
    }

    package func data(_ escaping: Escaping = .legacy) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4096)
        write(to: &bytes, escaping)
        return Data(bytes)
    }

    private func write(to bytes: inout [UInt8], _ escaping: Escaping) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let text): bytes += text.utf8
        case .text(let text): Self.write(text, to: &bytes, escaping)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes, escaping)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes, escaping)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes, escaping)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8], _ escaping: Escaping) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
            case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
            case UInt8(ascii: "/") where escaping == .legacy: bytes += #"\/"#.utf8
            case UInt8(ascii: "<") where escaping == .legacy: bytes += #"\u003c"#.utf8
            case UInt8(ascii: ">") where escaping == .legacy: bytes += #"\u003e"#.utf8
            case UInt8(ascii: "&") where escaping == .legacy: bytes += #"\u0026"#.utf8
            case 0..<0x20: bytes += (#"\u00"# + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONNode)...) { self = .object(elements.map { Member(key: $0.0, value: $0.1) }) }

    package init(_ text: String?) { self = text.map(JSONNode.text) ?? .null }
    package init(_ value: Int64?) { self = value.map(JSONNode.integer) ?? .null }
    package init(_ value: Int) { self = .integer(Int64(value)) }
}

// MARK: Reading

extension JSONNode {
    package subscript(key: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var string: String? { if case .text(let text) = self { text } else { nil } }
    package var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var elements: [JSONNode]? { if case .array(let elements) = self { elements } else { nil } }
    package var isNull: Bool { self == .null }

    /// A whole number, also when it comes as text (ids and quantities of tolerant clients).
    package var int64: Int64? {
        switch self {
        case .integer(let value): value
        case .text(let text), .number(let text): Int64(text)
        default: nil
        }
    }

    /// A number or a text as the text that was written.
    package var plainText: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .integer(let value): String(value)
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }

    /// The members of an object, or nothing.
    package var members: [Member] { if case .object(let members) = self { members } else { [] } }

    package func appending(_ key: String, _ value: JSONNode) -> JSONNode { .object(members + [Member(key: key, value: value)]) }

    package func dropping(_ keys: Set<String>) -> JSONNode { .object(members.filter { !keys.contains($0.key) }) }

    package init(parsing data: Data) throws { self = try JSONDecoder().decode(JSONNode.self, from: data) }
}

extension JSONNode: Decodable {
    private struct FieldKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: FieldKey.self) {
            self = .object(
                try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                    Member(key: $0.stringValue, value: try container.decode(JSONNode.self, forKey: $0))
                })
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [JSONNode] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONNode.self)) }
            self = .array(elements)
        } else {
            self = try Self.scalar(decoder.singleValueContainer())
        }
    }

    /// The tries below fail by design: each asks whether the value is of that kind.
    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONNode {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        if let value = try? container.decode(Decimal.self) { return .number("\(value)") }
        return .text(try container.decode(String.self))
    }
}
