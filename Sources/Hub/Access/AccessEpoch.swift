import Synchronization

/// Counts the changes of who may do what. What was read before a change must not be remembered after it.
package final class AccessEpoch: Sendable {
    private let count = Mutex<UInt64>(0)
    package init() {}
    var value: UInt64 { count.withLock { $0 } }
    func advance() { count.withLock { $0 += 1 } }
}
