import Connect
import Domain
import Hub

/// Gathers everything about one order for one caller.
struct OrderPage {
    let visit: Visit, order: StoredOrder
    let events: [StoredEvent], attempts: [StoredAttempt], affairs: OrderAffairs, shipments: [Shipment]
    /// Attempts whose request and answer were kept.
    let exchanged: Set<Int64>
    static let shownEntries = 60

    init(_ visit: Visit, _ order: StoredOrder) async throws {
        self.visit = visit
        self.order = order
        let ledger = visit.hub.ledger
        events = try await ledger.events(of: order.id)
        attempts = try await ledger.attempts(of: order.id)
        affairs = try await ledger.affairs(of: order.id)
        shipments = try await ledger.shipments(of: order.id)
        exchanged = try await ledger.kept(of: attempts.suffix(500).map(\.id))
    }

    var words: Words { visit.words }
    var seesBuyer: Bool { visit.caller.may(.buyersRead) }
    var mayWrite: Bool { visit.caller.may(.ordersWrite) }
    var channel: Channel? { visit.hub.channels.directory.channel(order.channel) }

    func view(showsAll: Bool) -> OrderView {
        let s = order.snapshot, address = OrderAddress(page: self), money = OrderMoney(page: self)
        let timeline = OrderTimeline(page: self, limit: showsAll ? Int.max : Self.shownEntries), labels = labels
        let notes = notes, troubles = troubles, actions = OrderActions(page: self).list, packages = packages, jobs = jobs, parcels = parcels
        let whyNoEdit = whyNoEdit, offers = OrderOffers(page: self), said = offers.said, flags = s.flags.filter { !said.contains($0.code) }.map { words.flag($0.shown(isMasked: !seesBuyer)) }
        return OrderView(
            id: "\(order.id)", number: s.externalNumber, channelName: channel?.name ?? "\(order.channel)", channelAddress: "/channels/\(order.channel)", platform: visit.hub.channels.directory.descriptor(of: order.channel)?.title ?? channel?.platform ?? "", version: "\(order.version)",
            workflow: words.state(order.workflow), fulfilment: words.state(order.fulfilment), payment: words.state(order.paymentState), placed: visit.time(s.placedAt),
            reason: OrderWhy(order: order, events: events, affairs: affairs, shipments: shipments, visit: visit).view,
            flags: flags, hasFlags: !flags.isEmpty, contradictions: offers.view, troubles: troubles, hasTroubles: !troubles.isEmpty,
            actions: actions, notes: notes, hasNotes: !notes.isEmpty, mayWrite: mayWrite, whoHidden: seesBuyer ? "" : words("order.hidden", ["scope": Scope.buyersRead.rawValue]), seesBuyer: seesBuyer,
            address: seesBuyer ? address.rows : [], hasAddress: seesBuyer && s.shipTo != nil, billing: seesBuyer ? address.billing : [], hasBilling: seesBuyer && !address.billing.isEmpty,
            facts: facts, lines: money.lines, sums: money.sums, mismatch: money.mismatch, packages: packages, hasPackages: packages.count > 1,
            shipments: parcels, hasShipments: !parcels.isEmpty, labels: labels.labels, noLabel: labels.why.map { [$0] } ?? [], jobs: jobs, hasJobs: !jobs.isEmpty,
            entries: timeline.entries, olderEntries: timeline.hidden > 0 ? [words.counted("order.older", timeline.hidden)] : [],
            editHref: "/orders/\(order.id)?edit=1", mayEdit: whyNoEdit.isEmpty, whyNoEdit: whyNoEdit)
    }

    /// Empty: the order can be edited by this caller.
    var whyNoEdit: String {
        if !mayWrite { return words("order.mayNot") }
        if !seesBuyer { return words("order.hidden", ["scope": Scope.buyersRead.rawValue]) }
        return ""
    }

    // MARK: parts

    func name(_ id: ChannelID) -> String { visit.hub.channels.directory.channel(id)?.name ?? "\(id)" }

    func mark(_ field: String) -> [OrderView.EditMark] {
        guard let edit = order.edits.first(where: { $0.field == field }) else { return [] }
        let isConflict = order.snapshot.flags.contains { $0.code == Flag.editDiffers && $0.message.hasPrefix("\(field) ") }
        return [.init(field: field, by: edit.by, time: visit.time(edit.at), isConflict: isConflict, mayLetGo: mayWrite && seesBuyer)]
    }

    private var facts: [OrderView.Fact] {
        let s = order.snapshot
        func fact(_ key: String, _ value: String?, field: String? = nil) -> OrderView.Fact? {
            guard let value, !value.isEmpty else { return nil }
            return .init(name: words("order.facts.\(key)"), value: value, edit: field.map(mark) ?? [])
        }
        let payment = [s.payment.method, s.payment.isCashOnDelivery ? words("model.cod") : nil].compactMap(\.self).joined(separator: " · ")
        let courier = visit.hub.channels.directory.surroundings.courier(of: order)?.name
        let all = [
            fact("payment", payment), fact("codAmount", s.payment.codAmount.map { PageWords.money($0, s.currency) }, field: "payment.codAmount"),
            fact("shipBy", order.shipBy.map { visit.time($0).full }), fact("method", s.shipping.methodTitle ?? s.shipping.methodCode),
            fact("courier", [courier, order.decision?.service].compactMap(\.self).joined(separator: " · "), field: OrderField.courier), fact("tags", s.tags.joined(separator: ", ")),
            seesBuyer ? fact("note", s.note, field: "note") : nil, fact("status", s.platformStatus), fact("externalID", s.externalID == s.externalNumber ? nil : s.externalID),
            fact("received", visit.time(order.sourceReceivedAt).full),
        ]
        return all.compactMap(\.self)
    }

    private var notes: [OrderView.Note] {
        guard seesBuyer else { return [] }
        return events.filter { $0.type == EventType.noted.rawValue }.suffix(20).reversed().compactMap { event in
            event.data?.note.map { OrderView.Note(text: $0, by: event.cause.subject, time: visit.time(event.at)) }
        }
    }

    private var troubles: [OrderView.Trouble] {
        let mayMend = visit.caller.may(.flowsWrite)
        let letters = affairs.letters.map { letter in
            OrderView.Trouble(sentence: words("order.letter", ["destination": name(letter.job.destination), "action": OrderWords(words).action(letter.job.action), "message": words.said(letter.message)]),
                              code: letter.code, tone: Tone.bad.rawValue, letter: ["\(letter.job.id)"], problem: [], mayMend: mayMend)
        }
        let problems = affairs.problems.map { problem in
            OrderView.Trouble(sentence: words.said(problem.message), code: problem.code, tone: Tone.warn.rawValue, letter: [], problem: ["\(problem.id)"], mayMend: mayMend)
        }
        return letters + problems
    }

    /// The rules' split into packages; one package with everything is not worth a table.
    private var packages: [OrderView.Package] {
        let lines = Dictionary(order.snapshot.lines.map { ($0.externalLineID, $0) }, uniquingKeysWith: { first, _ in first })
        return Parcels.of(order).map { parcel in
            let contents = parcel.contents.map { content in "\(content.quantity) × \(content.sku ?? lines[content.externalLineID]?.title ?? content.externalLineID)" }.joined(separator: ", ")
            return OrderView.Package(ref: parcel.ref, weight: parcel.weightGrams > 1 ? PageWords.grouped("\(parcel.weightGrams)") + " g" : "", contents: contents)
        }
    }

    private var parcels: [OrderView.Shipment] {
        shipments.map { shipment in
            OrderView.Shipment(
                carrier: shipment.carrier, tracking: shipment.trackingNumber ?? shipment.externalRef, address: shipment.trackingURL.flatMap { $0.hasPrefix("https://") ? [$0] : nil } ?? [],
                state: shipment.isVoid ? StateWord(word: words("order.void"), tone: Tone.off.rawValue) : words.state(shipment.status), booked: visit.time(shipment.bookedAt), reference: shipment.externalRef)
        }
    }

    /// The label's forms, or why there is none to print.
    private var labels: (labels: [OrderView.Label], why: String?) {
        guard seesBuyer else { return ([], words("order.labels.hidden")) }
        guard let shipment = shipments.last(where: { !$0.isVoid }) else { return ([], words("order.labels.noParcel")) }
        guard shipment.externalID != nil, visit.hub.channels.directory.connector(of: shipment.channel) is any FetchesLabels else { return ([], words("order.labels.notGiven", ["courier": shipment.carrier])) }
        let forms = [("pdf100", "format=pdf&size=100x150"), ("pdfA5", "format=pdf&size=A5"), ("zpl", "format=zpl&size=100x150")]
        return (forms.map { .init(word: words("order.labels.\($0.0)"), address: "/api/v1/orders/\(order.id)/label?\($0.1)") }, nil)
    }

    private var jobs: [OrderView.Job] {
        let waits = OrderWaits(order: order, jobs: affairs.jobs, visit: visit)
        return affairs.jobs.map { queued in
            // What its channel keeps waiting has no time of its own: it goes on when the channel does.
            let halt = waits.halt(of: queued), halted = halt.map { $0.state == .parked ? "parked" : "paused" }
            let state = halted.map { "channel_\($0)" } ?? (queued.state == "ready" && queued.job.attempt > 0 ? "retrying" : queued.state)
            return OrderView.Job(
                destination: name(queued.job.destination), action: OrderWords(words).action(queued.job.action),
                state: StateWord(word: words("order.jobStates.\(state)"), tone: (halt != nil || ["retrying", "paused"].contains(state) ? Tone.warn : .going).rawValue),
                attempt: "\(queued.job.attempt)", next: queued.state == "ready" && halt == nil ? [visit.time(queued.runAt)] : [], message: [queued.lastCode, queued.lastMessage].compactMap(\.self).joined(separator: ": "),
                mendAddress: halt.map(waits.address) ?? [], mendWord: halted.map { words("order.waits.mend.\($0)") } ?? "")
        }
    }
}
