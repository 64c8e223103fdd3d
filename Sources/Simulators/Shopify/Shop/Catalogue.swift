import SimulatorKit

struct ShopProduct: Sendable, Codable {
    var id: Int64
    var title: String
    var vendor: String
    var type: String
    /// `active`, `draft`, `archived`.
    var status = "active"
    var createdAt: Int64
    var updatedAt: Int64
    var variants: [ShopVariant]
}

struct ShopVariant: Sendable, Codable {
    var id: Int64
    var inventoryItemID: Int64
    var title: String
    var sku: String?
    var price: Int64
    var grams: Int64
    var requiresShipping = true
    var isGiftCard = false
    /// False: quantities are ignored (platforms/shopify.md §7).
    var isTracked = true
    /// Available by location; a location that is missing does not stock it.
    var available: [Int64: Int64]
}

struct ShopLocation: Sendable, Codable {
    var id: Int64
    var name: String
    var countryCode: String
    var isActive = true
}

/// What the shop sells at first.
enum Catalogue {
    private struct Entry {
        var title: String
        var type: String
        /// Variant title (nil: the only one), SKU, price in minor units, grams.
        var variants: [(title: String?, sku: String?, price: Int64, grams: Int64)]
        var requiresShipping = true
        var isGiftCard = false
        /// Kept at the second location instead of the first.
        var atSecondLocation = false
    }

    static let bag = "Canvas bag", tray = "Teak tray", stand = "Phone stand", pattern = "Batik pattern (PDF)", giftCard = "Gift card"

    /// Goods with a property that the sample catalogue has none of; prices in satang.
    private static func special(in currency: CurrencyUnit) -> [Entry] {
        func price(_ satang: Int64) -> Int64 { self.price(satang: satang, in: currency) }
        return [
            Entry(
                title: bag, type: "Bags",
                variants: [
                    ("Blue / L", "BAG-BL-L", price(69_500), 225), ("Blue / S", "BAG-BL-S", price(59_500), 180),
                    ("Red / L", "BAG-RD-L", price(69_500), 225),
                ]),
            Entry(title: tray, type: "Kitchen", variants: [(nil, "TRAY-TEAK", price(89_000), 1_200)], atSecondLocation: true),
            Entry(title: stand, type: "Desk", variants: [("White", nil, price(19_900), 120)]),
            Entry(title: pattern, type: "Digital", variants: [(nil, "PDF-BATIK", price(15_000), 0)], requiresShipping: false),
            Entry(
                title: giftCard, type: "Gift cards", variants: [("500", nil, price(50_000), 0)], requiresShipping: false, isGiftCard: true),
        ]
    }

    private static func ordinary(in currency: CurrencyUnit) -> [Entry] {
        let country = SampleCountry(currency: currency.code) ?? .thailand
        return SampleProduct.catalogue(in: country).map { sample in
            let price = country.currency == currency.code ? sample.priceMinor : price(satang: sample.priceMinor, in: currency)
            return Entry(title: sample.title, type: "Goods", variants: [(sample.variant, sample.sku, price, Int64(sample.weightGrams))])
        }
    }

    /// Millionths of the currency's major unit for one baht.
    static func rate(to currency: CurrencyUnit) -> Int64 {
        switch currency.code {
        case "THB": 1_000_000
        case "JPY": 4_200_000
        case "CLP": 27_000_000
        case "KWD": 8_700
        case "EUR": 26_500
        case "USD": 28_500
        default: 100_000
        }
    }

    static func price(satang: Int64, in currency: CurrencyUnit) -> Int64 {
        let minor = proportion(satang, rate(to: currency) * currency.scale, 100_000_000)
        return currency.decimals == 3 ? minor / 50 * 50 : minor
    }

    static func products(in currency: CurrencyUnit, locations: [ShopLocation], now: Int64, ids: inout IDSequences) -> [ShopProduct] {
        (special(in: currency) + ordinary(in: currency)).map { entry in
            let home = entry.atSecondLocation ? locations.last : locations.first
            let variants = entry.variants.map { title, sku, price, grams in
                ShopVariant(
                    id: ids.next(.variant), inventoryItemID: ids.next(.inventoryItem), title: title ?? "Default Title", sku: sku,
                    price: price, grams: grams, requiresShipping: entry.requiresShipping, isGiftCard: entry.isGiftCard,
                    isTracked: entry.requiresShipping, available: home.map { [$0.id: 1_000_000] } ?? [:])
            }
            return ShopProduct(
                id: ids.next(.product), title: entry.title, vendor: "House", type: entry.type, createdAt: now - 86_400 * 30,
                updatedAt: now - 86_400 * 30, variants: variants)
        }
    }
}

extension SampleCountry {
    init?(currency: String) {
        guard let country = Self.allCases.first(where: { $0.currency == currency }) else { return nil }
        self = country
    }
}

/// The shop's counters; first values look like the ones in the dossier's examples (platforms/shopify.md §4.3).
struct IDSequences: Sendable, Codable {
    enum Resource: String, Sendable, Codable, CaseIterable {
        case order, line, customer, product, variant, inventoryItem, shippingLine, transaction, refund, refundLine, fulfilment,
            fulfilmentEvent, fulfillmentOrder, fulfillmentOrderLine, webhook, inventoryAdjustment

        var first: Int64 {
            switch self {
            case .order: 6_100_000_000_001
            case .line: 14_100_000_000_001
            case .customer: 7_100_000_000_001
            case .product: 8_100_000_000_001
            case .variant: 44_100_000_000_001
            case .inventoryItem: 46_100_000_000_001
            case .shippingLine: 5_100_000_000_001
            case .transaction: 7_300_000_000_001
            case .refund: 930_000_000_001
            case .refundLine: 640_000_000_001
            case .fulfilment: 5_600_000_000_001
            case .fulfilmentEvent: 21_000_000_000_001
            case .fulfillmentOrder: 7_200_000_000_001
            case .fulfillmentOrderLine: 8_200_000_000_001
            case .webhook: 1_500_000_000_001
            case .inventoryAdjustment: 91_000_000_001
            }
        }
    }
    private var used: [String: Int64] = [:]

    mutating func next(_ resource: Resource) -> Int64 {
        let count = used[resource.rawValue, default: 0]
        used[resource.rawValue] = count + 1
        return resource.first + count
    }
}
