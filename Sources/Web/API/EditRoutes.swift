import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Edits of many cells of many orders as one saved batch, and its way back.
struct EditRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.post("order-edits", use: save)
        api.post("order-edits/check", use: check)
        api.get("order-edits", use: list)
        api.post("order-edits/:id/undo", use: undo)
    }

    struct Body: Decodable {
        struct Edit: Decodable { var order: OrderID, revision: Int?, cells: [String: CellEdit] }
        var edits: [Edit]
    }

    private func read(_ request: Request, _ context: AppContext) async throws -> [OrderEdit] {
        let body = try await APIRead.body(Body.self, request)
        let edits = body.edits.map { OrderEdit(order: $0.order, revision: $0.revision, cells: $0.cells) }
        guard Set(edits.map(\.order)).count == edits.count else { throw APIProblem(.unprocessableContent, "order_twice", "Each order comes once in a batch.", pointer: "/edits") }
        // What somebody cannot see they cannot have meant to change.
        if !context.maySeeBuyers, edits.contains(where: { $0.cells.keys.contains(where: GridRow.isPersonal) }) { _ = try context.require(.buyersRead) }
        return edits
    }

    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), edits = try await read(request, context)
        let (results, batch) = try await hub.desk.edits.save(edits, by: caller.actor, holder: caller.holderID)
        return try answer(results, batch, context)
    }

    /// What is wrong or doubtful about values before they are saved.
    @Sendable private func check(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersWrite)
        let remarks = try await hub.desk.edits.check(try await read(request, context))
        struct View: Encodable { var order: OrderID, field: String, code: String, sentence: String, isRefused: Bool }
        return try APIWrite.json(APIWrite.Page(data: remarks.map { View(order: $0.order, field: $0.field, code: $0.code, sentence: context.said($0.sentence), isRefused: $0.isRefused) }, nextCursor: nil))
    }

    struct BatchView: Encodable {
        var id: String, by: String, orders: Int, cells: Int, undoOf: String?, undoneBy: String?, createdAt: Timestamp
        init(_ batch: EditBatch) {
            id = "\(batch.id)"; by = batch.actor; orders = batch.orders; cells = batch.cells; undoOf = batch.undoOf.map { "\($0)" }; undoneBy = batch.undoneBy.map { "\($0)" }; createdAt = batch.createdAt
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), limit = try APIRead.limit(request), cursor: OrderID? = try APIRead.identifier(request, "cursor")
        let batches = try await hub.desk.edits.batches(of: caller.holderID, before: cursor?.value, limit: limit)
        return try APIWrite.json(APIWrite.Page(data: batches.map(BatchView.init), nextCursor: batches.count == limit ? batches.last.map { "\($0.id)" } : nil))
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try APIRead.id(OrderID.self, context, what: "saved batch").value
        let (results, batch) = try await hub.desk.edits.undo(id, by: caller.actor, holder: caller.holderID)
        return try answer(results, batch, context)
    }

    struct Answer: Encodable {
        struct Result: Encodable {
            var order: OrderID, number: String?, outcome: OrderEditResult.Outcome, revision: Int?, workflow: Workflow?, isRebased: Bool, isAmended: Bool
            var applied: [FieldChange], conflicts: [Conflict], refused: [Refusal]
        }
        struct Conflict: Encodable { var field: String, mine: String?, theirs: String?, cause: Cause?, at: Timestamp? }
        struct Refusal: Encodable { var field: String, code: String, sentence: String }
        var results: [Result], batch: BatchView?
    }

    private func answer(_ results: [OrderEditResult], _ batch: EditBatch?, _ context: AppContext) throws -> Response {
        let isMasked = !context.maySeeBuyers
        func shown(_ value: String?, _ field: String) -> String? { isMasked && GridRow.isPersonal(field) ? GridRow.mask(value) : value }
        let views = results.map { result in
            Answer.Result(
                order: result.order, number: result.number, outcome: result.outcome, revision: result.revision, workflow: result.workflow, isRebased: result.isRebased, isAmended: result.isAmended,
                applied: result.applied.map { FieldChange($0.field, from: shown($0.from, $0.field), to: shown($0.to, $0.field)) },
                conflicts: result.conflicts.map { Answer.Conflict(field: $0.field, mine: shown($0.mine, $0.field), theirs: shown($0.theirs, $0.field), cause: $0.cause, at: $0.at) },
                refused: result.refused.map { Answer.Refusal(field: $0.field, code: $0.refusal.code, sentence: context.said($0.refusal.sentence)) })
        }
        return try APIWrite.json(Answer(results: views, batch: batch.map(BatchView.init)))
    }
}
