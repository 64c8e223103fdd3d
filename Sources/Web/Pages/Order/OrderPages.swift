import Domain
import HTTPTypes
import Hub
import Hummingbird

/// One order: everything about it, and everything that can be done with it. Forms post; with scripts only the part that changed is swapped.
struct OrderPages {
    let console: Console
    let reads = ReadLog()

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("orders/:id", use: console.page(show))
        pages.post("orders/:id/edit", use: console.page(edit))
        pages.post("orders/:id/release", use: console.page(release))
        pages.post("orders/:id/offer", use: console.page(offer))
        pages.post("orders/:id/undo", use: console.page(undo))
        pages.post("orders/:id/act", use: console.page(act))
        pages.post("orders/:id/letters/:letter/retry", use: console.page(retry))
        pages.post("orders/:id/replay", use: console.page(replay))
        pages.post("orders/:id/problems/:problem/close", use: console.page(closeProblem))
        pages.get("deliveries/:id", use: console.page(DeliveryPage.show))
    }

    /// What is said beside the page that a post answers with.
    struct Word: Sendable {
        var text: String, tone = Tone.good
        /// The batch of edits that can be taken back.
        var undo: Int64?
    }

    // MARK: showing

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        let query = try visit.request.query, order = try await find(visit), isEditing = query["edit"] == "1"
        let page = try await OrderPage(visit, order)
        let form = isEditing && page.whyNoEdit.isEmpty ? OrderForm(page: page, focus: query["field"] ?? OrderAddress.fields[0]).view : nil
        return try await answer(page, form: form, showsAll: query["all"] == "1")
    }

    private func find(_ visit: Visit) async throws -> StoredOrder {
        try visit.require(.ordersRead)
        guard let id = visit.context.parameters.get("id").flatMap({ OrderID(text: $0) }), let order = try await visit.hub.ledger.order(id) else {
            throw APIProblem(.notFound, "order_unknown", visit.words("order.unknown"))
        }
        return order
    }

    private struct Contents: Sendable {
        var order: OrderView, form: [OrderFormView], isEditing: Bool, says: [Said], routes: [RouteChoice], mayReplay: Bool
    }
    private struct Said: Sendable { var text: String, tone: String, undo: String }
    private struct RouteChoice: Sendable { var id: String, name: String }

    private func answer(_ page: OrderPage, form: OrderFormView? = nil, showsAll: Bool = false, says: Word? = nil, status: HTTPResponse.Status = .ok) async throws -> Response {
        let visit = page.visit
        try await reads.note(visit, read: page.order.id)
        let routes = visit.hub.channels.directory.surroundings.routes.map(\.route).filter { route in page.events.contains { event in route.events.contains { $0.rawValue == event.type } } }
        let contents = Contents(
            order: page.view(showsAll: showsAll), form: form.map { [$0] } ?? [], isEditing: form != nil, says: says.map { [Said(text: $0.text, tone: $0.tone.rawValue, undo: $0.undo.map(String.init) ?? "")] } ?? [],
            routes: routes.map { RouteChoice(id: "\($0.id)", name: $0.name) }, mayReplay: visit.caller.may(.flowsWrite) && !routes.isEmpty)
        if visit.isFragment { return try visit.fragment("order-body", contents) }
        return try visit.page("order-page", title: "\(page.order.snapshot.externalNumber)", at: .orders, contents, scripts: ["order.js"], styles: ["order.css"], status: status)
    }

    /// After a post: the page anew, or only what changed of it.
    private func done(_ visit: Visit, _ id: OrderID, _ word: Word) async throws -> Response {
        guard visit.isFragment else { return visit.redirect("/orders/\(id)", notice: word.text, tone: word.tone) }
        guard let order = try await visit.hub.ledger.order(id) else { throw APIProblem(.notFound, "order_unknown", visit.words("order.unknown")) }
        return try await answer(try await OrderPage(visit, order), says: word)
    }

    // MARK: editing

    private func mayEdit(_ visit: Visit) throws {
        try visit.require(.ordersWrite)
        try visit.require(.buyersRead)
    }

    @Sendable private func edit(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try mayEdit(visit)
        let order = try await find(visit), (cells, typed) = OrderForm.cells(form)
        guard !cells.isEmpty else { return try await done(visit, order.id, Word(text: visit.words("order.form.unchanged"), tone: .warn)) }
        let (results, batch) = try await visit.hub.desk.edits.save([OrderEdit(order: order.id, revision: form["version"].flatMap { Int($0) }, cells: cells)], by: visit.caller.actor, holder: visit.caller.holderID)
        guard let result = results.first else { throw APIProblem(.notFound, "order_unknown", visit.words("order.unknown")) }
        if result.conflicts.isEmpty, result.refused.isEmpty {
            let text = result.applied.isEmpty ? visit.words("order.form.unchanged") : visit.words.counted("order.form.saved", result.applied.count) + (result.isAmended ? " " + visit.words("order.form.amended") : "")
            return try await done(visit, order.id, Word(text: text, undo: batch?.id))
        }
        guard let now = try await visit.hub.ledger.order(order.id) else { throw APIProblem(.notFound, "order_unknown", visit.words("order.unknown")) }
        let page = try await OrderPage(visit, now)
        return try await answer(page, form: OrderForm(page: page, typed: typed, result: result).view, status: result.conflicts.isEmpty ? .unprocessableContent : .conflict)
    }

    /// Lets go of a person's edit: the platform's value stands again.
    @Sendable private func release(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try mayEdit(visit)
        let order = try await find(visit)
        guard let field = form["field"], let edit = order.edits.first(where: { $0.field == field }) else {
            return try await done(visit, order.id, Word(text: visit.words("order.released.none"), tone: .warn))
        }
        let cell = CellEdit(seen: edit.value, value: edit.platformValue)
        let (results, batch) = try await visit.hub.desk.edits.save([OrderEdit(order: order.id, revision: order.version, cells: [field: cell])], by: visit.caller.actor, holder: visit.caller.holderID)
        let result = results.first, refusal = result?.refused.first.map { OrderForm.text($0.refusal, visit.words) }
        let isDone = result?.applied.isEmpty == false
        return try await done(visit, order.id, Word(text: isDone ? visit.words("order.released.done", ["field": OrderWords(visit.words).field(field)]) : refusal ?? visit.words("order.released.none"), tone: isDone ? .good : .warn, undo: batch?.id))
    }

    /// Takes one way out of an address that contradicts itself.
    @Sendable private func offer(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), words = visit.words
        try mayEdit(visit)
        let order = try await find(visit)
        guard let name = form["offer"], let what = AddressCheck.offers(for: order).first(where: { $0.id == name })?.what else { return try await done(visit, order.id, Word(text: words("order.offers.gone"), tone: .warn)) }
        do {
            let after = try await visit.hub.ledger.takeOffer(name, on: order.id, by: visit.caller.actor, seenVersion: form["version"].flatMap { Int($0) })
            return try await done(visit, order.id, Word(text: words("order.offers.taken", ["what": what, "state": words.state(after.workflow).word])))
        } catch is OfferFault {
            return try await done(visit, order.id, Word(text: words("order.offers.gone"), tone: .warn))
        } catch let error as LedgerError {
            guard case .versionConflict = error, let now = try await visit.hub.ledger.order(order.id) else { throw error }
            return try await done(visit, order.id, Word(text: words("order.movedOn", ["action": what, "change": lastChange(try await OrderPage(visit, now))]), tone: .bad))
        }
    }

    @Sendable private func undo(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try mayEdit(visit)
        let order = try await find(visit)
        guard let batch = form["batch"].flatMap({ Int64($0) }) else { throw APIProblem(.badRequest, "batch_missing", visit.words("order.released.none")) }
        let (results, _) = try await visit.hub.desk.edits.undo(batch, by: visit.caller.actor, holder: visit.caller.holderID)
        let isWhole = results.allSatisfy { $0.conflicts.isEmpty && $0.refused.isEmpty }
        return try await done(visit, order.id, Word(text: visit.words(isWhole ? "order.undone.done" : "order.undone.partly"), tone: isWhole ? .good : .warn))
    }

    // MARK: acting

    static let maximumReason = 500

    @Sendable private func act(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), words = visit.words
        try visit.require(.ordersWrite)
        let order = try await find(visit), name = form["action"] ?? "", reason = form.text("reason") ?? ""
        guard reason.count <= Self.maximumReason else { return try await done(visit, order.id, Word(text: words("order.reasonTooLong"), tone: .bad)) }
        if name == "note" {
            guard !reason.isEmpty else { return try await done(visit, order.id, Word(text: words("order.noteEmpty"), tone: .warn)) }
            if try await !isRepeated(reason, visit, order.id) { _ = try await visit.hub.ledger.act(.note(reason), on: order.id, by: visit.caller.actor) }
            return try await done(visit, order.id, Word(text: words("order.noted")))
        }
        if let answer = OrderActions.Answer(rawValue: name) {
            do {
                try await visit.hub.ledger.answerCancellation(of: order.id, isAccepted: answer == .acceptCancellation, reason: nil, by: visit.caller.actor)
                return try await done(visit, order.id, Word(text: words("order.actions.\(answer.rawValue).done")))
            } catch let error as CancellationFault { return try await done(visit, order.id, Word(text: visit.words.said(error.sentence), tone: .bad)) }
        }
        guard let word = OrderActions.Word(rawValue: name) else { throw APIProblem(.badRequest, "action_unknown", words("order.actionUnknown")) }
        if word.wantsReason, reason.isEmpty { return try await done(visit, order.id, Word(text: words("order.reasonMissing"), tone: .bad)) }
        let action: OrderAction = switch word {
        case .approve: .approve
        case .hold: .hold(reason: reason)
        case .exclude: .exclude(reason: reason)
        case .cancel: .cancel(reason: reason)
        case .reopen: .reopen
        }
        do {
            let after = try await visit.hub.ledger.act(action, on: order.id, by: visit.caller.actor, seenVersion: form["version"].flatMap { Int($0) })
            return try await done(visit, order.id, Word(text: words("order.actions.\(word.rawValue).done", ["state": words.state(after.workflow).word])))
        } catch let error as LedgerError {
            guard let now = try await visit.hub.ledger.order(order.id) else { throw error }
            let page = try await OrderPage(visit, now)
            switch error {
            case .versionConflict: return try await done(visit, order.id, Word(text: words("order.movedOn", ["action": words("order.actions.\(word.rawValue).word"), "change": lastChange(page)]), tone: .bad))
            case .notAllowed: return try await done(visit, order.id, Word(text: OrderActions(page: page).whyNot(word), tone: .bad))
            default: throw error
            }
        }
    }

    /// Who changed it last, and what: for whom the order moved on under the hand.
    private func lastChange(_ page: OrderPage) -> String {
        guard let last = page.events.last else { return "" }
        let who = last.cause.kind == .person ? last.cause.subject : page.words("order.thePlatform")
        return "\(who), \(page.visit.time(last.at).text): \(OrderWords(page.words).event(last.type))"
    }

    static let repeatSeconds: Int64 = 10

    /// A second click on the same note.
    private func isRepeated(_ text: String, _ visit: Visit, _ id: OrderID) async throws -> Bool {
        try await visit.hub.ledger.events(of: id).suffix(5).contains { event in
            event.type == EventType.noted.rawValue && event.data?.note == text && event.cause.subject == visit.caller.actor.name && visit.now - event.at < .seconds(Self.repeatSeconds)
        }
    }

    // MARK: sending again

    @Sendable private func retry(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.flowsWrite)
        let order = try await find(visit)
        guard let letter = visit.context.parameters.get("letter").flatMap({ JobID(text: $0) }) else { throw APIProblem(.notFound, "not_found", visit.words("order.letterGone")) }
        do {
            let outcome = try await visit.hub.ledger.retry(letter, mending: [:], seenVersion: nil, by: visit.caller.actor)
            return try await done(visit, order.id, Word(text: visit.words(outcome.isRetried ? "order.retried" : "order.retriedAlready")))
        } catch is MendedRetryFault { return try await done(visit, order.id, Word(text: visit.words("order.letterGone"), tone: .warn)) }
    }

    @Sendable private func replay(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.flowsWrite)
        let order = try await find(visit)
        guard let route = form["route"].flatMap({ RouteID(text: $0) }) else { throw APIProblem(.badRequest, "route_missing", visit.words("order.routeMissing")) }
        var request = ReplayRequest()
        request.orders = [order.id]
        request.route = route
        let made = try await visit.hub.ledger.replay(request, by: visit.caller.actor.name)
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, "replay", "route:\(route)", after: ["count": "\(made)", "order": "\(order.id)"]))
        return try await done(visit, order.id, Word(text: visit.words.counted("order.replayed", made), tone: made > 0 ? .good : .warn))
    }

    @Sendable private func closeProblem(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.flowsWrite)
        let order = try await find(visit)
        guard let id = visit.context.parameters.get("problem").flatMap({ Int64($0) }), try await visit.hub.resolveProblem(id) else {
            return try await done(visit, order.id, Word(text: visit.words("today.problemGone"), tone: .warn))
        }
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, "problem.resolve", "problem:\(id)"))
        return try await done(visit, order.id, Word(text: visit.words("today.problemClosed")))
    }
}
