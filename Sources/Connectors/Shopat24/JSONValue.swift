import Foundation

/// Any JSON: a profile decides where in it things stand, so nothing of its shape is known before.
enum JSONValue: Sendable, Equatable, Codable {
    case null, bool(Bool), integer(Int64), decimal(Decimal), text(String), list([JSONValue]), object([String: JSONValue])

    /// The built-in profile's answers have eight levels.
    static let maximumDepth = 32

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

    /// nil for what is no JSON: an HTML page, half an answer. A byte order mark in front is passed over.
    init?(reading body: [UInt8]) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        // What is no JSON is an ordinary answer here; the caller says what that means.
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body.starts(with: mark) ? body.dropFirst(3) : body[...])) else { return nil }
        self = value
    }

    /// Text as it stands; a number or a boolean written out without exponent; nil for nothing and for structure.
    var text: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .decimal(let number): number.isNaN ? nil : "\(number)"
        case .bool(let flag): flag ? "true" : "false"
        case .null, .list, .object: nil
        }
    }

    var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
    var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }

    /// true, false, 1, 0 and their texts; nil for anything else.
    var flag: Bool? {
        switch text?.lowercased() {
        case "true", "1", "y", "yes": true
        case "false", "0", "n", "no": false
        default: nil
        }
    }

    /// RFC 7396: members of `patch` replace ours, null takes one away, objects are laid over each other.
    func merged(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var object = self.object ?? [:]
        for (name, change) in changes { object[name] = change == .null ? nil : (object[name] ?? .null).merged(with: change) }
        return .object(object)
    }
}
