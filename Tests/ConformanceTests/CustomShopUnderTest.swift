import Connect
import CustomShopConnector
import CustomShopSimulator
import Domain
import Foundation
import HTTPTypes
import SimulatorKit

extension Platform {
    static let customShop = Platform(name: "custom") { wanted in
        var configuration = CustomShopConfiguration()
        switch wanted.currency {
        case "THB": configuration.countries = [.thailand]
        // Pesos have no decimals either.
        case "JPY": configuration.countries = [.chile]
        default: return nil
        }
        configuration.hookURL = wanted.hookURL
        configuration.timeScale = 0.000_001
        configuration.oddShare = 0.3
        let simulator = try await CustomShopSimulator.start(configuration), wire = Wire()
        let connector = try CustomShopConnector(wire.context([
            "secret": configuration.secret, "callbackURL": simulator.callbackURL, "callbackSecret": configuration.callbackSecret, "pullURL": simulator.baseURL, "pullToken": configuration.pullToken,
        ]))
        return CustomShopUnderTest(custom: simulator, wire: wire, connector: connector)
    }
}

struct CustomShopUnderTest: ShopUnderTest {
    let custom: CustomShopSimulator
    let wire: Wire
    let connector: any Connector
    var simulator: any PlatformSimulator { custom }
    var shop: any ShopSimulator { custom }
    let replayWindow: Duration? = .seconds(300)
    let repeatStyle = RepeatStyle.sameKey
    /// The contract's cancellation is a wish: the shop answers with an event.
    let refusesLateCancel = false
    let repeatsAtPageEnds = false
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { _ = try await custom.placeOrder() }
    func settled() async { await custom.idle() }
    func identity(of delivery: CaughtWebhook) -> String { delivery.headers["webhook-id"] ?? "" }
    func loseAccess() async { custom.faults.force([Fault?](repeating: .expireToken, count: 8), at: .request) }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method == .post }
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }
    func stop() async { await custom.stop() }

    func read() async throws(ConnectorError) {
        guard let lister = connector as? any ListsOrders else { return }
        _ = try await lister.listOrders(changedSince: Wire.clock(), until: nil, cursor: nil, limit: 1)
    }

    func refused() async throws(ConnectorError) {
        guard let fetcher = connector as? any FetchesOrders else { return }
        _ = try await fetcher.fetchOrder("nobody")
    }

    // MARK: orders

    func place() async throws -> ExternalID { try await custom.placeOrder() }

    func change(_ id: ExternalID) async throws {
        let words = "changed \(UInt64.random(in: 0 ... .max))"
        guard custom.editOrder(id, { $0.note = words }) else { throw KitProblem("\(id) was not changed") }
    }

    func shipments(of id: ExternalID) async throws -> Int { custom.shipments(of: id).count }
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot { order }

    func zoo() async throws -> [ZooOrder] {
        var zoo: [ZooOrder] = []
        for number in 0..<20 { zoo.append(ZooOrder(what: "placed \(number)", id: try await custom.placeOrder())) }
        for number in 0..<20 {
            let id = try await custom.placeOrder()
            for _ in 0...(number % 4) { custom.editOrder(id) }
            zoo.append(ZooOrder(what: "edited \(number % 4 + 1) times", id: id))
        }
        for (what, act) in [("cancelled", { custom.cancelOrder($0) }), ("closed", { custom.closeOrder($0) })] as [(String, (String) -> Bool)] {
            let id = try await custom.placeOrder()
            _ = act(id)
            zoo.append(ZooOrder(what: what, id: id))
        }
        return zoo
    }
}
