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
    struct Kept: Sendable { var id: String, number: String, group: String, mayTakeOut: Bool }
    struct Group: Sendable {
        var value: String, carrier: String, orders: [Numbered], place: String, weight: String
        var single: String?, together: String?, saving: String?, cod: String?
    }
    struct Open: Sendable {
        var id: String, carrier: String, orders: [Kept], isPlanned: Bool, state: StateWord, by: String, at: PageTime
        var saving: String?
    }
    struct ApartRow: Sendable { var reason: String, count: String, orders: [Numbered] }
    struct Page: Sendable {
        var tabs: [ShipTabs.Tab], keys: [ShipPages.Choice], key: String, before: String, groups: [Group], hasGroups: Bool, apart: [ApartRow], hasApart: Bool, open: [Open], hasOpen: Bool, mayPack: Bool
        var total: String?, more: String?
    }
    /// Of each reason to stay apart; of the groups together, so that a form of all of them stays within a form's limits.
    static let shownOrders = 12, shownMembers = 2000

    /// What the page is about: its address and each of its forms say it.
    private struct Subject {
        var key: ConsolidationKey, cutoff: Timestamp?
        /// The cut-off as a field writes it, in the workspace's zone; empty: none.
        var before: String

        init(_ value: (String) -> String?, _ clock: WorkspaceClock) {
            key = value("by").flatMap(ConsolidationKey.init(rawValue:)) ?? .buyer
            cutoff = value("before").flatMap(clock.moment)
            before = cutoff.map(clock.field) ?? ""
        }
        var address: String { "\(TogetherPages.path)?by=\(key.rawValue)" + (before.isEmpty ? "" : "&before=\(ChannelContent.escaped(before))") }
    }

    private static func shown(_ groups: [ConsolidationPlan.Group]) -> [ConsolidationPlan.Group] {
        var members = 0
        return Array(groups.prefix { group in
            members += group.orders.count
            return members <= shownMembers
        })
    }

    private func money(_ minor: Int64?, _ code: String) -> String? { minor.flatMap { minor in Currency(code).map { PageWords.money(minor, $0) } } }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let hub = visit.hub, words = visit.words, query = try visit.request.query, subject = Subject({ query[$0] }, visit.clock)
        let desk = hub.shipping.consolidations, channels = hub.channels.directory.surroundings.channels, mayPack = visit.caller.may(.ordersWrite)
        let plan = try await desk.plan(by: subject.key, placedBefore: subject.cutoff), shown = Self.shown(plan.groups), more = plan.groups.count - shown.count
        let open = try await desk.open(), wanted = shown.compactMap(\.orders.first) + open.flatMap(\.orders)
        let orders = Dictionary(try await hub.ledger.orders(wanted).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = shown.map { group -> Group in
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
            let members = one.orders.map { Kept(id: "\($0)", number: orders[$0]?.snapshot.externalNumber ?? "\($0)", group: "\(one.id)", mayTakeOut: mayPack && one.state == .planned) }
            return Open(id: "\(one.id)", carrier: channels[one.channel]?.name ?? "", orders: members, isPlanned: one.state == .planned,
                        state: StateWord(word: words("ship.togetherStates.\(one.state.rawValue)"), tone: Tone.going.rawValue), by: one.madeBy, at: visit.time(one.madeAt), saving: money(one.savingMinor, one.currency))
        }
        let content = Page(tabs: try await ShipTabs.of(.together, visit), keys: ConsolidationKey.allCases.map { ShipPages.Choice(value: $0.rawValue, name: words("ship.gatherBy.\($0.rawValue)"), isChosen: $0 == subject.key) }, key: subject.key.rawValue,
                           before: subject.before, groups: groups, hasGroups: !groups.isEmpty, apart: apart, hasApart: !apart.isEmpty, open: standing, hasOpen: !standing.isEmpty, mayPack: mayPack,
                           total: currencies.count == 1 && savings > 0 ? money(savings, currencies.first ?? "") : nil, more: more > 0 ? words.counted("ship.moreGroups", more) : nil)
        return try visit.page("ship-together", title: words("ship.tabs.together"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    /// Keeps the ticked groups of the plan as it stands now, each with its ticked orders.
    @Sendable private func keep(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), subject = Subject({ form[$0] }, visit.clock), ticked = Set(form.all("order")), desk = visit.hub.shipping.consolidations
        let asked = form.all("group").map { group in group.split(separator: ",").filter { ticked.contains(String($0)) }.compactMap { OrderID(text: $0) } }
        let plan = try await desk.plan(by: subject.key, placedBefore: subject.cutoff), kept = try await desk.keep(plan.choices(of: asked), by: visit.caller.name)
        guard kept.count < asked.count else { return visit.redirect(subject.address, notice: visit.words.counted("ship.putTogether", kept.count)) }
        let reason = asked.contains { $0.count < 2 } ? "ship.twoMustStay" : "ship.planChanged"
        return visit.redirect(subject.address, notice: visit.words(reason, ["kept": "\(kept.count)", "asked": "\(asked.count)"]), tone: .warn)
    }

    private func id(_ visit: Visit) throws -> Int64 {
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "consolidation")) else { throw APIProblem.notFound("consolidation") }
        return id
    }

    /// - Parameter body: answers with what is said of it.
    private func act(_ visit: Visit, _ body: (Int64, PageForm) async throws -> String) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), id = try id(visit), back = Subject({ form[$0] }, visit.clock).address
        do { return visit.redirect(back, notice: visit.words(try await body(id, form))) } catch let fault as ShippingFault {
            return visit.redirect(back, notice: ShipPages.sentence(fault, visit.words), tone: .bad)
        }
    }

    @Sendable private func go(_ visit: Visit) async throws -> Response {
        try await act(visit) { id, _ in
            try await visit.hub.shipping.consolidations.release(id, by: visit.caller.name)
            return "ship.wentTogether"
        }
    }

    @Sendable private func undo(_ visit: Visit) async throws -> Response {
        try await act(visit) { id, _ in
            try await visit.hub.shipping.consolidations.undo(id)
            return "ship.tookApart"
        }
    }

    @Sendable private func remove(_ visit: Visit) async throws -> Response {
        try await act(visit) { id, form in
            guard let order = form["order"].flatMap({ OrderID(text: $0) }) else { throw APIProblem.notFound("order") }
            return try await visit.hub.shipping.consolidations.remove(order, from: id).state == .undone ? "ship.tookOutLast" : "ship.tookOut"
        }
    }
}
