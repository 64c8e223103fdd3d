import HTTPTypes

/// The REST API as one synchronous step over the state: nothing here waits for a network.
extension ShopState {
    mutating func handle(_ request: RestRequest) -> RestAnswer {
        counters.requests += 1
        if request.isRead { counters.reads += 1 } else { counters.writes += 1 }
        do throws(RestError) {
            var request = request
            if let first = request.route.first, first.hasPrefix("wc") {
                if let key = try authenticate(request) {
                    try checkPermission(of: key, for: request)
                    request.user = users[key.userID]
                }
            }
            if request.hasInvalidJSON { throw RestError.invalidJSON }
            return try dispatch(request)
        } catch {
            if error.status == 401 || error.status == 403 { counters.unauthorised += 1 }
            return RestAnswer(error.envelope, status: error.status)
        }
    }

    private mutating func dispatch(_ request: RestRequest) throws(RestError) -> RestAnswer {
        let route = request.route
        if route.isEmpty { return RestAnswer(index()) }
        if route.first == "wc-shipment-tracking", route.dropFirst().first == "v3", configuration.hasShipmentTracking {
            return filtered(try shipmentTracking(request, Array(route.dropFirst(2))), request)
        }
        guard route.count >= 2, route[0] == "wc", route[1] == "v3" else { throw .noRoute }
        if request.method == .options {
            return RestAnswer(["namespace": "wc/v3", "methods": ["GET", "POST", "PUT", "PATCH", "DELETE"], "endpoints": [], "schema": [:]])
        }
        if route.count == 2 { return RestAnswer(["namespace": "wc/v3", "routes": [:]]) }
        return filtered(try core(request, Array(route.dropFirst(2))), request)
    }

    private mutating func core(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        switch path[0] {
        case "orders": try orderRoutes(request, Array(path.dropFirst()))
        case "products": try productRoutes(request, Array(path.dropFirst()))
        case "webhooks": try webhookRoutes(request, Array(path.dropFirst()))
        case "settings", "system_status", "data": try siteRoutes(request, path)
        default: throw .noRoute
        }
    }

    private func filtered(_ answer: RestAnswer, _ request: RestRequest) -> RestAnswer {
        let fields = request.list("_fields")
        guard !fields.isEmpty, answer.status < 400 else { return answer }
        var answer = answer
        if case .array(let items) = answer.body { answer.body = .array(items.map { $0.keeping(fields) }) } else { answer.body = answer.body.keeping(fields) }
        return answer
    }

    /// The caller has to be a shop manager or an administrator for everything here.
    func require(_ right: RestRight, _ request: RestRequest) throws(RestError) {
        guard let user = request.user, user.managesShop else { throw right.error(for: request.user) }
    }

    /// Digits, as the routes' patterns demand.
    func objectID(_ text: String) throws(RestError) -> Int {
        guard let id = Int(text), text.utf8.allSatisfy({ (48...57).contains($0) }) else { throw .noRoute }
        return id
    }

    // MARK: Pages

    struct Page {
        var page: Int
        var perPage: Int
        var offset: Int
    }

    /// `page`, `per_page` (1 to 100, default 10) or `offset`.
    func page(_ request: RestRequest) throws(RestError) -> Page {
        let page = try request.integer("page", default: 1, in: 1...(.max))
        let perPage = try request.integer("per_page", default: 10, in: 1...100)
        let offset = request.has("offset") ? try request.integer("offset", default: 0, in: 0...(.max)) : nil
        let (start, overflow) = (page - 1).multipliedReportingOverflow(by: perPage)
        return Page(page: page, perPage: perPage, offset: offset ?? (overflow ? .max : start))
    }

    /// One page of a list with `X-WP-Total`, `X-WP-TotalPages` and `Link`. On HPOS a page past the end has a total of 0 (`zeroTotalPastEnd`).
    func listAnswer<Item>(_ items: [Item], _ page: Page, _ request: RestRequest, zeroTotalPastEnd: Bool = false, render: (Item) -> WooJSON) -> RestAnswer {
        let shown = page.offset >= items.count ? [] : Array(items[page.offset..<min(items.count, page.offset + page.perPage)])
        let total = zeroTotalPastEnd && shown.isEmpty ? 0 : items.count
        let pages = (total + page.perPage - 1) / page.perPage
        var answer = RestAnswer(.array(shown.map(render)))
        answer.headers = [("X-WP-Total", "\(total)"), ("X-WP-TotalPages", "\(pages)")]
        var links: [String] = []
        if page.page > 1 { links.append(#"<\#(pageURL(min(page.page - 1, max(pages, 1)), request))>; rel="prev""#) }
        if page.page < pages { links.append(#"<\#(pageURL(page.page + 1, request))>; rel="next""#) }
        if !links.isEmpty { answer.headers.append(("Link", links.joined(separator: ", "))) }
        return answer
    }

    private func pageURL(_ page: Int, _ request: RestRequest) -> String {
        let hidden = ["page", "rest_route", "consumer_key", "consumer_secret"]
        let kept = request.query.filter { !hidden.contains($0.name) && !$0.name.hasPrefix("oauth_") }
        let query = (kept + [("page", "\(page)")]).map { "\(OAuthSignature.encode($0.name))=\(OAuthSignature.encode($0.value))" }.joined(separator: "&")
        return "\(restBase)/\(request.route.joined(separator: "/"))\(configuration.prettyPermalinks ? "?" : "&")\(query)"
    }
}
