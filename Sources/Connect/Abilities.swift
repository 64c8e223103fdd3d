package import Domain

package protocol ReceivesWebhooks: Connector {
    /// Authenticates the raw bytes in constant time and names the delivery. Synchronous: it runs before the answer, on the hot path.
    func verify(_ delivery: IncomingDelivery) -> HookVerdict
    /// The answer in the platform's form. Default: 200 with an empty body for everything that was kept.
    func answer(_ outcome: AcceptanceOutcome, receipt: Receipt) -> HookAnswer
}

extension ReceivesWebhooks {
    package func answer(_ outcome: AcceptanceOutcome, receipt: Receipt) -> HookAnswer {
        if case .quarantined(let answer) = outcome { return answer }
        return HookAnswer(status: 200, code: "accepted")
    }
}

package protocol InterpretsDeliveries: Connector {
    /// Pure. A delivery it cannot read throws `.notUnderstood` and becomes a problem for a person; it never vanishes.
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation]
}

package protocol ListsOrders: InterpretsDeliveries {
    /// Orders changed at or after `since` (and before `until`, where the platform can bound it), oldest change first. The same order may come twice.
    func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage
    /// How far back a listing must reach behind the cursor to miss nothing (search lag, whole seconds).
    var listingOverlap: Duration { get }
}

package struct ListedPage: Sendable {
    package var orders: [ListedOrder]
    /// nil: the last page.
    package var nextCursor: String?
    /// When we asked.
    package var askedAt: Timestamp
    package init(orders: [ListedOrder], nextCursor: String?, askedAt: Timestamp) { self.orders = orders; self.nextCursor = nextCursor; self.askedAt = askedAt }
}

package struct ListedOrder: Sendable {
    package var externalID: ExternalID
    package var updatedAt: Timestamp
    /// The whole order as the platform rendered it, to enter through intake with `topic`; nil where the listing gives ids only and the order must be fetched.
    package var body: [UInt8]?
    package var topic: String
    package init(externalID: ExternalID, updatedAt: Timestamp, body: [UInt8]?, topic: String) {
        self.externalID = externalID; self.updatedAt = updatedAt; self.body = body; self.topic = topic
    }
}

package protocol FetchesOrders: InterpretsDeliveries {
    /// - Throws: `.refused(platformCode: "not_found", …)` when the order is gone for good.
    func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder
}

package protocol RegistersWebhooks: Connector {
    /// Makes sure that every topic we need is registered for `url`, once; mends what is missing, disabled or doubled.
    func registerWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration]
    /// What is registered now, without changing it.
    func listWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration]
}

package struct WebhookRegistration: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable { case active, missing, disabled }
    package var topic: String, state: State, externalID: String?
    package init(topic: String, state: State, externalID: String? = nil) { self.topic = topic; self.state = state; self.externalID = externalID }
}

package protocol ChecksItself: Connector {
    /// Live checks of settings, credentials, scopes and versions, each failing row with its remedy.
    func check() async -> [CheckRow]
}

package struct CheckRow: Sendable, Equatable, Codable {
    package var name: String, isGood: Bool, found: String, remedy: String?
    package init(_ name: String, isGood: Bool, found: String, remedy: String? = nil) { self.name = name; self.isGood = isGood; self.found = found; self.remedy = remedy }
}

/// What a destination sees of an order when it acts: the order as it stands now, edits of people included.
package struct OrderForAction: Sendable {
    package var id: OrderID
    package var channel: ChannelID
    package var channelName: String
    package var snapshot: OrderSnapshot
    package var shipments: [Shipment]
    package init(id: OrderID, channel: ChannelID, channelName: String, snapshot: OrderSnapshot, shipments: [Shipment] = []) {
        self.id = id; self.channel = channel; self.channelName = channelName; self.snapshot = snapshot; self.shipments = shipments
    }
}

package protocol BooksShipments: Connector {
    /// Books one shipment. `request.externalRef` and `idempotencyKey` never change between tries.
    func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking
    /// What the carrier has under our reference; nil: nothing. Asked before a repeat whose first effect is unknown (law 6).
    func findBooking(externalRef: String) async throws(ConnectorError) -> Booking?
    /// The same, for a carrier that knows a booking by its parcels' numbers alone.
    func findBooking(_ reference: BookingReference) async throws(ConnectorError) -> Booking?
    func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer
}

extension BooksShipments {
    package func findBooking(_ reference: BookingReference) async throws(ConnectorError) -> Booking? { try await findBooking(externalRef: reference.externalRef) }
}

/// By what a booking of ours can be found at its carrier.
package struct BookingReference: Sendable, Equatable {
    package var externalRef: String
    /// The numbers that were written down for its parcels before it was booked, by the parcel's ref; empty where the carrier gives the numbers.
    package var trackingNumbers: [String: String]
    package init(externalRef: String, trackingNumbers: [String: String] = [:]) { self.externalRef = externalRef; self.trackingNumbers = trackingNumbers }
}

package protocol FetchesLabels: Connector {
    func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String)
}

package struct BookingRequest: Sendable {
    package var externalRef: String
    package var service: String?
    package var order: OrderForAction
    package var recipient: Address
    package var parcels: [Parcel]
    package var codAmount: Money?
    package var note: String?
    /// Where the parcels leave from; nil: what the carrier account's settings say.
    package var sender: Address?
    package init(externalRef: String, service: String? = nil, order: OrderForAction, recipient: Address, parcels: [Parcel], codAmount: Money? = nil, note: String? = nil, sender: Address? = nil) {
        self.externalRef = externalRef; self.service = service; self.order = order; self.recipient = recipient; self.parcels = parcels
        self.codAmount = codAmount; self.note = note; self.sender = sender
    }
}

package struct Booking: Sendable, Equatable {
    package var externalRef: String, externalID: ExternalID, carrier: String, trackingNumber: String?, trackingURL: String?
    package var parcelTrackingNumbers: [String: String]
    package var isCancelled: Bool
    package init(externalRef: String, externalID: ExternalID, carrier: String, trackingNumber: String? = nil, trackingURL: String? = nil,
                 parcelTrackingNumbers: [String: String] = [:], isCancelled: Bool = false) {
        self.externalRef = externalRef; self.externalID = externalID; self.carrier = carrier; self.trackingNumber = trackingNumber
        self.trackingURL = trackingURL; self.parcelTrackingNumbers = parcelTrackingNumbers; self.isCancelled = isCancelled
    }
}

/// A destination's answer to a cancellation (law 9).
package enum CancelAnswer: Sendable, Equatable {
    case cancelled
    case tooLate(platformMessage: String)
    /// It will say so later by a callback.
    case pending
    /// The destination does not know it.
    case unknown
}

package protocol FulfilsOrders: Connector {
    /// Tells the shop that the goods left. Idempotent by `shipment.externalRef`: the connector looks before it repeats.
    func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError)
    /// Cancels the order at the shop.
    func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer
}

/// A shop that has to be told that what we sent has arrived, because nobody else tells it.
package protocol MarksDelivered: FulfilsOrders {
    /// Idempotent: the connector looks before it repeats.
    /// - Throws: `.alreadyDone` where nothing was left to tell.
    func markDelivered(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError)
}

/// A destination that takes any event: a signed webhook, a file, a bus.
package protocol ReceivesEvents: Connector {
    func send(_ event: OutgoingEvent) async throws(ConnectorError)
}

package struct OutgoingEvent: Sendable {
    /// Unique for ever: the same for every try.
    package var idempotencyKey: String
    /// `order.created`, `order.shipped`, …
    package var type: String
    package var at: Timestamp
    package var order: OrderForAction
    /// The order in the API's JSON form, as the event left it.
    package var orderJSON: [UInt8]
    package var sequence: Int64
    package var traceparent: String?
    package init(idempotencyKey: String, type: String, at: Timestamp, order: OrderForAction, orderJSON: [UInt8], sequence: Int64, traceparent: String? = nil) {
        self.idempotencyKey = idempotencyKey; self.type = type; self.at = at; self.order = order; self.orderJSON = orderJSON
        self.sequence = sequence; self.traceparent = traceparent
    }
}
