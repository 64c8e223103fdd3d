package import Connect
import Crypto
import Domain
import HTTPTypes

extension WooCommerceConnector: ReceivesWebhooks {
    /// Checks the signature over the raw bytes and names the delivery; no JSON is parsed here.
    ///
    /// - An unsigned `webhook_id=17` is the ping a shop sends when a webhook is saved: answered, never kept (§3.1).
    /// - A signed delivery of another site is a staging clone, which carries the same webhooks and secrets: kept for a person, answered 422 (§10).
    ///   Seven such answers make the clone disable its own copy of the webhook.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let given = delivery.headers[.wooSignature] else {
            if Self.isPing(delivery) { return .answer(HookAnswer(status: 200, code: "ping")) }
            return .refuse(HookAnswer(status: 401, code: "signature_missing"))
        }
        guard let signature else { return .refuse(HookAnswer(status: 401, code: "webhook_secret_not_set")) }
        guard signature.isValid(given, for: delivery.body) else { return .refuse(HookAnswer(status: 401, code: "signature_mismatch")) }

        let topic = delivery.headers[.wooTopic] ?? "unnamed"
        var receipt = Receipt(key: Self.receiptKey(topic: topic, delivery: delivery), topic: topic, keptHeaders: Self.keptHeaders(of: delivery))
        if let source = delivery.headers[.wooSource], !isOurSite(source) {
            // Not the same key space: a clone's delivery must never make the shop's own look like a duplicate.
            receipt.key = "foreign|" + receipt.key
            receipt.quarantine = HookAnswer(status: 422, code: "foreign_source")
        }
        return .accept(receipt)
    }

    private func isOurSite(_ source: String) -> Bool {
        guard let address = SiteAddress(source) else { return false }
        return address.identity == settings.site.identity || address.identity == settings.home.identity
    }

    /// `webhook_id=17` as a form, no X-WC header at all.
    private static func isPing(_ delivery: IncomingDelivery) -> Bool {
        let prefix = "webhook_id=".utf8
        return delivery.headers[.wooTopic] == nil && delivery.body.count <= longestPingBytes && delivery.body.starts(with: prefix)
            && delivery.body.count > prefix.count && delivery.body.dropFirst(prefix.count).allSatisfy { (48...57).contains($0) }
    }

    private static let longestPingBytes = 40

    /// Topic, order id and SHA-256 of the body: the shop's delivery id is the same for all deliveries of one second (§3.4).
    ///
    /// Where the body says nothing of the moment (`order.deleted` is only `{"id":9301}`, `action.*` only the hook's name) two real events
    /// would look alike for ever, so there the delivery id sets the seconds apart.
    private static func receiptKey(topic: String, delivery: IncomingDelivery) -> String {
        var key = "\(topic)|\(leadingID(of: delivery.body))|\(hexadecimal(SHA256.hash(data: delivery.body)))"
        if topic.hasSuffix(".deleted") || topic.hasPrefix("action.") {
            key += "|" + (delivery.headers[.wooDeliveryID] ?? "\(delivery.receivedAt.milliseconds)")
        }
        return key
    }

    /// The digits of a body that begins `{"id":9301`; empty where it does not.
    private static func leadingID(of body: [UInt8]) -> String {
        let prefix = #"{"id":"#.utf8
        guard body.starts(with: prefix) else { return "" }
        return String(decoding: body.dropFirst(prefix.count).prefix(19).prefix { (48...57).contains($0) }, as: UTF8.self)
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func keptHeaders(of delivery: IncomingDelivery) -> [String: String] {
        var kept: [String: String] = [:]
        for name in [HTTPField.Name.wooWebhookID, .wooDeliveryID, .wooSource] {
            if let value = delivery.headers[name] { kept[name.canonicalName] = value }
        }
        return kept
    }
}

extension HTTPField.Name {
    static let wooSignature = HTTPField.Name("X-WC-Webhook-Signature")!  // token characters only
    static let wooTopic = HTTPField.Name("X-WC-Webhook-Topic")!  // token characters only
    static let wooSource = HTTPField.Name("X-WC-Webhook-Source")!  // token characters only
    static let wooWebhookID = HTTPField.Name("X-WC-Webhook-ID")!  // token characters only
    static let wooDeliveryID = HTTPField.Name("X-WC-Webhook-Delivery-ID")!  // token characters only
    static let totalPages = HTTPField.Name("X-WP-TotalPages")!  // token characters only
}
