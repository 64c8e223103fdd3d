import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// What waits to be sent, with a button to send it now.
struct JobPages {
    let console: Console
    static let pageSize = 100

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/jobs", use: console.page(list))
        pages.post("flows/jobs/:id/send", use: console.page(send))
    }

    struct Line: Sendable {
        var id: String, order: String?, destination: String, destinationPath: String, what: String, state: StateWord, due: PageTime, tries: String, last: String?, maySend: Bool
    }
    struct Content: Sendable { var tabs: [FlowTab], destinations: [DestinationChoice], rows: [Line], hasRows: Bool, more: String?, counted: String?, mayChange: Bool }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let query = try visit.request.query, hub = visit.hub, writer = FlowWriter(visit: visit)
        let destination = try DestinationChoice.chosen(visit), order: OrderID? = query["order"]?.isEmpty == false ? try APIRead.identifier(visit.request, "order") : nil
        let after: JobID? = try APIRead.identifier(visit.request, "cursor"), mayChange = visit.caller.may(.flowsWrite)
        let jobs = try await hub.ledger.jobs(destination: destination, order: order, after: after, limit: Self.pageSize)
        let rows = jobs.map { row in
            let state = StateWord(word: visit.words("flows.jobStates.\(row.state)"), tone: row.state == "ready" ? "going" : row.state == "waiting" ? "warn" : "off")
            return Line(id: "\(row.job.id)", order: row.job.action == .fetch ? nil : "\(row.job.order)", destination: writer.channel(row.job.destination), destinationPath: "/channels/\(row.job.destination)",
                        what: "\(writer.action(row.job.action.rawValue))", state: state, due: visit.time(row.runAt), tries: "\(row.job.attempt)",
                        last: row.lastMessage ?? row.lastCode, maySend: mayChange && row.state == "ready" && row.runAt > visit.now)
        }
        let queue = hub.ledger.queues.byDestination, all = destination.map { queue[$0]?.all ?? 0 } ?? queue.values.map(\.all).reduce(0, +)
        let more = jobs.count == Self.pageSize ? jobs.last.map { "/flows/jobs?cursor=\($0.job.id)" + (destination.map { "&destination=\($0)" } ?? "") } : nil
        let content = Content(tabs: FlowTab.all(visit, at: .jobs), destinations: DestinationChoice.all(visit, chosen: destination), rows: rows, hasRows: !rows.isEmpty, more: more,
                              counted: order == nil && all > 0 ? visit.words.counted("flows.jobs.all", all) : nil, mayChange: mayChange)
        return try visit.page("flows-jobs", title: visit.words("flows.tabs.jobs"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    @Sendable private func send(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form()
        let answer = try await visit.hub.ledger.sendNow(try APIRead.id(JobID.self, visit.context, what: "waiting job"), by: visit.caller.actor)
        let word = switch answer { case .sent: "sent"; case .unknown: "gone"; case .waits: "waits"; case .paused: "paused" }
        let back = form["destination"].flatMap { $0.isEmpty ? nil : "/flows/jobs?destination=\($0.filter(\.isNumber))" } ?? "/flows/jobs"
        return visit.redirect(back, notice: visit.words("flows.jobs.\(word)"), tone: answer == .sent ? .good : .warn)
    }
}

/// The destinations to choose from in a filter.
struct DestinationChoice: Sendable {
    var id: String, name: String, isChosen: Bool

    static func chosen(_ visit: Visit) throws -> ChannelID? {
        guard let text = try visit.request.query["destination"], !text.isEmpty else { return nil }
        return try visit.hub.channels.channel(named: text).id
    }

    static func all(_ visit: Visit, chosen: ChannelID?) -> [DestinationChoice] {
        visit.hub.channels.directory.surroundings.channels.values.filter { $0.state != .removed && $0.kind != .file }.sorted { $0.name < $1.name }
            .map { DestinationChoice(id: "\($0.id)", name: $0.name, isChosen: $0.id == chosen) }
    }
}
