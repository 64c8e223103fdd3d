import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// Bulk actions: previewed, started, followed, stopped, taken back, and what they made fetched.
struct BulkRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.post("order-bulk/preview", use: preview)
        api.post("order-bulk", use: start)
        api.get("order-bulk", use: list)
        api.get("order-bulk/:id", use: one)
        api.get("order-bulk/:id/refused", use: refused)
        api.post("order-bulk/:id/cancel", use: cancel)
        api.get("order-bulk/:id/undo", use: previewUndo)
        api.post("order-bulk/:id/undo", use: undo)
        api.get("order-bulk/:id/file", use: file)
    }

    struct Body: Decodable {
        var action: BulkRequest.Kind, reason: String?, tag: String?, courier: String?, format: BulkRequest.Format?
        var ids: [OrderID]?, filter: GridFilter?, except: [OrderID]?
        /// How many the one who asks has seen to match.
        var expected: Int?
    }

    struct Preview: Encodable {
        struct Group: Encodable { var code: String, sentence: String, count: Int, sample: [Sample] }
        struct Sample: Encodable { var id: OrderID, number: String }
        var total: Int, goes: Int, unchanged: Int, refused: [Group]
        init(_ preview: BulkPreview, _ said: (String) -> String) {
            total = preview.total; goes = preview.goes; unchanged = preview.unchanged
            refused = preview.refused.map { group in Group(code: group.code, sentence: said(group.sentence), count: group.count, sample: zip(group.sample, group.numbers).map { Sample(id: $0, number: $1) }) }
        }
    }

    struct View: Encodable {
        var id: String, action: BulkRequest.Kind, reason: String?, tag: String?, courier: String?, format: BulkRequest.Format?, state: BulkAction.State
        var total: Int, done: Int, went: Int, unchanged: Int, refused: Int, by: String, isMine: Bool, canBeUndone: Bool, undoOf: String?, undoneBy: String?, createdAt: Timestamp, updatedAt: Timestamp
        init(_ action: BulkAction, for holder: Int64) {
            id = "\(action.id)"; self.action = action.request.kind; reason = action.request.reason; tag = action.request.tag; courier = action.request.courier; format = action.request.format
            state = action.state; total = action.total; done = action.position; went = action.went; unchanged = action.unchanged; refused = action.refused
            by = action.actor.name; isMine = action.holder == holder; canBeUndone = action.canBeUndone; undoOf = action.undoOf.map { "\($0)" }; undoneBy = action.undoneBy.map { "\($0)" }
            createdAt = action.createdAt; updatedAt = action.updatedAt
        }
    }

    /// Who only reads may take out what they see; everything else changes orders.
    static func scope(of kind: BulkRequest.Kind) -> Scope { kind == .export ? .ordersRead : .ordersWrite }

    private func read(_ request: Request, _ context: AppContext) async throws -> (Caller, BulkRequest, [OrderID]) {
        let reader = try context.require(.ordersRead), body = try await APIRead.body(Body.self, request)
        guard body.action != .undo else { throw APIProblem(.unprocessableContent, "invalid_action", "A bulk action is taken back by its own address.", pointer: "/action") }
        let caller = body.action == .export ? reader : try context.require(.ordersWrite)
        let isMasked = body.action == .export ? !context.maySeeBuyers : nil
        let wanted = BulkRequest(body.action, reason: body.reason, tag: body.tag, courier: body.courier, format: body.action == .export ? body.format ?? .csv : nil, isMasked: isMasked)
        let selection: BulkSelection
        if let ids = body.ids { selection = .orders(ids) } else if let filter = body.filter {
            selection = .matching(try GridReading.checked(filter).resolved(GridReading.days(context.clock(hub))), except: Set(body.except ?? []))
        } else { throw BulkFault.nothingChosen }
        let ids = try await hub.desk.bulk.chosen(selection)
        if let expected = body.expected, expected != ids.count {
            throw APIProblem(.conflict, "changed_meanwhile", "\(ids.count) orders match now, not \(expected). Look at the preview again.", more: ["count": "\(ids.count)"])
        }
        return (caller, wanted, ids)
    }

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, wanted, ids) = try await read(request, context)
        return try APIWrite.json(Preview(try await hub.desk.bulk.preview(wanted, of: ids), context.said))
    }

    @Sendable private func start(_ request: Request, _ context: AppContext) async throws -> Response {
        let (caller, wanted, ids) = try await read(request, context)
        let action = try await hub.desk.bulk.start(wanted, of: ids, by: caller.actor, holder: caller.holderID)
        return try APIWrite.json(View(action, for: caller.holderID), status: .accepted)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), limit = try APIRead.limit(request), all = try APIRead.flag(request, "all") ?? false
        let cursor: OrderID? = try APIRead.identifier(request, "cursor")
        let actions = try await hub.desk.bulk.actions(of: all ? nil : caller.holderID, before: cursor?.value, limit: limit)
        return try APIWrite.json(APIWrite.Page(data: actions.map { View($0, for: caller.holderID) }, nextCursor: actions.count == limit ? actions.last.map { "\($0.id)" } : nil))
    }

    private func find(_ context: AppContext) async throws -> BulkAction {
        guard let action = try await hub.desk.bulk.action(try APIRead.id(OrderID.self, context, what: "bulk action").value) else { throw APIProblem.notFound("bulk action") }
        return action
    }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        return try APIWrite.json(View(try await find(context), for: caller.holderID))
    }

    struct Refusal: Encodable { var order: OrderID, number: String, code: String, sentence: String }

    @Sendable private func refused(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let action = try await find(context), limit = try APIRead.limit(request), cursor: OrderID? = try APIRead.identifier(request, "cursor")
        let found = try await hub.desk.bulk.refusals(of: action.id, after: cursor.map { Int(clamping: $0.value) } ?? 0, limit: limit)
        return try APIWrite.json(APIWrite.Page(data: found.map { Refusal(order: $0.order, number: $0.number, code: $0.code, sentence: context.said($0.sentence)) }, nextCursor: found.count == limit ? found.last.map { "\($0.position)" } : nil))
    }

    @Sendable private func cancel(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), action = try await find(context)
        return try APIWrite.json(View(try await hub.desk.bulk.cancel(action.id, by: caller.actor), for: caller.holderID))
    }

    @Sendable private func previewUndo(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(Preview(try await hub.desk.bulk.previewUndo(of: try await find(context).id), context.said))
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), action = try await find(context)
        return try APIWrite.json(View(try await hub.desk.bulk.undo(action.id, by: caller.actor, holder: caller.holderID), for: caller.holderID), status: .accepted)
    }

    @Sendable private func file(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead), action = try await find(context)
        return try await Self.file(of: action, hub: hub, caller: caller, maySeeBuyers: context.maySeeBuyers)
    }

    private static let chunkBytes = 64 << 10

    /// What was exported, for who may see everything in it.
    static func file(of action: BulkAction, hub: Hub, caller: Caller, maySeeBuyers: Bool) async throws -> Response {
        guard action.request.kind == .export, action.state == .done else { throw BulkFault.noFile }
        guard action.request.isMasked == true || maySeeBuyers else { throw BulkFault.notYours }
        let path = hub.desk.exports.path(of: action)
        guard let handle = FileHandle(forReadingAtPath: path) else { throw BulkFault.noFile }
        try await hub.audit.record(AuditChange(caller.actor, "bulk.download", "bulk:\(action.id)", after: ["orders": "\(action.total)", "masked": "\(action.request.isMasked ?? false)"]))
        let isWorkbook = action.request.format == .xlsx
        let headers: HTTPFields = [.contentType: isWorkbook ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8", .cacheControl: "no-store",
                                   .contentDisposition: "attachment; filename=\"orders-\(action.id).\(isWorkbook ? "xlsx" : "csv")\""]
        return Response(status: .ok, headers: headers, body: .init { writer in
            defer { try? handle.close() }      // only read
            while let chunk = try handle.read(upToCount: chunkBytes), !chunk.isEmpty { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        })
    }
}
