import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Checks, rehearses and applies a channel's rules.",
        discussion: "The order of work: check the file, rehearse it on past orders, apply it.",
        subcommands: [Check.self, Rehearse.self, Apply.self, Show.self])

    struct Check: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Reads a file of rules and says what is wrong with it, with line and column (exit code 3).")
        @Argument(help: "A YAML file, - for standard input.") var file: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.post("rules/check", ["text": .text(try CLIFiles.text(file))])
            try hub.print(answer) { "Good: \(answer["rules"].elements.count) rules (\(answer["rules"].plain)).\n" }
        }
    }

    struct Rehearse: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what a draft would change on a channel's last orders; changes nothing.")
        @Argument(help: "A YAML file, - for standard input.") var file: String
        @Option(help: "The channel, by name or id.") var channel: String
        @Option(help: "On how many orders.") var last = 500
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.post("channels/\(try await api.channel(channel))/rules/rehearse", ["text": .text(try CLIFiles.text(file)), "last": .integer(Int64(last))])
            try hub.print(answer) {
                var text = "\(answer["examined"].plain) orders looked at, \(answer["changed"].plain) would change.\n"
                for (move, count) in answer["moves"].members.sorted(by: { $0.key < $1.key }) { text += "  \(move)  \(count.plain)\n" }
                guard !answer["changes"].elements.isEmpty else { return text }
                var table = Table("id", "number", "now", "then", "rule", "because")
                for row in answer["changes"].elements {
                    table.add(row["id"].plain, row["number"].plain, row[path: "from.outcome"].plain, row[path: "to.outcome"].plain, row["rule"].plain,
                              row["matched"].elements.map { "\($0["field"].plain) = \($0["value"].plain)" }.joined(separator: ", "))
                }
                return text + "\n" + table.text(ifEmpty: "")
            }
        }
    }

    struct Apply: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a file the channel's rules, as a new version.")
        @Argument(help: "A YAML file, - for standard input.") var file: String
        @Option(help: "The channel, by name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.put("channels/\(try await api.channel(channel))/rules", ["text": .text(try CLIFiles.text(file))])
            try hub.print(answer) { "The rules of \(channel) are version \(answer["version"].plain).\n" }
        }
    }

    struct Show: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Prints a channel's rules, or lists their versions.")
        @Option(help: "The channel, by name or id.") var channel: String
        @Flag(help: "List the versions instead.") var versions = false
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let path = "channels/\(try await api.channel(channel))/rules"
            if versions {
                let all = try await api.get(path + "/versions")
                try hub.print(all) {
                    var table = Table(">version", "applied", "by")
                    for row in all["data"].elements { table.add(row["version"].plain, row["appliedAt"].plain, row["appliedBy"].plain) }
                    return table.text(ifEmpty: "\(channel) never had rules.")
                }
            } else {
                let one = try await api.get(path)
                try hub.print(one) { one["version"].whole == 0 ? "# \(channel) has no rules\n" : "# version \(one["version"].plain)\n\(one["text"].plain)\(one["text"].plain.hasSuffix("\n") ? "" : "\n")" }
            }
        }
    }
}
