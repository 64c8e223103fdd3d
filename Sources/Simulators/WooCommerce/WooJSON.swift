package import Foundation

/// A JSON value that keeps the order of an object's members, because WooCommerce's answers and webhook bodies have a fixed order.
package enum WooJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([WooJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: WooJSON

        package init(_ name: String, _ value: WooJSON) {
            self.name = name
            self.value = value
        }
    }

    /// Member of an object; nil elsewhere or where it is absent.
    package subscript(_ name: String) -> WooJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var items: [WooJSON]? { if case .array(let items) = self { items } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    package var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }

    /// As PHP's loose reading of a scalar: `7`, `7.5`, `"7"`, `true`.
    var looseText: String? {
        switch self {
        case .string(let text): text
        case .integer(let value): "\(value)"
        case .number(let value): Self.phpNumber(value)
        case .bool(let value): value ? "1" : ""
        case .null, .array, .object: nil
        }
    }
    var looseInteger: Int? { if case .number(let value) = self { Int(exactly: value) } else { looseText.flatMap { Int($0) } } }
    var looseBool: Bool? {
        switch self {
        case .bool(let value): value
        case .string(let text): ["true", "1", "yes"].contains(text.lowercased()) ? true : ["false", "0", "", "no"].contains(text.lowercased()) ? false : nil
        case .integer(let value): value == 0 ? false : value == 1 ? true : nil
        default: nil
        }
    }

    /// The members named in `names` only, in their own order; a dotted name (`billing.email`) reaches one level down (`_fields`).
    func keeping(_ names: [String]) -> WooJSON {
        guard case .object(let members) = self else { return self }
        return .object(members.compactMap { member in
            if names.contains(member.name) { return member }
            let inner = names.compactMap { $0.hasPrefix("\(member.name).") ? String($0.dropFirst(member.name.count + 1)) : nil }
            return inner.isEmpty ? nil : Member(member.name, member.value.keeping(inner))
        })
    }
}

extension WooJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: WooJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, WooJSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }

    static func optional(_ text: String?) -> WooJSON { text.map { .string($0) } ?? .null }
    static func optional(_ value: Int?) -> WooJSON { value.map { .integer($0) } ?? .null }
}

extension WooJSON: Decodable {
    private struct MemberKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    /// Members come out sorted by name: the decoder does not tell their order.
    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: MemberKey.self) {
            let keys = object.allKeys.sorted { $0.stringValue < $1.stringValue }
            self = .object(try keys.map { Member($0.stringValue, try object.decode(WooJSON.self, forKey: $0)) })
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var items: [WooJSON] = []
            while !list.isAtEnd { items.append(try list.decode(WooJSON.self)) }
            self = .array(items)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() { self = .null; return }
        // Each failed reading only means that the value is of another kind.
        if let bool = try? value.decode(Bool.self) { self = .bool(bool); return }
        if let integer = try? value.decode(Int.self) { self = .integer(integer); return }
        if let number = try? value.decode(Double.self) { self = .number(number); return }
        self = .string(try value.decode(String.self))
    }

    package init(parsing bytes: some DataProtocol) throws { self = try JSONDecoder().decode(WooJSON.self, from: Data(bytes)) }
}

extension WooJSON {
    /// As `wp_json_encode` writes: `\uXXXX` (lower-case hex) for everything outside ASCII, `\/` for a slash, no spaces (platforms/woocommerce.md §1).
    package var rendered: String { String(decoding: bytes, as: UTF8.self) }

    package var bytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(4_096)
        append(to: &output)
        return output
    }

    private func append(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += "\(value)".utf8
        case .number(let value): output += Self.phpNumber(value).utf8
        case .string(let text): Self.append(text, to: &output)
        case .array(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                item.append(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.append(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.append(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// A PHP float in JSON: shortest form that reads back, without a fraction of zero (`450`, `33.333333333333336`).
    static func phpNumber(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
        return "\(value)"
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22: output += #"\""#.utf8
            case 0x5C: output += #"\\"#.utf8
            case 0x2F: output += #"\/"#.utf8
            case 0x08: output += #"\b"#.utf8
            case 0x0C: output += #"\f"#.utf8
            case 0x0A: output += #"\n"#.utf8
            case 0x0D: output += #"\r"#.utf8
            case 0x09: output += #"\t"#.utf8
            case 0x20...0x7F: output.append(UInt8(truncatingIfNeeded: unit))
            default:
                let hex = String(unit, radix: 16)
                output += #"\u"#.utf8
                output += String(repeating: "0", count: 4 - hex.utf8.count).utf8
                output += hex.utf8
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
