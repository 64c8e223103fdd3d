import Domain
import Foundation

/// A compiled condition: three-valued, so that what nobody knows never makes a rule match.
indirect enum RuleTree: Sendable {
    case always
    case all([RuleTree]), any([RuleTree]), not(RuleTree)
    case leaf(RuleLeaf)

    func verdict(_ facts: RuleFacts) -> Verdict {
        switch self {
        case .always: return .yes
        case .leaf(let leaf): return leaf.verdict(facts)
        case .not(let tree): return tree.verdict(facts).inverted
        case .all(let trees):
            var result = Verdict.yes
            for tree in trees {
                switch tree.verdict(facts) { case .no: return .no; case .unknown: result = .unknown; case .yes: break }
            }
            return result
        case .any(let trees):
            var result = Verdict.no
            for tree in trees {
                switch tree.verdict(facts) { case .yes: return .yes; case .unknown: result = .unknown; case .no: break }
            }
            return result
        }
    }

    /// The fields and values that made the tree come out as `wanted`. Only called for rules that matched.
    func collect(_ facts: RuleFacts, wanted: Verdict = .yes, into matched: inout [MatchedValue]) {
        guard matched.count < RuleSet.maximumMatchedValues else { return }
        switch self {
        case .always: break
        case .leaf(let leaf): if leaf.verdict(facts) == wanted { matched.append(leaf.matched(facts)) }
        case .not(let tree): tree.collect(facts, wanted: wanted.inverted, into: &matched)
        case .all(let trees), .any(let trees):
            for tree in trees where tree.verdict(facts) == wanted { tree.collect(facts, wanted: wanted, into: &matched) }
        }
    }
}

/// One field with its operators, all of which must hold.
struct RuleLeaf: Sendable {
    var field: RuleField
    var zone: TimeZone?
    /// Of a line field: every line must hold, not one of them.
    var isEveryLine = false
    var tests: [RuleTest]
    /// The condition in words, shown in place of a personal value.
    var wording: String

    func verdict(_ facts: RuleFacts) -> Verdict {
        switch field.read {
        case .order(let read): return verdict(of: read(facts))
        case .zoned(let read): return verdict(of: read(facts.order.placedAt, zone ?? .gmt))
        case .line(let read):
            guard !facts.order.lines.isEmpty else { return isEveryLine ? .unknown : .no }
            var result: Verdict = isEveryLine ? .yes : .no
            for line in facts.order.lines {
                let one = verdict(of: read(line, facts))
                if one == (isEveryLine ? .no : .yes) { return one }
                if one == .unknown { result = .unknown }
            }
            return result
        }
    }

    private func verdict(of fact: Fact) -> Verdict {
        var result = Verdict.yes
        for test in tests {
            switch test.verdict(fact) { case .no: return .no; case .unknown: result = .unknown; case .yes: break }
        }
        return result
    }

    func matched(_ facts: RuleFacts) -> MatchedValue {
        if field.isPersonal { return MatchedValue(field: field.name, value: wording) }
        let value: String = switch field.read {
        case .order(let read): shown(read(facts), facts)
        case .zoned(let read): shown(read(facts.order.placedAt, zone ?? .gmt), facts)
        case .line(let read):
            shown(facts.order.lines.prefix(RuleSet.maximumMatchedValues).map { read($0, facts) }.first { isEveryLine || verdict(of: $0) == .yes } ?? .unknown, facts)
        }
        return MatchedValue(field: field.name, value: String(value.prefix(RuleSet.maximumShownCharacters)))
    }

    private func shown(_ fact: Fact, _ facts: RuleFacts) -> String {
        switch fact {
        case .unknown: "unknown"
        case .text(let text): text
        case .texts(let texts): texts.prefix(10).joined(separator: ", ")
        case .number(let number): field.kind == .time ? Timestamp(milliseconds: number).description : String(number)
        case .money(let minor, _): Money(minor: minor, facts.order.currency).description
        case .truth(let value): String(value)
        }
    }
}
