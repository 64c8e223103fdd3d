import Foundation
import HTTPTypes

/// `/webhooks` (platforms/woocommerce.md §3.1).
extension ShopState {
    mutating func webhookRoutes(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        if path.isEmpty {
            if request.isRead {
                try require(.list, request)
                let status = try request.choice("status", default: "all", of: ["all", "active", "paused", "disabled"])
                let order = try request.choice("order", default: "desc", of: ["asc", "desc"])
                var found = webhooks.values.filter { status == "all" || $0.status == status }.sorted { $0.id < $1.id }
                if order == "desc" { found.reverse() }
                return listAnswer(found, try page(request), request) { render($0) }
            }
            guard request.method == .post else { throw .noRoute }
            return try createWebhook(request)
        }
        if path == ["batch"], !request.isRead {
            return try batch(request) { (state, request, id) throws(RestError) in
                guard let id else { return try state.createWebhook(request) }
                return try state.singleWebhook(request, id)
            }
        }
        return try singleWebhook(request, try objectID(path[0]))
    }

    private func render(_ webhook: ShopWebhook) -> WooJSON { webhook.rendered(time: time, links: links("webhooks/\(webhook.id)", "webhooks")) }

    private mutating func singleWebhook(_ request: RestRequest, _ id: Int) throws(RestError) -> RestAnswer {
        guard let webhook = webhooks[id] else {
            throw request.method == .put || request.method == .post ? .missingOnWrite("shop_webhook") : .missing("shop_webhook")
        }
        switch request.method {
        case .get, .head:
            try require(.view, request)
            return RestAnswer(render(webhook))
        case .put, .post, .patch:
            return try updateWebhook(request, webhook)
        case .delete:
            try require(.delete, request)
            guard request.flag("force") else { throw RestError(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.") }
            webhooks[id] = nil
            return RestAnswer(render(webhook))
        default: throw .noRoute
        }
    }

    private mutating func createWebhook(_ request: RestRequest) throws(RestError) -> RestAnswer {
        let missing = ["topic", "delivery_url"].filter { request.text($0) == nil }
        guard missing.isEmpty, let topic = request.text("topic"), let url = request.text("delivery_url") else {
            throw RestError(400, "rest_missing_callback_param", "Missing parameter(s): \(missing.joined(separator: ", "))", data: [
                .init("params", .array(missing.map { .string($0) })),
            ])
        }
        try require(.create, request)
        try check(topic: topic)
        try check(deliveryURL: url)
        let id = takeWebhookID()
        // Without a secret the shop makes one that nobody can read back.
        let secret = request.text("secret") ?? randomLetters(50)
        var webhook = ShopWebhook(
            id: id, name: request.text("name") ?? "Webhook created on \(time.naiveLocal(now))", topic: topic, deliveryURL: url,
            secret: Self.stored(secret), userID: request.user?.id ?? 0, createdAt: now)
        webhook.status = try request.choice("status", default: "active", of: ["active", "paused", "disabled"])
        webhooks[id] = webhook
        var answer = RestAnswer(render(webhook), status: 201)
        answer.headers = [("Location", "\(restBase)/wc/v3/webhooks/\(id)")]
        answer.ping = .init(url: url, webhookID: id)
        return answer
    }

    /// The failure counter stays as it is: after re-enabling, the next failure disables again.
    private mutating func updateWebhook(_ request: RestRequest, _ before: ShopWebhook) throws(RestError) -> RestAnswer {
        try require(.edit, request)
        var webhook = before
        if let topic = request.text("topic") {
            try check(topic: topic)
            webhook.topic = topic
        }
        if let url = request.text("delivery_url") {
            try check(deliveryURL: url)
            webhook.deliveryURL = url
        }
        webhook.status = try request.choice("status", default: webhook.status, of: ["active", "paused", "disabled"])
        if let name = request.text("name") { webhook.name = name }
        if let secret = request.text("secret") { webhook.secret = Self.stored(secret) }
        webhook.modifiedAt = now
        webhooks[webhook.id] = webhook
        return RestAnswer(render(webhook))
    }

    private static func stored(_ secret: String) -> String { secret.trimmingCharacters(in: .whitespacesAndNewlines) }

    private func check(topic: String) throws(RestError) {
        guard ShopWebhook.isValid(topic: topic) else {
            throw RestError(400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic must be valid.")
        }
    }

    private func check(deliveryURL text: String) throws(RestError) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), url.host()?.isEmpty == false else {
            throw RestError(
                400, "woocommerce_rest_shop_webhook_invalid_delivery_url", "Webhook delivery URL must be a valid URL starting with http:// or https://.")
        }
    }
}
