/// Whether a condition holds; `unknown` makes no rule match, under `not` either.
enum Verdict: Sendable, Equatable {
    case yes, no, unknown
    init(_ holds: Bool) { self = holds ? .yes : .no }
    var inverted: Verdict { switch self { case .yes: .no; case .no: .yes; case .unknown: .unknown } }
}

/// One operator with its operand, compiled.
enum RuleTest: Sendable {
    case exists(Bool)
    /// Folded words; regions are compared as text too.
    case among(Set<String>, isNegated: Bool)
    case contains([[UInt8]]), startsWith([String]), endsWith([String]), matches([[UInt8]])
    case truth(Bool, isNegated: Bool)
    /// Numbers, milliseconds, or ten-thousandths of a currency's major unit.
    case numbers(Set<Int64>, isNegated: Bool)
    case range(from: Int64, through: Int64)
    /// Hours that go over midnight.
    case outside(after: Int64, before: Int64)
    /// Minor units of the order's own currency.
    case minors(Set<Int64>, isNegated: Bool), minorRange(from: Int64, through: Int64)

    func verdict(_ fact: Fact) -> Verdict {
        if case .exists(let wanted) = self { return Verdict(fact.isKnown == wanted) }
        switch fact {
        case .unknown: return .unknown
        case .text(let text): return Verdict(holds(text: RuleText.fold(text)))
        case .texts(let texts):
            if case .among(let set, let isNegated) = self { return Verdict(texts.contains { set.contains(RuleText.fold($0)) } != isNegated) }
            return Verdict(texts.contains { holds(text: RuleText.fold($0)) })
        case .number(let number): return Verdict(holds(number: number))
        case .money(let minor, let exponent):
            switch self {
            case .minors(let set, let isNegated): return Verdict(set.contains(minor) != isNegated)
            case .minorRange(let from, let through): return Verdict(from <= minor && minor <= through)
            default: return Verdict(holds(number: RuleTest.tenThousandths(minor, exponent: exponent)))
            }
        case .truth(let value):
            if case .truth(let wanted, let isNegated) = self { return Verdict((value == wanted) != isNegated) }
            return .unknown
        }
    }

    private func holds(text: String) -> Bool {
        switch self {
        case .among(let set, let isNegated): set.contains(text) != isNegated
        case .contains(let parts): parts.contains { RuleText.contains(text, $0) }
        case .startsWith(let parts): parts.contains { text.hasPrefix($0) }
        case .endsWith(let parts): parts.contains { text.hasSuffix($0) }
        case .matches(let patterns): patterns.contains { RuleText.matches(text, glob: $0) }
        default: false
        }
    }

    private func holds(number: Int64) -> Bool {
        switch self {
        case .numbers(let set, let isNegated): set.contains(number) != isNegated
        case .range(let from, let through): from <= number && number <= through
        case .outside(let after, let before): number >= after || number <= before
        default: false
        }
    }

    /// Four decimals hold every currency's minor unit exactly; sums too large for that stand at the end of the scale.
    static func tenThousandths(_ minor: Int64, exponent: Int) -> Int64 {
        var scale: Int64 = 1
        for _ in 0..<max(0, 4 - exponent) { scale *= 10 }
        let (value, overflow) = minor.multipliedReportingOverflow(by: scale)
        return overflow ? (minor < 0 ? .min : .max) : value
    }
}

extension Fact {
    var isKnown: Bool {
        switch self {
        case .unknown: false
        case .text(let text): !text.isEmpty
        case .texts(let texts): !texts.isEmpty
        case .number, .money, .truth: true
        }
    }
}
