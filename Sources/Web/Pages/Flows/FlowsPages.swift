import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The engineers' pages: the flow as a picture, routes, what waits, what was tried, what died, what is sent again.
struct FlowsPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows", use: console.page(picture))
        RoutePages(console: console).add(to: pages)
        JobPages(console: console).add(to: pages)
        AttemptPages(console: console).add(to: pages)
        DeadLetterPages(console: console).add(to: pages)
        ReplayPages(console: console).add(to: pages)
        ProblemPages(console: console).add(to: pages)
    }

    struct Content: Sendable { var tabs: [FlowTab], picture: FlowDrawing, mayChange: Bool }

    @Sendable private func picture(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let picture = FlowDrawing(try await visit.hub.flowPicture(), visit: visit)
        let content = Content(tabs: FlowTab.all(visit, at: .picture), picture: picture, mayChange: visit.caller.may(.flowsWrite))
        return visit.isFragment ? try visit.fragment("flows-live", content)
            : try visit.page("flows-picture", title: visit.words("flows.title"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }
}

/// The pages of the flows beside each other.
struct FlowTab: Sendable {
    enum Page: String, CaseIterable {
        case picture, jobs, attempts, letters, replay, problems
        var path: String {
            switch self {
            case .picture: "/flows"
            case .letters: "/flows/dead-letters"
            case .jobs, .attempts, .replay, .problems: "/flows/\(rawValue)"
            }
        }
    }
    var name: String, path: String, isCurrent: Bool

    static func all(_ visit: Visit, at page: Page) -> [FlowTab] {
        Page.allCases.filter { $0 != .replay || visit.caller.may(.flowsWrite) }.map { FlowTab(name: visit.words("flows.tabs.\($0.rawValue)"), path: $0.path, isCurrent: $0 == page) }
    }
}

/// How moments, durations and kinds of the flow are written.
struct FlowWriter {
    let visit: Visit
    private var words: Words { visit.words }

    func count(_ number: Int) -> String { PageWords.grouped("\(number)") }
    func rate(_ perMinute: Double) -> String { perMinute == 0 ? "0" : perMinute < 10 ? String(Double(Int(perMinute * 10 + 0.5)) / 10) : count(Int(perMinute + 0.5)) }
    func percent(_ rate: Double?) -> String? { rate.map { $0 > 0 && $0 < 0.01 ? "<1 %" : "\(Int($0 * 100 + 0.5)) %" } }

    func duration(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: words("flows.units.ms", ["n": "\(milliseconds)"])
        case ..<60_000: words("flows.units.s", ["n": "\(milliseconds / 1000)"])
        case ..<3_600_000: words("flows.units.min", ["n": "\(milliseconds / 60_000)"])
        case ..<172_800_000: words("flows.units.h", ["n": "\(milliseconds / 3_600_000)"])
        default: words("flows.units.d", ["n": "\(milliseconds / 86_400_000)"])
        }
    }

    func age(_ time: Timestamp?) -> String? { time.map { duration(max(0, (visit.now - $0).inMilliseconds)) } }
    func event(_ type: String) -> String { words.has("flows.events.\(type.split(separator: ".").last ?? "")") ? words("flows.events.\(type.split(separator: ".").last ?? "")") : type }
    func action(_ action: String) -> String { words.has("flows.actions.\(action)") ? words("flows.actions.\(action)") : action }

    func outcome(_ outcome: String) -> StateWord {
        let tone: Tone = switch outcome {
        case "done", "cancelled", "alreadyDone": .good
        case "withdrawn", "pending": .off
        case "transient", "throttled", "unknown": .warn
        default: .bad
        }
        return StateWord(word: words.has("flows.outcomes.\(outcome)") ? words("flows.outcomes.\(outcome)") : outcome, tone: tone.rawValue)
    }

    func channel(_ id: ChannelID) -> String { visit.hub.channels.directory.channel(id)?.name ?? "\(id)" }

    /// Where a channel's calls stand.
    func standing(_ channel: Hub.OneChannel, _ runner: DestinationRunner.Standing?) -> StateWord {
        func word(_ name: String, _ tone: Tone) -> StateWord { StateWord(word: words("flows.standing.\(name)"), tone: tone.rawValue) }
        switch channel.state {
        case .parked: return word("parked", .bad)
        case .paused, .removed: return word("paused", .off)
        case .active: break
        }
        switch runner?.breaker {
        case .open: return word("resting", .bad)
        case .halfOpen: return word("trying", .warn)
        case .closed, nil: break
        }
        if let until = runner?.heldUntil, until > visit.now { return word("throttled", .warn) }
        return word("open", .good)
    }
}
