import Connect
import Domain
import Foundation
import Hub

/// Gathers Today for one caller: only what the caller may see, each number with the place of its rows.
struct TodayPage {
    let visit: Visit
    let directory: ChannelDirectory.Picture
    static let lastOrders = 10, boundedCount = 10_000

    init(_ visit: Visit) {
        self.visit = visit
        directory = visit.hub.channels.directory.current
    }

    private var words: Words { visit.words }

    func view() async throws -> TodayView {
        let midnight = visit.clock.startOfDay(visit.now, plusDays: 1)
        let seesFlows = visit.caller.may(.flowsRead), seesOrders = visit.caller.may(.ordersRead)
        async let newest = seesOrders ? latest() : []
        async let quiet = seesFlows ? visit.hub.silence.silent() : []
        let board = try await visit.hub.today(until: visit.clock.startOfDay(visit.now, plusDays: 2)), silent = try await quiet
        let lapsing = seesFlows ? visit.hub.lapsingConnections() : []
        let due = seesOrders ? DueRows(board: board, visit: visit, directory: directory).rows : [], held = seesOrders ? heldRows(board) : []
        let letters = seesFlows ? failures(board) : [], problems = seesFlows ? problems(board) : []
        let connections = seesFlows ? connections(board, silent, lapsing) : []
        let steps = TodaySteps(board: board, silent: silent, lapsing: lapsing, visit: visit).steps
        let latest = try await newest, charts = TodayCharts(visit: visit)
        let hours = seesFlows ? charts.hours : []
        let beginnings = seesFlows && directory.surroundings.channels.values.allSatisfy({ $0.state == .removed }) && latest.isEmpty ? TodayBeginning(visit: visit).list : []
        let live = directory.surroundings.channels.values.count { $0.state != .removed }
        return TodayView(
            day: visit.clock.day(visit.now), moment: visit.time(visit.now), zone: visit.clock.zone.identifier, beginnings: beginnings, isBeginning: !beginnings.isEmpty,
            tiles: tiles(board, silent, lapsing, seesFlows, seesOrders, midnight), seesFlows: seesFlows, seesOrders: seesOrders, due: due, hasDue: !due.isEmpty, held: held, hasHeld: !held.isEmpty,
            failures: letters, problems: problems, hasFailures: !letters.isEmpty || !problems.isEmpty, hasProblems: !problems.isEmpty,
            moreProblems: board.problemCount > problems.count && seesFlows ? [.init(sentence: words("today.moreProblems", ["count": grouped(board.problemCount - problems.count)]), address: TodayLinks.problems)] : [],
            connections: connections, hasConnections: !connections.isEmpty, connectionsFine: words.counted("today.connectionsFine", live),
            nextSteps: seesFlows ? steps : [], hasSteps: seesFlows && !steps.isEmpty, series: seesFlows ? charts.series : "", hours: hours, hasHours: !hours.isEmpty, latest: latest, hasLatest: !latest.isEmpty)
    }

    private func grouped(_ count: Int) -> String { PageWords.grouped("\(count)") }

    // MARK: the numbers

    private func tiles(_ board: TodayBoard, _ silent: [SilentChannel], _ lapsing: [LapsingConnection], _ seesFlows: Bool, _ seesOrders: Bool, _ midnight: Timestamp) -> [TodayView.Tile] {
        func tile(_ id: String, _ count: Int, _ address: String, tone: Tone? = nil) -> TodayView.Tile {
            TodayView.Tile(id: id, name: words("today.tiles.\(id)"), value: count >= Self.boundedCount && id == "problems" ? grouped(count) + "+" : grouped(count),
                           tone: count > 0 ? tone?.rawValue ?? "" : "zero", address: address)
        }
        let orders = [
            tile("late", board.lateOrders, TodayLinks.late, tone: .bad), tile("due", board.dueOrders(before: midnight), TodayLinks.today),
            tile("toApprove", (board.workflow[.awaitingConfirmation] ?? 0) + (board.workflow[.edited] ?? 0), TodayLinks.toApprove, tone: .warn),
            tile("payment", board.waiting.filter { $0.cause == .payment }.map(\.orders).reduce(0, +), "/orders?waiting=payment"), tile("flagged", board.flagged, TodayLinks.flagged, tone: .warn),
        ]
        let flows = [
            tile("deadLetters", board.openLetters, TodayLinks.deadLetters, tone: .bad), tile("problems", board.problemCount, "#problems", tone: .warn),
            tile("connections", silent.count + lapsing.count, "#connections", tone: .bad), tile("missing", board.completeness.map(\.missing).reduce(0, +), "#connections", tone: .bad),
            tile("underWay", board.pendingDeliveries + board.readyJobs, TodayLinks.flows),
        ]
        return (seesOrders ? orders : []) + (seesFlows ? flows : [])
    }

    // MARK: what waits and what failed

    private func heldRows(_ board: TodayBoard) -> [TodayView.HeldRow] {
        let groups = Dictionary(grouping: board.waiting) { "\($0.cause.rawValue) \($0.subject)" }.values
        return groups.compactMap { lines -> (Int, TodayView.HeldRow)? in
            guard let first = lines.first else { return nil }
            let orders = lines.map(\.orders).reduce(0, +)
            return (orders, TodayView.HeldRow(
                sentence: words("today.waiting.\(first.cause.rawValue)", ["subject": first.subject]), reason: first.reason, channels: lines.map { name($0.channel) }.sorted().joined(separator: ", "),
                count: grouped(orders), address: TodayLinks.waiting(first), since: lines.compactMap(\.oldestSince).min().map { [visit.time($0)] } ?? []))
        }.sorted { ($1.0, $0.1.sentence) < ($0.0, $1.1.sentence) }.map(\.1)
    }

    private func failures(_ board: TodayBoard) -> [TodayView.FailureRow] {
        board.letters.prefix(TodayView.shownFailures).map { line in
            TodayView.FailureRow(destination: name(line.destination), message: visit.words.said(line.message), code: line.code, count: grouped(line.count), address: DeadLetterPages.path(line.cause))
        }
    }

    private func problems(_ board: TodayBoard) -> [TodayView.ProblemRow] {
        let groups = Dictionary(grouping: board.problems) { "\($0.code) \($0.channel?.value ?? 0)" }.values
        return groups.compactMap { group in group.max { $0.updatedAt < $1.updatedAt }.map { (newest: $0, alike: group.count) } }.sorted { $0.newest.updatedAt > $1.newest.updatedAt }.prefix(TodayView.shownProblems).map { line, alike in
            TodayView.ProblemRow(
                id: "\(line.id)", code: line.code, message: visit.words.said(line.message), channelName: line.channel.map { [name($0)] } ?? [], orderAddress: line.order.map { [TodayLinks.order($0)] } ?? [],
                repeats: line.count > 1 ? [words("today.times", ["count": grouped(line.count)])] : [], alike: alike > 1 ? [words("today.alike", ["count": grouped(alike)])] : [], time: visit.time(line.updatedAt), mayClose: visit.caller.may(.flowsWrite))
        }
    }

    // MARK: connections

    private func connections(_ board: TodayBoard, _ silent: [SilentChannel], _ lapsing: [LapsingConnection]) -> [TodayView.ConnectionRow] {
        let troubled = lapsing.map { one in
            TodayView.ConnectionRow(name: one.channel.name, state: state(one.trouble), sentence: sentence(one.trouble), address: TodayLinks.channel(one.channel.id))
        }
        let quiet = silent.map { one in
            TodayView.ConnectionRow(name: name(one.channel), state: StateWord(word: words("today.silent"), tone: Tone.bad.rawValue),
                                    sentence: words("today.silentSince", ["time": visit.time(one.lastAt).text, "count": grouped(one.expected)]), address: TodayLinks.channel(one.channel))
        }
        let gaps = board.completeness.filter { $0.missing > 0 }.map { one in
            TodayView.ConnectionRow(name: name(one.channel), state: StateWord(word: words("today.incomplete"), tone: Tone.bad.rawValue),
                                    sentence: words.counted("today.missing", one.missing), address: TodayLinks.channel(one.channel))
        }
        return troubled + quiet + gaps
    }

    private func state(_ trouble: LapsingConnection.Trouble) -> StateWord {
        switch trouble {
        case .broken: StateWord(word: words("today.broken"), tone: Tone.bad.rawValue)
        case .parked: StateWord(word: words("model.channelState.parked"), tone: Tone.bad.rawValue)
        case .paused: StateWord(word: words("model.channelState.paused"), tone: Tone.warn.rawValue)
        case .expires: StateWord(word: words("today.expiring"), tone: Tone.warn.rawValue)
        case .resting: StateWord(word: words("today.resting"), tone: Tone.bad.rawValue)
        }
    }

    private func sentence(_ trouble: LapsingConnection.Trouble) -> String {
        switch trouble {
        case .broken(let why): why
        case .parked(let why): why ?? words("today.parkedWhy")
        case .paused(let why): why ?? words("today.pausedWhy")
        case .expires(let end): words(end > visit.now ? "today.expires" : "today.expired", ["time": visit.time(end).text])
        case .resting: words("today.restingWhy")
        }
    }

    private func name(_ id: ChannelID) -> String { directory.surroundings.channels[id]?.name ?? "\(id)" }

    // MARK: what came last

    private func latest() async throws -> [TodayView.OrderRow] {
        let isMasked = !visit.caller.may(.buyersRead)
        let orders = try await visit.hub.ledger.orders(OrderFilter(), after: nil, limit: Self.lastOrders).orders
        if !orders.isEmpty { visit.readsBuyers() }
        return orders.map { order in
            let s = order.snapshot, buyer = s.buyer.name ?? s.shipTo?.name, messages = s.flags.map { words.flag($0.shown(isMasked: isMasked)) }
            return TodayView.OrderRow(
                id: "\(order.id)", number: s.externalNumber, channel: name(order.channel), buyer: buyer.map { isMasked ? $0.prefix(1) + "•••" : $0 } ?? "", total: PageWords.money(s.totals.grand, s.currency),
                workflow: words.state(order.workflow), placed: visit.time(s.placedAt),
                flags: messages.first.map { [.init(first: $0, others: messages.count > 1 ? "+\(messages.count - 1)" : "", all: messages.joined(separator: "\n"))] } ?? [])
        }
    }
}

extension TodayView { static let shownFailures = 6, shownProblems = 5 }
