package import Foundation
package import SimulatorKit
import Synchronization

/// Calls of a middleware to the hub (shopat24.md §3).
extension Shopat24Simulator {
    private struct Body: Encodable { var orderNo: String, status: Shopat24Status, updatedAt: String }

    /// `{"orderNo":…,"status":…,"updatedAt":…}`.
    static func webhookBody(_ order: Shopat24Order) -> Data {
        Shopat24Reply.json(Body(orderNo: order.orderNo, status: order.status, updatedAt: BangkokTime.iso(order.updatedAt))).body
    }

    /// Queues the news of a change: its bytes stay the same, each attempt is signed afresh.
    func sendWebhook(of order: Shopat24Order) {
        guard configuration.webhook != nil, state.withLock({ $0.hookURL }) != nil else { return }
        queue(Self.webhookBody(order), id: Self.newDeliveryID())
    }

    private func queue(_ body: Data, id: String) {
        sender?.enqueue(WebhookDelivery(id: id, subscription: "orders") { [weak self] attempt in
            guard let self, let webhook = self.configuration.webhook, let url = self.state.withLock({ $0.hookURL }) else { return nil }
            let sent = attempt.wantsMalformedBody ? Data(body.prefix(body.count / 2)) : body
            var headers = self.headers(webhook, body: sent, id: id, url: url, at: self.configuration.now())
            if attempt.wantsBadSignature { headers[webhook.header] = webhook.prefix + String(repeating: "0", count: 64) }
            return WebhookRequest(url: url, headers: headers.map { ($0.key, $0.value) }, body: sent)
        })
    }

    private func headers(_ webhook: Shopat24Webhook, body: Data, id: String, url: String, at now: Date) -> [String: String] {
        let timestamp = Int(now.timeIntervalSince1970)
        var headers = ["Content-Type": "application/json", webhook.header: webhook.signature(of: body, timestamp: timestamp, url: url)]
        if let name = webhook.timestampHeader { headers[name] = "\(timestamp)" }
        if let name = webhook.deliveryIDHeader { headers[name] = id }
        return headers
    }

    // MARK: By hand

    /// The same call twice, under one delivery ID.
    package func announceTwice(_ orderNo: String) {
        guard let order = order(orderNo) else { return }
        let id = Self.newDeliveryID()
        for _ in 0..<2 { queue(Self.webhookBody(order), id: id) }
    }

    /// Two edits whose calls arrive the wrong way round: the newer is answered before the older is sent.
    package func editOutOfOrder(_ orderNo: String) async throws -> [PlainAnswer] {
        let bodies = (0..<2).compactMap { _ in
            state.withLock { $0.book.change(orderNo) { $0.note = ($0.note ?? "") + " *" } }.map(Self.webhookBody)
        }
        var answers: [PlainAnswer] = []
        for body in bodies.reversed() { answers.append(try await post(body)) }
        return answers
    }

    /// Sends any bytes at once, rightly signed as of `skewSeconds` from now.
    package func post(_ body: Data, id: String? = nil, skewSeconds: TimeInterval = 0) async throws -> PlainAnswer {
        guard let webhook = configuration.webhook, let url = state.withLock({ $0.hookURL }) else {
            throw SimulatorError.didNotStart(name: "shopat24", reason: "no webhook is set")
        }
        let headers = headers(webhook, body: body, id: id ?? Self.newDeliveryID(), url: url, at: configuration.now().addingTimeInterval(skewSeconds))
        return try await PlainHTTP.send("POST", url, headers: headers.map { ($0.key, $0.value) }, body: body)
    }

    private static func newDeliveryID() -> String { "s24d_\(String(UInt64.random(in: .min ... .max), radix: 36))" }
}
