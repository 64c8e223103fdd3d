import Foundation
import HTTPTypes
import SimulatorKit

/// Who is let in (shopat24.md §2.2).
struct Shopat24Door {
    /// Tokens handed out and still good; more make the oldest void.
    private static let maximumTokens = 100

    let auth: Shopat24Auth
    private var tokens: [(token: String, expiresAt: Date)] = []
    private(set) var tokensIssued = 0
    /// Calls let in since the last token was handed out.
    private var callsSinceIssue = 0
    /// The channel has ended the vendor's account.
    private var isShut = false

    init(auth: Shopat24Auth) { self.auth = auth }

    /// As when the operator of the channel revokes them: the next call gets 401.
    mutating func expireTokens() { tokens = [] }

    /// From now on no key, signature or token counts, and no token is handed out.
    mutating func shut() {
        expireTokens()
        isShut = true
    }

    /// As a fault, where a client can help itself: never twice in a row, since a second 401 is the operator's to mend (shopat24.md §8).
    mutating func expireTokensByFault() -> Bool {
        guard callsSinceIssue > 0, case .clientCredentials = auth else { return false }
        expireTokens()
        callsSinceIssue = 0
        return true
    }

    mutating func check(_ call: Shopat24Call, now: Date) throws(Shopat24Problem) {
        guard !isShut else { throw .init(.unauthorised, "The account has ended.") }
        switch auth {
        case .none: return
        case .header(let name, let value): try match(call.header(name), value)
        case .query(let name, let value): try match(call[query: name], value)
        case .basic(let user, let password): try match(call.header("Authorization"), "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
        case .bearer(let token): try match(call.header("Authorization"), "Bearer " + token)
        case .clientCredentials:
            let given = call.header("Authorization") ?? ""
            guard tokens.contains(where: { Self.isEqual("Bearer " + $0.token, given) && $0.expiresAt > now }) else {
                throw .init(.unauthorised, "The token is not known or has expired.")
            }
            callsSinceIssue += 1
        case .hmac(let keyID, let secret, let skewSeconds):
            try match(call.header("X-Key-Id"), keyID)
            guard let timestamp = Int(call.header("X-Timestamp") ?? "") else { throw .init(.unauthorised, "X-Timestamp is not a time.") }
            guard abs(Int(now.timeIntervalSince1970) - timestamp) <= skewSeconds else { throw .init(.staleTimestamp, "The timestamp is too far off.") }
            let expected = Shopat24Signing.signature(
                method: call.method, path: call.path, query: call.query, timestamp: timestamp, body: call.body, secret: secret)
            guard Self.isEqual(expected, call.header("X-Signature") ?? "") else { throw .init(.badSignature, "The signature is wrong.") }
        }
    }

    private func match(_ given: String?, _ expected: String) throws(Shopat24Problem) {
        guard let given, Self.isEqual(given, expected) else { throw .init(.unauthorised, "The credentials are missing or wrong.") }
    }

    private static func isEqual(_ one: String, _ other: String) -> Bool { SimulatorSignature.isEqual(Data(one.utf8), Data(other.utf8)) }

    // MARK: Tokens

    private struct Grant: Encodable { var access_token: String, token_type = "Bearer", expires_in: Int, scope: String }
    private struct Refusal: Encodable { var error: String }

    /// `grant_type=client_credentials`; errors in the words of RFC 6749 §5.2.
    mutating func issueToken(_ call: Shopat24Call, now: Date) -> Shopat24Reply {
        guard case .clientCredentials(let clientID, let clientSecret, let scope, let style, let expiresIn) = auth else {
            return .json(Refusal(error: "unsupported_grant_type"), status: 400)
        }
        let form = Shopat24Call.pairs(String(decoding: call.body, as: UTF8.self).replacing("+", with: "%20"))
        let field = { (name: String) in form.first { $0.name == name }?.value }
        guard field("grant_type") == "client_credentials" else { return .json(Refusal(error: "unsupported_grant_type"), status: 400) }
        let isKnown = switch style {
        case .body: Self.isEqual(field("client_id") ?? "", clientID) && Self.isEqual(field("client_secret") ?? "", clientSecret)
        case .basic: Self.isEqual(call.header("Authorization") ?? "", "Basic " + Data("\(clientID):\(clientSecret)".utf8).base64EncodedString())
        }
        guard isKnown, !isShut else { return .json(Refusal(error: "invalid_client"), status: 401) }
        let token = "s24_\(String(UInt64.random(in: .min ... .max), radix: 36))\(String(UInt64.random(in: .min ... .max), radix: 36))"
        tokensIssued += 1
        callsSinceIssue = 0
        tokens.append((token, now.addingTimeInterval(TimeInterval(expiresIn))))
        if tokens.count > Self.maximumTokens { tokens.removeFirst(tokens.count - Self.maximumTokens) }
        return .json(Grant(access_token: token, expires_in: expiresIn, scope: field("scope") ?? scope))
    }
}
