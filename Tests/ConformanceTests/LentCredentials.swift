import Connect
import Synchronization

/// The hub's part for one channel: keeps its tokens, and has the connector renew one that was refused.
final class LentCredentials: Sendable {
    private struct State { var held: [String: Credential] = [:], refreshes = 0, refresher: (any RefreshesTokens)? }
    private let state = Mutex(State())

    var source: CredentialSource {
        CredentialSource { (grant, refused) async throws(ConnectorError) -> Credential in try await self.credential(grant, refused: refused) }
    }

    /// Renewals that were asked for, answered or not.
    var refreshes: Int { state.withLock { $0.refreshes } }
    func held(_ grant: String) -> Credential? { state.withLock { $0.held[grant] } }
    func hold(_ credential: Credential) { state.withLock { $0.held[credential.grant] = credential } }
    func renew(through refresher: any RefreshesTokens) { state.withLock { $0.refresher = refresher } }
    /// Lets go of the connector, which holds these.
    func close() { state.withLock { $0.refresher = nil } }

    private func credential(_ grant: String, refused: String?) async throws(ConnectorError) -> Credential {
        let (held, refresher) = state.withLock { ($0.held[grant], $0.refresher) }
        if let held, held.accessToken != refused { return held }
        guard let refresher, held != nil || type(of: refresher).refreshPolicy.startsFromSettings else { throw .unauthorised(reason: "the channel has not been authorised yet") }
        state.withLock { $0.refreshes += 1 }
        let renewed = try await refresher.refreshToken(held, grant: grant)
        hold(renewed)
        return renewed
    }
}
