import Domain
import Foundation
import SimulatorKit

/// Everything the shop knows. A plain value: `ShopStore` guards it, and a state file can keep it between runs.
struct ShopState: Sendable, Codable {
    var domain: String
    var shopID: Int64
    var currency: CurrencyUnit
    /// Minutes east of UTC: REST times carry it.
    var utcOffsetMinutes: Int64
    var locations: [ShopLocation]
    var products: [ShopProduct] = []
    var orders: [Int64: ShopOrder] = [:]
    /// Ids in the order they were placed.
    var placed: [Int64] = []
    /// Fulfilment order id to order id.
    var orderOfFulfillmentOrder: [Int64: Int64] = [:]
    /// Fulfilment id to order id.
    var orderOfFulfilment: [Int64: Int64] = [:]
    var subscriptions: [WebhookSubscription] = []
    var access = AccessState()
    var jobs: [String: CancelJob] = [:]
    /// Answers to `@idempotent` writes, by key.
    var idempotency: [String: IdempotentRecord] = [:]
    var ids = IDSequences()
    var generatorState: UInt64
    var lastOrderNumber: Int64 = 0

    /// Cancellations accepted and not yet scheduled.
    var startedJobs: [String] = []
    /// Things that happened and were not handed to the webhook queue yet.
    var announcements: [Announcement] = []

    private enum CodingKeys: CodingKey {
        case domain, shopID, currency, utcOffsetMinutes, locations, products, orders, placed, orderOfFulfillmentOrder, orderOfFulfilment,
            subscriptions, access, jobs, ids, generatorState, lastOrderNumber
    }

    init(domain: String, currency: CurrencyUnit, utcOffsetMinutes: Int64, seed: UInt64, now: Int64) {
        self.domain = domain
        self.currency = currency
        self.utcOffsetMinutes = utcOffsetMinutes
        shopID = 61_000_000_001
        generatorState = seed
        let country = SampleCountry(currency: currency.code)?.code ?? "TH"
        locations = [
            ShopLocation(id: 70_100_000_001, name: "Main warehouse", countryCode: country),
            ShopLocation(id: 70_100_000_002, name: "Old town shop", countryCode: country),
        ]
        products = Catalogue.products(in: currency, locations: locations, now: now, ids: &ids)
    }

    /// Draws from the shop's own sequence: the same seed and the same calls give the same shop.
    mutating func withGenerator<Result>(_ body: (inout SeededGenerator) -> Result) -> Result {
        var generator = SeededGenerator(seed: generatorState)
        let result = body(&generator)
        generatorState = generator.next()
        return result
    }

    /// `gid://shopify/Job/…` and header ids: a UUID from the shop's sequence.
    mutating func uuid() -> String {
        withGenerator { generator in
            let hex = [generator.next(), generator.next()].map { value in
                let text = String(value, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }.joined()
            func part(_ from: Int, _ count: Int) -> Substring { hex.dropFirst(from).prefix(count) }
            return "\(part(0, 8))-\(part(8, 4))-4\(part(13, 3))-8\(part(17, 3))-\(part(20, 12))"
        }
    }

    func location(_ id: Int64) -> ShopLocation? { locations.first { $0.id == id } }

    func variant(_ id: Int64) -> (product: ShopProduct, variant: ShopVariant)? {
        for product in products { if let variant = product.variants.first(where: { $0.id == id }) { return (product, variant) } }
        return nil
    }

    /// REST: `2026-11-06T10:12:44+07:00`.
    func localTime(_ seconds: Int64) -> String {
        let text = Timestamp(seconds: seconds + utcOffsetMinutes * 60).description.dropLast()
        let minutes = utcOffsetMinutes.magnitude
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(text)\(utcOffsetMinutes < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
    }
}

/// GraphQL: `2026-11-06T03:12:44Z`.
func utcTime(_ seconds: Int64) -> String { Timestamp(seconds: seconds).description }

/// A cancellation that was accepted and is not carried out yet (platforms/shopify.md §6.2).
struct CancelJob: Sendable, Codable {
    var orderID: Int64
    var reason: String
    var restock: Bool
    var refunds: Bool
    var isDone = false
}

struct IdempotentRecord: Sendable {
    var parameters: JSONNode
    var answer: JSONNode
}

/// Something the shop tells its subscribers: the body as it was at that moment, kept for all retries (platforms/shopify.md §3.4).
struct Announcement: Sendable {
    var topic: String
    /// `Order`, `Fulfillment`… for the `X-Shopify-Order-Id` header.
    var resource: String
    var resourceID: Int64?
    var body: Data
    /// Shared by everything one action of a merchant or buyer caused.
    var eventID: String
    var isTest: Bool
}
