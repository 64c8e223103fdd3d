/// JSON written straight into bytes, for the few shapes that are written for every order: the general encoder takes ten times as long, because it builds a tree
/// of boxes first. What it writes is what `JSONEncoder.crossdock` writes (a test compares them), and everything is read back by the general decoder.
package struct JSONText: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Whether the next field or element needs a comma before it.
    private var needsComma = false

    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    package mutating func object<E: Error>(_ body: (inout JSONText) throws(E) -> Void) throws(E) { try enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"), body) }
    package mutating func array<E: Error>(_ body: (inout JSONText) throws(E) -> Void) throws(E) { try enclosed(UInt8(ascii: "["), UInt8(ascii: "]"), body) }

    private mutating func enclosed<E: Error>(_ open: UInt8, _ close: UInt8, _ body: (inout JSONText) throws(E) -> Void) throws(E) {
        comma()
        bytes.append(open)
        needsComma = false
        try body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func comma() { if needsComma { bytes.append(UInt8(ascii: ",")) } }

    /// The name of the field whose value is written next.
    package mutating func name(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A name that is data.
    package mutating func name(data name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ value: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { text in
            if text.allSatisfy(Self.isPlain) { bytes.append(contentsOf: text) } else { for byte in text { escape(byte) } }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    package mutating func integer(_ value: Int64) {
        comma()
        var digits = value.description
        digits.withUTF8 { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    package mutating func bool(_ value: Bool) {
        comma()
        bytes.append(contentsOf: value ? Array("true".utf8) : Array("false".utf8))
        needsComma = true
    }

    package mutating func null() {
        comma()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// A value that is JSON already.
    package mutating func raw(_ value: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// `null` is written for nil.
    package mutating func present(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }
    package mutating func present(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: String) { self.name(name); string(value) }
    package mutating func field(_ name: StaticString, _ value: Int64) { self.name(name); integer(value) }
    package mutating func field(_ name: StaticString, _ value: Int) { self.name(name); integer(Int64(value)) }
    package mutating func field(_ name: StaticString, _ value: Bool) { self.name(name); bool(value) }
    /// Nothing is written for nil.
    package mutating func field(_ name: StaticString, _ value: String?) { if let value { field(name, value) } }
    package mutating func field(_ name: StaticString, _ value: Int64?) { if let value { field(name, value) } }
    package mutating func field(_ name: StaticString, _ value: Int?) { if let value { field(name, value) } }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") }

    private mutating func escape(_ byte: UInt8) {
        guard !Self.isPlain(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 48 + digit : 87 + digit) }
        }
    }
}
