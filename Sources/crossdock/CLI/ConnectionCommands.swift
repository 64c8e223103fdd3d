import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension ChannelCommand {
    struct Authorise: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks the seller's consent: prints the platform's page to open in a browser, and waits for its answer.",
            discussion: "Where the browser cannot come back to the hub, paste the address it was sent to:\n  crossdock channel authorise \"Shopee TH\" --answer 'https://…/authorised?code=…&state=…'")
        static let pollSeconds = 2, longestSeconds = 1800
        @Argument(help: "Name or id.") var channel: String
        @Option(help: ArgumentHelp("The whole address that the platform sent the browser to.", valueName: "URL")) var answer: String?
        @Flag(help: "Print the page's address and do not wait.") var noWait = false
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            if let answer {
                guard let items = URLComponents(string: answer)?.queryItems, items.contains(where: { $0.name == "state" }) else {
                    throw CommandFailure(.usage, "--answer wants the whole address the browser was sent to, with its code and state.")
                }
                let query = Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
                let done = try await api.post("authorisations/answer", ["query": JSONValue(query)])
                return try hub.print(done) { "\(done["name"].plain) is authorised.\n" }
            }
            let begun = try await api.post("channels/\(try await api.channel(channel))/authorise")
            if noWait { return try hub.print(begun) { "\(begun["url"].plain)\n" } }
            Terminal.note("Open this page in a browser that is signed in at the hub, and agree as the shop's owner:\n\n  \(begun["url"].plain)\n\nIt has to lead back to \(begun["redirect"].plain). Waiting for the answer …")
            for _ in 0..<(Self.longestSeconds / Self.pollSeconds) {
                let outcome = try await api.get("authorisations/\(APIClient.part(begun["state"].plain))")
                if outcome["isDone"].isTrue {
                    guard outcome["isAuthorised"].isTrue else { throw CommandFailure(.refused, outcome["message"].plain) }
                    return try hub.print(outcome) { "\(channel) is authorised.\n" }
                }
                try await Task.sleep(for: .seconds(Self.pollSeconds))
            }
            throw CommandFailure(.failed, "No answer came within half an hour. Begin again.")
        }
    }

    struct Credentials: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows when a channel's tokens and its authorisation end.")
        @Argument(help: "Name or id.") var channel: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let all = try await api.get("channels/\(try await api.channel(channel))/credentials")
            try hub.print(all) { ChannelCommand.table(all) }
        }
    }

    struct Drill: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that a channel's tokens renew: a simulator's are made to expire, a real platform's are renewed ahead of time when asked to.",
            discussion: "Without --refresh only a simulator on this machine is touched. With it the platform gives a new token now; the old one ends as its contract says.")
        @Argument(help: "Name or id.") var channel: String
        @Flag(help: "Renew at the real platform now.") var refresh = false
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var hub: HubOptions

        func work(_ api: APIClient) async throws {
            let id = try await api.channel(channel), before = try await api.get("channels/\(id)/credentials")
            guard !before["data"].elements.isEmpty else { throw CommandFailure(.refused, "\(channel) has no tokens that end: there is nothing to drill.") }
            if refresh {
                guard try yes || Terminal.confirm("Renew the tokens of \(channel) at its platform now?") else { throw CommandFailure(.failed, "Nothing was renewed.") }
                _ = try await api.post("channels/\(id)/refresh")
            } else {
                let settings = try await api.get("channels/\(id)")["settings"]
                try await Self.expire(at: settings["baseURL"].string)
            }
            let check = try await api.post("channels/\(id)/check"), after = try await api.get("channels/\(id)/credentials")
            let renewed = zip(before["data"].elements, after["data"].elements).allSatisfy { $0["refreshedAt"].plain != $1["refreshedAt"].plain }
            try hub.print(after) {
                ChannelCommand.table(after) + "checks \(check["isGood"].isTrue ? "good" : "not good"), tokens \(renewed ? "renewed" : "not renewed")\n"
            }
            guard renewed, check["isGood"].isTrue else { throw CommandFailure(.failed, "The drill failed: \(renewed ? "the checks are not good after the renewal" : "the tokens were not renewed"). `crossdock channel check \(channel)` says more.") }
        }

        /// A simulator lets its tokens end at once; anything that is not on this machine is left alone.
        private static func expire(at base: String?) async throws {
            guard let base, let url = URL(string: base + "/_control/tokens/expire"), let host = url.host, ["127.0.0.1", "localhost", "::1"].contains(host) else {
                throw CommandFailure(.refused, "The channel does not speak to a simulator on this machine. Add --refresh to renew ahead of time at the real platform.")
            }
            guard try await Loopback.post(url) else { throw CommandFailure(.refused, "\(base) is no simulator with tokens. Add --refresh to renew ahead of time.") }
        }
    }

    static func table(_ standings: JSONValue) -> String {
        var table = Table("for", "state", "account", "access ends", "refresh ends", "consent ends", "renewed", "next")
        for row in standings["data"].elements {
            table.add(row["grant"].plain, row["state"].plain, row["accountID"].plain, row["accessExpiresAt"].plain, row["refreshExpiresAt"].plain, row["authorisationExpiresAt"].plain, row["refreshedAt"].plain, row["refreshAt"].plain)
        }
        let faults = standings["data"].elements.compactMap { $0["fault"].string }.map { "! \($0)\n" }.joined()
        return table.text(ifEmpty: "No tokens: the channel was not authorised yet, or needs none.") + faults
    }
}

/// A call to a simulator's control plane.
private enum Loopback {
    static func post(_ url: URL) async throws -> Bool {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .POST
        do { return (200..<300).contains(try await HTTPClient.shared.execute(request, timeout: .seconds(10)).status.code) } catch { return false }       // nobody there: no simulator
    }
}
