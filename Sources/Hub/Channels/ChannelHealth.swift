package import Connect
import Database
package import Domain

/// How a channel stands, as one word with its reason: the worst that is known of it.
package enum ChannelStanding: Sendable, Equatable {
    /// Its settings are refused by its own connector.
    case broken(String)
    /// Its credentials are not accepted any more: its work waits.
    case parked(String)
    case paused
    /// Its platform asked for a pause.
    case throttled(until: Timestamp)
    /// Calls rest after failures.
    case resting(until: Timestamp?)
    /// The comparison with the platform fails.
    case failing(String)
    case webhooksMissing([String])
    /// So many orders of the last day were on the platform and are not here.
    case incomplete(Int)
    case deadLetters(Int)
    /// Connected, and nothing came yet.
    case fresh
    case good

    /// Whether a person is needed.
    package var isBad: Bool {
        switch self {
        case .broken, .parked, .failing, .webhooksMissing, .incomplete, .deadLetters: true
        case .paused, .throttled, .resting, .fresh, .good: false
        }
    }
}

/// What is known of one channel without asking its platform.
package struct ChannelHealth: Sendable {
    package struct Completeness: Sendable, Equatable {
        package var onPlatform = 0, here = 0, repaired = 0
        package var missing: Int { max(0, onPlatform - here - repaired) }
        package init() {}
    }
    package var channel: Channel, descriptor: PlatformDescriptor?, standing: ChannelStanding
    package var topics: [TopicTime]
    package var refusals: [RefusalLog.Entry]
    /// Of the last 24 hours; nil: it was not compared.
    package var completeness: Completeness?
    package var calls: CallMeter.Reading
    package var webhooks: WebhookLook?
    package var progress: ReconcileProgress?
    package var queue: QueueBook.Line, dead: Int
    package var runner: DestinationRunner.Standing?
    package var abilities: Abilities

    package struct Abilities: Sendable, Equatable {
        package var lists = false, registers = false, receives = false, checks = false, authorises = false, renews = false, hasKeys = false
        package init() {}
    }
    /// The last delivery from outside.
    package var lastDelivery: Timestamp? { topics.filter { $0.origin == .webhook || $0.origin == .api || $0.origin == .file }.map(\.lastAt).max() }
    package var lastHeard: Timestamp? { topics.map(\.lastAt).max() }
}

extension Hub {
    /// Every channel that was not removed, in the order of their making.
    package func channelHealth() async throws -> [ChannelHealth] {
        try await health(of: channels.directory.surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id })
    }

    package func health(of channel: Channel) async throws -> ChannelHealth? { try await health(of: [channel]).first }

    private func health(of wanted: [Channel]) async throws -> [ChannelHealth] {
        let picture = channels.directory.current, hour = now().milliseconds / 3_600_000, standings = dispatcher.states(), queues = ledger.queues.byDestination
        let rows = try await ledgerDatabase.read { tx in
            try wanted.map { channel in
                let compared = try tx.first("""
                    SELECT COUNT(*), CAST(SUM(on_platform) AS BIGINT), CAST(SUM(here) AS BIGINT), CAST(SUM(repaired) AS BIGINT) FROM completeness
                     WHERE channel_id = \(channel.id.value) AND hour > \(hour - Self.comparedHours)
                    """) { row -> ChannelHealth.Completeness? in
                    guard try row.int(0) > 0 else { return nil }
                    var counts = ChannelHealth.Completeness()
                    counts.onPlatform = try row.int(1)
                    counts.here = try row.int(2)
                    counts.repaired = try row.int(3)
                    return counts
                }.flatMap { $0 }
                let failing = try tx.first("SELECT message FROM problems WHERE kind = \(Problem.Kind.reconcileFailed.rawValue) AND subject = \("channel:\(channel.id)") AND state = 'open'") { try $0.text(0) }
                return (compared, try Ledger.topicTimes(of: channel.id, in: tx), try Self.openLetters(of: channel.id, in: tx), failing)
            }
        }
        return zip(wanted, rows).map { channel, row in
            let (compared, topics, dead, failing) = row
            var abilities = ChannelHealth.Abilities()
            if let connector = picture.connectors[channel.id] {
                abilities.lists = connector is any ListsOrders
                abilities.registers = connector is any RegistersWebhooks
                abilities.receives = connector is any ReceivesWebhooks
                abilities.checks = connector is any ChecksItself
                abilities.authorises = (connector as? any Authorises)?.agreesInBrowser ?? (connector is any HandsOverKeys)
                abilities.hasKeys = (connector as? any HandsOverKeys)?.hasKeys ?? false
                abilities.renews = connector is any RefreshesTokens
            }
            var health = ChannelHealth(
                channel: channel, descriptor: picture.descriptors[channel.id], standing: .good, topics: topics, refusals: refusals.entries(of: channel.id), completeness: compared,
                calls: channels.meter.reading(of: channel.id), webhooks: reconciler.webhooks(of: channel.id), progress: reconciler.progress(of: channel.id),
                queue: queues[channel.id] ?? QueueBook.Line(), dead: dead, runner: standings[channel.id], abilities: abilities)
            health.standing = standing(health, broken: picture.broken[channel.id]?.sentence, failing: failing)
            return health
        }
    }

    private func standing(_ health: ChannelHealth, broken: String?, failing: String?) -> ChannelStanding {
        if let broken { return .broken(broken) }
        switch health.channel.state {
        case .parked: return .parked(health.channel.stateReason ?? "")
        case .paused, .removed: return .paused
        case .active: break
        }
        if case .open(let until)? = health.runner?.breaker { return .resting(until: until) }
        if case .halfOpen? = health.runner?.breaker { return .resting(until: nil) }
        if let until = health.runner?.heldUntil ?? health.calls.throttledUntil, until > now() { return .throttled(until: until) }
        if let failing { return .failing(failing) }
        if let look = health.webhooks, health.channel.settings[HubSetting.webhooks] != "manual" {
            let missing = look.registrations.filter { $0.state != .active }.map(\.topic)
            if !missing.isEmpty { return .webhooksMissing(missing) }
        }
        if let missing = health.completeness?.missing, missing > 0 { return .incomplete(missing) }
        if health.dead > 0 { return .deadLetters(health.dead) }
        if health.channel.kind == .shop, health.topics.isEmpty { return .fresh }
        return .good
    }
}
