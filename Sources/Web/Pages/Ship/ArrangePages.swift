import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Marketplace orders arranged many at once: which, how they are handed over, and what became of each, on a page that can be left and found again.
struct ArrangePages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("ship/arrange", use: console.page(choose))
        pages.post("ship/arrange", use: console.page(start))
        pages.get("ship/arranged/:id", use: console.page(results))
        pages.get("ship/arranged", use: console.page(recent))
    }

    struct Way: Sendable { var value: String, title: String, isChosen: Bool }
    struct Row: Sendable { var id: String, number: String, buyer: String, place: String, pieces: String, shipBy: PageTime?, isLate: Bool }
    struct Chooser: Sendable {
        var tabs: [ShipTabs.Tab], channel: String, name: String, rows: [Row], hasRows: Bool, isCut: Bool, more: String, ways: [Way]
        var fault: String?
        var mayPack: Bool
    }

    private func channel(_ text: String?, _ visit: Visit) throws -> Channel {
        guard let id = text.flatMap({ ChannelID(text: $0) }), let channel = visit.hub.shipping.arranging.channels.first(where: { $0.id == id }) else { throw APIProblem.notFound("marketplace") }
        return channel
    }

    /// How many milliseconds the page waits for the platform's ways of handing over; without them its usual one is offered.
    static let patience = Duration.seconds(8)

    @Sendable private func choose(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let channel = try channel(try visit.request.query["channel"], visit), desk = visit.hub.shipping.arranging, words = visit.words
        let orders = try await desk.orders(of: channel.id), waiting = try await desk.waiting(of: channel.id)
        var choices: [HandoverChoice] = [], fault: String?
        if let first = orders.first {
            do { choices = try await Self.hurried { try await desk.choices(like: first.id) } } catch let error as any HubError { fault = error.sentence } catch is CancellationError { fault = words("ship.waysLate") }
        }
        let rows = orders.map { order -> Row in
            let snapshot = order.snapshot, address = snapshot.shipTo
            return Row(id: "\(order.id)", number: snapshot.externalNumber, buyer: visit.context.maySeeBuyers ? snapshot.buyer.name ?? address?.name ?? "" : "",
                       place: [address?.district, address?.province, address?.postcode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · "),
                       pieces: "\(snapshot.lines.reduce(0) { $0 + $1.quantity })", shipBy: order.shipBy.map(visit.time), isLate: order.shipBy.map { $0 < visit.now } ?? false)
        }
        let content = Chooser(tabs: try await ShipTabs.of(.board, visit), channel: "\(channel.id)", name: channel.name, rows: rows, hasRows: !rows.isEmpty, isCut: waiting > orders.count,
                              more: words.counted("ship.arrangeMore", waiting - orders.count), ways: try Self.ways(choices, words), fault: fault, mayPack: visit.caller.may(.ordersWrite))
        return try visit.page("ship-arrange", title: words("ship.arrange"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    /// - Throws: `CancellationError` when it takes too long.
    private static func hurried(_ body: @escaping @Sendable () async throws -> [HandoverChoice]) async throws -> [HandoverChoice] {
        try await withThrowingTaskGroup(of: [HandoverChoice].self) { group in
            group.addTask { try await body() }
            group.addTask { try await Task.sleep(for: patience); throw CancellationError() }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    /// The platform's usual way, then those that it offers. A way is carried by the form as the platform's own words for it.
    static func ways(_ choices: [HandoverChoice], _ words: Words) throws -> [Way] {
        try [Way(value: "", title: words("ship.usualWay"), isChosen: true)] + choices.filter { $0.handover != .usual }.map { choice in
            let kind = switch choice.handover {
            case .pickup: "pickup"
            case .dropOff: "dropOff"
            case .ownCarrier: "ownCarrier"
            case .usual: "usual"
            }
            let value = String(decoding: try JSONEncoder.crossdock.encode(choice.handover), as: UTF8.self)
            return Way(value: value, title: words("ship.ways.\(kind)") + ": " + choice.title + (choice.isRecommended ? " · " + words("ship.recommended") : ""), isChosen: false)
        }
    }

    @Sendable private func start(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), channel = try channel(form["channel"], visit), back = "/ship/arrange?channel=\(channel.id)"
        let ids = form.all("order").compactMap { OrderID(text: $0) }
        guard !ids.isEmpty else { return visit.redirect(back, notice: visit.words("ship.nothingChosen"), tone: .warn) }
        guard ids.count <= ArrangingDesk.maximumOrders else { return visit.redirect(back, notice: visit.words("ship.arrangeTooMany", ["count": "\(ArrangingDesk.maximumOrders)"]), tone: .bad) }
        var handover: Handover?
        if let text = form.text("way") {
            guard let way = try? JSONDecoder().decode(Handover.self, from: Data(text.utf8)) else { throw APIProblem(.badRequest, "invalid_form", "This is no way of handing over.") }      // told in words of our own
            handover = way
        }
        let action = try await visit.hub.desk.bulk.start(BulkRequest(.ship, handover: handover), of: try await visit.hub.desk.bulk.chosen(.orders(ids)), by: visit.caller.actor, holder: visit.caller.holderID)
        return visit.redirect("/ship/arranged/\(action.id)")
    }

    // MARK: what became of them

    struct Result: Sendable { var order: String, number: String, state: StateWord, tracking: [String], reason: String?, whatToDo: String?, mend: String? }
    struct Standing: Sendable { var word: String, count: String, tone: String }
    struct Results: Sendable {
        var tabs: [ShipTabs.Tab], id: String, at: PageTime, by: String, total: Int, done: Int, standings: [Standing], rows: [Result], hasRows: Bool, isGoing: Bool, isCut: Bool, pollPath: String
        var printable: Bool
    }

    private func action(_ visit: Visit) async throws -> BulkAction {
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "bulk action")), let action = try await visit.hub.desk.bulk.action(id), action.request.kind == .ship else { throw APIProblem.notFound("bulk action") }
        return action
    }

    @Sendable private func results(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let action = try await action(visit), found = try await visit.hub.shipping.arranging.results(of: action.id), words = visit.words
        // What was refused comes first: somebody has to do something about it.
        let rank = ["refused": 0, "waiting": 1, "arranged": 2]
        let rows = found.sorted { (rank[$0.standing.kind] ?? 0, $0.position) < (rank[$1.standing.kind] ?? 0, $1.position) }
        let standings = ["arranged", "waiting", "refused"].compactMap { kind -> Standing? in
            let count = found.count { $0.standing.kind == kind }
            return count == 0 ? nil : Standing(word: words("ship.arrangedStates.\(kind)"), count: "\(count)", tone: Self.tone(kind).rawValue)
        }
        let isGoing = !action.isFinished || found.contains { $0.standing.kind == "waiting" }
        let content = Results(
            tabs: try await ShipTabs.of(.board, visit), id: "\(action.id)", at: visit.time(action.createdAt), by: action.actor.name, total: action.total, done: found.count { $0.standing.kind != "waiting" },
            standings: standings, rows: rows.map { Self.result($0, words) }, hasRows: !rows.isEmpty, isGoing: isGoing, isCut: action.total > found.count, pollPath: "/ship/arranged/\(action.id)",
            printable: found.contains { $0.standing.kind == "arranged" })
        if visit.isFragment { return try visit.fragment("ship-results", content) }
        return try visit.page("ship-arranged", title: words("ship.arrangedTitle"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"])
    }

    private static func tone(_ kind: String) -> Tone { kind == "arranged" ? .good : kind == "refused" ? .bad : .going }

    private static func result(_ one: ArrangedOrder, _ words: Words) -> Result {
        var result = Result(order: "\(one.order)", number: one.number, state: StateWord(word: words("ship.arrangedStates.\(one.standing.kind)"), tone: tone(one.standing.kind).rawValue), tracking: [], reason: nil, whatToDo: nil, mend: nil)
        switch one.standing {
        case .arranged(let numbers): result.tracking = numbers
        case .waiting(let code, let reason):
            result.reason = reason
            result.whatToDo = words(code == "waiting" ? "ship.doNothing" : reason == nil ? "ship.doWait" : "ship.doWaitRetry")
        case .refused(let code, let reason):
            result.reason = OrdersWords.why(code, reason, words)
            result.whatToDo = words(one.deadLetter == nil ? "ship.doLook" : "ship.doMend")
            result.mend = one.deadLetter.map { "/flows/dead-letters/\($0)/edit" }
        }
        return result
    }

    struct Recent: Sendable { var id: String, at: PageTime, by: String, total: String, state: StateWord }
    struct RecentPage: Sendable { var tabs: [ShipTabs.Tab], rows: [Recent], hasRows: Bool }
    private static let looked = 200

    /// The bulk arrangements of lately, whoever began them.
    @Sendable private func recent(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let actions = try await visit.hub.desk.bulk.actions(of: nil, before: nil, limit: Self.looked).filter { $0.request.kind == .ship }
        let rows = actions.map { action in
            Recent(id: "\(action.id)", at: visit.time(action.createdAt), by: action.actor.name, total: "\(action.total)",
                   state: StateWord(word: visit.words("orders.bulkState.\(action.state.rawValue)"), tone: (action.isFinished ? Tone.good : .going).rawValue))
        }
        return try visit.page("ship-arrangements", title: visit.words("ship.arrangedTitle"), at: .ship, RecentPage(tabs: try await ShipTabs.of(.board, visit), rows: rows, hasRows: !rows.isEmpty), scripts: ["ship.js"], styles: ["ship.css"])
    }
}
