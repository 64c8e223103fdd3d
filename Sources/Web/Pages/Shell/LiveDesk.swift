import Domain
import Foundation
import Hub
import Logging
import NIOCore
import Synchronization

/// Live changes for every open console: one reader of the change feed, whatever the number of readers of the page.
///
/// A message is made once and handed to all; there are at most two a second.
final class LiveDesk: Sendable {
    /// Orders named in one message; of more it says only that there are more.
    static let maximumOrders = 100
    static let apart = Duration.milliseconds(500), heartbeat = Duration.seconds(15)

    /// What is read: the change feed, and the signs of what is no order.
    struct Source: Sendable {
        var lastEvent: @Sendable () async throws -> EventID
        var events: @Sendable (_ cursor: EventID, _ limit: Int) async throws -> [(event: EventID, order: OrderID)]
        var changes: @Sendable () -> AsyncStream<Void>
        var signs: @Sendable () -> AsyncStream<Beacon.Sign>
    }

    private struct State {
        var followers: [UInt64: AsyncStream<ByteBuffer>.Continuation] = [:], next: UInt64 = 0
        var reader: Task<Void, Never>?
    }
    private let state = Mutex(State())
    private let source: Source, pause: Duration, logger: Logger

    init(_ source: Source, pause: Duration = LiveDesk.apart, logger: Logger) {
        self.source = source
        self.pause = pause
        self.logger = logger
    }

    convenience init(hub: Hub) {
        self.init(Source(
            lastEvent: { try await hub.ledger.lastEvent() }, events: { cursor, limit in try await hub.ledger.eventIDs(after: cursor, limit: limit) },
            changes: { hub.feed.follow() }, signs: { hub.beacon.follow() }), logger: hub.logger)
    }

    /// Messages in the form of server-sent events. A reader that does not keep up misses messages, never order.
    func follow() -> AsyncStream<ByteBuffer> {
        let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream(bufferingPolicy: .bufferingNewest(8))
        let id = state.withLock { state -> UInt64 in
            state.next += 1
            state.followers[state.next] = continuation
            if state.reader == nil { state.reader = Task { await self.keepReading() } }      // ends with its last follower
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

    /// As long as anybody follows: a reading that has ended all the same is begun anew, for the pages say that they are live.
    private func keepReading() async {
        var isFirst = true
        while !Task.isCancelled {
            await read(isFirst: isFirst)
            isFirst = false
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    private func read(isFirst: Bool) async {
        let (ticks, tick) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let signs = Mutex<Set<Beacon.Sign>>([])
        let (feed, beacon) = (source.changes(), source.signs())
        let following = Task {                                                              // ended below
            for await _ in feed { tick.yield() }
            tick.finish()
        }
        let watching = Task {                                                               // ended below
            for await sign in beacon {
                signs.withLock { if $0.count < Self.maximumOrders { _ = $0.insert(sign) } }
                tick.yield()
            }
            tick.finish()
        }
        let beating = Task {                                                                // ended below
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.heartbeat) } catch { return }
                self.send(": \n\n")
            }
        }
        defer { following.cancel(); watching.cancel(); beating.cancel() }
        guard var cursor = await answered({ try await self.source.lastEvent() }) else { return }
        if !isFirst { askPagesToLook() }
        for await _ in ticks {
            guard !Task.isCancelled else { return }
            for sign in signs.withLock({ let all = $0; $0 = []; return all }) { sendEvent(sign.kind, One(id: sign.id)) }
            let seen = cursor
            guard let events = await answered({ try await self.source.events(seen, Self.maximumOrders * 2) }) else { return }
            if let last = events.last {
                cursor = last.event
                let orders = Array(Set(events.map(\.order))).sorted().prefix(Self.maximumOrders).map { "\($0)" }
                let isFull = events.count == Self.maximumOrders * 2
                sendEvent("orders", Orders(ids: orders, more: isFull))
                if isFull, let newest = try? await source.lastEvent() { cursor = newest }      // nobody reads a thousand ids: the page looks at its own rows
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// What the database answers; where it fails, it is asked again after a pause, until it does. nil: nobody follows any more.
    private func answered<Value>(_ ask: () async throws -> Value) async -> Value? {
        var isFailing = false
        while !Task.isCancelled {
            do {
                let value = try await ask()
                if isFailing {
                    logger.notice("live changes are read again")
                    askPagesToLook()
                }
                return value
            } catch is CancellationError { return nil } catch {
                // Once an outage: it is asked twice a second.
                if !isFailing { logger.warning("live changes cannot be read", metadata: ["error.code": "\(APIProblem(error).code)"]) }
                isFailing = true
                do { try await Task.sleep(for: pause) } catch { return nil }
            }
        }
        return nil
    }

    /// What happened meanwhile may have been told to nobody.
    private func askPagesToLook() { sendEvent("orders", Orders(ids: [], more: true)) }

    private func sendEvent(_ kind: String, _ value: some Encodable) {
        guard let data = try? JSONEncoder.crossdock.encode(value) else { return }           // texts always encode
        send("event: \(kind)\ndata: \(String(decoding: data, as: UTF8.self))\n\n")
    }
}
