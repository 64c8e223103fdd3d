package import Domain

/// What a channel's rules said of an order, with the rule, the version and the value that decided (law 8). Kept on the order.
package struct RuleDecision: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable { case approved, held, excluded, undecided }
    package var outcome: Outcome
    /// The reason an operator reads; nil when nothing decided.
    package var reason: String?
    /// The name of the rule that decided, nil for the channel's default.
    package var rule: String?
    package var ruleSetVersion: Int
    /// Field and value that matched, for each condition of the deciding rule.
    package var matched: [MatchedValue]
    package var tags: [String]
    /// The name of the courier channel a rule chose, and its service.
    package var courier: String?
    package var service: String?
    /// Several couriers a rule named, of which `choice` tells the one that was taken.
    package var wish: CourierWish?
    package var choice: CarrierChoice?
    package var priority: Int
    /// How the order is to be split into packages; empty: one package with everything.
    package var packages: [PackagePlan]

    package init(outcome: Outcome = .undecided, reason: String? = nil, rule: String? = nil, ruleSetVersion: Int = 0, matched: [MatchedValue] = [], tags: [String] = [],
                 courier: String? = nil, service: String? = nil, wish: CourierWish? = nil, choice: CarrierChoice? = nil, priority: Int = 0, packages: [PackagePlan] = []) {
        self.outcome = outcome; self.reason = reason; self.rule = rule; self.ruleSetVersion = ruleSetVersion; self.matched = matched; self.tags = tags
        self.courier = courier; self.service = service; self.wish = wish; self.choice = choice; self.priority = priority; self.packages = packages
    }
}

package struct MatchedValue: Sendable, Equatable, Codable {
    package var field: String, value: String
    package init(field: String, value: String) { self.field = field; self.value = value }
}

/// One package of an order: which lines, how many of each, and the weight where it is known.
package struct PackagePlan: Sendable, Equatable, Codable {
    package var contents: [Parcel.Content]
    package var weightGrams: Int?
    package init(contents: [Parcel.Content], weightGrams: Int? = nil) { self.contents = contents; self.weightGrams = weightGrams }
}

/// What rules may look at beside the order itself.
package struct RuleFacts: Sendable {
    package var order: OrderSnapshot
    package var channel: String
    package var platform: PlatformName
    package var workflow: Workflow
    package var now: Timestamp
    package init(order: OrderSnapshot, channel: String, platform: PlatformName, workflow: Workflow, now: Timestamp) {
        self.order = order; self.channel = channel; self.platform = platform; self.workflow = workflow; self.now = now
    }
}
