import HTTPTypes
package import Hummingbird
import Logging
package import NIOCore
import ServiceLifecycle
import Synchronization

/// What a simulator's routes get: the stock context, and the connection, so that an answer can be lost on purpose.
package struct BasicSimulatorContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    package var maxUploadSize: Int { SimulatorServer.maximumBodyBytes }

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Closes the connection under the answer: the caller sees no status at all. Whatever is returned afterwards goes nowhere.
    package func loseAnswer() async -> Response {
        // The connection may be gone already; then the answer is lost anyway.
        try? await channel.close(mode: .all).get()
        return Response(status: .internalServerError)
    }
}

package enum SimulatorError: Error, Equatable {
    case alreadyStarted(name: String)
    case didNotStart(name: String, reason: String)
}

/// A Hummingbird application on 127.0.0.1 that a simulator starts and stops.
package final class SimulatorServer: Sendable {
    /// The largest body a simulator takes.
    package static let maximumBodyBytes = 8 << 20
    /// What an answer under way gets when the server stops; a hanging one is cancelled then.
    private static let stopGrace: Duration = .milliseconds(200)

    private struct State {
        var run: Task<Void, Never>?
        var group: ServiceGroup?
        var port: Int?
    }

    package let name: String
    private let wantedPort: Int
    private let router: Mutex<Router<BasicSimulatorContext>>
    private let state = Mutex(State())

    /// - Parameter port: 0 lets the system choose, which tests always do.
    package init(name: String, port: Int = 0, buildRouter: (Router<BasicSimulatorContext>) -> Void) {
        self.name = name
        wantedPort = port
        let router = Router(context: BasicSimulatorContext.self)
        buildRouter(router)
        self.router = Mutex(router)
    }

    /// With the middleware that lets `faults` strike every route (see `FaultMiddleware`).
    package convenience init(
        name: String, port: Int = 0, faults: FaultPlan, answer: @escaping FaultMiddleware.Answer = FaultMiddleware.plainAnswer,
        buildRouter: (Router<BasicSimulatorContext>) -> Void
    ) {
        self.init(name: name, port: port) { router in
            router.addMiddleware { FaultMiddleware(plan: faults, answer: answer) }
            buildRouter(router)
        }
    }

    /// - Returns: the port it listens on.
    @discardableResult
    package func start() async throws -> Int {
        var logger = Logger(label: "simulator.\(name)")
        // The package reports an answer that `stop` cancels as an error.
        logger.logLevel = .critical
        let started = AsyncStream.makeStream(of: Result<Int, SimulatorError>.self, bufferingPolicy: .bufferingOldest(1))
        let name = name
        let responder = router.withLock { $0.buildResponder() }
        let app = Application(
            responder: responder,
            configuration: .init(address: .hostname("127.0.0.1", port: wantedPort), serverName: "simulator-\(name)"),
            onServerRunning: { started.continuation.yield(.success($0.localAddress?.port ?? 0)) },
            logger: logger)
        // Stopped as a group, never by cancelling its task: a connection accepted at that moment would be dropped unfinished, which the
        // package answers with a crash.
        var configuration = ServiceGroupConfiguration(services: [.init(service: app)], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopGrace
        let group = ServiceGroup(configuration: configuration)
        guard state.withLock({ $0.run == nil }) else { throw SimulatorError.alreadyStarted(name: name) }
        // Ends when `stop` shuts the group down; `stop` waits for it.
        let run = Task {
            do { try await group.run() } catch { started.continuation.yield(.failure(.didNotStart(name: name, reason: "\(error)"))) }
            started.continuation.finish()
        }
        for await result in started.stream {
            let port = try result.get()
            state.withLock { state in
                state.run = run
                state.group = group
                state.port = port
            }
            return port
        }
        throw SimulatorError.didNotStart(name: name, reason: "the server ended before it listened")
    }

    /// The port it listens on; nil before `start` and after `stop`.
    package var port: Int? { state.withLock { $0.port } }

    /// `http://127.0.0.1:PORT`, without a final slash.
    package var baseURL: String { "http://127.0.0.1:\(port ?? 0)" }

    /// Closes every connection, hanging ones too, and waits until the port is free.
    package func stop() async {
        let (run, group) = state.withLock { state in
            defer { state = State() }
            return (state.run, state.group)
        }
        await group?.triggerGracefulShutdown()
        await run?.value
    }
}
