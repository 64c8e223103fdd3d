import Connect
import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Manifests: opened, counted by scan, closed, opened again with a reason, handed over, printed.
struct ManifestPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/manifests", use: console.page(list))
        pages.post("ship/manifests", use: console.page(open))
        pages.get("ship/manifests/:id", use: console.page { try await show($0) })
        pages.post("ship/manifests/:id/scan", use: console.page(scan))
        pages.post("ship/manifests/:id/remove", use: console.page(remove))
        pages.post("ship/manifests/:id/close", use: console.page(close))
        pages.post("ship/manifests/:id/reopen", use: console.page(reopen))
        pages.post("ship/manifests/:id/take-out", use: console.page(takeOut))
        pages.post("ship/manifests/:id/hand-over", use: console.page(handOver))
        pages.post("ship/manifests/:id/paper", use: console.page(paper))
    }

    struct Row: Sendable {
        var id: String, number: String, carrier: String, state: StateWord, opened: PageTime, openedBy: String, parcels: String
        var missing: String?, extra: String?, handed: PageTime?
    }
    struct Listing: Sendable { var tabs: [ShipTabs.Tab], rows: [Row], hasRows: Bool, carriers: [ShipPages.Choice], hasCarriers: Bool, pickups: PickupPages.Part, mayPack: Bool }

    private func row(_ manifest: Manifest, _ visit: Visit) -> Row {
        let tone: Tone = switch manifest.state { case .open: .going; case .closed: .warn; case .handedOver: .good }
        return Row(id: "\(manifest.id)", number: manifest.number, carrier: visit.hub.channels.directory.channel(manifest.channel)?.name ?? "",
                   state: StateWord(word: visit.words("ship.manifestStates.\(manifest.state.rawValue)"), tone: tone.rawValue), opened: visit.time(manifest.openedAt), openedBy: manifest.openedBy,
                   parcels: "\(manifest.parcels)", missing: manifest.missing > 0 ? "\(manifest.missing)" : nil, extra: manifest.extra > 0 ? "\(manifest.extra)" : nil, handed: manifest.handedAt.map(visit.time))
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let rows = try await visit.hub.shipping.manifests.recent().map { row($0, visit) }
        let counted = Set(try await visit.hub.shipping.packing.counts().map(\.channel)), surroundings = visit.hub.channels.directory.surroundings
        let carriers = surroundings.channels.values.filter { $0.state != .removed && ($0.kind == .courier || counted.contains($0.id)) }.sorted { $0.name < $1.name }
        let content = Listing(tabs: try await ShipTabs.of(.manifests, visit), rows: rows, hasRows: !rows.isEmpty, carriers: carriers.map { ShipPages.Choice(value: "\($0.id)", name: $0.name, isChosen: false) },
                              hasCarriers: !carriers.isEmpty, pickups: try await PickupPages.part(visit), mayPack: visit.caller.may(.ordersWrite))
        return try visit.page("ship-manifests", title: visit.words("ship.tabs.manifests"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    @Sendable private func open(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form()
        guard let channel = form["carrier"].flatMap({ ChannelID(text: $0) }), visit.hub.channels.directory.channel(channel) != nil else { throw APIProblem.notFound("carrier") }
        do {
            let manifest = try await visit.hub.shipping.manifests.open(for: channel, day: visit.clock.digits(ofDay: visit.now), cutoff: form["by"].flatMap(visit.clock.moment), by: visit.caller.name)
            return visit.redirect(Self.path(manifest.id))
        } catch let fault as ShippingFault { return visit.redirect("/ship/manifests", notice: ShipPages.sentence(fault, visit.words), tone: .bad) }
    }

    // MARK: one manifest

    struct ScanRow: Sendable { var number: String, order: String?, orderNumber: String?, outcome: StateWord, at: PageTime, by: String }
    /// What changes with each scan: the counts and the latest scans, however long the list is.
    struct Count: Sendable {
        var said: String?
        var sound: String, tone: String, counted: String, expected: String, missing: String, extra: String, hasMissing: Bool, hasExtra: Bool, progress: String, isAll: Bool
        var scans: [ScanRow], hasScans: Bool, isOpen: Bool, manifest: String, isStop: Bool
    }
    struct One: Sendable {
        var tabs: [ShipTabs.Tab], row: Row, isOpen: Bool, isClosed: Bool, isHanded: Bool
        var handedBy: String?, handedTo: String?, cutoff: PageTime?
        var count: Count, mayPack: Bool
        var prints: String?
        var id: String, cards: [ParcelCard], hasCards: Bool, isMissing: Bool, stopped: [ParcelCard], hasStopped: Bool, extraNumbers: [String]
        var first: String?, next: String?
        var isList: Bool
    }
    static let shownScans = 20, rowsOnPage = 50

    static func path(_ id: Int64) -> String { "/ship/manifests/\(id)" }

    private func find(_ visit: Visit) async throws -> Manifest {
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "manifest")) else { throw APIProblem.notFound("manifest") }
        do { return try await visit.hub.shipping.manifests.manifest(id) } catch ShippingFault.unknownManifest { throw APIProblem.notFound("manifest") }
    }

    private func count(_ manifest: Manifest, _ visit: Visit, said: String? = nil, sound: String = "", tone: Tone = .good) async throws -> Count {
        let desk = visit.hub.shipping.manifests, count = try await desk.count(of: manifest.id), words = visit.words, isOpen = manifest.state == .open
        let scans = isOpen ? try await desk.scans(of: manifest.id, limit: Self.shownScans) : []
        return Count(
            said: said, sound: sound, tone: tone.rawValue, counted: "\(count.counted)", expected: "\(count.expected)", missing: "\(count.missing)", extra: "\(count.extra)", hasMissing: count.missing > 0,
            hasExtra: count.extra > 0, progress: "\(count.expected == 0 ? 0 : count.counted * 100 / count.expected)", isAll: count.missing == 0 && count.counted > 0,
            scans: scans.map { scan in
                ScanRow(number: scan.number, order: scan.order.map { "\($0)" }, orderNumber: scan.orderNumber, outcome: StateWord(word: words("ship.outcomes.\(scan.outcome.rawValue)"), tone: Self.tone(scan.outcome).rawValue),
                        at: visit.time(scan.at), by: scan.actor)
            }, hasScans: !scans.isEmpty, isOpen: isOpen, manifest: "\(manifest.id)", isStop: tone == .bad)
    }

    private static func tone(_ outcome: ScanOutcome) -> Tone {
        switch outcome {
        case .counted: .good
        case .again, .gone: .warn
        case .otherCarrier, .otherManifest, .mustNotLeave, .unknown: .bad
        }
    }

    private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let manifest = try await find(visit), desk = visit.hub.shipping.manifests, query = try visit.request.query
        let part = query["list"].flatMap(ManifestDesk.Part.init) ?? .counted, after = query["after"].flatMap { APIRead.whole($0) }
        let found = try await desk.list(part, of: manifest.id, after: after, limit: Self.rowsOnPage + 1), lines = found.prefix(Self.rowsOnPage)
        let stopped = manifest.state == .handedOver ? [] : try await desk.stopped(in: manifest.id), extra = try await desk.extra(of: manifest.id)
        let base = Self.path(manifest.id) + "?list=\(part.rawValue)"
        let content = One(
            tabs: try await ShipTabs.of(.manifests, visit), row: row(manifest, visit), isOpen: manifest.state == .open, isClosed: manifest.state == .closed, isHanded: manifest.state == .handedOver,
            handedBy: manifest.handedBy, handedTo: manifest.handedTo, cutoff: manifest.cutoffAt.map(visit.time), count: try await count(manifest, visit), mayPack: visit.caller.may(.ordersWrite),
            prints: manifest.prints > 0 ? visit.words.counted("ship.prints", manifest.prints) : nil, id: "\(manifest.id)", cards: lines.map { ParcelCard($0, visit: visit) }, hasCards: !lines.isEmpty,
            isMissing: part == .missing, stopped: stopped.map { ParcelCard($0, visit: visit) }, hasStopped: !stopped.isEmpty, extraNumbers: extra, first: after == nil ? nil : "\(base)#list",
            next: found.count > Self.rowsOnPage ? lines.last.map { "\(base)&after=\($0.parcel.id)#list" } : nil, isList: query["list"] != nil)
        return try visit.page("ship-manifest", title: manifest.number, at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    @Sendable private func scan(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), manifest = try await find(visit), words = visit.words
        var said: String, tone = Tone.good, sound = "good"
        do {
            guard let code = form.text("code") else { throw ShippingFault.unknownParcel }
            let scan = try await visit.hub.shipping.manifests.scan(code, into: manifest.id, by: visit.caller.name)
            let other = scan.outcome == .otherCarrier ? scan.parcel.map { ParcelCard.carrier(of: $0, visit) } : nil, reason = other ?? scan.reason.map { ParcelCard.inWords($0, words) } ?? ""
            said = words("ship.scans.\(scan.outcome.rawValue)", ["number": scan.number, "reason": reason, "order": scan.parcel?.order.snapshot.externalNumber ?? ""])
            tone = Self.tone(scan.outcome)
            sound = scan.outcome == .counted ? "done" : tone.rawValue
        } catch let fault as ShippingFault { (said, tone, sound) = ((form.text("code").map { "\($0.prefix(60)): " } ?? "") + ShipPages.sentence(fault, words), .bad, "bad") }
        if visit.isFragment { return try visit.fragment("ship-count", try await count(try await find(visit), visit, said: said, sound: sound, tone: tone)) }
        return visit.redirect(Self.path(manifest.id), notice: said, tone: tone)
    }

    // MARK: its life

    private func act(_ visit: Visit, _ body: (Manifest, PageForm) async throws -> String?) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), manifest = try await find(visit)
        do {
            let said = try await body(manifest, form)
            visit.console.exceptions.forget()
            return visit.redirect(Self.path(manifest.id), notice: said)
        } catch let fault as ShippingFault { return visit.redirect(Self.path(manifest.id), notice: ShipPages.sentence(fault, visit.words), tone: .bad) }
    }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        try await act(visit) { manifest, form in
            guard let parcel = form["parcel"].flatMap({ APIRead.whole($0) }) else { throw APIProblem.notFound("parcel") }
            try await visit.hub.shipping.manifests.remove(parcel, from: manifest.id)
            return nil
        }
    }

    @Sendable private func close(_ visit: Visit) async throws -> Response {
        try await act(visit) { manifest, _ in
            let closed = try await visit.hub.shipping.manifests.close(manifest.id, by: visit.caller.name)
            return visit.words.counted("ship.closed", closed.parcels, ["number": closed.number])
        }
    }

    @Sendable private func reopen(_ visit: Visit) async throws -> Response {
        try await act(visit) { manifest, form in
            let open = try await visit.hub.shipping.manifests.reopen(manifest.id, reason: form.text("reason"), by: visit.caller.actor)
            return visit.words("ship.reopened", ["number": open.number])
        }
    }

    @Sendable private func takeOut(_ visit: Visit) async throws -> Response {
        try await act(visit) { manifest, _ in
            let numbers = try await visit.hub.shipping.manifests.takeOutStopped(manifest.id, by: visit.caller.actor)
            return visit.words.counted("ship.takenOut", numbers.count, ["numbers": numbers.joined(separator: ", ")])
        }
    }

    @Sendable private func handOver(_ visit: Visit) async throws -> Response {
        try await act(visit) { manifest, form in
            let done = try await visit.hub.shipping.manifests.handOver(manifest.id, to: form.text("to"), by: visit.caller.name)
            return visit.words.counted("ship.handed", done.parcels, ["number": done.number])
        }
    }

    /// The paper to sign. Printing is an act: it is counted, and each after the first says that it is a reprint.
    @Sendable private func paper(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        _ = try await visit.form()
        let manifest = try await find(visit)
        guard let paper = try await PaperRoutes(hub: visit.hub).paper(of: manifest, words: visit.words, clock: visit.clock, by: visit.caller.name) else {
            return visit.redirect(Self.path(manifest.id), notice: visit.words("ship.nothingPrinted"), tone: .warn)
        }
        return ShipPages.pdf(paper, name: manifest.number)
    }
}
