import Domain
import Yams

/// A channel's rules in their order, compiled. The first matching rule that decides ends the reading; what earlier matching rules add is kept.
package struct RuleSet: OrderRules {
    static let maximumRules = 500, maximumMatchedValues = 20, maximumShownCharacters = 200

    package struct Rule: Sendable {
        package let name: String
        package let actions: RuleActions
        let tree: RuleTree
    }

    package let version: Int
    package let rules: [Rule]

    /// - Throws: the first mistake, with its place.
    package init(yaml: String, version: Int) throws(RuleError) {
        let root = try RuleYAML.read(yaml)
        let list = try root.entries("the text", known: ["rules"])[0].value
        var parser = RuleConditionParser(), rules: [Rule] = [], names: Set<String> = []
        let nodes = list.sequence?.isEmpty == true ? [] : try list.list("rules")
        guard nodes.count <= Self.maximumRules else { throw list.refused("there are more than \(Self.maximumRules) rules") }
        for node in nodes {
            let entries = try node.entries("a rule", known: ["name", "when", "then"])
            guard let named = entries.first(where: { $0.key == "name" })?.value else { throw node.refused("a rule needs a name") }
            let name = try named.text("name", maximumCharacters: 100)
            guard names.insert(name).inserted else { throw named.refused("two rules are called \(name)") }
            guard let then = entries.first(where: { $0.key == "then" })?.value else { throw node.refused("the rule \(name) does nothing: give it then") }
            var tree = RuleTree.always
            if let when = entries.first(where: { $0.key == "when" })?.value { tree = try parser.tree(when) }
            rules.append(Rule(name: name, actions: try RuleActions(then), tree: tree))
        }
        self.rules = rules
        self.version = version
    }

    package func decide(_ facts: RuleFacts) -> RuleDecision {
        var decision = RuleDecision(ruleSetVersion: version)
        var priority: Int?, split: (rule: String, split: PackageSplit)?, helpers: [MatchedValue] = []
        for rule in rules where rule.tree.verdict(facts) == .yes {
            let actions = rule.actions
            for tag in actions.tags where !decision.tags.contains(tag) { decision.tags.append(tag) }
            if decision.courier == nil, decision.wish == nil {
                decision.courier = actions.courier
                decision.wish = actions.wish.map { $0.of(rule: rule.name) }
            }
            if decision.service == nil { decision.service = actions.service }
            if priority == nil { priority = actions.priority }
            if split == nil, let own = actions.split { split = (rule.name, own) }
            var matched: [MatchedValue] = []
            rule.tree.collect(facts, into: &matched)
            if actions.outcome != .undecided {
                decision.outcome = actions.outcome
                decision.reason = actions.reason ?? "The rule \(rule.name) approves it."
                decision.rule = rule.name
                decision.matched = matched
                break
            }
            if helpers.count < Self.maximumMatchedValues { helpers += matched.map { MatchedValue(field: "\(rule.name): \($0.field)", value: $0.value) } }
        }
        decision.matched = Array((decision.matched + helpers).prefix(Self.maximumMatchedValues))
        decision.priority = priority ?? 0
        if let split { divide(facts.order, split.split, by: split.rule, &decision) }
        return decision
    }

    /// A split that no packing table could handle goes to a person instead of to the courier.
    private func divide(_ order: OrderSnapshot, _ split: PackageSplit, by rule: String, _ decision: inout RuleDecision) {
        if let packages = split.packages(of: order) {
            decision.packages = packages.count > 1 ? packages : []
        } else if decision.outcome != .excluded {
            decision.outcome = .held
            decision.rule = rule
            decision.reason = "Its split makes more than \(PackageSplit.maximumPackages) packages. Split it by hand or change the rule."
        }
    }
}
