package import Domain

/// A marketplace that ships with couriers of its own: the seller says how each parcel is handed over, and is given numbers and labels.
package protocol ArrangesShipments: Connector {
    /// The ways that are open for this order now; asked when a person or a rule has to choose.
    func handoverChoices(of order: OrderForAction) async throws(ConnectorError) -> [HandoverChoice]
    /// Arranges what is not yet arranged and answers with every package as it stands now. Repeating it changes nothing: the connector looks at the order before it acts (law 6).
    ///
    /// - Throws: `.refused` with the platform's words when one package could not be arranged; those that were stay arranged and are found by `arrangedPackages`.
    func arrangeShipment(of order: OrderForAction, by handover: Handover, idempotencyKey: String) async throws(ConnectorError) -> [ArrangedPackage]
    /// The packages as the platform has them, arranged or not.
    func arrangedPackages(of order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage]
}

/// How parcels get to the courier.
package enum Handover: Sendable, Equatable, Codable {
    /// The platform's default: the first way it offers, the recommended address and slot.
    case usual
    case pickup(addressID: String?, slotID: String?)
    case dropOff(branchID: String?)
    /// With a courier of the seller's own, under this number.
    case ownCarrier(trackingNumber: String)
}

package struct HandoverChoice: Sendable, Equatable, Codable {
    package var handover: Handover
    /// For a person: the address and the slot, the branch.
    package var title: String
    package var isRecommended: Bool
    package init(handover: Handover, title: String, isRecommended: Bool = false) { self.handover = handover; self.title = title; self.isRecommended = isRecommended }
}

/// One package of a marketplace's order.
package struct ArrangedPackage: Sendable, Equatable, Codable {
    /// What `FetchesLabels` is asked with: the order and the package in the connector's own form.
    package var externalID: ExternalID
    package var isArranged: Bool
    /// nil while the courier has not given one.
    package var trackingNumber: String?
    package var carrier: String?
    package var contents: [Parcel.Content]
    package var weightGrams: Int?
    /// The platform's word for where the package stands.
    package var platformStatus: String
    /// The platform does not send it any more: it is no parcel, and never gets a number.
    package var isVoid: Bool
    package init(externalID: ExternalID, isArranged: Bool, trackingNumber: String? = nil, carrier: String? = nil, contents: [Parcel.Content] = [], weightGrams: Int? = nil, platformStatus: String,
                 isVoid: Bool = false) {
        self.externalID = externalID; self.isArranged = isArranged; self.trackingNumber = trackingNumber; self.carrier = carrier; self.contents = contents
        self.weightGrams = weightGrams; self.platformStatus = platformStatus; self.isVoid = isVoid
    }
}

/// A marketplace on which a buyer's wish to cancel waits for the seller's word. Its snapshots carry the flag `Flag.cancelRequested` while it waits.
package protocol AnswersCancellations: Connector {
    /// - Throws: `.alreadyDone` when nobody waits for an answer any more, or it stands as the answer would have it.
    func answerCancellation(of order: OrderForAction, isAccepted: Bool, reason: String?, idempotencyKey: String) async throws(ConnectorError)
}

extension Flag {
    /// A buyer asks to cancel the order, and the platform waits for the seller's word.
    package static let cancelRequested = "cancel_requested"
    /// The attribute that holds the time (RFC 3339) after which the platform decides by itself, where it tells one.
    package static let answerByAttribute = "cancelAnswerBy"
}

/// A carrier, or a marketplace, that is asked where parcels are.
package protocol TracksShipments: InterpretsDeliveries {
    /// How many numbers one call takes.
    var trackingBatch: Int { get }
    /// The raw answer, to enter through intake: `interpret` turns it into tracking updates. One body may speak of many parcels.
    func track(_ trackingNumbers: [String]) async throws(ConnectorError) -> [FetchedBody]
    /// How long to wait before a parcel that moves is asked for again.
    var trackingInterval: Duration { get }
}

/// Something read from a platform that enters through intake like a delivery.
package struct FetchedBody: Sendable, Equatable {
    package var topic: String, body: [UInt8]
    /// What makes a second reading of the same fact harmless; nil: the body's own digest.
    package var receiptKey: String?
    package init(topic: String, body: [UInt8], receiptKey: String? = nil) { self.topic = topic; self.body = body; self.receiptKey = receiptKey }
}

/// A carrier whose parcels travel under numbers of the seller's own range. A number is written down for a parcel before it is used, and never given twice.
package protocol AllotsTrackingNumbers: Connector {
    /// `count` further numbers for a service. `isCOD`: for the account that collects money.
    /// - Parameter last: the last number given out of this range before; nil: none yet. Ignored where the carrier itself draws them.
    /// - Throws: `.refused(platformCode: "range_exhausted", …)` when the range is at its end.
    func trackingNumbers(_ count: Int, service: String?, isCOD: Bool, after last: String?) async throws(ConnectorError) -> [String]
    /// The name of the range that such parcels' numbers are of. What has one name shares its numbers; a parcel whose range has changed is given another number.
    func numberRange(service: String?, isCOD: Bool) -> String
    /// Which of the parcels' numbers the carrier refused in this error because they are used already, or not of this account's ranges: they are never given again.
    func refusedNumbers(of numbers: [String], in error: ConnectorError) -> [String]
}

extension AllotsTrackingNumbers {
    package func numberRange(service: String?, isCOD: Bool) -> String { (service ?? "") + (isCOD ? "+cod" : "") }
    package func refusedNumbers(of numbers: [String], in error: ConnectorError) -> [String] { [] }
}

/// A platform that keeps the pushes it could not deliver.
package protocol RecoversPushes: ReceivesWebhooks {
    /// Names the app whose pushes are kept. Channels of one app are asked once, together: what is lost is lost for all of them, and confirmed for all of them.
    var pushApplication: String { get }
    func lostPushes() async throws(ConnectorError) -> LostPushes
    /// Everything up to `watermark` is on our disk.
    func confirmLostPushes(upTo watermark: String) async throws(ConnectorError)
}

package struct LostPushes: Sendable, Equatable {
    package var pushes: [LostPush]
    /// nil: there was nothing.
    package var watermark: String?
    package var hasMore: Bool
    package init(pushes: [LostPush], watermark: String?, hasMore: Bool) { self.pushes = pushes; self.watermark = watermark; self.hasMore = hasMore }
}

/// A push as it would have come to the door.
package struct LostPush: Sendable, Equatable {
    package var topic: String, body: [UInt8]
    /// The key that its receipt would have had.
    package var receiptKey: String
    /// The account that it speaks of; nil: it goes to the channel that asked.
    package var account: String?
    /// What is wrong with it: it is kept for a person.
    package var complaint: String?
    package init(topic: String, body: [UInt8], receiptKey: String, account: String? = nil, complaint: String? = nil) {
        self.topic = topic; self.body = body; self.receiptKey = receiptKey; self.account = account; self.complaint = complaint
    }
}

/// A carrier that can be asked to fetch parcels at the seller's door.
package protocol RequestsPickups: Connector {
    /// Repeating it with the same key and the same request changes nothing.
    func requestPickup(_ request: PickupRequest, idempotencyKey: String) async throws(ConnectorError) -> PickupAnswer
    func cancelPickup(_ externalID: ExternalID, idempotencyKey: String) async throws(ConnectorError)
}

/// A carrier that fetches parcels and documents no call for it: a person asks, and is told how.
package protocol ArrangesPickupsByHand: Connector {
    /// A sentence for an operator: whom to ask, and where.
    static var pickupByHand: String { get }
}

package struct PickupRequest: Sendable, Equatable {
    /// A day where the parcels are, `2026-11-21`.
    package var date: String
    /// Between which hours, `13:00` and `17:00`; nil: the carrier's own.
    package var window: [String]?
    package var parcelCount: Int
    /// The bookings at the carrier whose parcels wait.
    package var externalIDs: [ExternalID]
    package init(date: String, window: [String]? = nil, parcelCount: Int, externalIDs: [ExternalID]) {
        self.date = date; self.window = window; self.parcelCount = parcelCount; self.externalIDs = externalIDs
    }
}

package struct PickupAnswer: Sendable, Equatable {
    package var externalID: ExternalID
    /// The carrier's own word for how it stands.
    package var status: String
    package init(externalID: ExternalID, status: String) { self.externalID = externalID; self.status = status }
}
