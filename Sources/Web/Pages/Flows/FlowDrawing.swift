import Domain
import Hub

/// The picture: boxes in three columns, and lines between them whose width says how much and whose colour how well.
struct FlowDrawing: Sendable {
    static let rowHeight = 148, boxMiddle = 68

    struct Source: Sendable { var name: String, path: String, state: StateWord, rate: String }
    struct Route: Sendable {
        var id: String, name: String, isPaused: Bool, events: String, rate: String, failures: String?, failureTone: String, p50: String?, p95: String?, oldest: String?, ready: String, waiting: String, paused: String
        var hasTries: Bool, hasWaiting: Bool, hasPaused: Bool
    }
    struct Destination: Sendable {
        var id: String, name: String, state: StateWord, rate: String, failures: String?, failureTone: String, p50: String?, p95: String?, oldest: String?, queue: String, dead: String
        var hasDead: Bool, hasQueue: Bool, hasTries: Bool, isResting: Bool, isTrying: Bool, isParked: Bool, isPaused: Bool
    }
    struct Line: Sendable { var path: String, tone: String, width: String }

    var sources: [Source], routes: [Route], destinations: [Destination], pending: String, hasPending: Bool
    var height: String, inbound: [Line], outbound: [Line]
    var hasSources: Bool, hasRoutes: Bool, hasDestinations: Bool

    init(_ picture: FlowPicture, visit: Visit) {
        let writer = FlowWriter(visit: visit), words = visit.words
        sources = picture.sources.map { source in
            let tone: Tone = switch source.channel.state { case .active: .good; case .paused: .off; case .parked, .removed: .bad }
            return Source(name: source.channel.name, path: "/channels/\(source.channel.id)", state: StateWord(word: words("model.channelState.\(source.channel.state.rawValue)"), tone: tone.rawValue),
                          rate: writer.rate(source.perMinute))
        }
        routes = picture.routes.map { line in
            Route(id: "\(line.route.id)", name: line.route.name, isPaused: line.route.mode == .paused, events: line.route.events.map { writer.event($0.rawValue) }.joined(separator: ", "),
                  rate: writer.rate(line.perMinute), failures: writer.percent(line.cell.failureRate), failureTone: Self.tone(line.cell), p50: line.cell.lags.milliseconds(quantile: 0.5).map(writer.duration),
                  p95: line.cell.lags.milliseconds(quantile: 0.95).map(writer.duration), oldest: writer.age(line.oldest), ready: writer.count(line.queue.ready), waiting: writer.count(line.queue.waiting),
                  paused: writer.count(line.queue.paused), hasTries: line.cell.tries > 0, hasWaiting: line.queue.waiting > 0, hasPaused: line.queue.paused > 0)
        }
        destinations = picture.destinations.map { line in
            let breaker = line.runner?.breaker, isResting = if case .open = breaker { true } else { false }
            return Destination(
                id: "\(line.channel.id)", name: line.channel.name, state: writer.standing(line.channel, line.runner), rate: writer.rate(line.perMinute), failures: writer.percent(line.cell.failureRate),
                failureTone: Self.tone(line.cell), p50: line.cell.lags.milliseconds(quantile: 0.5).map(writer.duration), p95: line.cell.lags.milliseconds(quantile: 0.95).map(writer.duration),
                oldest: writer.age(line.oldest), queue: writer.count(line.queue.all), dead: writer.count(line.dead), hasDead: line.dead > 0, hasQueue: line.queue.all > 0, hasTries: line.cell.tries > 0,
                isResting: isResting, isTrying: breaker == .halfOpen, isParked: line.channel.state == .parked, isPaused: line.channel.state == .paused)
        }
        pending = writer.count(picture.pendingDeliveries)
        hasPending = picture.pendingDeliveries > 0
        let rows = max(picture.sources.count, picture.routes.count, picture.destinations.count, 1), middle = rows * Self.rowHeight / 2
        height = "\(rows * Self.rowHeight)"
        inbound = picture.sources.enumerated().map { index, source in
            Line(path: "M0 \(Self.y(index)) C30 \(Self.y(index)) 20 \(middle) 50 \(middle)", tone: source.channel.state == .active ? "good" : "off", width: Self.width(source.perMinute))
        } + picture.routes.enumerated().map { index, line in
            Line(path: "M50 \(middle) C80 \(middle) 70 \(Self.y(index)) 100 \(Self.y(index))", tone: line.route.mode == .paused ? "off" : "good", width: Self.width(line.perMinute))
        }
        let places = Dictionary(picture.destinations.enumerated().map { ($0.element.channel.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        outbound = picture.routes.enumerated().flatMap { index, line in
            line.edges.compactMap { edge in
                places[edge.destination].map { place in
                    Line(path: "M0 \(Self.y(index)) C50 \(Self.y(index)) 50 \(Self.y(place)) 100 \(Self.y(place))", tone: line.route.mode == .paused ? "off" : Self.tone(edge.cell), width: Self.width(edge.perMinute))
                }
            }
        }
        hasSources = !sources.isEmpty
        hasRoutes = !routes.isEmpty
        hasDestinations = !destinations.isEmpty
    }

    private static func y(_ row: Int) -> Int { row * rowHeight + boxMiddle }
    /// One to six points: wider with every tenfold.
    private static func width(_ perMinute: Double) -> String { perMinute < 0.5 ? "1" : perMinute < 10 ? "2" : perMinute < 100 ? "3" : perMinute < 1000 ? "4" : "6" }
    private static func tone(_ cell: FlowStatistics.Cell) -> String {
        guard let rate = cell.failureRate else { return Tone.off.rawValue }
        return rate > 0.2 ? Tone.bad.rawValue : rate > 0.01 ? Tone.warn.rawValue : Tone.good.rawValue
    }
}
