/// A product or a variation (`parentID` set). Prices are kept as the text they were given as, the way WordPress does.
struct ShopProduct: Sendable {
    let id: Int
    var parentID = 0
    var name: String
    /// simple, variable, variation, grouped, external.
    var type = "simple"
    /// publish, draft, pending, private, trash.
    var status = "publish"
    var sku = ""
    var regularPrice = ""
    var salePrice = ""
    var managesStock = false
    /// nil unless stock is managed.
    var stockQuantity: Int?
    /// Used where stock is not managed: instock, outofstock, onbackorder.
    var stockStatus = "instock"
    var weight = ""
    var description = ""
    var shortDescription = ""
    /// Name, options, and whether variations differ by it.
    var attributes: [Attribute] = []
    /// Of a variation: what it is.
    var choices: [Attribute] = []
    var images: [Image] = []
    var createdAt: Int
    var modifiedAt: Int
    var meta: [ShopMeta] = []

    struct Attribute: Sendable, Equatable {
        var name: String
        var options: [String]
        var isForVariations = false
    }
    struct Image: Sendable, Equatable {
        let id: Int
        var source: String
    }

    var isVariation: Bool { type == "variation" }
    /// What a buyer pays now.
    var price: String { salePrice.isEmpty ? regularPrice : salePrice }
    var visibleStockStatus: String { managesStock ? ((stockQuantity ?? 0) > 0 ? "instock" : "outofstock") : stockStatus }
    /// `Canvas bag - Blue, L`.
    var lineName: String { choices.isEmpty ? name : "\(name) - \(choices.compactMap(\.options.first).joined(separator: ", "))" }
}

extension ShopState {
    /// Variations of a parent by id.
    func variations(of parent: Int) -> [ShopProduct] { products.values.filter { $0.parentID == parent && $0.isVariation }.sorted { $0.id < $1.id } }

    func product(sku: String) -> ShopProduct? { products.values.filter { $0.sku == sku && $0.status != "trash" }.min { $0.id < $1.id } }

    func render(_ product: ShopProduct) -> WooJSON {
        product.isVariation ? renderVariation(product) : renderProduct(product)
    }

    private func renderProduct(_ product: ShopProduct) -> WooJSON {
        let variations = variations(of: product.id)
        let price = product.type == "variable" ? variations.map(\.price).first { !$0.isEmpty } ?? "" : product.price
        let slug = product.name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
        var members: [WooJSON.Member] = [
            .init("id", .integer(product.id)), .init("name", .string(product.name)), .init("slug", .string(slug)),
            .init("permalink", .string("\(homeURL)/product/\(slug)/")), .init("date_created", time.local(product.createdAt)),
            .init("date_created_gmt", time.gmt(product.createdAt)), .init("date_modified", time.local(product.modifiedAt)),
            .init("date_modified_gmt", time.gmt(product.modifiedAt)), .init("type", .string(product.type)), .init("status", .string(product.status)),
            .init("featured", false), .init("catalog_visibility", "visible"), .init("description", .string(product.description)),
            .init("short_description", .string(product.shortDescription)), .init("sku", .string(product.sku)), .init("price", .string(price)),
            .init("regular_price", .string(product.regularPrice)), .init("sale_price", .string(product.salePrice)),
            .init("on_sale", .bool(!product.salePrice.isEmpty)), .init("purchasable", .bool(product.status == "publish" && !price.isEmpty)),
            .init("total_sales", 0), .init("virtual", false), .init("downloadable", false),
        ]
        members += stockMembers(product)
        members += [
            .init("weight", .string(product.weight)), .init("dimensions", ["length": "", "width": "", "height": ""]),
            .init("shipping_required", true), .init("shipping_class", ""), .init("parent_id", .integer(product.parentID)),
            .init("categories", [["id": 15, "name": "Uncategorized", "slug": "uncategorized"]]), .init("tags", []),
            .init("images", .array(product.images.map(image))),
            .init("attributes", .array(product.attributes.enumerated().map { index, attribute in
                [
                    "id": 0, "name": .string(attribute.name), "slug": .string(attribute.name), "position": .integer(index), "visible": true,
                    "variation": .bool(attribute.isForVariations), "options": .array(attribute.options.map { .string($0) }),
                ]
            })),
            .init("default_attributes", []), .init("variations", .array(variations.map { .integer($0.id) })), .init("grouped_products", []),
            .init("menu_order", 0), .init("meta_data", metaData(product)), .init("stock_status", .string(product.visibleStockStatus)),
            .init("_links", links("products/\(product.id)", "products")),
        ]
        return .object(members)
    }

    private func renderVariation(_ product: ShopProduct) -> WooJSON {
        var members: [WooJSON.Member] = [
            .init("id", .integer(product.id)), .init("type", "variation"), .init("date_created", time.local(product.createdAt)),
            .init("date_created_gmt", time.gmt(product.createdAt)), .init("date_modified", time.local(product.modifiedAt)),
            .init("date_modified_gmt", time.gmt(product.modifiedAt)), .init("description", .string(product.description)),
            .init("permalink", .string("\(homeURL)/product/\(product.parentID)/?variation=\(product.id)")), .init("sku", .string(product.sku)),
            .init("price", .string(product.price)), .init("regular_price", .string(product.regularPrice)), .init("sale_price", .string(product.salePrice)),
            .init("on_sale", .bool(!product.salePrice.isEmpty)), .init("status", .string(product.status)),
            .init("purchasable", .bool(!product.price.isEmpty)), .init("virtual", false), .init("downloadable", false),
        ]
        members += stockMembers(product)
        members += [
            .init("stock_status", .string(product.visibleStockStatus)), .init("weight", .string(product.weight)),
            .init("image", product.images.first.map(image) ?? .null),
            .init("attributes", .array(product.choices.map { ["id": 0, "name": .string($0.name), "option": .string($0.options.first ?? "")] })),
            .init("meta_data", metaData(product)), .init("name", .string(product.choices.compactMap(\.options.first).joined(separator: ", "))),
            .init("parent_id", .integer(product.parentID)),
            .init("_links", links("products/\(product.parentID)/variations/\(product.id)", "products/\(product.parentID)/variations")),
        ]
        return .object(members)
    }

    private func stockMembers(_ product: ShopProduct) -> [WooJSON.Member] {
        [
            .init("tax_status", "taxable"), .init("tax_class", ""), .init("manage_stock", .bool(product.managesStock)),
            .init("stock_quantity", .optional(product.managesStock ? product.stockQuantity : nil)), .init("backorders", "no"),
            .init("backorders_allowed", false), .init("backordered", false),
        ]
    }

    private func image(_ image: ShopProduct.Image) -> WooJSON { ["id": .integer(image.id), "src": .string(source(of: image)), "name": "", "alt": ""] }

    /// The shop's own images are kept as a path: the Home URL is known only when it listens.
    func source(of image: ShopProduct.Image) -> String { image.source.hasPrefix("/") ? homeURL + image.source : image.source }

    private func metaData(_ product: ShopProduct) -> WooJSON {
        .array(product.meta.map { ["id": .integer($0.id), "key": .string($0.key), "value": $0.value] })
    }

    func links(_ itself: String, _ collection: String) -> WooJSON {
        ["self": [["href": .string("\(restBase)/wc/v3/\(itself)")]], "collection": [["href": .string("\(restBase)/wc/v3/\(collection)")]]]
    }
}
