import Connect
import Domain
import Foundation

/// Any JSON of the platform, whose types are not to be relied on: empty is "", null or missing, numbers come as `38`, `38.0` or text, and one live
/// body had a member name with a trailing space (platforms/shopee.md §4.2). Read by `JSONDecoder`; asking for what is not there gives `.null`, never an error.
enum LooseJSON: Sendable, Equatable, Decodable {
    case null
    case flag(Bool)
    case integer(Int64)
    case decimal(Decimal)
    case text(String)
    case list([LooseJSON])
    case object([String: LooseJSON])
    /// A value that is JSON and fits no type of ours (a number out of range, half a surrogate pair, a nest without end).
    case unreadable

    /// The deepest answer has nine levels. The decoder's time grows with the cube of the depth.
    static let maximumDepth = 32

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() { self = .null; return }
        // The decoder's refusals are only its way to say "another type".
        if let text = try? single.decode(String.self) { self = .text(text); return }
        if let integer = try? single.decode(Int64.self) { self = .integer(integer); return }
        if let decimal = try? single.decode(Decimal.self), !decimal.isNaN { self = .decimal(decimal); return }
        if let flag = try? single.decode(Bool.self) { self = .flag(flag); return }
        guard decoder.codingPath.count < Self.maximumDepth else { self = .unreadable; return }
        if let list = try? single.decode([LooseJSON].self) { self = .list(list); return }
        guard let box = try? decoder.container(keyedBy: Name.self) else { self = .unreadable; return }
        var members: [String: LooseJSON] = [:]
        for key in box.allKeys {
            let name = key.stringValue.trimmed
            // A name that is written properly wins over one that is not.
            if name != key.stringValue, members[name] != nil { continue }
            members[name] = (try? box.decode(LooseJSON.self, forKey: key)) ?? .unreadable
        }
        self = .object(members)
    }

    /// - Returns: nil for what is no JSON at all.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(LooseJSON.self, from: Data(bytes)) else { return nil }
        self = value
    }

    subscript(name: String) -> LooseJSON {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// The first of these members that is not absent.
    func first(_ names: String...) -> LooseJSON { names.lazy.map { self[$0] }.first { !$0.isAbsent } ?? .null }

    var isObject: Bool { if case .object = self { true } else { false } }
    var isList: Bool { if case .list = self { true } else { false } }

    /// Missing, null and "" are one.
    var isAbsent: Bool {
        switch self {
        case .null: true
        case .text(let text): text.trimmed.isEmpty
        default: false
        }
    }

    /// Without white space at its ends; numbers and truths written out. A NUL is no character of a text: PostgreSQL takes none.
    var text: String? {
        switch self {
        case .text(let text):
            let clean = (text.utf8.contains(0) ? text.replacing("\0", with: "") : text).trimmed
            return clean.isEmpty ? nil : clean
        case .integer(let number): return String(number)
        case .decimal(let number): return number.description
        case .flag(let flag): return String(flag)
        case .null, .list, .object, .unreadable: return nil
        }
    }

    /// A whole number, also `38.0` and `"38"`.
    var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .decimal(let number): Int64(number.description)
        case .text(let text): Int64(text.trimmed)
        default: nil
        }
    }

    /// An id: digits, or a text of its own; 0 means none.
    var identifier: String? { text.flatMap { $0 == "0" ? nil : $0 } }

    var flag: Bool? {
        switch self {
        case .flag(let flag): flag
        case .integer(let number): number == 0 ? false : number == 1 ? true : nil
        case .text(let text): ["true": true, "1": true, "false": false, "0": false][text.trimmed.lowercased()]
        default: nil
        }
    }

    var list: [LooseJSON] { if case .list(let list) = self { list } else { [] } }

    /// Epoch seconds; 0 means none (platforms/shopee.md §4.2). nil for what no clock ever says.
    var time: Timestamp? { integer.flatMap { (1..<Self.latestSecond).contains($0) ? Timestamp(seconds: $0) : nil } }
    private static let latestSecond: Int64 = 100_000_000_000

    /// What a message may quote of it.
    var quoted: String { (text ?? (isAbsent ? "nothing" : "a value of another type")).cut(40) }

    func write(to json: inout JSONText) {
        switch self {
        case .null: json.null()
        // Not as null: what cannot be read is not absent, and stays so in what is written down.
        case .unreadable: json.object { $0.field("unreadable", true) }
        case .flag(let flag): json.bool(flag)
        case .integer(let number): json.integer(number)
        case .decimal(let number): json.raw(number.description.utf8)
        case .text(let text): json.string(text)
        case .list(let list): json.array { json in for element in list { element.write(to: &json) } }
        case .object(let members):
            json.object { json in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    json.name(data: name)
                    value.write(to: &json)
                }
            }
        }
    }

    /// Written out with its names in order: the same value is always the same bytes.
    var bytes: [UInt8] {
        var json = JSONText(capacity: 2048)
        write(to: &json)
        return json.bytes
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
