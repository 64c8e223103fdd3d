package import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes

extension LazadaConnector: ReceivesWebhooks {
    static let pushTopic = "push/"

    /// HMAC over the app key and the raw body, lower-case hex in `Authorization` (§3.3); then the message is read for its key and its seller, since one address takes
    /// the pushes of every seller of the app. A genuine body that cannot be read is kept for a person.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let given = delivery.headers[.authorization], !given.isEmpty else { return .refuse(HookAnswer(status: 401, code: "signature_missing")) }
        guard api.signing.isGenuine(given, body: delivery.body) else { return .refuse(HookAnswer(status: 401, code: "signature_mismatch")) }
        let digest = "digest:" + LazadaSigning.hexadecimal(SHA256.hash(data: delivery.body))
        guard let message = try? JSONDecoder().decode(PushMessage.self, from: Data(delivery.body)) else {
            return .accept(Receipt(key: digest, topic: Self.pushTopic + "unreadable"))
        }
        if message.isConsoleSample { return .answer(HookAnswer(status: 200, code: "verified")) }
        let key = message.identity.map { "push:" + LazadaSigning.hexadecimal(SHA256.hash(data: Array($0.utf8))) } ?? digest
        return .accept(Receipt(key: key, topic: Self.pushTopic + (message.type ?? "unnamed").cut(20), account: message.account(in: settings.market)))
    }
}
