import Domain

/// What a Track & Trace code means, and where it stands among others of the same second (thailandpost.md §5.2), data.
struct TrackingCode: Sendable, Equatable {
    var fulfilment: Fulfilment, rank: Int64
    /// What a person should know and is no state of the goods.
    var trouble: String?

    init(_ fulfilment: Fulfilment, _ rank: Int64, trouble: String? = nil) { self.fulfilment = fulfilment; self.rank = rank; self.trouble = trouble }

    static let delivered = "501", codPaidOut = "901", failed = "401", returnToSender = "203"
    /// The counter or the agent took the parcel: that place is the sender's.
    static let acceptances: Set<String> = ["102", "103"]
    /// Above what this, ranks never get: a sequence holds the second and the rank.
    static let rankRange: Int64 = 100
    /// A code that nobody knows stands behind all others of its second but the end states, and changes nothing.
    static let unknownRank: Int64 = 59

    static let all: [String: TrackingCode] = {
        var all: [String: TrackingCode] = [
            "101": TrackingCode(.readyToShip, 10), "102": TrackingCode(.pickedUp, 20), "103": TrackingCode(.pickedUp, 21),
            "104": TrackingCode(.returning, 22, trouble: "The sender withdrew the parcel at the counter."),
            "201": TrackingCode(.inTransit, 30), "202": TrackingCode(.inTransit, 31), "203": TrackingCode(.returning, 60), "204": TrackingCode(.inTransit, 32), "205": TrackingCode(.inTransit, 32),
            "206": TrackingCode(.inTransit, 33), "207": TrackingCode(.inTransit, 30), "208": TrackingCode(.inTransit, 32), "209": TrackingCode(.returning, 60), "210": TrackingCode(.returning, 60),
            "211": TrackingCode(.inTransit, 31), "212": TrackingCode(.inTransit, 32), "213": TrackingCode(.inTransit, 32),
            "301": TrackingCode(.outForDelivery, 40), "302": TrackingCode(.outForDelivery, 41), "303": TrackingCode(.outForDelivery, 42), "304": TrackingCode(.outForDelivery, 42),
            "401": TrackingCode(.deliveryFailed, 50), "402": TrackingCode(.deliveryFailed, 51), "501": TrackingCode(.delivered, 70), "901": TrackingCode(.delivered, 80),
        ]
        for code in 214...220 { all["\(code)"] = TrackingCode(.inTransit, 33) }
        return all
    }()

    /// `delivery_status` in words; `S` is success. The last two were found by observation (§5.2).
    static let undelivered = ["F": "waits at the post office", "11C": "the place was closed", "21C": "a payment is required"]
}
