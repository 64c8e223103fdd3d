import SimulatorKit

/// A good as the channel lists it (shopat24.md §7).
package struct Shopat24Product: Sendable, Equatable {
    package enum Review: String, Sendable, Encodable { case active = "ACTIVE", submitted = "SUBMITTED" }

    package var houseCode: String
    package var vendorSKU: String
    package var name: String
    package var priceMinor: Int64
    package var specialPriceMinor: Int64?
    package var available: Int
    package var review: Review
}

extension Shopat24Product {
    static func catalogue() -> [Shopat24Product] {
        SampleProduct.catalogue(in: .thailand).map { product in
            Shopat24Product(
                houseCode: Shopat24Book.houseCode(product), vendorSKU: product.sku, name: product.title, priceMinor: product.priceMinor,
                available: 10 * product.number, review: .active)
        }
    }
}
