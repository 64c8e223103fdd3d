import Foundation

/// JSON as a tree that may also hold what JSON forbids: doubled members, `NaN`, lone surrogates, any raw bytes in a value's place.
indirect enum JSONNode: Decodable, Sendable {
    /// Written as it is.
    case raw([UInt8])
    case text(String)
    case list([JSONNode])
    case object([(name: String, value: JSONNode)])

    static func raw(_ text: String) -> JSONNode { .raw(Array(text.utf8)) }

    struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Members come in the order of their names: a dictionary's own order differs from run to run.
    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            self = .object(try object.allKeys.sorted { $0.stringValue < $1.stringValue }.map { ($0.stringValue, try object.decode(JSONNode.self, forKey: $0)) })
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var nodes: [JSONNode] = []
            while !list.isAtEnd { nodes.append(try list.decode(JSONNode.self)) }
            self = .list(nodes)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .raw("null")
        } else if let flag = try? value.decode(Bool.self) {
            self = .raw(flag ? "true" : "false")
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let whole = try? value.decode(Int64.self) {
            self = .raw("\(whole)")
        } else {
            self = .raw("\(try value.decode(Decimal.self))")
        }
    }

    init(_ text: String) throws { self = try JSONDecoder().decode(JSONNode.self, from: Data(text.utf8)) }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }

    private func write(into bytes: inout [UInt8]) {
        switch self {
        case .raw(let raw): bytes += raw
        case .text(let text): Self.write(text, into: &bytes)
        case .list(let nodes):
            bytes.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                node.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<32: bytes += Array("\\u00".utf8) + [digit(byte >> 4), digit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    // MARK: places

    /// Values in the tree, this one included.
    var count: Int {
        switch self {
        case .raw, .text: 1
        case .list(let nodes): nodes.reduce(1) { $0 + $1.count }
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        }
    }

    /// The value at a place, counted from the top down.
    func node(at place: Int) -> JSONNode? {
        if place == 0 { return self }
        var rest = place - 1
        for child in children {
            let count = child.count
            if rest < count { return child.node(at: rest) }
            rest -= count
        }
        return nil
    }

    mutating func change(at place: Int, _ work: (inout JSONNode) -> Void) {
        if place == 0 { return work(&self) }
        var rest = place - 1
        switch self {
        case .raw, .text: return
        case .list(var nodes):
            for index in nodes.indices {
                let count = nodes[index].count
                if rest < count {
                    nodes[index].change(at: rest, work)
                    self = .list(nodes)
                    return
                }
                rest -= count
            }
        case .object(var members):
            for index in members.indices {
                let count = members[index].value.count
                if rest < count {
                    members[index].value.change(at: rest, work)
                    self = .object(members)
                    return
                }
                rest -= count
            }
        }
    }

    private var children: [JSONNode] {
        switch self {
        case .raw, .text: []
        case .list(let nodes): nodes
        case .object(let members): members.map(\.value)
        }
    }
}
