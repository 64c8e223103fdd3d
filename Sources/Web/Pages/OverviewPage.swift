import Connect
import Domain
import Hub

/// Gathers the overview for one caller: only what the token's scopes allow.
struct OverviewPage {
    let hub: Hub, caller: Caller
    static let lastOrders = 20, shownProblems = 20

    func page(isWhole: Bool) async throws -> ConsolePage {
        let flows = may(.flowsRead) ? try await flows() : nil
        let orders = may(.ordersRead) ? try await orders() : nil
        return ConsolePage(isWhole: isWhole, overview: .init(caller: caller.name, time: Self.text(hub.now()), flows: flows, orders: orders))
    }

    private func may(_ scope: Scope) -> Bool { caller.scopes.contains(scope) || caller.scopes.contains(.admin) }

    private func flows() async throws -> ConsolePage.Flows {
        let overview = try await hub.overview()
        let channels = overview.channels.map { row($0) }, destinations = overview.destinations.map { row($0) }
        let problems = overview.problems.prefix(Self.shownProblems).map { row($0) }
        return ConsolePage.Flows(tiles: tiles(overview), channels: channels, destinations: destinations, problems: problems,
                                 hasChannels: !channels.isEmpty, hasDestinations: !destinations.isEmpty, hasProblems: !problems.isEmpty)
    }

    private func tiles(_ overview: Overview) -> [ConsolePage.Tile] {
        func sum(_ part: (Overview.DestinationLine) -> Int) -> Int { overview.destinations.map(part).reduce(0, +) }
        func orders(_ workflow: Workflow) -> Int { overview.workflow[workflow.rawValue] ?? 0 }
        let dead = sum(\.dead), problems = overview.problems.count
        return [
            .init(name: "Deliveries pending", value: "\(overview.pendingDeliveries)", tone: ""),
            .init(name: "To confirm", value: "\(orders(.awaitingConfirmation) + orders(.edited))", tone: ""),
            .init(name: "Approved or queued", value: "\(orders(.approved) + orders(.queued))", tone: ""),
            .init(name: "Synced", value: "\(orders(.synced))", tone: ""),
            .init(name: "Jobs ready", value: "\(sum(\.ready))", tone: ""),
            .init(name: "Dead letters", value: "\(dead)", tone: dead > 0 ? "bad" : ""),
            .init(name: "Open problems", value: problems >= 50 ? "50+" : "\(problems)", tone: problems > 0 ? "warn" : ""),
        ]
    }

    private func row(_ line: Overview.ChannelLine) -> ConsolePage.ChannelRow {
        let state = line.broken != nil ? "broken" : line.channel.state.rawValue
        return ConsolePage.ChannelRow(
            name: line.channel.name, platform: line.channel.platform, state: state, tone: state == "active" ? "good" : state == "paused" ? "warn" : "bad",
            reason: line.broken ?? line.channel.stateReason, created: line.counts["created"] ?? 0, updated: line.counts["updated"] ?? 0, unreadable: line.counts["unreadable"] ?? 0,
            lastHour: line.lastHour, refused: line.refused)
    }

    private func row(_ line: Overview.DestinationLine) -> ConsolePage.DestinationRow {
        let (state, tone) = switch line.standing?.breaker {
        case .open: ("resting after failures", "bad")
        case .halfOpen: ("trying again", "warn")
        default: line.channel.state == .active ? ("open", "good") : (line.channel.state.rawValue, "warn")
        }
        return ConsolePage.DestinationRow(
            name: line.channel.name, state: state, tone: tone, routes: routes(to: line.channel), ready: line.ready, running: line.standing?.running ?? 0, waiting: line.waiting,
            paused: line.paused, dead: line.dead, oldest: line.oldestDue.map(Self.text))
    }

    private func routes(to channel: Hub.OneChannel) -> String {
        hub.channels.directory.surroundings.routes.map(\.route).filter { route in
            switch route.destination {
            case .channel(let id): id == channel.id
            case .courier: channel.kind == .courier
            case .source: channel.kind == .shop
            }
        }.map { $0.mode == .paused ? "\($0.name) (paused)" : $0.name }.joined(separator: ", ")
    }

    private func row(_ line: Overview.ProblemLine) -> ConsolePage.ProblemRow {
        ConsolePage.ProblemRow(code: line.code, message: line.message, channel: line.channel.flatMap { hub.channels.directory.channel($0)?.name },
                               order: line.order.map { "\($0)" }, count: line.count, time: Self.text(line.updatedAt))
    }

    private func orders() async throws -> ConsolePage.Orders {
        let page = try await hub.ledger.orders(OrderFilter(), after: nil, limit: Self.lastOrders), isMasked = !may(.buyersRead)
        let rows = page.orders.map { order in
            let s = order.snapshot, name = s.buyer.name ?? s.shipTo?.name
            return ConsolePage.OrderRow(
                id: "\(order.id)", number: s.externalNumber, channel: hub.channels.directory.channel(order.channel)?.name ?? "\(order.channel)",
                buyer: name.map { isMasked ? $0.prefix(1) + "•••" : $0 } ?? "", total: "\(Money(minor: s.totals.grand, s.currency))", workflow: order.workflow.rawValue,
                fulfilment: order.fulfilment.rawValue, payment: order.paymentState.rawValue, flags: s.flags.isEmpty ? nil : s.flags.map(\.message).joined(separator: " "),
                placed: Self.text(s.placedAt))
        }
        return ConsolePage.Orders(rows: rows, hasRows: !rows.isEmpty)
    }

    /// `2026-11-21 04:54:27`, UTC.
    private static func text(_ time: Timestamp) -> String {
        String(Timestamp(milliseconds: time.milliseconds / 1000 * 1000).description.dropLast()).split(separator: "T").joined(separator: " ")
    }
}
