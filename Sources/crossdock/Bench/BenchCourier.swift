import Foundation
import Hummingbird
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A courier that says yes after a while, and does nothing else: what the hub's own lag is measured against.
final class BenchCourier: Sendable {
    let baseURL: String
    private let running: Task<Void, any Error>, group: ServiceGroup
    private init(baseURL: String, running: Task<Void, any Error>, group: ServiceGroup) { self.baseURL = baseURL; self.running = running; self.group = group }

    static func start(latency: Duration) async throws -> BenchCourier {
        let router = Router(), count = Mutex(0)
        router.post("v1/orders") { _, _ -> Response in
            try await Task.sleep(for: latency)
            let number = count.withLock { $0 += 1; return $0 }
            return Response(status: .created, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: #"{"orderId":"co_\#(number)","status":"created","trackingNumber":"QX\#(number)TH"}"#)))
        }
        router.get("v1/orders") { _, _ in Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: #"{"data":[],"nextCursor":null}"#))) }
        router.put("v1/callback") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "{}"))) }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: Logger(label: "bench.courier"))
        let group = ServiceGroup(configuration: .init(services: [.init(service: application)], logger: Logger(label: "bench.courier")))
        let running = Task { try await group.run() }      // shut down by stop
        var iterator = ports.makeAsyncIterator()
        return BenchCourier(baseURL: "http://127.0.0.1:\(await iterator.next() ?? 0)", running: running, group: group)
    }

    func stop() async {
        await group.triggerGracefulShutdown()
        _ = try? await running.value      // the figure is taken already; how it ended changes nothing
    }
}
