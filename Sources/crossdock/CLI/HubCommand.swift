import ArgumentParser
import AsyncHTTPClient
import Foundation

/// Where the hub is and how its answers are printed: the same for every command that talks to it.
struct HubOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data directory of a hub on this machine: its address and access are found there.", valueName: "dir")) var data = "data"
    @Option(help: ArgumentHelp("The hub's address, for a hub elsewhere (or CROSSDOCK_URL).", valueName: "url")) var url: String?
    @Option(help: ArgumentHelp("A token for it (or CROSSDOCK_TOKEN, which other people on the machine cannot see).", valueName: "token")) var token: String?
    @Flag(help: "Print the API's JSON instead of a table.") var json = false

    struct Access { var address: String, token: String }

    /// The hub is found by its data directory, so it runs on this machine.
    var isLocal: Bool { url == nil && (ProcessInfo.processInfo.environment["CROSSDOCK_URL"] ?? "").isEmpty }

    /// A flag is stronger than the environment, the environment than the data directory.
    func access() throws -> Access {
        let environment = ProcessInfo.processInfo.environment
        let given = [url, environment["CROSSDOCK_URL"]].compactMap(\.self).first { !$0.isEmpty }
        let secret = [token, environment["CROSSDOCK_TOKEN"]].compactMap(\.self).first { !$0.isEmpty }
        if let given {
            guard let parsed = URL(string: given), ["http", "https"].contains(parsed.scheme?.lowercased() ?? ""), parsed.host() != nil else {
                throw CommandFailure(.usage, "--url wants an address such as http://127.0.0.1:8080.")
            }
            guard let secret else { throw CommandFailure(.unauthorised, "An address without a token: give --token or CROSSDOCK_TOKEN (`crossdock token create` on the hub's machine makes one).") }
            return Access(address: given, token: secret)
        }
        guard let address = LocalAccess.address(in: data) else {
            throw CommandFailure(.unreachable, "No hub has run with the data directory \(data). Start one with `crossdock serve --data \(data)`, or name it with --data or --url.")
        }
        guard let found = secret ?? LocalAccess.token(in: data) else {
            throw CommandFailure(.unauthorised, "The access file in \(data) cannot be read. It belongs to the user the hub runs as: run as that user, or give --token.")
        }
        return Access(address: address, token: found)
    }

    func print(_ value: JSONValue, _ table: () -> String) throws {
        Terminal.write(try json ? value.data() + Data("\n".utf8) : Data(table().utf8))
    }
}

/// A command that is a call of the hub's API.
protocol HubCommand: AsyncParsableCommand {
    var hub: HubOptions { get }
    func work(_ api: APIClient) async throws
}

extension HubCommand {
    mutating func run() async throws {
        do {
            let access = try hub.access()
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: APIClient.configuration)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await work(APIClient(address: access.address, token: access.token, client: client))) } catch { outcome = .failure(error) }
            try await client.shutdown()
            try outcome.get()
        } catch let failure as CommandFailure {
            if hub.json { Terminal.write(try (failure.document ?? ["code": .text("\(failure.code)"), "detail": .text(failure.description)]).data() + Data("\n".utf8)) }
            throw failure
        }
    }
}
