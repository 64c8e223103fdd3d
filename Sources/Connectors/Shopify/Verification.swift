package import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes

/// The headers of a delivery, in both families: the `X-` one and that of "Events" without it (§3.2).
enum DeliveryHeader {
    struct Pair: Sendable { let known: HTTPField.Name, newer: HTTPField.Name }

    static let hmac = pair("hmac-sha256"), topic = pair("topic"), shop = pair("shop-domain"), webhookID = pair("webhook-id")
    static let eventID = pair("event-id"), triggeredAt = pair("triggered-at")

    private static func pair(_ name: String) -> Pair {
        // Proof: a literal of letters and hyphens is a valid header name.
        Pair(known: HTTPField.Name("x-shopify-\(name)")!, newer: HTTPField.Name("shopify-\(name)")!)
    }
}

extension HTTPFields {
    subscript(header: DeliveryHeader.Pair) -> String? { self[header.known] ?? self[header.newer] }
}

extension ShopifyConnector: ReceivesWebhooks {
    /// base64(HMAC-SHA256(secret, raw body)) under any of our keys (§3.3). No JSON is read here: this runs before the answer.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let given = delivery.headers[DeliveryHeader.hmac], given.utf8.count == 44, let mac = Data(base64Encoded: given) else {
            return .refuse(HookAnswer(status: 401, code: "signature_missing"))
        }
        guard !delivery.body.isEmpty else { return .refuse(HookAnswer(status: 401, code: "body_empty")) }
        guard settings.webhookKeys.contains(where: { HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: delivery.body, using: $0) }) else {
            return .refuse(HookAnswer(status: 401, code: "signature_wrong"))
        }
        let shop = delivery.headers[DeliveryHeader.shop]
        if let shop, shop != settings.shop, shop.lowercased() != settings.shop { return .refuse(HookAnswer(status: 401, code: "shop_wrong")) }

        let topic = delivery.headers[DeliveryHeader.topic] ?? ""
        var kept: [String: String] = [:]
        kept.reserveCapacity(3)
        if let shop { kept[KeptHeader.shopDomain] = shop }
        if let triggered = delivery.headers[DeliveryHeader.triggeredAt] { kept[KeptHeader.triggeredAt] = triggered }
        if let event = delivery.headers[DeliveryHeader.eventID] { kept[KeptHeader.eventID] = event }
        return .accept(Receipt(key: receiptKey(topic: topic, delivery), topic: topic, keptHeaders: kept))
    }

    /// (topic, webhook id): the event id is shared by the deliveries of different topics and must not be the key (§3.5). Without an id, the bytes are.
    private func receiptKey(topic: String, _ delivery: IncomingDelivery) -> String {
        if let id = delivery.headers[DeliveryHeader.webhookID], !id.isEmpty, id.utf8.count <= 128 { return "\(topic):\(id)" }
        return "\(topic):sha256:\(Data(SHA256.hash(data: delivery.body)).base64EncodedString())"
    }
}

/// The keys of `Receipt.keptHeaders`.
enum KeptHeader {
    static let triggeredAt = "triggered-at", eventID = "event-id", shopDomain = "shop-domain"
}
