import Connect
import Domain
import Foundation
import HTTPTypes
import Shopat24Connector
import Shopat24Simulator
import SimulatorKit

extension Platform {
    /// Tokens, numbered pages, and pushes that sign their time and have an id.
    static let shopat24 = shopat24("shopat24", .tokens)
    /// Signed calls, pages by cursor, refusals as 200, and pushes that sign their body alone.
    static let shopat24Signed = shopat24("shopat24, signed calls", .signatures)

    private static func shopat24(_ name: String, _ way: Shopat24Way) -> Platform {
        Platform(name: name) { wanted in
            // The simulator sells in baht alone.
            guard wanted.currency == "THB" else { return nil }
            var configuration = Shopat24Configuration()
            configuration.timeScale = 0.000_001
            configuration.requestsPerSecond = 100_000
            configuration.oddShare = 0.3
            configuration.showsInvoiceTypes = true
            way.set(&configuration, hookURL: wanted.hookURL)
            let simulator = try await Shopat24Simulator.start(configuration), wire = Wire(), credentials = LentCredentials()
            let connector = try Shopat24Connector(wire.context([
                "baseURL": simulator.baseURL, "connection": configuration.connection, "secret": Shopat24Way.secret, "webhookSecret": Shopat24Way.pushSecret, "profile": way.profile(tokenURL: simulator.tokenURL),
            ], credentials: credentials))
            credentials.renew(through: connector)
            return Shopat24UnderTest(channel: simulator, wire: wire, own: connector, credentials: credentials, way: way)
        }
    }
}

/// Two of the many ways in which a profile may describe a channel (platforms/shopat24.md §2.2, §3, §4B): between them they differ in all that the kit can see.
enum Shopat24Way: Sendable {
    case tokens, signatures

    static let vendor = "vendor7", secret = "crossdock-s24-key-0002", pushSecret = "crossdock-s24-key-0003"

    func set(_ configuration: inout Shopat24Configuration, hookURL: String) {
        var webhook = Shopat24Webhook()
        webhook.hookURL = hookURL
        webhook.secret = Self.pushSecret
        switch self {
        case .tokens:
            configuration.auth = .clientCredentials(clientID: Self.vendor, clientSecret: Self.secret, scope: "orders", style: .body, expiresInSeconds: 3_600)
            webhook.template = .timestampBody
            webhook.timestampHeader = "X-S24-Timestamp"
            webhook.deliveryIDHeader = "X-S24-Delivery"
        case .signatures:
            configuration.auth = .hmac(keyID: Self.vendor, secret: Self.secret, skewSeconds: 300)
            configuration.paging = .cursor
            configuration.timeFormat = .epochSeconds
            configuration.refusesWithStatus200 = true
            webhook.prefix = "v1="
            webhook.encoding = .base64
        }
        configuration.webhook = webhook
    }

    func profile(tokenURL: String) -> String {
        switch self {
        case .tokens:
            #"""
            {"auth": {"scheme": "oauth2cc", "tokenURL": "\#(tokenURL)", "clientId": "\#(Self.vendor)", "scope": "orders", "style": "body"},
             "webhook": {"header": "X-S24-Signature", "encoding": "hex", "template": "{timestamp}.{body}", "timestampHeader": "X-S24-Timestamp", "deliveryIdHeader": "X-S24-Delivery",
                         "orderNoPointer": "/orderNo", "versionPointer": "/updatedAt"}}
            """#
        case .signatures:
            #"""
            {"auth": {"scheme": "hmac", "keyId": "\#(Self.vendor)", "skew": 300},
             "list": {"query": {"page": null, "cursor": "{cursor}"}, "timeFormat": "epochS", "paging": {"style": "cursor", "pointer": "/data/nextCursor"}},
             "webhook": {"header": "X-S24-Signature", "prefix": "v1=", "encoding": "base64", "template": "{body}", "orderNoPointer": "/orderNo"}}
            """#
        }
    }
}

struct Shopat24UnderTest: ShopUnderTest, TokenUnderTest {
    let channel: Shopat24Simulator
    let wire: Wire
    let own: Shopat24Connector
    let credentials: LentCredentials
    let way: Shopat24Way
    var connector: any Connector { own }
    var simulator: any PlatformSimulator { channel }
    var shop: any ShopSimulator { channel }
    /// Only one of the two ways signs a time.
    var replayWindow: Duration? { way == .tokens ? .seconds(300) : nil }
    let repeatStyle = RepeatStyle.sameKey
    let refusesLateCancel = true
    /// By numbered pages the connector cuts windows, and what changed in the second where two of them meet is in both.
    var repeatsAtPageEnds: Bool { way == .tokens }
    /// A window has an end, and orders move out of it with their change (platforms/shopat24.md §4B).
    let listsUpToItsStart = true
    /// A push only names the order (platforms/shopat24.md §3).
    let pushesOrders = false
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { channel.placeOrder(.any) }
    func settled() async { await channel.idle() }
    /// Without an id a try is known by its bytes, which stay the same.
    func identity(of delivery: CaughtWebhook) -> String { delivery.headers["x-s24-delivery"] ?? delivery.body.base64EncodedString() }
    func loseAccess() async { channel.endAccount() }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method == .post }
    /// Pushes are agreed on with the channel's support.
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }

    func stop() async {
        credentials.close()
        await channel.stop()
    }

    func read() async throws(ConnectorError) { _ = try await own.listOrders(changedSince: Wire.clock() - .seconds(60), until: nil, cursor: nil, limit: 1) }
    func refused() async throws(ConnectorError) { _ = try await own.fetchOrder(externalID("1")) }

    // MARK: tokens

    let grant = Credential.main
    func endAccess() async { channel.expireTokens() }

    // MARK: orders

    private func externalID(_ number: String) -> ExternalID { "\(channel.configuration.connection):\(number)" }
    private func number(of id: ExternalID) -> String { String(id.dropFirst(channel.configuration.connection.count + 1)) }

    /// To the buyer's home: what goes to a store travels by the operator's own network (platforms/shopat24.md §5).
    func place() async throws -> ExternalID { externalID(channel.placeOrder(.home)) }

    func change(_ id: ExternalID) async throws {
        guard channel.editOrder(number(of: id)) else { throw KitProblem("\(id) was not changed") }
    }

    /// By the order, or by one of its invoices.
    func shipments(of id: ExternalID) async throws -> Int {
        let number = number(of: id)
        return channel.shippedCounts.filter { $0.key == number || $0.key.hasPrefix(number + "/") }.values.reduce(0, +)
    }

    func comparable(_ order: OrderSnapshot) -> OrderSnapshot { order }

    func zoo() async throws -> [ZooOrder] {
        var zoo: [ZooOrder] = []
        for kind in Shopat24OrderKind.allCases {
            for count in 1...3 { zoo.append(ZooOrder(what: "\(kind.rawValue) \(count)", id: externalID(channel.placeOrder(kind)))) }
        }
        for later in Later.allCases {
            for kind in later.kinds {
                let number = channel.placeOrder(kind)
                guard later.act(channel, number) else { throw KitProblem("\(kind.rawValue), \(later.rawValue): the channel did not do it") }
                zoo.append(ZooOrder(what: "\(kind.rawValue), \(later.rawValue)", id: externalID(number)))
            }
        }
        return zoo
    }

    /// What happens to orders after they were placed.
    private enum Later: String, CaseIterable {
        case edited, paid, confirmed, packed, ready, cancelled, shipped, delivered, lost, atStore, collected, notCollected, returned

        var kinds: [Shopat24OrderKind] {
            switch self {
            case .paid: [.unpaid]
            case .atStore, .collected, .notCollected, .returned: [.store]
            case .cancelled: [.home, .store, .cashOnDelivery, .unpaid, .severalInvoices]
            case .edited, .confirmed, .packed, .ready, .shipped, .delivered, .lost: [.home, .cashOnDelivery, .severalInvoices]
            }
        }

        /// - Returns: false where the channel refused.
        func act(_ channel: Shopat24Simulator, _ number: String) -> Bool {
            switch self {
            case .edited: channel.editOrder(number)
            case .paid: channel.payOrder(number)
            case .confirmed: channel.move(number, to: .confirmed)
            case .packed: channel.move(number, to: .packing)
            case .ready: channel.move(number, to: .ready)
            case .cancelled: channel.cancelOrder(number)
            case .shipped: ship(channel, number)
            case .delivered: ship(channel, number) && channel.move(number, to: .delivered)
            case .lost: ship(channel, number) && channel.move(number, to: .lost)
            case .atStore: arrive(channel, number)
            case .collected: arrive(channel, number) && invoices(channel, number).allSatisfy { channel.handOver(number, invoiceNo: $0) }
            case .notCollected: arrive(channel, number) && channel.move(number, to: .notCollected)
            case .returned: arrive(channel, number) && channel.move(number, to: .notCollected) && channel.move(number, to: .returned)
            }
        }

        private func ship(_ channel: Shopat24Simulator, _ number: String) -> Bool { channel.shipOrder(number, trackingNumber: "HOUSE\(number)") }
        private func arrive(_ channel: Shopat24Simulator, _ number: String) -> Bool {
            ship(channel, number) && invoices(channel, number).allSatisfy { channel.receiveAtStore(number, invoiceNo: $0) }
        }
        private func invoices(_ channel: Shopat24Simulator, _ number: String) -> [String] { channel.order(number)?.invoices.map(\.invoiceNo) ?? [] }
    }
}
