import Domain
import Foundation
import Hub
import NIOCore
import Synchronization

/// Live changes for every open console: one reader of the change feed, whatever the number of readers of the page.
///
/// A message is made once and handed to all; there are at most two a second.
final class LiveDesk: Sendable {
    /// Orders named in one message; of more it says only that there are more.
    static let maximumOrders = 100
    static let apart = Duration.milliseconds(500), heartbeat = Duration.seconds(15)

    private struct State {
        var followers: [UInt64: AsyncStream<ByteBuffer>.Continuation] = [:], next: UInt64 = 0
        var reader: Task<Void, Never>?
        var isEnded = false
    }
    private let state = Mutex(State())
    private let hub: Hub

    init(hub: Hub) { self.hub = hub }

    /// Messages in the form of server-sent events. A reader that does not keep up misses messages, never order.
    func follow() -> AsyncStream<ByteBuffer> {
        let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream(bufferingPolicy: .bufferingNewest(8))
        let id = state.withLock { state -> UInt64 in
            state.next += 1
            state.followers[state.next] = continuation
            if state.reader == nil { state.reader = Task { await self.read() } }      // ends with its last follower
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        return stream
    }

    private func leave(_ id: UInt64) {
        state.withLock { state in
            state.followers[id] = nil
            guard state.followers.isEmpty else { return }
            state.reader?.cancel()
            state.reader = nil
        }
    }

    private func send(_ text: String) {
        let bytes = ByteBuffer(string: text)
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield(bytes) }
    }

    private struct Orders: Encodable { var ids: [String], more: Bool }
    private struct One: Encodable { var id: String }

    private func read() async {
        let (ticks, tick) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let signs = Mutex<Set<Beacon.Sign>>([])
        let (feed, beacon) = (hub.feed.follow(), hub.beacon.follow())
        let following = Task { for await _ in feed { tick.yield() } }                       // ended below
        let watching = Task {                                                               // ended below
            for await sign in beacon {
                signs.withLock { if $0.count < Self.maximumOrders { _ = $0.insert(sign) } }
                tick.yield()
            }
        }
        let beating = Task {                                                                // ended below
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.heartbeat) } catch { return }
                self.send(": \n\n")
            }
        }
        defer { following.cancel(); watching.cancel(); beating.cancel() }
        guard var cursor = try? await hub.ledger.lastEvent() else { return }                // the database is closed: so is the page's stream soon
        for await _ in ticks {
            guard !Task.isCancelled else { return }
            for sign in signs.withLock({ let all = $0; $0 = []; return all }) { sendEvent(sign.kind, One(id: sign.id)) }
            guard let events = try? await hub.ledger.eventIDs(after: cursor, limit: Self.maximumOrders * 2) else { return }      // as above
            if let last = events.last {
                cursor = last.event
                let orders = Array(Set(events.map(\.order))).sorted().prefix(Self.maximumOrders).map { "\($0)" }
                let isFull = events.count == Self.maximumOrders * 2
                sendEvent("orders", Orders(ids: orders, more: isFull))
                if isFull, let newest = try? await hub.ledger.lastEvent() { cursor = newest }      // nobody reads a thousand ids: the page looks at its own rows
            }
            do { try await Task.sleep(for: Self.apart) } catch { return }
        }
    }

    private func sendEvent(_ kind: String, _ value: some Encodable) {
        guard let data = try? JSONEncoder.crossdock.encode(value) else { return }           // texts always encode
        send("event: \(kind)\ndata: \(String(decoding: data, as: UTF8.self))\n\n")
    }
}
