import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// One channel: how it fares, its settings, an hour of its comparison, taking it away.
struct ChannelPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("channels/:id", use: console.page { try await channel($0) })
        pages.get("channels/:id/settings", use: console.page(settings))
        pages.post("channels/:id/settings", use: console.page(change))
        pages.get("channels/:id/remove", use: console.page(question))
        pages.get("channels/:id/hours/:hour", use: console.page(hour))
    }

    static func find(_ visit: Visit) throws -> Hub.OneChannel { try visit.hub.channels.channel(named: try APIRead.part(visit.context, what: "channel")) }

    // MARK: one channel

    func channel(_ visit: Visit, checks: [CheckRow]? = nil) async throws -> Response {
        try visit.require(.channelsRead)
        let channel = try Self.find(visit)
        guard let health = try await visit.hub.health(of: channel) else { throw APIProblem.notFound("channel") }
        let live = try await ChannelLive(visit: visit, health: health)
        if visit.isFragment { return try visit.fragment("channels-live", live) }
        let content = ChannelContent(visit: visit, health: health, live: live, isNew: try visit.request.query["new"] != nil, checks: checks)
        return try visit.page("channels-channel", title: channel.name, at: .channels, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    // MARK: settings

    struct Settings: Sendable {
        var id: String, name: String, title: String, form: ConnectForm, checks: [CheckLine], hasChecks: Bool, isChecked: Bool, checkedWell: Bool, mayForce: Bool, problem: String?
        var isParked: Bool, steps: [String], hasSteps: Bool
    }

    private func descriptor(_ channel: Hub.OneChannel, _ visit: Visit) throws -> PlatformDescriptor { try visit.hub.channels.descriptor(channel.platform) }

    @Sendable private func settings(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let channel = try Self.find(visit)
        return try await settingsPage(visit, channel, values: channel.settings)
    }

    private func settingsPage(_ visit: Visit, _ channel: Hub.OneChannel, values: [String: String], trial: ChannelTrial? = nil, status: HTTPResponse.Status = .ok) async throws -> Response {
        let descriptor = try descriptor(channel, visit), words = visit.words, writer = ChannelWriter(visit: visit)
        let faults = (trial?.faults ?? [:]).mapValues { ConnectPages.sentence($0, words) }
        let couriers = visit.hub.channels.directory.surroundings.channels.values.filter { $0.kind == .courier && $0.state != .removed }.map(\.name).sorted()
        let steps = words.list("guides.\(channel.platform).steps")
        let content = Settings(
            id: "\(channel.id)", name: channel.name, title: descriptor.title,
            form: ConnectForm(descriptor, words: words, values: values, faults: faults, kept: try await visit.hub.channels.secretsSet(of: channel.id), couriers: couriers),
            checks: (trial?.rows ?? []).map(writer.check), hasChecks: trial.map { !$0.rows.isEmpty } ?? false, isChecked: trial != nil, checkedWell: trial?.isGood ?? false,
            mayForce: trial.map { $0.faults.isEmpty && !$0.isGood } ?? false, problem: faults.isEmpty ? nil : words("channels.form.faults"), isParked: channel.state == .parked, steps: steps, hasSteps: !steps.isEmpty)
        return try visit.page("channels-settings", title: words("channels.settingsOf", ["name": channel.name]), at: .channels, content, scripts: ["flows.js"], styles: ["flows.css"], status: status)
    }

    /// `check`: try and show; `save`: try, and keep when all is well; `force`: keep although a row is bad. A channel that was parked goes on with what is kept.
    @Sendable private func change(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let form = try await visit.form(), channel = try Self.find(visit), hub = visit.hub, descriptor = try descriptor(channel, visit)
        let secrets = Set(descriptor.settings.filter(\.isSecret).map(\.key)), action = form["action"] ?? "check"
        let given = Dictionary(uniqueKeysWithValues: (descriptor.settings + HubSetting.fields).compactMap { field -> (String, String)? in
            guard let value = form[field.key]?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
            // An empty secret stays as it is.
            return secrets.contains(field.key) && value.isEmpty ? nil : (field.key, value)
        })
        let trial = try await hub.channels.trial(platform: channel.platform, name: nil, settings: given, existing: channel)
        // Webhooks are mended by themselves after the settings are kept: they are no reason to keep nothing.
        guard trial.faults.isEmpty, action == "force" || (action == "save" && trial.rows.allSatisfy { $0.isGood || ChannelTrial.tellsOfWebhooks($0) }) else {
            return try await settingsPage(visit, channel, values: channel.settings.merging(given) { _, new in new }, trial: trial, status: trial.faults.isEmpty ? .ok : .unprocessableContent)
        }
        try await hub.channels.set(given.filter { $0.value != channel.settings[$0.key] ?? "" || secrets.contains($0.key) }, of: channel.id, auditedBy: visit.caller.actor)
        if channel.state == .parked {
            try await hub.channels.setState(.active, reason: nil, of: channel.id, auditedBy: visit.caller.actor)
            hub.dispatcher.release(channel.id)
        }
        hub.reconciler.wake()
        return visit.redirect("/channels/\(channel.id)", notice: visit.words("channels.saved", ["name": channel.name]))
    }

    // MARK: taking away

    struct Question: Sendable { var id: String, name: String, sentences: [String] }

    @Sendable private func question(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let channel = try Self.find(visit), words = visit.words
        guard let health = try await visit.hub.health(of: channel) else { throw APIProblem.notFound("channel") }
        let kind = channel.kind == .shop || channel.kind == .file ? "shop" : "destination"
        var sentences = [words("channels.remove.\(kind)"), words("channels.remove.hook")]
        if health.queue.all > 0 { sentences.append(words.counted("channels.remove.waiting", health.queue.all)) }
        return try visit.page("channels-remove", title: words("channels.remove.title", ["name": channel.name]), at: .channels, Question(id: "\(channel.id)", name: channel.name, sentences: sentences))
    }

    // MARK: an hour

    struct MissedLine: Sendable { var externalID: String, number: String?, order: String?, changed: PageTime, found: PageTime? }
    struct Hour: Sendable { var id: String, name: String, heading: String, sentence: String, rows: [MissedLine], hasRows: Bool }
    static let maximumMissed = 200

    @Sendable private func hour(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        let channel = try Self.find(visit), words = visit.words
        guard let number = APIRead.whole(try APIRead.part(visit.context, "hour", what: "hour")), (0...10_000_000).contains(number) else { throw APIProblem.notFound("hour") }
        let hour = Timestamp(milliseconds: number * 3_600_000)
        let counts = try await visit.hub.completeness(channel: channel.id, hours: ChannelLive.stripHours).first { $0.hour == hour }?.counts
        let missed = try await visit.hub.ledger.missedOrders(of: channel.id, hour: hour, limit: Self.maximumMissed)
        let sentence = counts.map {
            words("channels.hour.counts", ["platform": "\($0.onPlatform)", "here": "\($0.here)", "found": "\($0.repaired)", "missing": "\(max(0, $0.onPlatform - $0.here - $0.repaired))"])
        } ?? words("channels.hour.none")
        let rows = missed.map { MissedLine(externalID: $0.externalID, number: $0.number, order: $0.order.map { "\($0)" }, changed: visit.time($0.changedAt), found: $0.foundAt.map(visit.time)) }
        let content = Hour(id: "\(channel.id)", name: channel.name, heading: words("channels.hour.title", ["name": channel.name, "time": visit.time(hour).text]), sentence: sentence, rows: rows, hasRows: !rows.isEmpty)
        return try visit.page("channels-hour", title: content.heading, at: .channels, content)
    }
}
