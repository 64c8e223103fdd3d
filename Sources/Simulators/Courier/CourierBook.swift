import Foundation
import SimulatorKit

/// All the courier knows, and the laws of its counter. No I/O: the simulator holds it under a lock.
struct CourierBook {
    /// A kept answer, for the same key within a day.
    private struct Kept { var fingerprint: Data, reply: CourierReply, at: Date }

    private static let keyLifetimeSeconds: TimeInterval = 24 * 3_600
    private static let maximumKeys = 200_000

    let configuration: CourierConfiguration
    private(set) var orders: [String: CourierOrder] = [:]
    private var arrival: [String] = []
    private var oldestArrival = 0
    private var byReference: [String: String] = [:]
    private var byTrackingNumber: [String: String] = [:]
    private var kept: [String: Kept] = [:]
    private var keptOrder: [String] = []
    private var oldestKept = 0
    private(set) var bookings: [String: Int] = [:]
    private(set) var replays: [String: Int] = [:]
    private(set) var refusedDuplicates: [String: Int] = [:]
    private var number = 0
    private var parcelNumber = 0
    private var eventNumber = 0
    /// Makes identifiers of two runs differ, since the hub remembers across runs.
    private let run: Int

    init(configuration: CourierConfiguration) {
        self.configuration = configuration
        run = Int(configuration.now().timeIntervalSince1970)
    }

    // MARK: Idempotency

    /// Runs `work` once a key: a repetition gets the kept answer, another body under the same key is refused. Only 2xx is kept.
    mutating func once(
        key: String, fingerprint: Data, reference: String?, work: (inout CourierBook) throws(CourierProblem) -> CourierReply
    ) throws(CourierProblem) -> CourierReply {
        let now = configuration.now()
        if let known = kept[key], now.timeIntervalSince(known.at) < Self.keyLifetimeSeconds {
            guard known.fingerprint == fingerprint else { throw .init(.idempotencyMismatch, "This key came with another body before.") }
            if let reference { replays[reference, default: 0] += 1 }
            var reply = known.reply
            reply.headers.append((.idempotentReplay, "true"))
            return reply
        }
        let reply = try work(&self)
        guard (200..<300).contains(reply.status) else { return reply }
        if kept[key] == nil { keptOrder.append(key) }
        kept[key] = Kept(fingerprint: fingerprint, reply: reply, at: now)
        forgetOldKeys()
        return reply
    }

    private mutating func forgetOldKeys() {
        while kept.count > Self.maximumKeys, oldestKept < keptOrder.count {
            kept[keptOrder[oldestKept]] = nil
            oldestKept += 1
        }
        guard oldestKept > Self.maximumKeys else { return }
        keptOrder.removeFirst(oldestKept)
        oldestKept = 0
    }

    // MARK: Booking

    mutating func book(_ request: CourierOrderRequest) throws(CourierProblem) -> CourierOrder {
        try request.check(configuration)
        if configuration.enforcesUniqueRef, let existing = byReference[request.externalRef] {
            refusedDuplicates[request.externalRef, default: 0] += 1
            throw .init(.duplicateRef, "This reference is booked already.", field: "externalRef", orderID: existing)
        }
        try makeRoom()
        let now = CourierTime.wholeSecond(configuration.now())
        number += 1
        let withheld = configuration.withholdsTrackingNumber || request.recipient.postcode == "99904"
        var order = CourierOrder(
            orderID: "co_" + String(run, radix: 36) + String(number, radix: 36).leftPadded(to: 5), request: request,
            parcels: parcels(of: request), isLabelReady: !withheld, feeMinor: Self.fee(of: request), createdAt: now, updatedAt: now,
            life: CourierStatus.life(toPostcode: request.recipient.postcode))
        order.events = [CourierEvent(seq: 1, status: CourierStatus.created.rawValue, occurredAt: CourierTime.text(now))]
        orders[order.orderID] = order
        arrival.append(order.orderID)
        byReference[request.externalRef] = order.orderID
        for parcel in order.parcels { byTrackingNumber[parcel.trackingNumber] = order.orderID }
        bookings[request.externalRef, default: 0] += 1
        return order
    }

    private mutating func parcels(of request: CourierOrderRequest) -> [CourierOrder.Parcel] {
        request.parcels.enumerated().map { index, parcel in
            parcelNumber += 1
            let serial = (run / 10 % 100_000) * 10_000 + parcelNumber
            return CourierOrder.Parcel(
                ref: parcel.ref ?? "\(index + 1)", trackingNumber: "QX" + String(serial % 1_000_000_000).leftPadded(to: 9) + "TH",
                sortCode: "\(request.recipient.countryCode)-\(request.recipient.postcode.prefix(2))", weightGrams: parcel.weightGrams)
        }
    }

    /// The oldest finished order makes room for a new one; counts of bookings stay for ever.
    private mutating func makeRoom() throws(CourierProblem) {
        while orders.count >= configuration.maximumOrders {
            guard oldestArrival < arrival.count else { throw .init(.internal, "The courier's book is full.", status: 503) }
            let id = arrival[oldestArrival]
            if let order = orders[id] {
                guard order.status.isTerminal else { throw .init(.internal, "The courier's book is full.", status: 503) }
                byReference[order.request.externalRef] = nil
                for parcel in order.parcels { byTrackingNumber[parcel.trackingNumber] = nil }
                orders[id] = nil
            }
            oldestArrival += 1
        }
    }

    /// 45.00 a parcel up to a kilogram, 10.00 for each further one.
    private static func fee(of request: CourierOrderRequest) -> Int64 {
        request.parcels.reduce(0) { $0 + fee(ofGrams: $1.weightGrams) }
    }

    static func fee(ofGrams grams: Int) -> Int64 { 4_500 + Int64(max(0, (grams - 1) / 1_000)) * 1_000 }

    // MARK: Finding

    func order(_ id: String) throws(CourierProblem) -> CourierOrder {
        guard let order = orders[id] else { throw .init(.notFound, "No such order.") }
        return order
    }

    func order(reference: String) -> CourierOrder? { byReference[reference].flatMap { orders[$0] } }

    func order(trackingNumber: String) throws(CourierProblem) -> CourierOrder {
        guard let order = byTrackingNumber[trackingNumber].flatMap({ orders[$0] }) else { throw .init(.notFound, "No such tracking number.") }
        return order
    }

    /// Sorted by change, then id; `after` is the last one of the page before.
    func changed(since: Date, after: (Date, String)?, limit: Int) -> [CourierOrder] {
        let later = orders.values.filter { order in
            guard order.updatedAt >= since else { return false }
            guard let after else { return true }
            return (order.updatedAt, order.orderID) > after
        }
        return Array(later.sorted { ($0.updatedAt, $0.orderID) < ($1.updatedAt, $1.orderID) }.prefix(limit))
    }

    // MARK: Changing

    /// Applies a change to an order, gives it the next `seq`, and writes the history line and the fact.
    mutating func change(
        _ id: String, kind: CourierFact.Kind, to status: CourierStatus? = nil, reason: String? = nil, note: String? = nil,
        also: (inout CourierOrder, inout CourierFact) -> Void = { _, _ in }
    ) throws(CourierProblem) -> CourierFact {
        var order = try order(id)
        let now = configuration.now()
        order.seq += 1
        order.updatedAt = CourierTime.wholeSecond(now)
        if let status {
            order.status = status
            let postcode = order.request.recipient.postcode
            order.events.append(CourierEvent(
                seq: order.seq, status: status.rawValue, occurredAt: CourierTime.text(now), location: .init(name: "Hub \(postcode)", postcode: postcode),
                reasonCode: reason, note: note))
        }
        var fact = CourierFact(eventID: nextEventID(), kind: kind, order: order, seq: order.seq, at: now)
        fact.status = status?.rawValue
        fact.reasonCode = reason
        fact.note = note
        fact.location = status == nil ? nil : order.events.last?.location
        also(&order, &fact)
        fact.trackingNumber = Nullable(fact.trackingNumber.value ?? order.trackingNumber)
        orders[id] = order
        return fact
    }

    mutating func nextEventID() -> String {
        eventNumber += 1
        return "ev_" + String(run, radix: 36) + String(eventNumber).leftPadded(to: 6)
    }

    /// Marks an order without a fact (a cancellation that waits for its confirmation).
    mutating func update(_ id: String, _ body: (inout CourierOrder) -> Void) {
        guard var order = orders[id] else { return }
        body(&order)
        orders[id] = order
    }
}

extension String {
    func leftPadded(to length: Int) -> String { String(repeating: "0", count: max(0, length - count)) + self }
}
