package import Foundation
import SimulatorKit

/// What the merchant and the buyers do, for tests and demos. Every action announces what the platform would announce.
extension ShopifySimulator {
    @discardableResult
    package func placeOrder() async throws -> String { String(placeOrder(kind: .any)) }

    /// - Parameter date: when it was placed; nil is now.
    /// - Returns: the order's id.
    @discardableResult
    package func placeOrder(kind: OrderKind, at date: Date? = nil) -> Int64 {
        store.change { state, now in state.placeOrder(kind, at: date.map { Int64($0.timeIntervalSince1970) } ?? now).id }
    }

    package func editOrder(_ id: Int64, _ edits: OrderEdit...) throws {
        try store.change { state, now in _ = try state.edit(id, edits, at: now) }
    }

    /// At once, as a person in the admin does it; GraphQL's `orderCancel` takes a while.
    package func cancelOrder(_ id: Int64, reason: String = "customer", restock: Bool = true, refund: Bool = true) throws {
        try store.change { state, now in _ = try state.cancel(id, reason: reason, restock: restock, refunds: refund, at: now) }
    }

    package func payOrder(_ id: Int64) throws { try store.change { state, now in _ = try state.pay(id, at: now) } }

    /// - Parameter quantities: units by line id; nil refunds all that is left, shipping and tip too.
    package func refund(_ id: Int64, quantities: [Int64: Int64]? = nil, shipping: Bool = false, restock: Bool = true) throws {
        let lines = quantities.map { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        try store.change { state, now in _ = try state.refund(id, lines, shipping: shipping, restock: restock, at: now) }
    }

    /// Ships all that may leave, one fulfilment for each location.
    package func fulfil(_ id: Int64, company: String? = nil, number: String? = nil, url: String? = nil) throws {
        let tracking = number.map { TrackingEntry(company: company, numbers: [$0], urls: [url].compactMap(\.self)) }
        try store.change { state, now in _ = try state.shipEverything(of: id, tracking: tracking, at: now) }
    }

    /// One unit of the first line that is still open.
    package func fulfilPartly(_ id: Int64) throws {
        try store.change { state, now in
            let order = try state.order(id)
            guard
                let whole = order.fulfillmentOrders.first(where: { $0.supportedActions.contains("CREATE_FULFILLMENT") && $0.remaining > 0 }
                ),
                let line = whole.lines.first(where: { $0.remaining > 0 })
            else { throw Refusal("Nothing remains to be fulfilled.") }
            _ = try state.ship(.init(parts: [(whole.id, [line.id: 1])]), at: now)
        }
    }

    /// The carrier's word for the newest live fulfilment: `IN_TRANSIT`, `DELIVERED`…
    package func carrierSays(_ status: String, of id: Int64) throws {
        try store.change { state, now in
            guard let fulfilment = try state.order(id).fulfilments.last(where: \.isLive) else { throw Refusal("Nothing was shipped.") }
            _ = try state.addEvent(status, to: fulfilment.id, happenedAt: now, at: now)
        }
    }

    package func archive(_ id: Int64) throws {
        try store.change { state, now in _ = try state.amend(id, at: now) { order throws(Refusal) in order.closedAt = now } }
    }

    /// Puts every open fulfilment order on hold, or releases them.
    package func hold(_ id: Int64, _ holds: Bool) throws {
        try store.change { state, now in
            for whole in try state.order(id).fulfillmentOrders where holds ? whole.status == .open : whole.status == .onHold {
                _ = try state.setHold(whole.id, reason: holds ? "OTHER" : nil, at: now)
            }
        }
    }

    package func deactivateLocation(_ id: Int64) {
        store.change { state, _ in
            for index in state.locations.indices where state.locations[index].id == id { state.locations[index].isActive = false }
        }
    }

    // MARK: The app

    /// The merchant removes the app: app/uninstalled, and every token is dead.
    package func uninstall() { store.change { state, _ in state.uninstall() } }

    package func install() { store.change { state, _ in state.access.isInstalled = true } }

    /// The old secret goes on signing about half of the webhooks, and is taken for tokens, for `overlapSeconds`.
    package func rotateSecret(to secret: String, overlapSeconds: Int64 = 3_600) {
        store.change { state, now in
            state.access.previousSecret = (state.access.secret, until: now + overlapSeconds)
            state.access.secret = secret
        }
    }

    /// Every expiring access token ends now.
    package func expireTokens() {
        store.change { state, _ in state.access.tokens = state.access.tokens.filter { $0.value.expiresAt == nil } }
    }

    /// A subscription of the app's configuration: not listed by the API, not removed after failures.
    package func addConfiguredSubscription(topic: String, address: String) {
        let version = configuration.apiVersion
        store.change { state, now in
            state.subscriptions.append(
                WebhookSubscription(
                    id: state.ids.next(.webhook), topic: topic, address: address, createdAt: now, isMadeByAPI: false, apiVersion: version))
        }
    }

    /// Topics and addresses of all subscriptions there are.
    package var subscriptions: [(topic: String, address: String, isMadeByAPI: Bool)] {
        store.read { $0.subscriptions.map { ($0.topic, $0.address, $0.isMadeByAPI) } }
    }

    // MARK: Traffic

    func step(_ action: TrafficAction) throws {
        if action == .place {
            placeOrder(kind: .any)
            return
        }
        let recent = store.read { state in state.placed.suffix(40).compactMap { state.orders[$0] }.filter { $0.cancelledAt == nil } }
        guard let order = store.change({ state, _ in state.withGenerator { recent.randomElement(using: &$0) } }) else { return }
        switch action {
        case .place: break
        case .edit:
            guard let line = order.lines.last(where: { order.fulfillableQuantity(of: $0) > 0 }) else { return }
            if line.quantity > 1 {
                try editOrder(order.id, .lowerQuantity(line: line.id, by: 1))
            } else {
                try editOrder(order.id, .note("changed by the buyer"))
            }
        case .cancel where order.fulfilments.isEmpty: try cancelOrder(order.id)
        case .cancel: try archive(order.id)
        case .progress:
            if order.outstanding > 0 {
                try payOrder(order.id)
            } else if order.fulfilments.contains(where: \.isLive) {
                try carrierSays("IN_TRANSIT", of: order.id)
            }
        }
    }
}
