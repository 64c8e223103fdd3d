package import Connect
import Domain
import Foundation
import HTTPTypes

extension Shopat24Connector: RefreshesTokens {
    /// Only the scheme `oauth2cc` has tokens: asked for with the settings alone, a minute before the last one ends, never refreshed by another token (shopat24.md §2.2).
    package static var refreshPolicy: RefreshPolicy { RefreshPolicy(ahead: .seconds(60), isSingleUse: false, startsFromSettings: true) }

    package func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        guard case .clientCredentials(let keys) = settings.credentials else {
            throw .refused(platformCode: "no_tokens", platformMessage: "the profile's scheme \(profile.auth.scheme.rawValue) has no tokens that could be renewed")
        }
        let asked = context.now(), answer = try await context.http.send(keys.request(timeoutSeconds: (profile.timeoutMs + 999) / 1000))
        return try keys.credential(from: answer, grant: grant, now: asked)
    }
}

/// OAuth 2 client credentials (§2.2). Pure.
struct ClientCredentials: Sendable, Equatable {
    var tokenURL: String, clientID: String, secret: String, scope: String?, style: Profile.Auth.Style

    /// A life beyond ten years is a number of another kind.
    static let longestLifeSeconds: Int64 = 10 * 366 * 86_400

    func request(timeoutSeconds: Int) -> PlatformRequest {
        var items = [(name: "grant_type", value: "client_credentials")], headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .accept: "application/json"]
        if let scope, !scope.isEmpty { items.append(("scope", scope)) }
        switch style {
        case .body: items += [("client_id", clientID), ("client_secret", secret)]
        // RFC 6749 §2.3.1: both are form-encoded before they are put together.
        case .basic: headers[.authorization] = "Basic " + Data("\(QueryText.encoded(clientID)):\(QueryText.encoded(secret))".utf8).base64EncodedString()
        }
        return PlatformRequest(.post, tokenURL, headers: headers, body: Array(QueryText.canonical(items).utf8), timeoutSeconds: timeoutSeconds)
    }

    func credential(from answer: PlatformAnswer, grant: String, now: Timestamp) throws(ConnectorError) -> Credential {
        let json = JSONValue(reading: answer.body), object = json?.object ?? [:]
        switch answer.status {
        case 200..<300: break
        case 429: throw .throttled(until: now + .seconds(answer.pauseSeconds ?? RefusalTable.usualPauseSeconds))
        case 400, 401, 403: throw .unauthorised(reason: "the token's address refuses the client (\(CleanText.clean((object["error"]?.text ?? "HTTP \(answer.status)").cut(80))))")
        case 408, 500...599: throw .unreachable(reason: "the token's address answered \(answer.status)")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: "the token's address answered \(answer.status)")
        }
        guard let token = object["access_token"]?.text, !token.isEmpty, token.utf8.allSatisfy({ (33...126).contains($0) }) else { throw .unreachable(reason: "the token's address answered without a token") }
        let life = object["expires_in"]?.text.flatMap { Int64($0) }
        // Without a life the token is used until it is refused.
        let expiresAt = life.flatMap { (1...Self.longestLifeSeconds).contains($0) ? now + .seconds($0) : nil }
        return Credential(grant: grant, accessToken: token, accessExpiresAt: expiresAt, scopes: (object["scope"]?.text ?? "").split(separator: " ").map(String.init), issuedAt: now)
    }
}
