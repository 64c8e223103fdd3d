import Foundation
import SimulatorKit
import Synchronization

/// Which header names a delivery carries (platforms/shopify.md §3.2).
package enum WebhookHeaderFamily: String, Sendable, CaseIterable {
    /// `X-Shopify-Topic`…
    case classic
    /// `shopify-topic`…, of the Events preview.
    case unprefixed
}

/// When a subscription made through the API is taken away (platforms/shopify.md §3.4: "after 8 consecutive failures").
package enum SubscriptionRemoval: String, Sendable, CaseIterable {
    /// A delivery used up its 8 retries and nothing succeeded meanwhile.
    case afterExhaustedDelivery
    /// Eight failed attempts in a row, of whatever deliveries: the harshest reading.
    case afterEightFailedAttempts
}

/// Turns announcements into signed deliveries and watches what becomes of them.
final class WebhookQueue: Sendable {
    /// 8 retries within 4 hours, each pause twice the one before; in seconds (platforms/shopify.md §3.4).
    static let retrySchedule: [Duration] = (0..<8).map { .milliseconds(56_470 << $0) }
    static let removalFailures = 8

    private let store: ShopStore
    private let apiVersion: String
    private let headerFamily: WebhookHeaderFamily
    private let sender: WebhookSender

    init(
        store: ShopStore, apiVersion: String, headerFamily: WebhookHeaderFamily, removal: SubscriptionRemoval, timeScale: Double,
        faults: FaultPlan
    ) {
        self.store = store
        self.apiVersion = apiVersion
        self.headerFamily = headerFamily
        var policy = WebhookPolicy()
        policy.connectTimeout = .seconds(1)
        policy.totalTimeout = .seconds(5)
        policy.retrySchedule = Self.retrySchedule
        policy.timeScale = timeScale
        let watcher = RemovalWatcher(store: store, rule: removal)
        sender = WebhookSender(policy: policy, faults: faults) { watcher.note($0) }
        store.onAnnouncements { [weak self] announcements, subscriptions in self?.send(announcements, to: subscriptions) }
    }

    var counters: WebhookCounters { sender.counters }
    func idle() async { await sender.idle() }
    func stop() async { await sender.stop() }
    func pause() { sender.pause() }
    func resume() { sender.resume() }

    /// Each subscription of the topic gets its own webhook id; the event id is the action's.
    private func send(_ announcements: [Announcement], to subscriptions: [WebhookSubscription]) {
        for announcement in announcements {
            for subscription in subscriptions where subscription.topic == announcement.topic {
                send(announcement, to: subscription, key: nil)
            }
        }
    }

    /// - Parameter key: signs with another secret than the app's, as the admin's test notifications do (platforms/shopify.md §9.6).
    func send(_ announcement: Announcement, to subscription: WebhookSubscription, key: String?) {
        let id = store.change { state, _ in state.uuid() }
        let delivery = SignedDelivery(
            announcement: announcement, subscription: subscription, webhookID: id, domain: store.read(\.domain), apiVersion: apiVersion,
            family: headerFamily, triggeredAt: SignedDelivery.nanosecondTime(Date(), fraction: id))
        let store = store
        let isKnown: @Sendable () -> Bool = {
            store.read { $0.subscriptions.contains { $0.id == subscription.id } || !$0.access.isInstalled }
        }
        sender.enqueue(
            WebhookDelivery(id: id, subscription: "\(subscription.id)") { attempt in
                // What was deleted for its failures is not tried again.
                guard isKnown() else { return nil }
                let secret = key ?? store.signingSecret(for: id)
                return delivery.request(secret: attempt.wantsBadSignature ? "not-\(secret)" : secret, cutting: attempt.wantsMalformedBody)
            })
    }
}

/// Deletes a subscription made by the API when its deliveries keep failing.
private struct RemovalWatcher: Sendable {
    let store: ShopStore
    let rule: SubscriptionRemoval

    func note(_ outcome: WebhookOutcome) {
        let isOver =
            switch rule {
            case .afterExhaustedDelivery: outcome.consecutiveGivenUp > 0 && outcome.attempt > WebhookQueue.removalFailures
            case .afterEightFailedAttempts: outcome.consecutiveFailures >= WebhookQueue.removalFailures
            }
        guard isOver, !outcome.isAcknowledged, let id = Int64(outcome.subscription) else { return }
        store.change { state, _ in state.subscriptions.removeAll { $0.id == id && $0.isMadeByAPI } }
    }
}

extension ShopStore {
    /// While a replaced secret is still honoured, either may sign (platforms/shopify.md §2.6): about half of the deliveries each.
    func signingSecret(for webhookID: String) -> String {
        let now = now
        return read { state in
            guard let (old, until) = state.access.previousSecret, now < until, (webhookID.utf8.last ?? 0) % 2 == 0 else {
                return state.access.secret
            }
            return old
        }
    }
}

/// The bytes and headers of one delivery; the body never changes between attempts.
struct SignedDelivery: Sendable {
    let announcement: Announcement
    let subscription: WebhookSubscription
    let webhookID: String
    let domain: String
    let apiVersion: String
    let family: WebhookHeaderFamily
    let triggeredAt: String

    func request(secret: String, cutting: Bool) -> WebhookRequest {
        let whole = body
        // A garbled body is one that was cut after it was signed.
        let sent = cutting ? whole.prefix(whole.count / 2) : whole
        return WebhookRequest(url: subscription.address, headers: headers(secret: secret, body: whole), body: Data(sent))
    }

    var body: Data {
        guard !subscription.includeFields.isEmpty, let json = try? JSONNode(parsing: announcement.body) else { return announcement.body }
        return JSONNode.object(json.members.filter { subscription.includeFields.contains($0.key) }).data()
    }

    func headers(secret: String, body: Data) -> [(name: String, value: String)] {
        var fields: [(String, String)] = [
            ("Topic", announcement.topic), ("Shop-Domain", domain),
            ("API-Version", subscription.apiVersion.isEmpty ? apiVersion : subscription.apiVersion),
            ("Webhook-Id", webhookID), ("Event-Id", announcement.eventID), ("Triggered-At", triggeredAt),
            ("Hmac-Sha256", ShopSignature.webhook(body, secret: secret)), ("Test", announcement.isTest ? "true" : "false"),
        ]
        if let id = announcement.resourceID { fields.append(("\(announcement.resource)-Id", "\(id)")) }
        let named = fields.map { name, value in
            family == .classic ? (name: "X-Shopify-\(name)", value: value) : (name: "shopify-\(name.lowercased())", value: value)
        }
        return [(name: "Content-Type", value: "application/json"), (name: "User-Agent", value: "Shopify-Captain-Hook")] + named
    }

    /// Nine fraction digits (platforms/shopify.md §3.2): milliseconds by the clock, the rest from the delivery's id.
    static func nanosecondTime(_ date: Date, fraction id: String) -> String {
        let milliseconds = Int64(date.timeIntervalSince1970 * 1000)
        let rest = id.utf8.reduce(UInt64(7)) { ($0 &* 31 &+ UInt64($1)) % 1_000_000 }
        let digits = String(1_000_000_000 + milliseconds % 1000 * 1_000_000 + Int64(rest)).dropFirst()
        return "\(utcTime(milliseconds / 1000).dropLast()).\(digits)Z"
    }
}
