package import Connect
package import Domain
import Foundation

extension ShopifyConnector: ListsOrders, FetchesOrders {
    /// The search that lists run on may lag behind writes (unverified, §4.1).
    package var listingOverlap: Duration { .seconds(600) }

    /// Oldest change first. Orders that were placed more than 60 days ago come only with the scope `read_all_orders` (§2.6).
    ///
    /// - Throws: `.throttled` when the cost bucket is too low, `.refused` with `MAX_COST_EXCEEDED` when even a page of one order costs too much.
    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        let askedAt = context.now()
        var size = min(max(1, limit), await api.costs.pageSize)
        while true {
            do throws(ConnectorError) {
                let answer = try await api.call(OrderQueries.list, Self.listVariables(since: since, until: until, cursor: cursor, size: size))
                return try await page(answer, askedAt: askedAt)
            } catch {
                guard case .refused("MAX_COST_EXCEEDED", _) = error, await api.costs.shrinkPage(from: size) else { throw error }
                size = max(1, size / 2)
            }
        }
    }

    /// Times are quoted and in UTC: an offset's `+` is misread (§9 no. 12).
    static func listVariables(since: Timestamp, until: Timestamp?, cursor: String?, size: Int) -> [String: GraphQLValue] {
        var query = "updated_at:>='\(Timestamp(seconds: since.milliseconds / 1000))'"
        if let until { query += " updated_at:<'\(Timestamp(seconds: (until.milliseconds + 999) / 1000))'" }
        return ["query": .text(query), "first": .integer(size), "after": cursor.map { .text($0) } ?? .null]
    }

    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let answer = try await api.call(OrderQueries.one, ["id": .text(Self.orderGID(externalID))])
        guard var node = try Self.dataObject(answer)["order"] as? [String: Any] else {
            throw .refused(platformCode: "not_found", platformMessage: "Shopify has no order \(externalID.cut(40)), or it is older than 60 days and read_all_orders is missing")
        }
        try await complete(&node)
        return try Self.listed(node)
    }

    static func orderGID(_ externalID: ExternalID) -> String { "gid://shopify/Order/\(externalID)" }

    private func page(_ answer: GraphQLAnswer, askedAt: Timestamp) async throws(ConnectorError) -> ListedPage {
        guard let orders = try Self.dataObject(answer)["orders"] as? [String: Any], let nodes = orders["nodes"] as? [[String: Any]] else {
            throw .notUnderstood(field: "data.orders.nodes", found: "nothing")
        }
        var listed: [ListedOrder] = []
        for var node in nodes {
            try await complete(&node)
            listed.append(try Self.listed(node))
        }
        let info = orders["pageInfo"] as? [String: Any]
        let goesOn = info?["hasNextPage"] as? Bool ?? false
        let cursor = info?["endCursor"] as? String
        if goesOn, cursor == nil { throw .notUnderstood(field: "data.orders.pageInfo.endCursor", found: "nothing") }
        return ListedPage(orders: listed, nextCursor: goesOn ? cursor : nil, askedAt: askedAt)
    }

    // MARK: what one page of an order leaves out

    /// Reads the lines past the first page, and for an edited order with refunds what the refunds took back.
    private func complete(_ node: inout [String: Any]) async throws(ConnectorError) {
        guard let gid = node["id"] as? String else { throw .notUnderstood(field: "order.id", found: "nothing") }
        if var connection = node["lineItems"] as? [String: Any], var next = Self.nextCursor(connection) {
            var nodes = connection["nodes"] as? [Any] ?? []
            for page in 1... {
                guard page <= OrderQueries.largestLinePages else { throw .notUnderstood(field: "lineItems", found: "more lines than can be read") }
                let answer = try await api.call(OrderQueries.lines, ["id": .text(gid), "first": .integer(OrderQueries.linesAPage), "after": .text(next)])
                guard let more = (try Self.dataObject(answer)["order"] as? [String: Any])?["lineItems"] as? [String: Any], let part = more["nodes"] as? [Any] else {
                    throw .notUnderstood(field: "order.lineItems", found: "nothing")
                }
                nodes += part
                guard let following = Self.nextCursor(more) else { break }
                next = following
            }
            connection["nodes"] = nodes
            connection["pageInfo"] = ["hasNextPage": false]
            node["lineItems"] = connection
        }
        if node["edited"] as? Bool == true, let refunds = node["refunds"] as? [Any], !refunds.isEmpty {
            let answer = try await refundDetails(gid)
            if let detailed = (try Self.dataObject(answer)["order"] as? [String: Any])?["refunds"] as? [Any] { node["refunds"] = detailed }
        }
    }

    private func refundDetails(_ gid: String) async throws(ConnectorError) -> GraphQLAnswer {
        do throws(ConnectorError) { return try await api.call(OrderQueries.refunds, ["id": .text(gid)]) } catch {
            guard case .refused("undefinedField", _) = error else { throw error }
            return try await api.call(OrderQueries.refundsWithoutShipping, ["id": .text(gid)])
        }
    }

    private static func nextCursor(_ connection: [String: Any]) -> String? {
        guard let info = connection["pageInfo"] as? [String: Any], info["hasNextPage"] as? Bool == true else { return nil }
        return info["endCursor"] as? String
    }

    static func dataObject(_ answer: GraphQLAnswer) throws(ConnectorError) -> [String: Any] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any], let data = object["data"] as? [String: Any] else {
            throw .notUnderstood(field: "data", found: "no readable JSON")
        }
        return data
    }

    private static func listed(_ node: [String: Any]) throws(ConnectorError) -> ListedOrder {
        guard let updated = (node["updatedAt"] as? String).flatMap({ Timestamp(rfc3339: $0) }) else { throw .notUnderstood(field: "order.updatedAt", found: "no time") }
        let id = (node["legacyResourceId"] as? String) ?? (node["legacyResourceId"] as? NSNumber)?.stringValue ?? (node["id"] as? String)?.split(separator: "/").last.map(String.init)
        guard let id else { throw .notUnderstood(field: "order.legacyResourceId", found: "nothing") }
        guard let body = try? JSONSerialization.data(withJSONObject: node, options: [.sortedKeys, .withoutEscapingSlashes]) else { throw .notUnderstood(field: "order", found: "no JSON") }
        return ListedOrder(externalID: id, updatedAt: updated, body: Array(body), topic: nodeTopic)
    }
}
