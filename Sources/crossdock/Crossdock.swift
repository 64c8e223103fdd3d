import ArgumentParser

@main
struct Crossdock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crossdock", abstract: "An order hub: orders in from every shop, one model, out to couriers and back.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by the hub (the message says why), 4 the hub cannot be reached, 5 not authorised.
            """,
        version: Version.text,
        subcommands: [Serve.self, Demo.self])
}

enum Version { static let text = "0.1.0" }
