import Domain
import Yams

/// Couriers that a rule leaves to choose among, and by what.
package struct CourierWish: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case cheapest, firstThatCan
    }
    /// A courier channel by its name, and the service there; nil: the rule's, else the order's.
    package struct Courier: Sendable, Equatable, Codable {
        package var name: String, service: String?
        package init(_ name: String, service: String? = nil) { self.name = name; self.service = service }
        var title: String { [name, service].compactMap(\.self).joined(separator: " ") }
    }
    package var kind: Kind
    package var couriers: [Courier]
    /// The rule that wishes it.
    package var rule: String

    static let maximumCouriers = 20, maximumName = 64

    package init(_ kind: Kind, _ couriers: [Courier], rule: String = "") { self.kind = kind; self.couriers = couriers; self.rule = rule }

    /// `{cheapest: [Thailand Post, {name: Flash, service: express}]}` or `{firstThatCan: […]}`.
    init(_ node: Node) throws(RuleError) {
        let entries = try node.entries("courier", known: Kind.allCases.map(\.rawValue))
        guard entries.count == 1, let entry = entries.first, let kind = Kind(rawValue: entry.key) else { throw node.refused("courier takes one of cheapest and firstThatCan") }
        var couriers: [Courier] = []
        for item in try entry.value.list(entry.key) {
            var courier = Courier("")
            if item.mapping == nil { courier.name = try item.text("a courier", maximumCharacters: Self.maximumName) }
            else {
                for (key, _, value) in try item.entries("a courier", known: ["name", "service"]) {
                    let text = try value.text(key, maximumCharacters: Self.maximumName)
                    if key == "name" { courier.name = text } else { courier.service = text }
                }
                guard !courier.name.isEmpty else { throw item.refused("a courier needs its name") }
            }
            guard !couriers.contains(courier) else { throw item.refused("the courier \(courier.title) stands twice") }
            couriers.append(courier)
        }
        guard couriers.count <= Self.maximumCouriers else { throw entry.value.refused("there are more than \(Self.maximumCouriers) couriers") }
        self.init(kind, couriers)
    }

    func of(rule: String) -> CourierWish { CourierWish(kind, couriers, rule: rule) }
}
