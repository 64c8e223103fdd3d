import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// How channels fare: health, what a comparison found missing, settings tried before they are kept, the breaker.
struct ChannelHealthRoutes {
    static let maximumMissed = 200

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("channels/:id/health", use: health)
        api.get("channels/:id/missed", use: missed)
        api.post("channels/:id/breaker", use: breaker)
        api.post("platforms/:id/check", use: trial)
    }

    private func find(_ context: AppContext) throws -> Hub.OneChannel { try hub.channels.channel(named: try APIRead.part(context, what: "channel")) }

    struct HealthView: Encodable {
        struct Topic: Encodable { var origin: DeliveryOrigin, topic: String, deliveries: Int, lastAt: Timestamp }
        struct Refusal: Encodable { var code: String, count: Int, lastAt: Timestamp }
        struct Completeness: Encodable { var onPlatform: Int, here: Int, repaired: Int, missing: Int }
        struct Calls: Encodable { var lastMinute: Int, allowedPerMinute: Int, running: Int, throttledUntil: Timestamp? }
        struct Comparison: Encodable { var startedAt: Timestamp, endedAt: Timestamp?, isFirst: Bool, listed: Int, present: Int, repaired: Int, waiting: Int, problem: String? }
        var standing: String, reason: String?, topics: [Topic], refused: [Refusal], completeness: Completeness?, calls: Calls, webhooks: [WebhookRegistration]?, webhooksCheckedAt: Timestamp?
        var comparison: Comparison?, ready: Int, waiting: Int, paused: Int, dead: Int, breaker: String

        init(_ health: ChannelHealth) {
            (standing, reason) = Self.words(health.standing)
            topics = health.topics.map { Topic(origin: $0.origin, topic: $0.topic, deliveries: $0.deliveries, lastAt: $0.lastAt) }
            refused = health.refusals.map { Refusal(code: $0.code, count: $0.count, lastAt: $0.lastAt) }
            completeness = health.completeness.map { Completeness(onPlatform: $0.onPlatform, here: $0.here, repaired: $0.repaired, missing: $0.missing) }
            calls = Calls(lastMinute: health.calls.lastMinute, allowedPerMinute: Int((health.descriptor?.budget.callsPerSecond ?? 0) * 60), running: health.calls.running,
                          throttledUntil: health.calls.throttledUntil)
            webhooks = health.webhooks?.registrations
            webhooksCheckedAt = health.webhooks?.at
            comparison = health.progress.map {
                Comparison(startedAt: $0.startedAt, endedAt: $0.endedAt, isFirst: $0.isFirst, listed: $0.report.listed, present: $0.report.present, repaired: $0.report.repaired,
                           waiting: $0.report.waiting, problem: $0.fault?.sentence)
            }
            ready = health.queue.ready
            waiting = health.queue.waiting
            paused = health.queue.paused
            dead = health.dead
            breaker = switch health.runner?.breaker { case .open: "open"; case .halfOpen: "trying"; default: "closed" }
        }

        static func words(_ standing: ChannelStanding) -> (String, String?) {
            switch standing {
            case .broken(let reason): ("broken", reason)
            case .parked(let reason): ("parked", reason)
            case .paused: ("paused", nil)
            case .throttled(let until): ("throttled", "until \(until)")
            case .resting(let until): ("resting", until.map { "until \($0)" })
            case .failing(let reason): ("failing", reason)
            case .webhooksMissing(let topics): ("webhooksMissing", topics.joined(separator: ", "))
            case .incomplete(let count): ("incomplete", "\(count)")
            case .deadLetters(let count): ("deadLetters", "\(count)")
            case .fresh: ("fresh", nil)
            case .good: ("good", nil)
            }
        }
    }

    @Sendable private func health(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        guard let health = try await hub.health(of: try find(context)) else { throw APIProblem.notFound("channel") }
        return try APIWrite.json(HealthView(health))
    }

    struct Missed: Encodable { var externalID: String, changedAt: Timestamp, foundAt: Timestamp?, order: OrderID?, number: String? }

    @Sendable private func missed(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        let channel = try find(context)
        guard let hour = try APIRead.time(request, "hour") else { throw APIRead.invalid("hour", "the beginning of an hour") }
        let found = try await hub.ledger.missedOrders(of: channel.id, hour: hour, limit: Self.maximumMissed)
        return try APIWrite.json(APIWrite.Page(data: found.map { Missed(externalID: $0.externalID, changedAt: $0.changedAt, foundAt: $0.foundAt, order: $0.order, number: $0.number) }, nextCursor: nil))
    }

    struct BreakerBody: Decodable {
        enum Action: String, Decodable { case close, tryOne }
        var action: Action
    }

    @Sendable private func breaker(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.flowsWrite)
        let channel = try find(context), body = try await APIRead.body(BreakerBody.self, request)
        try await move(body.action, of: channel, by: caller.actor)
        guard let health = try await hub.health(of: channel) else { throw APIProblem.notFound("channel") }
        return try APIWrite.json(HealthView(health))
    }

    func move(_ action: BreakerBody.Action, of channel: Hub.OneChannel, by actor: AuditActor) async throws {
        switch action {
        case .close: hub.dispatcher.release(channel.id)
        case .tryOne: hub.dispatcher.tryOne(channel.id)
        }
        try await hub.audit.record(AuditChange(actor, "channel.breaker", "channel:\(channel.id)", after: ["action": action.rawValue]))
    }

    struct TrialBody: Decodable { var name: String?, settings: [String: String]?, channel: String? }
    struct Trial: Encodable {
        struct Fault: Encodable { var setting: String, problem: String }
        var isGood: Bool, faults: [Fault], rows: [CheckRow]
    }

    @Sendable private func trial(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsWrite)
        let platform = try APIRead.part(context, what: "platform"), body = try await APIRead.body(TrialBody.self, request)
        let existing = try body.channel.map { try hub.channels.channel(named: $0) }
        guard existing == nil || existing?.platform == platform else { throw APIProblem(.unprocessableContent, "other_platform", "That channel is of another platform.", pointer: "/channel") }
        let trial = try await hub.channels.trial(platform: platform, name: body.name, settings: body.settings ?? [:], existing: existing)
        let faults = trial.faults.sorted { $0.key < $1.key }.map { Trial.Fault(setting: $0.key, problem: Self.sentence($0.value)) }
        return try APIWrite.json(Trial(isGood: trial.isGood, faults: faults, rows: trial.rows))
    }

    private static func sentence(_ fault: ChannelTrial.ConnectorFault) -> String {
        switch fault {
        case .missing: "is not set"
        case .nameTaken: "is the name of another channel"
        case .badName: "must be 1 to 64 letters, digits, spaces, dots, dashes or underscores"
        case .wrong(let problem): problem
        }
    }
}
