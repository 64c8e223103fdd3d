package import Domain

/// A channel's rules over time: what holds now and what will hold later. Which one is asked is decided by the moment of the question,
/// so that a scheduled version takes over exactly then, without anybody having to do it, after a restart too.
struct RuleTimeline: OrderRules {
    struct Later: Sendable { var from: Timestamp, rules: any OrderRules }

    /// Holds until the first of `later`; nil: no rules until then.
    var first: (any OrderRules)?
    /// In the order of their times.
    var later: [Later]

    /// The version that holds at first; a decision names its own.
    var version: Int { first?.version ?? 0 }

    func decide(_ facts: RuleFacts) -> RuleDecision { rules(at: facts.now)?.decide(facts) ?? RuleDecision() }

    func rules(at now: Timestamp) -> (any OrderRules)? { later.last { $0.from <= now }?.rules ?? first }
}

extension Surroundings {
    /// The rules that hold at this moment.
    package func rules(of channel: ChannelID, at now: Timestamp) -> (any OrderRules)? {
        guard let timeline = rules[channel] as? RuleTimeline else { return rules[channel] }
        return timeline.rules(at: now)
    }
}
