import Foundation
import HTTPTypes
import Hummingbird
package import SimulatorKit
import Synchronization

/// Thailand Post on four ports of 127.0.0.1, read from platforms/thailandpost.md alone: A tracking, B pushes, C bookings, D numbers. It counts
/// what it was told, lets parcels move, collects COD, and misbehaves on request.
package final class ThailandPostSimulator: PlatformSimulator {
    private struct Machinery: Sendable { var servers: [PostSystem: SimulatorServer], schedule: Schedule<PlannedPush> }

    package let platform = "thailandpost"
    package let faults: FaultPlan
    let state: Mutex<PostState>
    let sender: WebhookSender
    let traffic: Traffic
    private let machinery = Mutex<Machinery?>(nil)

    /// All four systems listen when it returns.
    package static func start(_ configuration: ThailandPostConfiguration = ThailandPostConfiguration()) async throws -> ThailandPostSimulator {
        let simulator = ThailandPostSimulator(configuration)
        var servers: [PostSystem: SimulatorServer] = [:]
        for system in PostSystem.allCases {
            servers[system] = SimulatorServer(name: "thailandpost-\(system.rawValue)", port: configuration.ports[system] ?? 0) { router in
                router.addMiddleware {
                    FaultMiddleware(plan: configuration.faults, sparedPrefix: PostControl.prefix) { fault, _ in Self.answer(to: fault, at: system) }
                }
                for method in [HTTPRequest.Method.get, .post, .put, .delete] {
                    router.on("**", method: method) { request, context in try await simulator.answer(system, request, context) }
                }
            }
        }
        let schedule = Schedule<PlannedPush> { [weak simulator] push in simulator?.send(push) }
        simulator.machinery.withLock { $0 = Machinery(servers: servers, schedule: schedule) }
        do {
            for server in servers.values { try await server.start() }
        } catch {
            await simulator.stop()
            throw error
        }
        return simulator
    }

    private init(_ configuration: ThailandPostConfiguration) {
        faults = configuration.faults
        state = Mutex(PostState(configuration))
        traffic = Traffic(seed: configuration.faults.seed)
        var policy = WebhookPolicy()
        policy.totalTimeout = .seconds(5)
        policy.retrySchedule = [.seconds(60), .seconds(300), .seconds(1_800)]
        policy.timeScale = configuration.timeScale
        sender = WebhookSender(policy: policy, faults: configuration.faults)
    }

    // MARK: Addresses

    /// System A's host, without a final slash.
    package var baseURL: String { host(of: .track) }
    /// `…/post/api/v1/`.
    package var trackURL: String { host(of: .track) + PostState.apiPrefix }
    /// `…/post/api/v1/` on another port.
    package var webhookURL: String { host(of: .webhook) + PostState.apiPrefix }
    /// `…/webservice/`.
    package var eParcelURL: String { host(of: .eParcel) + PostState.eParcelPrefix }
    /// `…/api/bc.php`.
    package var postOneURL: String { host(of: .postOne) + PostState.postOnePath }

    /// `http://127.0.0.1:PORT`; the control plane is under `/_control/` of each.
    package func host(of system: PostSystem) -> String { machinery.withLock { $0?.servers[system]?.baseURL } ?? "" }

    package func stop() async {
        await traffic.stop()
        guard let machinery = machinery.withLock({ $0 }) else { return }
        await machinery.schedule.stop()
        await sender.stop()
        for server in machinery.servers.values { await server.stop() }
    }

    // MARK: The way of a call

    private func answer(_ system: PostSystem, _ request: Request, _ context: BasicSimulatorContext) async throws -> Response {
        let call = try await PostCall(request, context)
        if call.path.hasPrefix(PostControl.prefix) { return await PostControl(simulator: self).answer(call).response }
        switch gate(system, call) {
        case .open: break
        case .closed(let reply): return reply.response
        case .silent(let pause):
            try await Task.sleep(for: pause)
            return await context.loseAnswer()
        }
        let reply = change { state in
            switch system {
            case .track: state.track(call)
            case .webhook: state.webhook(call)
            case .eParcel: state.eParcel(call)
            case .postOne: state.postOne(call)
            }
        }
        return reply.response
    }

    private enum Gate { case open, closed(PostReply), silent(Duration) }

    /// Outages, and addresses that are not on the list; every call is counted, let in or not.
    private func gate(_ system: PostSystem, _ call: PostCall) -> Gate {
        state.withLock { state in
            let operation = call.path.split(separator: "/").last.map(String.init) ?? ""
            state.calls["\(system.rawValue) \(operation)", default: 0] += 1
            let settings = state.settings
            if let outage = state.outages[system] {
                if state.now < outage.until {
                    state.counts["calls during an outage", default: 0] += 1
                    return outage.hangs ? .silent(settings.hang) : .closed(.unavailable)
                }
                state.outages[system] = nil
            }
            guard let allowed = settings.allowedAddresses, !allowed.contains(call.address) else { return .open }
            switch (system, settings.refusal) {
            case (.postOne, _): return settings.postOneNeedsAllowedAddress ? .closed(.html(403, "Forbidden")) : .open
            case (.eParcel, .unauthorised): return .closed(.html(401, "Unauthorized"))
            case (.eParcel, .forbidden): return .closed(.html(403, "Forbidden"))
            case (.eParcel, .timeOut): return .silent(settings.hang)
            case (.track, _), (.webhook, _): return .open
            }
        }
    }

    /// Changes what the post knows, and sends what came of it.
    func change<Value: Sendable>(_ body: (inout PostState) -> Value) -> Value {
        let (value, pushes, pause) = state.withLock { state in
            let value = body(&state)
            defer { state.outbox = [] }
            return (value, state.outbox, state.settings.pushDelay * state.settings.timeScale)
        }
        guard pause > .zero, let schedule = machinery.withLock({ $0?.schedule }) else {
            for push in pushes { send(push) }
            return value
        }
        for push in pushes { schedule.add(push, after: pause) }
        return value
    }

    /// A fault in the words of the system it strikes. C has no throttling.
    private static func answer(to fault: Fault, at system: PostSystem) -> Response? {
        let isAPI = system == .track || system == .webhook
        return switch fault {
        case .throttle: isAPI ? PostReply.refused(429, "Too Many Requests").response : nil
        case .serverError(let status): PostReply.html(status, "Server Error").response
        case .expireToken: PostReply.html(401, "Unauthorized").response
        default: nil
        }
    }
}
