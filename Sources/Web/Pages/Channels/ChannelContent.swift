import Connect
import Domain
import Foundation
import Hub

/// What stands on a channel's page beside its live part.
struct ChannelContent: Sendable {
    var id: String, name: String, platform: String, created: PageTime, kind: String
    var isNew: Bool, mayChange: Bool, mayRun: Bool
    var isActive: Bool, isPaused: Bool, isParked: Bool, isShop: Bool, isFile: Bool, lists: Bool, registers: Bool, asksDestination: Bool
    var hook: String?, hookHint: String?
    var checks: [CheckLine], isChecked: Bool, checkedWell: Bool
    var facts: [Fact], ordersPath: String, rulesPath: String, attemptsPath: String
    var live: ChannelLive

    struct Fact: Sendable { var name: String, value: String }

    init(visit: Visit, health: ChannelHealth, live: ChannelLive, isNew: Bool, checks rows: [CheckRow]?) {
        let channel = health.channel, words = visit.words, writer = ChannelWriter(visit: visit)
        id = "\(channel.id)"
        name = channel.name
        platform = health.descriptor?.title ?? channel.platform
        created = visit.time(channel.createdAt)
        kind = channel.kind.rawValue
        self.isNew = isNew
        mayChange = visit.caller.may(.channelsWrite)
        mayRun = visit.caller.may(.flowsWrite)
        isActive = channel.state == .active
        isPaused = channel.state == .paused
        isParked = channel.state == .parked
        isShop = channel.kind == .shop || channel.kind == .file
        isFile = channel.kind == .file
        lists = health.abilities.lists
        registers = health.abilities.registers
        asksDestination = health.abilities.checks
        hook = health.abilities.receives ? visit.hub.channels.hookURL(of: channel) : nil
        hookHint = health.abilities.receives ? words(health.abilities.registers ? "channels.hook.registered" : "channels.hook.byHand") : nil
        checks = (rows ?? []).map(writer.check)
        isChecked = rows != nil
        checkedWell = rows?.allSatisfy(\.isGood) ?? false
        facts = Self.facts(health, words)
        ordersPath = "/orders?channel=\(Self.escaped(channel.name))"
        rulesPath = "/rules?channel=\(channel.id)"
        attemptsPath = "/flows/attempts?destination=\(channel.id)"
        self.live = live
    }

    static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }

    /// The settings that are not secret, in words.
    private static func facts(_ health: ChannelHealth, _ words: Words) -> [Fact] {
        let platform = "guides.\(health.channel.platform)"
        return (health.descriptor?.settings ?? []).filter { !$0.isSecret }.compactMap { field in
            guard let value = health.channel.settings[field.key], !value.isEmpty, let group = ["main", "more"].first(where: { words.has("\(platform).\($0).\(field.key).title") }) else { return nil }
            let option = "\(platform).\(group).\(field.key).options.\(value)"
            return Fact(name: words("\(platform).\(group).\(field.key).title"), value: words.has(option) ? words(option) : value)
        }
    }
}

/// The part of a channel's page that changes while one looks at it.
struct ChannelLive: Sendable {
    static let stripHours = 72, maximumProblems = 20

    struct Topic: Sendable { var topic: String, origin: String, count: String, last: PageTime }
    struct Hook: Sendable { var topic: String, state: StateWord }
    struct Refusal: Sendable { var reason: String, count: String, last: PageTime }
    struct Cell: Sendable { var tone: String, label: String, path: String?, text: String }
    struct Day: Sendable { var name: String, cells: [Cell] }
    struct ProblemLine: Sendable { var id: String, message: String, code: String, count: String?, time: PageTime, order: String? }
    struct Progress: Sendable { var sentence: String, isRunning: Bool, fault: String? }

    var id: String, state: StateWord, reason: String?, advice: String?, adviceTone: String
    var progress: Progress?
    var grants: [GrantLine], hasGrants: Bool, authorises: Bool, renews: Bool, isNeverAuthorised: Bool, mayAuthorise: Bool
    var topics: [Topic], hasTopics: Bool, noTopics: String
    var webhooks: [Hook], hasWebhooks: Bool, webhooksAt: PageTime?, webhooksFault: String?, registers: Bool
    var refusals: [Refusal], hasRefusals: Bool, receives: Bool
    var calls: String, callsUsed: String, callsAllowed: String, hasCalls: Bool, throttledUntil: PageTime?, running: String
    var completeness: StateWord?, days: [Day], hasDays: Bool
    var problems: [ProblemLine], hasProblems: Bool, mayResolve: Bool
    var ready: String, waiting: String, paused: String, dead: String, hasQueue: Bool, hasDead: Bool, deadPath: String, isResting: Bool, mayRun: Bool

    init(visit: Visit, health: ChannelHealth) async throws {
        let words = visit.words, writer = ChannelWriter(visit: visit), channel = health.channel
        let completenessRows = health.abilities.lists ? try await visit.hub.completeness(channel: channel.id, hours: Self.stripHours) : []
        let open = visit.caller.may(.flowsRead) ? try await visit.hub.problems(of: channel.id, limit: Self.maximumProblems) : []
        id = "\(channel.id)"
        (state, reason) = writer.standing(health)
        (advice, adviceTone) = Self.advice(health, words)
        progress = Self.progress(health, visit)
        let standings = try await visit.hub.channels.credentials.standings(of: channel.id).filter { $0.generation > 0 || $0.fault != nil }
        grants = standings.map { GrantLine($0, isOnly: standings.count == 1, visit: visit) }
        authorises = health.abilities.authorises
        renews = health.abilities.renews
        hasGrants = !grants.isEmpty || authorises
        isNeverAuthorised = authorises && grants.isEmpty && !health.abilities.hasKeys
        mayAuthorise = visit.caller.may(.channelsWrite)
        topics = health.topics.map { Topic(topic: $0.topic, origin: words("channels.origins.\($0.origin.rawValue)"), count: writer.count($0.deliveries), last: visit.time($0.lastAt)) }
        hasTopics = !topics.isEmpty
        noTopics = words(health.abilities.receives ? "channels.noDeliveries" : "channels.noTopics")
        webhooks = (health.webhooks?.registrations ?? []).map { hook in
            let tone: Tone = switch hook.state { case .active: .good; case .missing: .bad; case .disabled: .warn }
            return Hook(topic: hook.topic, state: StateWord(word: words("channels.webhooks.\(hook.state.rawValue)"), tone: tone.rawValue))
        }
        hasWebhooks = !webhooks.isEmpty
        webhooksAt = health.webhooks.map { visit.time($0.at) }
        webhooksFault = health.webhooks?.fault.map { words.said($0.sentence) }
        registers = health.abilities.registers
        refusals = health.refusals.sorted { $0.lastAt > $1.lastAt }.map { entry in
            Refusal(reason: words.has("channels.refusals.\(entry.code)") ? words("channels.refusals.\(entry.code)") : entry.code, count: writer.count(entry.count), last: visit.time(entry.lastAt))
        }
        hasRefusals = !refusals.isEmpty
        receives = health.abilities.receives
        calls = writer.calls(health)
        callsUsed = "\(health.calls.lastMinute)"
        callsAllowed = "\(max(1, writer.allowed(health)))"
        hasCalls = health.channel.kind != .file
        throttledUntil = (health.runner?.heldUntil ?? health.calls.throttledUntil).flatMap { $0 > visit.now ? visit.time($0) : nil }
        running = writer.count(health.calls.running)
        completeness = writer.completeness(health)
        days = Self.days(completenessRows, channel: channel.id, visit)
        hasDays = health.abilities.lists
        problems = open.map { line in
            ProblemLine(id: "\(line.id)", message: words.said(line.message), code: line.code, count: line.count > 1 ? words("channels.times", ["count": writer.count(line.count)]) : nil, time: visit.time(line.updatedAt), order: line.order.map { "\($0)" })
        }
        hasProblems = !problems.isEmpty
        mayResolve = visit.caller.may(.flowsWrite)
        ready = writer.count(health.queue.ready)
        waiting = writer.count(health.queue.waiting)
        paused = writer.count(health.queue.paused)
        dead = writer.count(health.dead)
        hasQueue = health.queue.all > 0 || channel.kind == .courier || channel.kind == .destination
        hasDead = health.dead > 0
        deadPath = "/flows/dead-letters?destination=\(channel.id)"
        isResting = if case .resting = health.standing { true } else { false }
        mayRun = visit.caller.may(.flowsWrite)
    }

    private static func advice(_ health: ChannelHealth, _ words: Words) -> (String?, String) {
        switch health.standing {
        case .broken: (words("channels.advice.broken"), "bad")
        case .parked: (words("channels.advice.parked"), "bad")
        case .paused: (words("channels.advice.paused"), "warn")
        case .resting: (words("channels.advice.resting"), "warn")
        case .throttled: (words("channels.advice.throttled"), "warn")
        case .failing: (words("channels.advice.failing"), "bad")
        case .webhooksMissing: (words("channels.advice.webhooksMissing"), "warn")
        case .incomplete: (words("channels.advice.incomplete"), "warn")
        case .deadLetters: (words("channels.advice.deadLetters"), "warn")
        case .fresh: (words("channels.advice.fresh"), "going")
        case .good: (nil, "")
        }
    }

    private static func progress(_ health: ChannelHealth, _ visit: Visit) -> Progress? {
        guard let progress = health.progress, health.abilities.lists else { return nil }
        let form = "channels.progress." + (progress.isRunning ? "running" : "done")
        var sentence = visit.words.counted(form, progress.report.listed, ["since": visit.time(progress.since).text])
        if progress.report.repaired > 0 { sentence += " " + visit.words.counted("channels.progress.taken", progress.report.repaired) }
        if progress.report.waiting > 0, !progress.isRunning { sentence += " " + visit.words.counted("channels.progress.fresh", progress.report.waiting) }
        return Progress(sentence: sentence, isRunning: progress.isRunning, fault: progress.fault.map { visit.words.said($0.sentence) })
    }

    /// The last three days, hour by hour, each in a row.
    private static func days(_ rows: [(channel: ChannelID, hour: Timestamp, counts: CompletenessCounts, checkedAt: Timestamp)], channel: ChannelID, _ visit: Visit) -> [Day] {
        let byHour = Dictionary(rows.map { ($0.hour.milliseconds / 3_600_000, $0.counts) }, uniquingKeysWith: { first, _ in first })
        let last = visit.now.milliseconds / 3_600_000, words = visit.words
        return stride(from: stripHours - 24, through: 0, by: -24).map { back in
            let cells = (0..<24).map { index -> Cell in
                let hour = last - Int64(back) - Int64(23 - index), time = visit.time(Timestamp(milliseconds: hour * 3_600_000))
                guard let counts = byHour[hour] else { return Cell(tone: "none", label: words("channels.strip.none", ["time": time.text]), path: nil, text: "") }
                let missing = max(0, counts.onPlatform - counts.here - counts.repaired)
                let tone = missing > 0 ? "bad" : counts.repaired > 0 ? "warn" : "good"
                let label = words("channels.strip.cell", ["time": time.text, "platform": "\(counts.onPlatform)", "found": "\(counts.repaired)", "missing": "\(missing)"])
                return Cell(tone: tone, label: label, path: "/channels/\(channel)/hours/\(hour)", text: missing > 0 ? "\(min(missing, 99))" : counts.repaired > 0 ? "+" : "")
            }
            let begin = Timestamp(milliseconds: (last - Int64(back) - 23) * 3_600_000)
            return Day(name: visit.clock.time(begin).text, cells: cells)
        }
    }
}
