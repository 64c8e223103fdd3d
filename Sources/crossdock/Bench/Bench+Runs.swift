import AsyncHTTPClient
import Connect
import Database
import Domain
import Foundation
import Hub
import Hummingbird
import ServiceLifecycle
import Logging
import struct NIOCore.ByteBuffer
import Synchronization
import Web

extension Bench {
    private static let shopSettings = ["shop": DeliveryShape.shop, "grant": "static", "accessToken": "x", "clientSecret": DeliveryShape.secret, "baseURL": "http://127.0.0.1:9", "hub.webhooks": "manual", "hub.reconcileSeconds": "86400"]

    /// A hub with a Shopify channel and a paused courier; `body` runs beside it and ends it.
    func withHub<T: Sendable>(_ path: String, courierURL: String? = nil, isRunning: Bool = true, time: CompressedTime? = nil, _ body: @escaping @Sendable (Hub, Int, String) async throws -> T) async throws -> T {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration), logger = Logger(label: "bench")
        let hub = try await Assembly.hub(.init(dataFolder: path, databaseURL: database), client: client, allowedHosts: ["*"], time: time, logger: logger)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = try WebServer(hub: hub, settings: .init(host: "127.0.0.1", port: 0)).application(logger: logger) { port.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        let serving = Task { try await group.run() }      // shut down below
        var iterator = ports.makeAsyncIterator()
        let listening = await iterator.next() ?? 0
        let shop = try await ensure("Bench shop", "shopify", Self.shopSettings, hub)
        let courier = try await ensure("Bench courier", "courier", ["url": courierURL ?? "http://127.0.0.1:9", "keyID": "k", "secret": "s", "callbackSecret": "c"], hub)
        if courierURL == nil { try await hub.channels.setState(.paused, reason: "bench", of: courier.id) }
        let running = isRunning ? Task { await hub.run() } : nil      // awaited below
        let result: Swift.Result<T, any Error>
        do { result = .success(try await body(hub, listening, "/hooks/\(shop.hookKey)")) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        _ = try? await serving.value      // the figure is taken already; how the server ended changes nothing
        running?.cancel()
        await running?.value
        if !isRunning { await hub.journalDatabase.close(); await hub.ledgerDatabase.close() }
        try await client.shutdown()
        return try result.get()
    }

    func ensure(_ name: String, _ platform: String, _ settings: [String: String], _ hub: Hub) async throws -> Channel {
        if let known = try? hub.channels.channel(named: name) { return known }      // unknown: it is added
        return try await hub.channels.add(platform: platform, name: name, settings: settings, by: "bench")
    }

    /// 1. Signed deliveries, each new, fsync before each answer; beside it the same server's /health/live in the same run.
    func accept(seconds: Int, connections: Int) async throws {
        let path = try freshFolder("accept"), shape = shape
        try await withHub(path) { hub, port, hook in
            let live = try await WireClient.run(port: port, connections: connections, seconds: 5) { _ in ByteBuffer(string: "GET /health/live HTTP/1.1\r\nhost: bench\r\n\r\n") }
            _ = try await WireClient.run(port: port, connections: connections, seconds: 2) { shape.request(of: $0, path: hook) }
            let first = 10_000_000, signatures = shape.signatures(of: first..<first + seconds * 25_000)
            let run = try await WireClient.run(port: port, connections: connections, seconds: Double(seconds), from: first) { index in
                shape.request(of: index, path: hook, signature: index - first < signatures.count ? signatures[index - first] : nil)
            }
            let rate = Double(run.answered) / run.seconds, liveRate = Double(live.answered) / live.seconds
            Self.say("accept: \(Int(rate)) deliveries/s of \(shape.body.count) bytes over \(connections) connections, p50 \(Self.text(Self.percentile(run.milliseconds, 0.5))) ms, p99 \(Self.text(Self.percentile(run.milliseconds, 0.99))) ms, refused \(run.refused); /health/live \(Int(liveRate))/s, ratio \(Self.text(rate / liveRate, 3))")
        }
        try FileManager.default.removeItem(atPath: path)
    }

    /// 2. A backlog worked off: interpreted, ruled, stored with lines, events and jobs.
    func flow(backlog: Int) async throws {
        let path = try freshFolder("flow")
        try await fill(path, deliveries: backlog)
        try await withHub(path) { hub, _, _ in
            let before = Self.processorSeconds
            let tenths = try await Self.workOff(hub, deliveries: backlog)
            let cost = (Self.processorSeconds - before) / Double(backlog) * 1_000_000
            let first = tenths.first ?? 0, last = tenths.last ?? 0, whole = Double(tenths.count) / tenths.reduce(0) { $0 + 1 / $1 }
            Self.say("flow: \(Int(whole)) orders/s over \(backlog), first tenth \(Int(first))/s, last tenth \(Int(last))/s (ratio \(Self.text(last / first, 2))), \(Self.text(cost, 0)) µs of processor an order, resident \(Self.residentMegabytes) MB, at most \(Self.peakMegabytes) MB")
        }
        try FileManager.default.removeItem(atPath: path)
    }

    /// The rate of each tenth of the backlog.
    private static func workOff(_ hub: Hub, deliveries: Int) async throws -> [Double] {
        var tenths: [Double] = [], mark = ContinuousClock.now, done = 0
        while tenths.count < 10 {
            let now = hub.counters.snapshot.filter { $0.key.name == "crossdock_deliveries_total" }.values.reduce(0, +)
            if now >= deliveries / 10 * (tenths.count + 1) {
                tenths.append(Double(now - done) / ((ContinuousClock.now - mark) / .seconds(1)))
                mark = .now
                done = now
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return tenths
    }

    private func fill(_ path: String, deliveries: Int) async throws {
        let shape = shape
        try await withHub(path, isRunning: false) { hub, _, _ in
            guard let shop = try? hub.channels.channel(named: "Bench shop") else { return }      // made by withHub
            let width = 8
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<width {
                    group.addTask {
                        for start in stride(from: lane * 64, to: deliveries, by: width * 64) {
                            try await withThrowingTaskGroup(of: Void.self) { inner in
                                for index in start..<min(start + 64, deliveries) {
                                    inner.addTask { try await hub.intake.take(channel: shop.id, origin: .webhook, topic: "orders/create", key: "bench-\(index)", body: shape.body(of: index)) }
                                }
                                try await inner.waitForAll()
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// 3. From received to acknowledged by a courier that takes 20 ms, at 500 orders a second.
    func lag(seconds: Int) async throws {
        let path = try freshFolder("lag"), shape = shape, courier = try await BenchCourier.start(latency: .milliseconds(20))
        let milliseconds = try await withHub(path, courierURL: courier.baseURL) { hub, port, hook in
            let gate = Pace(perSecond: 500)
            _ = try await WireClient.run(port: port, connections: 8, seconds: Double(seconds)) { index in gate.wait(); return shape.request(of: index, path: hook) }
            try await Task.sleep(for: .seconds(3))
            return try await hub.ledger.bookingLags()
        }
        await courier.stop()
        let sorted = milliseconds.sorted()
        Self.say("lag: \(sorted.count) orders at 500/s, received to acknowledged by the courier (20 ms): p50 \(Self.text(Self.percentile(sorted, 0.5), 0)) ms, p99 \(Self.text(Self.percentile(sorted, 0.99), 0)) ms")
        try FileManager.default.removeItem(atPath: path)
    }

    /// 4 to 6. Ready with a million deliveries pending; then look-ups and pages over a million orders while 200 a second arrive.
    func overManyOrders(_ orders: Int, isRestartTold: Bool, figures: [@Sendable (ManyOrders) async throws -> Void]) async throws {
        let path = try freshFolder("restart"), shape = shape
        try await fill(path, deliveries: orders)
        let begin = ContinuousClock.now
        try await withHub(path) { hub, port, hook in
            let live = try await WireClient.run(port: port, connections: 1, seconds: 0.01) { _ in ByteBuffer(string: "GET /health/ready HTTP/1.1\r\nhost: bench\r\n\r\n") }
            let ready = (ContinuousClock.now - begin) / .seconds(1)
            let tenths = try await Self.workOff(hub, deliveries: orders)
            if isRestartTold {
                Self.say("restart: ready in \(Self.text(ready, 2)) s with \(orders) deliveries pending (\(live.answered) answers), then \(Int(tenths.first ?? 0)) orders/s in the first tenth, \(Int(tenths.last ?? 0)) in the last, resident \(Self.residentMegabytes) MB")
            }
            let token = try await hub.tokens.create(name: "bench", scopes: ["admin"]).text
            for figure in figures { try await figure(ManyOrders(hub: hub, orders: orders, port: port, hook: hook, token: token, shape: shape)) }
        }
        try FileManager.default.removeItem(atPath: path)
    }
}

/// A hub with many orders, while more arrive.
struct ManyOrders: Sendable {
    let hub: Hub, orders: Int, port: Int, hook: String, token: String, shape: DeliveryShape

    /// `GET` of each path in turn over two connections for `seconds`, while 200 orders a second arrive.
    func read(_ paths: [String], seconds: Double, from first: Int) async throws -> WireClient.Result {
        let gate = Pace(perSecond: 200), shape = shape, hook = hook, token = token
        async let arriving = WireClient.run(port: port, connections: 4, seconds: seconds + 2, from: first) { index in gate.wait(); return shape.request(of: index, path: hook) }
        let look = try await WireClient.run(port: port, connections: 2, seconds: seconds) { index in
            ByteBuffer(string: "GET \(paths[index % paths.count]) HTTP/1.1\r\nhost: bench\r\naccept: text/html, application/json\r\nauthorization: Bearer \(token)\r\n\r\n")
        }
        _ = try await arriving
        return look
    }

    func tell(_ figure: String, _ what: String, _ look: WireClient.Result, _ names: [String]) {
        Bench.say("\(figure): \(look.answered) \(what) over \(orders) orders with 200/s arriving, p50 \(Bench.text(Bench.percentile(look.milliseconds, 0.5))) ms, p95 \(Bench.text(Bench.percentile(look.milliseconds, 0.95))) ms, refused \(look.refused)")
        for (index, name) in names.enumerated() {
            let times = look.byRequest.filter { $0.index % names.count == index }.map(\.milliseconds).sorted()
            Bench.say("  \(name): p50 \(Bench.text(Bench.percentile(times, 0.5))) ms, p95 \(Bench.text(Bench.percentile(times, 0.95))) ms")
        }
    }

    /// 5. Lists and searches of the API.
    func lookup() async throws {
        let queries = ["limit=50", "workflow=queued", "workflow=awaitingConfirmation,new", "fulfilment=unfulfilled&payment=unpaid", "search=malee@example.com", "search=0861112233", "search=6100000000123",
                       "search=BAG-3", "channel=Bench%20shop&workflow=approved,queued,synced&limit=200", "placedFrom=2020-01-01T00:00:00Z&flagged=true"]
        tell("lookup", "pages", try await read(queries.map { "/api/v1/orders?\($0)" }, seconds: 18, from: 20_000_000), queries)
    }
}

/// Lets callers through at a steady rate; blocks the load client's own thread, nobody else's.
final class Pace: Sendable {
    private let next = Mutex(ContinuousClock.now)
    private let gap: Duration
    init(perSecond: Int) { gap = .seconds(1) / perSecond }
    func wait() {
        let turn = next.withLock { next in let turn = max(next, .now - .milliseconds(50)); next = turn + gap; return turn }
        let pause = (turn - .now) / .seconds(1)
        if pause > 0 { usleep(UInt32(pause * 1_000_000)) }
    }
}
