import Synchronization

/// Short word to whoever looks on: something of this kind moved (a bulk action, an import, a channel). Nobody depends on it: what it says can be read anew.
package final class Beacon: Sendable {
    package struct Sign: Sendable, Hashable {
        package var kind: String, id: String
        package init(kind: String, id: String) { self.kind = kind; self.id = id }
    }
    static let maximumWaiting = 256
    private struct State { var followers: [UInt64: AsyncStream<Sign>.Continuation] = [:], next: UInt64 = 0 }
    private let state = Mutex(State())
    package init() {}

    package func tell(_ kind: String, _ id: String) {
        let sign = Sign(kind: kind, id: id)
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield(sign) }
    }

    /// What is told from now on; a reader that is slow loses the oldest.
    package func follow() -> AsyncStream<Sign> {
        let (stream, continuation) = AsyncStream<Sign>.makeStream(bufferingPolicy: .bufferingNewest(Self.maximumWaiting))
        let id = state.withLock { state -> UInt64 in state.next += 1; state.followers[state.next] = continuation; return state.next }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.followers.removeValue(forKey: id) } }
        return stream
    }
}
