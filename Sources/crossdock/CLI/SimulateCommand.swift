import ArgumentParser
import CourierSimulator
import CustomShopSimulator
import Foundation
import Logging
import ServiceLifecycle
import ShopifySimulator
import SimulatorKit
import UnixSignals
import WooCommerceSimulator

/// One platform's other side, alone, for trying a channel by hand.
struct SimulateCommand: AsyncParsableCommand {
    enum Platform: String, ExpressibleByArgument, CaseIterable { case shopify, woocommerce, custom, courier }

    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Starts one simulated platform on this machine and prints how to connect it; Ctrl-C ends it.",
        discussion: "The hub must be allowed to call it: `crossdock serve --allow-host 127.0.0.1`.")
    @Argument(help: "shopify, woocommerce, custom or courier") var platform: Platform
    @Option(help: "The port; 0 takes any free one.") var port = 0
    @Option(help: "How badly it behaves: none, normal or storm.") var faults = FaultLevel.none
    @Option(help: "The seed of everything random; the same seed misbehaves the same way.") var seed: UInt64 = 1
    @Option(help: "New orders a second (0 to 200).") var rate = 0.0
    @Option(help: "custom: the hub's hook URL; the other shops are told it by the hub.") var hook: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port wants 0 to 65535.") }
        guard (0...200).contains(rate) else { throw ValidationError("--rate wants 0 to 200.") }
        if rate > 0, platform == .courier { throw ValidationError("A courier takes orders, it makes none: leave out --rate.") }
        if hook != nil, platform != .custom { throw ValidationError("--hook is for custom; the hub registers its hook at the others itself.") }
    }

    mutating func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = JSONLineLog(label: label)
            handler.logLevel = .error
            return handler
        }
        let (simulator, settings) = try await start()
        let command = self
        let group = ServiceGroup(configuration: .init(
            services: [.init(service: SimulatorService(simulator: simulator, onStart: { command.opened(simulator, settings) }), successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "crossdock")))
        try await group.run()
    }

    /// The simulator, and the settings a channel of the hub needs to work with it.
    private func start() async throws -> (any PlatformSimulator, [String: String]) {
        let plan = FaultPlan(level: faults, seed: seed)
        switch platform {
        case .shopify:
            var configuration = ShopifySimulator.Configuration(faults: plan)
            configuration.seed = seed
            configuration.port = port
            configuration.tokenMode = .clientCredentials
            let simulator = try await ShopifySimulator.start(configuration)
            return (simulator, ["shop": configuration.shop, "grant": "clientCredentials", "clientID": configuration.clientID, "clientSecret": configuration.clientSecret, "baseURL": simulator.baseURL])
        case .woocommerce:
            var configuration = WooCommerceSimulator.Configuration()
            configuration.transport = .plainHTTP
            configuration.seed = seed
            configuration.port = port
            configuration.faults = plan
            configuration.firstOrderID = WooCommerceSimulator.Configuration.freshFirstOrderID
            let simulator = try await WooCommerceSimulator.start(configuration)
            return (simulator, ["url": simulator.baseURL, "consumerKey": simulator.consumerKey, "consumerSecret": simulator.consumerSecret, "webhookSecret": "simulated-webhook-secret"])
        case .custom:
            var configuration = CustomShopConfiguration()
            configuration.seed = seed
            configuration.port = port
            configuration.faults = plan
            configuration.hookURL = hook
            let simulator = try await CustomShopSimulator.start(configuration)
            return (simulator, ["secret": configuration.secret, "callbackURL": simulator.callbackURL, "callbackSecret": configuration.callbackSecret,
                                "pullURL": simulator.baseURL, "pullToken": configuration.pullToken])
        case .courier:
            var configuration = CourierConfiguration()
            configuration.port = port
            configuration.faults = plan
            configuration.pace = .seconds(5)
            let simulator = try await CourierSimulator.start(configuration)
            return (simulator, ["url": simulator.baseURL, "keyID": configuration.keyID, "secret": configuration.secrets[0], "callbackSecret": configuration.callbackSecret])
        }
    }

    private func opened(_ simulator: any PlatformSimulator, _ settings: [String: String]) {
        announce(simulator, settings)
        if rate > 0 { (simulator as? any ShopSimulator)?.startTraffic(ordersPerSecond: rate) }
    }

    private func announce(_ simulator: any PlatformSimulator, _ settings: [String: String]) {
        if json {
            let value: JSONValue = ["platform": .text(platform.rawValue), "baseURL": .text(simulator.baseURL), "settings": JSONValue(settings)]
            if let data = try? value.data() { Terminal.write(data + Data("\n".utf8)) }      // texts always encode
            return
        }
        let sorted = settings.sorted { $0.key < $1.key }, width = sorted.map(\.key.count).max() ?? 0
        let lines = sorted.map { "  " + $0.key.padding(to: width) + "  " + $0.value }.joined(separator: "\n")
        let flags = sorted.map { "--set '\($0.key)=\($0.value)'" }.joined(separator: " ")
        Terminal.line("""
            Simulated \(platform.rawValue) at \(simulator.baseURL), faults \(faults.rawValue), seed \(seed).
            \(lines)
            Connect it:  crossdock channel add \(platform.rawValue) "Simulated \(platform.rawValue)" \(flags)
            Ctrl-C ends it.
            """)
    }
}

struct SimulatorService: Service {
    let simulator: any PlatformSimulator
    /// Called when a signal already ends it in order: not before is it announced.
    let onStart: @Sendable () -> Void
    func run() async throws {
        onStart()
        try? await gracefulShutdown()      // cancelled instead: it ends all the same
        await simulator.stop()
    }
}
