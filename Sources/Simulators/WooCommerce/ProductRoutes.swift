import HTTPTypes

/// `/products` and `/products/{id}/variations` (platforms/woocommerce.md §7).
extension ShopState {
    mutating func productRoutes(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        if path.isEmpty {
            if request.isRead { return try listProducts(request) }
            guard request.method == .post else { throw .noRoute }
            return try createProduct(request, parent: nil)
        }
        if path == ["batch"], !request.isRead {
            return try batch(request) { (state, request, id) throws(RestError) in
                guard let id else { return try state.createProduct(request, parent: nil) }
                return try state.singleProduct(request, id, parent: nil)
            }
        }
        let id = try objectID(path[0])
        if path.count == 1 { return try singleProduct(request, id, parent: nil) }
        guard path[1] == "variations" else { throw .noRoute }
        guard let parent = products[id], parent.type == "variable" else {
            throw RestError(404, "woocommerce_rest_product_invalid_id", "Invalid product ID.")
        }
        return try variationRoutes(request, parent, Array(path.dropFirst(2)))
    }

    private mutating func variationRoutes(_ request: RestRequest, _ parent: ShopProduct, _ path: [String]) throws(RestError) -> RestAnswer {
        if path.isEmpty {
            if request.isRead {
                try require(.list, request)
                return listAnswer(variations(of: parent.id), try page(request), request) { render($0) }
            }
            guard request.method == .post else { throw .noRoute }
            return try createProduct(request, parent: parent)
        }
        if path == ["batch"], !request.isRead {
            return try batch(request) { (state, request, id) throws(RestError) in
                guard let id else { return try state.createProduct(request, parent: parent) }
                return try state.singleProduct(request, id, parent: parent)
            }
        }
        return try singleProduct(request, try objectID(path[0]), parent: parent)
    }

    /// A variation can be read, changed and deleted under its own id, too.
    private mutating func singleProduct(_ request: RestRequest, _ id: Int, parent: ShopProduct?) throws(RestError) -> RestAnswer {
        let kind = parent == nil ? "product" : "product_variation"
        guard let product = products[id], parent == nil || product.parentID == parent?.id else {
            throw request.method == .put || request.method == .post ? .missingOnWrite(kind) : .missing(kind)
        }
        switch request.method {
        case .get, .head:
            try require(.view, request)
            return RestAnswer(render(product))
        case .put, .post, .patch:
            return try updateProduct(request, product)
        case .delete:
            try require(.delete, request)
            let before = render(product)
            if request.flag("force") || product.isVariation {
                for variation in variations(of: id) { products[variation.id] = nil }
                products[id] = nil
            } else {
                guard product.status != "trash" else { throw RestError(410, "woocommerce_rest_already_trashed", "The product has already been deleted.") }
                var trashed = product
                trashed.status = "trash"
                trashed.modifiedAt = now
                products[id] = trashed
                announce(.productDeleted, id)
            }
            return RestAnswer(before)
        default: throw .noRoute
        }
    }

    private func listProducts(_ request: RestRequest) throws(RestError) -> RestAnswer {
        try require(.list, request)
        let page = try page(request)
        let order = try request.choice("order", default: "desc", of: ["asc", "desc"])
        let orderBy = try request.choice("orderby", default: "date", of: flavour.orderBy + ["price", "popularity", "rating"])
        let skus = request.list("sku"), status = request.text("status") ?? "any", type = request.text("type")
        let isGMT = flavour.filtersByModification && request.flag("dates_are_gmt")
        let after = flavour.filtersByModification ? try request.date("modified_after") : nil
        let include = request.list("include").compactMap { Int($0) }, exclude = request.list("exclude").compactMap { Int($0) }
        let words = request.text("search")?.lowercased()
        var found = products.values.filter { product in
            // `sku` matches exactly and finds variations, too; without it they are listed under their parent only.
            if skus.isEmpty, product.isVariation { return false }
            if !skus.isEmpty, !skus.contains(product.sku) { return false }
            if status == "any" ? product.status == "trash" : product.status != status { return false }
            if let type, product.type != type { return false }
            if !include.isEmpty, !include.contains(product.id) { return false }
            if exclude.contains(product.id) { return false }
            if let words, !product.name.lowercased().contains(words) { return false }
            if let after {
                let column = isGMT ? product.modifiedAt : product.modifiedAt + time.siteOffset(at: product.modifiedAt)
                let limit = after.unix.map { $0 + time.siteOffset(at: $0) } ?? after.wallClock
                if column <= limit { return false }
            }
            return true
        }
        found.sort { a, b in
            switch orderBy {
            case "id": a.id < b.id
            case "title", "slug": (a.name, a.id) < (b.name, b.id)
            case "modified": (a.modifiedAt, a.id) < (b.modifiedAt, b.id)
            case "price": (decimals.parse(a.price) ?? 0, a.id) < (decimals.parse(b.price) ?? 0, b.id)
            case "include": (include.firstIndex(of: a.id) ?? .max) < (include.firstIndex(of: b.id) ?? .max)
            default: (a.createdAt, a.id) < (b.createdAt, b.id)
            }
        }
        if order == "desc", orderBy != "include" { found.reverse() }
        return listAnswer(found, page, request) { render($0) }
    }
}
