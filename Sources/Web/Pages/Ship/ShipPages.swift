import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// The Ship page: what stands where, packing by scan, labels, what needs a person.
struct ShipPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship", use: console.page(board))
        pages.post("ship/go", use: console.page(go))
        pages.post("ship/labels", use: console.page(labels))
        pages.get("ship/pick-list", use: console.page(pickList))
        pages.get("ship/pack", use: console.page(pack))
        pages.post("ship/pack/:id", use: console.page(packed))
        pages.get("ship/exceptions", use: console.page(exceptions))
        ManifestPages(console: console).add(to: pages)
        RemittancePages(console: console).add(to: pages)
    }

    // MARK: the board

    struct CarrierRow: Sendable {
        var channel: String, name: String, toPack: String, packed: String, hasToPack: Bool, hasPacked: Bool
        var manifest: String?, manifestNumber: String?
    }
    struct Board: Sendable {
        var tabs: [ShipTabs.Tab], rows: [CarrierRow], hasRows: Bool, parcels: [ParcelCard], hasParcels: Bool, isCut: Bool, state: String
        var carrier: String?
        var carriers: [Choice], states: [Choice], mayPack: Bool, mayPrint: Bool
        var waiting: [WaitingRow], hasWaiting: Bool, sizes: [Choice], exceptions: String?
    }
    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct WaitingRow: Sendable { var channel: String, name: String, count: String, address: String }

    static let shown = 200

    @Sendable private func board(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let hub = visit.hub, words = visit.words, directory = hub.channels.directory
        let state: StoredParcel.State = try visit.request.query["state"] == StoredParcel.State.packed.rawValue ? .packed : .toPack
        let carrier = try visit.request.query["carrier"].flatMap { ChannelID(text: $0) }
        let counts = try await hub.shipping.packing.counts()
        let open = try await hub.shipping.manifests.recent().filter { $0.state == .open }
        let channels = Set(counts.map(\.channel)).union(open.map(\.channel)).sorted()
        let rows = channels.map { id -> CarrierRow in
            func count(_ state: StoredParcel.State) -> Int { counts.first { $0.channel == id && $0.state == state }?.parcels ?? 0 }
            let manifest = open.first { $0.channel == id }
            return CarrierRow(channel: "\(id)", name: directory.channel(id)?.name ?? "\(id)", toPack: "\(count(.toPack))", packed: "\(count(.packed))", hasToPack: count(.toPack) > 0, hasPacked: count(.packed) > 0,
                              manifest: manifest.map { "\($0.id)" }, manifestNumber: manifest?.number)
        }
        let parcels = try await hub.shipping.packing.parcels(in: state, of: carrier, limit: Self.shown + 1)
        let waiting = try await hub.waitingToShip()
        let content = Board(
            tabs: ShipTabs(.board, words: words, exceptions: try await hub.shipping.exceptions.list().count).tabs, rows: rows, hasRows: !rows.isEmpty, parcels: parcels.prefix(Self.shown).map { ParcelCard($0, visit: visit) },
            hasParcels: !parcels.isEmpty, isCut: parcels.count > Self.shown, state: state.rawValue, carrier: carrier.map { "\($0)" },
            carriers: [Choice(value: "", name: words("ship.allCarriers"), isChosen: carrier == nil)] + rows.map { Choice(value: $0.channel, name: $0.name, isChosen: $0.channel == carrier.map { "\($0)" }) },
            states: [StoredParcel.State.toPack, .packed].map { Choice(value: $0.rawValue, name: words("ship.states.\($0.rawValue)"), isChosen: $0 == state) },
            mayPack: visit.caller.may(.ordersWrite), mayPrint: visit.caller.may(.ordersWrite) && visit.caller.may(.buyersRead),
            waiting: waiting.map { WaitingRow(channel: "\($0.channel.id)", name: $0.channel.name, count: "\($0.orders)", address: "/orders?workflow=approved&channel=\(ChannelContent.escaped($0.channel.name))") }, hasWaiting: !waiting.isEmpty,
            sizes: PaperSize.names.map { Choice(value: $0, name: words("ship.sizes.\($0)"), isChosen: $0 == "100x150") }, exceptions: nil)
        return try visit.page("ship-board", title: words("ship.title"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    /// Every approved order of a channel that waits for somebody's word goes to its carrier; the bar at the orders shows how far it has come.
    @Sendable private func go(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form()
        guard let channel = form["channel"].flatMap({ ChannelID(text: $0) }) else { throw APIProblem.notFound("channel") }
        let ids = try await visit.hub.ordersWaitingToShip(of: channel)
        guard !ids.isEmpty else { return visit.redirect("/ship", notice: visit.words("ship.nothingWaits"), tone: .warn) }
        let action = try await visit.hub.desk.bulk.start(BulkRequest(.ship), of: ids, by: visit.caller.actor, holder: visit.caller.holderID)
        return visit.redirect("/orders/bulk/\(action.id)")
    }

    // MARK: paper

    /// The labels of the chosen parcels; of all that the list shows, where none was chosen.
    @Sendable private func labels(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        try visit.require(.buyersRead)
        let form = try await visit.form()
        guard let size = PaperSize(name: form["size"] ?? "100x150", startCell: form["cell"].flatMap { Int($0) } ?? 1) else { throw APIProblem.notFound("paper size") }
        let ids = form.all("parcel").compactMap { APIRead.whole($0) }, words = PaperWords.of(visit.words.language), clock = visit.clock
        let batch = try await visit.hub.shipping.labels.print(.init(parcels: ids, size: size, words: words, actor: visit.caller.name, reason: form.text("reason")) { clock.day($0) })
        visit.hub.readings.note(visit.caller.actor, "label.read", "parcels:\(batch.labels)")
        guard !batch.bytes.isEmpty else {
            return visit.redirect("/ship", notice: batch.refused.first.map { "\($0.number ?? ""): \($0.sentence)" } ?? visit.words("ship.nothingPrinted"), tone: .bad)
        }
        var response = Response(status: .ok, headers: ShippingRoutes.paperHeaders(batch, name: "labels"), body: .init(byteBuffer: ByteBuffer(bytes: batch.bytes)))
        // The paper opens beside the page; what is not on it is told by the page that is looked at next.
        if let first = batch.refused.first {
            let text = visit.words.counted("ship.notPrinted", batch.refused.count, ["number": first.number ?? "", "reason": first.sentence])
            response.headers[.setCookie] = NoticeCookie.set(Frame.Notice(text: text, tone: Tone.warn.rawValue))
        }
        return response
    }

    /// One walk for everything that is to be packed.
    @Sendable private func pickList(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let carrier = try visit.request.query["carrier"].flatMap { ChannelID(text: $0) }
        let lines = try await visit.hub.shipping.packing.parcels(in: .toPack, of: carrier)
        let wants = lines.flatMap { line in
            line.contents.map { content in
                let bought = line.order.snapshot.lines.first { $0.externalLineID == content.externalLineID }
                return PickList.Want(sku: content.sku ?? bought?.sku ?? "–", title: [bought?.title, bought?.variant].compactMap(\.self).joined(separator: " · "), quantity: content.quantity, orderNumber: line.order.snapshot.externalNumber)
            }
        }
        let list = PickList(number: "P-\(visit.clock.digits(ofDay: visit.now))", gathering: wants, date: visit.time(visit.now).full), words = PaperWords.of(visit.words.language)
        guard !wants.isEmpty else { return visit.redirect("/ship", notice: visit.words("ship.nothingToPack"), tone: .warn) }
        let paper = try await LabelDesk.drawn { try PickListPDF.render(list, words: words) }
        return Self.pdf(paper.bytes, name: "pick-list")
    }

    static func pdf(_ bytes: [UInt8], name: String) -> Response {
        Response(status: .ok, headers: [.contentType: "application/pdf", .cacheControl: "no-store", .contentDisposition: "inline; filename=\"\(name).pdf\"", .contentSecurityPolicy: "sandbox",
                                        .xContentTypeOptions: "nosniff"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    // MARK: packing

    struct Pack: Sendable {
        var tabs: [ShipTabs.Tab]
        var parcel: Scanned?
        var mayPack: Bool, code: String
    }
    /// What stands in the middle of the packing page after a scan.
    struct Scanned: Sendable {
        var card: ParcelCard?, fault: String?, done: String?
        var sound: String, mayPack: Bool
    }

    @Sendable private func pack(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let code = try visit.request.query["code"] ?? ""
        var scanned: Scanned?
        if !code.isEmpty {
            do {
                let line = try await visit.hub.shipping.packing.find(code), card = ParcelCard(line, visit: visit)
                scanned = Scanned(card: card, fault: card.hindrance.map { visit.words("ship.mustNotLeave", ["reason": $0]) }, done: nil, sound: line.hindrance == nil ? "good" : "bad", mayPack: visit.caller.may(.ordersWrite))
            } catch let fault as ShippingFault {
                scanned = Scanned(card: nil, fault: "\(code.prefix(60)): \(Self.sentence(fault, visit.words))", done: nil, sound: "bad", mayPack: false)
            }
        }
        if visit.isFragment { return try visit.fragment("ship-parcel", scanned ?? Scanned(card: nil, fault: nil, done: nil, sound: "", mayPack: false)) }
        let content = Pack(tabs: ShipTabs(.pack, words: visit.words).tabs, parcel: scanned, mayPack: visit.caller.may(.ordersWrite), code: code)
        return try visit.page("ship-pack", title: visit.words("ship.tabs.pack"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    static func sentence(_ fault: any HubError, _ words: Words) -> String { words.has("ship.faults.\(fault.code)") ? words("ship.faults.\(fault.code)") : fault.sentence }

    @Sendable private func packed(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), words = visit.words
        guard let id = try APIRead.part(visit.context, what: "parcel").isEmpty ? nil : APIRead.whole(try APIRead.part(visit.context, what: "parcel")) else { throw APIProblem.notFound("parcel") }
        var scanned: Scanned
        do {
            let weight = form.text("weight")
            guard let grams = weight == nil ? .some(nil) : Self.grams(weight ?? "").map(Optional.some) else { throw ShippingFault.badWeight }
            let line = form["undo"] == nil ? try await visit.hub.shipping.packing.pack(id, weightGrams: grams, by: visit.caller.name) : try await undo(id, visit)
            let done = words(form["undo"] == nil ? "ship.packed" : "ship.unpacked", ["number": line.order.snapshot.externalNumber, "tracking": line.parcel.trackingNumber ?? ""])
            scanned = Scanned(card: ParcelCard(line, visit: visit), fault: nil, done: done, sound: "done", mayPack: true)
        } catch let fault as ShippingFault {
            scanned = Scanned(card: (try? await visit.hub.shipping.packing.parcel(id)).map { ParcelCard($0, visit: visit) }, fault: Self.sentence(fault, words), done: nil, sound: "bad", mayPack: true)   // shown without its parcel then
        }
        if visit.isFragment { return try visit.fragment("ship-parcel", scanned) }
        return visit.redirect("/ship/pack", notice: scanned.fault ?? scanned.done, tone: scanned.fault == nil ? .good : .bad)
    }

    private func undo(_ id: Int64, _ visit: Visit) async throws -> ParcelLine {
        try await visit.hub.shipping.packing.unpack(id, by: visit.caller.name)
        return try await visit.hub.shipping.packing.parcel(id)
    }

    /// `850`, `850 g`, `0.85 kg`, `0,85`: with a decimal sign or `kg` it is kilograms. nil: no weight.
    static func grams(_ text: String) -> Int? {
        let plain = text.lowercased().filter { !$0.isWhitespace }.replacing(",", with: ".")
        let isKilograms = plain.hasSuffix("kg") || plain.contains("."), digits = plain.prefix { $0.isNumber || $0 == "." }
        let unit = plain.dropFirst(digits.count)
        guard ["", "g", "kg"].contains(unit), !digits.isEmpty else { return nil }
        guard isKilograms, unit != "g" else { return Int(digits) }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0].isEmpty ? "0" : parts[0]), whole <= 1000 else { return nil }
        let fraction = parts.count > 1 ? String(parts[1].prefix(3)) : ""
        guard let thousandths = Int(fraction.padding(toLength: 3, withPad: "0", startingAt: 0)) else { return nil }
        return whole * 1000 + thousandths
    }

    // MARK: what needs a person

    struct ExceptionGroup: Sendable { var title: String, hint: String, tone: String, rows: [ExceptionRow] }
    struct ExceptionRow: Sendable { var card: ParcelCard, since: PageTime }
    struct Exceptions: Sendable { var tabs: [ShipTabs.Tab], groups: [ExceptionGroup], isEmpty: Bool }

    @Sendable private func exceptions(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let all = try await visit.hub.shipping.exceptions.list(), words = visit.words
        let groups = ShippingException.Kind.allCases.compactMap { kind -> ExceptionGroup? in
            let rows = all.filter { $0.kind == kind }
            guard !rows.isEmpty else { return nil }
            let tone: Tone = [.cancelledAfterPacking, .lost].contains(kind) ? .bad : .warn
            return ExceptionGroup(title: words("ship.exceptions.\(kind.rawValue).title"), hint: words("ship.exceptions.\(kind.rawValue).hint"), tone: tone.rawValue,
                                  rows: rows.map { ExceptionRow(card: ParcelCard($0.line, visit: visit), since: visit.time($0.since)) })
        }
        let content = Exceptions(tabs: ShipTabs(.exceptions, words: words, exceptions: all.count).tabs, groups: groups, isEmpty: groups.isEmpty)
        return try visit.page("ship-exceptions", title: words("ship.tabs.exceptions"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }
}
