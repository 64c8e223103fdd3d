package import Domain
import Yams

/// How an order is divided into packages. Every piece that ships is in exactly one package, whatever the order looks like.
package enum PackageSplit: Sendable, Equatable {
    /// Patterns of SKUs that travel together; what matches none goes together in a last package. Without groups: a package for each SKU.
    case sku(groups: [[String]])
    case quantity(maximum: Int)
    /// A piece heavier than the maximum travels alone; pieces of unknown weight travel together in a last package of unknown weight.
    case weight(maximumGrams: Int)
    case unit

    static let maximumPackages = 200, maximumGroups = 50

    init(_ node: Node) throws(RuleError) {
        let entries = try node.entries("split", known: ["by", "maximumQuantity", "maximumGrams", "groups"])
        guard let by = entries.first(where: { $0.key == "by" }) else { throw node.refused("split says by what: by: sku, quantity, weight or unit") }
        let options = ["sku": "groups", "quantity": "maximumQuantity", "weight": "maximumGrams", "unit": ""]
        let word = try by.value.text("by")
        guard let option = options[word] else { throw by.value.refused("split by \(word) is not known", NearNames.of(word, among: options.keys.sorted())) }
        for entry in entries where entry.key != "by" && entry.key != option { throw entry.keyNode.refused("split by \(word) takes no \(entry.key)") }
        let value = entries.first { $0.key == option }?.value
        switch word {
        case "sku":
            var groups: [[String]] = []
            if let value {
                for group in try value.list("groups") {
                    groups.append(try group.texts("a group").map { RuleText.fold($0.text) })
                }
                guard groups.count <= Self.maximumGroups else { throw value.refused("there are more than \(Self.maximumGroups) groups") }
            }
            self = .sku(groups: groups)
        case "unit": self = .unit
        default:
            guard let value else { throw node.refused("split by \(word) needs \(option)") }
            let maximum = try value.integer(option, in: 1...1_000_000_000)
            self = word == "quantity" ? .quantity(maximum: maximum) : .weight(maximumGrams: maximum)
        }
    }

    /// - Returns: nil when the order would fall into more than `maximumPackages`; empty when nothing ships.
    package func packages(of order: OrderSnapshot) -> [PackagePlan]? {
        let lines = order.lines.filter { $0.requiresShipping && $0.quantity > 0 }
        switch self {
        case .sku(let groups): return Self.gathered(lines, groups)
        case .unit: return Self.filled(lines) { _, pieces, _ in 1 - pieces }
        case .quantity(let maximum): return Self.filled(lines) { _, pieces, _ in maximum - pieces }
        case .weight(let maximum):
            let known = lines.filter { $0.weightGrams != nil }, unknown = lines.filter { $0.weightGrams == nil }
            let filled = Self.filled(known) { line, pieces, grams in
                guard let weight = line.weightGrams, weight > 0 else { return .max }
                let room = (maximum - grams) / weight
                return pieces == 0 ? max(1, room) : room
            }
            guard let filled else { return nil }
            let last = unknown.isEmpty ? [] : [Self.plan(unknown.map { ($0, $0.quantity) })]
            return filled.count + last.count > Self.maximumPackages ? nil : filled + last
        }
    }

    /// Fills one package after the other in the order of the lines. `room` says how many more of a line fit beside so many pieces and grams.
    private static func filled(_ lines: [OrderLine], room: (_ line: OrderLine, _ pieces: Int, _ grams: Int) -> Int) -> [PackagePlan]? {
        var plans: [PackagePlan] = [], open: [(OrderLine, Int)] = [], pieces = 0, grams = 0
        func close() { if !open.isEmpty { plans.append(plan(open)) }; open = []; pieces = 0; grams = 0 }
        for line in lines {
            var rest = line.quantity
            while rest > 0 {
                let fits = min(rest, room(line, pieces, grams))
                if fits <= 0 {
                    close()
                    guard plans.count < maximumPackages else { return nil }
                    continue
                }
                open.append((line, fits))
                rest -= fits
                pieces += fits
                let (weight, overflow) = (line.weightGrams ?? 0).multipliedReportingOverflow(by: fits)
                grams = overflow || weight > .max - grams ? .max : grams + weight
            }
        }
        close()
        return plans.count > maximumPackages ? nil : plans
    }

    private static func gathered(_ lines: [OrderLine], _ groups: [[String]]) -> [PackagePlan]? {
        var parts: [(key: String, lines: [(OrderLine, Int)])] = groups.indices.map { ("\($0)", []) }
        for line in lines {
            let sku = RuleText.fold(line.sku ?? "")
            let group = groups.firstIndex { $0.contains { RuleText.matches(sku, glob: Array($0.utf8)) } }
            let key = group.map(String.init) ?? (groups.isEmpty ? "sku \(sku)" : "rest")
            if let index = parts.firstIndex(where: { $0.key == key }) { parts[index].lines.append((line, line.quantity)) } else { parts.append((key, [(line, line.quantity)])) }
        }
        let plans = parts.filter { !$0.lines.isEmpty }.map { plan($0.lines) }
        return plans.count > maximumPackages ? nil : plans
    }

    private static func plan(_ parts: [(OrderLine, Int)]) -> PackagePlan {
        var weight: Int? = 0
        for (line, quantity) in parts {
            guard let sum = weight, let grams = line.weightGrams else { weight = nil; break }
            let (product, overflow) = grams.multipliedReportingOverflow(by: quantity)
            let (total, more) = sum.addingReportingOverflow(product)
            weight = overflow || more ? nil : total
        }
        return PackagePlan(contents: parts.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $1) }, weightGrams: weight)
    }
}
