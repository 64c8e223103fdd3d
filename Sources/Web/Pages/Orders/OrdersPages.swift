import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// The grid's page, first as a plain table, and bulk actions by forms.
struct OrdersPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("orders", use: console.page(list))
        pages.post("orders/bulk", use: console.page(preview))
        pages.post("orders/bulk/start", use: console.page(start))
        pages.get("orders/bulk/:id", use: console.page(bulk))
        pages.post("orders/bulk/:id/cancel", use: console.page(cancel))
        pages.post("orders/bulk/:id/undo", use: console.page(undo))
        pages.get("orders/bulk/:id/file", use: console.page(file))
    }

    static let rowsOnPage = 25, countedUpTo = 500, maximumPage = Ledger.maximumListed / rowsOnPage

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let reading = try await GridReading.read(visit.request, hub: visit.hub, holder: visit.caller.holderID, allowsEmpty: true)
        let number = max(1, min(Int(try visit.request.query["page"] ?? "") ?? 1, Self.maximumPage)), offset = (number - 1) * Self.rowsOnPage
        // Four questions to the database that do not wait for each other.
        async let counted = ViewRoutes.counted(visit.hub, visit.caller, visit.clock)
        async let kept = visit.hub.desk.views.columns(of: reading.view?.id ?? StandardView.all.rawValue, for: visit.caller.holderID)
        async let choices = visit.hub.ledger.gridChoices()
        let index = try await visit.hub.ledger.gridIndex(reading.resolved(visit.clock), sort: reading.sort, limit: offset + Self.rowsOnPage, counted: Self.countedUpTo)
        let rows = try await visit.hub.ledger.gridRows(Array(index.ids.dropFirst(offset)))
        GridRoutes.note(rows, readBy: visit.caller, in: visit.hub)
        let (views, counts) = try await counted
        let view = OrdersView(visit: visit, reading: reading, index: index, rows: rows, views: views, counts: counts, columns: try await kept, choices: try await choices, page: number)
        return try visit.page("orders-page", title: visit.words("orders.title"), at: .orders, view.contents(), scripts: ["orders.js"], styles: ["tabulator.css", "orders.css"])
    }

    // MARK: bulk actions by forms

    @Sendable private func preview(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        let (request, ids) = try await chosen(form, visit, isFinal: false)
        guard let ids else { return visit.redirect("/orders", notice: visit.words("orders.nothingChosen"), tone: .warn) }
        let preview = try await visit.hub.desk.bulk.preview(request, of: ids)
        return try visit.page("orders-preview", title: visit.words("orders.bulk.\(request.kind.rawValue)"), at: .orders, BulkPreviewView(visit, request, ids, preview, form["all"] == "yes" ? form["filter"] : nil).contents)
    }

    @Sendable private func start(_ visit: Visit) async throws -> Response {
        let (request, ids) = try await chosen(try await visit.form(), visit, isFinal: true)
        guard let ids else { return visit.redirect("/orders", notice: visit.words("orders.nothingChosen"), tone: .warn) }
        let action = try await visit.hub.desk.bulk.start(request, of: ids, by: visit.caller.actor, holder: visit.caller.holderID)
        return visit.redirect("/orders/bulk/\(action.id)")
    }

    /// - Parameter isFinal: a reason that is missing is asked for by the preview, not refused.
    private func chosen(_ form: PageForm, _ visit: Visit, isFinal: Bool) async throws -> (BulkRequest, [OrderID]?) {
        guard let kind = form["action"].flatMap(BulkRequest.Kind.init), kind != .undo else { throw APIProblem(.badRequest, "invalid_form", visit.words("orders.unknownAction")) }
        try visit.require(BulkRoutes.scope(of: kind))
        let placeholder = isFinal ? nil : "–"
        let request = BulkRequest(kind, reason: form.text("reason") ?? placeholder, tag: form.text("tag") ?? (isFinal ? nil : "tag"), courier: form.text("courier"),
                                  format: kind == .export ? form["format"].flatMap(BulkRequest.Format.init) ?? .csv : nil, isMasked: kind == .export ? !visit.context.maySeeBuyers : nil)
        let ids = form.all("ids").compactMap { OrderID(text: $0) }
        if form["all"] == "yes", let text = form["filter"], let filter = try? JSONDecoder().decode(GridFilter.self, from: Data(text.utf8)) {      // a filter that cannot be read chooses nothing
            return (request, try await visit.hub.desk.bulk.chosen(.matching(try GridReading.checked(filter).resolved(GridReading.days(visit.clock)), except: [])))
        }
        return (request, ids.isEmpty ? nil : ids)
    }

    private func find(_ visit: Visit) async throws -> BulkAction {
        guard let id = visit.context.parameters.get("id").flatMap({ OrderID(text: $0) }), let action = try await visit.hub.desk.bulk.action(id.value) else { throw APIProblem(.notFound, "not_found", visit.words("orders.noAction")) }
        return action
    }

    static let shownRefusals = 500

    @Sendable private func bulk(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let action = try await find(visit), refused = try await visit.hub.desk.bulk.refusals(of: action.id, after: 0, limit: Self.shownRefusals)
        return try visit.page("orders-bulk", title: visit.words("orders.bulk.\(action.request.kind.rawValue)"), at: .orders, BulkActionView(visit, action, refused).contents, scripts: ["orders-bulk.js"], styles: ["orders.css"])
    }

    @Sendable private func cancel(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.ordersWrite)
        let action = try await visit.hub.desk.bulk.cancel(try await find(visit).id, by: visit.caller.actor)
        return visit.redirect("/orders/bulk/\(action.id)")
    }

    @Sendable private func undo(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.ordersWrite)
        let action = try await visit.hub.desk.bulk.undo(try await find(visit).id, by: visit.caller.actor, holder: visit.caller.holderID)
        return visit.redirect("/orders/bulk/\(action.id)")
    }

    @Sendable private func file(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        return try await BulkRoutes.file(of: try await find(visit), hub: visit.hub, caller: visit.caller, maySeeBuyers: visit.context.maySeeBuyers)
    }
}
