import Domain
import Yams

/// Turns an operator's operand into a test that fits the field's kind.
package enum RuleOperands {
    static let maximumPatternCharacters = 200
    private static let equality = ["is", "isNot", "in", "notIn"], order = ["atLeast", "atMost", "above", "below", "between"]

    package static func operators(of kind: RuleFieldKind) -> [String] {
        switch kind {
        case .text, .words: equality + ["contains", "startsWith", "endsWith", "matches", "exists"]
        case .number, .money: equality + order + ["exists"]
        case .hour: equality + order
        case .weekday: equality
        case .truth: ["is", "isNot", "exists"]
        case .time: ["before", "after", "between", "exists"]
        case .region: equality + ["exists"]
        }
    }

    static func test(_ name: String, _ node: Node, _ field: RuleField) throws(RuleError) -> RuleTest {
        if name == "exists" { return .exists(try node.truth("exists")) }
        switch field.kind {
        case .text, .words, .weekday, .region: return try textTest(name, node, field)
        case .truth: return .truth(try node.truth(name), isNegated: name == "isNot")
        case .number, .hour, .time: return try scale(name, node, field)
        case .money: return try isMinor(node) ? minorTest(name, node) : scale(name, node, field)
        }
    }

    // MARK: text

    private static func textTest(_ name: String, _ node: Node, _ field: RuleField) throws(RuleError) -> RuleTest {
        if name == "is" || name == "isNot" { _ = try node.text(name) }
        let operands = try node.texts(name)
        switch name {
        case "is", "isNot", "in", "notIn":
            var words: Set<String> = []
            for (text, node) in operands { words.formUnion(try meanings(text, node, field)) }
            return .among(words, isNegated: name == "isNot" || name == "notIn")
        case "contains": return .contains(operands.map { Array(RuleText.fold($0.text).utf8) })
        case "startsWith": return .startsWith(operands.map { RuleText.fold($0.text) })
        case "endsWith": return .endsWith(operands.map { RuleText.fold($0.text) })
        default:
            for (text, node) in operands where text.count > maximumPatternCharacters {
                throw node.refused("a pattern is longer than \(maximumPatternCharacters) characters")
            }
            return .matches(operands.map { Array(RuleText.fold($0.text).utf8) })
        }
    }

    private static func meanings(_ text: String, _ node: Node, _ field: RuleField) throws(RuleError) -> [String] {
        if field.kind == .region {
            let codes = RuleRegions.codes(for: text)
            guard !codes.isEmpty else {
                let names = AddressNormaliser.chileanRegions.flatMap { [$0.code, $0.name, $0.englishName] } + AddressNormaliser.thaiProvinces.flatMap { [$0.code, $0.englishName] }
                throw node.refused("no province or region is called \(text)", NearNames.of(text, among: names))
            }
            return codes.map(RuleText.fold)
        }
        if field.kind == .weekday {
            let day = String(text.lowercased().prefix(3))
            guard RuleFields.weekdays.contains(day) else { throw node.refused("\(text) is no weekday; write \(RuleFields.weekdays.joined(separator: ", "))") }
            return [day]
        }
        if let words = field.words, !words.contains(where: { RuleText.fold($0) == RuleText.fold(text) }) {
            throw node.refused("\(field.name) is never \(text); it is one of \(words.joined(separator: ", "))", NearNames.of(text, among: words))
        }
        return [RuleText.fold(text)]
    }

    // MARK: numbers, money, times

    private static func scale(_ name: String, _ node: Node, _ field: RuleField) throws(RuleError) -> RuleTest {
        switch name {
        case "in", "notIn":
            var numbers: Set<Int64> = []
            for (_, node) in try node.texts(name) { numbers.insert(try number(node, field)) }
            return .numbers(numbers, isNegated: name == "notIn")
        case "between":
            let (from, through) = try ends(node)
            let low = try number(from, field), high = try number(through, field)
            if field.kind == .hour, low > high { return .outside(after: low, before: high) }
            guard low <= high else { throw node.refused("between goes from the smaller to the larger") }
            return .range(from: low, through: high)
        default: return bounded(name, try number(node, field))
        }
    }

    private static func bounded(_ name: String, _ value: Int64) -> RuleTest {
        switch name {
        case "is": .numbers([value], isNegated: false)
        case "isNot": .numbers([value], isNegated: true)
        case "atLeast": .range(from: value, through: .max)
        case "atMost": .range(from: .min, through: value)
        case "above", "after": value == .max ? .numbers([], isNegated: false) : .range(from: value + 1, through: .max)
        default: value == .min ? .numbers([], isNegated: false) : .range(from: .min, through: value - 1)
        }
    }

    private static func ends(_ node: Node) throws(RuleError) -> (Node, Node) {
        let ends = try node.list("between")
        guard ends.count == 2 else { throw node.refused("between takes two values: [from, to]") }
        return (ends[0], ends[1])
    }

    private static func number(_ node: Node, _ field: RuleField) throws(RuleError) -> Int64 {
        let text = try node.text("the value for \(field.name)")
        switch field.kind {
        case .time:
            guard let time = Timestamp(rfc3339: text) else { throw node.refused("\(text) is not a time; write it like 2026-11-21T09:00:00+07:00") }
            return time.milliseconds
        case .money:
            // The unit with four decimals: every amount of every currency is exact in it.
            guard let unit = Currency("CLF"), let money = try? Money(parsing: text, unit) else {
                throw node.refused("\(text) is not an amount; write it like \"5000.00\" or {minor: 500000}")
            }
            return money.minor
        case .hour:
            guard let hour = Int64(text), (0...23).contains(hour) else { throw node.refused("\(text) is not an hour from 0 to 23") }
            return hour
        default:
            guard let value = Int64(text) else { throw node.refused("\(text) is not a whole number") }
            return value
        }
    }

    // MARK: minor units

    private static func isMinor(_ node: Node) -> Bool { node.mapping != nil || node.sequence?.first?.mapping != nil }

    private static func minor(_ node: Node) throws(RuleError) -> Int64 {
        let entries = try node.entries("the amount", known: ["minor"])
        guard let value = Int64(try entries[0].value.text("minor")) else { throw entries[0].value.refused("minor must be a whole number of minor units") }
        return value
    }

    private static func minorTest(_ name: String, _ node: Node) throws(RuleError) -> RuleTest {
        switch name {
        case "in", "notIn":
            var numbers: Set<Int64> = []
            for part in try node.list(name) { numbers.insert(try minor(part)) }
            return .minors(numbers, isNegated: name == "notIn")
        case "between":
            let (from, through) = try ends(node)
            return .minorRange(from: try minor(from), through: try minor(through))
        default:
            switch bounded(name, try minor(node)) {
            case .numbers(let set, let isNegated): return .minors(set, isNegated: isNegated)
            case .range(let from, let through): return .minorRange(from: from, through: through)
            case let other: return other
            }
        }
    }
}
