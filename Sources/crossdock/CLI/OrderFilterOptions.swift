import ArgumentParser

/// Which orders: the same words as the API's query parameters.
struct OrderFilterOptions: ParsableArguments {
    @Option(help: "Channel names or ids, with commas.") var channel: String?
    @Option(help: "new, edited, awaitingConfirmation, approved, queued, synced, processed, excluded, cancelled (with commas)") var workflow: String?
    @Option(help: "unfulfilled, packed, readyToShip, pickedUp, inTransit, outForDelivery, delivered, … (with commas)") var fulfilment: String?
    @Option(help: "unpaid, authorised, paid, partiallyRefunded, refunded, voided (with commas)") var payment: String?
    @Option(name: .customLong("placed-from"), help: "Placed at or after this time, e.g. 2026-11-21T00:00:00Z.") var placedFrom: String?
    @Option(name: .customLong("placed-before"), help: "Placed before this time.") var placedBefore: String?
    @Flag(inversion: .prefixedNo, help: "Only orders with a flag, or only those without.") var flagged: Bool?
    @Option(help: "Number, buyer, phone, tracking number or SKU.") var search: String?

    var query: [(String, String?)] {
        [("channel", channel), ("workflow", workflow), ("fulfilment", fulfilment), ("payment", payment), ("placedFrom", placedFrom), ("placedBefore", placedBefore),
         ("flagged", flagged.map { $0 ? "true" : "false" }), ("search", search)]
    }
}
