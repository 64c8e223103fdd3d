import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Sending past events again: chosen first, counted, then sent.
struct ReplayPages {
    let console: Console
    static let maximumOrders = 500

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/replay", use: console.page { try await show($0, Choice($0)) })
        pages.post("flows/replay", use: console.page(act))
    }

    struct Option: Sendable { var value: String, name: String, isChosen: Bool }
    /// What stands in the form.
    struct Choice: Sendable {
        var orders = "", route = "", events: Set<String> = [], from = "", before = "", cause = ""
        init(_ visit: Visit) throws {
            orders = try visit.request.query["order"] ?? ""
            route = try visit.request.query["route"] ?? ""
        }
        init(_ form: PageForm) {
            orders = form.text("orders") ?? ""
            route = form["route"] ?? ""
            events = Set(form.all("events"))
            from = form.text("from") ?? ""
            before = form.text("before") ?? ""
            cause = form.text("cause") ?? ""
        }
    }
    struct Content: Sendable {
        var tabs: [FlowTab], orders: String, routes: [Option], events: [Option], from: String, before: String, cause: String, chosenEvents: [String], chosenRoute: String
        var counted: String?, sends: String?, hasCount: Bool, problem: String?
    }

    private func show(_ visit: Visit, _ choice: Choice, count: Int? = nil, problem: String? = nil) async throws -> Response {
        try visit.require(.flowsWrite)
        let writer = FlowWriter(visit: visit), routes = visit.hub.channels.directory.surroundings.routes.map(\.route)
        let content = Content(
            tabs: FlowTab.all(visit, at: .replay), orders: choice.orders, routes: routes.map { Option(value: "\($0.id)", name: $0.name, isChosen: "\($0.id)" == choice.route) },
            events: Set(routes.flatMap(\.events)).map(\.rawValue).sorted().map { Option(value: $0, name: writer.event($0), isChosen: choice.events.contains($0)) }, from: choice.from, before: choice.before, cause: choice.cause,
            chosenEvents: choice.events.sorted(), chosenRoute: choice.route, counted: count.map { visit.words.counted("flows.replay.counted", $0) }, sends: count.flatMap { $0 > 0 ? visit.words.counted("flows.replay.send", $0) : nil },
            hasCount: (count ?? 0) > 0, problem: problem)
        return try visit.page("flows-replay", title: visit.words("flows.tabs.replay"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"], status: problem == nil ? .ok : .unprocessableContent)
    }

    @Sendable private func act(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form(), choice = Choice(form), words = visit.words, ledger = visit.hub.ledger
        var request = ReplayRequest()
        request.route = RouteID(text: choice.route)
        request.events = choice.events.compactMap(EventType.init(rawValue:)).sorted { $0.rawValue < $1.rawValue }
        request.cause = choice.cause.isEmpty ? nil : choice.cause
        do {
            request.from = try time(choice.from, visit)
            request.before = try time(choice.before, visit)
            request.orders = try await orders(choice.orders, visit)
        } catch let fault as ReplayFault { return try await show(visit, choice, problem: fault.sentence(words)) }
        guard !request.orders.isEmpty || request.from != nil || request.cause != nil else { return try await show(visit, choice, problem: words("flows.replay.narrow")) }
        guard form["action"] == "send" else { return try await show(visit, choice, count: try await ledger.countReplay(request)) }
        let count = try await ledger.replay(request, by: visit.caller.name)
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, "replay", request.route.map { "route:\($0)" } ?? "routes", after: ["count": "\(count)"], note: request.cause))
        return visit.redirect("/flows/jobs", notice: words.counted("flows.replay.sent", count))
    }

    enum ReplayFault: Error {
        case noTime, unknownOrder(String), tooMany
        func sentence(_ words: Words) -> String {
            switch self {
            case .noTime: words("flows.replay.noTime")
            case .unknownOrder(let text): words("flows.replay.unknownOrder", ["order": text])
            case .tooMany: words("flows.replay.tooMany", ["count": "\(ReplayPages.maximumOrders)"])
            }
        }
    }

    /// `2026-11-21T10:30` on the workspace's clock.
    private func time(_ text: String, _ visit: Visit) throws -> Timestamp? {
        guard !text.isEmpty else { return nil }
        guard let local = Timestamp(rfc3339: text.utf8.count == 16 ? text + ":00Z" : text + "Z") else { throw ReplayFault.noTime }
        let rough = Timestamp(milliseconds: local.milliseconds - visit.clock.offsetMilliseconds(at: local))
        return Timestamp(milliseconds: local.milliseconds - visit.clock.offsetMilliseconds(at: rough))
    }

    /// Orders by their number or their id, with commas, spaces or lines between them.
    private func orders(_ text: String, _ visit: Visit) async throws -> [OrderID] {
        let parts = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
        guard parts.count <= Self.maximumOrders else { throw ReplayFault.tooMany }
        var found: [OrderID] = []
        for part in parts {
            if let id = OrderID(text: part), try await visit.hub.ledger.order(id) != nil { found.append(id); continue }
            var filter = OrderFilter()
            filter.search = part
            let matches = try await visit.hub.ledger.orders(filter, after: nil, limit: 20).orders.filter { $0.snapshot.externalNumber == part || $0.snapshot.externalNumber == "#" + part }
            guard !matches.isEmpty else { throw ReplayFault.unknownOrder(part) }
            found += matches.map(\.id)
        }
        return found
    }
}
