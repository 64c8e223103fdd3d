package import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes

extension Shopat24Connector: ReceivesWebhooks {
    static let pushTopic = "webhook"
    static let clockToleranceSeconds: Int64 = 300, longestDeliveryID = 200

    /// Shopat24 itself pushes nothing; a middleware may, signed as the profile's `webhook` says (shopat24.md §3). No JSON is read here.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let signature = settings.webhook else { return .refuse(HookAnswer(status: 401, code: "webhook_not_set")) }
        if signature.signsURL, context.hookURL == nil { return .refuse(HookAnswer(status: 503, code: "no_public_address", retryAfterSeconds: 60)) }
        guard let given = delivery.headers[signature.header] else { return .refuse(HookAnswer(status: 401, code: "signature_missing")) }
        var timestamp: String?
        if let name = signature.timestampHeader {
            guard let text = delivery.headers[name], text.utf8.count <= 20, CleanText.isDigits(text), let number = Int64(text) else { return .refuse(HookAnswer(status: 401, code: "timestamp_missing")) }
            // Thirteen digits are milliseconds; the text is signed as it stands.
            let seconds = text.utf8.count >= 13 ? number / 1000 : number
            guard abs(delivery.receivedAt.milliseconds / 1000 - seconds) <= Self.clockToleranceSeconds else { return .refuse(HookAnswer(status: 401, code: "timestamp_out_of_tolerance")) }
            timestamp = text
        }
        guard signature.isGenuine(given, body: delivery.body, timestamp: timestamp, url: context.hookURL) else { return .refuse(HookAnswer(status: 401, code: "signature_mismatch")) }
        return .accept(Receipt(key: receiptKey(delivery, signature), topic: Self.pushTopic))
    }

    /// 204 for what was kept, a duplicate too.
    package func answer(_ outcome: AcceptanceOutcome, receipt: Receipt) -> HookAnswer {
        if case .quarantined(let answer) = outcome { return answer }
        return HookAnswer(status: 204, code: "accepted")
    }

    /// The sender's delivery id, else the body's digest (§3).
    private func receiptKey(_ delivery: IncomingDelivery, _ signature: WebhookSignature) -> String {
        if let name = signature.deliveryIDHeader, let id = delivery.headers[name], !id.isEmpty, id.utf8.count <= Self.longestDeliveryID { return "id|\(id)" }
        return "sha256|" + Hexadecimal.text(SHA256.hash(data: delivery.body))
    }
}

/// How pushes are signed: HMAC-SHA256 over a template of body, time and address (§3).
struct WebhookSignature: Sendable {
    let header: HTTPField.Name, timestampHeader: HTTPField.Name?, deliveryIDHeader: HTTPField.Name?
    private let prefix: String, encoding: Profile.Webhook.Encoding, template: Template, key: SymmetricKey

    /// - Returns: nil where a header's name is none; the profile was checked for that.
    init?(_ webhook: Profile.Webhook, secret: String) {
        guard let header = HTTPField.Name(webhook.header) else { return nil }
        self.header = header
        timestampHeader = webhook.timestampHeader.flatMap { HTTPField.Name($0) }
        deliveryIDHeader = webhook.deliveryIdHeader.flatMap { HTTPField.Name($0) }
        prefix = webhook.prefix ?? ""
        encoding = webhook.encoding
        template = Template(webhook.template)
        key = SymmetricKey(data: Array(secret.utf8))
    }

    var signsURL: Bool { template.names.contains("url") }

    /// The bytes that are signed; nil where the template wants what there is not.
    func base(body: [UInt8], timestamp: String?, url: String?) -> [UInt8]? {
        var base: [UInt8] = []
        for part in template.parts {
            switch part {
            case .text(let text): base += Array(text.utf8)
            case .name("body"): base += body
            case .name(let name):
                guard let value = name == "timestamp" ? timestamp : url else { return nil }
                base += Array(value.utf8)
            }
        }
        return base
    }

    /// Constant time.
    func isGenuine(_ given: String, body: [UInt8], timestamp: String?, url: String?) -> Bool {
        guard given.hasPrefix(prefix), given.utf8.count <= 200, let base = base(body: body, timestamp: timestamp, url: url) else { return false }
        let text = given.dropFirst(prefix.count)
        let code: [UInt8]? = switch encoding {
        case .hex: Hexadecimal.bytes(text)
        case .base64: Data(base64Encoded: String(text)).map { Array($0) }
        }
        guard let code, code.count == SHA256.byteCount else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: base, using: key)
    }
}
