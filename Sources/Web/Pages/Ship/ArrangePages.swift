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
    /// `typed` is the number of a carrier of our own; `needs`: only such a carrier takes the order; `lacks`: its number is to be given.
    struct Row: Sendable { var id: String, number: String, buyer: String, place: String, pieces: String, shipBy: PageTime?, isLate: Bool, isTicked: Bool, typed: String, needs: Bool, lacks: Bool }
    struct Chooser: Sendable {
        var tabs: [ShipTabs.Tab], channel: String, name: String, rows: [Row], hasRows: Bool, isCut: Bool, more: String, ways: [Way]
        var fault: String?
        var mayPack: Bool
        /// Whether some of the orders can go with a carrier of our own: then each row asks for its number.
        var asksNumbers: Bool, missing: String?
    }
    /// What was ticked, chosen and typed, for a form that comes back because numbers are missing.
    struct Typed: Sendable { var ticked: Set<OrderID>, way: Handover?, numbers: [OrderID: String], lacking: Set<OrderID> }

    private func channel(_ text: String?, _ visit: Visit) throws -> Channel {
        guard let id = text.flatMap({ ChannelID(text: $0) }), let channel = visit.hub.shipping.arranging.channels.first(where: { $0.id == id }) else { throw APIProblem.notFound("marketplace") }
        return channel
    }

    /// How many milliseconds the page waits for the platform's ways of handing over; without them its usual one is offered.
    static let patience = Duration.seconds(8)

    @Sendable private func choose(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        return try await chooser(of: try channel(try visit.request.query["channel"], visit), visit)
    }

    private func chooser(of channel: Channel, _ visit: Visit, typed: Typed? = nil) async throws -> Response {
        let desk = visit.hub.shipping.arranging, words = visit.words
        let orders = try await desk.orders(of: channel.id), waiting = try await desk.waiting(of: channel.id)
        var offers = Offers(), fault: String?
        if !orders.isEmpty {
            do { offers = try await Self.hurried { try await Self.offers(orders, desk) } } catch let error as any HubError { fault = words.said(error.sentence) } catch is CancellationError { fault = words("ship.waysLate") }
        }
        if !orders.isEmpty { visit.readsBuyers() }
        let found = offers, asksNumbers = found.asksNumbers || typed?.lacking.isEmpty == false
        let rows = orders.map { order -> Row in
            let snapshot = order.snapshot, address = snapshot.shipTo
            return Row(id: "\(order.id)", number: snapshot.externalNumber, buyer: visit.context.maySeeBuyers ? snapshot.buyer.name ?? address?.name ?? "" : "",
                       place: [address?.district, address?.province, address?.postcode].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · "),
                       pieces: "\(snapshot.lines.reduce(0) { $0 + $1.quantity })", shipBy: order.shipBy.map(visit.time), isLate: order.shipBy.map { $0 < visit.now } ?? false,
                       isTicked: typed?.ticked.contains(order.id) ?? true, typed: typed?.numbers[order.id] ?? "", needs: found.needing.contains(order.id),
                       lacks: typed?.lacking.contains(order.id) ?? found.needing.contains(order.id))
        }
        let content = Chooser(tabs: try await ShipTabs.of(.board, visit), channel: "\(channel.id)", name: channel.name, rows: rows, hasRows: !rows.isEmpty, isCut: waiting > orders.count,
                              more: words.counted("ship.arrangeMore", waiting - orders.count), ways: try Self.ways(found.choices, words, chosen: typed.map { $0.way ?? .usual }), fault: fault, mayPack: visit.caller.may(.ordersWrite),
                              asksNumbers: asksNumbers, missing: typed.map { words.counted("ship.numbersMissing", $0.lacking.count) })
        return try visit.page("ship-arrange", title: words("ship.arrange"), at: .ship, content, scripts: ["ship.js"], styles: ["ship.css"], status: typed == nil ? .ok : .unprocessableContent)
    }

    // MARK: how they can be handed over

    /// The ways that stand to choose, and what can go with a carrier of our own only.
    struct Offers: Sendable { var choices: [HandoverChoice] = [], needing: Set<OrderID> = [], asksNumbers = false }

    /// So many kinds of shipping are asked for: each is a call.
    static let askedKinds = 4

    /// What the platform offers for one order, it offers for all that are shipped as its buyer chose. The first kind's ways stand to choose.
    private static func offers(_ orders: [StoredOrder], _ desk: ArrangingDesk) async throws -> Offers {
        var kinds: [String] = [], members: [String: [OrderID]] = [:]
        for order in orders {
            let shipping = order.snapshot.shipping, kind = "\(shipping.methodCode ?? "")/\(shipping.methodTitle ?? "")"
            if members[kind] == nil { kinds.append(kind) }
            members[kind, default: []].append(order.id)
        }
        let asked = kinds.prefix(askedKinds).compactMap { members[$0] }
        let answers = try await withThrowingTaskGroup(of: (Int, [HandoverChoice]).self) { group in
            for (index, ids) in asked.enumerated() {
                guard let first = ids.first else { continue }
                group.addTask {
                    if index == 0 { return (index, try await desk.choices(like: first)) }
                    // Without a word on another kind the first kind's ways are shown all the same, as if it were the only one.
                    do { return (index, try await desk.choices(like: first)) } catch { return (index, []) }
                }
            }
            var answers = Array(repeating: [HandoverChoice](), count: asked.count)
            for try await (index, choices) in group { answers[index] = choices }
            return answers
        }
        var offers = Offers(choices: answers.first ?? [])
        for (ids, choices) in zip(asked, answers) {
            let own = choices.filter { Self.isOwn($0.handover) }
            if !own.isEmpty { offers.asksNumbers = true }
            if !own.isEmpty, own.count == choices.count { offers.needing.formUnion(ids) }
        }
        return offers
    }

    private static func isOwn(_ handover: Handover?) -> Bool { if case .ownCarrier? = handover { true } else { false } }

    /// - Throws: `CancellationError` when it takes too long.
    private static func hurried(_ body: @escaping @Sendable () async throws -> Offers) async throws -> Offers {
        try await withThrowingTaskGroup(of: Offers.self) { group in
            group.addTask { try await body() }
            group.addTask { try await Task.sleep(for: patience); throw CancellationError() }
            defer { group.cancelAll() }
            return try await group.next() ?? Offers()
        }
    }

    /// The platform's usual way, then those that it offers. A way is carried by the form as the platform's own words for it.
    /// - Parameter chosen: nil: nobody chose yet. Where there is no way but a carrier of our own, that one is.
    static func ways(_ choices: [HandoverChoice], _ words: Words, chosen: Handover?) throws -> [Way] {
        let onlyOwn = !choices.isEmpty && choices.allSatisfy { isOwn($0.handover) } ? choices.first?.handover : nil
        let wanted = chosen ?? onlyOwn ?? .usual, isOffered = choices.contains { $0.handover == wanted }
        return try [Way(value: "", title: words("ship.usualWay"), isChosen: wanted == .usual || !isOffered)] + choices.filter { $0.handover != .usual }.map { choice in
            let kind = switch choice.handover {
            case .pickup: "pickup"
            case .dropOff: "dropOff"
            case .ownCarrier: "ownCarrier"
            case .usual: "usual"
            }
            let value = String(decoding: try JSONEncoder.crossdock.encode(choice.handover), as: UTF8.self)
            return Way(value: value, title: words("ship.ways.\(kind)") + ": " + choice.title + (choice.isRecommended ? " · " + words("ship.recommended") : ""), isChosen: choice.handover == wanted)
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
        let typed = Dictionary(ids.compactMap { id in form.text("number-\(id)").map { (id, $0) } }, uniquingKeysWith: { first, _ in first }), numbers = typed.compactMapValues(BulkRequest.trackingNumber)
        let needing = Set(form.all("needs").compactMap { OrderID(text: $0) }), isOwn = Self.isOwn(handover)
        // Told before anything is arranged: the marketplace would refuse each of them.
        let lacking = Set(ids.filter { numbers[$0] == nil && (isOwn || typed[$0] != nil || needing.contains($0)) })
        guard lacking.isEmpty else { return try await chooser(of: channel, visit, typed: Typed(ticked: Set(ids), way: handover, numbers: typed, lacking: lacking)) }
        let action = try await visit.hub.desk.bulk.start(BulkRequest(.ship, handover: handover, numbers: numbers), of: try await visit.hub.desk.bulk.chosen(.orders(ids)), by: visit.caller.actor, holder: visit.caller.holderID)
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
