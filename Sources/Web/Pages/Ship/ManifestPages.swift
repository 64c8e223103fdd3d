import Connect
import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Manifests: opened, counted by scan, closed, handed over, printed.
struct ManifestPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/manifests", use: console.page(list))
        pages.post("ship/manifests", use: console.page(open))
        pages.get("ship/manifests/:id", use: console.page { try await show($0) })
        pages.post("ship/manifests/:id/scan", use: console.page(scan))
        pages.post("ship/manifests/:id/remove", use: console.page(remove))
        pages.post("ship/manifests/:id/close", use: console.page(close))
        pages.post("ship/manifests/:id/hand-over", use: console.page(handOver))
        pages.get("ship/manifests/:id/paper", use: console.page(paper))
    }

    struct Row: Sendable {
        var id: String, number: String, carrier: String, state: StateWord, opened: PageTime, openedBy: String, parcels: String
        var missing: String?, extra: String?, handed: PageTime?
    }
    struct Listing: Sendable { var tabs: [ShipTabs.Tab], rows: [Row], hasRows: Bool, carriers: [ShipPages.Choice], hasCarriers: Bool, mayPack: Bool }

    private func row(_ manifest: Manifest, _ visit: Visit) -> Row {
        let tone: Tone = switch manifest.state { case .open: .going; case .closed: .warn; case .handedOver: .good }
        return Row(id: "\(manifest.id)", number: manifest.number, carrier: visit.hub.channels.directory.channel(manifest.channel)?.name ?? "", state: StateWord(word: visit.words("ship.manifestStates.\(manifest.state.rawValue)"), tone: tone.rawValue),
                   opened: visit.time(manifest.openedAt), openedBy: manifest.openedBy, parcels: "\(manifest.parcels)", missing: manifest.missing > 0 ? "\(manifest.missing)" : nil,
                   extra: manifest.extra > 0 ? "\(manifest.extra)" : nil, handed: manifest.handedAt.map(visit.time))
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let rows = try await visit.hub.shipping.manifests.recent().map { row($0, visit) }
        let counted = Set(try await visit.hub.shipping.packing.counts().map(\.channel)), surroundings = visit.hub.channels.directory.surroundings
        let carriers = surroundings.channels.values.filter { $0.state != .removed && ($0.kind == .courier || counted.contains($0.id)) }.sorted { $0.name < $1.name }
        let content = Listing(tabs: ShipTabs(.manifests, words: visit.words).tabs, rows: rows, hasRows: !rows.isEmpty, carriers: carriers.map { ShipPages.Choice(value: "\($0.id)", name: $0.name, isChosen: false) },
                              hasCarriers: !carriers.isEmpty, mayPack: visit.caller.may(.ordersWrite))
        return try visit.page("ship-manifests", title: visit.words("ship.tabs.manifests"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    @Sendable private func open(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form()
        guard let channel = form["carrier"].flatMap({ ChannelID(text: $0) }), visit.hub.channels.directory.channel(channel) != nil else { throw APIProblem.notFound("carrier") }
        let manifest = try await visit.hub.shipping.manifests.open(for: channel, day: visit.clock.digits(ofDay: visit.now), cutoff: nil, by: visit.caller.name)
        return visit.redirect("/ship/manifests/\(manifest.id)")
    }

    // MARK: one manifest

    /// What changes with each scan.
    struct Count: Sendable {
        var said: String?
        var sound: String, tone: String, counted: String, packed: String, progress: String, isAll: Bool, cards: [ParcelCard], missing: [ParcelCard], hasMissing: Bool, extra: [String], hasExtra: Bool, isOpen: Bool, mayPack: Bool
        var manifest: String, isStop: Bool
    }
    struct One: Sendable {
        var tabs: [ShipTabs.Tab], row: Row, isOpen: Bool, isClosed: Bool, isHanded: Bool
        var handedBy: String?, handedTo: String?
        var count: Count, mayPack: Bool, mayPrint: Bool
        var prints: String?
        var id: String
    }

    private func find(_ visit: Visit) async throws -> Manifest {
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "manifest")) else { throw APIProblem.notFound("manifest") }
        return try await visit.hub.shipping.manifests.manifest(id)
    }

    private func count(_ manifest: Manifest, _ visit: Visit, said: String? = nil, sound: String = "", tone: Tone = .good) async throws -> Count {
        let contents = try await visit.hub.shipping.manifests.contents(of: manifest.id), packed = contents.counted.count + contents.missing.count
        return Count(
            said: said, sound: sound, tone: tone.rawValue, counted: "\(contents.counted.count)", packed: "\(packed)", progress: "\(packed == 0 ? 0 : contents.counted.count * 100 / packed)", isAll: contents.missing.isEmpty && !contents.counted.isEmpty,
            cards: contents.counted.reversed().map { ParcelCard($0, visit: visit) }, missing: contents.missing.map { ParcelCard($0, visit: visit) }, hasMissing: !contents.missing.isEmpty, extra: contents.extra, hasExtra: !contents.extra.isEmpty,
            isOpen: manifest.state == .open, mayPack: visit.caller.may(.ordersWrite), manifest: "\(manifest.id)", isStop: tone == .bad)
    }

    private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let manifest = try await find(visit)
        let content = One(
            tabs: ShipTabs(.manifests, words: visit.words).tabs, row: row(manifest, visit), isOpen: manifest.state == .open, isClosed: manifest.state == .closed, isHanded: manifest.state == .handedOver, handedBy: manifest.handedBy,
            handedTo: manifest.handedTo, count: try await count(manifest, visit), mayPack: visit.caller.may(.ordersWrite), mayPrint: visit.caller.may(.ordersRead),
            prints: manifest.prints > 0 ? visit.words.counted("ship.prints", manifest.prints) : nil, id: "\(manifest.id)")
        return try visit.page("ship-manifest", title: manifest.number, at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    @Sendable private func scan(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), manifest = try await find(visit), words = visit.words
        var said: String, tone = Tone.good, sound = "good"
        do {
            guard let code = form.text("code") else { throw ShippingFault.unknownParcel }
            let scan = try await visit.hub.shipping.manifests.scan(code, into: manifest.id, by: visit.caller.name)
            said = words("ship.scans.\(scan.outcome.rawValue)", ["number": scan.number, "reason": scan.reason ?? "", "order": scan.parcel?.order.snapshot.externalNumber ?? ""])
            switch scan.outcome {
            case .counted: sound = "done"
            case .again, .gone: (tone, sound) = (.warn, "warn")
            case .otherCarrier, .mustNotLeave, .unknown: (tone, sound) = (.bad, "bad")
            }
        } catch let fault as ShippingFault { (said, tone, sound) = (ShipPages.sentence(fault, words), .bad, "bad") }
        if visit.isFragment { return try visit.fragment("ship-count", try await count(try await find(visit), visit, said: said, sound: sound, tone: tone)) }
        return visit.redirect("/ship/manifests/\(manifest.id)", notice: said, tone: tone)
    }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), manifest = try await find(visit)
        guard let parcel = form["parcel"].flatMap({ APIRead.whole($0) }) else { throw APIProblem.notFound("parcel") }
        try await visit.hub.shipping.manifests.remove(parcel, from: manifest.id)
        return visit.redirect("/ship/manifests/\(manifest.id)")
    }

    @Sendable private func close(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        _ = try await visit.form()
        let manifest = try await find(visit)
        do {
            let closed = try await visit.hub.shipping.manifests.close(manifest.id, by: visit.caller.name)
            return visit.redirect("/ship/manifests/\(manifest.id)", notice: visit.words.counted("ship.closed", closed.parcels, ["number": closed.number]))
        } catch let fault as ShippingFault { return visit.redirect("/ship/manifests/\(manifest.id)", notice: ShipPages.sentence(fault, visit.words), tone: .bad) }
    }

    @Sendable private func handOver(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), manifest = try await find(visit)
        do {
            let done = try await visit.hub.shipping.manifests.handOver(manifest.id, to: form.text("to"), by: visit.caller.name)
            return visit.redirect("/ship/manifests/\(manifest.id)", notice: visit.words.counted("ship.handed", done.parcels, ["number": done.number]))
        } catch let fault as ShippingFault { return visit.redirect("/ship/manifests/\(manifest.id)", notice: ShipPages.sentence(fault, visit.words), tone: .bad) }
    }

    /// The paper to sign; each after the first says that it is a reprint.
    @Sendable private func paper(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let manifest = try await find(visit), contents = try await visit.hub.shipping.manifests.contents(of: manifest.id)
        guard !contents.counted.isEmpty else { return visit.redirect("/ship/manifests/\(manifest.id)", notice: visit.words("ship.nothingPrinted"), tone: .warn) }
        // A list that can still change is a draft: it counts as no print.
        let print = manifest.state == .open ? 0 : try await visit.hub.shipping.manifests.printed(manifest.id)
        let time = visit.time(visit.now).full
        let paper = ManifestPaper(
            number: manifest.number, carrierTitle: visit.hub.channels.directory.channel(manifest.channel)?.name ?? "", cutOff: manifest.cutoffAt.map { visit.time($0).full }, state: visit.words("ship.manifestStates.\(manifest.state.rawValue)"),
            parcels: contents.counted.map { line in
                ManifestPaper.Parcel(trackingNumber: line.parcel.trackingNumber ?? "–", orderNumbers: [line.order.snapshot.externalNumber], postcode: line.parcel.postcode, weightGrams: line.parcel.weightGrams > 1 ? line.parcel.weightGrams : nil,
                                     codAmount: line.parcel.codMinor.flatMap { minor in minor > 0 ? Currency(line.parcel.currency).map { Money(minor: minor, $0) } : nil })
            },
            missing: contents.missing.compactMap(\.parcel.trackingNumber), extra: contents.extra, printedAt: time, printedBy: visit.caller.name,
            reprint: print > 1 ? ManifestPaper.Reprint(number: print - 1, printedAt: time, printedBy: visit.caller.name) : nil)
        let words = PaperWords.of(visit.words.language)
        return ShipPages.pdf(try await LabelDesk.drawn { try ManifestPDF.render(paper, words: words) }.bytes, name: manifest.number)
    }
}
