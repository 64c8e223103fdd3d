import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// A route: what it takes, where it sends it, how failures are tried again; made, changed, paused, taken away.
struct RoutePages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/routes/new", use: console.page { try show($0, nil) })
        pages.post("flows/routes/new", use: console.page { try await save($0, nil) })
        pages.get("flows/routes/:id", use: console.page { try show($0, try find($0, may: .flowsRead)) })
        pages.post("flows/routes/:id", use: console.page { try await save($0, try find($0, may: .flowsWrite)) })
        pages.post("flows/routes/:id/pause", use: console.page { try await setMode($0, .paused) })
        pages.post("flows/routes/:id/resume", use: console.page { try await setMode($0, .live) })
        pages.post("flows/routes/:id/remove", use: console.page(remove))
    }

    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct Content: Sendable {
        var id: String?
        var heading: String, action: String, name: String, events: [Choice], destinations: [Choice], condition: String, delays: String, isOrdered: Bool, isPaused: Bool, mayChange: Bool
        var fault: String?
        var faultField: String?
        var nameFault: String?
        var eventsFault: String?
        var conditionFault: String?
        var delaysFault: String?
        var destinationFault: String?
    }

    private func find(_ visit: Visit, may scope: Scope) throws -> Route {
        try visit.require(scope)
        let id = try APIRead.id(RouteID.self, visit.context, what: "route")
        guard let route = visit.hub.channels.directory.surroundings.routes.first(where: { $0.route.id == id })?.route else { throw APIProblem.notFound("route") }
        return route
    }

    private func destinations(_ visit: Visit, chosen: String) -> [Choice] {
        let own = [("courier", visit.words("flows.route.courier")), ("source", visit.words("flows.route.source"))]
        let channels = visit.hub.channels.directory.surroundings.channels.values.filter { $0.state != .removed && $0.kind != .file }.sorted { $0.name < $1.name }.map { ($0.name, $0.name) }
        return (own + channels).map { Choice(value: $0.0, name: $0.1, isChosen: $0.0 == chosen) }
    }

    private func events(_ visit: Visit, chosen: Set<String>) -> [Choice] {
        let writer = FlowWriter(visit: visit)
        return EventType.allCases.map { Choice(value: $0.rawValue, name: writer.event($0.rawValue), isChosen: chosen.contains($0.rawValue)) }
    }

    private func show(_ visit: Visit, _ route: Route?) throws -> Response {
        try visit.require(.flowsRead)
        if route == nil { try visit.require(.flowsWrite) }
        let destination = switch route?.destination {
        case .source: "source"
        case .channel(let id): visit.hub.channels.directory.channel(id)?.name ?? ""
        case .courier, nil: "courier"
        }
        return try page(visit, route, name: route?.name ?? "", events: Set(route?.events.map(\.rawValue) ?? []), destination: destination, condition: route?.condition ?? "",
                        delays: (route?.retry ?? .standard).delaysSeconds.map(String.init).joined(separator: ", "), isOrdered: route?.isOrdered ?? true)
    }

    private func page(_ visit: Visit, _ route: Route?, name: String, events: Set<String>, destination: String, condition: String, delays: String, isOrdered: Bool, problem: APIProblem? = nil) throws -> Response {
        func fault(_ pointer: String) -> String? { problem?.pointer == pointer ? problem?.detail : nil }
        let known = ["/name", "/events", "/condition", "/retryDelaysSeconds", "/destination"]
        let content = Content(
            id: route.map { "\($0.id)" }, heading: route?.name ?? visit.words("flows.route.new"), action: route.map { "/flows/routes/\($0.id)" } ?? "/flows/routes/new", name: name,
            events: self.events(visit, chosen: events), destinations: destinations(visit, chosen: destination), condition: condition, delays: delays, isOrdered: isOrdered, isPaused: route?.mode == .paused,
            mayChange: visit.caller.may(.flowsWrite), fault: problem.flatMap { known.contains($0.pointer ?? "") ? visit.words("channels.form.faults") : $0.detail }, faultField: problem?.pointer,
            nameFault: fault("/name"), eventsFault: fault("/events"), conditionFault: fault("/condition"), delaysFault: fault("/retryDelaysSeconds"), destinationFault: fault("/destination"))
        return try visit.page("flows-route", title: content.heading, at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"], status: problem?.status ?? .ok)
    }

    private func save(_ visit: Visit, _ route: Route?) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form(), hub = visit.hub
        let name = form.text("name") ?? "", events = form.all("events"), destination = form["destination"] ?? "", condition = form.text("condition"), delays = form.text("delays") ?? "", isOrdered = form["isOrdered"] != nil
        do {
            let numbers = delays.split { $0 == "," || $0 == " " || $0.isNewline }.map(String.init), waits = numbers.compactMap { Int($0) }
            guard waits.count == numbers.count else { throw APIProblem(.unprocessableContent, "bad_retry", visit.words("flows.route.badDelays"), pointer: "/retryDelaysSeconds") }
            if hub.channels.directory.surroundings.routes.contains(where: { $0.route.name == name && $0.route.id != route?.id }) {
                throw APIProblem(.conflict, "name_taken", visit.words("flows.route.nameTaken"), pointer: "/name")
            }
            let body = FlowRoutes.RouteBody(name: name, events: events.compactMap(EventType.init(rawValue:)), condition: condition, destination: destination, mode: route?.mode ?? .live, retryDelaysSeconds: waits, isOrdered: isOrdered)
            let made = try FlowRoutes(hub: hub).route(body, id: route?.id ?? hub.newRouteID())
            try await hub.channels.save(made, position: hub.channels.directory.surroundings.routes.count + 1, auditedBy: visit.caller.actor)
            return visit.redirect("/flows", notice: visit.words("flows.route.saved", ["name": made.name]))
        } catch {
            var problem = APIProblem(error)
            guard problem.status.code < 500 else { throw error }
            if problem.pointer == nil { problem.pointer = error is ChannelFault ? "/destination" : error is RuleError ? "/condition" : nil }
            return try page(visit, route, name: name, events: Set(events), destination: destination, condition: condition ?? "", delays: delays, isOrdered: isOrdered, problem: problem)
        }
    }

    private func setMode(_ visit: Visit, _ mode: Route.Mode) async throws -> Response {
        try visit.require(.flowsWrite)
        _ = try await visit.form()
        let route = try await FlowRoutes(hub: visit.hub).setMode(mode, of: try find(visit, may: .flowsWrite).id, by: visit.caller.actor)
        return visit.redirect("/flows", notice: visit.words("flows.route.\(mode == .paused ? "pausedNow" : "resumedNow")", ["name": route.name]))
    }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        _ = try await visit.form()
        let route = try find(visit, may: .flowsWrite)
        try await visit.hub.channels.removeRoute(route.id, auditedBy: visit.caller.actor)
        return visit.redirect("/flows", notice: visit.words("flows.route.removed", ["name": route.name]))
    }
}
