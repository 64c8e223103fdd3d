import Connect
import Domain
import Foundation
import HTTPTypes
import LazadaConnector
import LazadaSimulator
import SimulatorKit

extension Platform {
    static let lazada = Platform(name: "lazada") { wanted in
        let seller: LazadaSeller
        switch wanted.currency {
        case "THB": seller = LazadaSeller()
        // Dong have no decimals either.
        case "JPY": seller = LazadaSeller(country: .vn, sellerID: "200190009", shortCode: "VN1ABCDE", shopName: "Example shop")
        default: return nil
        }
        let configuration = LazadaSimulator.Configuration(sellers: [seller], pushURL: wanted.hookURL, retryTimeScale: 0.000_01)
        let simulator = try await LazadaSimulator.start(configuration), wire = Wire(), credentials = LentCredentials()
        let connector = try LazadaConnector(wire.context([
            "appKey": configuration.appKey, "appSecret": configuration.appSecret, "country": seller.country.rawValue, "sellerID": seller.sellerID,
            "baseURL": simulator.apiURL(seller.country), "authURL": simulator.apiURL, "consentURL": simulator.consentURL,
        ], credentials: credentials))
        // Pushes are sent for sellers with a valid token alone (platforms/lazada.md §3.1).
        let tokens = try simulator.grantTokens(seller: seller.sellerID).orProblem("no tokens")
        let account = "\(seller.country.rawValue):\(seller.sellerID)"
        credentials.hold(Credential(accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, accountID: account, issuedAt: Wire.clock()))
        credentials.renew(through: connector)
        return LazadaUnderTest(lazada: simulator, wire: wire, own: connector, credentials: credentials, account: account)
    }
}

struct LazadaUnderTest: MarketplaceUnderTest, TokenUnderTest {
    let lazada: LazadaSimulator
    let wire: Wire
    let own: LazadaConnector
    let credentials: LentCredentials
    /// `th:100190009`.
    let account: String
    var connector: any Connector { own }
    var simulator: any PlatformSimulator { lazada }
    var shop: any ShopSimulator { lazada }
    let replayWindow: Duration? = nil
    let repeatStyle = RepeatStyle.asksFirst
    /// A seller may cancel up to ready-to-ship (platforms/lazada.md §6.7), and that is as far as it is told.
    let refusesLateCancel = false
    let repeatsAtPageEnds = true, pushesOrders = false
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { lazada.placeOrder(kind: .everyday) }
    func settled() async { await lazada.idle() }
    /// The platform numbers no message (platforms/lazada.md §3.4), and a try repeats its bytes.
    func identity(of delivery: CaughtWebhook) -> String { delivery.body.base64EncodedString() }
    func loseAccess() async { lazada.revokeTokens() }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method == .post }
    /// Push types are chosen in the console.
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }

    func stop() async {
        credentials.close()
        await lazada.stop()
    }

    func read() async throws(ConnectorError) { _ = try await own.listOrders(changedSince: Wire.clock() - .seconds(60), until: nil, cursor: nil, limit: 1) }
    func refused() async throws(ConnectorError) { _ = try await own.fetchOrder("\(account):1") }

    // MARK: tokens

    let grant = Credential.main
    func endAccess() async { lazada.expireAccessTokens() }

    // MARK: orders

    /// Delivered by the seller: elsewhere Lazada's couriers tell what left (platforms/lazada.md §1).
    func place() async throws -> ExternalID { lazada.placeOrder(kind: .sellerDelivered) }

    func change(_ id: ExternalID) async throws {
        guard lazada.edit(id) else { throw KitProblem("\(id) was not changed") }
    }

    func shipments(of id: ExternalID) async throws -> Int { arrangements(of: id).reduce(0, +) }
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot { order }
    /// Each unit is an item of its own there (platforms/lazada.md §4.2); ours are folded.
    func lineCount(of order: OrderSnapshot) -> Int { order.lines.reduce(0) { $0 + $1.quantity } }

    func zoo() async throws -> [ZooOrder] {
        var zoo: [ZooOrder] = []
        for kind in LazadaOrderKind.allCases {
            let id = lazada.placeOrder(kind: kind)
            // Unpaid orders are hidden.
            lazada.pay(id)
            zoo.append(ZooOrder(what: kind.rawValue, id: id))
        }
        for kind in [LazadaOrderKind.everyday, .cashOnDelivery, .twoUnits, .mixed, .discounted, .odd] {
            for later in Later.allCases {
                let id = lazada.placeOrder(kind: kind)
                try await later.act(lazada, id) { _ = try await own.arrangeShipment(of: try await action(id), by: .usual, idempotencyKey: "arrange:\(id)") }
                zoo.append(ZooOrder(what: "\(kind.rawValue), \(later.rawValue)", id: id))
            }
        }
        return zoo
    }

    /// What happens to orders after they were placed.
    private enum Later: String, CaseIterable {
        case edited, partCancelled, cancelled, askedToCancel, arranged, delivered, returned

        func act(_ lazada: LazadaSimulator, _ id: ExternalID, arrange: () async throws -> Void) async throws {
            switch self {
            case .edited: lazada.edit(id)
            case .partCancelled: lazada.cancelByBuyer(id, items: [0])
            case .cancelled: lazada.cancelByBuyer(id)
            case .askedToCancel: _ = lazada.requestCancel(id)
            case .arranged: try await arrange()
            case .delivered, .returned:
                try await arrange()
                for package in lazada.packages(of: id) { while lazada.advance(package) != nil {} }
                if self == .returned { _ = lazada.openReturn(.returnToMerchant, of: id, items: [0]) }
            }
        }
    }

    // MARK: packages

    func placeToArrange(packages: Int) async throws -> ExternalID { lazada.placeOrder(kind: packages == 1 ? .twoUnits : .twoWarehouses) }

    func arrangements(of id: ExternalID) -> [Int] {
        let told = lazada.readyToShips()
        return lazada.packages(of: id).map { told[$0] ?? 0 }
    }

    func refusedRepeats(of id: ExternalID) -> Int {
        let packed = lazada.refusedPackings(), told = lazada.refusedReadyToShips()
        return lazada.itemIDs(id).reduce(0) { $0 + (packed["\(account):\($1)"] ?? 0) } + lazada.packages(of: id).reduce(0) { $0 + (told[$1] ?? 0) }
    }

    /// Packed, and said to be ready.
    let writesOfArranging = 2
    /// A number comes with the package.
    let givesNumbersLate = false
    func giveNumbers(of id: ExternalID) {}
    func refuseNextPackage() { lazada.failPacking([LazadaPackFault(code: "700024")]) }
    func failLabels() { lazada.failLabels([.notReady, .deadURL]) }
}
