/// `auth.scheme` of the profile (shopat24.md §2.2).
package enum Shopat24Auth: Sendable, Equatable {
    /// Where the token end looks for the client's name and secret.
    package enum ClientStyle: String, Sendable, CaseIterable { case body, basic }

    case none
    case header(name: String, value: String)
    case query(name: String, value: String)
    case basic(user: String, password: String)
    case bearer(token: String)
    /// Token by `POST /oauth/token`.
    case clientCredentials(clientID: String, clientSecret: String, scope: String, style: ClientStyle, expiresInSeconds: Int)
    case hmac(keyID: String, secret: String, skewSeconds: Int)
}
