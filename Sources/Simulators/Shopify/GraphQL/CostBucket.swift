import Foundation

/// The GraphQL budget of one app on one shop: points that come back with time (platforms/shopify.md §4.2).
struct CostBucket: Sendable {
    var capacity: Double
    var restorePerSecond: Double
    private(set) var available: Double
    private var at: Date

    init(capacity: Double, restorePerSecond: Double, now: Date) {
        self.capacity = capacity
        self.restorePerSecond = restorePerSecond
        available = capacity
        at = now
    }

    /// Takes the requested cost before anything runs. False: throttled, nothing taken.
    mutating func reserve(_ cost: Int, now: Date) -> Bool {
        restore(now)
        guard Double(cost) <= available else { return false }
        available -= Double(cost)
        return true
    }

    /// Gives back what was reserved and not used.
    mutating func refund(_ cost: Int, now: Date) {
        restore(now)
        available = min(capacity, available + Double(max(0, cost)))
    }

    mutating func drain() { available = 0 }

    private mutating func restore(_ now: Date) {
        available = min(capacity, available + max(0, now.timeIntervalSince(at)) * restorePerSecond)
        at = max(at, now)
    }
}

/// What a query costs: scalars nothing, objects one point, connections by their size, mutations ten (platforms/shopify.md §4.2).
///
/// A connection does not multiply by `first` itself but by a slower number, 1.5 times its binary logarithm: of the published answers
/// `variants(first: 250)` with two objects a node was charged 24 points. The exact rule is unverified.
enum QueryCost {
    static let mutation = 10

    static func factor(_ size: Int) -> Double { size <= 1 ? 1 : (1.5 * log2(Double(size))).rounded() }

    static func requested(_ operation: GraphOperation, _ document: GraphDocument, _ variables: [String: JSONNode]) -> Int {
        if operation.kind == .mutation { return fields(operation.selections, document).count * mutation }
        return Int(cost(operation.selections, document, variables, depth: 0).rounded(.up))
    }

    private static func cost(_ selections: [GraphSelection], _ document: GraphDocument, _ variables: [String: JSONNode], depth: Int)
        -> Double
    {
        guard depth < 40 else { return 0 }
        return fields(selections, document).reduce(0) { sum, field in
            guard !field.selections.isEmpty, field.name != "pageInfo" else { return sum }
            let size = field.arguments.first { $0.name == "first" || $0.name == "last" }?.value.resolved(variables).int64
            guard let size else { return sum + 1 + cost(field.selections, document, variables, depth: depth + 1) }
            return sum + factor(Int(clamping: size)) * node(field.selections, document, variables, depth: depth + 1)
        }
    }

    /// One node of a connection, whether asked for by `nodes` or by `edges { node }`.
    private static func node(_ selections: [GraphSelection], _ document: GraphDocument, _ variables: [String: JSONNode], depth: Int)
        -> Double
    {
        fields(selections, document).reduce(0) { sum, field in
            switch field.name {
            case "nodes": sum + 1 + cost(field.selections, document, variables, depth: depth + 1)
            case "edges":
                sum
                    + fields(field.selections, document).filter { $0.name == "node" }.reduce(0) {
                        $0 + 1 + cost($1.selections, document, variables, depth: depth + 1)
                    }
            default: sum
            }
        }
    }

    /// The fields of a selection with its fragments spread out.
    static func fields(_ selections: [GraphSelection], _ document: GraphDocument, depth: Int = 0) -> [GraphField] {
        guard depth < 20 else { return [] }
        return selections.flatMap { selection -> [GraphField] in
            switch selection {
            case .field(let field): [field]
            case .fragment(let name): fields(document.fragments[name] ?? [], document, depth: depth + 1)
            case .inline(_, let inner): fields(inner, document, depth: depth + 1)
            }
        }
    }
}
