import Domain
import Foundation
import Yams

/// Turns the YAML of a condition into a tree.
struct RuleConditionParser {
    static let maximumDepth = 16, maximumConditions = 2000

    private var count = 0

    mutating func tree(_ node: Node, depth: Int = 1) throws(RuleError) -> RuleTree {
        guard depth <= Self.maximumDepth else { throw node.refused("conditions are nested more than \(Self.maximumDepth) deep") }
        count += 1
        guard count <= Self.maximumConditions else { throw node.refused("there are more than \(Self.maximumConditions) conditions") }
        guard let mapping = node.mapping else { throw node.refused("a condition must be a map: {field: …, is: …} or all, any, not") }
        guard !mapping.isEmpty else { throw node.refused("a condition is empty") }
        let keys = mapping.compactMap { $0.key.string }
        guard let combiner = keys.first(where: { ["all", "any", "not"].contains($0) }) else { return .leaf(try leaf(node)) }
        guard mapping.count == 1, let inner = mapping.first?.value else { throw node.refused("\(combiner) stands alone in its map") }
        if combiner == "not" { return .not(try tree(inner, depth: depth + 1)) }
        var trees: [RuleTree] = []
        for part in try inner.list(combiner) { trees.append(try tree(part, depth: depth + 1)) }
        return combiner == "all" ? .all(trees) : .any(trees)
    }

    private static let operators = ["is", "isNot", "in", "notIn", "contains", "startsWith", "endsWith", "matches", "atLeast", "atMost", "above", "below", "between", "exists",
                                    "before", "after"]
    private static let keys = ["field", "region", "zone", "everyLine"] + operators

    /// `{field: NAME, OPERATOR: …}`, several operators together, or the short form `{region: {in: […]}}`.
    private func leaf(_ node: Node) throws(RuleError) -> RuleLeaf {
        guard let mapping = node.mapping else { throw node.refused("a condition must be a map") }
        if mapping.count == 1, let entry = mapping.first, entry.key.string == "region" {
            guard let field = RuleFields.byName["region"] else { throw node.refused("there is no field region") }
            return try leaf(field, entry.value, try entry.value.entries("region", known: ["is", "isNot", "in", "notIn", "exists"]))
        }
        let entries = try node.entries("a condition", known: Self.keys.filter { $0 != "region" } + ["all", "any", "not"])
        guard let named = entries.first(where: { $0.key == "field" }) else { throw node.refused("a condition names its field: {field: …, is: …}") }
        let name = try named.value.text("field")
        guard let field = RuleFields.byName[name] else { throw named.value.refused("there is no field \(name)", NearNames.of(name, among: RuleFields.names)) }
        return try leaf(field, node, entries.filter { $0.key != "field" })
    }

    private func leaf(_ field: RuleField, _ node: Node, _ entries: [(key: String, keyNode: Node, value: Node)]) throws(RuleError) -> RuleLeaf {
        var leaf = RuleLeaf(field: field, tests: [], wording: "")
        var words: [String] = []
        for (key, keyNode, value) in entries {
            switch key {
            case "zone":
                guard case .zoned = field.read else { throw keyNode.refused("\(field.name) takes no zone") }
                let name = try value.text("zone")
                guard let zone = TimeZone(identifier: name) else { throw value.refused("there is no time zone \(name); write one like Asia/Bangkok") }
                leaf.zone = zone
            case "everyLine":
                guard case .line = field.read else { throw keyNode.refused("\(field.name) is not a field of lines") }
                leaf.isEveryLine = try value.truth("everyLine")
            default:
                let allowed = RuleOperands.operators(of: field.kind)
                guard allowed.contains(key) else { throw keyNode.refused("\(field.name) takes \(allowed.joined(separator: ", ")), not \(key)") }
                leaf.tests.append(try RuleOperands.test(key, value, field))
                words.append(try wording(key, value))
            }
        }
        guard !leaf.tests.isEmpty else { throw node.refused("the condition on \(field.name) says nothing: give it one of \(RuleOperands.operators(of: field.kind).joined(separator: ", "))") }
        if case .zoned = field.read, leaf.zone == nil { throw node.refused("\(field.name) needs a zone, for instance zone: Asia/Bangkok") }
        leaf.wording = words.joined(separator: " and ")
        return leaf
    }

    private func wording(_ key: String, _ value: Node) throws(RuleError) -> String {
        guard value.mapping == nil else { return key }
        let operands = try value.texts(key).prefix(5).map(\.text).joined(separator: ", ")
        return String("\(key) \(operands)".prefix(RuleSet.maximumShownCharacters))
    }
}

/// A condition by itself, as routes have it.
package struct RuleCondition: OrderCondition {
    let tree: RuleTree

    /// - Parameter yaml: One condition: `{field: totals.grand, atLeast: "500"}` or `all`, `any`, `not`.
    package init(yaml: String) throws(RuleError) {
        var parser = RuleConditionParser()
        tree = try parser.tree(try RuleYAML.read(yaml))
    }

    package func holds(for facts: RuleFacts) -> Bool { tree.verdict(facts) == .yes }
}
