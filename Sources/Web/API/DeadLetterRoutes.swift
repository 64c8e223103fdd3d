import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Dead letters: listed, counted by cause, tried again as they are or with their order mended, discarded.
struct DeadLetterRoutes {
    /// Characters of a cause.
    static let maximumCause = 500
    static let maximumReason = 500

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("dead-letters", use: deadLetters)
        api.get("dead-letters/groups", use: groups)
        api.post("dead-letters/retry", use: retry)
        api.post("dead-letters/discard", use: discard)
        api.post("dead-letters/:id/retry", use: mend)
    }

    struct LetterView: Encodable {
        var id: JobID, order: OrderID, destination: String, action: JobAction, event: String, cause: String, code: String, message: String, attempts: Int, diedAt: Timestamp, state: String, reason: String?
    }
    private func view(_ letter: DeadLetter) -> LetterView {
        LetterView(id: letter.job.id, order: letter.job.order, destination: hub.channels.directory.channel(letter.job.destination)?.name ?? "\(letter.job.destination)",
                   action: letter.job.action, event: letter.job.eventType, cause: letter.cause, code: letter.code, message: letter.message, attempts: letter.attempts,
                   diedAt: letter.diedAt, state: letter.state, reason: letter.reason)
    }

    @Sendable private func deadLetters(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let limit = try APIRead.limit(request), state = try request.query["state"] ?? "open"
        guard ["open", "retried", "discarded"].contains(state) else { throw APIRead.invalid("state", "open, retried or discarded") }
        let destination = try request.query["destination"].map { try hub.channels.channel(named: $0).id }
        let letters = try await hub.ledger.deadLetters(cause: try APIRead.text(request, "cause", maximum: Self.maximumCause), destination: destination, state: state,
                                                       after: try APIRead.identifier(request, "cursor"), limit: limit)
        return try APIWrite.json(APIWrite.Page(data: letters.map(view), nextCursor: letters.count == limit ? letters.last?.job.id.description : nil))
    }

    struct GroupView: Encodable { var cause: String, count: Int, sample: LetterView, firstAt: Timestamp, lastAt: Timestamp }

    @Sendable private func groups(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let groups = try await hub.ledger.deadLetterGroups().map { GroupView(cause: $0.cause, count: $0.count, sample: view($0.sample), firstAt: $0.firstAt, lastAt: $0.lastAt) }
        return try APIWrite.json(APIWrite.Page(data: groups, nextCursor: nil))
    }

    struct Letters: Decodable { var ids: [JobID]?, cause: String?, destination: String?, order: OrderID?, from: Timestamp?, before: Timestamp?, reason: String?, dryRun: Bool? }
    static let maximumLettersAtOnce = 10_000

    private func filter(_ body: Letters) throws -> DeadLetterFilter {
        let destination = try body.destination.map { try hub.channels.channel(named: $0).id }
        let filter = DeadLetterFilter(ids: body.ids.map { Array($0.prefix(Self.maximumLettersAtOnce)) }, cause: body.cause, destination: destination, order: body.order, from: body.from, before: body.before)
        guard !filter.isEmpty else { throw APIProblem(.unprocessableContent, "nothing_chosen", "Give ids, a cause, a destination, an order or a time.") }
        return filter
    }
    private func chosen(_ body: Letters) async throws -> [JobID] {
        try await hub.ledger.deadLetters(try filter(body), limit: Self.maximumLettersAtOnce).map(\.job.id)
    }
    private func counted(_ body: Letters) async throws -> Response {
        try APIWrite.json(APIWrite.Count(count: try await hub.ledger.countDeadLetters(try filter(body), atMost: Self.maximumLettersAtOnce)))
    }

    @Sendable private func retry(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite), body = try await APIRead.body(Letters.self, request)
        if body.dryRun == true { return try await counted(body) }
        let count = try await hub.ledger.retryDeadLetters(try await chosen(body), by: caller.name)
        try await note("deadLetters.retry", body, count, by: caller)
        return try APIWrite.json(APIWrite.Count(count: count))
    }

    @Sendable private func discard(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite), body = try await APIRead.body(Letters.self, request)
        guard let reason = body.reason, !reason.isEmpty, reason.count <= Self.maximumReason else { throw APIProblem(.unprocessableContent, "reason_required", "Say why they are discarded, in at most \(Self.maximumReason) characters.", pointer: "/reason") }
        if body.dryRun == true { return try await counted(body) }
        let count = try await hub.ledger.discardDeadLetters(try await chosen(body), reason: reason, by: caller.name)
        try await note("deadLetters.discard", body, count, by: caller)
        return try APIWrite.json(APIWrite.Count(count: count))
    }

    private func note(_ action: String, _ body: Letters, _ count: Int, by caller: Caller) async throws {
        guard count > 0 else { return }
        let subject = body.ids.flatMap { $0.count == 1 ? "deadLetter:\($0[0])" : nil } ?? "deadLetters"
        var after = ["count": "\(count)"]
        after["cause"] = body.cause
        try await hub.audit.record(AuditChange(caller.actor, action, subject, after: after, note: body.reason))
    }

    struct Mending: Decodable { var revision: Int?, changes: [String: String?]? }

    /// Without changes only `flows:write` is needed; who mends the order needs `orders:write` as well.
    @Sendable private func mend(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite), id = try APIRead.id(JobID.self, context, what: "open dead letter")
        let body = try await APIRead.body(Mending.self, request), changes = body.changes ?? [:]
        if !changes.isEmpty {
            _ = try context.require(.ordersWrite)
            guard body.revision != nil else { throw APIProblem(.unprocessableContent, "revision_required", "Say which revision of the order the changes were made on.", pointer: "/revision") }
        }
        do {
            let result = try await hub.ledger.retry(id, mending: changes, seenVersion: body.revision, by: caller.actor)
            let order = try await orderDocument(result.order, context)
            return try APIWrite.json { json in
                json.field("retried", result.isRetried)
                if let order {
                    json.name("order")
                    try order.write(to: &json)
                }
            }
        } catch MendedRetryFault.notOpen { throw APIProblem.notFound("open dead letter") }
    }

    private func orderDocument(_ order: StoredOrder?, _ context: AppContext) async throws -> OrderDocument? {
        guard let order else { return nil }
        return try await OrderRoutes(hub: hub).document(order, context)
    }
}
