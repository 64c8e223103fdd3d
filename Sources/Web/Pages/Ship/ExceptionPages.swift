import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Parcels that need a person, and what ends each.
struct ExceptionPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/exceptions", use: console.page(show))
        pages.post("ship/exceptions/:id/goods-back", use: console.page(goodsBack))
    }

    /// Of one kind on the page, the oldest first: when they are dealt with, the others come.
    static let shown = 100

    struct Group: Sendable { var title: String, hint: String, tone: String, rows: [Row], count: String, more: String? }
    struct Row: Sendable { var card: ParcelCard, since: PageTime, isToUnpack: Bool, isToEnd: Bool }
    struct Page: Sendable { var tabs: [ShipTabs.Tab], groups: [Group], isEmpty: Bool, mayPack: Bool, stillNote: String, maySet: Bool }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let all = try await visit.hub.shipping.exceptions.list(), words = visit.words, mayPack = visit.caller.may(.ordersWrite), hours = visit.hub.shipping.exceptions.stillHours()
        let groups = ShippingException.Kind.allCases.compactMap { kind -> Group? in
            let found = all.filter { $0.kind == kind }
            guard !found.isEmpty else { return nil }
            let tone: Tone = [.cancelledAfterPacking, .lost].contains(kind) ? .bad : .warn
            let title = kind == .still ? words.counted("ship.stillFor", hours) : words("ship.exceptions.\(kind.rawValue).title")
            return Group(title: title, hint: words("ship.exceptions.\(kind.rawValue).hint"), tone: tone.rawValue,
                         rows: found.prefix(Self.shown).map { Self.row($0, visit, mayPack: mayPack) }, count: PageWords.grouped("\(found.count)"),
                         more: found.count > Self.shown ? words("ship.exceptions.more", ["count": "\(Self.shown)"]) : nil)
        }
        visit.console.exceptions.forget()
        let content = Page(tabs: try await ShipTabs.of(.exceptions, visit), groups: groups, isEmpty: groups.isEmpty, mayPack: mayPack,
                           stillNote: words.counted("ship.stillNote", hours), maySet: visit.caller.may(.workspaceWrite))
        return try visit.page("ship-exceptions", title: words("ship.tabs.exceptions"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    /// What still stands packed is opened again; what is void, or comes back, ends with its goods on the shelf; a shared box loses what was cancelled of it.
    private static func row(_ exception: ShippingException, _ visit: Visit, mayPack: Bool) -> Row {
        let line = exception.line, isVoid = line.parcel.state == .void, isShared = !line.companions.isEmpty
        let ends = [.returning, .returned].contains(exception.kind) || exception.kind == .cancelledAfterPacking && (isVoid || isShared)
        return Row(card: ParcelCard(line, visit: visit), since: visit.time(exception.since), isToUnpack: mayPack && exception.kind == .cancelledAfterPacking && !isVoid && !isShared, isToEnd: mayPack && ends)
    }

    @Sendable private func goodsBack(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), words = visit.words
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "parcel")) else { throw APIProblem.notFound("parcel") }
        do {
            if form["unpack"] == nil { try await visit.hub.shipping.exceptions.goodsAreBack(id, by: visit.caller.name) } else { try await visit.hub.shipping.packing.unpack(id, by: visit.caller.name) }
        } catch let fault as any HubError { return visit.redirect("/ship/exceptions", notice: ShipPages.sentence(fault, words), tone: .bad) }
        visit.console.exceptions.forget()
        return visit.redirect("/ship/exceptions", notice: words("ship.goodsBackDone"))
    }
}
