import Domain
import Hub

/// One order for one caller: who bought what, where it stands, what happened and why. Buyers' data only for tokens that may see it.
struct OrderPage {
    let hub: Hub, caller: Caller

    func page(_ order: StoredOrder) async throws -> ConsolePage {
        let now = hub.now(), s = order.snapshot, isMasked = !caller.may(.buyersRead)
        let channel = hub.channels.directory.channel(order.channel)
        let shipments = order.fulfilment == .unfulfilled ? [] : try await hub.ledger.shipments(of: order.id)
        let parcels = shipments.map { shipment in
            ConsolePage.ParcelRow(carrier: shipment.carrier, tracking: shipment.trackingNumber ?? shipment.externalRef, url: shipment.trackingURL.flatMap { $0.hasPrefix("https://") ? $0 : nil },
                                  state: shipment.isVoid ? "void" : PageWords.plain(shipment.status.rawValue), booked: PageTime(shipment.bookedAt, now: now))
        }
        let view = ConsolePage.OrderView(
            id: "\(order.id)", number: s.externalNumber, channel: channel?.name ?? "\(order.channel)", platform: channel?.platform ?? "", workflow: PageWords.state(order.workflow),
            fulfilment: PageWords.plain(order.fulfilment.rawValue), payment: PageWords.plain(order.paymentState.rawValue), placed: PageTime(s.placedAt, now: now),
            facts: isMasked ? [.init(name: "Buyer", value: "hidden: this token lacks the scope buyers:read")] : facts(s), lines: s.lines.map { line($0, s.currency) }, sums: sums(s),
            flags: s.flags.map(\.message), parcels: parcels, entries: try await entries(order, now, isMasked), hasFlags: !s.flags.isEmpty, hasParcels: !parcels.isEmpty, steps: steps(order))
        return ConsolePage(isWhole: true, title: "\(s.externalNumber) · Crossdock", caller: caller.name, order: view)
    }

    private func facts(_ s: OrderSnapshot) -> [ConsolePage.Fact] {
        func joined(_ parts: [String?]) -> String { parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ") }
        let to = s.shipTo
        let all = [
            ("Buyer", joined([s.buyer.name, s.buyer.email, s.buyer.phone])), ("Ship to", joined([to?.name, to?.company, to?.phone])),
            ("Address", joined([to?.line1, to?.line2, to?.subdistrict, to?.district, to?.city, to?.province, to?.postcode, to?.countryCode])),
            ("Payment", joined([s.payment.method, s.payment.codAmount.map { "cash on delivery " + PageWords.money($0, s.currency) }])),
            ("Shipping", joined([s.shipping.methodTitle ?? s.shipping.methodCode, s.shipping.requestedCarrier])), ("Note", s.note ?? ""), ("Tags", joined(s.tags)),
        ]
        return all.filter { !$0.1.isEmpty }.map { .init(name: $0.0, value: $0.1) }
    }

    private func line(_ line: OrderLine, _ currency: Currency) -> ConsolePage.Line {
        ConsolePage.Line(title: line.variant.map { "\(line.title) · \($0)" } ?? line.title, sku: line.sku, quantity: line.quantity, price: PageWords.money(line.unitPrice, currency),
                         discount: line.discount == 0 ? nil : PageWords.money(line.discount, currency), total: PageWords.money(line.lineTotal, currency))
    }

    private func sums(_ s: OrderSnapshot) -> [ConsolePage.Sum] {
        let t = s.totals
        let parts = [("Items", t.items), ("Discount", -t.discount), ("Shipping", t.shipping), ("Fees", t.fees), (t.taxIncluded ? "Tax (inside)" : "Tax", t.tax), ("Refunded", -t.refunded)]
        return parts.filter { $0.1 != 0 }.map { .init(name: $0.0, value: PageWords.money($0.1, s.currency), isGrand: false) }
            + [.init(name: "Total", value: PageWords.money(t.grand, s.currency), isGrand: true)]
    }

    // MARK: What happened

    private func entries(_ order: StoredOrder, _ now: Timestamp, _ isMasked: Bool) async throws -> [ConsolePage.Entry] {
        let events = try await hub.ledger.events(of: order.id).map { event in (event.at, entry(event, now, isMasked)) }
        let attempts = try await hub.ledger.attempts(of: order.id).map { attempt in (attempt.at, entry(attempt, now)) }
        return (events + attempts).sorted { $0.0 < $1.0 }.reversed().map(\.1)
    }

    private func entry(_ event: StoredEvent, _ now: Timestamp, _ isMasked: Bool) -> ConsolePage.Entry {
        let changes = event.data?.changes?.map { change in
            isMasked || (change.from == nil && change.to == nil) ? change.field : "\(change.field): \(change.from ?? "nothing") → \(change.to ?? "nothing")"
        }
        let detail = [isMasked ? nil : event.data?.note, changes?.joined(separator: "; "), event.cause.detail].compactMap { $0 }.joined(separator: " · ")
        return ConsolePage.Entry(time: PageTime(event.at, now: now), what: PageWords.plain(event.type.split(separator: ".").last.map(String.init) ?? event.type), tone: "going",
                                 cause: "\(event.cause.kind.rawValue) \(event.cause.subject)", detail: detail.isEmpty ? nil : detail)
    }

    private func entry(_ attempt: StoredAttempt, _ now: Timestamp) -> ConsolePage.Entry {
        let destination = hub.channels.directory.channel(attempt.destination)?.name ?? "\(attempt.destination)"
        let detail = [attempt.code, attempt.message].compactMap { $0 }.joined(separator: ": ")
        return ConsolePage.Entry(time: PageTime(attempt.at, now: now), what: "\(PageWords.plain(attempt.action)): \(PageWords.plain(attempt.outcome))", tone: attempt.code == nil ? "good" : "warn",
                                 cause: "\(destination), try \(attempt.attempt), \(attempt.durationMilliseconds) ms", detail: detail.isEmpty ? nil : detail)
    }

    private func steps(_ order: StoredOrder) -> [ConsolePage.Step] {
        let id = order.id
        let work: [ConsolePage.Step] = switch order.workflow {
        case .new, .edited, .awaitingConfirmation:
            [.init(sentence: "Let it go to the courier:", command: "crossdock orders approve \(id)"), .init(sentence: "Or not:", command: "crossdock orders exclude \(id) --reason '…'")]
        case .approved, .queued: [.init(sentence: "Hold it back:", command: "crossdock orders hold \(id) --reason '…'")]
        case .excluded, .cancelled: [.init(sentence: "Work on it again:", command: "crossdock orders reopen \(id)")]
        case .synced, .processed: []
        }
        return work + [.init(sentence: "Correct a field:", command: "crossdock orders edit \(id) --set shipTo.postcode=…"), .init(sentence: "Write a note:", command: "crossdock orders note \(id) '…'")]
    }
}
