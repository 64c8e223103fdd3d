import SimulatorKit

/// A product of one shop; one without variants has a single model with id 0 (shopee.md §7).
struct ShopeeProduct: Sendable {
    enum Status: String, Sendable, CaseIterable {
        case normal = "NORMAL", banned = "BANNED", unlist = "UNLIST", reviewing = "REVIEWING", sellerDelete = "SELLER_DELETE", platformDelete = "SHOPEE_DELETE"
    }
    struct Model: Sendable {
        var id: Int64
        var sku: String
        var name: String
        var priceMinor: Int64
        var stock: Int
        var reserved = 0
    }

    let id: Int64
    let shopID: Int64
    var name: String
    var description = ""
    var sku: String
    var status: Status
    var models: [Model]
    var weightGrams: Int
    var categoryID: Int64 = 100_001
    var updateTime: Int64
    var isInPromotion = false

    var hasModels: Bool { models.contains { $0.id != 0 } }

    static let locationID = "TH0001ABC"
    /// The highest price of a product's models at most so many times the lowest (TH and others).
    static let priceRatio: Int64 = 5

    /// The sample catalogue, grouped by title: goods with variants become models of one product.
    static func catalogue(of shop: ShopeeConfiguration.Shop, index: Int, at now: Int64) -> [ShopeeProduct] {
        var products: [ShopeeProduct] = []
        for sample in SampleProduct.catalogue(in: .thailand) {
            let modelID = sample.variant == nil ? 0 : 90_011_223_000 + Int64(index * 1_000 + sample.number)
            let model = Model(id: modelID, sku: sample.sku, name: sample.variant ?? "", priceMinor: sample.priceMinor, stock: 1_000)
            if let known = products.firstIndex(where: { $0.name == sample.title }) {
                products[known].models.append(model)
            } else {
                products.append(ShopeeProduct(
                    id: 20_400_051_000 + Int64(index * 1_000 + sample.number), shopID: shop.shopID, name: sample.title,
                    sku: sample.variant == nil ? sample.sku : "P\(sample.number)", status: .normal, models: [model], weightGrams: sample.weightGrams,
                    updateTime: now))
            }
        }
        return products
    }
}
