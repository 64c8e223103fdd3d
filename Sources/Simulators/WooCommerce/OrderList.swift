/// `GET /orders`, with its traps (platforms/woocommerce.md §4.1).
extension ShopState {
    struct OrderFilter {
        var statuses: Set<String>?
        var changed: [(ShopOrder) -> Bool] = []
        var order = "desc"
        var orderBy = "date"
    }

    func listOrders(_ request: RestRequest) throws(RestError) -> RestAnswer {
        try require(.list, request)
        let filter = try orderFilter(request)
        let page = try page(request)
        let places = try places(request)
        let include = request.list("include").compactMap { Int($0) }
        var found = orders.values.filter { order in
            (filter.statuses.map { $0.contains(order.status) } ?? !["trash", "auto-draft"].contains(order.status)) && filter.changed.allSatisfy { $0(order) }
        }
        found.sort { precedes($0, $1, by: filter.orderBy, include) }
        if filter.order == "desc", filter.orderBy != "include" { found.reverse() }
        return listAnswer(found, page, request, zeroTotalPastEnd: !flavour.storesOrdersAsPosts) { render($0, places: places) }
    }

    /// `dp`: decimals of the answer.
    func places(_ request: RestRequest) throws(RestError) -> Int? {
        request.has("dp") ? try request.integer("dp", default: decimals.places, in: 0...8) : nil
    }

    /// Equal times are in the order of their ids.
    private func precedes(_ a: ShopOrder, _ b: ShopOrder, by name: String, _ include: [Int]) -> Bool {
        switch name {
        case "modified": (a.modifiedAt, a.id) < (b.modifiedAt, b.id)
        case "id": a.id < b.id
        case "include": (include.firstIndex(of: a.id) ?? .max, a.id) < (include.firstIndex(of: b.id) ?? .max, b.id)
        default: (a.createdAt, a.id) < (b.createdAt, b.id)
        }
    }

    private func orderFilter(_ request: RestRequest) throws(RestError) -> OrderFilter {
        var filter = OrderFilter()
        filter.statuses = try statusFilter(request)
        filter.order = try request.choice("order", default: "desc", of: ["asc", "desc"])
        filter.orderBy = try request.choice("orderby", default: "date", of: flavour.orderBy)
        // Versions before 5.8 do not know these parameters and ignore them without a word.
        let isGMT = flavour.filtersByModification && request.flag("dates_are_gmt")
        if flavour.filtersByModification {
            if let limit = try bound("modified_after", request, isGMT) { filter.changed.append { limit.column($0.modifiedAt, time: time) > limit.value } }
            if let limit = try bound("modified_before", request, isGMT) { filter.changed.append { limit.column($0.modifiedAt, time: time) < limit.value } }
        }
        if let limit = try bound("after", request, isGMT) { filter.changed.append { limit.column($0.createdAt, time: time) > limit.value } }
        if let limit = try bound("before", request, isGMT) { filter.changed.append { limit.column($0.createdAt, time: time) < limit.value } }
        if request.has("include") {
            let wanted = Set(request.list("include").compactMap { Int($0) })
            filter.changed.append { wanted.contains($0.id) }
        }
        if request.has("exclude") {
            let unwanted = Set(request.list("exclude").compactMap { Int($0) })
            filter.changed.append { !unwanted.contains($0.id) }
        }
        if let customer = request.text("customer").flatMap({ Int($0) }) { filter.changed.append { $0.customerID == customer } }
        if let product = request.text("product").flatMap({ Int($0) }) { filter.changed.append { $0.lines.contains { $0.productID == product } } }
        if let words = request.text("search"), !words.isEmpty { filter.changed.append { Self.matches($0, words) } }
        return filter
    }

    /// Covers few fields: names, addresses, e-mail, the id. Not `meta_data` (§6.5).
    private static func matches(_ order: ShopOrder, _ words: String) -> Bool {
        if "\(order.id)" == words { return true }
        let wanted = words.lowercased()
        return [order.billing, order.shipping].contains { address in
            [address.firstName, address.lastName, address.company, address.email, address.phone, address.address1, address.city, address.postcode]
                .contains { $0.lowercased().contains(wanted) } || "\(address.firstName) \(address.lastName)".lowercased().contains(wanted)
        }
    }

    /// Nil: `any`. An unknown word is an error that lists the known ones.
    private func statusFilter(_ request: RestRequest) throws(RestError) -> Set<String>? {
        let words = request.list("status")
        let known = ["any", "trash"] + statuses
        for (index, word) in words.enumerated() where !known.contains(word) {
            throw .invalidParameter("status", "rest_not_in_enum", "status[\(index)] is not one of \(known.joined(separator: ", ")).")
        }
        return words.isEmpty || words.contains("any") ? nil : Set(words)
    }

    /// A limit and the column it is compared with: both are wall-clock digits.
    private struct Bound {
        var value: Int
        var comparesGMT: Bool
        func column(_ unix: Int, time: ShopTime) -> Int { comparesGMT ? unix : unix + time.siteOffset(at: unix) }
    }

    /// The trap: a time WITH a zone is first turned into the site's wall clock, whatever it is then compared with. With `dates_are_gmt` that
    /// moves the window by the site's offset. A naive time is taken digit for digit.
    private func bound(_ name: String, _ request: RestRequest, _ isGMT: Bool) throws(RestError) -> Bound? {
        guard let given = try request.date(name) else { return nil }
        guard let unix = given.unix else { return Bound(value: given.wallClock, comparesGMT: isGMT) }
        return Bound(value: unix + time.siteOffset(at: unix), comparesGMT: isGMT)
    }
}
