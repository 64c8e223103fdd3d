import Connect
import Domain
import Hub

/// What is known of a channel, in a reader's words.
struct ChannelWriter {
    let visit: Visit
    private var words: Words { visit.words }

    func row(_ health: ChannelHealth) -> ChannelRow {
        let (state, reason) = standing(health), refused = health.refusals.map(\.count).reduce(0, +)
        return ChannelRow(
            id: "\(health.channel.id)", name: health.channel.name, platform: health.descriptor?.title ?? health.channel.platform, state: state, reason: reason,
            lastDelivery: (health.lastDelivery ?? health.lastHeard).map(visit.time), completeness: completeness(health), refused: count(refused), isRefused: refused > 0,
            webhooks: webhooks(health), calls: calls(health), isThrottled: health.calls.throttledUntil != nil, queue: health.queue.all > 0 ? count(health.queue.all) : "",
            dead: health.dead > 0 ? count(health.dead) : "", hasDead: health.dead > 0)
    }

    func count(_ number: Int) -> String { PageWords.grouped("\(number)") }

    /// The state's word, and why.
    func standing(_ health: ChannelHealth) -> (StateWord, String?) {
        func word(_ name: String, _ tone: Tone, _ reason: String? = nil) -> (StateWord, String?) { (StateWord(word: words("channels.standing.\(name)"), tone: tone.rawValue), reason.map(words.said)) }
        switch health.standing {
        case .broken(let reason): return word("broken", .bad, reason)
        case .parked(let reason): return word("parked", .bad, reason)
        case .paused: return word("paused", .off)
        case .throttled(let until): return word("throttled", .warn, words("channels.until", ["time": visit.time(until).text]))
        case .resting(let until): return word("resting", .warn, until.map { words("channels.until", ["time": visit.time($0).text]) })
        case .failing(let reason): return word("failing", .bad, reason)
        case .webhooksMissing(let topics): return word("webhooksMissing", .warn, topics.joined(separator: ", "))
        case .incomplete(let missing): return word("incomplete", .warn, words.counted("channels.missing", missing))
        case .deadLetters(let dead): return word("deadLetters", .warn, words.counted("channels.dead", dead))
        case .fresh: return word("fresh", .going)
        case .good: return word("good", .good)
        }
    }

    func completeness(_ health: ChannelHealth) -> StateWord? {
        guard let found = health.completeness else { return health.abilities.lists ? StateWord(word: words("channels.notCompared"), tone: Tone.off.rawValue) : nil }
        return found.missing == 0 ? StateWord(word: words("channels.complete"), tone: Tone.good.rawValue) : StateWord(word: words.counted("channels.missing", found.missing), tone: Tone.bad.rawValue)
    }

    func webhooks(_ health: ChannelHealth) -> StateWord? {
        guard health.abilities.registers else { return nil }
        if health.channel.settings[HubSetting.webhooks] == "manual" { return StateWord(word: words("channels.webhooks.manual"), tone: Tone.off.rawValue) }
        guard let look = health.webhooks else { return StateWord(word: words("channels.webhooks.unknown"), tone: Tone.off.rawValue) }
        if look.fault != nil { return StateWord(word: words("channels.webhooks.failed"), tone: Tone.bad.rawValue) }
        let active = look.registrations.filter { $0.state == .active }.count
        let isGood = active == look.registrations.count && active > 0
        return StateWord(word: words("channels.webhooks.registered", ["active": "\(active)", "all": "\(look.registrations.count)"]), tone: isGood ? Tone.good.rawValue : Tone.warn.rawValue)
    }

    /// Calls of the last minute of those that are allowed.
    func calls(_ health: ChannelHealth) -> String { "\(count(health.calls.lastMinute)) / \(count(allowed(health)))" }
    func allowed(_ health: ChannelHealth) -> Int { Int((health.descriptor?.budget.callsPerSecond ?? 0) * 60) }

    func check(_ row: CheckRow) -> CheckLine {
        let key = "guides.checks." + row.name.replacing(" ", with: "_")
        return CheckLine(name: words.has(key) ? words(key) : row.name, state: StateWord(word: words(row.isGood ? "channels.checks.good" : "channels.checks.bad"), tone: row.isGood ? "good" : "bad"),
                         found: words.said(row.found), remedy: row.isGood ? nil : row.remedy.map(words.said))
    }
}

/// One row of a live check.
struct CheckLine: Sendable { var name: String, state: StateWord, found: String, remedy: String? }
