package import Domain
import Connect
import Foundation

/// Carries out one job at its destination. It decides nothing about retries: it says what came of the try.
package struct JobExecutor: Sendable {
    let ledger: Ledger
    let directory: ChannelDirectory
    let intake: Intake
    let now: @Sendable () -> Timestamp
    let numbers: TrackingNumbers

    package init(ledger: Ledger, directory: ChannelDirectory, intake: Intake, now: @escaping @Sendable () -> Timestamp) {
        self.ledger = ledger; self.directory = directory; self.intake = intake; self.now = now
        numbers = TrackingNumbers(database: ledger.database, now: now)
    }

    /// - Parameter asksFirst: an earlier try may have had its effect (a crash, a lost answer): look before repeating (law 6).
    package func perform(_ job: Job, asksFirst: Bool) async throws -> JobOutcome {
        guard let connector = directory.connector(of: job.destination) else {
            let reason = directory.current.broken[job.destination]
            return .failed(reason ?? .misconfigured(setting: "channel", problem: "was removed"), isEffectUnknown: job.isEffectUnknown)
        }
        do {
            return switch job.action {
            case .fetch: try await fetch(job, connector)
            case .book: try await book(job, connector, asksFirst: asksFirst)
            case .cancelBooking: try await cancelBooking(job, connector)
            case .arrange: try await arrange(job, connector, asksFirst: asksFirst)
            case .markShipped: try await markShipped(job, connector)
            case .cancelAtShop: try await cancelAtShop(job, connector)
            case .sendEvent: try await sendEvent(job, connector)
            }
        } catch let error as ConnectorError {
            let isLost = if case .unreachable = error { true } else { job.isEffectUnknown }
            return .failed(error, isEffectUnknown: isLost)
        }
    }

    private func unable(_ job: Job) -> ConnectorError { .refused(platformCode: "not_able", platformMessage: "this destination cannot \(job.action.rawValue)") }

    private func action(on id: OrderID) async throws -> (StoredOrder, OrderForAction)? {
        guard let order = try await ledger.order(id) else { return nil }
        let shipments = try await ledger.shipments(of: id)
        let name = directory.channel(order.channel)?.name ?? ""
        return (order, OrderForAction(id: id, channel: order.channel, channelName: name, snapshot: order.snapshot, shipments: shipments))
    }

    private func fetch(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any FetchesOrders, let externalID = job.payload else { throw unable(job) }
        let askedAt = now()
        let fetched: ListedOrder
        do { fetched = try await connector.fetchOrder(externalID) } catch {
            guard case .refused(platformCode: "not_found", _) = error, directory.descriptor(of: job.destination)?.absentMeansDeleted == true else { throw error }
            return .gone
        }
        guard let body = fetched.body else { throw ConnectorError.notUnderstood(field: "order", found: "an empty answer") }
        try await intake.take(channel: job.destination, origin: .fetch, topic: fetched.topic,
                              key: "fetch:\(externalID):\(fetched.updatedAt):\(StableHash.of(body)):\(askedAt.milliseconds)", body: body, askedAt: askedAt)
        return .fetched
    }

    /// `book:<order>:<n>` is the job's permanent key; the reference at the courier is made of the same numbers.
    static func externalRef(of job: Job) -> String { "CD-" + job.idempotencyKey.split(separator: ":").dropFirst().joined(separator: "-") }

    private func book(_ job: Job, _ connector: any Connector, asksFirst: Bool) async throws -> JobOutcome {
        guard let connector = connector as? any BooksShipments else { throw unable(job) }
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        let ref = Self.externalRef(of: job)
        var parcels = Parcels.of(order)
        if asksFirst || job.isEffectUnknown || job.attempt > 0, let booking = try await connector.findBooking(externalRef: ref), !booking.isCancelled {
            return .booked(booking, parcels: parcels)
        }
        guard order.workflow != .cancelled, order.workflow != .excluded else { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
        guard let recipient = order.snapshot.shipTo else {
            throw ConnectorError.refused(platformCode: "no_address", platformMessage: "the order has no delivery address")
        }
        let currency = order.snapshot.currency
        let cod = order.snapshot.payment.isCashOnDelivery && order.paymentState != .paid ? order.snapshot.payment.codAmount.map { Money(minor: $0, currency) } : nil
        let service = order.decision?.service ?? order.snapshot.shipping.methodCode
        if let carrier = connector as? any AllotsTrackingNumbers {
            parcels = try await numbers.allot(to: parcels, under: ref, channel: job.destination, service: service, isCOD: cod != nil, from: carrier)
        }
        let request = BookingRequest(externalRef: ref, service: service, order: action, recipient: recipient, parcels: parcels,
                                     codAmount: cod, note: order.snapshot.note)
        var booking = try await connector.book(request, idempotencyKey: job.idempotencyKey)
        if booking.externalRef.isEmpty { booking.externalRef = ref }
        // Ours may have been booked or not: the next try asks before it repeats.
        guard booking.externalRef == ref else { throw ConnectorError.unreachable(reason: "it acknowledged another order than the one it was sent") }
        return .booked(booking, parcels: parcels)
    }

    /// Asks a marketplace to ship what it has been paid for. What is arranged already is found, not repeated; a number that the courier has not given yet is asked for again later.
    private func arrange(_ job: Job, _ connector: any Connector, asksFirst: Bool) async throws -> JobOutcome {
        guard let connector = connector as? any ArrangesShipments else { throw unable(job) }
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        let ref = Self.externalRef(of: job)
        var packages: [ArrangedPackage] = []
        if asksFirst || job.isEffectUnknown || job.attempt > 0 { packages = try await connector.arrangedPackages(of: action) }
        if packages.isEmpty || packages.contains(where: { !$0.isArranged }) {
            guard order.workflow != .cancelled, order.workflow != .excluded else { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
            let handover = try job.payload.map { try OrderRows.decode(Handover.self, $0, column: "payload") } ?? .usual
            packages = try await connector.arrangeShipment(of: action, by: handover, idempotencyKey: job.idempotencyKey)
        }
        guard let first = packages.first else { throw ConnectorError.refused(platformCode: "no_packages", platformMessage: "the platform has no package for this order yet") }
        if packages.contains(where: { $0.trackingNumber == nil }) { return .waiting(until: now() + Self.numberPause, reason: "the courier has not given every number yet") }
        let weights = Parcels.of(order)
        let parcels = packages.enumerated().map { index, package in
            Parcel(ref: "\(index + 1)", weightGrams: package.weightGrams ?? (packages.count == weights.count ? weights[index].weightGrams : Parcels.weight(of: package.contents, in: order)),
                   trackingNumber: package.trackingNumber, externalID: package.externalID, contents: package.contents)
        }
        let carrier = first.carrier ?? directory.channel(job.destination)?.name ?? ""
        return .booked(Booking(externalRef: ref, externalID: order.snapshot.externalID, carrier: carrier, trackingNumber: first.trackingNumber), parcels: parcels)
    }
    /// How long after an arrangement its numbers are asked for again (shopee.md §6: no faster than every 5 minutes).
    static let numberPause = Duration.seconds(300)

    private func cancelBooking(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any BooksShipments else { throw unable(job) }
        let living = try await ledger.shipments(of: job.order).filter { $0.channel == job.destination && !$0.isVoid }
        guard let shipment = living.last else { return .withdrawn(reason: "nothing was booked") }
        return .cancelAnswered(try await connector.cancelBooking(externalRef: shipment.externalRef, externalID: shipment.externalID, reason: job.payload ?? "", idempotencyKey: job.idempotencyKey))
    }

    private func markShipped(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any FulfilsOrders else { return .withdrawn(reason: "the channel takes no write-back") }
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        // What the shop ships itself it knows already.
        let living = action.shipments.filter { !$0.isVoid && $0.channel != order.channel }
        guard !living.isEmpty else { return .withdrawn(reason: "the shop told us itself") }
        guard order.workflow != .cancelled else { return .withdrawn(reason: "the order is cancelled") }
        for shipment in living { try await connector.markShipped(shipment, of: action, idempotencyKey: "\(job.idempotencyKey):\(shipment.externalRef)") }
        return .done
    }

    private func cancelAtShop(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any FulfilsOrders else { return .withdrawn(reason: "the channel takes no write-back") }
        guard let (_, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        return .cancelAnswered(try await connector.cancelOrder(action, reason: job.payload ?? "cancelled by the operator", idempotencyKey: job.idempotencyKey))
    }

    private func sendEvent(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any ReceivesEvents else { throw unable(job) }
        guard let (_, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        try await connector.send(OutgoingEvent(idempotencyKey: job.idempotencyKey, type: job.eventType, at: job.createdAt, order: action,
                                               orderJSON: Array((job.payload ?? "{}").utf8), sequence: job.event.value))
        return .done
    }
}

/// How an order is packed: by its rules' plan, or as one box.
package enum Parcels {
    static let lightestGrams = 1

    static func weight(of contents: [Parcel.Content], in order: StoredOrder) -> Int {
        let weights = Dictionary(order.snapshot.lines.map { ($0.externalLineID, $0.weightGrams ?? 0) }, uniquingKeysWith: { first, _ in first })
        return max(contents.reduce(0) { $0 + (weights[$1.externalLineID] ?? 0) * $1.quantity }, lightestGrams)
    }

    package static func of(_ order: StoredOrder) -> [Parcel] {
        let lines = order.snapshot.lines.filter { $0.requiresShipping && $0.quantity > 0 }
        let weights = Dictionary(lines.map { ($0.externalLineID, $0.weightGrams ?? 0) }, uniquingKeysWith: { first, _ in first })
        let plans = order.decision?.packages ?? []
        let packages = plans.isEmpty ? [PackagePlan(contents: lines.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity) })] : plans
        return packages.enumerated().map { index, plan in
            let grams = plan.weightGrams ?? plan.contents.reduce(0) { $0 + (weights[$1.externalLineID] ?? 0) * $1.quantity }
            return Parcel(ref: "\(index + 1)", weightGrams: max(grams, lightestGrams), contents: plan.contents)
        }
    }
}
