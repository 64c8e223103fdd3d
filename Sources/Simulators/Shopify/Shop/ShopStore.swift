import Foundation
import Synchronization

/// Guards the shop's state and hands what happened to the webhook queue, outside the lock.
final class ShopStore: Sendable {
    private let state: Mutex<ShopState>
    private let clock: @Sendable () -> Date
    /// Set once, when the queue exists.
    private let announcer = Mutex<(@Sendable ([Announcement], [WebhookSubscription]) -> Void)?>(nil)

    init(_ state: ShopState, clock: @escaping @Sendable () -> Date) {
        self.state = Mutex(state)
        self.clock = clock
    }

    /// Whole seconds since 1970: the shop's stamps are no finer (platforms/shopify.md §3.5).
    var now: Int64 { Int64(clock().timeIntervalSince1970.rounded(.down)) }

    func onAnnouncements(_ body: @escaping @Sendable ([Announcement], [WebhookSubscription]) -> Void) { announcer.withLock { $0 = body } }

    func read<Result: Sendable>(_ body: (ShopState) throws -> Result) rethrows -> Result { try state.withLock { try body($0) } }

    /// Changes the state, then announces what the change caused to the subscriptions of that moment.
    @discardableResult
    func change<Result: Sendable>(_ body: (inout ShopState, _ now: Int64) throws -> Result) rethrows -> Result {
        let now = now
        let (result, announcements, subscriptions) = try state.withLock { state in
            let subscriptions = state.subscriptions
            let result = try body(&state, now)
            let announcements = state.announcements
            state.announcements = []
            // An uninstall announces itself to the subscriptions it is about to end.
            return (result, announcements, state.access.isInstalled ? state.subscriptions : subscriptions)
        }
        if !announcements.isEmpty { announcer.withLock { $0 }?(announcements, subscriptions) }
        return result
    }
}
