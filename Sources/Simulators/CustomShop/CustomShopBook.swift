import Foundation
import SimulatorKit

/// The shop's tables: orders, outbox rows, what the hub told it. No I/O: the simulator holds it under a lock.
struct CustomShopBook {
    /// Sent rows kept for "send again" (companion-webhook.md §7.6).
    private static let maximumEvents = 20_000

    let configuration: CustomShopConfiguration
    private(set) var orders: [String: CustomShopOrder] = [:]
    private var arrival: [String] = []
    private var oldestArrival = 0
    private(set) var events: [String: CustomShopEvent] = [:]
    private var eventOrder: [String] = []
    private var oldestEvent = 0
    /// The unsent row of each order, into which further changes merge.
    private var unsent: [String: String] = [:]
    private(set) var merged = 0
    private(set) var sequence = 0
    private var number = 0
    var generator: SeededGenerator
    var baseURL = ""
    /// Makes identifiers of two runs differ, since the hub remembers across runs.
    private let run: String

    init(configuration: CustomShopConfiguration) {
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed)
        run = String(Int(configuration.now().timeIntervalSince1970), radix: 36).uppercased()
    }

    // MARK: Orders

    mutating func place() -> CustomShopOrder {
        number += 1
        let country = generator.pick(configuration.countries, or: .thailand)
        let basket = SampleData.basket(in: country, oddShare: configuration.oddShare, using: &generator)
        let order = CustomShopOrder.placed(externalID: "A-\(run)-\(number)", basket: basket, at: configuration.now(), using: &generator)
        insert(order)
        return order
    }

    mutating func insert(_ order: CustomShopOrder) {
        if orders[order.externalID] == nil { arrival.append(order.externalID) }
        orders[order.externalID] = order
        while orders.count > configuration.maximumOrders, oldestArrival < arrival.count {
            orders[arrival[oldestArrival]] = nil
            oldestArrival += 1
        }
        if oldestArrival > configuration.maximumOrders {
            arrival.removeFirst(oldestArrival)
            oldestArrival = 0
        }
    }

    /// Applies a change with the next revision and a later time. Nil when the order is unknown or nothing changed.
    mutating func change(_ id: String, _ body: (inout CustomShopOrder) -> Void) -> CustomShopOrder? {
        guard let before = orders[id] else { return nil }
        var order = before
        body(&order)
        guard order != before else { return nil }
        order.revision += 1
        order.updatedAt = max(CustomShopTime.text(configuration.now()), before.updatedAt)
        orders[id] = order
        return order
    }

    /// A seeded edit of an open order: quantity, line, address, note or payment.
    mutating func edit(_ id: String) -> CustomShopOrder? {
        guard let order = orders[id], order.state == .open else { return nil }
        var generator = generator
        defer { self.generator = generator }
        return change(id) { order in
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: order.lines[0].quantity += 1
            case 1 where order.lines.count > 1: order.lines.removeLast()
            case 2:
                let place = generator.pick(SamplePlace.all(in: SampleCountry(rawValue: order.shipTo.countryCode) ?? .thailand), or: .silom)
                order.shipTo.move(to: place)
                order.shipTo.line1 += "/\(order.revision)"
            case 3 where order.payment.state != "paid" && !order.payment.isCashOnDelivery: order.payment.state = "paid"
            default: order.note = "แก้ไข \(order.revision) 🎀"
            }
            order.settle()
        }
    }

    /// One of the last two hundred orders, for traffic that edits what is fresh.
    mutating func recentOrder() -> String? { arrival.suffix(200).filter { orders[$0]?.state == .open }.randomElement(using: &generator) }

    var newestOrder: String? { arrival.last }

    /// Sorted by change, then ID; `after` is the last one of the page before.
    func changed(since: Date, after: (String, String)?, limit: Int) -> [CustomShopOrder] {
        let earliest = CustomShopTime.text(since)
        let later = orders.values.filter { order in
            guard order.updatedAt >= earliest else { return false }
            guard let after else { return true }
            return (order.updatedAt, order.externalID) > after
        }
        return Array(later.sorted { ($0.updatedAt, $0.externalID) < ($1.updatedAt, $1.externalID) }.prefix(limit))
    }

    // MARK: Outbox

    /// A row for a change of this order; nil when an unsent one takes it in.
    mutating func enqueue(_ type: String, of externalID: String?, merging: Bool = true) -> CustomShopEvent? {
        if merging, let externalID, let waiting = unsent[externalID], events[waiting]?.type == type {
            merged += 1
            return nil
        }
        let event = CustomShopEvent(id: CustomShopEnvelope.newID(at: configuration.now()), type: type, externalID: externalID)
        keep(event)
        if let externalID { unsent[externalID] = event.id }
        return event
    }

    /// An event whose body is fixed already.
    mutating func keep(_ event: CustomShopEvent) {
        events[event.id] = event
        eventOrder.append(event.id)
        while events.count > Self.maximumEvents, oldestEvent < eventOrder.count {
            events[eventOrder[oldestEvent]] = nil
            oldestEvent += 1
        }
        if oldestEvent > Self.maximumEvents {
            eventOrder.removeFirst(oldestEvent)
            oldestEvent = 0
        }
    }

    /// The body of an attempt: made at the first one, the same for ever after. Nil when the row or its order is gone.
    mutating func body(of id: String) -> Data? {
        guard var event = events[id] else { return nil }
        event.attempts += 1
        if event.body == nil {
            if let externalID = event.externalID, unsent[externalID] == id { unsent[externalID] = nil }
            event.sequence = nextSequence()
            event.body = makeBody(event.type, of: event.externalID, sequence: event.sequence)
        }
        events[id] = event
        return event.body
    }

    /// Fixes what an unsent row says before the order changes in a way that has its own event.
    mutating func bindUnsent(of externalID: String) {
        guard let id = unsent[externalID], var event = events[id], event.body == nil else { return }
        unsent[externalID] = nil
        event.sequence = nextSequence()
        event.body = makeBody(event.type, of: externalID, sequence: event.sequence)
        events[id] = event
    }

    /// A row that nobody is to hear takes no further changes in.
    mutating func abandon(_ id: String) {
        if let externalID = events[id]?.externalID, unsent[externalID] == id { unsent[externalID] = nil }
        events[id] = nil
    }

    /// A lost event uses up its number, so that the hub can see the gap (companion-webhook.md §5).
    mutating func lose(_ id: String) {
        abandon(id)
        _ = nextSequence()
    }

    mutating func note(_ id: String, status: Int?, isAcknowledged: Bool) {
        events[id]?.lastStatus = status
        if isAcknowledged { events[id]?.isAcknowledged = true }
    }

    mutating func nextSequence() -> Int {
        sequence += 1
        return sequence
    }

    func makeBody(_ type: String, of externalID: String?, sequence: Int?) -> Data? {
        let source = CustomShopEnvelope.Source(platform: configuration.sourcePlatform, shop: configuration.shopName, baseURL: baseURL + "/")
        let now = configuration.now()
        guard let externalID else { return CustomShopEnvelope.encode(type, CustomShopEnvelope.Empty(), source: source, sequence: sequence, at: now) }
        guard let order = orders[externalID] else { return nil }
        let happened = CustomShopTime.parse(order.updatedAt) ?? now
        switch type {
        case "order.cancelled":
            let content = CustomShopEnvelope.Cancelled(externalID: externalID, revision: order.revision, reason: "buyer changed their mind")
            return CustomShopEnvelope.encode(type, content, source: source, sequence: sequence, at: happened)
        case "order.changed":
            let content = CustomShopEnvelope.Changed(
                id: externalID, number: order.externalNumber, updatedAt: order.updatedAt, status: order.platformStatus, cause: "order.saved")
            return CustomShopEnvelope.encode(type, content, source: source, sequence: sequence, at: happened)
        default:
            return CustomShopEnvelope.encode(type, CustomShopEnvelope.Upserted(order: order), source: source, sequence: sequence, at: happened)
        }
    }
}
