import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// The Ship page: what stands where and what leaves first; what waits for somebody's word; the doors to packing, paper and manifests.
struct ShipPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship", use: console.page(board))
        pages.post("ship/go", use: console.page(go))
        PrintPages(console: console).add(to: pages)
        PackPages(console: console).add(to: pages)
        ExceptionPages(console: console).add(to: pages)
        ArrangePages(console: console).add(to: pages)
        ManifestPages(console: console).add(to: pages)
        PickupPages(console: console).add(to: pages)
        RemittancePages(console: console).add(to: pages)
        TogetherPages(console: console).add(to: pages)
    }

    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }
    struct CarrierRow: Sendable {
        var channel: String, name: String, toPack: String, packed: String, hasToPack: Bool, hasPacked: Bool
        var manifest: String?, manifestNumber: String?
    }
    struct WaitingRow: Sendable { var channel: String, name: String, count: String, address: String, isArranged: Bool }
    struct Board: Sendable {
        var tabs: [ShipTabs.Tab], rows: [CarrierRow], hasRows: Bool, parcels: [ParcelCard], hasParcels: Bool, total: String, isFiltered: Bool
        var state: String, carrier: String?, by: String, q: String, today: String, tomorrow: String
        var first: String?, next: String?
        var carriers: [Choice], states: [Choice], mayPack: Bool, mayPrint: Bool
        var waiting: [WaitingRow], hasWaiting: Bool, sizes: [Choice], formats: [Choice]
    }

    static let rowsOnPage = 50, countedUpTo = 2000

    @Sendable private func board(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let hub = visit.hub, words = visit.words, query = try visit.request.query
        let filter = ParcelChoice(query: query, visit).filter, after = query["after"].flatMap { ParcelCursor($0) }
        let found = try await hub.shipping.packing.list(filter, after: after, limit: Self.rowsOnPage + 1), shown = Array(found.prefix(Self.rowsOnPage))
        let count = try await hub.shipping.packing.count(filter, upTo: Self.countedUpTo + 1), total = PageWords.grouped("\(min(count, Self.countedUpTo))") + (count > Self.countedUpTo ? "+" : "")
        let rows = try await carriers(visit), by = filter.dueBefore.map(visit.clock.field) ?? "", carrier = filter.channel.map { "\($0)" }
        func address(by: String, after: ParcelCursor? = nil) -> String { ParcelChoice.address(filter, by: by, after: after) }
        let waiting = try await hub.waitingToShip(), surroundings = hub.channels.directory.surroundings
        let content = Board(
            tabs: try await ShipTabs.of(.board, visit), rows: rows, hasRows: !rows.isEmpty, parcels: shown.map { ParcelCard($0, visit: visit) }, hasParcels: !shown.isEmpty, total: total,
            isFiltered: filter.text != nil || filter.dueBefore != nil || filter.channel != nil, state: filter.state.rawValue, carrier: carrier, by: by, q: filter.text ?? "",
            today: address(by: visit.clock.field(visit.clock.startOfDay(visit.now, plusDays: 1))), tomorrow: address(by: visit.clock.field(visit.clock.startOfDay(visit.now, plusDays: 2))),
            first: after == nil ? nil : address(by: by), next: found.count > Self.rowsOnPage ? shown.last.map { address(by: by, after: ParcelCursor($0)) } : nil,
            carriers: [Choice(value: "", name: words("ship.allCarriers"), isChosen: carrier == nil)] + rows.map { Choice(value: $0.channel, name: $0.name, isChosen: $0.channel == carrier) },
            states: [StoredParcel.State.toPack, .packed].map { Choice(value: $0.rawValue, name: words("ship.states.\($0.rawValue)"), isChosen: $0 == filter.state) },
            mayPack: visit.caller.may(.ordersWrite), mayPrint: visit.caller.may(.ordersWrite) && visit.caller.may(.buyersRead),
            waiting: waiting.map {
                WaitingRow(channel: "\($0.channel.id)", name: $0.channel.name, count: PageWords.grouped("\($0.orders)"), address: "/orders?workflow=approved&channel=\(ChannelContent.escaped($0.channel.name))",
                           isArranged: surroundings.isShippedByPlatform($0.channel.id))
            }, hasWaiting: !waiting.isEmpty,
            sizes: PaperSize.names.map { Choice(value: $0, name: words("ship.sizes.\($0)"), isChosen: $0 == "100x150") },
            formats: PrintPages.formats.map { Choice(value: $0, name: words("ship.formats.\($0)"), isChosen: $0 == "pdf") })
        return try visit.page("ship-board", title: words("ship.title"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    private func carriers(_ visit: Visit) async throws -> [CarrierRow] {
        let hub = visit.hub, directory = hub.channels.directory, counts = try await hub.shipping.packing.counts()
        let open = try await hub.shipping.manifests.recent().filter { $0.state == .open }
        return Set(counts.map(\.channel)).union(open.map(\.channel)).sorted().map { id in
            func count(_ state: StoredParcel.State) -> Int { counts.first { $0.channel == id && $0.state == state }?.parcels ?? 0 }
            let manifest = open.first { $0.channel == id }
            return CarrierRow(channel: "\(id)", name: directory.channel(id)?.name ?? "\(id)", toPack: "\(count(.toPack))", packed: "\(count(.packed))", hasToPack: count(.toPack) > 0, hasPacked: count(.packed) > 0,
                              manifest: manifest.map { "\($0.id)" }, manifestNumber: manifest?.number)
        }
    }

    /// Every approved order of a channel that waits for somebody's word goes to its carrier; the bar at the orders shows how far it has come.
    @Sendable private func go(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form()
        guard let channel = form["channel"].flatMap({ ChannelID(text: $0) }) else { throw APIProblem.notFound("channel") }
        let ids = try await visit.hub.ordersWaitingToShip(of: channel)
        guard !ids.isEmpty else { return visit.redirect("/ship", notice: visit.words("ship.nothingWaits"), tone: .warn) }
        let action = try await visit.hub.desk.bulk.start(BulkRequest(.ship), of: ids, by: visit.caller.actor, holder: visit.caller.holderID)
        return visit.redirect(visit.hub.channels.directory.surroundings.isShippedByPlatform(channel) ? "/ship/arranged/\(action.id)" : "/orders/bulk/\(action.id)")
    }

    static func sentence(_ fault: any HubError, _ words: Words) -> String {
        // What names parcels names them in any language.
        if let fault = fault as? ShippingFault, !fault.named.isEmpty { return words("ship.faults.\(fault.code)") + " " + fault.named.prefix(mostNamed).joined(separator: "; ") }
        if case .inManifest(let number)? = fault as? ShippingFault { return words("ship.faults.in_manifest", ["number": number]) }
        if case .otherOpen(let number)? = fault as? ShippingFault { return words("ship.faults.other_manifest_open", ["number": number]) }
        return words.has("ship.faults.\(fault.code)") ? words("ship.faults.\(fault.code)") : words.said(fault.sentence)
    }
    private static let mostNamed = 20

    /// Those who may be shown a page again where they were.
    static func pdf(_ bytes: [UInt8], name: String) -> Response { PrintPages.paper(bytes, type: "application/pdf", name: "\(name).pdf") }
}

/// The board's choice of parcels, as an address or a form says it.
struct ParcelChoice: Sendable {
    var filter: ParcelFilter

    init(query: APIQuery, _ visit: Visit) { self.init({ query[$0] }, visit) }
    init(form: PageForm, _ visit: Visit) { self.init({ form[$0] }, visit) }

    private init(_ value: (String) -> String?, _ visit: Visit) {
        let text = value("q")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        filter = ParcelFilter(value("state") == StoredParcel.State.packed.rawValue ? .packed : .toPack, channel: value("carrier").flatMap { ChannelID(text: $0) }, dueBefore: value("by").flatMap(visit.clock.moment),
                              text: text.isEmpty ? nil : String(text.prefix(ParcelFilter.longestText)))
    }

    static func address(_ filter: ParcelFilter, by: String, after: ParcelCursor?) -> String {
        let parts: [(String, String?)] = [("state", filter.state == .toPack ? nil : filter.state.rawValue), ("carrier", filter.channel.map { "\($0)" }), ("by", by), ("q", filter.text), ("after", after?.text)]
        let given = parts.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : "\(name)=\(ChannelContent.escaped($0))" } }
        return "/ship" + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
    }
}
