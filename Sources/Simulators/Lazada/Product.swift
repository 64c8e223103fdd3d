import Foundation
import SimulatorKit

/// One SKU with its stock: `total` holds what is withheld for unpaid orders, occupied by paid ones, and reserved for campaigns (lazada.md §7).
struct Sku: Sendable {
    var id: Int64
    var productID: Int64
    var sellerSKU: String
    var shopSKU: String
    var variation: String
    var weightGrams: Int
    var priceMinor: Int64
    var specialPriceMinor: Int64?
    var specialFrom = ""
    var specialTo = ""
    var total: Int
    var withheld = 0
    var occupied = 0
    var campaign = 0
    /// Its price cannot be changed meanwhile (4170).
    var isInCampaign = false

    var sellable: Int { max(0, total - withheld - occupied - campaign) }
    var bound: Int { withheld + occupied + campaign }
}

struct Product: Sendable {
    var id: Int64
    var name: String
    var status = "Active"
    var createdAt: Date
    var updatedAt: Date
    /// In order.
    var sellerSKUs: [String]
}

/// One shop: its orders, parcels, returns and goods. Ids are unique in here only (lazada.md §1).
struct Store: Sendable {
    var seller: LazadaSeller
    var orders: [Int64: Order] = [:]
    var packages: [String: Package] = [:]
    var reverseOrders: [Int64: ReverseOrder] = [:]
    var products: [Int64: Product] = [:]
    var skus: [String: Sku] = [:]
    /// Every shop counts from the same number, so that two shops have orders of the same id.
    var nextID: Int64

    var country: LazadaCountry { seller.country }

    init(seller: LazadaSeller, firstID: Int64, at moment: Date) {
        self.seller = seller
        nextID = firstID
        stockShelves(at: moment)
    }

    mutating func makeID() -> Int64 {
        defer { nextID += 1 }
        return nextID
    }

    /// The sample catalogue, goods of one title under one product.
    private mutating func stockShelves(at moment: Date) {
        let catalogue = SampleProduct.catalogue(in: country == .th ? .thailand : .unitedKingdom)
        let satang = Dictionary(SampleProduct.catalogue(in: .thailand).map { ($0.sku, $0.priceMinor) }) { $1 }
        var productOfTitle: [String: Int64] = [:]
        for good in catalogue {
            let productID = productOfTitle[good.title] ?? 3_300_000_000 + Int64(good.number), skuID = 13_300_000_000 + Int64(good.number)
            productOfTitle[good.title] = productID
            skus[good.sku] = Sku(
                id: skuID, productID: productID, sellerSKU: good.sku, shopSKU: "\(productID)_\(country.rawValue.uppercased())-\(skuID)",
                variation: Self.variation(good.variant), weightGrams: good.weightGrams, priceMinor: Self.price(satang[good.sku] ?? good.priceMinor, country), total: 1_000)
            if products[productID] == nil { products[productID] = Product(id: productID, name: good.title, createdAt: moment, updatedAt: moment, sellerSKUs: []) }
            products[productID]?.sellerSKUs.append(good.sku)
        }
    }

    /// "Red / M" is written "Color Family:Red, Size:M".
    private static func variation(_ variant: String?) -> String {
        guard let variant else { return "" }
        let parts = variant.components(separatedBy: " / ")
        return parts.count > 1 ? "Color Family:\(parts[0]), Size:\(parts[1])" : "Color Family:\(parts[0])"
    }

    /// Satang in the country's own minor units: dong has none, rupiah is never written with any.
    private static func price(_ satang: Int64, _ country: LazadaCountry) -> Int64 {
        let hundredths = satang * country.hundredthsPerBaht / 100
        return switch country {
        case .vn: hundredths / 100 / 1_000 * 1_000
        case .id: hundredths / 100 * 100
        default: hundredths
        }
    }
}
