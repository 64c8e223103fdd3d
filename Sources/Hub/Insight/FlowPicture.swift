import Connect
import Database
package import Domain

/// The flow as a picture: who sends in, which routes take what, where it goes, and how that fares.
package struct FlowPicture: Sendable {
    package struct Source: Sendable { package var channel: Channel, perMinute: Double }
    /// One route at one of its destinations.
    package struct Edge: Sendable {
        /// nil: fetches and cancellations, which no route makes.
        package var route: RouteID?
        package var destination: ChannelID
        package var queue: QueueBook.Line, cell: FlowStatistics.Cell, perMinute: Double, oldest: Timestamp?
    }
    package struct Line: Sendable {
        package var route: Route, edges: [Edge]
        package var queue: QueueBook.Line, cell: FlowStatistics.Cell, perMinute: Double, oldest: Timestamp?
    }
    package struct Destination: Sendable {
        package var channel: Channel, queue: QueueBook.Line, cell: FlowStatistics.Cell, perMinute: Double, oldest: Timestamp?, dead: Int
        package var runner: DestinationRunner.Standing?
    }
    package var sources: [Source], routes: [Line], destinations: [Destination], pendingDeliveries: Int
}

extension Hub {
    package func flowPicture() async throws -> FlowPicture {
        let surroundings = channels.directory.surroundings, standings = dispatcher.states()
        let live = surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id }
        let queues = ledger.queues.byRouteAndDestination, hour = ledger.flows.lastHour, rates = ledger.flows.perMinute, incoming = ledger.flows.deliveriesPerMinute
        let ids = live.map(\.id)
        let oldest = try await ledger.oldestJobs(at: ids.filter { id in queues.values.contains { ($0[id]?.all ?? 0) > 0 } })
        let dead = try await ledgerDatabase.read { tx in try ids.reduce(into: [ChannelID: Int]()) { dead, id in dead[id] = try Self.openLetters(of: id, in: tx) } }
        let pending = try await journal.count(after: try await ledger.journalCursor())

        func edge(_ route: RouteID, _ destination: ChannelID) -> FlowPicture.Edge {
            let key = FlowStatistics.Key(route: route, destination: destination)
            return FlowPicture.Edge(route: route.value == 0 ? nil : route, destination: destination, queue: queues[route]?[destination] ?? QueueBook.Line(),
                                    cell: hour[key] ?? FlowStatistics.Cell(), perMinute: rates[key] ?? 0, oldest: oldest[key])
        }
        let known = Set(hour.keys).union(queues.flatMap { route, lines in lines.keys.map { FlowStatistics.Key(route: route, destination: $0) } })
        let lines = surroundings.routes.map(\.route).map { route in
            let places = Set(known.filter { $0.route == route.id }.map(\.destination)).union(Self.fixed(route, surroundings)).sorted()
            let edges = places.filter { surroundings.channels[$0].map { $0.state != .removed } ?? false }.map { edge(route.id, $0) }
            return FlowPicture.Line(route: route, edges: edges, queue: Self.sum(edges.map(\.queue)), cell: Self.sum(edges.map(\.cell)), perMinute: edges.map(\.perMinute).reduce(0, +),
                                    oldest: edges.compactMap(\.oldest).min())
        }
        let destinations = live.compactMap { channel -> FlowPicture.Destination? in
            let edges = Set(known.filter { $0.destination == channel.id }.map(\.route)).map { edge($0, channel.id) }
            guard !edges.isEmpty || channel.kind == .courier || channel.kind == .destination || dead[channel.id, default: 0] > 0 else { return nil }
            return FlowPicture.Destination(channel: channel, queue: Self.sum(edges.map(\.queue)), cell: Self.sum(edges.map(\.cell)), perMinute: edges.map(\.perMinute).reduce(0, +),
                                           oldest: edges.compactMap(\.oldest).min(), dead: dead[channel.id] ?? 0, runner: standings[channel.id])
        }
        return FlowPicture(sources: live.filter { $0.kind == .shop || $0.kind == .file }.map { FlowPicture.Source(channel: $0, perMinute: incoming[$0.id] ?? 0) },
                           routes: lines, destinations: destinations, pendingDeliveries: pending)
    }

    /// Where a route goes whatever the order.
    private static func fixed(_ route: Route, _ surroundings: Surroundings) -> [ChannelID] {
        switch route.destination {
        case .channel(let id): [id]
        case .courier: surroundings.channels.values.filter { $0.kind == .courier && $0.state != .removed }.map(\.id)
        case .source: []
        }
    }

    private static func sum(_ lines: [QueueBook.Line]) -> QueueBook.Line {
        lines.reduce(into: QueueBook.Line()) { sum, line in
            sum.ready += line.ready
            sum.waiting += line.waiting
            sum.paused += line.paused
        }
    }

    private static func sum(_ cells: [FlowStatistics.Cell]) -> FlowStatistics.Cell { cells.reduce(into: FlowStatistics.Cell()) { $0.merge($1) } }
}
