import ArgumentParser

struct JobsCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "jobs", abstract: "Lists work that is on its way to a destination.")
    @Option(help: "Of this destination channel.") var destination: String?
    @Option(help: "Of this order, by id or number.") var order: String?
    @Option(help: "At most so many.") var limit = 50
    @OptionGroup var hub: HubOptions
    func validate() throws { guard (1...10_000).contains(limit) else { throw ValidationError("--limit wants 1 to 10000.") } }
    func work(_ api: APIClient) async throws {
        var id: String?
        if let order { id = try await OrdersCommand.id(of: order, api) }
        let page = try await api.list("jobs", [("destination", destination), ("order", id)], limit: limit)
        try hub.print(page) {
            var table = Table("id", "order", "destination", "action", "event", "state", ">attempt", "runs at", "last answer")
            for row in page["data"].elements {
                table.add(row["id"].plain, row["order"].plain, row["destination"].plain, row["action"].plain, row["event"].plain, row["state"].plain, row["attempt"].plain, row["runAt"].plain,
                          [row["lastCode"].plain, row["lastMessage"].plain].filter { !$0.isEmpty }.joined(separator: ": "))
            }
            return table.text(ifEmpty: "No jobs: everything has been delivered, or is a dead letter.")
        }
    }
}

struct ReplayCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Sends again what was sent before, on purpose; shows the count and asks first.",
        discussion: "Narrow it by orders, time or cause. Example:\n  crossdock replay --route \"tell the shop\" --from 2026-11-21T00:00:00Z")
    @Option(help: "An order, by id or number (repeatable).") var order: [String] = []
    @Option(help: "Only this route, by name or id.") var route: String?
    @Option(help: "Only this event, e.g. order.approved (repeatable).") var event: [String] = []
    @Option(help: "Events from this time on, e.g. 2026-11-21T00:00:00Z.") var from: String?
    @Option(help: "Events before this time.") var before: String?
    @Option(help: "Only what died of this cause.") var cause: String?
    @Flag(help: "Do not ask.") var yes = false
    @Flag(name: .customLong("dry-run"), help: "Only count.") var dryRun = false
    @OptionGroup var hub: HubOptions

    func work(_ api: APIClient) async throws {
        var ids: [String] = []
        for order in order { ids.append(try await OrdersCommand.id(of: order, api)) }
        func body(dryRun: Bool) -> JSONValue {
            ["orders": ids.isEmpty ? .null : JSONValue(ids), "route": JSONValue(route), "events": event.isEmpty ? .null : JSONValue(event), "from": JSONValue(from), "before": JSONValue(before),
             "cause": JSONValue(cause), "dryRun": .bool(dryRun)]
        }
        let counted = try await api.post("replay", body(dryRun: true)), count = counted["count"].plain
        if dryRun {
            try hub.print(counted) { "\(count) jobs would be made.\n" }
            return
        }
        if !yes {
            guard try Terminal.confirm("\(count) jobs would be made. Replay them?") else { throw CommandFailure(.failed, "Nothing was replayed.") }
        } else { Terminal.note("\(count) jobs fit.") }
        let made = try await api.post("replay", body(dryRun: false))
        try hub.print(made) { "\(made["count"].plain) jobs were made.\n" }
    }
}

struct ProblemsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "problems", abstract: "Lists what needs a person.", subcommands: [List.self, Resolve.self], defaultSubcommand: List.self)

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the open problems (the default).")
        @Option(help: "At most so many, up to 200.") var limit = 50
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("problems", [("limit", String(limit))])
            try hub.print(all) {
                var table = Table("id", "kind", ">count", "channel", "order", "updated", "message")
                for row in all["data"].elements { table.add(row["id"].plain, row["kind"].plain, row["count"].plain, row["channel"].plain, row["order"].plain, row["updatedAt"].plain, row["message"].plain) }
                return table.text(ifEmpty: "No open problems.")
            }
        }
    }
    struct Resolve: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Says that a problem is dealt with.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            _ = try await api.post("problems/\(APIClient.part(id))/resolve")
            try hub.print(["id": .text(id), "isResolved": true]) { "Problem \(id) is resolved.\n" }
        }
    }
}

struct CompletenessCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "completeness", abstract: "Compares platform and hub, hour by hour, for the last 72 hours.")
    @Option(help: "Only this channel.") var channel: String?
    @OptionGroup var hub: HubOptions
    func work(_ api: APIClient) async throws {
        let all = try await api.get("completeness", [("channel", channel)])
        try hub.print(all) {
            var table = Table("channel", "hour", ">on platform", ">here", ">repaired", ">difference", "oldest gap", "checked")
            for row in all["data"].elements {
                table.add(row["channel"].plain, row["hour"].plain, row["onPlatform"].plain, row["here"].plain, row["repaired"].plain, row["difference"].plain, row["oldestGap"].plain, row["checkedAt"].plain)
            }
            return table.text(ifEmpty: "Nothing has been compared yet.")
        }
    }
}
