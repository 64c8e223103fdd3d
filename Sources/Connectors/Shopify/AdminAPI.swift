import Connect
import Domain
import Foundation
import HTTPTypes

/// Calls to the GraphQL Admin API of one shop: token, cost, and what went wrong in our words.
struct AdminAPI: Sendable {
    let settings: ShopifySettings
    let http: ChannelHTTP
    let now: @Sendable () -> Timestamp
    /// The channel's tokens, kept and renewed by the hub; a static token is a setting.
    let credentials: CredentialSource
    let costs = CostBook()

    private static let tokenHeader = HTTPField.Name("X-Shopify-Access-Token")!   // proof: a literal of letters and hyphens
    private static let versionHeader = HTTPField.Name("X-Shopify-API-Version")!   // proof: as above

    func request(_ document: GraphQLDocument, _ variables: [String: GraphQLValue], token: String) throws(ConnectorError) -> PlatformRequest {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.accept] = "application/json"
        headers[Self.tokenHeader] = token
        let body: Data
        do { body = try JSONEncoder.crossdock.encode(GraphQLBody(query: document.text, variables: variables)) } catch {
            throw .notUnderstood(field: document.name, found: "variables that are no JSON")
        }
        return PlatformRequest(.post, "\(settings.baseURL)/admin/api/\(settings.apiVersion)/graphql.json", headers: headers, body: Array(body))
    }

    /// One call; after a 401 once more with a new token, where the grant has one.
    ///
    /// - Throws: `.throttled` without calling when the last answer left less than this operation costs; otherwise as §8 says.
    func call(_ document: GraphQLDocument, _ variables: [String: GraphQLValue] = [:]) async throws(ConnectorError) -> GraphQLAnswer {
        if let until = await costs.earliest(document.name, now: now()) { throw .throttled(until: until) }
        return try await read(try await answer(to: document, variables), of: document)
    }

    private func answer(to document: GraphQLDocument, _ variables: [String: GraphQLValue]) async throws(ConnectorError) -> PlatformAnswer {
        if settings.grant == .static {
            guard let token = settings.accessToken else { throw .misconfigured(setting: "accessToken", problem: "is not set") }
            return try await http.send(try request(document, variables, token: token))
        }
        return try await credentials.used { (credential) async throws(ConnectorError) -> PlatformAnswer in
            let answer = try await http.send(try request(document, variables, token: credential.accessToken))
            // Only this asks for another token: none mends a missing scope.
            if answer.status == 401 { throw .unauthorised(reason: "the access token is refused: the app was uninstalled or the token revoked") }
            return answer
        }
    }

    private func read(_ answer: PlatformAnswer, of document: GraphQLDocument) async throws(ConnectorError) -> GraphQLAnswer {
        let requestID = StatusMeaning.requestID(answer.headers)
        let isPage = StatusMeaning.isPage(answer), isReadable = (200...399).contains(answer.status)
        if isPage, isReadable {   // once it may pass; again it is a wrong address or a closed shop
            guard await costs.pageCame() else { throw .unreachable(reason: "a page came instead of JSON, status \(answer.status)\(requestID)") }
            throw .refused(platformCode: "not_json", platformMessage: "a page came instead of JSON again: check the shop's name and whether it is open\(requestID)")
        }
        if let error = StatusMeaning.error(answer, now: now()) { throw error }
        await costs.pageDidNotCome()
        let envelope = try ShopifyConnector.decode(GraphQLEnvelope.self, answer.body)
        await costs.note(document.name, envelope.cost, at: now())
        if let error = envelope.error(now: now(), requestID: requestID) { throw error }
        guard envelope.hasData else { throw .unreachable(reason: "an answer without data\(requestID)") }
        return GraphQLAnswer(body: answer.body, apiVersion: answer.headers[Self.versionHeader], date: answer.headers[.date])
    }
}

/// What the last answers said of the cost bucket, so that a call that must fail is not made (§4.2).
actor CostBook {
    private var available = 0.0, maximum = 0.0, restoreRate = 0.0, at: Timestamp?
    private var requested: [String: Double] = [:]
    private static let longestWaitSeconds = 600.0
    private var pages = 0
    /// Orders a listing page may hold; learned from `MAX_COST_EXCEEDED`.
    private(set) var pageSize = OrderQueries.largestPage

    func note(_ name: String, _ cost: GraphQLEnvelope.Cost?, at now: Timestamp) {
        guard let cost else { return }
        available = cost.available; maximum = cost.maximum; restoreRate = cost.restoreRate; at = now
        if cost.requested > 0 { requested[name] = cost.requested }
    }

    /// When this operation can be paid for; nil: now, as far as is known.
    func earliest(_ name: String, now: Timestamp) -> Timestamp? {
        guard let at, let cost = requested[name], restoreRate > 0, cost <= maximum else { return nil }
        let filled = min(maximum, available + max(0, (now - at).inSeconds) * restoreRate)
        guard filled < cost else { return nil }
        // The platform's numbers are taken as they come: a rate of almost nothing is no reason to wait for ever.
        return now + .milliseconds(Int64(min(Self.longestWaitSeconds, max(0.05, (cost - filled) / restoreRate)) * 1000))
    }

    /// - Returns: false when there is nothing smaller to try.
    func shrinkPage(from size: Int) -> Bool {
        guard size > 1 else { return false }
        pageSize = max(1, min(pageSize, size / 2))
        requested[OrderQueries.list.name] = nil
        return true
    }

    /// - Returns: true when the answer before was a page too.
    func pageCame() -> Bool { pages += 1; return pages > 1 }
    func pageDidNotCome() { pages = 0 }
}
