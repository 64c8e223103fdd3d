package import Connect
import Domain

extension ThailandPostConnector: RefreshesTokens {
    /// Two hosts, two temporary tokens of about a month, both from the one static token; renewed a day ahead (thailandpost.md §2.1).
    package static var refreshPolicy: RefreshPolicy {
        RefreshPolicy(grants: TrackGrant.allCases.map(\.rawValue), ahead: .seconds(86_400), isSingleUse: false, startsFromSettings: true)
    }

    package func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        switch TrackGrant(rawValue: grant) {
        case .tracking: try await tracking.exchange(settings.staticToken)
        case .webhook: try await subscribing.exchange(settings.staticToken)
        case nil: throw .notUnderstood(field: "grant", found: String(grant.cut(40)))
        }
    }
}
