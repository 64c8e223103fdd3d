package import Connect
import Domain
import HTTPTypes

extension ShopeeConnector: ReceivesWebhooks {
    /// The longest body without a good signature that is looked into for being a test push.
    private static let longestTestBytes = 4096

    /// Checks the signature over the raw bytes (platforms/shopee.md §3.3) and names the delivery and its shop.
    ///
    /// A test push carries no order and may come before any push key exists: it is answered, and changes nothing.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let header = delivery.headers[.authorization], !header.isEmpty else { return unsigned(delivery, code: "signature_missing") }
        guard let url = settings.pushURL ?? context.hookURL else { return unsigned(delivery, code: "push_url_not_set") }
        guard PushSignature(keys: settings.pushKeys, url: url).isValid(header, for: delivery.body) else { return unsigned(delivery, code: "signature_mismatch") }
        guard let push = PushEnvelope(delivery.body) else {
            // Signed and not readable: kept for a person.
            return .accept(Receipt(key: "push:unreadable:\(PushEnvelope.digest(delivery.body))", topic: "push/unreadable"))
        }
        if push.isTest, push.shopID == nil || push.code == nil || push.code == 0 { return .answer(Self.taken) }
        return .accept(Receipt(key: push.receiptKey, topic: push.topic, account: push.shopID))
    }

    private func unsigned(_ delivery: IncomingDelivery, code: String) -> HookVerdict {
        if delivery.body.count <= Self.longestTestBytes, PushEnvelope(delivery.body)?.isTest == true { return .answer(Self.taken) }
        return .refuse(HookAnswer(status: 401, code: code))
    }

    /// A 200 with a body would be counted as a failed push (§3.4).
    private static let taken = HookAnswer(status: 204, code: "accepted")

    package func answer(_ outcome: AcceptanceOutcome, receipt: Receipt) -> HookAnswer { Self.taken }
}
