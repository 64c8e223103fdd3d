import Connect
import Database
import Domain
import Hub

/// Gathers the overview for one caller: only what the token's scopes allow.
struct OverviewPage {
    let hub: Hub, caller: Caller
    let now: Timestamp
    static let lastOrders = 20, shownProblems = 8, comparedHours = 24, mostProblems = 50

    init(hub: Hub, caller: Caller) {
        self.hub = hub
        self.caller = caller
        now = hub.now()
    }

    func page(isWhole: Bool) async throws -> ConsolePage {
        let flows = caller.may(.flowsRead) ? try await flows() : nil
        let orders = caller.may(.ordersRead) ? try await orders() : nil
        return ConsolePage(isWhole: isWhole, isLive: true, caller: caller.name, overview: .init(time: PageTime(now, now: now), flows: flows, orders: orders))
    }

    private func flows() async throws -> ConsolePage.Flows {
        let overview = try await hub.overview(), compared = try await compared()
        let channels = overview.channels.map { row($0, compared[$0.channel.id]) }, destinations = overview.destinations.map { row($0) }
        let routes = try await routes(), problems = overview.problems.prefix(Self.shownProblems).map { row($0) }
        let hidden = overview.problems.count - problems.count
        return ConsolePage.Flows(
            tiles: tiles(overview), steps: NextSteps(overview: overview, missing: compared).steps, channels: channels, destinations: destinations, routes: routes, problems: problems,
            hasChannels: !channels.isEmpty, hasDestinations: !destinations.isEmpty, hasRoutes: !routes.isEmpty, hasProblems: !problems.isEmpty,
            moreProblems: hidden > 0 ? "\(Self.count(hidden, isMore: overview.problems.count >= Self.mostProblems)) more" : nil)
    }

    private static func count(_ count: Int, isMore: Bool) -> String { isMore ? "\(count)+" : PageWords.grouped("\(count)") }

    private func tiles(_ overview: Overview) -> [ConsolePage.Tile] {
        func sum(_ part: (Overview.DestinationLine) -> Int) -> Int { overview.destinations.map(part).reduce(0, +) }
        func orders(_ workflow: Workflow...) -> Int { workflow.compactMap { overview.workflow[$0.rawValue] }.reduce(0, +) }
        func tile(_ name: String, _ count: Int, _ link: String, tone: String = "", isMore: Bool = false) -> ConsolePage.Tile {
            .init(name: name, value: Self.count(count, isMore: isMore), tone: count > 0 ? tone : "", link: link)
        }
        let problems = overview.problems.count
        return [
            tile("Open problems", problems, "#problems", tone: "warn", isMore: problems >= Self.mostProblems),
            tile("Dead letters", sum(\.dead), "#destinations", tone: "bad"),
            tile("To confirm", orders(.awaitingConfirmation, .edited), "#orders", tone: "warn"),
            tile("Deliveries pending", overview.pendingDeliveries, "#channels"),
            tile("On their way out", sum(\.ready), "#destinations"),
            tile("Approved or queued", orders(.approved, .queued), "#orders"),
            tile("Synced", orders(.synced), "#orders"),
        ]
    }

    // MARK: Channels

    /// Orders that a platform has and the hub has not, by channel; a channel that was not compared in the last day is not in it.
    private func compared() async throws -> [ChannelID: Int] {
        try await hub.completeness(channel: nil, hours: Self.comparedHours).reduce(into: [:]) { missing, row in
            missing[row.channel, default: 0] += max(0, row.counts.onPlatform - row.counts.here - row.counts.repaired)
        }
    }

    private func row(_ line: Overview.ChannelLine, _ missing: Int?) -> ConsolePage.ChannelRow {
        let word = line.broken != nil ? "broken" : PageWords.plain(line.channel.state.rawValue)
        let completeness: ConsolePage.State? = switch missing {
        case 0?: .init(word: "complete", tone: "good")
        case let missing?: .init(word: "\(PageWords.grouped("\(missing)")) missing", tone: "bad")
        case nil: line.channel.kind == .shop ? .init(word: "not compared", tone: "off") : nil
        }
        return ConsolePage.ChannelRow(
            name: line.channel.name, platform: line.channel.platform, state: .init(word: word, tone: word == "active" ? "good" : word == "paused" ? "warn" : "bad"),
            reason: line.broken ?? line.channel.stateReason, created: .init(line.counts["created"] ?? 0), updated: .init(line.counts["updated"] ?? 0),
            unreadable: .init(line.counts["unreadable"] ?? 0), lastHour: .init(line.lastHour), refused: .init(line.refused), completeness: completeness)
    }

    // MARK: Destinations and routes

    private func row(_ line: Overview.DestinationLine) -> ConsolePage.DestinationRow {
        let state: ConsolePage.State = switch line.standing?.breaker {
        case .open: .init(word: "resting after failures", tone: "bad")
        case .halfOpen: .init(word: "trying again", tone: "warn")
        default: line.channel.state == .active ? .init(word: "open", tone: "good") : .init(word: PageWords.plain(line.channel.state.rawValue), tone: "warn")
        }
        return ConsolePage.DestinationRow(
            name: line.channel.name, state: state, ready: .init(line.ready), running: .init(line.standing?.running ?? 0), waiting: .init(line.waiting), paused: .init(line.paused),
            dead: .init(line.dead), oldest: line.oldestDue.map { PageTime($0, now: now) })
    }

    private func routes() async throws -> [ConsolePage.RouteRow] {
        let counts = try await hub.ledgerDatabase.read { tx in
            try tx.rows("SELECT route_id, state, COUNT(*) FROM jobs GROUP BY route_id, state") { (RouteID(try $0.int64(0)), try $0.text(1), try $0.int(2)) }
        }
        let directory = hub.channels.directory
        return directory.surroundings.routes.map(\.route).map { route in
            func count(_ state: String) -> ConsolePage.Count { .init(counts.filter { $0.0 == route.id && $0.1 == state }.map(\.2).reduce(0, +)) }
            let destination = switch route.destination {
            case .channel(let id): directory.channel(id)?.name ?? "\(id)"
            case .courier: "the order's courier"
            case .source: "the order's shop"
            }
            let events = route.events.map { PageWords.plain($0.rawValue.split(separator: ".").last.map(String.init) ?? $0.rawValue) }.joined(separator: ", ")
            return ConsolePage.RouteRow(name: route.name, state: route.mode == .paused ? .init(word: "paused", tone: "warn") : .init(word: "live", tone: "good"), events: events,
                                        destination: destination, ready: count("ready"), waiting: count("waiting"), paused: count("paused"))
        }
    }

    private func row(_ line: Overview.ProblemLine) -> ConsolePage.ProblemRow {
        ConsolePage.ProblemRow(id: "\(line.id)", code: line.code, message: line.message, channel: line.channel.flatMap { hub.channels.directory.channel($0)?.name },
                               order: line.order.map { "\($0)" }, count: line.count, isRepeated: line.count > 1, time: PageTime(line.updatedAt, now: now))
    }

    // MARK: Orders

    private func orders() async throws -> ConsolePage.Orders {
        let page = try await hub.ledger.orders(OrderFilter(), after: nil, limit: Self.lastOrders), isMasked = !caller.may(.buyersRead)
        let rows = page.orders.map { order in
            let s = order.snapshot, name = s.buyer.name ?? s.shipTo?.name, messages = s.flags.map(\.message)
            return ConsolePage.OrderRow(
                id: "\(order.id)", number: s.externalNumber, channel: hub.channels.directory.channel(order.channel)?.name ?? "\(order.channel)",
                buyer: name.map { isMasked ? $0.prefix(1) + "•••" : $0 } ?? "", total: PageWords.money(s.totals.grand, s.currency), workflow: PageWords.state(order.workflow),
                fulfilment: PageWords.plain(order.fulfilment.rawValue), payment: PageWords.plain(order.paymentState.rawValue),
                flags: messages.first.map { .init(first: $0, more: messages.count > 1 ? "+\(messages.count - 1)" : nil, all: messages.joined(separator: "\n")) },
                placed: PageTime(s.placedAt, now: now))
        }
        return ConsolePage.Orders(rows: rows, hasRows: !rows.isEmpty)
    }
}
