import SimulatorKit

/// What the shop sells: simple goods, and goods with variations where the sample has several variants of one title.
extension ShopState {
    var country: SampleCountry { SampleCountry.allCases.first { $0.currency == configuration.currency } ?? .thailand }

    /// Minor units of the sample's country to the shop's own decimals.
    func amount(minor: Int64) -> Int {
        let scale = country.currencyDecimals == 0 ? 1 : 100
        return Int(minor) * decimals.scale / scale
    }

    mutating func stockCatalogue() {
        let goods = SampleProduct.catalogue(in: country)
        let now = now - 86_400 * 30
        for good in goods {
            let isVariant = good.variant != nil
            let parent = isVariant ? parentID(of: good, goods, now) : 0
            let id = takePostID()
            var product = ShopProduct(id: id, name: good.title, createdAt: now + id, modifiedAt: now + id)
            product.parentID = parent
            product.type = isVariant ? "variation" : "simple"
            product.sku = good.sku
            product.regularPrice = decimals.format(amount(minor: good.priceMinor))
            product.weight = "\(Double(good.weightGrams) / 1_000)"
            product.managesStock = true
            product.stockQuantity = Int.random(in: 100...900, using: &generator)
            if let variant = good.variant { product.choices = [.init(name: "Colour", options: [variant])] }
            if id.isMultiple(of: 2) { product.images = [.init(id: 300 + id, source: "/wp-content/uploads/good-\(good.number).jpg")] }
            products[id] = product
        }
    }

    /// The variable product above a variant, made when its first variant comes.
    private mutating func parentID(of good: SampleProduct, _ goods: [SampleProduct], _ now: Int) -> Int {
        if let known = products.values.first(where: { $0.type == "variable" && $0.name == good.title }) { return known.id }
        let id = takePostID()
        var parent = ShopProduct(id: id, name: good.title, createdAt: now + id, modifiedAt: now + id)
        parent.type = "variable"
        parent.attributes = [.init(name: "Colour", options: goods.filter { $0.title == good.title }.compactMap(\.variant), isForVariations: true)]
        products[id] = parent
        return id
    }
}
