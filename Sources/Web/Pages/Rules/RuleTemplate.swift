/// Rules to start from. Their names and reasons are in the reader's language; the rest is the same in every one.
enum RuleTemplate: String, CaseIterable, Sendable {
    case codOver, region, regionUnknown, weight, cold, big, night, courier

    func text(_ words: Words) -> String {
        let name = words("rules.templates.\(rawValue).name"), reason = words("rules.templates.\(rawValue).reason")
        let (condition, action): (String, String) = switch self {
        case .codOver: ("when: {all: [{field: payment.isCashOnDelivery, is: true}, {field: payment.codAmount, above: \"3000.00\"}]}", "then: {hold: \"\(reason)\"}")
        case .region: ("when: {region: {in: [TH-94, TH-95, TH-96]}}", "then: {exclude: \"\(reason)\"}")
        case .regionUnknown: ("when: {field: shipTo.provinceCode, exists: false}", "then: {hold: \"\(reason)\"}")
        case .weight: ("when: {field: weightGrams, above: 20000}", "then: {split: {by: weight, maximumGrams: 20000}}")
        case .cold: ("when: {field: lines.sku, startsWith: COLD-}", "then: {tag: [cold], split: {by: sku, groups: [[\"COLD-*\"]]}}")
        case .big: ("when: {field: totals.grand, atLeast: \"5000.00\"}", "then: {tag: [vip], priority: 10}")
        case .night: ("when: {field: hourOfDay, between: [22, 6], zone: Asia/Bangkok}", "then: {hold: \"\(reason)\"}")
        case .courier: ("when: {region: {in: [TH-10, TH-11, TH-12, TH-13]}}", "then: {courier: \"Express\", service: sameday}")
        }
        return "  - name: \"\(name)\"\n    \(condition)\n    \(action)\n"
    }

    /// At the end of a text of rules, or as its beginning.
    func added(to text: String, _ words: Words) -> String {
        let bare = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if bare.isEmpty || bare == "rules: []" { return "rules:\n" + self.text(words) }
        return (text.hasSuffix("\n") ? text : text + "\n") + self.text(words)
    }
}
