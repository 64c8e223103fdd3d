import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A load client that costs little: prepared bytes out, answers recognised by their status line and length, one request at a time a connection.
final class WireClient: Sendable {
    struct Result: Sendable { var answered = 0, refused = 0, seconds = 0.0, milliseconds: [Double] = [], byRequest: [(index: Int, milliseconds: Double)] = [] }
    private struct State { var next = 0, result = Result() }
    private let state = Mutex(State())
    private let deadline: ContinuousClock.Instant
    private let make: @Sendable (Int) -> ByteBuffer

    private init(seconds: Double, make: @escaping @Sendable (Int) -> ByteBuffer) {
        deadline = .now + .milliseconds(Int64(seconds * 1000))
        self.make = make
    }

    /// Requests over `connections` connections for `seconds`; request n is `make(n)`.
    static func run(port: Int, connections: Int, seconds: Double, from first: Int = 0, make: @escaping @Sendable (Int) -> ByteBuffer) async throws -> Result {
        let client = WireClient(seconds: seconds, make: make)
        client.state.withLock { $0.next = first }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let begin = ContinuousClock.now
        let channels = try await withThrowingTaskGroup(of: (any NIOCore.Channel).self) { tasks in
            for _ in 0..<connections {
                tasks.addTask {
                    try await ClientBootstrap(group: group)
                        .channelOption(ChannelOptions.socketOption(.tcp_nodelay), value: 1)
                        .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(client: client)) } }
                        .connect(host: "127.0.0.1", port: port).get()
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        for channel in channels { try await channel.closeFuture.get() }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        try await group.shutdownGracefully()
        return client.state.withLock { state in
            state.result.seconds = seconds
            state.result.milliseconds = state.result.byRequest.map(\.milliseconds).sorted()
            return state.result
        }
    }

    private func next() -> (index: Int, bytes: ByteBuffer)? {
        guard ContinuousClock.now < deadline else { return nil }
        let index = state.withLock { state in defer { state.next += 1 }; return state.next }
        return (index, make(index))
    }

    private func note(_ index: Int, status: Int, milliseconds: Double) {
        state.withLock { state in
            if (200..<300).contains(status) { state.result.answered += 1 } else { state.result.refused += 1 }
            state.result.byRequest.append((index, milliseconds))
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let client: WireClient
        private var received = ByteBuffer(), sentAt = ContinuousClock.now, index = 0
        init(client: WireClient) { self.client = client }

        func channelActive(context: ChannelHandlerContext) { send(context) }

        private func send(_ context: ChannelHandlerContext) {
            guard let (index, bytes) = client.next() else { return context.close(promise: nil) }
            self.index = index
            sentAt = .now
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var part = unwrapInboundIn(data)
            received.writeBuffer(&part)
            guard let status = completeAnswer() else { return }
            received.clear()
            client.note(index, status: status, milliseconds: (ContinuousClock.now - sentAt) / .milliseconds(1))
            send(context)
        }

        /// The status once head and body are here. Works on bytes: this client must cost less than what it measures.
        private func completeAnswer() -> Int? {
            received.withUnsafeReadableBytes { bytes in
                guard bytes.count > 16, let end = Self.endOfHead(bytes) else { return nil }
                guard bytes.count >= end + Self.contentLength(bytes, until: end) else { return nil }
                return (9..<12).reduce(0) { $0 * 10 + Int(bytes[$1]) - 48 }
            }
        }

        private static func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
            var index = 3
            while index < bytes.count {
                if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10 { return index + 1 }
                index += 1
            }
            return nil
        }

        private static func contentLength(_ bytes: UnsafeRawBufferPointer, until end: Int) -> Int {
            let name: StaticString = "content-length:"
            var line = 0
            for index in 0..<end where bytes[index] == 10 {
                line = index + 1
                guard line + name.utf8CodeUnitCount < end else { continue }
                let matches = (0..<name.utf8CodeUnitCount).allSatisfy { bytes[line + $0] | 0x20 == name.utf8Start[$0] | 0x20 }
                guard matches else { continue }
                return bytes[(line + name.utf8CodeUnitCount)..<end].lazy.drop { $0 == 32 }.prefix { (48...57).contains($0) }.reduce(0) { $0 * 10 + Int($1) - 48 }
            }
            return 0
        }
    }
}
