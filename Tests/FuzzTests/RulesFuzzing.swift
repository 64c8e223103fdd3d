import Connect
import Domain
import Foundation
@testable import Hub

enum RulesFuzzing {
    private static let corpus = [
        """
        rules:
          - name: cold goods by express
            when: {all: [{field: lines.sku, startsWith: cold-}, {field: totals.grand, between: ["1", "6000.50"]}]}
            then: {courier: express, service: EMS, tag: [cold, "a b"], priority: 5}
          - name: "no islands"
            when: {region: {in: [เชียงใหม่, TH-83]}}
            then: {exclude: "we do not ship there"}
          - name: nights
            when: {any: [{field: hourOfDay, zone: Asia/Bangkok, between: [22, 5]}, {not: {field: weekday, zone: UTC, is: sat}}]}
            then: {hold: look at it}
          - name: heavy
            when: {field: weightGrams, above: 20000}
            then: {split: {by: weight, maximumGrams: 20000}}
        """,
        "rules: [{name: a, when: {field: note, matches: \"*a?c*\"}, then: {approve: true}}, {name: b, then: {split: {by: sku, groups: [[cold*], [b, c]]}}}]",
        "rules: [{name: a, when: {field: placedAt, after: \"2026-11-21T00:00:00Z\", before: \"2026-11-22T00:00:00Z\"}, then: {tag: x}}]\n", "rules: []",
        "rules: [{name: a, when: {field: totals.grand, atLeast: {minor: 600000}}, then: {tag: x}}, {name: s, then: {split: {by: sku}}}]",
        "rules: [{name: c, then: {courier: {cheapest: [Post, {name: Flash, service: express}]}}}, {name: f, then: {courier: {firstThatCan: [A]}, approve: true}}]",
        "rules: [{name: q, then: {split: {by: quantity, maximumQuantity: 1000000000}}}]", "rules: [{name: u, then: {split: {by: unit}}}]", "rules: [{name: w, then: {split: {by: weight, maximumGrams: 1000000000}}}]",
    ]
    private static let pieces = [
        "*", "&a", "*a", "!!binary ", "!!float ", "? ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "|", ">", "#", "%YAML 1.1\n", "---\n", "...\n", "\t", "\u{FEFF}", "\u{0}", "\u{85}", "<<: ",
        "9223372036854775808", "-9223372036854775808", "1e400", ".inf", ".nan", "0x7fffffffffffffff", "1:30:00", "null", "~", "when: ", "then: ", "name: ", "field: ", "\u{1F468}\u{200D}\u{1F469}", "\u{202E}",
    ]
    private static let orders = [FuzzBench.order.snapshot, edge]

    /// An order at the edges of what a snapshot can hold.
    private static var edge: OrderSnapshot {
        var order = FuzzBench.order.snapshot
        order.placedAt = Timestamp(milliseconds: -62_167_219_200_000)
        order.totals = Totals(items: Expectations.largestAmount, discount: -Expectations.largestAmount, grand: Expectations.largestAmount)
        order.lines = (0..<40).map { OrderLine(externalLineID: "\($0)", sku: "COLD-\($0)", title: "x", quantity: Expectations.largestQuantity, unitPrice: 1, lineTotal: 1, weightGrams: Expectations.largestQuantity) }
        order.note = String(repeating: "a", count: 10_000)
        return order
    }

    static func target() throws -> FuzzTarget {
        for text in corpus { _ = try RuleSet(yaml: text, version: 1) }
        return FuzzTarget(name: "rules") { random in
            var bytes = Array((random.pick(corpus) ?? "").utf8)
            for _ in 0...random.below(3) {
                let at = random.below(bytes.count + 1)
                switch random.below(5) {
                case 0, 1: bytes.insert(contentsOf: Array((random.pick(pieces) ?? "").utf8), at: at)
                case 2: bytes.insert(contentsOf: Array(String(repeating: random.pick(pieces) ?? "", count: random.pick([3, 40, 3_000]) ?? 1).utf8), at: at)
                case 3: ByteMutator.mutate(&bytes, &random)
                default:
                    let other = Array((random.pick(corpus) ?? "").utf8), from = random.below(other.count)
                    bytes.insert(contentsOf: other[from..<min(other.count, from + 60)], at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            return { verdict(text) }
        }
    }

    private static func verdict(_ text: String) -> FuzzVerdict {
        do throws(RuleError) {
            let rules = try RuleSet(yaml: text, version: 1)
            var verdict = FuzzVerdict(isRead: true)
            for order in orders {
                let decision = rules.decide(RuleFacts(order: order, channel: "Shop", platform: "shopify", workflow: .new, now: FuzzBench.now))
                if decision.matched.count > 20 { verdict.complaints.append("\(decision.matched.count) matched values") }
                if [.excluded, .held].contains(decision.outcome), decision.reason?.isEmpty ?? true { verdict.complaints.append("decided without a reason") }
            }
            return verdict
        } catch {
            var complaints: [String] = []
            if error.message.isEmpty || error.line < 1 || error.column < 0 { complaints.append("a mistake without words or place: \(error)") }
            if error.sentence.utf8.count > Expectations.largestSentenceBytes { complaints.append("a sentence of \(error.sentence.utf8.count) bytes") }
            return FuzzVerdict(complaints: complaints)
        }
    }
}
