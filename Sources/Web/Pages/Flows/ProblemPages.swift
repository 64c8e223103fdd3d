import Domain
import HTTPTypes
import Hub
import Hummingbird

/// What only a person can decide, with a button for what is done.
struct ProblemPages {
    let console: Console
    static let pageSize = 200

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/problems", use: console.page(list))
        pages.post("flows/problems/:id/resolve", use: console.page(resolve))
    }

    struct Line: Sendable { var id: String, kind: String, message: String, code: String, count: String?, channel: String?, channelPath: String?, order: String?, time: PageTime }
    struct Content: Sendable { var tabs: [FlowTab], rows: [Line], hasRows: Bool, isCut: Bool, mayChange: Bool }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let problems = try await visit.hub.problems(limit: Self.pageSize), writer = FlowWriter(visit: visit)
        let rows = problems.map { line in
            Line(id: "\(line.id)", kind: visit.words.has("flows.problems.kinds.\(line.kind)") ? visit.words("flows.problems.kinds.\(line.kind)") : line.kind, message: visit.words.said(line.message), code: line.code,
                 count: line.count > 1 ? visit.words("channels.times", ["count": writer.count(line.count)]) : nil, channel: line.channel.map(writer.channel), channelPath: line.channel.map { "/channels/\($0)" },
                 order: line.order.map { "\($0)" }, time: visit.time(line.updatedAt))
        }
        let content = Content(tabs: FlowTab.all(visit, at: .problems), rows: rows, hasRows: !rows.isEmpty, isCut: rows.count == Self.pageSize, mayChange: visit.caller.may(.flowsWrite))
        return try visit.page("flows-problems", title: visit.words("flows.tabs.problems"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    @Sendable private func resolve(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form()
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "open problem")), try await visit.hub.resolveProblem(id) else { throw APIProblem.notFound("open problem") }
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, "problem.resolve", "problem:\(id)"))
        // Only back to a channel: no other address of the form's choosing.
        let back = form["back"].flatMap { $0.hasPrefix("/channels/") && $0.dropFirst("/channels/".count).allSatisfy(\.isNumber) ? $0 : nil } ?? "/flows/problems"
        return visit.redirect(back, notice: visit.words("flows.problems.resolved"))
    }
}
