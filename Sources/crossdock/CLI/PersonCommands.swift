import ArgumentParser

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "People of the console: the owner's link, invitations, lost passwords, roles.",
        subcommands: [List.self, OwnerLink.self, Invite.self, Reset.self, SetRole.self, Disable.self, Enable.self, SignOut.self])

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists who may sign in.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("people")
            try hub.print(all) {
                var table = Table("id", "email", "name", "role", "state", "second factor", "last seen")
                for row in all["data"].elements {
                    table.add(row["id"].plain, row["email"].plain, row["name"].plain, row["role"].plain, row["isDisabled"].isTrue ? "switched off" : "active", row["hasSecondFactor"].isTrue ? "on" : "off",
                              row["seenAt"].plain)
                }
                return table.text(ifEmpty: "Nobody is set up yet. `crossdock person owner-link` makes the owner's link.")
            }
        }
    }

    struct OwnerLink: HubCommand {
        static let configuration = CommandConfiguration(
            commandName: "owner-link", abstract: "Makes the link by which the first admin comes in; one made before no longer works.",
            discussion: "It is refused while there is an admin who can sign in: for a lost password there is `crossdock person reset`.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try PersonCommand.show(try await api.post("owner-link"), hub) }
    }

    struct Invite: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a link by which one person joins; you send it yourself.")
        @Option(help: "viewer, operator, manager, engineer or admin.") var role = "operator"
        @Option(help: "Only for this e-mail address.") var email: String?
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let body: JSONValue = email.map { ["role": .text(role), "email": .text($0)] } ?? ["role": .text(role)]
            try PersonCommand.show(try await api.post("invitations", body), hub)
        }
    }

    struct Reset: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a link by which a person chooses a new password.")
        @Argument(help: "The person's e-mail address, or id.") var who: String
        @Flag(name: .customLong("without-second-factor"), help: "Also removes the second factor, for a lost authenticator.") var withoutSecondFactor = false
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let id = try await PersonCommand.id(of: who, api)
            if withoutSecondFactor { try await api.delete("people/\(id)/second-factor") }
            try PersonCommand.show(try await api.post("people/\(id)/reset"), hub)
        }
    }

    struct SetRole: HubCommand {
        static let configuration = CommandConfiguration(commandName: "set-role", abstract: "Gives a person another role; all their sessions end.")
        @Argument(help: "The person's e-mail address, or id.") var who: String
        @Argument(help: "viewer, operator, manager, engineer or admin.") var role: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await PersonCommand.change(who, ["role": .text(role)], hub, api) }
    }

    struct Disable: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Switches a person off: they are signed out and cannot sign in.")
        @Argument(help: "The person's e-mail address, or id.") var who: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await PersonCommand.change(who, ["isDisabled": true], hub, api) }
    }

    struct Enable: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a person sign in again.")
        @Argument(help: "The person's e-mail address, or id.") var who: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await PersonCommand.change(who, ["isDisabled": false], hub, api) }
    }

    struct SignOut: HubCommand {
        static let configuration = CommandConfiguration(commandName: "sign-out", abstract: "Ends all of a person's sessions.")
        @Argument(help: "The person's e-mail address, or id.") var who: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let id = try await PersonCommand.id(of: who, api), ended = try await api.post("people/\(id)/sign-out")
            try hub.print(ended) { "\(ended["count"].plain) sessions ended.\n" }
        }
    }

    private static func change(_ who: String, _ body: JSONValue, _ hub: HubOptions, _ api: APIClient) async throws {
        let changed = try await api.patch("people/\(try await id(of: who, api))", body)
        try hub.print(changed) { "\(changed["email"].plain): \(changed["role"].plain), \(changed["isDisabled"].isTrue ? "switched off" : "active").\n" }
    }

    private static func show(_ made: JSONValue, _ hub: HubOptions) throws {
        try hub.print(made) { "\(made["url"].plain)\nIt works once, until \(made["expiresAt"].plain).\n" }
    }

    private static func id(of who: String, _ api: APIClient) async throws -> String {
        let email = who.lowercased()
        let found = try await api.get("people")["data"].elements.first { $0["email"].plain == email || $0["id"].plain == who }
        guard let found else { throw CommandFailure(.refused, "There is no person \(who). `crossdock person list` shows all.") }
        return APIClient.part(found["id"].plain)
    }
}
