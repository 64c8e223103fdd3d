import Connect
import Domain
import Hub
import Hummingbird

/// The credentials of a channel: what stands, authorising by a browser, renewing now.
struct ConnectionRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("channels/:id/credentials", use: standings)
        api.post("channels/:id/refresh", use: refresh)
        api.post("channels/:id/authorise", use: authorise)
        api.post("authorisations/answer", use: answer)
        api.get("authorisations/:state", use: outcome)
    }

    struct Standing: Encodable {
        var grant: String, state: CredentialStanding.State
        var accountID: String?, accessExpiresAt: Timestamp?, refreshExpiresAt: Timestamp?, authorisationExpiresAt: Timestamp?
        var refreshAt: Timestamp?, refreshedAt: Timestamp?
        var failures: Int
        var fault: String?
        init(_ standing: CredentialStanding) {
            grant = standing.grant; state = standing.state; accountID = standing.accountID; accessExpiresAt = standing.accessExpiresAt
            refreshExpiresAt = standing.refreshExpiresAt; authorisationExpiresAt = standing.authorisationExpiresAt; refreshAt = standing.refreshAt
            refreshedAt = standing.refreshedAt; failures = standing.failures; fault = standing.fault
        }
    }

    private func find(_ context: AppContext) throws -> Hub.OneChannel { try hub.channels.channel(named: try APIRead.part(context, what: "channel")) }

    private func list(of channel: Hub.OneChannel) async throws -> Response {
        try APIWrite.json(APIWrite.Page(data: try await hub.channels.credentials.standings(of: channel.id).filter { $0.generation > 0 || $0.fault != nil }.map(Standing.init), nextCursor: nil))
    }

    @Sendable private func standings(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsRead)
        return try await list(of: try find(context))
    }

    /// Renews every grant now, whatever life its token still has.
    @Sendable private func refresh(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite), channel = try find(context)
        try await hub.renewCredentials(of: channel, by: caller.actor)
        return try await list(of: channel)
    }

    struct Begun: Encodable { var url: String, state: String, redirect: String, expiresAt: Timestamp }

    @Sendable private func authorise(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.channelsWrite)
        let begun = try await hub.authorisations.begin(try find(context), by: caller.name, session: nil)
        return try APIWrite.json(Begun(url: begun.url, state: begun.state, redirect: hub.authorisations.redirect, expiresAt: begun.expiresAt), status: .created)
    }

    struct Outcome: Encodable {
        var isDone: Bool, isAuthorised: Bool
        var message: String?
    }

    @Sendable private func outcome(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsWrite)
        guard let outcome = try await hub.authorisations.outcome(of: try APIRead.part(context, "state", what: "authorisation")) else {
            throw APIProblem(.notFound, "not_found", "There is no such authorisation.")
        }
        let shown = switch outcome {
        case .awaited: Outcome(isDone: false, isAuthorised: false)
        case .authorised: Outcome(isDone: true, isAuthorised: true)
        case .refused(let reason): Outcome(isDone: true, isAuthorised: false, message: reason)
        }
        return try APIWrite.json(shown)
    }

    struct Answer: Decodable { var query: [String: String] }
    struct Authorised: Encodable { var channel: ChannelID, name: String }

    /// What the platform's redirect brought, where no browser of ours was there to bring it.
    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.channelsWrite)
        let channel = try await hub.authorisations.complete(try await APIRead.body(Answer.self, request).query, session: nil)
        hub.resume(channel)
        return try APIWrite.json(Authorised(channel: channel.id, name: channel.name))
    }
}
