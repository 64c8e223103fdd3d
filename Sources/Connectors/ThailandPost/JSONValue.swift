import Foundation

/// Any JSON, read before anything of its shape is believed: the four systems answer with an object or an array, text or a number, for one and the same thing (thailandpost.md §4.1, §4.3, §9).
enum JSONValue: Sendable, Equatable, Codable {
    case null, bool(Bool), integer(Int64), decimal(Decimal), text(String), list([JSONValue]), object([String: JSONValue])

    /// The documents of this platform have six levels.
    static let maximumDepth = 24

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        // Each `try?` asks which of JSON's types stands here: the error only means "not this one".
        if box.decodeNil() { self = .null; return }
        if let text = try? box.decode(String.self) { self = .text(text); return }
        if let number = try? box.decode(Int64.self) { self = .integer(number); return }
        if let flag = try? box.decode(Bool.self) { self = .bool(flag); return }
        if let number = try? box.decode(Decimal.self) { self = .decimal(number); return }
        guard decoder.codingPath.count < Self.maximumDepth else { throw DecodingError.dataCorruptedError(in: box, debugDescription: "nested too deeply") }
        if let list = try? box.decode([JSONValue].self) { self = .list(list); return }
        self = .object(try box.decode([String: JSONValue].self))
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let flag): try box.encode(flag)
        case .integer(let number): try box.encode(number)
        case .decimal(let number): try box.encode(number)
        case .text(let text): try box.encode(text)
        case .list(let list): try box.encode(list)
        case .object(let object): try box.encode(object)
        }
    }

    /// nil for what is no JSON: an HTML page, half an answer. Post One writes a byte order mark in front (§6.2).
    init?(reading body: [UInt8]) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        // What is no JSON is an ordinary answer here; the caller says what that means.
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body.starts(with: mark) ? body.dropFirst(3) : body[...])) else { return nil }
        self = value
    }

    /// The field of an object; nil where it is absent, null, or this is no object.
    subscript(_ key: String) -> JSONValue? {
        guard case .object(let object) = self, let value = object[key], value != .null else { return nil }
        return value
    }

    /// Text without NUL (PostgreSQL keeps it in no text) and without white space around it; a number or a boolean written out; nil for nothing and for structure.
    var text: String? {
        switch self {
        case .text(let text):
            let clean = text.replacing("\0", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
            return clean.isEmpty ? nil : clean
        case .integer(let number): return String(number)
        case .decimal(let number): return number.isNaN ? nil : "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .null, .list, .object: return nil
        }
    }

    var integer: Int? { text.flatMap { Int($0) } }
    var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
    var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }
    /// True for anything that plainly says no: the outer `status` is a boolean, in the profile call a number (§4.1).
    var isFalse: Bool { self == .bool(false) || self == .integer(0) || text?.lowercased() == "false" }
    var isTrue: Bool { self == .bool(true) || self == .integer(1) || text?.lowercased() == "true" }
}
