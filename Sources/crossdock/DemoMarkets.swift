import Connect
import Domain
import Foundation
import Hub
import LazadaSimulator
import Shopat24Simulator
import ShopeeSimulator
import SimulatorKit
import ThailandPostSimulator

/// The demo's marketplaces, the channel of the convenience stores, and its post office.
struct DemoMarkets: Sendable {
    let shopee: ShopeeSimulator, lazada: LazadaSimulator, shopat24: Shopat24Simulator, post: ThailandPostSimulator
    private let office: ThailandPostConfiguration
    private static let shop = "40071188"
    /// Small enough that the demo's day does not use a range up.
    private static let postCallsPerWindow = 300, trackedADay = 100_000

    /// How long a marketplace's parcel stays at each step.
    private static let pace = Duration.seconds(20)
    /// The hub asks Shopat24 five times a second at most, and an order with all its pushes is about six calls: what goes beyond, the other two sell.
    private static let mostOrdersPerSecondOfShopat24 = 0.5
    /// A burst of the hub's is never too much, so that only the faults throttle it.
    private static let shopat24CallsPerSecond = 20

    /// - Parameter isMoving: parcels of the marketplaces take their steps by themselves.
    static func start(seed: UInt64, level: FaultLevel, isMoving: Bool) async throws -> DemoMarkets {
        var shopee = ShopeeConfiguration(seed: seed &+ 4, faultLevel: level)
        shopee.pushTimeScale = DemoTown.timeScale
        shopee.pace = isMoving ? pace : nil
        shopee.maximumOrders = 20_000
        var lazada = LazadaSimulator.Configuration()
        lazada.seed = seed &+ 5
        lazada.faults = FaultPlan(level: level, seed: seed &+ 5)
        lazada.retryTimeScale = DemoTown.timeScale
        lazada.parcelStep = isMoving ? pace : nil
        var shopat24 = SimulatedShopat24.configuration(seed: seed &+ 7, faults: FaultPlan(level: level, seed: seed &+ 7))
        shopat24.timeScale = DemoTown.timeScale
        // The simulator's own pauses are compressed; this one is meant as it is told.
        shopat24.walkPause = isMoving ? pace / DemoTown.timeScale : nil
        // What a buyer fetches at a store needs no courier, and nothing in the demo would carry it there.
        shopat24.storeShare = 0
        shopat24.requestsPerSecond = shopat24CallsPerSecond
        shopat24.maximumOrders = 20_000
        var post = ThailandPostConfiguration()
        post.faults = FaultPlan(level: level, seed: seed &+ 6)
        post.timeScale = DemoTown.timeScale
        post.callsPerWindow = postCallsPerWindow
        post.trackCountLimit = trackedADay
        return DemoMarkets(shopee: try await .start(shopee), lazada: try await .start(lazada), shopat24: try await .start(shopat24), post: try await .start(post), office: post)
    }

    /// Where buyers and couriers are moved from outside, a line each.
    var controlPlanes: String {
        """
          Shopee    \(shopee.baseURL)/_control/
          Lazada    \(lazada.baseURL)/_control/
          Shopat24  \(shopat24.baseURL)/_control/
          Post      \(post.baseURL)/_control/
        """
    }

    var postSettings: [String: String] {
        let accounts = office.accounts, own = accounts[0], cod = accounts[1]
        func range(_ account: EParcelAccount) -> String { account.ranges.first.map { "\($0.prefix) \($0.first)-\($0.last)" } ?? "" }
        return [
            "eparcelUser": own.user, "eparcelPassword": own.password, "codUser": cod.user, "codPassword": cod.password, "staticToken": office.staticToken,
            "webhookBearer": office.webhookBearer, "emsRange": range(own), "codEmsRange": range(cod), "trackingURL": post.trackURL, "webhookURL": post.webhookURL,
            "eparcelURL": post.eParcelURL, "postOneURL": post.postOneURL, "senderName": "ร้านตัวอย่าง", "senderPhone": "021234567", "senderAddress": "99/1 ซอยรามคำแหง 24 แขวงหัวหมาก",
            "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
        ]
    }

    var shopeeSettings: [String: String] {
        let configuration = shopee.configuration
        return ["partnerID": "\(configuration.partnerID)", "partnerKey": configuration.partnerKey, "pushKey": configuration.pushKey ?? "", "shopID": Self.shop, "baseURL": shopee.baseURL, "consentURL": shopee.baseURL,
                HubSetting.reconcileSeconds: "20"]
    }

    var lazadaSettings: [String: String] {
        let configuration = lazada.configuration
        return ["appKey": configuration.appKey, "appSecret": configuration.appSecret, "country": "th", "baseURL": lazada.apiURL, "authURL": lazada.apiURL, "consentURL": lazada.consentURL, HubSetting.reconcileSeconds: "20"]
    }

    var shopat24Settings: [String: String] { SimulatedShopat24.settings(of: shopat24).merging([HubSetting.reconcileSeconds: "20"]) { $1 } }

    /// Whether the seller has ever agreed.
    func isAgreed(_ channel: Channel, at hub: Hub) async throws -> Bool { try await hub.channels.credentials.standings(of: channel.id).contains { $0.generation > 0 } }

    /// What the seller does in the browser: opens the platform's page, agrees, and is sent back. At each start: a platform that was ended has forgotten what it was told.
    func authorise(_ channel: Channel, at hub: Hub) async throws {
        let begun = try await hub.authorisations.begin(channel, by: "demo", session: nil)
        let answer = try await PlainHTTP.send("GET", begun.url)
        guard let location = answer.headers["location"], let items = URLComponents(string: location)?.queryItems else {
            throw ConnectorError.unreachable(reason: "the platform's consent page did not lead back")
        }
        let query = Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        hub.resume(try await hub.authorisations.complete(query, session: nil))
    }

    func startTraffic(ordersPerSecond: Double) {
        let third = min(ordersPerSecond / 3, Self.mostOrdersPerSecondOfShopat24)
        shopat24.startTraffic(ordersPerSecond: third)
        shopee.startTraffic(ordersPerSecond: (ordersPerSecond - third) / 2)
        lazada.startTraffic(ordersPerSecond: (ordersPerSecond - third) / 2)
        post.startTraffic(eventsPerSecond: max(1, ordersPerSecond))
    }

    /// How often each parcel was booked or arranged, by the other side's own count.
    var bookings: [Int] { Array(post.consignmentsPerInvoice().values) + Array(shopee.counters.arrangements.values) + Array(lazada.packings().values) }

    func stop() async {
        await shopee.stop()
        await lazada.stop()
        await shopat24.stop()
        await post.stop()
    }
}
