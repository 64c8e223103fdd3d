import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Orders that can travel together: the plan with what it saves, what stays apart and why; kept, changed, undone, let go.
struct TogetherPages {
    static let path = "/ship/together"

    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/together", use: console.page(show))
        pages.post("ship/together", use: console.page(keep))
        pages.post("ship/together/:id/go", use: console.page(go))
        pages.post("ship/together/:id/undo", use: console.page(undo))
        pages.post("ship/together/:id/remove", use: console.page(remove))
    }

    struct Numbered: Sendable { var id: String, number: String }
    struct Group: Sendable {
        var value: String, carrier: String, orders: [Numbered], place: String, weight: String
        var single: String?, together: String?, saving: String?, cod: String?
    }
    struct Open: Sendable {
        var id: String, carrier: String, orders: [Numbered], isPlanned: Bool, state: StateWord, by: String, at: PageTime
        var saving: String?
    }
    struct ApartRow: Sendable { var reason: String, count: String, orders: [Numbered] }
    struct Page: Sendable {
        var tabs: [ShipTabs.Tab], keys: [ShipPages.Choice], key: String, groups: [Group], hasGroups: Bool, apart: [ApartRow], hasApart: Bool, open: [Open], hasOpen: Bool, mayPack: Bool
        var total: String?
    }
    static let shownOrders = 12

    private func key(_ visit: Visit) throws -> ConsolidationKey { try visit.request.query["by"].flatMap(ConsolidationKey.init(rawValue:)) ?? .buyer }

    private func money(_ minor: Int64?, _ code: String) -> String? { minor.flatMap { minor in Currency(code).map { PageWords.money(minor, $0) } } }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let hub = visit.hub, words = visit.words, chosen = try key(visit), desk = hub.shipping.consolidations, channels = hub.channels.directory.surroundings.channels
        let plan = try await desk.plan(by: chosen), open = try await desk.open(), wanted = plan.groups.compactMap(\.orders.first) + open.flatMap(\.orders)
        let orders = Dictionary(try await hub.ledger.orders(wanted).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = plan.groups.map { group -> Group in
            let address = group.orders.first.flatMap { orders[$0] }?.snapshot.shipTo
            return Group(value: group.orders.map { "\($0)" }.joined(separator: ","), carrier: channels[group.carrier]?.name ?? "", orders: zip(group.orders, group.numbers).map { Numbered(id: "\($0)", number: $1) },
                         place: [address?.district, address?.province, address?.postcode].compactMap(\.self).joined(separator: " · "), weight: ParcelCard.kilograms(group.grams), single: money(group.singleMinor, group.currency),
                         together: money(group.togetherMinor, group.currency), saving: money(group.savingMinor, group.currency), cod: group.codMinor > 0 ? money(group.codMinor, group.currency) : nil)
        }
        let currencies = Set(plan.groups.map(\.currency)), savings = plan.groups.compactMap(\.savingMinor).reduce(0, +)
        let apart = ConsolidationPlan.Apart.Reason.allCases.compactMap { reason -> ApartRow? in
            let rows = plan.apart.filter { $0.reason == reason }
            guard !rows.isEmpty else { return nil }
            return ApartRow(reason: words("ship.apart.\(reason.rawValue)"), count: "\(rows.count)", orders: rows.prefix(Self.shownOrders).map { Numbered(id: "\($0.order)", number: $0.number) })
        }
        let standing = open.map { one -> Open in
            let saving = one.singleMinor.flatMap { single in one.togetherMinor.map { single - $0 } }
            return Open(id: "\(one.id)", carrier: channels[one.channel]?.name ?? "", orders: one.orders.map { Numbered(id: "\($0)", number: orders[$0]?.snapshot.externalNumber ?? "\($0)") }, isPlanned: one.state == .planned,
                        state: StateWord(word: words("ship.togetherStates.\(one.state.rawValue)"), tone: Tone.going.rawValue), by: one.madeBy, at: visit.time(one.madeAt), saving: money(saving, one.currency))
        }
        let content = Page(tabs: try await ShipTabs.of(.together, visit), keys: ConsolidationKey.allCases.map { ShipPages.Choice(value: $0.rawValue, name: words("ship.gatherBy.\($0.rawValue)"), isChosen: $0 == chosen) }, key: chosen.rawValue,
                           groups: groups, hasGroups: !groups.isEmpty, apart: apart, hasApart: !apart.isEmpty, open: standing, hasOpen: !standing.isEmpty, mayPack: visit.caller.may(.ordersWrite),
                           total: currencies.count == 1 && savings > 0 ? money(savings, currencies.first ?? "") : nil)
        return try visit.page("ship-together", title: words("ship.tabs.together"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    /// Keeps the ticked groups of the plan as it stands now.
    @Sendable private func keep(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), chosen = ConsolidationKey(rawValue: form["by"] ?? "") ?? .buyer
        let ticked = Set(form.all("group")), plan = try await visit.hub.shipping.consolidations.plan(by: chosen)
        let groups = plan.groups.filter { ticked.contains($0.orders.map { "\($0)" }.joined(separator: ",")) }
        let kept = try await visit.hub.shipping.consolidations.keep(groups, by: visit.caller.name)
        let back = "\(Self.path)?by=\(chosen.rawValue)"
        guard kept.count == ticked.count else { return visit.redirect(back, notice: visit.words("ship.planChanged", ["kept": "\(kept.count)", "asked": "\(ticked.count)"]), tone: .warn) }
        return visit.redirect(back, notice: visit.words.counted("ship.putTogether", kept.count))
    }

    private func id(_ visit: Visit) throws -> Int64 {
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "consolidation")) else { throw APIProblem.notFound("consolidation") }
        return id
    }

    private func act(_ visit: Visit, notice: String, _ body: (Int64, PageForm) async throws -> Void) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), id = try id(visit)
        do { try await body(id, form) } catch let fault as ShippingFault { return visit.redirect(Self.path, notice: ShipPages.sentence(fault, visit.words), tone: .bad) }
        return visit.redirect(Self.path, notice: visit.words(notice))
    }

    @Sendable private func go(_ visit: Visit) async throws -> Response {
        try await act(visit, notice: "ship.wentTogether") { id, _ in try await visit.hub.shipping.consolidations.release(id, by: visit.caller.name) }
    }

    @Sendable private func undo(_ visit: Visit) async throws -> Response { try await act(visit, notice: "ship.tookApart") { id, _ in try await visit.hub.shipping.consolidations.undo(id) } }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        try await act(visit, notice: "ship.tookOut") { id, form in
            guard let order = form["order"].flatMap({ OrderID(text: $0) }) else { throw APIProblem.notFound("order") }
            try await visit.hub.shipping.consolidations.remove(order, from: id)
        }
    }
}
