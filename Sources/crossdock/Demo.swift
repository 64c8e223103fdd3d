import ArgumentParser
import AsyncHTTPClient
import Connect
import CourierSimulator
import CustomShopSimulator
import Domain
import Foundation
import Hub
import LazadaSimulator
import Logging
import ServiceLifecycle
import Shopat24Simulator
import ShopifySimulator
import SimulatorKit
import ThailandPostSimulator
import WooCommerceSimulator

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the hub with simulated shops and a courier on this machine, orders flowing at a rate and with faults you choose.")

    @Option(help: "The data directory; started again, the demo goes on where it was.") var data = "data/demo"
    @Option(help: "A PostgreSQL URL; without it SQLite files in the data directory.") var database: String?
    @Option(help: "Where to listen, HOST:PORT.") var listen = "127.0.0.1:8080"
    @Option(help: "New orders a second over all shops (0 to 200); at 0 no buyer and no parcel moves by itself.") var rate = 2.0
    @Option(help: "How badly platforms behave: none, normal or storm.") var faults = FaultLevel.normal
    @Option(help: "The seed of everything random; the same seed misbehaves the same way.") var seed: UInt64 = 1
    @ArgumentParser.Flag(help: "Leaves the seller's part to you: authorise both marketplaces in the browser, load the Excel file (docs/operating.md tells the day).") var byHand = false
    @Option(help: "Ends by itself after so many seconds; 0 goes on until Ctrl-C.") var seconds = 0

    mutating func run() async throws {
        guard let (host, port) = Serve.address(listen) else { throw ValidationError("--listen wants HOST:PORT, for instance 127.0.0.1:8080") }
        guard (0...200).contains(rate) else { throw ValidationError("--rate wants 0 to 200") }
        LoggingSystem.bootstrap { label in
            var handler = JSONLineLog(label: label)
            handler.logLevel = .error
            return handler
        }
        let logger = Logger(label: "crossdock"), client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
        do {
            let settings = Hub.Settings(dataFolder: data, databaseURL: database, vaultKey: ProcessInfo.processInfo.environment["CROSSDOCK_KEY"])
            var lease: NodeLease?
            let identity = try database.map { _ in try NodeIdentity(dataFolder: self.data) }
            defer { identity?.release() }
            if let database, let identity { lease = try await NodeLease.open(url: database, node: identity.name, logger: logger) }
            if let lease, try await !lease.take(keyMark: settings.vault().mark) { throw NodeFault.taken }
            let hub = try await Assembly.hub(settings, client: client, allowedHosts: ["*"], lease: lease, logger: logger)
            let town = try await DemoTown.start(seed: seed, level: faults, rate: rate, isByHand: byHand, dataFolder: data)
            let rate = rate, data = data, faults = faults, seconds = seconds
            var process = HubProcess(
                hub: hub, host: host, port: port, publicURL: nil, dataFolder: data, endSignals: await EndSignals(), logger: logger,
                onReady: { base in
                    do {
                        try await town.connect(to: hub)
                        let access = try await LocalAccess.ensureToken(hub: hub, folder: data), password = try await DemoPeople.ensure(hub: hub, folder: data)
                        town.startTraffic(ordersPerSecond: rate)
                        Terminal.write("""
                            Crossdock demo: 3 shops, 2 marketplaces, Shopat24, an Excel file, a courier and the post, \(rate) orders a second, faults \(faults.rawValue).
                              Open      \(base)/
                              Sign in   \(DemoPeople.email)  password  \(password)
                            \(town.whereToBegin(base))
                              API       curl -H "Authorization: Bearer \(access)" \(base)/api/v1/orders
                            Ctrl-C ends all of it; started again it goes on where it was.

                            """)
                    } catch { print("The demo could not connect its shops: \(Failure(error))") }
                },
                companions: [DemoService(town: town, hub: hub, seconds: seconds)])
            process.lease = lease
            do { try await process.run() } catch {
                await town.stop()
                await lease?.close()
                throw error
            }
            await lease?.close()
        } catch {
            try await client.shutdown()
            throw Failure(error)
        }
        try await client.shutdown()
    }
}

extension FaultLevel: ExpressibleByArgument {}

/// The simulated other side of the demo.
final class DemoTown: Sendable {
    let shopify: ShopifySimulator, woo: WooCommerceSimulator, custom: CustomShopSimulator, courier: CourierSimulator, markets: DemoMarkets
    private static let wooSecret = "demowebhooksecret1"
    private static let courierCallsPerSecond = 2000

    private let dataFolder: String
    /// What the seller does is left to a person.
    private let isByHand: Bool

    private init(shopify: ShopifySimulator, woo: WooCommerceSimulator, custom: CustomShopSimulator, courier: CourierSimulator, markets: DemoMarkets, isByHand: Bool, dataFolder: String) {
        self.shopify = shopify; self.woo = woo; self.custom = custom; self.courier = courier; self.markets = markets; self.isByHand = isByHand; self.dataFolder = dataFolder
    }

    /// Waits of hours become seconds: a demo shows in minutes what a platform does in a day.
    static let timeScale = 0.02

    static func start(seed: UInt64, level: FaultLevel, rate: Double, isByHand: Bool, dataFolder: String) async throws -> DemoTown {
        var shopify = ShopifySimulator.Configuration(faults: FaultPlan(level: level, seed: seed))
        shopify.seed = seed
        shopify.timeScale = timeScale
        shopify.tokenMode = .clientCredentials
        shopify.stateFile = URL(fileURLWithPath: dataFolder + "/simulated-shopify.json")
        var woo = WooCommerceSimulator.Configuration(flavour: .hpos10, transport: .plainHTTP, seed: seed &+ 1, faults: FaultPlan(level: level, seed: seed &+ 1), timeScale: timeScale)
        woo.firstOrderID = WooCommerceSimulator.Configuration.freshFirstOrderID
        var custom = CustomShopConfiguration()
        custom.seed = seed &+ 2 &+ UInt64(Date().timeIntervalSince1970)
        custom.timeScale = timeScale
        custom.faults = FaultPlan(level: level, seed: seed &+ 2)
        var courier = CourierConfiguration()
        courier.latency = .milliseconds(20)
        courier.pace = .seconds(5)
        courier.requestsPerSecond = courierCallsPerSecond
        courier.callbackTimeScale = timeScale
        courier.faults = FaultPlan(level: level, seed: seed &+ 3)
        return DemoTown(shopify: try await .start(shopify), woo: try await .start(woo), custom: try await .start(custom), courier: try await .start(courier),
                        markets: try await .start(seed: seed, level: level, isMoving: rate > 0), isByHand: isByHand, dataFolder: dataFolder)
    }

    /// The steps a person takes: each platform's own credentials go into the hub, the hub's hook address goes to the platform.
    func connect(to hub: Hub) async throws {
        let courierConfiguration = courier.configuration
        let courierChannel = try await ensure("Courier", "courier", [
            "url": courier.baseURL, "keyID": courierConfiguration.keyID, "secret": courierConfiguration.secrets[0], "callbackSecret": courierConfiguration.callbackSecret,
        ], hub)
        try await ensure("Shopify store", "shopify", [
            "shop": shopify.configuration.shop, "grant": "clientCredentials", "clientID": shopify.configuration.clientID, "clientSecret": shopify.configuration.clientSecret,
            "baseURL": shopify.baseURL, HubSetting.reconcileSeconds: "20", HubSetting.courier: courierChannel.name,
        ], hub)
        try await ensure("Woo store", "woocommerce", [
            "url": woo.baseURL, "consumerKey": woo.consumerKey, "consumerSecret": woo.consumerSecret, "webhookSecret": Self.wooSecret,
            HubSetting.reconcileSeconds: "20", HubSetting.courier: courierChannel.name,
        ], hub)
        let own = try await ensure("Own shop", "custom", [
            "secret": custom.configuration.secret, "callbackURL": custom.callbackURL, "callbackSecret": custom.configuration.callbackSecret,
            "pullURL": custom.baseURL, "pullToken": custom.configuration.pullToken, HubSetting.reconcileSeconds: "20", HubSetting.courier: courierChannel.name,
        ], hub)
        let shopat24 = try await ensure("Shopat24", "shopat24", markets.shopat24Settings.merging([HubSetting.courier: courierChannel.name]) { $1 }, hub)
        markets.shopat24.setHook(url: hub.channels.hookURL(of: shopat24))
        let post = try await ensure("Thailand Post", "thailandpost", markets.postSettings, hub)
        markets.post.adjust { $0.webhookURL = hub.channels.hookURL(of: post) }
        let files = try await ensure("Excel orders", "file", [HubSetting.courier: post.name, HubSetting.approval: isByHand ? "manual" : "automatic"], hub)
        for (name, platform, settings) in [("Shopee TH", "shopee", markets.shopeeSettings), ("Lazada TH", "lazada", markets.lazadaSettings)] {
            let channel = try await ensure(name, platform, settings, hub)
            if platform == "lazada" { markets.lazada.setPushURL(hub.channels.hookURL(of: channel)) }
            do {
                if isByHand, try await !markets.isAgreed(channel, at: hub) { continue }
                try await markets.authorise(channel, at: hub)
            } catch { print("\(name): \(Failure(error))") }
        }
        custom.setHook(url: hub.channels.hookURL(of: own))
        for channel in hub.channels.directory.surroundings.channels.values where channel.state == .active {
            // A shop that fails just now, as the faults want it to: the hub shows it as a problem and tries again by itself.
            do { _ = try await hub.registerWebhooks(of: channel) } catch { print("\(channel.name): \(Failure(error))") }
        }
        hub.reconciler.wake()
        let workbook = try DemoFile.write(in: dataFolder, orders: isByHand ? DemoFile.few : DemoFile.many)
        if !isByHand { _ = try await FileImporter(hub: hub).commit(workbook, fileName: DemoFile.name, channel: files.id) }
    }

    /// The lines that say what to do first, and by which addresses the world outside is moved.
    func whereToBegin(_ base: String) -> String {
        guard isByHand else { return "  Begin     \(base)/ship  is where parcels are packed" }
        return """
              Begin     \(base)/channels  authorise Shopee TH and Lazada TH; then \(base)/files, and \(base)/ship where parcels are packed
              Excel     \(DemoFile.path(in: dataFolder))
            \(markets.controlPlanes)
            """
    }

    @discardableResult
    private func ensure(_ name: String, _ platform: String, _ settings: [String: String], _ hub: Hub) async throws -> Channel {
        if let known = try? hub.channels.channel(named: name) {      // unknown: it is added below
            try await hub.channels.set(settings, of: known.id)
            try await hub.channels.setState(.active, reason: nil, of: known.id)
            return known
        }
        return try await hub.channels.add(platform: platform, name: name, settings: settings, by: "demo")
    }

    func startTraffic(ordersPerSecond: Double) {
        guard ordersPerSecond > 0 else { return }
        shopify.startTraffic(ordersPerSecond: ordersPerSecond * 0.3)
        woo.startTraffic(ordersPerSecond: ordersPerSecond * 0.3)
        custom.startTraffic(ordersPerSecond: ordersPerSecond * 0.1)
        markets.startTraffic(ordersPerSecond: ordersPerSecond * 0.3)
    }

    func stop() async {
        await shopify.stop()
        await woo.stop()
        await custom.stop()
        await courier.stop()
        await markets.stop()
    }
}

/// Keeps a line of counters on the terminal, and ends the shops with the process.
struct DemoService: Service {
    let town: DemoTown, hub: Hub, seconds: Int

    func run() async throws {
        let started = ContinuousClock.now
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(5)) } catch { break }
                if let overview = try? await hub.overview() {      // a missed line is no loss
                    let orders = overview.workflow.values.reduce(0, +), ready = overview.destinations.map(\.ready).reduce(0, +), dead = overview.destinations.map(\.dead).reduce(0, +)
                    let counts = Array(town.courier.bookings().values) + town.markets.bookings
                    print("\(orders) orders, \(ready) jobs ready, \(dead) dead letters, \(overview.problems.count) problems · couriers, post, marketplaces: \(counts.count) booked, \(counts.filter { $0 > 1 }.count) twice")
                }
                if seconds > 0, ContinuousClock.now - started > .seconds(seconds) { kill(getpid(), SIGINT); break }
            }
        }
        await town.stop()
    }
}
