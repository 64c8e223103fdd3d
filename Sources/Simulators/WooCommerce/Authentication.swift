import Foundation
import HTTPTypes

/// Who is calling, by WooCommerce's own rules and in its own words (platforms/woocommerce.md §2.2 to §2.4).
extension ShopState {
    /// OAuth parameters must all be there; in this order they are named when missing.
    private static let oauthNames = ["oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"]
    /// A timestamp may be this far off, and a nonce is remembered this long.
    static let oauthWindowSeconds = 15 * 60

    /// The key that the request proves to have; nil where it tried nothing we can read, which then looks like "no rights".
    mutating func authenticate(_ request: RestRequest) throws(RestError) -> ShopKey? {
        var problem: RestError?
        let authorization = configuration.stripsAuthorization ? nil : request.authorization
        if configuration.transport == .https {
            do {
                if let key = try basic(request, authorization) { return key }
            } catch { problem = error }
        }
        if let key = try oauth(request, authorization) { return key }
        if let problem { throw problem }
        return nil
    }

    /// Query parameters win over the header. An unknown key is no error here: it ends in the same 401 as no key at all.
    private func basic(_ request: RestRequest, _ authorization: String?) throws(RestError) -> ShopKey? {
        var credentials: (key: String, secret: String)?
        if let key = request.queryValue("consumer_key"), let secret = request.queryValue("consumer_secret"), !key.isEmpty, !secret.isEmpty {
            credentials = (key, secret)
        } else if let authorization, authorization.lowercased().hasPrefix("basic "),
            let decoded = Data(base64Encoded: authorization.dropFirst(6).trimmingCharacters(in: .whitespaces))
        {
            let parts = String(decoding: decoded, as: UTF8.self).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty { credentials = (String(parts[0]), String(parts[1])) }
        }
        guard let credentials, let key = keys[credentials.key] else { return nil }
        guard key.secret == credentials.secret else { throw Self.authenticationError("Consumer secret is invalid.") }
        return key
    }

    private mutating func oauth(_ request: RestRequest, _ authorization: String?) throws(RestError) -> ShopKey? {
        // PHP keeps the last of two equal names; a well-known client sends its parameters twice.
        var parameters: [(name: String, value: String)] = []
        for (name, value) in request.query {
            if !name.hasSuffix("[]") { parameters.removeAll { $0.name == name } }
            parameters.append((name, value))
        }
        if let authorization, authorization.trimmingCharacters(in: .whitespaces).hasPrefix("OAuth ") {
            for (name, value) in Self.parseHeader(authorization) {
                parameters.removeAll { $0.name == name }
                parameters.append((name, value))
            }
        }
        func value(_ name: String) -> String? { parameters.last { $0.name == name }.map(\.value).flatMap { $0.isEmpty ? nil : $0 } }
        let missing = Self.oauthNames.filter { value($0) == nil }
        if missing.count == Self.oauthNames.count { return nil }
        guard missing.isEmpty, let consumerKey = value("oauth_consumer_key"), let given = value("oauth_signature"), let nonce = value("oauth_nonce") else {
            let words = missing.count == 1 ? "Missing OAuth parameter" : "Missing OAuth parameters"
            throw RestError(401, "woocommerce_rest_authentication_missing_parameter", "\(words) \(missing.joined(separator: ", "))")
        }
        guard var key = keys[consumerKey] else { throw Self.authenticationError("Consumer key is invalid.") }
        guard let method = value("oauth_signature_method").flatMap(OAuthSignature.Method.init) else {
            throw Self.authenticationError("Invalid signature - signature method is invalid.")
        }
        let base = OAuthSignature.baseString(
            method: request.method.rawValue, url: signedURL(for: request.path), parameters: parameters.filter { $0.name != "oauth_signature" })
        let signature = given.replacing(" ", with: "+")
        guard OAuthSignature.sign(base, secret: key.secret, method: method) == (signature.removingPercentEncoding ?? signature) else {
            throw Self.authenticationError("Invalid signature - provided signature does not match.")
        }
        guard let timestamp = value("oauth_timestamp").flatMap({ Int($0) }), abs(timestamp - now) <= Self.oauthWindowSeconds else {
            throw Self.authenticationError("Invalid timestamp.")
        }
        guard key.nonces[nonce] == nil else { throw Self.authenticationError("Invalid nonce - nonce has already been used.") }
        key.nonces[nonce] = timestamp
        key.nonces = key.nonces.filter { $0.value >= now - Self.oauthWindowSeconds }
        keys[consumerKey] = key
        return key
    }

    /// The shop signs with its Home URL, whatever host the caller used. For the site's root (plain permalinks) that has no final slash:
    /// `get_home_url` adds a path only where there is one.
    func signedURL(for path: String) -> String {
        let base = "\(configuration.subdirectory)/"
        let rest = path.hasPrefix(base) ? String(path.dropFirst(base.count)) : path
        let trimmed = rest.drop { $0 == "/" }
        return trimmed.isEmpty ? homeURL : "\(homeURL)/\(trimmed)"
    }

    private static func parseHeader(_ header: String) -> [(String, String)] {
        header.trimmingCharacters(in: .whitespaces).dropFirst(6).split(separator: ",").compactMap { part in
            let pair = part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].hasPrefix("oauth_") else { return nil }
            let value = pair[1].trimmingCharacters(in: ["\""])
            return (String(pair[0]), value.removingPercentEncoding ?? value)
        }
    }

    /// What the key itself may do, before any question of rights.
    func checkPermission(of key: ShopKey, for request: RestRequest) throws(RestError) {
        if request.isRead {
            if key.permissions == .write { throw Self.authenticationError("The API key provided does not have read permissions.") }
        } else if key.permissions == .read, request.method != .options {
            throw Self.authenticationError("The API key provided does not have write permissions.")
        }
    }

    private static func authenticationError(_ message: String) -> RestError { RestError(401, "woocommerce_rest_authentication_error", message) }
}

/// What a caller without the right hears: 401 where nobody is signed in, 403 where the user lost its role.
enum RestRight: Sendable {
    case list, view, create, edit, delete, batch

    func error(for user: ShopUser?) -> RestError {
        let status = user == nil ? 401 : 403
        return switch self {
        case .list: RestError(status, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        case .view: RestError(status, "woocommerce_rest_cannot_view", "Sorry, you cannot view this resource.")
        case .create: RestError(status, "woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources.")
        case .edit: RestError(status, "woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource.")
        case .delete: RestError(status, "woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource.")
        case .batch: RestError(status, "woocommerce_rest_cannot_batch", "Sorry, you are not allowed to batch manipulate this resource.")
        }
    }
}
