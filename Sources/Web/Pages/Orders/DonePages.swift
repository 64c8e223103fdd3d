import Domain
import Hub
import Hummingbird

/// What a person did to many orders lately, saved edits and bulk actions, with the way back.
struct DonePages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("orders/done", use: console.page(list))
        pages.post("orders/edits/:id/undo", use: console.page(undo))
    }

    static let shown = 50

    struct Edit: Sendable { var at: PageTime, what: String, note: String?, undo: String? }
    struct Bulk: Sendable { var at: PageTime, what: String, note: String?, href: String, state: StateWord }
    struct Contents: Sendable { var edits: [Edit], hasEdits: Bool, bulk: [Bulk], hasBulk: Bool }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let words = visit.words, mayWrite = visit.caller.may(.ordersWrite)
        async let batches = visit.hub.desk.edits.batches(of: visit.caller.holderID, before: nil, limit: Self.shown)
        let actions = try await visit.hub.desk.bulk.actions(of: visit.caller.holderID, before: nil, limit: Self.shown)
        let edits = try await batches.map { batch in
            let isOver = batch.undoneBy != nil, note = batch.undoOf != nil ? words("orders.undoOf") : isOver ? words("orders.undoneBy") : nil
            return Edit(at: visit.time(batch.createdAt), what: words.counted("orders.done.cells", batch.cells, ["orders": words.counted("orders.done.orders", batch.orders)]), note: note,
                        undo: isOver || !mayWrite ? nil : "/orders/edits/\(batch.id)/undo")
        }
        let bulk = actions.map { action in
            let view = BulkActionView(visit, action, []).contents
            return Bulk(at: view.at, what: view.heading + (view.detail.map { ": \($0)" } ?? ""), note: view.summary, href: "/orders/bulk/\(action.id)", state: view.state)
        }
        return try visit.page("orders-done", title: words("orders.done.title"), at: .orders, Contents(edits: edits, hasEdits: !edits.isEmpty, bulk: bulk, hasBulk: !bulk.isEmpty), styles: ["orders.css"])
    }

    @Sendable private func undo(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.ordersWrite)
        let id = try APIRead.id(OrderID.self, visit.context, what: "saved batch").value
        let (results, batch) = try await visit.hub.desk.edits.undo(id, by: visit.caller.actor, holder: visit.caller.holderID)
        let kept = results.count { !$0.conflicts.isEmpty || !$0.refused.isEmpty }, orders = visit.words.counted("orders.done.orders", batch?.orders ?? 0)
        guard kept > 0 else { return visit.redirect("/orders/done", notice: visit.words("orders.done.undone", ["orders": orders])) }
        return visit.redirect("/orders/done", notice: visit.words("orders.done.undonePartly", ["orders": orders, "kept": visit.words.counted("orders.done.orders", kept)]), tone: .warn)
    }
}
