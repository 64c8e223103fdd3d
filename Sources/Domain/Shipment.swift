/// What one carrier takes under one booking.
package struct Shipment: Sendable, Equatable, Codable {
    package var id: ShipmentID
    package var carrier: String
    /// The channel of the carrier account.
    package var channel: ChannelID
    /// Our reference at the carrier, unique for ever.
    package var externalRef: String
    package var externalID: ExternalID?
    package var trackingNumber: String?
    package var trackingURL: String?
    package var status: Fulfilment
    package var isVoid: Bool
    package var bookedAt: Timestamp
    package var parcels: [Parcel]

    package init(id: ShipmentID, carrier: String, channel: ChannelID, externalRef: String, externalID: ExternalID? = nil, trackingNumber: String? = nil,
                 trackingURL: String? = nil, status: Fulfilment = .packed, isVoid: Bool = false, bookedAt: Timestamp, parcels: [Parcel] = []) {
        self.id = id; self.carrier = carrier; self.channel = channel; self.externalRef = externalRef; self.externalID = externalID
        self.trackingNumber = trackingNumber; self.trackingURL = trackingURL; self.status = status; self.isVoid = isVoid
        self.bookedAt = bookedAt; self.parcels = parcels
    }
}

/// One physical box.
package struct Parcel: Sendable, Equatable, Codable {
    package var ref: String, weightGrams: Int, trackingNumber: String?
    /// What a marketplace calls the package: its label is asked for by this.
    package var externalID: ExternalID?
    package var contents: [Content]
    package struct Content: Sendable, Equatable, Codable {
        package var externalLineID: String, sku: String?, quantity: Int
        /// Whose it is, where a box holds several orders.
        package var order: OrderID?
        package init(externalLineID: String, sku: String? = nil, quantity: Int, order: OrderID? = nil) {
            self.externalLineID = externalLineID; self.sku = sku; self.quantity = quantity; self.order = order
        }
    }
    package init(ref: String, weightGrams: Int, trackingNumber: String? = nil, externalID: ExternalID? = nil, contents: [Content] = []) {
        self.ref = ref; self.weightGrams = weightGrams; self.trackingNumber = trackingNumber; self.externalID = externalID; self.contents = contents
    }
}

/// News about a shipment from its carrier.
package struct TrackingUpdate: Sendable, Equatable, Codable {
    package var externalRef: String?, externalID: ExternalID?, trackingNumber: String?
    /// Orders the news of one shipment where the carrier numbers it; 0 where it does not.
    package var sequence: Int64
    package var occurredAt: Timestamp
    /// nil: a word nobody knows, kept in `rawStatus` and raised.
    package var fulfilment: Fulfilment?
    package var rawStatus: String
    package var isVoid: Bool
    package var codCollected: Bool
    package var note: String?
    /// A trouble that a person should know of and that is no state of the goods (`on_hold`); the next state of the parcel ends it.
    package var trouble: String?
    package init(externalRef: String? = nil, externalID: ExternalID? = nil, trackingNumber: String? = nil, sequence: Int64 = 0, occurredAt: Timestamp,
                 fulfilment: Fulfilment?, rawStatus: String, isVoid: Bool = false, codCollected: Bool = false, note: String? = nil, trouble: String? = nil) {
        self.externalRef = externalRef; self.externalID = externalID; self.trackingNumber = trackingNumber; self.sequence = sequence
        self.occurredAt = occurredAt; self.fulfilment = fulfilment; self.rawStatus = rawStatus; self.isVoid = isVoid
        self.codCollected = codCollected; self.note = note; self.trouble = trouble
    }
}
