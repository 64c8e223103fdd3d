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
    package init(externalID: ExternalID, isArranged: Bool, trackingNumber: String? = nil, carrier: String? = nil, contents: [Parcel.Content] = [], weightGrams: Int? = nil, platformStatus: String) {
        self.externalID = externalID; self.isArranged = isArranged; self.trackingNumber = trackingNumber; self.carrier = carrier; self.contents = contents
        self.weightGrams = weightGrams; self.platformStatus = platformStatus
    }
}

/// A marketplace on which a buyer's wish to cancel waits for the seller's word.
package protocol AnswersCancellations: Connector {
    func answerCancellation(of order: OrderForAction, isAccepted: Bool, reason: String?, idempotencyKey: String) async throws(ConnectorError)
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
}

/// A platform that keeps the pushes it could not deliver.
package protocol RecoversPushes: ReceivesWebhooks {
    func lostPushes() async throws(ConnectorError) -> LostPushes
    /// Everything up to `watermark` is on our disk.
    func confirmLostPushes(upTo watermark: String) async throws(ConnectorError)
}

package struct LostPushes: Sendable, Equatable {
    package var pushes: [FetchedBody]
    /// nil: there was nothing.
    package var watermark: String?
    package var hasMore: Bool
    package init(pushes: [FetchedBody], watermark: String?, hasMore: Bool) { self.pushes = pushes; self.watermark = watermark; self.hasMore = hasMore }
}

/// A carrier that fetches parcels at the seller's door.
package protocol RequestsPickups: Connector {
    func requestPickup(_ request: PickupRequest, idempotencyKey: String) async throws(ConnectorError) -> ExternalID
}

package struct PickupRequest: Sendable, Equatable {
    package var address: Address, date: String, parcelCount: Int, externalRefs: [String]
    package init(address: Address, date: String, parcelCount: Int, externalRefs: [String]) {
        self.address = address; self.date = date; self.parcelCount = parcelCount; self.externalRefs = externalRefs
    }
}
