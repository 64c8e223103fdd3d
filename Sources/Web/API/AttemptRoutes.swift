import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Tries of jobs with what was asked and answered, jobs sent at once, and the flow as a picture.
struct AttemptRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("attempts", use: list)
        api.get("attempts/:id", use: one)
        api.post("jobs/:id/send", use: send)
        api.get("flows", use: flows)
    }

    struct View: Encodable {
        var id: String, job: JobID, order: OrderID, destination: String, action: String, attempt: Int, at: Timestamp, durationMilliseconds: Int64, outcome: String, code: String?, message: String?
        /// Whether what was asked and answered is kept.
        var isKept: Bool
    }

    private func view(_ attempt: StoredAttempt, isKept: Bool) -> View {
        View(id: "\(attempt.id)", job: attempt.job, order: attempt.order, destination: hub.channels.directory.channel(attempt.destination)?.name ?? "\(attempt.destination)", action: attempt.action,
             attempt: attempt.attempt, at: attempt.at, durationMilliseconds: attempt.durationMilliseconds, outcome: attempt.outcome, code: attempt.code, message: attempt.message, isKept: isKept)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let outcome = try request.query["outcome"]
        guard outcome.map({ $0 == AttemptFilter.failed || AttemptFilter.outcomes.contains($0) }) ?? true else { throw APIRead.invalid("outcome", "of: " + ([AttemptFilter.failed] + AttemptFilter.outcomes).joined(separator: ", ")) }
        let filter = AttemptFilter(destination: try request.query["destination"].map { try hub.channels.channel(named: $0).id }, order: try APIRead.identifier(request, "order"), outcome: outcome,
                                   from: try APIRead.time(request, "from"))
        let cursor: JobID? = try APIRead.identifier(request, "cursor")
        let (attempts, next) = try await hub.ledger.attempts(filter, before: cursor?.value, limit: try APIRead.limit(request))
        let kept = try await hub.ledger.kept(of: attempts.map(\.id))
        return try APIWrite.json(APIWrite.Page(data: attempts.map { view($0, isKept: kept.contains($0.id)) }, nextCursor: next.map(String.init)))
    }

    struct Whole: Encodable { var attempt: View, exchanges: [ExchangeView] }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let id = try APIRead.id(JobID.self, context, what: "try").value
        guard let attempt = try await hub.ledger.attempt(id) else { throw APIProblem.notFound("try") }
        let exchanges = try await hub.ledger.exchanges(of: id).map { ExchangeView($0, showsBuyers: context.maySeeBuyers) }
        return try APIWrite.json(Whole(attempt: view(attempt, isKept: !exchanges.isEmpty), exchanges: exchanges))
    }

    @Sendable private func send(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        switch try await hub.ledger.sendNow(try APIRead.id(JobID.self, context, what: "waiting job"), by: caller.actor) {
        case .sent: return Response(status: .noContent)
        case .unknown: throw APIProblem.notFound("waiting job")
        case .waits: throw APIProblem(.conflict, "job_waits", "It waits for an earlier job of its order.")
        case .paused: throw APIProblem(.conflict, "route_paused", "Its route is paused. Resume the route.")
        }
    }

    struct Picture: Encodable {
        struct Source: Encodable { var channel: String, perMinute: Double }
        struct Line: Encodable {
            var id: String, name: String, ready: Int, waiting: Int, paused: Int, perMinute: Double, tries: Int, failureRate: Double?, lagP50Milliseconds: Int64?, lagP95Milliseconds: Int64?, oldest: Timestamp?
            init(id: String, name: String, _ queue: QueueBook.Line, _ cell: FlowStatistics.Cell, _ perMinute: Double, _ oldest: Timestamp?) {
                self.id = id; self.name = name; self.perMinute = perMinute; self.oldest = oldest
                ready = queue.ready
                waiting = queue.waiting
                paused = queue.paused
                tries = cell.tries
                failureRate = cell.failureRate
                lagP50Milliseconds = cell.lags.milliseconds(quantile: 0.5)
                lagP95Milliseconds = cell.lags.milliseconds(quantile: 0.95)
            }
        }
        var sources: [Source], routes: [Line], destinations: [Line], pendingDeliveries: Int
    }

    @Sendable private func flows(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.flowsRead)
        let picture = try await hub.flowPicture()
        return try APIWrite.json(Picture(
            sources: picture.sources.map { .init(channel: $0.channel.name, perMinute: $0.perMinute) },
            routes: picture.routes.map { .init(id: "\($0.route.id)", name: $0.route.name, $0.queue, $0.cell, $0.perMinute, $0.oldest) },
            destinations: picture.destinations.map { .init(id: "\($0.channel.id)", name: $0.channel.name, $0.queue, $0.cell, $0.perMinute, $0.oldest) },
            pendingDeliveries: picture.pendingDeliveries))
    }
}

/// One call of a try for one reader. Secrets were taken out before it was kept; buyers' data is taken out here for those who may not see it.
struct ExchangeView: Encodable, Sendable {
    var at: Timestamp, durationMilliseconds: Int64, method: String, url: String, status: Int?, fault: String?, request: String?, requestBytes: Int, answer: String?, answerBytes: Int

    init(_ exchange: Exchange, showsBuyers: Bool) {
        at = exchange.at
        durationMilliseconds = exchange.durationMilliseconds
        method = exchange.method
        url = showsBuyers ? exchange.url : String(exchange.url.prefix { $0 != "?" })
        status = exchange.status
        fault = exchange.fault
        request = exchange.request.map { showsBuyers ? $0 : MaskedBody.masked($0) }
        requestBytes = exchange.requestBytes
        answer = exchange.answer.map { showsBuyers ? $0 : MaskedBody.masked($0) }
        answerBytes = exchange.answerBytes
    }
}

/// A body without what it may say of a buyer: the form stays, values go, except those that say what went wrong.
enum MaskedBody {
    static let mark = "•••"
    private static let shown: Set<String> = ["code", "error", "errors", "message", "type", "title", "detail", "status", "reason", "field", "pointer", "errorCode", "extensions", "specversion"]

    static func masked(_ text: String) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed]),      // what is no JSON, or was cut, is hidden whole
              let data = try? JSONSerialization.data(withJSONObject: masked(value, isShown: false), options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]) else { return mark }
        return String(decoding: data, as: UTF8.self)
    }

    private static func masked(_ value: Any, isShown: Bool) -> Any {
        switch value {
        case let object as [String: Any]: object.reduce(into: [String: Any]()) { $0[$1.key] = masked($1.value, isShown: shown.contains($1.key)) }
        case let list as [Any]: list.map { masked($0, isShown: isShown) }
        case is NSNull: value
        case let text as String: isShown ? text : mark
        default: isShown || value is Bool ? value : mark
        }
    }
}
