import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// The day at a glance, the part of it that changes, and the way from a number to its order.
struct TodayPages {
    static let maximumFind = 200

    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("/", use: console.page(show))
        pages.get("today/board", use: console.page(board))
        pages.post("today/problems/:id/close", use: console.page(close))
        pages.get("find", use: console.page(find))
    }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.page("today-page", title: visit.words("today.title"), at: .today, try await TodayPage(visit).view(), scripts: ["today.js"], styles: ["uplot.css", "today.css"])
    }

    @Sendable private func board(_ visit: Visit) async throws -> Response { try visit.fragment("today-board", try await TodayPage(visit).view()) }

    @Sendable private func close(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.flowsWrite)
        guard let id = visit.context.parameters.get("id").flatMap({ Int64($0) }), try await visit.hub.resolveProblem(id) else {
            return visit.redirect("/", notice: visit.words("today.problemGone"), tone: .warn)
        }
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, "problem.resolve", "problem:\(id)"))
        return visit.redirect("/", notice: visit.words("today.problemClosed"))
    }

    /// A number, a name, a phone or a tracking number: the one order that it means, or the list of those that it may mean.
    @Sendable private func find(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let text = try visit.request.query["q"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard !text.isEmpty else { return visit.redirect("/orders") }
        guard text.count <= Self.maximumFind else { return visit.redirect("/", notice: visit.words("today.findTooLong"), tone: .warn) }
        switch try await visit.hub.ledger.found(text) {
        case .one(let id): return visit.redirect(TodayLinks.order(id))
        case .several: return visit.redirect("/orders?search=\(TodayLinks.escaped(text))")
        case .none:
            // Nothing is a page of its own: the search stays, to be corrected.
            struct Nothing: Sendable { var sought: String }
            return try visit.page("today-nothing", title: visit.words("today.nothingFound"), at: .orders, Nothing(sought: text), status: .notFound)
        }
    }
}
