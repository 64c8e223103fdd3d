import Foundation
import Synchronization

/// The shop's state under its one lock.
final class Shop: Sendable {
    private let state: Mutex<ShopState>
    /// Called after every change, because it may have queued a delivery.
    private let onChange = Mutex<@Sendable () -> Void>({})

    init(_ configuration: WooCommerceSimulator.Configuration) { state = Mutex(ShopState(configuration)) }

    func observe(_ body: @escaping @Sendable () -> Void) { onChange.withLock { $0 = body } }

    func read<Value: Sendable>(_ body: (ShopState) throws -> Value) rethrows -> Value { try state.withLock { try body($0) } }

    /// - Parameter body: synchronous, so that nothing can wait while it changes the shop.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout ShopState) throws -> Value) rethrows -> Value {
        defer { onChange.withLock { $0 }() }
        return try state.withLock { try body(&$0) }
    }

    /// Changes without telling the observer: for the observer itself.
    func quietly<Value: Sendable>(_ body: (inout ShopState) -> Value) -> Value { state.withLock { body(&$0) } }
}
