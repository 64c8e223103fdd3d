import Connect
import Domain
import Foundation
import Hub
import Hummingbird

/// What the grid's page shows, in words.
struct OrdersView {
    let visit: Visit
    let reading: GridReading, index: GridIndex, rows: [GridRow]
    let views: [SavedView], counts: [GridCount], columns: [SavedView.Column]
    let choices: (tags: [String], couriers: [String], reasons: [String])
    let page: Int

    struct Contents: Sendable {
        var heading: String, total: String, isEverything: Bool, notSorted: String?
        var views: [View], filter: [Choice], more: [Choice], isMoreOpen: Bool, search: String?, tag: String?, sortText: String, viewID: String?
        var isFiltered: Bool, chips: [String], rows: [Row], isEmpty: Bool, emptyText: String, emptyHref: String?, emptyAction: String?
        var pageText: String, previous: String?, next: String?
        var mayWrite: Bool, filterJSON: String, couriers: [String], data: String, formats: [Option]
    }
    struct View: Sendable { var href: String, name: String, count: String, isCurrent: Bool, id: String, isMine: Bool, isShared: Bool, holder: String? }
    struct Choice: Sendable { var name: String, label: String, options: [Option] }
    struct Option: Sendable { var value: String, text: String, isChosen: Bool }
    struct Row: Sendable {
        var id: String, number: String, href: String, placed: PageTime, channel: String, workflow: StateWord, fulfilment: StateWord, payment: StateWord
        var recipient: String?, place: String?, items: String, total: String, cod: Bool, due: PageTime?, isLate: Bool, reason: String?, flags: [String], tags: [String], courier: String?, tracking: String?
    }

    private static let filtersInSight = 6
    private var words: Words { visit.words }

    func contents() throws -> Contents {
        let total = index.total, count = PageWords.grouped("\(total.count)")
        let isEverything = reading.filter.isEverything && reading.view == nil
        let isNothingHere = index.ids.isEmpty, hasFilter = !reading.filter.isEverything
        let pages = max(1, (min(total.count, Ledger.maximumListed) + OrdersPages.rowsOnPage - 1) / OrdersPages.rowsOnPage)
        return Contents(
            heading: reading.view.map(name) ?? words("orders.title"), total: total.isExact ? words.counted("orders.count", total.count) : words("orders.moreThan", ["count": count]), isEverything: isEverything,
            notSorted: index.isSorted ? nil : words("orders.notSorted", ["count": PageWords.grouped("\(Ledger.maximumListed)")]),
            views: zip(views, counts).map(view), filter: Array(filters.prefix(Self.filtersInSight)), more: Array(filters.dropFirst(Self.filtersInSight)), isMoreOpen: !reading.filter.tags.isEmpty || filters.dropFirst(Self.filtersInSight).contains { $0.options.contains(where: \.isChosen) }, search: reading.filter.search, tag: reading.filter.tags.isEmpty ? nil : OrderTags.text(reading.filter.tags), sortText: sortText(reading.sort),
            viewID: reading.view?.id, isFiltered: hasFilter, chips: chips, rows: rows.map(row), isEmpty: isNothingHere,
            emptyText: words(hasFilter ? reading.view?.id == StandardView.late.rawValue ? "orders.emptyLate" : "orders.emptyFilter" : "orders.emptyAll"), emptyHref: hasFilter ? "/orders" : "/channels/new",
            emptyAction: words(hasFilter ? "orders.showAll" : "orders.connect"),
            pageText: words("orders.page", ["page": "\(page)", "pages": "\(pages)"]), previous: page > 1 ? address(page: page - 1) : nil, next: (page < pages || !total.isExact && page < OrdersPages.maximumPage) && rows.count == OrdersPages.rowsOnPage ? address(page: page + 1) : nil,
            mayWrite: visit.caller.may(.ordersWrite), filterJSON: try json(reading.filter), couriers: visit.hub.channels.directory.surroundings.couriers.map(\.name), data: try json(settings),
            formats: BulkRequest.Format.allCases.map { Option(value: $0.rawValue, text: words("orders.format.\($0.rawValue)"), isChosen: $0 == .csv) })
    }

    // MARK: for the script

    /// What the script needs to know of the page.
    private struct Settings: Encodable {
        var view: String?, isMine: Bool, filter: GridFilter, sort: GridSort, columns: [SavedView.Column], mayWrite: Bool, maySeeBuyers: Bool, couriers: [String], zone: String, person: String
    }
    private var settings: Settings {
        let view = reading.view
        return Settings(view: view?.id, isMine: view?.isMine ?? false, filter: reading.filter, sort: reading.sort, columns: columns.isEmpty ? view?.look.columns ?? [] : columns, mayWrite: visit.caller.may(.ordersWrite),
                        maySeeBuyers: visit.context.maySeeBuyers, couriers: visit.hub.channels.directory.surroundings.couriers.map(\.name), zone: visit.caller.zone, person: visit.caller.name)
    }

    private func json(_ value: some Encodable) throws -> String { String(decoding: try JSONEncoder.crossdock.encode(value), as: UTF8.self) }

    // MARK: views and filters

    private func name(_ view: SavedView) -> String { view.isStandard ? words("orders.views.\(view.id)") : view.name }

    private func view(_ view: SavedView, _ count: GridCount) -> View {
        let number = PageWords.grouped("\(count.count)")
        return View(href: "/orders?view=\(view.id)", name: name(view), count: count.isExact ? number : "\(number)+", isCurrent: view.id == reading.view?.id || (reading.view == nil && reading.filter.isEverything && view.id == StandardView.all.rawValue),
                    id: view.id, isMine: view.isMine, isShared: view.isShared && !view.isStandard, holder: view.isStandard || view.isMine ? nil : view.holderName)
    }

    private var filters: [Choice] {
        let filter = reading.filter, surroundings = visit.hub.channels.directory.surroundings
        let channels = surroundings.channels.values.filter { $0.state != .removed && ($0.kind == .shop || $0.kind == .file) }.sorted { $0.name < $1.name }
        func choice(_ name: String, _ options: [(String, String)], _ chosen: [String]) -> Choice {
            let joined = chosen.joined(separator: ",")
            var all = options.map { Option(value: $0.0, text: $0.1, isChosen: $0.0 == joined) }
            if chosen.count > 1 { all.append(Option(value: joined, text: chosen.map { one in options.first { $0.0 == one }?.1 ?? one }.joined(separator: ", "), isChosen: true)) }
            if let one = chosen.first, chosen.count == 1, !options.contains(where: { $0.0 == one }) { all.append(Option(value: one, text: one, isChosen: true)) }
            return Choice(name: name, label: words("orders.filter.\(name)"), options: all)
        }
        let yesNo = [("true", words("orders.yes")), ("false", words("orders.no"))]
        return [
            choice("channel", channels.map { ("\($0.id)", $0.name) }, filter.channels.map { "\($0)" }),
            choice("workflow", Workflow.allCases.map { ($0.rawValue, words.state($0).word) }, filter.workflows.map(\.rawValue)),
            choice("fulfilment", Fulfilment.allCases.map { ($0.rawValue, words.word($0)) }, filter.fulfilments.map(\.rawValue)),
            choice("payment", PaymentState.allCases.map { ($0.rawValue, words.word($0)) }, filter.payments.map(\.rawValue)),
            choice("due", GridFilter.Due.allCases.map { ($0.rawValue, words("orders.due.\($0.rawValue)")) }, filter.due.map { [$0.rawValue] } ?? []),
            choice("placedDays", [1, 2, 7, 30, 90].map { ("\($0)", words($0 == 1 ? "orders.placedToday" : "orders.placedDays", ["days": "\($0)"])) }, filter.placedDays.map { ["\($0)"] } ?? []),
            choice("courier", Set(surroundings.couriers.map(\.name) + choices.couriers).sorted().map { ($0, $0) }, filter.courier.map { [$0] } ?? []),
            choice("reason", choices.reasons.map { ($0, words.said($0)) }, filter.reason.map { [$0] } ?? []),
            choice("cod", yesNo, filter.isCashOnDelivery.map { ["\($0)"] } ?? []), choice("flagged", yesNo, filter.isFlagged.map { ["\($0)"] } ?? []),
            choice("failed", [yesNo[0]], filter.hasDeadLetter.map { ["\($0)"] } ?? []),
        ]
    }

    /// What is filtered by and has no field of its own on the page.
    private var chips: [String] {
        let filter = reading.filter
        var chips: [String] = []
        if let waiting = filter.waiting { chips.append(words("orders.waiting.\(waiting.rawValue)") + (filter.waitingSubject.map { $0.isEmpty ? "" : ": \($0)" } ?? "")) }
        if let from = filter.placedFrom { chips.append(words("orders.placedFrom", ["time": visit.clock.time(from).text])) }
        if let before = filter.placedBefore { chips.append(words("orders.placedBefore", ["time": visit.clock.time(before).text])) }
        if let from = filter.shipFrom { chips.append(words("orders.shipFrom", ["time": visit.clock.time(from).text])) }
        if let before = filter.shipBefore { chips.append(words("orders.shipBefore", ["time": visit.clock.time(before).text])) }
        return chips
    }

    private func sortText(_ sort: GridSort) -> String { (sort.isAscending ? "" : "-") + sort.column.rawValue }

    /// This page with another number.
    private func address(page: Int) -> String {
        var pairs = (visit.request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("page=") }.map(String.init)
        pairs.append("page=\(page)")
        return "/orders?" + pairs.joined(separator: "&")
    }

    // MARK: rows

    private func row(_ row: GridRow) -> Row {
        let order = row.order, snapshot = order.snapshot, isMasked = !visit.context.maySeeBuyers
        func shown(_ field: String) -> String? {
            let value = OrderField.value(of: field, in: snapshot)
            return isMasked && GridRow.isPersonal(field) ? GridRow.mask(value) : value
        }
        let place = [snapshot.shipTo?.district, snapshot.shipTo?.province, snapshot.shipTo?.postcode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        return Row(
            id: "\(order.id)", number: snapshot.externalNumber, href: "/orders/\(order.id)", placed: visit.time(snapshot.placedAt), channel: row.channelName, workflow: words.state(order.workflow),
            fulfilment: words.state(order.fulfilment), payment: words.state(order.paymentState), recipient: shown("shipTo.name") ?? shown("buyer.name"), place: place.isEmpty ? nil : place,
            items: snapshot.lines.prefix(3).map { "\($0.quantity) × \($0.sku ?? $0.title)" }.joined(separator: ", ") + (snapshot.lines.count > 3 ? " …" : ""),
            total: PageWords.money(snapshot.totals.grand, snapshot.currency), cod: snapshot.payment.isCashOnDelivery, due: row.due.map(visit.time), isLate: row.due.map { $0 < visit.now } ?? false, reason: row.reason.map(words.said),
            flags: snapshot.flags.map { words.flag($0.shown(isMasked: isMasked)) }, tags: snapshot.tags, courier: row.courier, tracking: row.tracking)
    }
}
