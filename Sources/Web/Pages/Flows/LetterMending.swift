import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Mending the order of a dead letter and trying again, in one act.
struct LetterMending {
    let console: Console
    static let fields = ["shipTo.name", "shipTo.phone", "shipTo.line1", "shipTo.line2", "shipTo.subdistrict", "shipTo.district", "shipTo.city", "shipTo.province", "shipTo.postcode", "shipTo.countryCode",
                         OrderField.courier, "payment.codAmount", "note"]

    /// A marketplace's shipment by a carrier of the seller's own, whose number nobody gave.
    static let numberField = "trackingNumber", numberCode = "tracking_number_missing"
    private static func wantsNumber(_ letter: DeadLetter) -> Bool { letter.job.action == .arrange && letter.code == numberCode }

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/dead-letters/:id/edit", use: console.page { try await show($0) })
        pages.post("flows/dead-letters/:id/edit", use: console.page(mend))
    }

    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct Field: Sendable { var name: String, id: String, title: String, value: String, seen: String, theirs: String?, original: String?, fault: String?, hasChoices: Bool, choices: [Choice], isFirst: Bool }
    struct Content: Sendable {
        var tabs: [FlowTab], id: String, number: String, order: String, revision: String, message: String, destination: String, runbook: Runbook, fields: [Field], isHidden: Bool, problem: String?, back: String
    }

    private func letter(_ visit: Visit) async throws -> DeadLetter {
        let id = try APIRead.id(JobID.self, visit.context, what: "open dead letter")
        guard let letter = try await visit.hub.ledger.deadLetters(DeadLetterFilter(ids: [id]), limit: 1).first else { throw APIProblem.notFound("open dead letter") }
        return letter
    }

    /// - Parameters:
    ///   - typed: what the person changed, by field.
    ///   - seen: what those fields said as the form was shown.
    private func show(_ visit: Visit, typed: [String: String] = [:], seen: [String: String] = [:], problem: APIProblem? = nil, field: String? = nil) async throws -> Response {
        try visit.require(.flowsWrite)
        try visit.require(.ordersWrite)
        let letter = try await letter(visit), words = visit.words
        guard let order = try await visit.hub.ledger.order(letter.job.order) else { throw APIProblem.notFound("order") }
        let isHidden = !visit.caller.may(.buyersRead)
        visit.readsBuyers(of: "order:\(order.id)")
        let couriers = visit.hub.channels.directory.surroundings.channels.values.filter { $0.kind == .courier && $0.state != .removed }.map(\.name).sorted()
        let wanted = Self.wantsNumber(letter) ? [Field(name: Self.numberField, id: "mend-number", title: words(letter.job.payload == nil ? "flows.fields.trackingNumber" : "flows.fields.trackingNumberInstead"), value: typed[Self.numberField] ?? "", seen: "", theirs: nil, original: nil,
                                                       fault: field == Self.numberField ? problem?.detail : nil, hasChoices: false, choices: [], isFirst: true)] : []
        let fields = isHidden ? [] : wanted + Self.fields.enumerated().map { index, name -> Field in
            let current = OrderField.value(of: name, in: order.snapshot) ?? "", value = typed[name] ?? current, given = OrderField.value(of: name, in: order.source ?? order.snapshot)
            let choices = name == OrderField.courier ? [Choice(value: "", name: words("flows.mend.byRules"), isChosen: value.isEmpty)] + couriers.map { Choice(value: $0, name: $0, isChosen: $0 == value) } : []
            let isTheirs = typed[name] != nil && seen[name] ?? current != current
            return Field(name: name, id: "mend-" + name.replacing(".", with: "-"), title: words("flows.fields.\(name.replacing(".", with: "_"))"), value: value, seen: current,
                         theirs: isTheirs ? words("flows.mend.theirs", ["value": current]) : nil, original: given == current ? nil : given, fault: name == field ? problem?.detail : nil,
                         hasChoices: !choices.isEmpty, choices: choices, isFirst: index == 0 && wanted.isEmpty)
        }
        let content = Content(tabs: FlowTab.all(visit, at: .letters), id: "\(letter.job.id)", number: order.snapshot.externalNumber, order: "\(order.id)", revision: "\(order.version)", message: visit.words.said(letter.message),
                              destination: FlowWriter(visit: visit).channel(letter.job.destination), runbook: Runbook(code: letter.code, words: words), fields: fields, isHidden: isHidden,
                              problem: problem.map { field == nil ? $0.detail : words("channels.form.faults") }, back: DeadLetterPages.path(letter.cause))
        return try visit.page("flows-edit", title: words("flows.mend.title", ["number": content.number]), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"], status: problem?.status ?? .ok)
    }

    /// A text as a field of one line gives it back.
    private static func line(_ text: String) -> String { text.filter { !$0.isNewline }.trimmingCharacters(in: .whitespacesAndNewlines) }

    @Sendable private func mend(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        try visit.require(.ordersWrite)
        try visit.require(.buyersRead)
        let form = try await visit.form(), letter = try await letter(visit)
        guard let order = try await visit.hub.ledger.order(letter.job.order) else { throw APIProblem.notFound("order") }
        let current = Dictionary(uniqueKeysWithValues: Self.fields.map { ($0, OrderField.value(of: $0, in: order.snapshot) ?? "") })
        let seen = current.merging(Self.fields.compactMap { name in form["seen.\(name)"].map { (name, $0) } }) { $1 }
        // What a form leaves as the person saw it is no change, whatever somebody else made of it meanwhile.
        let typed = Dictionary(uniqueKeysWithValues: Self.fields.compactMap { name in form[name].map { (name, Self.line($0)) } }).filter { $1 != Self.line(seen[$0] ?? "") }
        let changes = typed.filter { $1 != Self.line(current[$0] ?? "") }.mapValues { $0.isEmpty ? nil : $0 }
        var handover: Handover?, kept = typed
        if Self.wantsNumber(letter), let text = form.text(Self.numberField) {
            guard let number = BulkRequest.trackingNumber(text) else {
                let problem = APIProblem(.unprocessableContent, "bad_number", visit.words("orders.js.why.tracking_number_invalid"))
                return try await show(visit, typed: typed.merging([Self.numberField: text]) { $1 }, seen: seen, problem: problem, field: Self.numberField)
            }
            handover = .ownCarrier(trackingNumber: number)
            kept[Self.numberField] = text
        }
        do {
            _ = try await visit.hub.ledger.retry(letter.job.id, mending: changes, handover: handover, seenVersion: changes.isEmpty ? nil : form["revision"].flatMap(Int.init), by: visit.caller.actor)
            return visit.redirect(DeadLetterPages.path(letter.cause), notice: visit.words("flows.mend.done", ["number": order.snapshot.externalNumber]))
        } catch {
            let problem = APIProblem(error)
            guard problem.status.code < 500, problem.status != .notFound else { throw error }
            var field: String?
            if case .refusedValue(let name, _)? = error as? LedgerError { field = name }
            return try await show(visit, typed: kept, seen: seen, problem: problem, field: field)
        }
    }
}
