import Foundation
import SimulatorKit
import Synchronization

/// The legacy REST API: enough for the official Python client and for what a connector may fall back to (platforms/shopify.md §1, §4).
struct RestEndpoint: Sendable {
    let store: ShopStore

    /// - Parameter request: its path starts after `/admin/api/{version}`.
    func answer(_ request: ShopRequest, scopes: [String], apiVersion: String) -> ShopAnswer {
        if let missing = Self.missingScope(request, scopes) {
            return .errors("[API] This action requires merchant approval for \(missing) scope.", status: 403)
        }
        let sees = scopes.contains("read_all_orders")
        do {
            switch request.path.first {
            case "orders": return try orders(request, seesAll: sees, apiVersion: apiVersion)
            case "fulfillments": return try fulfillments(request)
            case "fulfillment_orders": return try fulfillmentOrders(request)
            case "webhooks": return try webhooks(request, apiVersion: apiVersion)
            case "products", "variants", "locations", "shop": return shop(request)
            default: return .notFound
            }
        } catch let refusal as Refusal {
            if refusal.code == "NOT_FOUND" { return .notFound }
            return .json(["errors": .object([.init(key: refusal.field?.last ?? "base", value: [.text(refusal.message)])])], status: 422)
        } catch {
            return .errors("\(error)", status: 400)
        }
    }

    private static func missingScope(_ request: ShopRequest, _ scopes: [String]) -> String? {
        let subject: String
        switch request.path.first {
        case "orders": subject = "orders"
        case "products", "variants": subject = "products"
        case "fulfillments", "fulfillment_orders": subject = "merchant_managed_fulfillment_orders"
        default: return nil
        }
        let isRead = request.method == "GET"
        if scopes.contains("write_\(subject)") || (isRead && scopes.contains("read_\(subject)")) { return nil }
        return "\(isRead ? "read" : "write")_\(subject)"
    }

    /// The object under `name` in the body, or a 400 as for anything the platform cannot read.
    static func object(_ name: String, of request: ShopRequest) throws -> JSONNode {
        // What is wrong with the JSON does not matter to the answer.
        guard let json = try? JSONNode(parsing: request.body), let object = json[name], case .object = object else {
            throw RestProblem(message: "Required parameter missing or invalid", field: name)
        }
        return object
    }

    static func id(_ text: String?) throws -> Int64 {
        guard let text, let id = Int64(text) else { throw Refusal("Not Found", code: "NOT_FOUND") }
        return id
    }

    // MARK: Small resources

    private func shop(_ request: ShopRequest) -> ShopAnswer {
        guard request.method == "GET" else { return .errors("Method Not Allowed", status: 405) }
        let id = request.path.count > 1 ? Int64(request.path[1]) : nil
        return store.read { state in
            switch (request.path[0], request.path.count) {
            case ("shop", 1): return .json(["shop": state.restShop()])
            case ("locations", 1): return .json(["locations": .array(state.locations.map(state.restLocation))])
            case ("products", 1):
                let since = request.parameter("since_id").flatMap { Int64($0) } ?? 0
                let limit = min(250, request.parameter("limit").flatMap { Int($0) } ?? 50)
                return .json(["products": .array(state.products.filter { $0.id > since }.prefix(limit).map(state.restProduct))])
            case ("products", 2):
                if request.path[1] == "count" { return .json(["count": JSONNode(state.products.count)]) }
                return state.products.first { $0.id == id }.map { .json(["product": state.restProduct($0)]) } ?? .notFound
            case ("variants", 2):
                guard let found = state.variant(id ?? 0),
                    let json = state.restProduct(found.product)["variants"]?.elements?.first(where: { $0["id"]?.int64 == id })
                else { return .notFound }
                return .json(["variant": json])
            default: return .notFound
            }
        }
    }

    private func webhooks(_ request: ShopRequest, apiVersion: String) throws -> ShopAnswer {
        let id = request.path.count > 1 ? Int64(request.path[1]) : nil
        switch (request.method, request.path.count) {
        case ("GET", 1):
            let (topic, address) = (request.parameter("topic"), request.parameter("address"))
            return store.read { state in
                .json([
                    "webhooks": .array(
                        state.subscriptions.filter {
                            $0.isMadeByAPI && (topic == nil || topic == $0.topic) && (address == nil || address == $0.address)
                        }.map(state.restWebhook))
                ])
            }
        case ("GET", 2) where request.path[1] == "count":
            return store.read { .json(["count": JSONNode($0.subscriptions.count(where: \.isMadeByAPI))]) }
        case ("GET", 2):
            return store.read { state in
                state.subscriptions.first { $0.id == id && $0.isMadeByAPI }.map { .json(["webhook": state.restWebhook($0)]) } ?? .notFound
            }
        case ("POST", 1):
            let input = try Self.object("webhook", of: request)
            let topic = input["topic"]?.string ?? ""
            guard WebhookTopic.known.contains(topic) else { throw Refusal("Invalid topic specified.", field: ["topic"]) }
            let fields = (input["fields"]?.elements ?? []).compactMap(\.string)
            return try store.change { state, now in
                let made = try state.subscribe(topic, to: input["address"]?.string ?? "", fields: fields, apiVersion: apiVersion, at: now)
                return .json(["webhook": state.restWebhook(made)], status: 201)
            }
        case ("PUT", 2):
            let address = try Self.object("webhook", of: request)["address"]?.string
            return try store.change { state, _ in
                guard let index = state.subscriptions.firstIndex(where: { $0.id == id && $0.isMadeByAPI }) else { return .notFound }
                if let address {
                    try ShopState.checkAddress(address)
                    state.subscriptions[index].address = address
                }
                return .json(["webhook": state.restWebhook(state.subscriptions[index])])
            }
        case ("DELETE", 2):
            return store.change { state, _ in
                guard state.subscriptions.contains(where: { $0.id == id && $0.isMadeByAPI }) else { return .notFound }
                state.subscriptions.removeAll { $0.id == id }
                return .json(.object([]))
            }
        default: return .notFound
        }
    }
}

struct RestProblem: Error, CustomStringConvertible {
    var message: String
    var field: String
    var description: String { "\(field): \(message)" }
}
