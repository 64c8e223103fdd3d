import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Orders: list, search, one with its timeline, edits and actions.
struct OrderRoutes {
    /// Characters of a search.
    static let maximumSearch = 200

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("orders", use: list)
        api.get("orders/:id", use: one)
        api.get("orders/:id/timeline", use: timeline)
        api.get("orders/:id/attributes", use: attributes)
        api.patch("orders/:id", use: edit)
        api.post("orders/:id/actions", use: act)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        var filter = OrderFilter()
        if let text = try request.query["channel"] {
            filter.channels = try text.split(separator: ",", omittingEmptySubsequences: false).map { try hub.channels.channel(named: String($0)).id }
        }
        filter.workflows = try APIRead.words(request, "workflow")
        filter.fulfilments = try APIRead.words(request, "fulfilment")
        filter.payments = try APIRead.words(request, "payment")
        filter.placedFrom = try APIRead.time(request, "placedFrom")
        filter.placedBefore = try APIRead.time(request, "placedBefore")
        filter.isFlagged = try APIRead.flag(request, "flagged")
        filter.search = try APIRead.text(request, "search", maximum: Self.maximumSearch)
        var cursor: OrderCursor?
        if let text = try request.query["cursor"] {
            guard let parsed = OrderCursor(text: text) else { throw APIRead.invalid("cursor", "a cursor from an earlier answer") }
            cursor = parsed
        }
        if let caller = context.caller, context.maySeeBuyers { hub.readings.note(caller.actor, "orders.read", "orders") }
        let page = try await hub.ledger.orders(filter, after: cursor, limit: try APIRead.limit(request))
        var documents: [OrderDocument] = []
        for order in page.orders { documents.append(try await document(order, context)) }
        return try APIWrite.json { json in
            json.name("data")
            try json.array { json in for document in documents { try document.write(to: &json) } }
            json.present("nextCursor", page.next?.text)
        }
    }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try await answer(try await find(context), context)
    }

    private func find(_ context: AppContext) async throws -> StoredOrder {
        guard let order = try await hub.ledger.order(try APIRead.id(OrderID.self, context, what: "order")) else { throw APIProblem.notFound("order") }
        if let caller = context.caller, context.maySeeBuyers { hub.readings.note(caller.actor, "order.read", "order:\(order.id)") }
        return order
    }

    private func answer(_ order: StoredOrder, _ context: AppContext) async throws -> Response {
        APIWrite.json(text: try await document(order, context).json())
    }

    func document(_ order: StoredOrder, _ context: AppContext) async throws -> OrderDocument {
        let shipments = order.fulfilment == .unfulfilled ? [] : try await hub.ledger.shipments(of: order.id)
        return OrderDocument(order, platform: hub.channels.directory.channel(order.channel)?.platform ?? "", shipments: shipments, isMasked: !context.maySeeBuyers)
    }

    struct TimelineEntry: Encodable {
        var at: Timestamp, kind: String, type: String
        var cause: Cause?
        var changes: [FieldChange]?
        var note: String?
        var destination: String?
        var attempt: Int?
        var durationMilliseconds: Int64?
        var outcome: String?
        var code: String?
        var message: String?
    }

    @Sendable private func timeline(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let order = try await find(context), masked = !context.maySeeBuyers
        let events: [TimelineEntry] = try await hub.ledger.events(of: order.id).map { event in
            TimelineEntry(at: event.at, kind: "event", type: event.type, cause: event.cause, changes: masked ? event.data?.changes?.map { FieldChange($0.field, from: nil, to: nil) } : event.data?.changes, note: masked ? nil : event.data?.note)
        }
        let attempts: [TimelineEntry] = try await hub.ledger.attempts(of: order.id).map { attempt in
            TimelineEntry(at: attempt.at, kind: "attempt", type: attempt.action, destination: hub.channels.directory.channel(attempt.destination)?.name, attempt: attempt.attempt,
                          durationMilliseconds: attempt.durationMilliseconds, outcome: attempt.outcome, code: attempt.code, message: attempt.message)
        }
        let entries = (events + attempts).sorted { (a: TimelineEntry, b: TimelineEntry) in a.at < b.at }
        return try APIWrite.json(APIWrite.Page(data: entries, nextCursor: nil))
    }

    struct Attributes: Encodable { var attributes: [String: String], decision: RuleDecision?, edits: [EditedField], packages: [Parcel] }

    @Sendable private func attributes(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let order = try await find(context)
        return try APIWrite.json(Attributes(attributes: order.snapshot.attributes, decision: order.decision, edits: order.edits, packages: Parcels.of(order)))
    }

    struct Edit: Decodable { var revision: Int, changes: [String: String?] }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try APIRead.id(OrderID.self, context, what: "order")
        let edit = try await APIRead.body(Edit.self, request)
        let order = try await hub.ledger.act(.edit(edit.changes), on: id, by: caller.actor, seenVersion: edit.revision)
        return try await answer(order, context)
    }

    struct ActionBody: Decodable {
        enum Word: String, Decodable { case approve, hold, exclude, cancel, reopen, note }
        var action: Word, reason: String?, revision: Int?
    }

    @Sendable private func act(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try APIRead.id(OrderID.self, context, what: "order")
        let body = try await APIRead.body(ActionBody.self, request)
        func reason() throws -> String {
            guard let reason = body.reason, !reason.isEmpty, reason.count <= 500 else { throw APIProblem(.unprocessableContent, "reason_required", "Give a reason of at most 500 characters.", pointer: "/reason") }
            return reason
        }
        let action: OrderAction = switch body.action {
        case .approve: .approve
        case .hold: .hold(reason: try reason())
        case .exclude: .exclude(reason: try reason())
        case .cancel: .cancel(reason: try reason())
        case .reopen: .reopen
        case .note: .note(try reason())
        }
        let order = try await hub.ledger.act(action, on: id, by: caller.actor, seenVersion: body.revision)
        return try await answer(order, context)
    }
}
