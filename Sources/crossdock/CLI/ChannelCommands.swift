import ArgumentParser

struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel", abstract: "Connects shops, couriers, destinations and files to the hub.",
        subcommands: [Add.self, Settings.self, List.self, Show.self, Set.self, Check.self, Sync.self, Webhooks.self, Authorise.self, Credentials.self, Drill.self, Pause.self, Resume.self, Remove.self])

    struct Add: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connects a channel and prints its id and the hook URL to give to the platform.",
            discussion: "What a platform needs is listed by `crossdock channel settings PLATFORM`. Example:\n  crossdock channel add custom \"Own shop\" --set secret=whsec_… --json")
        @Argument(help: "The platform: shopify, woocommerce, custom, courier, file, …") var platform: String
        @Argument(help: "A name of your choice; every other command takes it.") var name: String
        @Option(name: .customLong("set"), help: ArgumentHelp("A setting (repeatable).", valueName: "key=value")) var set: [KeyValue] = []
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let made = try await api.post("channels", ["platform": .text(platform), "name": .text(name), "settings": JSONValue(KeyValue.dictionary(set))])
            try hub.print(made) { "id       \(made["id"].plain)\nhookURL  \(made["hookURL"].plain)\n" }
        }
    }

    struct Settings: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what a platform's channel can be told; without a platform, the platforms.")
        @Argument(help: "The platform.") var platform: String?
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let all = try await api.get("platforms")
            guard let platform else {
                try hub.print(all) {
                    var table = Table("platform", "title", "kind")
                    for row in all["data"].elements { table.add(row["platform"].plain, row["title"].plain, row["kind"].plain) }
                    return table.text(ifEmpty: "The hub knows no platform.")
                }
                return
            }
            guard let found = all["data"].elements.first(where: { $0["platform"].string == platform }) else {
                throw CommandFailure(.refused, "There is no platform \(platform). There are: \(all["data"].elements.map { $0["platform"].plain }.joined(separator: ", ")).")
            }
            try hub.print(found) {
                var table = Table("key", "needed", "secret", "default", "meaning")
                for field in found["settings"].elements {
                    let help = field["help"].plain
                    table.add(field["key"].plain, field["isRequired"].isTrue ? "yes" : "", field["isSecret"].isTrue ? "yes" : "", field["defaultValue"].plain,
                              help.isEmpty ? field["title"].plain : "\(field["title"].plain): \(help)")
                }
                return table.text(ifEmpty: "\(platform) has no settings.")
            }
        }
    }

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the channels.")
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let all = try await api.get("channels")
            try hub.print(all) {
                var table = Table("id", "name", "platform", "kind", "state", "problem")
                for row in all["data"].elements {
                    table.add(row["id"].plain, row["name"].plain, row["platform"].plain, row["kind"].plain, row["state"].plain, row["problem"].string ?? row["stateReason"].plain)
                }
                return table.text(ifEmpty: "No channel yet. `crossdock channel add` connects one.")
            }
        }
    }

    static func card(_ channel: JSONValue) -> String {
        var lines: [(String, String)] = ["id", "name", "platform", "kind", "state", "stateReason", "hookURL", "problem", "createdAt"]
            .filter { !channel[$0].isNull }.map { ($0, channel[$0].plain) }
        lines += channel["settings"].members.sorted { $0.key < $1.key }.map { ("set \($0.key)", $0.value.plain) }
        lines += channel["refused"].members.sorted { $0.key < $1.key }.map { ("refused \($0.key)", $0.value.plain) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { $0.0.padding(to: width) + "  " + $0.1 + "\n" }.joined()
    }

    struct Show: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one channel: state, hook URL, settings that are no secret, refused deliveries.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let one = try await api.get("channels/\(try await api.channel(channel))")
            try hub.print(one) { ChannelCommand.card(one) }
        }
    }

    struct Set: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Changes settings of a channel; an empty value removes one.")
        @Argument(help: "Name or id.") var channel: String
        @Argument(help: ArgumentHelp("The settings.", valueName: "key=value")) var settings: [KeyValue]
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let one = try await api.patch("channels/\(try await api.channel(channel))", ["settings": JSONValue(KeyValue.dictionary(settings))])
            try hub.print(one) { ChannelCommand.card(one) }
        }
    }

    static func table(ofChecks answer: JSONValue) -> String {
        var table = Table("", "check", "found", "remedy")
        for row in answer["rows"].elements { table.add(row["isGood"].isTrue ? "ok" : "FAILS", row["name"].plain, row["found"].plain, row["remedy"].plain) }
        return table.text(ifEmpty: "There is nothing to check on this platform.")
    }

    struct Check: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Asks the platform whether the channel works; exit code 1 when something does not.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.post("channels/\(try await api.channel(channel))/check")
            try hub.print(answer) { ChannelCommand.table(ofChecks: answer) }
            if !answer["isGood"].isTrue { throw QuietEnding(code: .failed) }
        }
    }

    struct Sync: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Compares a shop with the hub now, and takes in what is missing.")
        @Argument(help: "Name or id.") var channel: String
        @Option(help: "Back to this time, e.g. 2026-11-21T00:00:00Z; otherwise from where the last comparison ended.") var from: String?
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            if Terminal.isErrorATerminal { Terminal.note("Comparing \(channel) with the hub; this can take minutes …") }
            let path = "channels/\(try await api.channel(channel))/sync"
            let answer = try await api.post(from.map { "\(path)?from=\(APIClient.part($0))" } ?? path)
            try hub.print(answer) {
                "\(answer["listed"].plain) listed, \(answer["present"].plain) were here, \(answer["repaired"].plain) taken in, \(answer["waiting"].plain) waiting\n"
            }
        }
    }

    struct Webhooks: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Registers the hub's hook at the platform again.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.post("channels/\(try await api.channel(channel))/webhooks")
            try hub.print(answer) { answer["data"].elements.map { $0.plain + "\n" }.joined() }
        }
    }

    /// What pause, resume and remove share.
    static func turn(_ channel: String, _ verb: String, _ api: APIClient, _ hub: HubOptions) async throws {
        let one = try await api.post("channels/\(try await api.channel(channel))/\(verb)")
        try hub.print(one) { "\(one["name"].plain): \(one["state"].plain)\n" }
    }

    struct Pause: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Stops a channel's work; what arrives is kept.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await ChannelCommand.turn(channel, "pause", api, hub) }
    }

    struct Resume: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a paused or parked channel go on.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await ChannelCommand.turn(channel, "resume", api, hub) }
    }

    struct Remove: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Disconnects a channel; its orders stay.")
        @Argument(help: "Name or id.") var channel: String
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            guard try yes || Terminal.confirm("Remove the channel \(channel)? Its hook stops answering.") else { throw CommandFailure(.failed, "Nothing was removed.") }
            try await ChannelCommand.turn(channel, "remove", api, hub)
        }
    }
}

extension String {
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
