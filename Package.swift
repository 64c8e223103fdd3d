// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Every target of ours is built with these: strict existentials, explicit imports, and warnings that fail the build.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let http: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOFoundationCompat", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpParts: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")

/// The houses, top to bottom of `docs/architecture.md`: an arrow may only point down.
let connectors = ["Shopify", "WooCommerce", "CustomShop", "Shopee", "Lazada", "Shopat24", "Courier", "ThailandPost", "SignedWebhook", "FileDrop", "Spreadsheet"]
let simulators = ["Shopify", "WooCommerce", "CustomShop", "Shopee", "Lazada", "Shopat24", "Courier", "ThailandPost"]

/// The pages of a module and of its rooms stand beside their code and are no resources.
func pages(_ path: String) -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/" + path
    let rooms = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return (["README.md"] + rooms.sorted().map { "\($0)/README.md" }).filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
}

func connector(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
    .target(name: "\(name)Connector", dependencies: ["Connect", "Domain", crypto, httpTypes] + extra, path: "Sources/Connectors/\(name)", exclude: pages("Sources/Connectors/\(name)"), swiftSettings: settings)
}
func simulator(_ name: String) -> Target {
    .target(name: "\(name)Simulator", dependencies: ["SimulatorKit", "Domain", hummingbird, http, httpTypes, crypto, logging] + nio,
            path: "Sources/Simulators/\(name)", exclude: pages("Sources/Simulators/\(name)"), swiftSettings: settings)
}
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", resources: resources, swiftSettings: settings)
}

/// `CROSSDOCK_TESTS=CourierTests swift build --build-tests` builds the tests of that room alone (a comma list; absent: all).
let chosenTests = Context.environment["CROSSDOCK_TESTS"].map { Set($0.split(separator: ",").map(String.init)) }

let package = Package(
    name: "crossdock",
    products: [.executable(name: "crossdock", targets: ["crossdock"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZint", providers: [.apt(["libzint-dev"])]),
        .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(name: "CQPDF", pkgConfig: "libqpdf", providers: [.apt(["libqpdf-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .target(name: "Domain", exclude: pages("Sources/Domain"), resources: [.embedInCode("Addresses/cl-regions.csv"), .embedInCode("Addresses/cl-comunas.csv"), .embedInCode("Addresses/th-provinces.csv")], swiftSettings: settings),
        .target(name: "Database", dependencies: ["Domain", "CPostgres", logging, .product(name: "GRDB", package: "GRDB.swift")], exclude: pages("Sources/Database"), swiftSettings: settings),
        .target(name: "Connect", dependencies: ["Domain", http, httpTypes, crypto, logging] + nio, exclude: pages("Sources/Connect"), swiftSettings: settings),
        .target(name: "Documents", dependencies: ["Domain", "CZip", "CZint", "CExpat", "CPango", "CQPDF"], exclude: pages("Sources/Documents"), swiftSettings: settings),
        connector("Shopify"), connector("WooCommerce"), connector("CustomShop"), connector("Courier"),
        connector("SignedWebhook"), connector("FileDrop"), connector("Spreadsheet"),
        connector("Shopee"), connector("Lazada"), connector("Shopat24"), connector("ThailandPost"),
        .target(name: "Hub", dependencies: ["Domain", "Database", "Connect", "Documents", crypto, cryptoExtras, logging, yams, lifecycle] + nio, exclude: pages("Sources/Hub"), swiftSettings: settings),
        .target(name: "SimulatorKit", dependencies: ["Domain", hummingbird, http, httpTypes, crypto, logging, lifecycle] + nio, path: "Sources/Simulators/Kit", exclude: pages("Sources/Simulators/Kit"), swiftSettings: settings),
        simulator("Shopify"), simulator("WooCommerce"), simulator("CustomShop"), simulator("Courier"),
        simulator("Shopee"), simulator("Lazada"), simulator("Shopat24"), simulator("ThailandPost"),
        .target(name: "Web", dependencies: ["Hub", "Domain", "Database", "Connect", "Documents", hummingbird, http, httpTypes, crypto, logging, mustache, yams, lifecycle, httpParts] + nio,
                exclude: pages("Sources/Web"), resources: [.copy("OpenAPI"), .copy("Templates"), .copy("Assets"), .copy("Strings"), .copy("Phrases")], swiftSettings: settings),
        .executableTarget(
            name: "crossdock",
            dependencies: ["Web", "Hub", "Domain", "Database", "Connect", "Documents", "SimulatorKit", hummingbird, http, httpTypes, crypto, logging, arguments, lifecycle, unixSignals, yams]
                + nio + connectors.map { .target(name: "\($0)Connector") } + simulators.map { .target(name: "\($0)Simulator") },
            exclude: pages("Sources/crossdock"), swiftSettings: settings),
        .target(name: "DossierSamples", path: "Tests/DossierSamples", swiftSettings: settings),
        .target(name: "Waiting", path: "Tests/Waiting", swiftSettings: settings),
        tests("Domain", ["Domain"]),
        tests("Database", ["Waiting", "Database"]),
        tests("Connect", ["Connect", "Domain", http, httpTypes, hummingbird]),
        tests("Documents", ["Documents"]),
        tests("Shopify", ["Waiting", "ShopifyConnector", "ShopifySimulator", "Connect", "Domain", "SimulatorKit", http]),
        tests("WooCommerce", ["Waiting", "WooCommerceConnector", "WooCommerceSimulator", "Connect", "Domain", "SimulatorKit", http, httpTypes, logging, crypto]),
        tests("CustomShop", ["Waiting", "CustomShopConnector", "CustomShopSimulator", "Connect", "Domain", "SimulatorKit", http]),
        tests("Courier", ["Waiting", "CourierConnector", "CourierSimulator", "Connect", "Domain", "SimulatorKit", http]),
        tests("Shopee", ["ShopeeConnector", "DossierSamples", "ShopeeSimulator", "Connect", "Domain", "SimulatorKit", http, httpTypes, logging, crypto]),
        tests("ShopeeSimulator", ["ShopeeSimulator", "Domain", "SimulatorKit", http, httpTypes, crypto]),
        tests("Lazada", ["LazadaConnector", "DossierSamples", "LazadaSimulator", "Connect", "Domain", "SimulatorKit", http, httpTypes, logging, crypto]),
        tests("LazadaSimulator", ["Waiting", "LazadaSimulator", "Domain", "SimulatorKit", http, httpTypes, crypto]),
        tests("Shopat24", ["Shopat24Connector", "Shopat24Simulator", "Connect", "Domain", "SimulatorKit", http, httpTypes, logging, crypto]),
        tests("Shopat24Simulator", ["Waiting", "Shopat24Simulator", "Domain", "SimulatorKit", http, httpTypes, crypto]),
        tests("ThailandPost", ["ThailandPostConnector", "ThailandPostSimulator", "Connect", "Domain", "SimulatorKit", http, httpTypes, logging, crypto]),
        tests("ThailandPostSimulator", ["ThailandPostSimulator", "Domain", "SimulatorKit", http, httpTypes, crypto]),
        tests("Destination", ["SignedWebhookConnector", "FileDropConnector", "SpreadsheetConnector", "Connect", "Domain", "Documents"]),
        tests("Hub", ["Waiting", "Hub", "Database", "Connect", "Domain", "Documents"]),
        tests("Web", ["Waiting", "Web", "Hub", "Database", "Connect", "Domain", hummingbird, httpTypes, logging, .product(name: "HummingbirdTesting", package: "hummingbird")] + nio),
        tests("Law", ["Waiting", "Hub", "Web", "Database", "Connect", "Documents", "Domain", "SimulatorKit", http, httpTypes, hummingbird, logging] + nio + connectors.map { .target(name: "\($0)Connector") } + simulators.map { .target(name: "\($0)Simulator") }),
        tests("Conformance", ["Waiting", "Hub", "Connect", "Domain", "SimulatorKit", http, logging] + connectors.map { .target(name: "\($0)Connector") } + simulators.map { .target(name: "\($0)Simulator") }),
        tests("Fuzz", ["DossierSamples", "Hub", "Connect", "Domain", "Documents", "Database"] + connectors.map { .target(name: "\($0)Connector") }),
        tests("Campaign", ["Waiting", "Hub", "Web", "Database", "Connect", "Domain", "SimulatorKit", http] + nio + connectors.map { .target(name: "\($0)Connector") } + simulators.map { .target(name: "\($0)Simulator") }),
    ].filter { $0.type != .test || chosenTests?.contains($0.name) ?? true }
)
