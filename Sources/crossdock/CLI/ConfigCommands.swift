import ArgumentParser
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Channels, routes and rules as one YAML file.",
        discussion: "Secrets are never exported. In a file that is applied, a setting may be ${NAME}: it is taken from the environment.",
        subcommands: [Export.self, Diff.self, Apply.self])

    struct Export: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Prints the hub's configuration, without secrets.")
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let document = try await ConfigDocument.read(api).document
            try hub.print(try JSONValue(data: JSONEncoder().encode(document))) { (try? document.yaml()) ?? "" }      // texts and numbers always encode
        }
    }

    static func list(_ steps: [ConfigStep]) -> String { steps.map { "\($0.sign) \($0.what): \($0.detail)\n" }.joined() }
    private static func word(_ sign: String) -> String { switch sign { case "+": "add"; case "-": "remove"; default: "change" } }
    static func json(_ steps: [ConfigStep]) -> JSONValue {
        ["data": .array(steps.map { ["change": .text(word($0.sign)), "what": .text($0.what), "detail": .text($0.detail)] })]
    }

    struct Diff: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what applying a file would do; exit code 1 when it would do something.")
        @Argument(help: "A YAML file, - for standard input.") var file: String
        @Flag(help: "Also what is not in the file and would be removed.") var prune = false
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let wanted = try ConfigDocument(yaml: try CLIFiles.text(file)), current = try await ConfigDocument.read(api)
            let steps = try ConfigDifference(now: current.document, wanted: wanted, secretKeys: current.secretKeys, prune: prune, environment: ProcessInfo.processInfo.environment).steps()
            try hub.print(ConfigCommand.json(steps)) { steps.isEmpty ? "The hub is as the file says.\n" : ConfigCommand.list(steps) }
            if !steps.isEmpty { throw QuietEnding(code: .failed) }
        }
    }

    struct Apply: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Makes the hub what a file says; shows the changes and asks first.")
        @Argument(help: "A YAML file; with - add --yes.") var file: String
        @Flag(help: "Remove channels and routes that are not in the file.") var prune = false
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let wanted = try ConfigDocument(yaml: try CLIFiles.text(file)), current = try await ConfigDocument.read(api)
            let steps = try ConfigDifference(now: current.document, wanted: wanted, secretKeys: current.secretKeys, prune: prune, environment: ProcessInfo.processInfo.environment).steps()
            if !steps.isEmpty, !yes {
                Terminal.note(ConfigCommand.list(steps))
                guard try Terminal.confirm("Apply \(steps.count) changes?") else { throw CommandFailure(.failed, "Nothing was changed.") }
            }
            for (done, step) in steps.enumerated() {
                do { try await perform(step.work, ids: current.ids, api) } catch var failure as CommandFailure {
                    failure.description = "\(step.what): \(failure.description) \(done) of \(steps.count) changes were made before it; apply again after mending it."
                    throw failure
                }
            }
            try hub.print(ConfigCommand.json(steps)) { steps.isEmpty ? "The hub is as the file says.\n" : ConfigCommand.list(steps) + "\(steps.count) changes made.\n" }
        }

        /// A channel that this very file made has no id before.
        private func id(_ channel: String, _ ids: [String: String], _ api: APIClient) async throws -> String {
            if let known = ids["channel " + channel] { known } else { try await api.channel(channel) }
        }

        private func perform(_ work: ConfigStep.Work, ids: [String: String], _ api: APIClient) async throws {
            switch work {
            case .addChannel(let platform, let name, let settings):
                _ = try await api.post("channels", ["platform": .text(platform), "name": .text(name), "settings": JSONValue(settings)])
            case .setChannel(let name, let settings): _ = try await api.patch("channels/\(try await id(name, ids, api))", ["settings": JSONValue(settings)])
            case .turnChannel(let name, let verb): _ = try await api.post("channels/\(try await id(name, ids, api))/\(verb)")
            case .applyRules(let channel, let text): _ = try await api.put("channels/\(try await id(channel, ids, api))/rules", ["text": .text(text)])
            case .saveRoute(let name, let body):
                if let id = ids["route " + name] { _ = try await api.put("routes/\(id)", body) } else { _ = try await api.post("routes", body) }
            case .removeRoute(let name): try await api.delete("routes/\(ids["route " + name] ?? "")")
            }
        }
    }
}
