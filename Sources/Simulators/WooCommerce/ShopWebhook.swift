import Crypto
import Foundation

/// A webhook of the shop. One topic each; it delivers with the rights of the user whose key made it (platforms/woocommerce.md §3.1).
struct ShopWebhook: Sendable {
    let id: Int
    var name: String
    /// `active`, `paused` (by a person), `disabled` (by failures).
    var status = "active"
    var topic: String
    var deliveryURL: String
    /// As stored: trimmed, entities still in it.
    var secret: String
    var userID: Int
    var createdAt: Int
    var modifiedAt: Int?
    /// Not in the API. Survives re-enabling; only a success clears it.
    var failureCount = 0

    /// Failures 1 to 6 keep the webhook active, the seventh disables it.
    static let toleratedFailures = 5

    var resource: String { topic.split(separator: ".", maxSplits: 1).first.map(String.init) ?? "" }
    var event: String { topic.split(separator: ".", maxSplits: 1).dropFirst().first.map(String.init) ?? "" }

    var hooks: [String] {
        if resource == "action" { return [event] }
        return switch topic {
        case "order.created": ["woocommerce_new_order"]
        case "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"]
        case "order.deleted": ["wp_trash_post", "woocommerce_trash_order"]
        case "order.restored": ["untrashed_post", "woocommerce_untrash_order"]
        case "product.created": ["woocommerce_new_product", "woocommerce_new_product_variation"]
        case "product.updated": ["woocommerce_update_product", "woocommerce_update_product_variation"]
        case "product.deleted", "coupon.deleted": ["wp_trash_post"]
        case "product.restored", "coupon.restored": ["untrashed_post"]
        case "coupon.created": ["woocommerce_new_coupon"]
        case "coupon.updated": ["woocommerce_update_coupon"]
        case "customer.created": ["user_register", "woocommerce_created_customer", "woocommerce_new_customer"]
        case "customer.updated": ["profile_update", "woocommerce_update_customer"]
        case "customer.deleted": ["delete_user"]
        default: []
        }
    }

    static func isValid(topic: String) -> Bool {
        if topic.hasPrefix("action.woocommerce_") || topic.hasPrefix("action.wc_") { return true }
        let parts = topic.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 2 && ["coupon", "customer", "order", "product"].contains(parts[0])
            && ["created", "updated", "deleted", "restored"].contains(parts[1])
    }

    /// Base64 of HMAC-SHA256 over the body; the key is the secret with its HTML entities decoded.
    func signature(of body: [UInt8]) -> String { Self.signature(of: body, secret: secret) }

    static func signature(of body: some DataProtocol, secret: String) -> String {
        let key = SymmetricKey(data: Data(HTMLEntities.decode(secret).utf8))
        return Data(HMAC<SHA256>.authenticationCode(for: body, using: key)).base64EncodedString()
    }

    /// A failed delivery: counted, or the end of the webhook. The counter is not touched by the disabling.
    mutating func fail() {
        if failureCount > Self.toleratedFailures { status = "disabled" } else { failureCount += 1 }
    }

    mutating func succeed() { failureCount = 0 }

    /// Everything but the secret.
    func rendered(time: ShopTime, links: WooJSON) -> WooJSON {
        [
            "id": .integer(id), "name": .string(name), "status": .string(status), "topic": .string(topic), "resource": .string(resource),
            "event": .string(event), "hooks": .array(hooks.map { .string($0) }), "delivery_url": .string(deliveryURL),
            "date_created": time.local(createdAt), "date_created_gmt": time.gmt(createdAt), "date_modified": time.local(modifiedAt),
            "date_modified_gmt": time.gmt(modifiedAt), "_links": links,
        ]
    }
}

/// `wp_specialchars_decode` with both quotes.
enum HTMLEntities {
    private static let table: [(String, String)] = [
        ("&#039;", "'"), ("&#x27;", "'"), ("&quot;", "\""), ("&#034;", "\""), ("&#x22;", "\""), ("&lt;", "<"), ("&#060;", "<"), ("&gt;", ">"), ("&#062;", ">"),
        ("&amp;", "&"), ("&#038;", "&"), ("&#x26;", "&"),
    ]

    /// One pass: `&amp;lt;` becomes `&lt;`.
    static func decode(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = "", rest = Substring(text)
        while let character = rest.first {
            if character == "&", let (entity, plain) = table.first(where: { rest.hasPrefix($0.0) }) {
                result += plain
                rest = rest.dropFirst(entity.count)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
