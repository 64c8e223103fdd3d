import Domain
import Yams

/// What a rule does when it matches.
package struct RuleActions: Sendable, Equatable {
    /// Nothing, or the one action that decides.
    package var outcome: RuleDecision.Outcome = .undecided
    package var reason: String?
    package var tags: [String] = []
    package var courier: String?, service: String?
    /// Several couriers, of which the hub takes one.
    package var wish: CourierWish?
    package var priority: Int?
    package var split: PackageSplit?

    static let maximumPriority = 1000
    private static let keys = ["exclude", "hold", "approve", "tag", "courier", "service", "priority", "split"]

    init(_ node: Node) throws(RuleError) {
        for (key, keyNode, value) in try node.entries("then", known: Self.keys) {
            switch key {
            case "exclude", "hold", "approve":
                guard outcome == .undecided else { throw keyNode.refused("a rule decides once: exclude, hold or approve") }
                outcome = key == "exclude" ? .excluded : key == "hold" ? .held : .approved
                reason = try Self.reason(key, value)
            case "tag":
                for (text, _) in try value.texts("tag") where !tags.contains(text) { tags.append(text) }
            case "courier":
                if value.mapping == nil { courier = try value.text("courier", maximumCharacters: CourierWish.maximumName) } else { wish = try CourierWish(value) }
            case "service": service = try value.text("service", maximumCharacters: 64)
            case "priority": priority = try value.integer("priority", in: -Self.maximumPriority...Self.maximumPriority)
            default: split = try PackageSplit(value)
            }
        }
    }

    /// Exclude and hold need a reason that an operator reads; approve takes `true` or one.
    private static func reason(_ key: String, _ value: Node) throws(RuleError) -> String? {
        let text = try value.text(key, maximumCharacters: 300)
        let isWord = value.scalar?.style == .plain && ["true", "false", "yes", "no"].contains(text)
        guard isWord else { return text }
        guard key == "approve", text == "true" else { throw value.refused(key == "approve" ? "approve is true or a reason" : "\(key) needs its reason as a text") }
        return nil
    }
}
