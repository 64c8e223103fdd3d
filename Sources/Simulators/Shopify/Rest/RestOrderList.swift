import Foundation

/// `GET /orders.json`: filters, the `status=any` rule, and pages by an opaque `page_info` (platforms/shopify.md §4.1).
struct RestOrderList {
    let request: ShopRequest
    let seesAll: Bool
    let apiVersion: String
    let now: Int64

    private struct Filter {
        var status = "open"
        var financial: String?
        var fulfilment: String?
        var ids: Set<Int64>?
        var sinceID: Int64 = 0
        /// Empty where the end lies before the start, as some callers ask.
        struct Window {
            var from = Int64.min
            var to = Int64.max
            func contains(_ seconds: Int64) -> Bool { seconds >= from && seconds <= to }
        }
        var updated = Window()
        var created = Window()
        var processed = Window()
        var sortKey = "id"
        var isReversed = true

        init(_ parameters: [(name: String, value: String)]) {
            for (name, value) in parameters {
                let time = ShopTime.seconds(parsing: value)
                switch name {
                case "status": status = value
                case "financial_status" where value != "any": financial = value
                case "fulfillment_status" where value != "any": fulfilment = value
                case "ids": ids = Set(value.split(separator: ",").compactMap { Int64($0.trimmingCharacters(in: .whitespaces)) })
                case "since_id":
                    sinceID = Int64(value) ?? 0
                    isReversed = false
                case "updated_at_min": updated.from = time ?? .min
                case "updated_at_max": updated.to = time ?? .max
                case "created_at_min": created.from = time ?? .min
                case "created_at_max": created.to = time ?? .max
                case "processed_at_min": processed.from = time ?? .min
                case "processed_at_max": processed.to = time ?? .max
                case "order":
                    let words = value.lowercased().split(separator: " ")
                    sortKey = words.first.map(String.init) ?? "id"
                    isReversed = words.last == "desc" || words.count == 1
                default: break
                }
            }
        }

        func matches(_ order: ShopOrder) -> Bool {
            OrderFilter.status(order, status)
                && (financial == nil || financial == order.financialStatus || (financial == "unpaid" && order.captured == 0))
                && (fulfilment == nil || fulfilment == OrderFilter.fulfilment(order)
                    || (fulfilment == "unfulfilled" && order.fulfillmentStatus != "fulfilled"))
                && (ids?.contains(order.id) ?? true) && order.id > sinceID && updated.contains(order.updatedAt)
                && created.contains(order.createdAt) && processed.contains(order.processedAt)
        }
    }

    /// What `page_info` carries: the filters of the first page and where the last one ended.
    private struct Position {
        var query: String
        var after: String
    }

    func answer(from store: ShopStore) throws -> ShopAnswer {
        let (parameters, after) = try filterParameters()
        let limit = min(250, max(1, request.parameter("limit").flatMap { Int($0) } ?? 50))
        let filter = Filter(parameters)
        let wall = seesAll ? Int64.min : now - GraphSchema.recentSeconds
        return store.read { state in
            let page = OrderPage.take(
                from: state, matching: OrderSearch(""), sortedBy: filter.sortKey, isReversed: filter.isReversed, after: after, limit: limit
            ) { $0.createdAt >= wall && filter.matches($0) }
            guard let page else { return .json(["errors": ["page_info": "Invalid value."]], status: 400) }
            let fields = request.parameter("fields")
            let answer = ShopAnswer.json(["orders": .array(page.orders.map { state.restOrder($0).keeping(fields) })])
            guard page.hasMore, let last = page.orders.last else { return answer }
            return answer.adding("Link", link(to: page.cursor(last), parameters, limit: limit, fields: fields))
        }
    }

    func count(in store: ShopStore) throws -> ShopAnswer {
        let filter = Filter(request.query)
        let wall = seesAll ? Int64.min : now - GraphSchema.recentSeconds
        return store.read { state in
            .json(["count": JSONNode(state.orders.values.count { $0.createdAt >= wall && filter.matches($0) })])
        }
    }

    /// With `page_info` only `limit` and `fields` may be sent.
    private func filterParameters() throws -> ([(name: String, value: String)], after: String?) {
        guard let info = request.parameter("page_info") else { return (request.query, nil) }
        let other = request.query.map(\.name).filter { !["page_info", "limit", "fields"].contains($0) }
        guard other.isEmpty else { throw RestProblem(message: "cannot be passed when page_info is present.", field: other[0]) }
        // A page_info that cannot be read is refused whatever is wrong with it.
        guard let data = Data(base64Encoded: info), let json = try? JSONNode(parsing: data), let query = json["query"]?.string,
            let after = json["after"]?.string
        else { throw RestProblem(message: "Invalid value.", field: "page_info") }
        return (ShopRequest.pairs(query), after)
    }

    private func link(to cursor: String, _ parameters: [(name: String, value: String)], limit: Int, fields: String?) -> String {
        let kept = parameters.filter { !["limit", "fields"].contains($0.name) }
        let query = kept.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        let json: JSONNode = ["query": .text(query), "after": .text(cursor)]
        let info = Self.encoded(json.data(.plain).base64EncodedString())
        let host = request.headers["host"] ?? "127.0.0.1"
        let more = fields.map { "&fields=\(Self.encoded($0))" } ?? ""
        return "<http://\(host)/admin/api/\(apiVersion)/orders.json?limit=\(limit)\(more)&page_info=\(info)>; rel=\"next\""
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? text
    }
}
