import Foundation
import Hummingbird
package import SimulatorKit
import Synchronization

/// Shopee's Open Platform v2 on 127.0.0.1, read from platforms/shopee.md alone: several shops of one app, consents and rotating tokens, signed calls,
/// orders and packages with a courier's life, label jobs, pushes, products, and misbehaviour on request.
package final class ShopeeSimulator: ShopSimulator {
    private struct Machinery: Sendable {
        var server: SimulatorServer, sender: ShopeePushSender, schedule: Schedule<ShopeeWorld.Step>, traffic: Traffic
    }

    package let platform = "shopee"
    package let configuration: ShopeeConfiguration
    let world: Mutex<ShopeeWorld>
    private let machinery = Mutex<Machinery?>(nil)

    /// Listening when it returns.
    package static func start(_ configuration: ShopeeConfiguration = ShopeeConfiguration()) async throws -> ShopeeSimulator {
        let simulator = ShopeeSimulator(configuration)
        let server = SimulatorServer(name: "shopee", port: configuration.port) { simulator.addRoutes(to: $0) }
        let sender = ShopeePushSender(configuration: configuration) { [weak simulator] push in
            simulator?.target(of: push)
        } onOutcome: { [weak simulator] push, isGood, isLost in
            simulator?.change { world in
                world.board.record(isGood: isGood, at: world.now)
                if isLost { world.board.lose(push, at: world.now) }
            }
        }
        let schedule = Schedule<ShopeeWorld.Step> { [weak simulator] step in simulator?.change { $0.take(step) } }
        simulator.machinery.withLock {
            $0 = Machinery(server: server, sender: sender, schedule: schedule, traffic: Traffic(seed: configuration.seed))
        }
        try await server.start()
        return simulator
    }

    private init(_ configuration: ShopeeConfiguration) {
        self.configuration = configuration
        world = Mutex(ShopeeWorld(configuration: configuration))
    }

    package var faults: FaultPlan { configuration.faults }
    /// `http://127.0.0.1:PORT`; the API begins at `/api/v2`, the unsigned consent page is `/auth`.
    package var baseURL: String { machinery.withLock { $0?.server.baseURL } ?? "" }

    package func stop() async {
        guard let machinery = machinery.withLock({ $0 }) else { return }
        await machinery.traffic.stop()
        await machinery.schedule.stop()
        await machinery.sender.stop()
        await machinery.server.stop()
    }

    // MARK: Orders and traffic

    @discardableResult
    package func placeOrder() async throws -> String {
        guard let placed = change({ world in world.place(world.anyKind(), shopID: nil)?.externalID }) else { throw ShopeeSimulatorError.full }
        return placed
    }

    package func startTraffic(ordersPerSecond: Double) {
        machinery.withLock { $0?.traffic }?.start(ordersPerSecond: ordersPerSecond) { [weak self] action in
            self?.change { world in
                switch action {
                case .place: _ = world.place(world.anyKind(), shopID: nil)
                case .cancel: world.cancelSomething()
                case .edit, .progress: world.progress()
                }
            }
        }
    }

    package func stopTraffic() async { await machinery.withLock { $0?.traffic }?.stop() }
    package func idle() async { await sender?.idle() }

    package func orderStates() -> [SimulatedOrder] { read { $0.orders.values.map(\.state) } }

    package func statistics() -> [SimulatorStatistic] {
        let (counters, missed, lost) = read { ($0.counters, $0.board.missed, $0.board.lost.count) }
        return counters.statistics + pushCounters.statistics + [
            .init("pushes missed while suspended", missed), .init("pushes in the lost queue", lost), .init("faults", faults.total),
        ]
    }

    // MARK: Inside

    var sender: ShopeePushSender? { machinery.withLock { $0?.sender } }

    func read<Value: Sendable>(_ body: (ShopeeWorld) -> Value) -> Value { world.withLock { body($0) } }

    /// Changes the world, then sends and schedules what came of it.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout ShopeeWorld) -> Value) -> Value {
        let (value, outbox, due) = world.withLock { world in
            let value = body(&world)
            defer {
                world.outbox = []
                world.due = []
            }
            return (value, world.outbox, world.due)
        }
        guard let machinery = machinery.withLock({ $0 }) else { return value }
        for push in outbox { machinery.sender.enqueue(push) }
        for item in due { machinery.schedule.add(item.step, after: item.after) }
        return value
    }

    /// Where a push goes and what it is signed with; nil while pushes are off.
    private func target(of push: ShopeePush) -> ShopeePushSender.Target? {
        read { world in
            guard let url = world.board.url, world.board.status != .suspended else { return nil }
            return .init(
                url: url, key: world.configuration.pushKey ?? world.configuration.partnerKey, retryKeepsMessageID: world.switches.retryKeepsMessageID)
        }
    }

    /// Whether an address answers the test push.
    func verifies(_ url: String) async -> Bool {
        await sender?.verify(url: url, key: configuration.pushKey ?? configuration.partnerKey) ?? false
    }
}

package enum ShopeeSimulatorError: Error, Equatable {
    /// The configuration names no such shop.
    case noShop
    /// As many orders as are kept, and none of them finished.
    case full
}
