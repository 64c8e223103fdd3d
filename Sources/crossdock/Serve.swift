import ArgumentParser
import AsyncHTTPClient
import Connect
import Domain
import Foundation
import Hub
import Logging
import ServiceLifecycle
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the hub: hooks, API, console page, and all that moves orders.")

    @Option(help: "The data directory (made when missing, mode 0700).") var data = "data"
    @Option(help: "A PostgreSQL URL; without it the hub keeps SQLite files in the data directory.") var database: String?
    @Option(help: "Where to listen, HOST:PORT; port 0 takes any free one.") var listen = "127.0.0.1:8080"
    @Option(name: .customLong("node-url"), help: "The address under which other hubs on the same PostgreSQL database reach this one; without it, where it listens.") var nodeURL: String?
    @Option(name: .customLong("public-url"), help: "The address under which platforms reach the hub, for hook URLs.") var publicURL: String?
    @Option(name: .customLong("allow-host"), help: "A host inside the network that channels may call (repeatable; * allows all).") var allowHost: [String] = []
    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error") var logLevel = "info"

    mutating func run() async throws {
        let level = Logger.Level(rawValue: logLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = JSONLineLog(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "crossdock")
        guard let (host, port) = Self.address(listen) else { throw ValidationError("--listen wants HOST:PORT, for instance 127.0.0.1:8080") }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
        do {
            try await work(host: host, port: port, client: client, logger: logger)
        } catch {
            try await client.shutdown()
            throw Failure(error)
        }
        try await client.shutdown()
    }

    /// Waits for its turn where hubs share a database, then runs the hub to its end.
    private func work(host: String, port: Int, client: HTTPClient, logger: Logger) async throws {
        let settings = Hub.Settings(dataFolder: data, databaseURL: database, vaultKey: ProcessInfo.processInfo.environment["CROSSDOCK_KEY"]), publicURL = publicURL
        let endSignals = await EndSignals()
        var lease: NodeLease?, port = port
        let identity = try database.map { _ in try NodeIdentity(dataFolder: data) }
        defer { identity?.release() }
        if let database, let identity {
            let opened = try await NodeLease.open(url: database, node: identity.name, logger: logger)
            guard let ours = try await Standby(lease: opened, keyMark: settings.vault().mark, host: host, endSignals: endSignals, logger: logger).waitForTurn(port: port) else { return await opened.close() }
            (lease, port) = (opened, ours)
        }
        do {
            let allowedHosts = Set(allowHost), held = lease
            let start: @Sendable () async throws -> Hub = { try await Assembly.hub(settings, client: client, allowedHosts: allowedHosts, lease: held, logger: logger) }
            // The right to work is kept from its first moment on: a start may take longer than it lasts.
            let hub = if let held { try await held.keeping(start) } else { try await start() }
            var process = HubProcess(hub: hub, host: host, port: port, publicURL: publicURL, dataFolder: data, endSignals: endSignals, logger: logger, onReady: { base in
                do { try await OwnerLink.printIfNobodyIsThere(hub: hub, base: publicURL ?? base) } catch { logger.error("the owner's link could not be made", metadata: ["error": "\(Failure(error))"]) }
            })
            process.lease = lease
            process.nodeURL = nodeURL
            try await process.run()
        } catch {
            await lease?.close()
            throw error
        }
        await lease?.close()
    }

    static func address(_ text: String) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else { return nil }
        let host = String(text[..<colon])
        return host.isEmpty ? nil : (host, port)
    }
}

/// The hub and its server as one process: started together, ended in order by SIGTERM or SIGINT.
struct HubProcess {
    let hub: Hub, host: String, port: Int, publicURL: String?, dataFolder: String, endSignals: EndSignals, logger: Logger
    /// Told once the server listens.
    var onReady: @Sendable (_ baseURL: String) async -> Void = { _ in }
    /// More that runs as long as the hub does (the demo's shops).
    var companions: [any Service] = []
    /// The right to work on a database that hubs share, and the address under which the others reach this one.
    var lease: NodeLease?, nodeURL: String?

    func run() async throws {
        let server = try WebServer(hub: hub, settings: .init(host: host, port: port))
        let publicURL = publicURL, host = host, hub = hub, dataFolder = dataFolder, logger = logger, onReady = onReady, lease = lease, nodeURL = nodeURL
        let (bases, ready) = AsyncStream<String>.makeStream()
        let application = server.application(logger: logger) { port in
            let base = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            hub.channels.setPublicURL(publicURL ?? base)
            do { try await hub.channels.reload() } catch { logger.error("channels could not be read", metadata: ["error": "\(error)"]) }
            LocalAccess.note(address: base, in: dataFolder)
            do { try await lease?.announce(address: nodeURL ?? Self.reachable(base, host: host)) } catch { logger.error("the other hubs could not be told the address", metadata: ["error": "\(error)"]) }
            do { _ = try await LocalAccess.ensureToken(hub: hub, folder: dataFolder) } catch { logger.error("local access could not be made", metadata: ["error": "\(error)"]) }
            logger.info("listening", metadata: ["address": "\(base)"])
            // Not awaited here: the server takes calls only after this closure has returned, and what follows readiness may call it.
            ready.yield(base)
            ready.finish()
        }
        var configuration = ServiceGroupConfiguration(
            services: (lease.map { [.init(service: LeaseService(lease: $0))] } ?? []) + [
                .init(service: HubService(hub: hub)),
                .init(service: application, successTerminationBehavior: .gracefullyShutdownGroup, failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: ReadyService(bases: bases, onReady: onReady), successTerminationBehavior: .ignore),
            ] + companions.map { .init(service: $0, successTerminationBehavior: .ignore) }
                + [.init(service: EndService(signals: endSignals), successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// A hub that listens everywhere is found under its machine's name.
    private static func reachable(_ base: String, host: String) -> String {
        guard ["0.0.0.0", "::"].contains(host), let port = URL(string: base)?.port else { return base }
        return "http://\(ProcessInfo.processInfo.hostName):\(port)"
    }
}

/// Runs what is to happen once the server listens.
struct ReadyService: Service {
    let bases: AsyncStream<String>, onReady: @Sendable (String) async -> Void
    func run() async throws { for await base in bases.cancelOnGracefulShutdown() { await onReady(base) } }
}

struct HubService: Service {
    let hub: Hub
    func run() async throws { await cancelWhenGracefulShutdown { await hub.run() } }
}

/// An error with its sentence, for the terminal.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ error: any Error) { description = (error as? any HubError)?.sentence ?? "\(error)" }
}
