import ArgumentParser

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "Jobs that will not be tried again by themselves.",
        discussion: "Look at the groups first: one cause usually explains many.", subcommands: [List.self, Groups.self, Retry.self, Discard.self])

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists dead letters with the destination's words.")
        @Option(help: "open, retried or discarded") var state = "open"
        @Option(help: "Only of this cause, as `dead-letters groups` names it.") var cause: String?
        @Option(help: "Only of this destination channel.") var destination: String?
        @Option(help: "At most so many.") var limit = 50
        @OptionGroup var hub: HubOptions
        func validate() throws { guard (1...10_000).contains(limit) else { throw ValidationError("--limit wants 1 to 10000.") } }
        func work(_ api: APIClient) async throws {
            let page = try await api.list("dead-letters", [("state", state), ("cause", cause), ("destination", destination)], limit: limit)
            try hub.print(page) {
                var table = Table("id", "order", "destination", "action", ">attempts", "died", "cause", "message")
                for row in page["data"].elements {
                    table.add(row["id"].plain, row["order"].plain, row["destination"].plain, row["action"].plain, row["attempts"].plain, row["diedAt"].plain, row["cause"].plain, row["message"].plain)
                }
                return table.text(ifEmpty: "No dead letters.")
            }
        }
    }

    struct Groups: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Counts open dead letters by cause.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("dead-letters/groups")
            try hub.print(all) {
                var table = Table(">count", "cause", "for instance")
                for row in all["data"].elements { table.add(row["count"].plain, row["cause"].plain, row[path: "sample.message"].plain) }
                return table.text(ifEmpty: "No dead letters.")
            }
        }
    }

    static func chosen(_ ids: [String], _ cause: String?) throws -> [String: JSONValue] {
        guard ids.isEmpty != (cause == nil) else { throw CommandFailure(.usage, "Name dead letters by their ids, or a whole group by --cause.") }
        return cause.map { ["cause": .text($0)] } ?? ["ids": JSONValue(ids)]
    }

    struct Retry: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Tries dead letters again, with their old idempotency keys.")
        @Argument(help: "Ids.") var ids: [String] = []
        @Option(help: "All open ones of this cause.") var cause: String?
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let answer = try await api.post("dead-letters/retry", .object(try DeadLettersCommand.chosen(ids, cause)))
            try hub.print(answer) { "\(answer["count"].plain) are tried again.\n" }
        }
    }

    struct Discard: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Closes dead letters for good, with a reason.")
        @Argument(help: "Ids.") var ids: [String] = []
        @Option(help: "All open ones of this cause.") var cause: String?
        @Option(help: "Why; it stays with them.") var reason: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            var body = try DeadLettersCommand.chosen(ids, cause)
            body["reason"] = .text(reason)
            let answer = try await api.post("dead-letters/discard", .object(body))
            try hub.print(answer) { "\(answer["count"].plain) are discarded.\n" }
        }
    }
}
