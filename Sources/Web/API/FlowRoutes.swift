import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Routes, jobs, replay, problems, completeness.
struct FlowRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("routes", use: routes)
        api.post("routes", use: createRoute)
        api.put("routes/:id", use: replaceRoute)
        api.delete("routes/:id", use: deleteRoute)
        api.post("routes/:id/pause") { request, context in try await setMode(.paused, context) }
        api.post("routes/:id/resume") { request, context in try await setMode(.live, context) }
        api.get("jobs", use: jobs)
        api.post("replay", use: replay)
        api.get("problems", use: problems)
        api.post("problems/:id/resolve", use: resolve)
        api.get("completeness", use: completeness)
        api.get("overview", use: overview)
    }

    // MARK: routes

    struct RouteBody: Codable {
        var name: String, events: [EventType], condition: String?, destination: String, mode: Route.Mode?, retryDelaysSeconds: [Int]?, isOrdered: Bool?
    }
    struct RouteView: Encodable {
        var id: RouteID, name: String, events: [EventType], condition: String?, destination: String, mode: Route.Mode, retryDelaysSeconds: [Int], isOrdered: Bool
    }

    private func view(_ route: Route) -> RouteView {
        let destination = switch route.destination {
        case .source: "source"
        case .courier: "courier"
        case .channel(let id): hub.channels.directory.channel(id)?.name ?? "\(id)"
        }
        return RouteView(id: route.id, name: route.name, events: route.events, condition: route.condition, destination: destination, mode: route.mode,
                         retryDelaysSeconds: route.retry.delaysSeconds, isOrdered: route.isOrdered)
    }

    @Sendable private func routes(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        return try APIWrite.json(APIWrite.Page(data: hub.channels.directory.surroundings.routes.map { view($0.route) }, nextCursor: nil))
    }

    func route(_ body: RouteBody, id: RouteID) throws -> Route {
        guard !body.name.isEmpty, body.name.count <= 100 else { throw APIProblem(.unprocessableContent, "bad_name", "A route's name has 1 to 100 characters.", pointer: "/name") }
        guard !body.events.isEmpty else { throw APIProblem(.unprocessableContent, "no_events", "Name at least one event.", pointer: "/events") }
        let delays = body.retryDelaysSeconds ?? RetryPolicy.standard.delaysSeconds
        guard delays.count <= 20, delays.allSatisfy({ (1...172_800).contains($0) }) else {
            throw APIProblem(.unprocessableContent, "bad_retry", "At most 20 waits of 1 to 172800 seconds.", pointer: "/retryDelaysSeconds")
        }
        let destination: Route.Destination = switch body.destination {
        case "source": .source
        case "courier": .courier
        default: .channel(try hub.channels.channel(named: body.destination).id)
        }
        if let condition = body.condition { _ = try RuleCondition(yaml: condition) }
        return Route(id: id, name: body.name, events: body.events, condition: body.condition, destination: destination, mode: body.mode ?? .live,
                     retry: RetryPolicy(delaysSeconds: delays), isOrdered: body.isOrdered ?? true)
    }

    @Sendable private func createRoute(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        let body = try await APIRead.body(RouteBody.self, request)
        let all = hub.channels.directory.surroundings.routes
        guard !all.contains(where: { $0.route.name == body.name }) else { throw APIProblem(.conflict, "name_taken", "A route named \(body.name) exists already.", pointer: "/name") }
        let route = try route(body, id: hub.newRouteID())
        try await hub.channels.save(route, position: all.count + 1, auditedBy: caller.actor)
        return try APIWrite.json(view(route), status: .created)
    }

    @Sendable private func replaceRoute(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        let id = try APIRead.id(RouteID.self, context, what: "route")
        guard hub.channels.directory.surroundings.routes.contains(where: { $0.route.id == id }) else { throw APIProblem.notFound("route") }
        let route = try route(try await APIRead.body(RouteBody.self, request), id: id)
        if hub.channels.directory.surroundings.routes.contains(where: { $0.route.name == route.name && $0.route.id != id }) {
            throw APIProblem(.conflict, "name_taken", "A route named \(route.name) exists already.", pointer: "/name")
        }
        try await hub.channels.save(route, position: 0, auditedBy: caller.actor)
        return try APIWrite.json(view(route))
    }

    @Sendable private func setMode(_ mode: Route.Mode, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite), id = try APIRead.id(RouteID.self, context, what: "route")
        return try APIWrite.json(view(try await setMode(mode, of: id, by: caller.actor)))
    }

    func setMode(_ mode: Route.Mode, of id: RouteID, by actor: AuditActor) async throws -> Route {
        guard var route = hub.channels.directory.surroundings.routes.first(where: { $0.route.id == id })?.route else { throw APIProblem.notFound("route") }
        guard route.mode != mode else { return route }
        route.mode = mode
        try await hub.channels.save(route, position: 0, auditedBy: actor)
        if mode == .live { hub.dispatcher.wakeAll() }
        return route
    }

    @Sendable private func deleteRoute(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        let id = try APIRead.id(RouteID.self, context, what: "route")
        guard hub.channels.directory.surroundings.routes.contains(where: { $0.route.id == id }) else { throw APIProblem.notFound("route") }
        try await hub.channels.removeRoute(id, auditedBy: caller.actor)
        return Response(status: .noContent)
    }

    // MARK: jobs

    struct JobView: Encodable {
        var id: JobID, order: OrderID, destination: String, action: JobAction, event: String, state: String, attempt: Int, runAt: Timestamp, lastCode: String?, lastMessage: String?
    }

    @Sendable private func jobs(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let destination = try request.query["destination"].map { try hub.channels.channel(named: $0).id }
        let order: OrderID? = try APIRead.identifier(request, "order"), after: JobID? = try APIRead.identifier(request, "cursor")
        let limit = try APIRead.limit(request)
        let rows = try await hub.ledger.jobs(destination: destination, order: order, after: after, limit: limit)
        let views = rows.map { row in
            JobView(id: row.job.id, order: row.job.order, destination: hub.channels.directory.channel(row.job.destination)?.name ?? "\(row.job.destination)", action: row.job.action,
                    event: row.job.eventType, state: row.state, attempt: row.job.attempt, runAt: row.runAt, lastCode: row.lastCode, lastMessage: row.lastMessage)
        }
        return try APIWrite.json(APIWrite.Page(data: views, nextCursor: views.count == limit ? views.last?.id.description : nil))
    }

    static let maximumReplayedOrders = 10_000
    struct ReplayBody: Decodable { var orders: [OrderID]?, route: String?, events: [EventType]?, from: Timestamp?, before: Timestamp?, cause: String?, dryRun: Bool? }

    @Sendable private func replay(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite), body = try await APIRead.body(ReplayBody.self, request)
        var wanted = ReplayRequest()
        wanted.orders = body.orders ?? []
        if let name = body.route {
            guard let route = hub.channels.directory.surroundings.routes.first(where: { $0.route.name == name || "\($0.route.id)" == name }) else { throw APIProblem.notFound("route") }
            wanted.route = route.route.id
        }
        wanted.events = body.events ?? []
        wanted.from = body.from
        wanted.before = body.before
        wanted.cause = body.cause
        guard !wanted.orders.isEmpty || wanted.from != nil || wanted.cause != nil else {
            throw APIProblem(.unprocessableContent, "nothing_chosen", "Narrow the replay by orders, time or cause.")
        }
        guard wanted.orders.count <= Self.maximumReplayedOrders else { throw APIProblem(.unprocessableContent, "too_many", "Name at most \(Self.maximumReplayedOrders) orders.", pointer: "/orders") }
        let isDry = body.dryRun ?? true
        let count = isDry ? try await hub.ledger.countReplay(wanted) : try await hub.ledger.replay(wanted, by: caller.name)
        if !isDry { try await hub.audit.record(AuditChange(caller.actor, "replay", wanted.route.map { "route:\($0)" } ?? "routes", after: ["count": "\(count)"], note: wanted.cause)) }
        return try APIWrite.json(APIWrite.Count(count: count))
    }

    // MARK: health of the flow

    struct ProblemView: Encodable { var id: String, kind: String, code: String, message: String, count: Int, channel: String?, order: OrderID?, delivery: DeliveryID?, updatedAt: Timestamp }

    private func view(_ line: Overview.ProblemLine) -> ProblemView {
        ProblemView(id: "\(line.id)", kind: line.kind, code: line.code, message: line.message, count: line.count,
                    channel: line.channel.flatMap { hub.channels.directory.channel($0)?.name }, order: line.order, delivery: line.delivery, updatedAt: line.updatedAt)
    }

    @Sendable private func problems(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.problems(limit: try APIRead.limit(request)).map(view), nextCursor: nil))
    }

    @Sendable private func resolve(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        guard let id = APIRead.whole(try APIRead.part(context, what: "open problem")), try await hub.resolveProblem(id) else { throw APIProblem.notFound("open problem") }
        try await hub.audit.record(AuditChange(caller.actor, "problem.resolve", "problem:\(id)"))
        return Response(status: .noContent)
    }

    struct CompletenessView: Encodable {
        var channel: String, hour: Timestamp, onPlatform: Int, here: Int, repaired: Int, difference: Int, oldestGap: Timestamp?, checkedAt: Timestamp
    }

    @Sendable private func completeness(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let channel = try request.query["channel"].map { try hub.channels.channel(named: $0).id }
        let rows = try await hub.completeness(channel: channel, hours: 72).map { row in
            CompletenessView(channel: hub.channels.directory.channel(row.channel)?.name ?? "\(row.channel)", hour: row.hour, onPlatform: row.counts.onPlatform, here: row.counts.here,
                             repaired: row.counts.repaired, difference: row.counts.onPlatform - row.counts.here - row.counts.repaired, oldestGap: row.counts.oldestGap, checkedAt: row.checkedAt)
        }
        return try APIWrite.json(APIWrite.Page(data: rows, nextCursor: nil))
    }

    struct OverviewView: Encodable {
        struct ChannelLine: Encodable { var id: ChannelID, name: String, platform: String, state: String, stateReason: String?, problem: String?, counts: [String: Int], lastHour: Int, refused: Int }
        struct DestinationLine: Encodable { var id: ChannelID, name: String, ready: Int, waiting: Int, paused: Int, dead: Int, oldestDue: Timestamp?, breaker: String, running: Int }
        struct RouteLine: Encodable { var id: RouteID, name: String, mode: Route.Mode, ready: Int, waiting: Int, paused: Int }
        var channels: [ChannelLine], destinations: [DestinationLine], routes: [RouteLine], problems: [ProblemView], workflow: [String: Int], pendingDeliveries: Int
    }

    @Sendable private func overview(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        return try APIWrite.json(try await view(hub.overview()))
    }

    func view(_ overview: Overview) -> OverviewView {
        OverviewView(
            channels: overview.channels.map { line in
                OverviewView.ChannelLine(id: line.channel.id, name: line.channel.name, platform: line.channel.platform, state: line.channel.state.rawValue,
                                         stateReason: line.channel.stateReason, problem: line.broken, counts: line.counts, lastHour: line.lastHour, refused: line.refused)
            },
            destinations: overview.destinations.map { line in
                let breaker = switch line.standing?.breaker { case .open: "open"; case .halfOpen: "trying"; default: "closed" }
                return OverviewView.DestinationLine(id: line.channel.id, name: line.channel.name, ready: line.ready, waiting: line.waiting, paused: line.paused, dead: line.dead,
                                                    oldestDue: line.oldestDue, breaker: breaker, running: line.standing?.running ?? 0)
            },
            routes: overview.routes.map { OverviewView.RouteLine(id: $0.route.id, name: $0.route.name, mode: $0.route.mode, ready: $0.ready, waiting: $0.waiting, paused: $0.paused) },
            problems: overview.problems.map(view), workflow: overview.workflow, pendingDeliveries: overview.pendingDeliveries)
    }
}
