package import Foundation

/// A webhook as it goes over the wire: the exact bytes that were signed.
package struct SignedDelivery: Sendable {
    package var webhookID: Int
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: Data

    package func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

extension ShopState {
    /// Built when it is delivered: the object as it is now, with the rights of the webhook's owner. Nil where the webhook is gone.
    func delivery(_ key: QueueKey) -> SignedDelivery? {
        webhooks[key.webhookID].map { signed($0, objectID: key.objectID) }
    }

    func signed(_ webhook: ShopWebhook, objectID: Int) -> SignedDelivery {
        let body = payload(webhook, objectID: objectID).bytes
        return SignedDelivery(
            webhookID: webhook.id, url: webhook.deliveryURL,
            headers: [
                ("User-Agent", userAgent), ("Content-Type", "application/json"), ("X-WC-Webhook-Source", "\(homeURL)/"),
                ("X-WC-Webhook-Topic", webhook.topic), ("X-WC-Webhook-Resource", webhook.resource), ("X-WC-Webhook-Event", webhook.event),
                ("X-WC-Webhook-Signature", webhook.signature(of: body)), ("X-WC-Webhook-ID", "\(webhook.id)"),
                ("X-WC-Webhook-Delivery-ID", deliveryID(webhook: webhook.id, second: now)),
            ], body: Data(body))
    }

    var userAgent: String { "WooCommerce/\(flavour.wooVersion) Hookshot (WordPress/\(flavour.wordPressVersion))" }

    /// `deleted` has the id alone; an action has its hook; all else is what GET would answer, an error envelope included (§3.4).
    private func payload(_ webhook: ShopWebhook, objectID: Int) -> WooJSON {
        if webhook.event == "deleted" { return ["id": .integer(objectID)] }
        if webhook.resource == "action" { return ["action": .string(webhook.event), "arg": .integer(objectID)] }
        let owner = users[webhook.userID]
        guard owner?.managesShop == true else { return RestRight.view.error(for: owner).envelope }
        switch webhook.resource {
        case "order": return orders[objectID].map { render($0) } ?? RestError.missing("shop_order").envelope
        case "product": return products[objectID].map { render($0) } ?? RestError.missing("product").envelope
        default: return RestError.missing(webhook.resource).envelope
        }
    }

    /// WordPress does not connect to loopback or private addresses, nor to odd ports (§3.1).
    func refusesToDeliver(to text: String) -> Bool {
        guard configuration.refusesPrivateAddresses else { return false }
        guard let url = URL(string: text), let host = url.host() else { return true }
        let parts = host.split(separator: ".").compactMap { Int($0) }
        let isPrivate = host == "localhost" || parts.count == 4
            && (parts[0] == 127 || parts[0] == 10 || parts[0] == 0 || (parts[0] == 192 && parts[1] == 168) || (parts[0] == 172 && (16...31).contains(parts[1])))
        let port = url.port ?? (url.scheme == "https" ? 443 : 80)
        return isPrivate || ![80, 443, 8_080].contains(port)
    }
}
