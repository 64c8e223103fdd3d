import ArgumentParser
import CourierSimulator
import CustomShopSimulator
import Foundation
import LazadaSimulator
import Logging
import ServiceLifecycle
import Shopat24Simulator
import ShopeeSimulator
import ShopifySimulator
import SimulatorKit
import ThailandPostSimulator
import UnixSignals
import WooCommerceSimulator

/// One platform's other side, alone, for trying a channel by hand.
struct SimulateCommand: AsyncParsableCommand {
    enum Platform: String, ExpressibleByArgument, CaseIterable { case shopify, woocommerce, shopee, lazada, shopat24, custom, courier, thailandpost }

    /// A platform that listens, and what a person needs to work with it.
    struct Opened: Sendable {
        let simulator: any PlatformSimulator
        /// Of a channel of the hub.
        let settings: [String: String]
        /// Beside the platform's own: the consent page, the control plane.
        var addresses: [String: String] = [:]
        /// What is done after the channel was added, each a command with its purpose.
        var afterwards: [(purpose: String, command: String)] = []
    }

    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Starts one simulated platform on this machine and prints how to connect it; Ctrl-C ends it.",
        discussion: "The hub must be allowed to call it: `crossdock serve --allow-host 127.0.0.1`.")
    @Argument(help: "shopify, woocommerce, shopee, lazada, shopat24, custom, courier or thailandpost") var platform: Platform
    @Option(help: "The port; 0 takes any free one. thailandpost takes four in a row.") var port = 0
    @Option(help: "How badly it behaves: none, normal or storm.") var faults = FaultLevel.none
    @Option(help: "The seed of everything random; the same seed misbehaves the same way.") var seed: UInt64 = 1
    @Option(help: "New orders a second (0 to 200); thailandpost: steps of parcels a second.") var rate = 0.0
    @Option(help: "custom, lazada, shopat24, thailandpost: the hub's hook URL; the others are told it by the hub.") var hook: String?
    @Flag(help: "shopify, woocommerce: no keys are printed; the merchant agrees in the browser and brings them.") var consent = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        let highest = platform == .thailandpost ? 65_536 - PostSystem.allCases.count : 65_535
        guard (0...highest).contains(port) else { throw ValidationError("--port wants 0 to \(highest).") }
        guard (0...200).contains(rate) else { throw ValidationError("--rate wants 0 to 200.") }
        if rate > 0, platform == .courier { throw ValidationError("A courier takes orders, it makes none: leave out --rate.") }
        if consent, ![.shopify, .woocommerce].contains(platform) { throw ValidationError("--consent is for shopify and woocommerce; shopee and lazada always ask for it.") }
        if hook != nil, ![.custom, .lazada, .shopat24, .thailandpost].contains(platform) {
            throw ValidationError("--hook is for custom, lazada, shopat24 and thailandpost; the hub registers its hook at the others itself.")
        }
    }

    mutating func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = JSONLineLog(label: label)
            handler.logLevel = .error
            return handler
        }
        let opened = try await start(), command = self
        let group = ServiceGroup(configuration: .init(
            services: [.init(service: SimulatorService(simulator: opened.simulator, onStart: { command.begin(opened) }), successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "crossdock")))
        try await group.run()
    }

    private func start() async throws -> Opened {
        let plan = FaultPlan(level: faults, seed: seed)
        switch platform {
        case .shopify:
            var configuration = ShopifySimulator.Configuration(faults: plan)
            configuration.seed = seed
            configuration.port = port
            configuration.tokenMode = consent ? .authorizationCode : .clientCredentials
            // Beside a store of one's own in the same hub.
            if consent { configuration.shop = "another-merchant.myshopify.com" }
            let simulator = try await ShopifySimulator.start(configuration)
            return Opened(
                simulator: simulator,
                settings: ["shop": configuration.shop, "grant": consent ? "code" : "clientCredentials", "clientID": configuration.clientID, "clientSecret": configuration.clientSecret, "baseURL": simulator.baseURL])
        case .woocommerce:
            var configuration = WooCommerceSimulator.Configuration()
            configuration.transport = .plainHTTP
            configuration.seed = seed
            configuration.port = port
            configuration.faults = plan
            configuration.firstOrderID = WooCommerceSimulator.Configuration.freshFirstOrderID
            let simulator = try await WooCommerceSimulator.start(configuration)
            let keys = consent ? [:] : ["consumerKey": simulator.consumerKey, "consumerSecret": simulator.consumerSecret]
            return Opened(simulator: simulator, settings: keys.merging(["url": simulator.baseURL, "webhookSecret": "simulated-webhook-secret"]) { own, _ in own })
        case .shopee: return try await startShopee(plan)
        case .lazada: return try await startLazada(plan)
        case .shopat24: return try await startShopat24(plan)
        case .thailandpost: return try await startThailandPost(plan)
        case .custom:
            var configuration = CustomShopConfiguration()
            configuration.seed = seed
            configuration.port = port
            configuration.faults = plan
            configuration.hookURL = hook
            let simulator = try await CustomShopSimulator.start(configuration)
            return Opened(
                simulator: simulator,
                settings: ["secret": configuration.secret, "callbackURL": simulator.callbackURL, "callbackSecret": configuration.callbackSecret,
                           "pullURL": simulator.baseURL, "pullToken": configuration.pullToken])
        case .courier:
            var configuration = CourierConfiguration()
            configuration.port = port
            configuration.faults = plan
            configuration.pace = .seconds(5)
            let simulator = try await CourierSimulator.start(configuration)
            return Opened(
                simulator: simulator,
                settings: ["url": simulator.baseURL, "keyID": configuration.keyID, "secret": configuration.secrets[0], "callbackSecret": configuration.callbackSecret])
        }
    }

    private func begin(_ opened: Opened) {
        announce(opened)
        guard rate > 0 else { return }
        (opened.simulator as? any ShopSimulator)?.startTraffic(ordersPerSecond: rate)
        (opened.simulator as? ThailandPostSimulator)?.startTraffic(eventsPerSecond: rate)
    }

    private func announce(_ opened: Opened) {
        let baseURL = opened.simulator.baseURL
        if json {
            let value: JSONValue = ["platform": .text(platform.rawValue), "baseURL": .text(baseURL), "settings": JSONValue(opened.settings), "addresses": JSONValue(opened.addresses)]
            if let data = try? value.data() { Terminal.write(data + Data("\n".utf8)) }      // texts always encode
            return
        }
        let flags = opened.settings.sorted { $0.key < $1.key }.map { "--set '\($0.key)=\($0.value)'" }.joined(separator: " ")
        let steps = [(purpose: "Connect it", command: "crossdock channel add \(platform.rawValue) \(name) \(flags)")] + opened.afterwards
        Terminal.line((
            ["Simulated \(platform.rawValue) at \(baseURL), faults \(faults.rawValue), seed \(seed).", Self.table(opened.settings)]
                + (opened.addresses.isEmpty ? [] : ["Its own addresses:", Self.table(opened.addresses)])
                + steps.map { "\($0.purpose):  \($0.command)" } + ["Ctrl-C ends it."]).joined(separator: "\n"))
    }

    /// What the channel is called in the commands that are printed.
    private var name: String { "\"Simulated \(platform.rawValue)\"" }

    private static func table(_ rows: [String: String]) -> String {
        let sorted = rows.sorted { $0.key < $1.key }, width = sorted.map(\.key.count).max() ?? 0
        return sorted.map { "  " + $0.key.padding(to: width) + "  " + $0.value }.joined(separator: "\n")
    }
}

/// The platforms whose seller agrees in a browser, Shopat24 by its profile, and the post with its four ports.
extension SimulateCommand {
    /// How long a parcel stays at one step of its way.
    private static let parcelStep = Duration.seconds(20)

    private var authorise: (purpose: String, command: String) { ("Authorise it", "crossdock channel authorise \(name)") }

    /// What the operator types into the platform's console: the hub's hook is known only when the channel is there.
    private func telling(_ url: String, _ member: String) -> [(purpose: String, command: String)] {
        guard hook == nil else { return [] }
        return [("Tell it the channel's hookURL", "curl --data '{\"\(member)\":\"HOOK\"}' \(url)")]
    }

    private func startShopee(_ plan: FaultPlan) async throws -> Opened {
        var configuration = ShopeeConfiguration(seed: seed)
        configuration.port = port
        configuration.faults = plan
        configuration.pace = Self.parcelStep
        let simulator = try await ShopeeSimulator.start(configuration), baseURL = simulator.baseURL
        return Opened(
            simulator: simulator,
            settings: ["partnerID": "\(configuration.partnerID)", "partnerKey": configuration.partnerKey, "pushKey": configuration.pushKey ?? "",
                       "shopID": configuration.shops.first.map { "\($0.shopID)" } ?? "", "baseURL": baseURL, "consentURL": baseURL],
            addresses: ["consent": baseURL + "/auth", "control": baseURL + "/_control/"], afterwards: [authorise])
    }

    private func startLazada(_ plan: FaultPlan) async throws -> Opened {
        var configuration = LazadaSimulator.Configuration()
        configuration.seed = seed
        configuration.port = port
        configuration.faults = plan
        configuration.parcelStep = Self.parcelStep
        configuration.pushURL = hook
        let simulator = try await LazadaSimulator.start(configuration), control = simulator.baseURL + "/_control/"
        return Opened(
            simulator: simulator,
            settings: ["appKey": configuration.appKey, "appSecret": configuration.appSecret, "country": "th",
                       "baseURL": simulator.apiURL, "authURL": simulator.apiURL, "consentURL": simulator.consentURL],
            addresses: ["consent": simulator.consentURL, "control": control], afterwards: [authorise] + telling(control + "push", "url"))
    }

    private func startShopat24(_ plan: FaultPlan) async throws -> Opened {
        var configuration = SimulatedShopat24.configuration(seed: seed, faults: plan, hookURL: hook)
        configuration.port = port
        configuration.walkPause = Self.parcelStep
        let simulator = try await Shopat24Simulator.start(configuration), control = simulator.baseURL + "/_control/"
        return Opened(simulator: simulator, settings: SimulatedShopat24.settings(of: simulator), addresses: ["control": control], afterwards: telling(control + "hook", "url"))
    }

    private func startThailandPost(_ plan: FaultPlan) async throws -> Opened {
        var configuration = ThailandPostConfiguration()
        configuration.faults = plan
        configuration.webhookURL = hook
        if port > 0 { configuration.ports = Dictionary(uniqueKeysWithValues: zip(PostSystem.allCases, port...)) }
        let simulator = try await ThailandPostSimulator.start(configuration), control = simulator.baseURL + "/_control/"
        var settings = [
            "staticToken": configuration.staticToken, "webhookBearer": configuration.webhookBearer, "trackingURL": simulator.trackURL, "webhookURL": simulator.webhookURL,
            "eparcelURL": simulator.eParcelURL, "postOneURL": simulator.postOneURL, "postOneShopID": configuration.shopID, "postOneKey": configuration.apiKey,
            "senderName": "ร้านตัวอย่าง", "senderPhone": "021234567", "senderAddress": "99/1 ซอยรามคำแหง 24 แขวงหัวหมาก", "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร",
            "senderPostcode": configuration.defaultOrigin.postcode,
        ]
        for account in configuration.accounts {
            settings[account.collectsCOD ? "codUser" : "eparcelUser"] = account.user
            settings[account.collectsCOD ? "codPassword" : "eparcelPassword"] = account.password
            settings[account.collectsCOD ? "codEmsRange" : "emsRange"] = account.ranges.first { $0.prefix.hasPrefix("E") }.map { "\($0.prefix) \($0.first)-\($0.last)" }
        }
        return Opened(
            simulator: simulator, settings: settings, addresses: ["control": control],
            afterwards: telling(control + "settings", "webhookURL") + [("Let all parcels take a step", "curl --data '' \(control)advance")])
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
