package import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes

extension ThailandPostConnector: ReceivesWebhooks {
    static let pushTopic = "tracking.push"

    /// The bearer is a fixed word of ours: no signature, no time (thailandpost.md §3). A push is told from its copy by what it says.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let given = delivery.headers[.authorization], isOurs(given) else {
            return .refuse(HookAnswer(status: 401, code: "bad_bearer", body: #"{"code":"bad_bearer"}"#))
        }
        return .accept(Receipt(key: Self.receiptKey(delivery.body), topic: Self.pushTopic))
    }

    /// The digests are compared, each of its whole length and with every bearer: the time tells nothing of the word.
    private func isOurs(_ header: String) -> Bool {
        let given = Array(SHA256.hash(data: Data(header.utf8)))
        var isOurs = false
        for bearer in settings.bearers {
            let wanted = SHA256.hash(data: Data("Bearer \(bearer)".utf8))
            if zip(given, wanted).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 { isOurs = true }
        }
        return isOurs
    }

    /// One item has its own key, several share the digest of theirs; what is not readable goes by its bytes and is told to a person later.
    static func receiptKey(_ body: [UInt8]) -> String {
        guard let read = JSONValue(reading: body).flatMap({ TrackingBody($0) }), !read.events.isEmpty, read.unreadable.isEmpty else { return "digest:" + TrackingEvent.digest(of: body) }
        return read.events.count == 1 ? read.events[0].receiptKey : TrackingEvent.digest(read.events.map(\.receiptText).joined(separator: "\n"))
    }
}
