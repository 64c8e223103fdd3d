/// Turns real-shaped JSON into what a broken, old, new or hostile sender might write.
struct JSONMutator: Sendable {
    let corpus: [JSONNode]
    /// Larger ones are cut: the door answers 413 to them.
    let maximumBytes: Int

    init(_ texts: [String], maximumBytes: Int) throws {
        corpus = try texts.map { try JSONNode($0) }
        self.maximumBytes = maximumBytes
    }

    /// - Parameter base: which of the corpus; nil: any.
    func body(_ random: inout FuzzRandom, base: Int? = nil) -> [UInt8] {
        var tree = corpus[base ?? random.below(corpus.count)]
        for _ in 0...random.below(3) { mutate(&tree, &random) }
        var bytes = tree.bytes
        if random.once(in: 6) { ByteMutator.mutate(&bytes, &random) }
        if bytes.count > maximumBytes { bytes.removeLast(bytes.count - maximumBytes) }
        return bytes
    }

    private func mutate(_ tree: inout JSONNode, _ random: inout FuzzRandom) {
        let kind = random.below(16), place = random.below(tree.count)
        let donor = corpus[random.below(corpus.count)]
        let graft = donor.node(at: random.below(donor.count)) ?? .raw("null")
        var random = random.forked()
        tree.change(at: place) { node in
            switch kind {
            case 0...4: node = HostileValues.value(&random, inPlaceOf: node)
            case 5...7: node = Self.otherType(node, &random)
            case 8: node = graft
            case 9: Self.removeMember(of: &node, &random)
            case 10: Self.doubleMember(of: &node, graft, &random)
            case 11: Self.renameMember(of: &node, &random)
            case 12: Self.repeatElement(of: &node, &random)
            case 13: node = Self.nested(node, &random)
            case 14: node = .text(HostileValues.longText(&random))
            default: Self.shuffle(&node, &random)
            }
        }
    }

    private static func otherType(_ node: JSONNode, _ random: inout FuzzRandom) -> JSONNode {
        switch node {
        case .raw(let raw): random.once(in: 2) ? .text(String(decoding: raw, as: UTF8.self)) : .list([node])
        case .text(let text): random.once(in: 2) ? .raw(text) : .object([("value", node)])
        case .list(let nodes): random.once(in: 2) ? .object(nodes.enumerated().map { ("\($0.offset)", $0.element) }) : nodes.first ?? .raw("{}")
        case .object(let members): random.once(in: 2) ? .list(members.map(\.value)) : .raw("[]")
        }
    }

    private static func removeMember(of node: inout JSONNode, _ random: inout FuzzRandom) {
        switch node {
        case .object(var members) where !members.isEmpty:
            members.remove(at: random.below(members.count))
            node = .object(members)
        case .list(var nodes) where !nodes.isEmpty:
            nodes.remove(at: random.below(nodes.count))
            node = .list(nodes)
        default: node = .raw("null")
        }
    }

    private static func doubleMember(of node: inout JSONNode, _ graft: JSONNode, _ random: inout FuzzRandom) {
        guard case .object(var members) = node, let member = random.pick(members) else { return }
        members.insert((member.name, random.once(in: 2) ? graft : member.value), at: random.below(members.count + 1))
        node = .object(members)
    }

    private static func renameMember(of node: inout JSONNode, _ random: inout FuzzRandom) {
        guard case .object(var members) = node, !members.isEmpty else { return }
        let index = random.below(members.count)
        members[index].name = random.pick(["", "id", members[index].name.uppercased(), members[index].name + "\u{0}", String(repeating: "k", count: 5000)]) ?? ""
        node = .object(members)
    }

    private static func repeatElement(of node: inout JSONNode, _ random: inout FuzzRandom) {
        guard case .list(let nodes) = node, let element = random.pick(nodes) else {
            node = .list([JSONNode](repeating: node, count: random.pick([0, 2, 50]) ?? 0))
            return
        }
        // Thousands of whole orders would only be cut again.
        let count = element.count > 60 ? 5 : random.pick([2, 40, 300, random.once(in: 20) ? 10_000 : 3]) ?? 2
        node = .list([JSONNode](repeating: element, count: count))
    }

    private static func nested(_ node: JSONNode, _ random: inout FuzzRandom) -> JSONNode {
        let depth = random.pick([1, 16, 17, 100, 511, 512, 513, 2000]) ?? 1, open = random.once(in: 2) ? "[" : #"{"a":"#
        let close = open == "[" ? "]" : "}"
        return .raw(Array(String(repeating: open, count: depth).utf8) + node.bytes + Array(String(repeating: close, count: random.once(in: 10) ? depth - 1 : depth).utf8))
    }

    private static func shuffle(_ node: inout JSONNode, _ random: inout FuzzRandom) {
        switch node {
        case .list(let nodes): node = .list(nodes.reversed() + (random.once(in: 2) ? nodes : []))
        case .object(var members) where members.count > 1:
            let a = random.below(members.count), b = random.below(members.count)
            (members[a].value, members[b].value) = (members[b].value, members[a].value)
            node = .object(members)
        default: node = .list([node, node])
        }
    }
}

extension FuzzRandom {
    /// One of its own, for a closure.
    mutating func forked() -> FuzzRandom { FuzzRandom(seed: next()) }
}

/// Changes bytes without regard to what they mean.
enum ByteMutator {
    static func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { bytes = [UInt8](repeating: 0x22, count: random.below(3)); return }
            let at = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.removeLast(bytes.count - at)
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(40)))
            case 4: bytes.insert(contentsOf: random.pick(HostileValues.byteRuns) ?? [], at: at)
            case 5:
                let from = random.below(bytes.count), piece = Array(bytes[from..<min(bytes.count, from + 1 + random.below(200))])
                bytes.insert(contentsOf: piece, at: at)
            case 6:
                let from = random.below(bytes.count), piece = Array(bytes[from..<min(bytes.count, from + 1 + random.below(60))])
                bytes.replaceSubrange(at..<min(bytes.count, at + piece.count), with: piece)
            default: bytes.insert(contentsOf: [UInt8](repeating: bytes[at], count: 1 + random.below(2000)), at: at)
            }
        }
    }
}
