import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// To the platform's consent page and back; renewing now.
struct ConnectionPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.post("channels/:id/authorise", use: console.page(leave))
        pages.post("channels/:id/refresh", use: console.page(refresh))
        pages.get("authorised", use: console.page(comeBack))
    }

    struct Leaving: Sendable {
        var heading: String, id: String, name: String, platform: String, url: String, host: String, until: PageTime
        var account: String?
        var redirect: String, isLocal: Bool
        /// The shop hands keys over, for ever; others agree for a time, and know the address to come back to.
        var handsOverKeys: Bool
    }

    @Sendable private func leave(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        _ = try await visit.form()
        let channel = try ChannelPages.find(visit), hub = visit.hub
        let begun = try await hub.authorisations.begin(channel, by: visit.caller.name, session: visit.caller.session?.id.value)
        let standing = try await hub.channels.credentials.standings(of: channel.id).first { $0.grant == Credential.main }
        let redirect = hub.authorisations.redirect
        let heading = visit.words("channels.authorise.title", ["name": channel.name])
        let content = Leaving(
            heading: heading, id: "\(channel.id)", name: channel.name, platform: try hub.channels.descriptor(channel.platform).title, url: begun.url, host: Self.host(of: begun.url), until: visit.time(begun.expiresAt),
            account: standing?.accountID, redirect: redirect, isLocal: redirect.hasPrefix("http://127.0.0.1") || redirect.hasPrefix("http://localhost"),
            handsOverKeys: hub.channels.directory.connector(of: channel.id) is any HandsOverKeys)
        return try visit.page("channels-leave", title: heading, at: .channels, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    private static func host(of url: String) -> String { url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? "" }

    /// The platform's answer. Whoever signed in again meanwhile brings it with another session: only the one that began may end it.
    @Sendable private func comeBack(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let query = Dictionary(visit.request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        do {
            let channel = try await visit.hub.authorisations.complete(query, session: visit.caller.session?.id.value)
            visit.hub.resume(channel)
            return visit.redirect("/channels/\(channel.id)", notice: visit.words("channels.authorise.done", ["name": channel.name]))
        } catch let error as any HubError {
            return visit.redirect("/channels", notice: error.sentence, tone: .bad)
        }
    }

    @Sendable private func refresh(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        _ = try await visit.form()
        let channel = try ChannelPages.find(visit)
        do {
            try await visit.hub.renewCredentials(of: channel, by: visit.caller.actor)
            return visit.redirect("/channels/\(channel.id)", notice: visit.words("channels.authorise.renewed", ["name": channel.name]))
        } catch let error as any HubError {
            return visit.redirect("/channels/\(channel.id)", notice: error.sentence, tone: .bad)
        }
    }
}

/// A grant of a channel with its countdowns.
struct GrantLine: Sendable {
    struct End: Sendable { var name: String, left: String, tone: String, time: PageTime }

    var grant: String?, account: String?
    var isLapsed: Bool
    var fault: String?
    var ends: [End]
    var renewal: PageTime?

    init(_ standing: CredentialStanding, isOnly: Bool, visit: Visit) {
        let words = visit.words
        grant = isOnly ? nil : standing.grant
        account = standing.accountID
        isLapsed = standing.state == .lapsed
        fault = standing.fault.map(words.said)
        let all: [(String, Timestamp?, Duration)] = [
            ("access", standing.accessExpiresAt, .seconds(600)), ("refresh", standing.refreshExpiresAt, .seconds(7 * 86_400)), ("authorisation", standing.authorisationExpiresAt, .seconds(14 * 86_400)),
        ]
        ends = all.compactMap { name, end, warn in
            end.map { end in
                let left = end - visit.now
                let tone: Tone = left <= .zero ? .bad : left <= warn ? .warn : .good
                return End(name: words("channels.authorise.ends.\(name)"), left: Self.countdown(left, words), tone: tone.rawValue, time: visit.time(end))
            }
        }
        renewal = standing.state == .valid ? standing.refreshAt.map(visit.time) : nil
    }

    /// Days, hours or minutes that are left.
    private static func countdown(_ left: Duration, _ words: Words) -> String {
        let minutes = Int(left.inMilliseconds / 60_000)
        if minutes <= 0 { return words("channels.authorise.over") }
        if minutes >= 2880 { return words.counted("channels.authorise.days", minutes / 1440) }
        if minutes >= 120 { return words.counted("channels.authorise.hours", minutes / 60) }
        return words.counted("channels.authorise.minutes", minutes)
    }
}
