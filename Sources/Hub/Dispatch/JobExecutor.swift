package import Domain
import Connect
import Database
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
        numbers = TrackingNumbers(ledger: ledger, now: now)
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
            case .markDelivered: try await markDelivered(job, connector)
            case .cancelAtShop: try await cancelAtShop(job, connector)
            case .answerCancellation: try await answerCancellation(job, connector)
            case .sendEvent: try await sendEvent(job, connector)
            }
        } catch let error as ConnectorError {
            let isLost = if case .unreachable = error { true } else { job.isEffectUnknown }
            return .failed(error, isEffectUnknown: isLost)
        }
    }

    func unable(_ job: Job) -> ConnectorError { .refused(platformCode: "not_able", platformMessage: "this destination cannot \(job.action.rawValue)") }

    func action(on id: OrderID) async throws -> (StoredOrder, OrderForAction)? {
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

    private func cancelBooking(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any BooksShipments else { throw unable(job) }
        let living = try await ledger.shipments(of: job.order).filter { $0.channel == job.destination && !$0.isVoid }
        guard let shipment = living.last else { return .withdrawn(reason: "nothing was booked") }
        guard try await !ledger.isShared(job.order, at: job.destination) else { return .withdrawn(reason: "it travels in one parcel with others") }
        return .cancelAnswered(try await connector.cancelBooking(externalRef: shipment.externalRef, externalID: shipment.externalID, reason: job.payload ?? "", idempotencyKey: job.idempotencyKey))
    }

    private func markShipped(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any FulfilsOrders else { return .withdrawn(reason: "the channel takes no write-back") }
        return try await tell(job) { (shipment, order, key) async throws(ConnectorError) in try await connector.markShipped(shipment, of: order, idempotencyKey: key) }
    }

    private func markDelivered(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any MarksDelivered else { return .withdrawn(reason: "the channel takes no word of deliveries") }
        return try await tell(job) { (shipment, order, key) async throws(ConnectorError) in try await connector.markDelivered(shipment, of: order, idempotencyKey: key) }
    }

    /// Tells a shop of each of the order's living shipments.
    ///
    /// - Throws: `.alreadyDone` when there was nothing that it did not know.
    private func tell(_ job: Job, of body: (Shipment, OrderForAction, String) async throws(ConnectorError) -> Void) async throws -> JobOutcome {
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        // What the shop ships itself it knows already.
        let living = action.shipments.filter { !$0.isVoid && $0.channel != order.channel }
        guard !living.isEmpty else { return .withdrawn(reason: "the shop told us itself") }
        guard order.workflow != .cancelled else { return .withdrawn(reason: "the order is cancelled") }
        var known: ConnectorError?, isTold = false
        for shipment in living {
            do throws(ConnectorError) {
                try await body(shipment.holding(order.id), action, "\(job.idempotencyKey):\(shipment.externalRef)")
                isTold = true
            } catch {
                guard error.failureClass == .alreadyDone else { throw error }
                known = error
            }
        }
        if let known, !isTold { throw known }
        return .done
    }

    private func cancelAtShop(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any FulfilsOrders else { return .withdrawn(reason: "the channel takes no write-back") }
        guard let (_, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        return .cancelAnswered(try await connector.cancelOrder(action, reason: job.payload ?? "cancelled by the operator", idempotencyKey: job.idempotencyKey))
    }

    private func answerCancellation(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any AnswersCancellations else { throw unable(job) }
        guard let (order, action) = try await action(on: job.order), let payload = job.payload else { return .withdrawn(reason: "the order is gone") }
        guard order.workflow != .cancelled else { return .withdrawn(reason: "the order is cancelled already") }
        let answer = try OrderRows.decode(CancellationAnswer.self, payload, column: "payload")
        let canFetch = connector is any FetchesOrders
        do throws(ConnectorError) {
            try await connector.answerCancellation(of: action, isAccepted: answer.isAccepted, reason: answer.reason, idempotencyKey: job.idempotencyKey)
        } catch {
            guard error.failureClass == .alreadyDone else { throw error }
            return .answered(isTold: false, canFetch: canFetch)
        }
        return .answered(isTold: true, canFetch: canFetch)
    }

    private func sendEvent(_ job: Job, _ connector: any Connector) async throws -> JobOutcome {
        guard let connector = connector as? any ReceivesEvents else { throw unable(job) }
        guard let (_, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        try await connector.send(OutgoingEvent(idempotencyKey: job.idempotencyKey, type: job.eventType, at: job.createdAt, order: action,
                                               orderJSON: Array((job.payload ?? "{}").utf8), sequence: job.event.value))
        return .done
    }
}
