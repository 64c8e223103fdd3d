import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// What was tried: a list to filter, and one try with what was asked and answered.
struct AttemptPages {
    let console: Console
    static let pageSize = 100

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/attempts", use: console.page(list))
        pages.get("flows/attempts/:id", use: console.page(one))
    }

    struct Line: Sendable { var id: String, time: PageTime, destination: String, what: String, order: String?, number: String, outcome: StateWord, message: String?, duration: String, isKept: Bool }
    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct Content: Sendable { var tabs: [FlowTab], destinations: [DestinationChoice], outcomes: [Choice], orderFilter: String, rows: [Line], hasRows: Bool, more: String? }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let query = try visit.request.query, destination = try DestinationChoice.chosen(visit), writer = FlowWriter(visit: visit)
        let outcome = query["outcome"].flatMap { $0 == AttemptFilter.failed || AttemptFilter.outcomes.contains($0) ? $0 : nil }
        let order = query["order"].flatMap { OrderID(text: $0) }, cursor: JobID? = try APIRead.identifier(visit.request, "cursor")
        let (attempts, next) = try await visit.hub.ledger.attempts(AttemptFilter(destination: destination, order: order, outcome: outcome), before: cursor?.value, limit: Self.pageSize)
        let kept = try await visit.hub.ledger.kept(of: attempts.map(\.id))
        let rows = attempts.map { line($0, isKept: kept.contains($0.id), writer) }
        let more = next.map { next in
            "/flows/attempts?cursor=\(next)" + [destination.map { "&destination=\($0)" }, outcome.map { "&outcome=\($0)" }, order.map { "&order=\($0)" }].compactMap { $0 }.joined()
        }
        let outcomes = ([AttemptFilter.failed] + AttemptFilter.outcomes).map { Choice(value: $0, name: visit.words("flows.outcomes.\($0)"), isChosen: $0 == outcome) }
        let content = Content(tabs: FlowTab.all(visit, at: .attempts), destinations: DestinationChoice.all(visit, chosen: destination), outcomes: outcomes, orderFilter: order.map { "\($0)" } ?? "", rows: rows, hasRows: !rows.isEmpty, more: more)
        return try visit.page("flows-attempts", title: visit.words("flows.tabs.attempts"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    private func line(_ attempt: StoredAttempt, isKept: Bool, _ writer: FlowWriter) -> Line {
        Line(id: "\(attempt.id)", time: writer.visit.time(attempt.at), destination: writer.channel(attempt.destination), what: writer.action(attempt.action),
             order: attempt.action == JobAction.fetch.rawValue ? nil : "\(attempt.order)", number: "\(attempt.attempt)", outcome: writer.outcome(attempt.outcome), message: attempt.message.map(writer.visit.words.said), duration: writer.duration(attempt.durationMilliseconds), isKept: isKept)
    }

    struct Whole: Sendable { var tabs: [FlowTab], attempt: Line, code: String?, exchanges: [ExchangeLine], hasExchanges: Bool, isMasked: Bool, letter: String? }

    @Sendable private func one(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let id = try APIRead.id(JobID.self, visit.context, what: "try").value, ledger = visit.hub.ledger
        guard let attempt = try await ledger.attempt(id) else { throw APIProblem.notFound("try") }
        let showsBuyers = visit.caller.may(.buyersRead)
        let exchanges = try await ledger.exchanges(of: id).map { ExchangeLine($0, visit: visit, showsBuyers: showsBuyers) }
        let content = Whole(tabs: FlowTab.all(visit, at: .attempts), attempt: line(attempt, isKept: !exchanges.isEmpty, FlowWriter(visit: visit)), code: attempt.code, exchanges: exchanges,
                            hasExchanges: !exchanges.isEmpty, isMasked: !showsBuyers && !exchanges.isEmpty, letter: nil)
        return try visit.page("flows-attempt", title: visit.words("flows.attempt.title"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }
}

/// One call of a try, to be read.
struct ExchangeLine: Sendable {
    var time: PageTime, duration: String, method: String, url: String, status: String?, tone: String, fault: String?, request: String?, answer: String?, requestSize: String, answerSize: String

    init(_ exchange: Exchange, visit: Visit, showsBuyers: Bool) {
        let view = ExchangeView(exchange, showsBuyers: showsBuyers), writer = FlowWriter(visit: visit)
        time = visit.time(view.at)
        duration = writer.duration(view.durationMilliseconds)
        method = view.method
        url = view.url
        status = view.status.map(String.init)
        tone = view.status.map { $0 < 400 ? "good" : "bad" } ?? "bad"
        fault = view.fault
        request = view.request.map(Self.readable)
        answer = view.answer.map(Self.readable)
        requestSize = Self.size(view.requestBytes, shown: view.request, visit.words)
        answerSize = Self.size(view.answerBytes, shown: view.answer, visit.words)
    }

    private static func size(_ bytes: Int, shown: String?, _ words: Words) -> String {
        guard bytes > 0 else { return words("flows.attempt.empty") }
        return shown.map { $0.utf8.count < bytes } ?? true ? words("flows.attempt.cut", ["bytes": PageWords.grouped("\(bytes)")]) : words("flows.attempt.whole", ["bytes": PageWords.grouped("\(bytes)")])
    }

    /// JSON in lines; anything else as it is.
    private static func readable(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "{") || text.utf8.first == UInt8(ascii: "["), let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)),      // what was cut is shown as it is
              let data = try? JSONSerialization.data(withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) else { return text }
        return String(decoding: data, as: UTF8.self)
    }
}
