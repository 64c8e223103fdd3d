import AsyncHTTPClient
import Domain
import Foundation
import Hub
import Logging
import ServiceLifecycle
import Synchronization
import Web

/// A hub on a PostgreSQL database that another one works on: its door passes everything on, and it takes over when the other is gone (docs/nodes.md).
struct Standby: Sendable {
    let lease: NodeLease, keyMark: String, host: String, endSignals: EndSignals, logger: Logger
    /// How often it looks whether the one that works is still heard of.
    static let pause = Duration.milliseconds(500)

    /// - Parameter port: where to listen meanwhile; 0 takes any free one, which is kept.
    /// - Returns: the port to work at, once this hub has the right to; nil when the process was told to end before.
    func waitForTurn(port: Int) async throws -> Int? {
        if try await lease.take(keyMark: keyMark) { return port }
        logger.notice("another hub works on this database; standing by")
        let turn = Turn(port: port), client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: StandbyServer.clientConfiguration)
        let door = StandbyServer(settings: .init(host: host, port: port), client: client, working: { turn.state.withLock { $0.working } })
            .application(logger: logger) { port in turn.state.withLock { $0.port = port } }
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: door, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Waiting(standby: self, turn: turn), successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: EndService(signals: endSignals), successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return turn.state.withLock { $0.isOurs && !endSignals.isTold ? $0.port : nil }
    }

    /// What the door and the waiting know of each other.
    private final class Turn: Sendable {
        struct State { var port: Int, working: String? = nil, isOurs = false }
        let state: Mutex<State>
        init(port: Int) { state = Mutex(State(port: port)) }
    }

    private struct Waiting: Service {
        let standby: Standby, turn: Turn

        func run() async throws {
            try await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    if try await look() { return }
                    do { try await Task.sleep(for: Standby.pause) } catch { return }
                }
            }
        }

        /// - Returns: whether it is this hub's turn. A database that cannot be reached is asked again; the door goes on with what was known.
        private func look() async throws -> Bool {
            do {
                let holder = try await standby.lease.holder()
                turn.state.withLock { $0.working = holder?.address }
                guard holder == nil, try await standby.lease.take(keyMark: standby.keyMark) else { return false }
                turn.state.withLock { $0.isOurs = true }
                return true
            } catch let fault as NodeFault {
                throw fault
            } catch {
                standby.logger.error("the database could not be asked who works", metadata: ["error": "\(error)"])
                return false
            }
        }
    }
}

/// Keeps the right to work as long as the hub runs; it is the first service of its group, so the last one to end.
struct LeaseService: Service {
    let lease: NodeLease

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await lease.keep() } catch is CancellationError { return }
        }
    }
}
