package import Connect
import Crypto
package import Domain
import Foundation
import HTTPTypes

/// Shopify's OAuth as pure functions (§2): addresses and requests to send, answers to read. Nothing here is kept or sent.
package enum ShopifyOAuth {
    /// Orders, fulfilment orders of the merchant, and the locations they are assigned to. `read_all_orders` needs an approval of its own (§2.6).
    package static let neededScopes = ["read_orders", "write_orders", "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"]
    /// A callback is good for this long, either way (§2.2).
    package static let callbackTolerance: Duration = .seconds(90)

    /// `^[a-zA-Z0-9][a-zA-Z0-9_-]*\.myshopify\.com$`: nothing else is called or redirected to (§1).
    package static func isShopName(_ text: String) -> Bool {
        guard text.hasSuffix(".myshopify.com") else { return false }
        let name = text.utf8.dropLast(".myshopify.com".utf8.count)
        func isAlphanumeric(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
        guard let first = name.first, isAlphanumeric(first) else { return false }
        return name.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    // MARK: authorization code grant

    /// Where to send the merchant. `redirectURI` must be exactly as registered; `state` is random and good for one use.
    /// - Parameter address: `https://{shop}`.
    package static func authorizeURL(address: String, clientID: String, scopes: [String] = neededScopes, redirectURI: String, state: String) -> String {
        let query = [("client_id", clientID), ("scope", scopes.joined(separator: ",")), ("redirect_uri", redirectURI), ("state", state)]
        return "\(address)/admin/oauth/authorize?" + query.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
    }

    package enum CallbackProblem: Error, Equatable, Sendable { case stateWrong, shopWrong, signatureWrong, expired, codeMissing }

    /// Checks the call-back of §2.2: state, shop name, signature, age.
    /// - Parameter query: the parameters, percent-decoded, in any order.
    /// - Returns: the code to exchange.
    package static func verifyCallback(_ query: [(String, String)], shop: String, state: String, clientSecret: String, now: Timestamp) throws(CallbackProblem) -> String {
        let values = Dictionary(query, uniquingKeysWith: { first, _ in first })
        guard let given = values["shop"], isShopName(given), given.lowercased() == shop.lowercased() else { throw .shopWrong }
        guard let signature = values["hmac"].flatMap(bytes(ofHex:)),
              HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: Array(signedText(query).utf8), using: SymmetricKey(data: Array(clientSecret.utf8)))
        else { throw .signatureWrong }
        guard !state.isEmpty, isEqual(values["state"] ?? "", state) else { throw .stateWrong }
        guard let seconds = values["timestamp"].flatMap({ Int64($0) }), seconds > 0, seconds < 100_000_000_000,
              abs((now - Timestamp(seconds: seconds)).inMilliseconds) <= callbackTolerance.inMilliseconds else { throw .expired }
        guard let code = values["code"], !code.isEmpty else { throw .codeMissing }
        return code
    }

    /// The text that `hmac` signs (§2.5): every parameter but `hmac` and `signature`, escaped, sorted, joined.
    package static func signedText(_ query: [(String, String)]) -> String {
        func escaped(_ text: String, inKey: Bool) -> String {
            let half = text.replacing("%", with: "%25").replacing("&", with: "%26")
            return inKey ? half.replacing("=", with: "%3D") : half
        }
        return query.filter { $0.0 != "hmac" && $0.0 != "signature" }
            .map { "\(escaped($0.0, inKey: true))=\(escaped($0.1, inKey: false))" }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.joined(separator: "&")
    }

    /// A code for an expiring offline token (or a permanent one).
    package static func exchangeRequest(address: String, clientID: String, clientSecret: String, code: String, expiring: Bool = true) -> PlatformRequest {
        tokenRequest(address, ["client_id": clientID, "client_secret": clientSecret, "code": code, "expiring": expiring ? "1" : "0"])
    }

    /// A refresh token for a new pair (§2.3): store the answer before using it.
    package static func refreshRequest(address: String, clientID: String, clientSecret: String, refreshToken: String) -> PlatformRequest {
        tokenRequest(address, ["client_id": clientID, "client_secret": clientSecret, "grant_type": "refresh_token", "refresh_token": refreshToken])
    }

    /// §2.4: for an app and a shop of one organisation. The token lasts a day and is asked for again, not refreshed.
    package static func clientCredentialsRequest(address: String, clientID: String, clientSecret: String) -> PlatformRequest {
        tokenRequest(address, ["client_id": clientID, "client_secret": clientSecret, "grant_type": "client_credentials"])
    }

    private static func tokenRequest(_ address: String, _ form: [String: String]) -> PlatformRequest {
        var headers = HTTPFields()
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[.accept] = "application/json"
        let body = form.sorted { $0.key < $1.key }.map { "\($0.key)=\(percentEncoded($0.value))" }.joined(separator: "&")
        return PlatformRequest(.post, "\(address)/admin/oauth/access_token", headers: headers, body: Array(body.utf8))
    }

    // MARK: answers

    /// Reads the answer to any of the three requests.
    ///
    /// - Throws: `.unauthorised` for what only a person can mend (app not installed, shop of another organisation, lapsed refresh token).
    package static func grant(from answer: PlatformAnswer, now: Timestamp) throws(ConnectorError) -> ShopifyTokenGrant {
        if answer.status == 200, let token = try? JSONDecoder().decode(TokenAnswer.self, from: Data(answer.body)), !token.access_token.isEmpty {
            func expiry(_ seconds: Int64?) -> Timestamp? { seconds.map { now + .seconds(max(0, min($0, 400 * 86_400))) } }
            return ShopifyTokenGrant(accessToken: token.access_token, scopes: scopes(token.scope ?? ""), expiresAt: expiry(token.expires_in),
                              refreshToken: token.refresh_token, refreshTokenExpiresAt: expiry(token.refresh_token_expires_in))
        }
        switch answer.status {
        case 429: throw .throttled(until: now + StatusMeaning.retryAfter(answer.headers))
        case 500...: throw .unreachable(reason: "the token endpoint answered \(answer.status)\(StatusMeaning.requestID(answer.headers))")
        case 400...499:
            let code = (try? JSONDecoder().decode(TokenError.self, from: Data(answer.body))).flatMap(\.error) ?? named(in: answer.body)
            throw .unauthorised(reason: sentence(of: code, status: answer.status))
        default: throw .unreachable(reason: "the token endpoint answered \(answer.status) without a token\(StatusMeaning.requestID(answer.headers))")
        }
    }

    /// Some failures come as an HTML page with the code in its text (§2.2).
    private static func named(in body: [UInt8]) -> String? {
        let page = String(decoding: body.prefix(65_536), as: UTF8.self)
        return ["app_not_installed", "shop_not_permitted", "invalid_request", "invalid_client", "invalid_grant"].first { page.contains($0) }
    }

    private static func sentence(of code: String?, status: Int) -> String {
        switch code {
        case "app_not_installed": "the app is not installed on the shop (app_not_installed)"
        case "shop_not_permitted": "the shop belongs to another organisation; use the code grant (shop_not_permitted)"
        case let code?: "the token endpoint refused (\(code.prefix(60)))"
        case nil: "the token endpoint refused with status \(status)"
        }
    }

    // MARK: scopes

    package static func scopes(_ text: String) -> [String] { text.split { $0 == "," || $0 == " " }.map(String.init) }

    /// Which of `needed` are not in `granted`; a write scope holds its read scope, and lists come back compacted (§2.2).
    package static func missingScopes(granted: [String], needed: [String] = neededScopes) -> [String] {
        let held = Set(granted)
        return needed.filter { !held.contains($0) && !($0.hasPrefix("read_") && held.contains("write_" + $0.dropFirst(5))) }
    }

    private static func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) ?? ""
    }

    private static func bytes(ofHex text: String) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 48...57: byte - 48
            case 97...102: byte - 87
            default: nil
            }
        }
        var bytes: [UInt8] = [], high: UInt8?
        for byte in text.utf8 {
            guard let value = digit(byte) else { return nil }
            if let first = high { bytes.append(first << 4 | value); high = nil } else { high = value }
        }
        return bytes
    }

    /// Equality that does not tell by its time where two texts differ.
    private static func isEqual(_ a: String, _ b: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        return HMAC<SHA256>.isValidAuthenticationCode(HMAC<SHA256>.authenticationCode(for: Array(a.utf8), using: key), authenticating: Array(b.utf8), using: key)
    }
}

/// What a token request brought.
package struct ShopifyTokenGrant: Sendable, Equatable {
    package var accessToken: String, scopes: [String], expiresAt: Timestamp?, refreshToken: String?, refreshTokenExpiresAt: Timestamp?
}

private struct TokenAnswer: Decodable {
    var access_token: String, scope: String?, expires_in: Int64?, refresh_token: String?, refresh_token_expires_in: Int64?
}
private struct TokenError: Decodable { var error: String? }
