import ArgumentParser

@main
struct Crossdock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crossdock", abstract: "An order hub: orders in from every shop, one model, out to couriers and back.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by the hub (the message says why), 4 the hub cannot be reached, 5 not authorised.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Demo.self, BenchCommand.self, ChannelCommand.self, TokenCommand.self, PersonCommand.self, OrdersCommand.self, RulesCommand.self, RoutesCommand.self, JobsCommand.self,
            DeadLettersCommand.self, ReplayCommand.self, ProblemsCommand.self, CompletenessCommand.self, ExportCommand.self, ImportCommand.self,
            ConfigCommand.self, DoctorCommand.self, SimulateCommand.self,
        ])

    /// The package's own way to end has other exit codes than ours.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
        } catch { CommandEnding.end(with: error) }
    }
}

enum Version { static let text = "0.1.0" }
