import Connect
import Domain
import Foundation
import HTTPTypes
import ShopeeConnector
import ShopeeSimulator
import SimulatorKit

extension Platform {
    static let shopee = Platform(name: "shopee") { wanted in
        // The simulator knows Thailand's rules alone.
        guard wanted.currency == "THB" else { return nil }
        var configuration = ShopeeConfiguration()
        configuration.callbackURL = wanted.hookURL
        configuration.pushTimeScale = 0.000_01
        if wanted.hasLateNumbers { configuration.trackingPolls = .max }
        let shop = try configuration.shops.first.orProblem("no shop")
        let simulator = try await ShopeeSimulator.start(configuration), wire = Wire(), credentials = LentCredentials()
        let connector = try ShopeeConnector(wire.context([
            "partnerID": String(configuration.partnerID), "partnerKey": configuration.partnerKey, "pushKey": configuration.pushKey ?? "", "pushURL": wanted.hookURL,
            "shopID": String(shop.shopID), "baseURL": simulator.baseURL, "senderName": "สมชาย ตัวอย่าง",
        ], credentials: credentials))
        let pair = try simulator.authorise(shopID: shop.shopID)
        credentials.hold(Credential(accessToken: pair.accessToken, refreshToken: pair.refreshToken, accountID: String(shop.shopID), issuedAt: Wire.clock()))
        credentials.renew(through: connector)
        return ShopeeUnderTest(shopee: simulator, wire: wire, own: connector, credentials: credentials, shopID: shop.shopID)
    }
}

struct ShopeeUnderTest: MarketplaceUnderTest, TokenUnderTest {
    let shopee: ShopeeSimulator
    let wire: Wire
    let own: ShopeeConnector
    let credentials: LentCredentials
    let shopID: Int64
    var connector: any Connector { own }
    var simulator: any PlatformSimulator { shopee }
    var shop: any ShopSimulator { shopee }
    let replayWindow: Duration? = nil
    let repeatStyle = RepeatStyle.asksFirst
    let refusesLateCancel = true, repeatsAtPageEnds = false
    /// A window has an end, and orders move out of it with their change (platforms/shopee.md §4.1).
    let listsUpToItsStart = true
    let pushesOrders = false
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { try shopee.place(.everyday) }
    func settled() async { await shopee.idle() }
    func loseAccess() async { shopee.revokeConsent(of: shopID) }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method == .post }
    /// A topic is switched on and off, and is nothing that could be deleted.
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }

    /// Undocumented, and on every live push (platforms/shopee.md §3.2).
    func identity(of delivery: CaughtWebhook) -> String {
        struct Named: Decodable { var msg_id: String }
        // Without one all deliveries are the same, which the kit notices.
        return (try? JSONDecoder().decode(Named.self, from: delivery.body))?.msg_id ?? ""
    }

    func stop() async {
        credentials.close()
        await shopee.stop()
    }

    func read() async throws(ConnectorError) { _ = try await own.listOrders(changedSince: Wire.clock() - .seconds(60), until: nil, cursor: nil, limit: 1) }
    func refused() async throws(ConnectorError) { _ = try await own.fetchOrder("\(shopID):250101NOBODY00") }

    // MARK: tokens

    let grant = Credential.main
    func endAccess() async { shopee.expireAccessTokens(of: shopID) }

    // MARK: orders

    /// Of a carrier of the seller's own: elsewhere the shop is told nothing (platforms/shopee.md §1).
    func place() async throws -> ExternalID { try shopee.place(.ownFleet) }

    /// The buyer asks to cancel, and the platform says no.
    func change(_ id: ExternalID) async throws {
        guard shopee.cancelByBuyer(id, asks: true), shopee.settleCancellation(id, accepting: false) else { throw KitProblem("\(id) was not changed") }
    }

    func shipments(of id: ExternalID) async throws -> Int { shopee.arrangements(id).reduce(0, +) }
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot { order }

    func zoo() async throws -> [ZooOrder] {
        var zoo: [ZooOrder] = []
        for kind in ShopeeOrderKind.allCases {
            // PENDING is seen in listings that ask for it (platforms/shopee.md §4.1).
            zoo.append(ZooOrder(what: kind.rawValue, id: try shopee.place(kind), isAnnounced: kind != .pending && kind != .codPending))
        }
        for kind in [ShopeeOrderKind.everyday, .cod, .bundle, .split, .odd, .oldFashioned, .unpaid] {
            for later in Later.allCases {
                let id = try shopee.place(kind)
                try await later.act(shopee, id) { try await arrange(id) }
                zoo.append(ZooOrder(what: "\(kind.rawValue), \(later.rawValue)", id: id))
            }
        }
        return zoo
    }

    private func arrange(_ id: ExternalID) async throws {
        _ = try await own.arrangeShipment(of: try await action(id), by: .usual, idempotencyKey: "arrange:\(id)")
    }

    /// What happens to orders after they were placed.
    private enum Later: String, CaseIterable {
        case paid, askedToCancel, cancelledByBuyer, rejectedAtTheDoor, arranged, pickedUp, delivered, returned

        /// What the order's status does not allow leaves it as it was.
        func act(_ shopee: ShopeeSimulator, _ id: ExternalID, arrange: () async throws -> Void) async throws {
            shopee.pay(id)
            switch self {
            case .paid: return
            case .askedToCancel: shopee.cancelByBuyer(id, asks: true)
            case .cancelledByBuyer: shopee.cancelByBuyer(id, asks: false)
            case .rejectedAtTheDoor: shopee.rejectCOD(id)
            case .arranged: try await arrange()
            case .pickedUp, .delivered, .returned:
                try await arrange()
                shopee.advance(id, .pickUp)
                guard self != .pickedUp else { return }
                shopee.advance(id, .deliver)
                guard self == .returned, let number = shopee.openReturn(id, firstLineOnly: true) else { return }
                shopee.moveReturn(number, to: .closed)
            }
        }
    }

    // MARK: packages

    func placeToArrange(packages: Int) async throws -> ExternalID { try shopee.place(packages == 1 ? .everyday : .split) }
    func arrangements(of id: ExternalID) -> [Int] { shopee.arrangements(id) }
    func refusedRepeats(of id: ExternalID) -> Int {
        let refused = shopee.counters.refusedArrangements
        return shopee.packageNumbers(id).reduce(0) { $0 + (refused[$1] ?? 0) }
    }

    let writesOfArranging = 1
    let givesNumbersLate = true
    func giveNumbers(of id: ExternalID) { for package in shopee.packageNumbers(id) { shopee.assignTracking(package: package) } }
    func refuseNextPackage() { shopee.lockArrangements(1) }
    func failLabels() { shopee.failLabels(2) }
}
