package import Domain

/// What a platform gave a channel to call it with. Sealed at rest, read and renewed by the hub alone; a connector is lent it for a call.
package struct Credential: Sendable, Equatable, Codable {
    /// Which of the platform's grants this is (`main`; Thailand Post's tracking and webhook services have one each).
    package var grant: String
    package var accessToken: String
    package var refreshToken: String?
    package var accessExpiresAt: Timestamp?
    package var refreshExpiresAt: Timestamp?
    /// When what the seller agreed to ends; after it only the seller can help.
    package var authorisationExpiresAt: Timestamp?
    /// The shop or account at the platform that it opens. Authorising a channel again as another account is refused.
    package var accountID: String?
    package var accountName: String?
    package var scopes: [String]
    package var issuedAt: Timestamp
    /// What else the platform tied to it (a country, a shop's cipher).
    package var details: [String: String]
    /// Settings of the channel that the seller's consent has decided (the number by which orders are named): saved together with the credential, never changed by another one. Not a part of what is sealed.
    package var settings: [String: String] = [:]

    private enum CodingKeys: String, CodingKey {
        case grant, accessToken, refreshToken, accessExpiresAt, refreshExpiresAt, authorisationExpiresAt, accountID, accountName, scopes, issuedAt, details
    }

    package init(grant: String = Credential.main, accessToken: String, refreshToken: String? = nil, accessExpiresAt: Timestamp? = nil, refreshExpiresAt: Timestamp? = nil,
                 authorisationExpiresAt: Timestamp? = nil, accountID: String? = nil, accountName: String? = nil, scopes: [String] = [], issuedAt: Timestamp, details: [String: String] = [:]) {
        self.grant = grant; self.accessToken = accessToken; self.refreshToken = refreshToken; self.accessExpiresAt = accessExpiresAt
        self.refreshExpiresAt = refreshExpiresAt; self.authorisationExpiresAt = authorisationExpiresAt; self.accountID = accountID; self.accountName = accountName
        self.scopes = scopes; self.issuedAt = issuedAt; self.details = details
    }

    package static let main = "main"
}

/// Where a connector gets its channel's credentials from. The hub behind it refreshes ahead of time, once for all nodes, and saves before anyone is given the new pair.
package struct CredentialSource: Sendable {
    /// - Parameters:
    ///   - grant: `Credential.main`, or another of the connector's grants.
    ///   - refused: the access token that the platform has just refused: another one is wanted. nil: what stands.
    /// - Throws: `.unauthorised` when the channel was never authorised, or when only a person can mend it.
    package var current: @Sendable (_ grant: String, _ refused: String?) async throws(ConnectorError) -> Credential

    package init(current: @escaping @Sendable (_ grant: String, _ refused: String?) async throws(ConnectorError) -> Credential) { self.current = current }

    /// For channels whose platform gives no such credentials.
    package static let none = CredentialSource { _, _ throws(ConnectorError) in throw .unauthorised(reason: "the channel has not been authorised yet") }
}

extension CredentialSource {
    /// Calls with the channel's token; when the platform refuses that very token, once more with its successor.
    /// - Parameter call: throws `.unauthorised` where the token was refused.
    package func used<T: Sendable>(_ grant: String = Credential.main, _ call: (Credential) async throws(ConnectorError) -> T) async throws(ConnectorError) -> T {
        let credential = try await current(grant, nil)
        do { return try await call(credential) } catch {
            guard case .unauthorised = error else { throw error }
            return try await call(try await current(grant, credential.accessToken))
        }
    }
}

/// A platform whose access tokens end and are renewed without a person.
package protocol RefreshesTokens: Connector {
    static var refreshPolicy: RefreshPolicy { get }
    /// Asks the platform for the next token. Called by the hub alone, by one node at a time; what it returns is saved before it is used.
    ///
    /// - Parameter credential: what stands; nil where nothing was granted yet and the settings alone suffice (client credentials, a static token to exchange).
    /// - Throws: `.unauthorised` when only a person can go on; `.unreachable` when the answer was lost: a single-use refresh token may be spent then.
    func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential
}

package struct RefreshPolicy: Sendable, Equatable {
    /// The grants a channel needs, each with a token of its own.
    package var grants: [String]
    /// How long before its end an access token is renewed.
    package var ahead: Duration
    /// A refresh token works once: a lost answer may have ended the chain.
    package var isSingleUse: Bool
    /// The settings alone are enough for the first token: no person has to agree in a browser.
    package var startsFromSettings: Bool
    package init(grants: [String] = [Credential.main], ahead: Duration, isSingleUse: Bool, startsFromSettings: Bool = false) {
        self.grants = grants; self.ahead = ahead; self.isSingleUse = isSingleUse; self.startsFromSettings = startsFromSettings
    }
}

/// A platform whose seller agrees in the browser.
package protocol Authorises: RefreshesTokens {
    /// Whether this channel's settings go that way; some platforms have others beside it.
    var agreesInBrowser: Bool { get }
    /// The page on which the seller agrees.
    /// - Parameters:
    ///   - redirect: where the platform sends the browser afterwards; the same text goes to `credential(from:)`.
    ///   - state: unguessable; comes back in the redirect, in its own parameter or (where the platform has none) as part of `redirect`.
    func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String
    /// Exchanges what the redirect brought for credentials.
    /// - Parameter query: the redirect's parameters, decoded.
    func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential
}

extension Authorises {
    package var agreesInBrowser: Bool { true }
}

/// A shop on whose page the seller agrees in the browser, and whose server then posts its keys to the hub, beside the browser's way back. Keys are settings: they have no end, and are typed in where a shop cannot reach the hub.
package protocol HandsOverKeys: Connector {
    /// Whether the channel has its keys, handed over or typed in.
    var hasKeys: Bool { get }
    /// The page on which the seller agrees.
    /// - Parameters:
    ///   - redirect: where the shop sends the browser afterwards; holds the state already.
    ///   - keysTo: where the shop's server posts the keys.
    ///   - state: unguessable; comes back with the keys.
    func authorisationURL(redirect: String, keysTo: String, state: String) async throws(ConnectorError) -> String
    /// The settings that the posted keys are.
    /// - Throws: `.unauthorised` where they belong to another authorisation, `.refused` where they allow too little.
    func settings(handedOver body: [UInt8], state: String) throws(ConnectorError) -> [String: String]
    /// Whether the seller agreed, by the parameters that the browser came back with.
    func isAgreed(_ query: [String: String]) -> Bool
}

extension ConnectorError {
    /// Of a channel that works once its seller has agreed: no fault of its settings.
    package static let consentAwaited = ConnectorError.unauthorised(reason: consentAwaitedReason)
    package static let consentAwaitedReason = "the seller has not agreed yet"
}
