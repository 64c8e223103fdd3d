import Domain

package struct RuleSet: OrderRules {
    package var version: Int
    package init(yaml: String, version: Int) throws { self.version = version }
    package func decide(_ facts: RuleFacts) -> RuleDecision { RuleDecision(ruleSetVersion: version) }
}
package struct RuleCondition: OrderCondition {
    package init(yaml: String) throws {}
    package func holds(for facts: RuleFacts) -> Bool { true }
}
