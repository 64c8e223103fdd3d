import Connect
import Domain
import Foundation
import Hub
import NIOCore
import NIOPosix
import Synchronization

extension ManyOrders {
    /// 6. Every page of the console as the server renders it, and the grid's rows.
    func pages() async throws {
        guard let order = try await hub.ledger.orders(OrderFilter(), after: nil, limit: 1).orders.first,
              let channel = hub.channels.directory.surroundings.channels.values.first(where: { $0.kind == .shop }) else { return }
        let paths = ["/", "/orders", "/orders?workflow=queued", "/orders?search=malee@example.com", "/orders?tag=vip", "/orders?due=tomorrow", "/orders/\(order.id)", "/channels", "/channels/\(channel.id)", "/flows", "/rules",
                     "/rules/\(channel.id)", "/files", "/settings", "/api/v1/order-grid?limit=100", "/api/v1/order-grid?workflow=queued&limit=100"]
        tell("console pages", "pages", try await read(paths, seconds: 20, from: 30_000_000), paths)
    }

    /// 7. What open consoles with live changes cost the door: the accept rate with and without them, by turns in one run. Neither comes later than the other on the whole:
    /// the rate changes while the journal grows.
    func consoles(_ count: Int = 200, seconds: Double = 4) async throws {
        var without: [Double] = [], with: [Double] = [], first = 40_000_000
        for isOpen in [false, true, true, false, true, false, false, true] {
            let readers = isOpen ? try await LiveReaders.open(count, port: port, token: token) : nil
            let range = first..<first + Int(seconds) * 25_000, signatures = shape.signatures(of: range), start = first, shape = shape, hook = hook
            first = range.upperBound
            let run = try await WireClient.run(port: port, connections: 64, seconds: seconds, from: start) { index in
                shape.request(of: index, path: hook, signature: index - start < signatures.count ? signatures[index - start] : nil)
            }
            let rate = Double(run.answered) / run.seconds
            if let readers {
                with.append(rate)
                let messages = try await readers.close()
                Bench.say("  \(count) consoles open: \(Int(rate)) deliveries/s, p99 \(Bench.text(Bench.percentile(run.milliseconds, 0.99))) ms, \(messages) live messages read")
            } else {
                without.append(rate)
                Bench.say("  no console open: \(Int(rate)) deliveries/s, p99 \(Bench.text(Bench.percentile(run.milliseconds, 0.99))) ms")
            }
            try await settle()
        }
        let ratio = with.reduce(0, +) / max(1, without.reduce(0, +))
        Bench.say("consoles: \(count) open with live changes, accept rate \(Bench.text(ratio, 3)) of that without")
    }

    /// Waits until what was accepted is worked off, so that rounds are alike.
    private func settle() async throws {
        for _ in 0..<3000 {
            let pending = try await hub.journal.count(after: try await hub.ledger.journalCursor())
            if pending == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// Connections that read the live stream as an open page does.
final class LiveReaders: Sendable {
    private let channels: [any NIOCore.Channel], group: MultiThreadedEventLoopGroup, messages: Counter

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add(_ more: Int) { count.withLock { $0 += more } }
        var value: Int { count.withLock { $0 } }
    }

    private init(channels: [any NIOCore.Channel], group: MultiThreadedEventLoopGroup, messages: Counter) { self.channels = channels; self.group = group; self.messages = messages }

    static func open(_ count: Int, port: Int, token: String) async throws -> LiveReaders {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), messages = Counter()
        var channels: [any NIOCore.Channel] = []
        for _ in 0..<count {
            let channel = try await ClientBootstrap(group: group).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Reader(messages: messages)) }
            }.connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /live HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\nauthorization: Bearer \(token)\r\n\r\n"))
            channels.append(channel)
        }
        return LiveReaders(channels: channels, group: group, messages: messages)
    }

    /// - Returns: how many messages all readers saw.
    func close() async throws -> Int {
        for channel in channels { try? await channel.close() }      // one that the server closed is closed
        try await group.shutdownGracefully()
        return messages.value
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let messages: Counter
        init(messages: Counter) { self.messages = messages }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            messages.add(bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "e") && bytes[$0...].starts(with: "event: ".utf8) }.count)
        }
    }
}
