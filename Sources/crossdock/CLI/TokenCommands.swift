import ArgumentParser

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "token", abstract: "Makes, lists and revokes access tokens.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it: the only time it can be seen.",
            discussion: "Scopes: orders:read, orders:write, buyers:read, channels:read, channels:write, flows:read, flows:write, rules:write, files:write, audit:read, people:read, people:write, workspace:write, metrics, admin (all of them).")
        @Argument(help: "Who or what uses it; it stands in the timeline of what is done with it.") var name: String
        @Option(help: "A scope (repeatable, or with commas).") var scope: [String]
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let scopes = scope.flatMap { $0.split(separator: ",").map(String.init) }
            let made = try await api.post("tokens", ["name": .text(name), "scopes": JSONValue(scopes)])
            try hub.print(made) { made["token"].plain + "\n" }
        }
    }

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without their text.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("tokens")
            try hub.print(all) {
                var table = Table("id", "name", "created", "state", "scopes")
                for row in all["data"].elements { table.add(row["id"].plain, row["name"].plain, row["createdAt"].plain, row["isRevoked"].isTrue ? "revoked" : "in use", row["scopes"].plain) }
                return table.text(ifEmpty: "No tokens.")
            }
        }
    }

    struct Revoke: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Ends a token at once.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            try await api.delete("tokens/\(APIClient.part(id))")
            try hub.print(["id": .text(id), "isRevoked": true]) { "Token \(id) is revoked.\n" }
        }
    }
}
