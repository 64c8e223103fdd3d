import ArgumentParser

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Lists routes, pauses them and lets them go on.", discussion: "Routes are made and changed by `crossdock config apply`.",
        subcommands: [List.self, Pause.self, Resume.self])

    static func table(_ routes: [JSONValue]) -> String {
        var table = Table("id", "name", "mode", "destination", "events", "condition")
        for row in routes { table.add(row["id"].plain, row["name"].plain, row["mode"].plain, row["destination"].plain, row["events"].plain, row["condition"].plain) }
        return table.text(ifEmpty: "No routes: nothing leaves the hub.")
    }

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the routes.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("routes")
            try hub.print(all) { RoutesCommand.table(all["data"].elements) }
        }
    }

    static func turn(_ name: String, to mode: String, _ api: APIClient, _ hub: HubOptions) async throws {
        let all = try await api.get("routes")["data"].elements
        guard let route = all.first(where: { $0["name"].string == name || $0["id"].string == name }) else {
            throw CommandFailure(.refused, "There is no route \(name). There are: \(all.map { $0["name"].plain }.joined(separator: ", ")).")
        }
        var members = route.members
        members["id"] = nil
        members["mode"] = .text(mode)
        let changed = try await api.put("routes/\(APIClient.part(route["id"].plain))", .object(members))
        try hub.print(changed) { "\(changed["name"].plain): \(changed["mode"].plain)\n" }
    }

    struct Pause: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Keeps a route's jobs back.")
        @Argument(help: "Name or id.") var route: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await RoutesCommand.turn(route, to: "paused", api, hub) }
    }
    struct Resume: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Sends what a paused route kept back, and goes on.")
        @Argument(help: "Name or id.") var route: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await RoutesCommand.turn(route, to: "live", api, hub) }
    }
}
