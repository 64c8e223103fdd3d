package import Connect
package import Domain
import Foundation
import HTTPTypes

extension CustomShopConnector {
    static let pulledTopic = "pull.order"

    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        let decoder = JSONDecoder(), data = Data(delivery.body)
        do {
            if delivery.topic == Self.pulledTopic {
                let order = try decoder.decode(PushedOrder.self, from: data)
                // What is pulled obeys the same schema and equations as what is pushed (§9, §11).
                if let complaint = order.complaint { throw Self.notUnderstood(complaint) }
                return [.order(order.snapshot(wasRead: true))]
            }
            let event = try decoder.decode(PushedEvent.self, from: data)
            // The door looked already; a journal may hold what an older version let in.
            if let complaint = event.complaint(expecting: event.source.platform) { throw Self.notUnderstood(complaint) }
            switch event.type {
            case "order.upserted":
                guard let order = event.data.order else { throw ConnectorError.notUnderstood(field: "data.order", found: "nothing") }
                return [.order(order.snapshot(wasRead: false))]
            case "order.changed":
                guard let id = event.data.id else { throw ConnectorError.notUnderstood(field: "data.id", found: "nothing") }
                return [.fetch(id, hint: event.data.updatedAt)]
            case "order.cancelled":
                guard let id = event.data.externalID else { throw ConnectorError.notUnderstood(field: "data.externalID", found: "nothing") }
                return [.cancelled(id, at: event.timestamp, counter: event.data.revision ?? 0, reason: Self.words(event.data.reason) ?? "cancelled by the shop")]
            default: return [.ignored(reason: event.type)]
            }
        } catch let error as ConnectorError { throw error } catch {
            throw .notUnderstood(field: "body", found: "something that is not an event of the contract")
        }
    }

    /// Words for a person: bounded, without NUL; nil where nothing is said.
    private static func words(_ text: String?) -> String? {
        guard let words = text?.cut(2_000).replacing("\0", with: ""), !words.isEmpty else { return nil }
        return words
    }

    private static func notUnderstood(_ complaint: PushedEvent.Complaint) -> ConnectorError {
        .notUnderstood(field: complaint.pointer ?? "body", found: complaint.sentence)
    }

    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        guard let pullBase else { return ListedPage(orders: [], nextCursor: nil, askedAt: now()) }
        let askedAt = now()
        var url = "\(pullBase)/crossdock/v1/orders?updatedSince=\(since)&limit=\(min(max(limit, 1), 100))"
        if let cursor { url += "&cursor=\(cursor.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        let answer = try await pull(url)
        guard let page = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any], let orders = page["orders"] as? [[String: Any]] else {      // refused below in our words
            throw .unreachable(reason: "the pull endpoint's answer is not a page of orders")
        }
        var listed: [ListedOrder] = []
        for order in orders {
            let one = try self.listed(order)
            if let until, one.updatedAt >= until { return ListedPage(orders: listed, nextCursor: nil, askedAt: askedAt) }
            listed.append(one)
        }
        return ListedPage(orders: listed, nextCursor: page["nextCursor"] as? String, askedAt: askedAt)
    }

    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        guard let pullBase else { throw .refused(platformCode: "no_pull_endpoint", platformMessage: "the shop offers no pull endpoint, so a thin event cannot be followed") }
        let name = externalID.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let answer = try await pull("\(pullBase)/crossdock/v1/orders/\(name)")
        guard let order = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] else { throw .unreachable(reason: "the pull endpoint's answer is not an order") }      // refused in our words
        return try listed(order)
    }

    private func listed(_ order: [String: Any]) throws(ConnectorError) -> ListedOrder {
        guard let id = order["externalID"] as? String, PushedOrder.isID(id), let text = order["updatedAt"] as? String, let updatedAt = Timestamp(rfc3339: text) else {
            throw .notUnderstood(field: "orders[]", found: "no externalID or no time in updatedAt")
        }
        do { return ListedOrder(externalID: id, updatedAt: updatedAt, body: Array(try JSONSerialization.data(withJSONObject: order, options: [.sortedKeys])), topic: Self.pulledTopic) } catch {
            throw .notUnderstood(field: "orders[]", found: "a value that cannot be kept")
        }
    }

    private func pull(_ url: String) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await http.send(PlatformRequest(.get, url, headers: [.authorization: "Bearer \(pullToken ?? "")", .accept: "application/json"]))
        switch answer.status {
        case 200: return answer
        case 401, 403: throw .unauthorised(reason: "the pull endpoint refused the token")
        case 404: throw .refused(platformCode: "not_found", platformMessage: "the shop does not know this order")
        case 429: throw .throttled(until: now() + .seconds(answer.pauseSeconds ?? 30))
        default: throw .unreachable(reason: "the pull endpoint answered \(answer.status)")
        }
    }
}
