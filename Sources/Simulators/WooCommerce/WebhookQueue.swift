/// One waiting delivery: at most one for a webhook and an object.
struct QueueKey: Sendable, Hashable {
    var webhookID: Int
    var objectID: Int
}

/// What waits for wp-cron. A change of an object that already waits adds nothing (platforms/woocommerce.md §3.4).
struct WebhookQueue: Sendable {
    private struct Entry {
        var key: QueueKey
        var due: ContinuousClock.Instant
    }

    /// Latest first, so that the next one is cheap to take.
    private var entries: [Entry] = []
    private var waiting: Set<QueueKey> = []

    var count: Int { entries.count }
    var nextDue: ContinuousClock.Instant? { entries.last?.due }

    /// False when it was coalesced into one that waits.
    mutating func insert(_ key: QueueKey, due: ContinuousClock.Instant) -> Bool {
        guard waiting.insert(key).inserted else { return false }
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].due > due { low = middle + 1 } else { high = middle }
        }
        entries.insert(Entry(key: key, due: due), at: low)
        return true
    }

    /// Takes the first one whose time has come; from now on a change of the object is queued again.
    mutating func takeDue(at now: ContinuousClock.Instant) -> QueueKey? {
        guard let last = entries.last, last.due <= now else { return nil }
        entries.removeLast()
        waiting.remove(last.key)
        return last.key
    }

    /// Everything is due at this moment, in the order it would have come.
    mutating func hurry(to now: ContinuousClock.Instant) {
        for index in entries.indices { entries[index].due = min(entries[index].due, now) }
    }
}

/// Something that happened to an object, and the topics it is announced under.
enum ShopEvent: Sendable, Equatable {
    case orderCreated, orderUpdated, orderDeleted, orderRestored
    case orderStatus(from: String, to: String)
    case productCreated, productUpdated, productDeleted
    case orderRefunded

    var topics: [String] {
        switch self {
        case .orderCreated: ["order.created", "action.woocommerce_new_order"]
        case .orderUpdated: ["order.updated", "action.woocommerce_update_order"]
        case .orderDeleted: ["order.deleted", "action.woocommerce_trash_order"]
        case .orderRestored: ["order.restored", "action.woocommerce_untrash_order"]
        case .orderStatus(let from, let to):
            ["action.woocommerce_order_status_\(to)", "action.woocommerce_order_status_\(from)_to_\(to)", "action.woocommerce_order_status_changed"]
        case .orderRefunded: ["order.updated", "action.woocommerce_order_refunded"]
        case .productCreated: ["product.created", "action.woocommerce_new_product"]
        case .productUpdated: ["product.updated", "action.woocommerce_update_product"]
        case .productDeleted: ["product.deleted"]
        }
    }
}

extension ShopState {
    /// Queues a delivery for every active webhook that listens; the delay is drawn anew each time, so neighbours overtake each other.
    mutating func announce(_ event: ShopEvent, _ objectID: Int) {
        let topics = event.topics
        for webhook in webhooks.values.filter({ $0.status == "active" && topics.contains($0.topic) }).sorted(by: { $0.id < $1.id }) {
            let range = configuration.queueDelay
            let share = Double.random(in: 0...1, using: &generator)
            let delay = (range.lowerBound + (range.upperBound - range.lowerBound) * share) * configuration.timeScale
            if queue.insert(QueueKey(webhookID: webhook.id, objectID: objectID), due: .now + delay) {
                counters.queued += 1
            } else {
                counters.coalesced += 1
            }
        }
    }
}
