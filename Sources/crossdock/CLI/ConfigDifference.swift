import Foundation

/// One step from the hub's configuration to a file's.
struct ConfigStep: Sendable {
    enum Work: Sendable {
        case addChannel(platform: String, name: String, settings: [String: String])
        case setChannel(name: String, settings: [String: String])
        case turnChannel(name: String, verb: String)
        case applyRules(channel: String, text: String)
        case saveRoute(name: String, body: JSONValue)
        case removeRoute(name: String)
    }
    var work: Work
    /// `+` made, `~` changed, `-` removed.
    var sign: String, what: String, detail: String
}

/// What has to be done so that the hub becomes what a file says. What the file does not name stays, unless it is pruned.
struct ConfigDifference {
    let now: ConfigDocument, wanted: ConfigDocument, secretKeys: [String: Set<String>], prune: Bool
    let environment: [String: String]

    func steps() throws -> [ConfigStep] {
        var steps: [ConfigStep] = []
        for channel in wanted.channels { steps += try self.steps(for: channel) }
        for route in wanted.routes { if let step = step(for: route) { steps.append(step) } }
        guard prune else { return steps }
        for route in now.routes where !wanted.routes.contains(where: { $0.name == route.name }) {
            steps.append(ConfigStep(work: .removeRoute(name: route.name), sign: "-", what: "route \(route.name)", detail: "not in the file"))
        }
        for channel in now.channels where !wanted.channels.contains(where: { $0.name == channel.name }) {
            steps.append(ConfigStep(work: .turnChannel(name: channel.name, verb: "remove"), sign: "-", what: "channel \(channel.name)", detail: "not in the file"))
        }
        return steps
    }

    private func steps(for channel: ConfigDocument.ChannelPart) throws -> [ConfigStep] {
        let secrets = secretKeys[channel.platform] ?? [], known = now.channels.first { $0.name == channel.name }, what = "channel \(channel.name)"
        let settings = try (channel.settings ?? [:]).mapValues(filled)
        var steps: [ConfigStep] = []
        if let known {
            guard known.platform == channel.platform else { throw CommandFailure(.refused, "\(channel.name) is a channel of \(known.platform), the file says \(channel.platform): a channel keeps its platform for ever.") }
            // A secret cannot be compared: one that the file gives is set each time.
            var changed = settings.filter { $0.value != known.settings?[$0.key] }
            for key in (known.settings ?? [:]).keys where channel.settings != nil && settings[key] == nil { changed[key] = "" }
            if !changed.isEmpty {
                let words = changed.sorted { $0.key < $1.key }.map { key, value in secrets.contains(key) ? "\(key): (secret)" : "\(key): \(known.settings?[key] ?? "nothing") → \(value.isEmpty ? "nothing" : value)" }
                steps.append(ConfigStep(work: .setChannel(name: channel.name, settings: changed), sign: "~", what: what, detail: words.joined(separator: "; ")))
            }
        } else {
            steps.append(ConfigStep(work: .addChannel(platform: channel.platform, name: channel.name, settings: settings), sign: "+", what: what, detail: channel.platform))
        }
        if let text = channel.rules, text != known?.rules {
            steps.append(ConfigStep(work: .applyRules(channel: channel.name, text: text), sign: known?.rules == nil ? "+" : "~", what: "rules of \(channel.name)", detail: "\(text.split(separator: "\n").count) lines"))
        }
        if let state = channel.state, state != known?.state ?? "active" {
            guard let verb = ["active": "resume", "paused": "pause"][state] else { throw CommandFailure(.usage, "The state of \(channel.name) is active or paused, not \(state).") }
            steps.append(ConfigStep(work: .turnChannel(name: channel.name, verb: verb), sign: "~", what: what, detail: "state: \(known?.state ?? "active") → \(state)"))
        }
        return steps
    }

    private func step(for route: ConfigDocument.RoutePart) -> ConfigStep? {
        let known = now.routes.first { $0.name == route.name }
        let pairs: [(String, JSONValue, JSONValue)] = [
            ("events", JSONValue(route.events), known.map { JSONValue($0.events) } ?? .null),
            ("condition", JSONValue(route.condition), JSONValue(known?.condition)),
            ("destination", .text(route.destination), JSONValue(known?.destination)),
            ("mode", JSONValue(route.mode ?? "live"), JSONValue(known?.mode)),
            ("retryDelaysSeconds", Self.numbers(route.retryDelaysSeconds ?? known?.retryDelaysSeconds), Self.numbers(known?.retryDelaysSeconds)),
            ("isOrdered", .bool(route.isOrdered ?? true), known?.isOrdered.map(JSONValue.bool) ?? .null),
        ]
        let changed = pairs.filter { $0.1 != $0.2 }
        guard known == nil || !changed.isEmpty else { return nil }
        var members = Dictionary(uniqueKeysWithValues: pairs.filter { !$0.1.isNull }.map { ($0.0, $0.1) })
        members["name"] = .text(route.name)
        let words = known == nil ? "\(route.events.joined(separator: ", ")) to \(route.destination)" : changed.map { "\($0.0): \($0.2.plain) → \($0.1.plain)" }.joined(separator: "; ")
        return ConfigStep(work: .saveRoute(name: route.name, body: .object(members)), sign: known == nil ? "+" : "~", what: "route \(route.name)", detail: words)
    }

    private static func numbers(_ values: [Int]?) -> JSONValue { values.map { .array($0.map { .integer(Int64($0)) }) } ?? .null }

    /// `${NAME}` alone stands for a variable of the environment.
    private func filled(_ value: String) throws -> String {
        guard value.hasPrefix("${"), value.hasSuffix("}") else { return value }
        let name = String(value.dropFirst(2).dropLast())
        guard let found = environment[name] else { throw CommandFailure(.usage, "The file wants the environment variable \(name), which is not set.") }
        return found
    }
}
