extension ConsolePage {
    /// One order with everything that happened to it.
    struct OrderView: Sendable {
        var id: String, number: String, channel: String, platform: String
        var workflow: State, fulfilment: String, payment: String, placed: PageTime
        var facts: [Fact], lines: [Line], sums: [Sum], flags: [String], parcels: [ParcelRow], entries: [Entry]
        var hasFlags: Bool, hasParcels: Bool
        var steps: [Step]
    }
    struct Fact: Sendable { var name: String, value: String }
    struct Line: Sendable { var title: String, sku: String?, quantity: Int, price: String, discount: String?, total: String }
    struct Sum: Sendable { var name: String, value: String, isGrand: Bool }
    struct ParcelRow: Sendable { var carrier: String, tracking: String, url: String?, state: String, booked: PageTime }
    struct Entry: Sendable { var time: PageTime, what: String, tone: String, cause: String, detail: String? }
}
