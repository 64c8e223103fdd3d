import Connect
import Domain

/// An order's fulfilment orders and fulfilments, as far as shipping needs them (§6.3).
struct FulfilmentState: Decodable, Sendable {
    struct Node: Decodable, Sendable { let id: String }
    struct FulfilmentOrder: Decodable, Sendable {
        struct Action: Decodable, Sendable { let action: String }
        struct AssignedLocation: Decodable, Sendable { let location: Node? }
        struct Line: Decodable, Sendable { let id: String, remainingQuantity: Int, lineItem: Node? }
        struct Lines: Decodable, Sendable {
            var nodes: [Line]
            var pageInfo: PageInfo?
            var nextCursor: String? { pageInfo?.hasNextPage == true ? pageInfo?.endCursor : nil }
        }
        let id: String, status: String, supportedActions: [Action]?, assignedLocation: AssignedLocation?
        var lineItems: Lines

        var canShip: Bool { (status == "OPEN" || status == "IN_PROGRESS") && (supportedActions ?? []).contains { $0.action == "CREATE_FULFILLMENT" } }
        var isHeld: Bool { status == "ON_HOLD" || status == "SCHEDULED" }
    }
    struct Fulfilment: Decodable, Sendable {
        struct Tracking: Decodable, Sendable { let number: String? }
        struct Line: Decodable, Sendable { let quantity: Int?, lineItem: Node? }
        struct Lines: Decodable, Sendable { let nodes: [Line] }
        let id: String, status: String?, trackingInfo: [Tracking]?, fulfillmentLineItems: Lines?
        var stands: Bool { States.record[(status ?? "success").lowercased()] ?? true }
    }
    struct FulfilmentOrders: Decodable, Sendable { var nodes: [FulfilmentOrder] }

    struct PageInfo: Decodable, Sendable { let hasNextPage: Bool, endCursor: String? }

    let cancelledAt: String?
    var fulfillmentOrders: FulfilmentOrders
    let fulfillments: [Fulfilment]?
}

/// Which calls mark a shipment as sent: one a location (§6.3), of what the parcels hold and no earlier try has marked.
struct FulfilmentPlan: Sendable, Equatable {
    /// Without lines: everything that remains in the fulfilment order.
    struct Part: Sendable, Equatable { var fulfilmentOrderID: String, lines: [Line] }
    struct Line: Sendable, Equatable { var id: String, quantity: Int }

    /// By location, in the order in which the platform lists them.
    var calls: [[Part]] = []
    /// What the parcels hold and no fulfilment order can take: order-line id and quantity.
    var unplaced: [String: Int] = [:]
    /// The whole shipment is marked already.
    var isDone = false
    var isBlockedByHold = false

    init(_ state: FulfilmentState, shipment: Shipment) {
        var wanted = Self.contents(of: shipment)
        let isWhole = wanted.isEmpty
        let numbers = Tracking.numbers(of: shipment)
        let earlier = (state.fulfillments ?? []).filter { $0.stands && ($0.trackingInfo ?? []).contains { $0.number.map(numbers.contains) ?? false } }
        if !earlier.isEmpty {
            // Without contents on either side the number itself is the proof.
            if isWhole || earlier.contains(where: { $0.fulfillmentLineItems == nil }) { isDone = true; return }
            for line in earlier.flatMap({ $0.fulfillmentLineItems?.nodes ?? [] }) {
                guard let id = line.lineItem.map({ Self.number($0.id) }), let left = wanted[id] else { continue }
                wanted[id] = left - (line.quantity ?? 0) > 0 ? left - (line.quantity ?? 0) : nil
            }
            if wanted.isEmpty { isDone = true; return }
        }
        place(&wanted, isWhole: isWhole, in: state)
        unplaced = wanted
        isBlockedByHold = (isWhole ? calls.isEmpty : !wanted.isEmpty) && state.fulfillmentOrders.nodes.contains(where: \.isHeld)
    }

    private mutating func place(_ wanted: inout [String: Int], isWhole: Bool, in state: FulfilmentState) {
        var locations: [String] = [], parts: [String: [Part]] = [:]
        for order in state.fulfillmentOrders.nodes where order.canShip {
            var lines: [Line] = []
            for line in order.lineItems.nodes where line.remainingQuantity > 0 && !isWhole {
                guard let id = line.lineItem.map({ Self.number($0.id) }), let left = wanted[id] else { continue }
                let quantity = min(left, line.remainingQuantity)
                lines.append(Line(id: line.id, quantity: quantity))
                wanted[id] = left > quantity ? left - quantity : nil
            }
            guard isWhole ? order.lineItems.nodes.contains(where: { $0.remainingQuantity > 0 }) : !lines.isEmpty else { continue }
            let location = order.assignedLocation?.location?.id ?? ""
            if parts[location] == nil { locations.append(location) }
            parts[location, default: []].append(Part(fulfilmentOrderID: order.id, lines: lines))
        }
        calls = locations.compactMap { parts[$0] }
    }

    /// Order-line id to quantity, over all parcels; empty: the shipment does not say what it holds.
    static func contents(of shipment: Shipment) -> [String: Int] {
        var contents: [String: Int] = [:]
        for content in shipment.parcels.flatMap(\.contents) where content.quantity > 0 { contents[content.externalLineID, default: 0] += content.quantity }
        return contents
    }

    /// `gid://shopify/LineItem/14100000000001` is the order line `14100000000001`.
    private static func number(_ gid: String) -> String { gid.split(separator: "/").last.map(String.init) ?? gid }
}

/// Tracking as the platform wants it: number + url, or numbers + urls, never mixed (§6.3).
enum Tracking {
    static func numbers(of shipment: Shipment) -> [String] {
        var numbers: [String] = []
        for number in [shipment.trackingNumber] + shipment.parcels.map(\.trackingNumber) {
            if let number, !number.isEmpty, !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    static func input(for shipment: Shipment) -> GraphQLValue? {
        let numbers = numbers(of: shipment)
        guard let first = numbers.first else { return nil }
        var input: [String: GraphQLValue] = ["company": .text(shipment.carrier)]
        if numbers.count == 1 {
            input["number"] = .text(first)
            if let url = shipment.trackingURL { input["url"] = .text(url) }
            return .object(input)
        }
        input["numbers"] = .list(numbers.map { .text($0) })
        // The address of the other parcels is known only where it holds the number.
        if let url = shipment.trackingURL, url.contains(first) { input["urls"] = .list(numbers.map { .text(url.replacing(first, with: $0)) }) }
        return .object(input)
    }
}
