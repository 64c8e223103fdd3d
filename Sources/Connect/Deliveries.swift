package import Domain
package import HTTPTypes

/// One incoming call as it arrived: raw bytes and headers.
package struct IncomingDelivery: Sendable {
    package var headers: HTTPFields
    package var body: [UInt8]
    package var receivedAt: Timestamp
    package init(headers: HTTPFields, body: [UInt8], receivedAt: Timestamp) { self.headers = headers; self.body = body; self.receivedAt = receivedAt }
}

/// How a stored delivery came in.
package enum DeliveryOrigin: String, Sendable, Codable, CaseIterable { case webhook, poll, fetch, file, api, reconciliation }

/// A delivery read back from the journal, to be interpreted.
package struct StoredDelivery: Sendable {
    package var id: DeliveryID
    package var channel: ChannelID
    package var origin: DeliveryOrigin
    /// The platform's word for what it is (`orders/updated`), or the connector's own for what it fetched.
    package var topic: String
    /// The few headers the connector asked to keep (`Receipt.keptHeaders`).
    package var headers: [String: String]
    package var body: [UInt8]
    package var receivedAt: Timestamp
    /// For a fetch or a poll: when we asked. A snapshot read later than another of the same age wins.
    package var askedAt: Timestamp?
    package init(id: DeliveryID, channel: ChannelID, origin: DeliveryOrigin, topic: String, headers: [String: String] = [:], body: [UInt8], receivedAt: Timestamp, askedAt: Timestamp? = nil) {
        self.id = id; self.channel = channel; self.origin = origin; self.topic = topic; self.headers = headers; self.body = body
        self.receivedAt = receivedAt; self.askedAt = askedAt
    }
}

/// What a connector says of an authentic delivery.
package struct Receipt: Sendable, Equatable {
    /// What makes a second delivery of the same fact harmless; unique within the channel, remembered for ever.
    package var key: String
    package var topic: String
    package var keptHeaders: [String: String]
    /// Set where the platform's contract tells stale deliveries apart in its answer.
    package var version: Version?
    /// A complaint to answer although the delivery is kept for a person (signed but breaking the contract).
    package var quarantine: HookAnswer?
    /// The account that the delivery speaks of, where one address takes the pushes of several (Shopee, Lazada: one per app): it goes to the channel that holds this account. nil: the channel it came to.
    package var account: String?
    package struct Version: Sendable, Equatable {
        package var externalID: ExternalID, counter: Int64
        package init(externalID: ExternalID, counter: Int64) { self.externalID = externalID; self.counter = counter }
    }
    package init(key: String, topic: String, keptHeaders: [String: String] = [:], version: Version? = nil, quarantine: HookAnswer? = nil, account: String? = nil) {
        self.key = key; self.topic = topic; self.keptHeaders = keptHeaders; self.version = version; self.quarantine = quarantine; self.account = account
    }
}

/// An answer in the platform's own form.
package struct HookAnswer: Sendable, Equatable {
    package var status: Int
    package var code: String
    package var body: String
    package var contentType: String
    package var retryAfterSeconds: Int?
    package init(status: Int, code: String, body: String = "", contentType: String = "application/json", retryAfterSeconds: Int? = nil) {
        self.status = status; self.code = code; self.body = body; self.contentType = contentType; self.retryAfterSeconds = retryAfterSeconds
    }
}

/// The connector's verdict on an incoming call, made from its raw bytes alone: no database, no clock but `receivedAt`, no network.
package enum HookVerdict: Sendable, Equatable {
    /// Authentic: journal it, then answer.
    case accept(Receipt)
    /// Nothing to keep (a ping): answer this.
    case answer(HookAnswer)
    /// Not authentic or malformed: counted and shown on the channel, never stored whole.
    case refuse(HookAnswer)
}

/// What became of an accepted delivery, for connectors whose answers say it.
package enum AcceptanceOutcome: Sendable, Equatable { case accepted, duplicate, stale, idReused, revisionConflict, quarantined(HookAnswer) }

/// What a stored delivery means, in our words. Platform words end here.
package enum Interpretation: Sendable, Equatable {
    /// A full order.
    case order(OrderSnapshot)
    /// "Order X changed": it has to be fetched.
    case fetch(ExternalID, hint: Timestamp?)
    /// The platform cancelled or deleted it and says no more than that.
    case cancelled(ExternalID, at: Timestamp, counter: Int64, reason: String)
    case tracking(TrackingUpdate)
    /// Understood, and nothing for an order (a product change, a draft); the reason is kept.
    case ignored(reason: String)
    /// The channel itself lost its footing (app uninstalled, webhook owner gone): park it and alert.
    case channelLost(reason: String)
}
