package import Connect
import Crypto
import Foundation

/// The browser flow by which a merchant hands over a key with one click (platforms/woocommerce.md §2.1).
///
/// On approval the shop's server posts the keys. That call has no signature: only the unguessable state, which the shop calls `user_id`, tells which
/// waiting authorisation it belongs to, and it cannot be asked for again. Anything but 200 makes the shop delete the key.
extension WooCommerceConnector: HandsOverKeys {
    static let shortestState = 20
    private static let permissions = "read_write"

    package var hasKeys: Bool { settings.keys != nil }

    package func authorisationURL(redirect: String, keysTo: String, state: String) throws(ConnectorError) -> String {
        guard Self.mayTakeKeys(keysTo) else {
            throw .misconfigured(setting: "consumerKey", problem: "cannot be handed over: the hub's public address must begin with https://, since the shop posts its keys to nothing else. Type the key and its secret in instead")
        }
        guard state.utf8.count >= Self.shortestState else { throw .misconfigured(setting: "state", problem: "must be at least \(Self.shortestState) unguessable characters") }
        let query = [QueryItem("app_name", "Crossdock"), QueryItem("scope", Self.permissions), QueryItem("user_id", state), QueryItem("return_url", redirect), QueryItem("callback_url", keysTo)]
        let page = site.style.permalinks == .plain ? "/?wc-auth-version=1&wc-auth-route=authorize&" : "/wc-auth/v1/authorize?"
        return settings.site.text + page + PercentEncoding.query(query)
    }

    /// https; on this machine alone a shop under trial takes http too.
    private static func mayTakeKeys(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host else { return false }
        return parts.scheme == "https" || ["127.0.0.1", "localhost"].contains(host)
    }

    package func settings(handedOver body: [UInt8], state: String) throws(ConnectorError) -> [String: String] {
        let posted: PostedKeys
        do { posted = try JSONDecoder().decode(PostedKeys.self, from: Data(body)) } catch { throw Self.notUnderstood(error) }
        guard Self.isSame(posted.userID ?? "", state) else { throw .unauthorised(reason: "the keys that arrived belong to no authorisation that waits for them; start it again") }
        guard let key = posted.key, Self.isKey(key, prefix: "ck_") else { throw .notUnderstood(field: "consumer_key", found: "something that is no consumer key") }
        guard let secret = posted.secret, Self.isKey(secret, prefix: "cs_") else { throw .notUnderstood(field: "consumer_secret", found: "something that is no consumer secret") }
        guard posted.permissions == Self.permissions else {
            throw .refused(platformCode: "key_not_read_write", platformMessage: "the shop handed over a key with the permission \"\((posted.permissions ?? "").prefix(20))\"; read_write is needed")
        }
        return [ConsumerKeys.keySetting: key, ConsumerKeys.secretSetting: secret]
    }

    package func isAgreed(_ query: [String: String]) -> Bool { query["success"] == "1" }

    private static func isKey(_ text: String, prefix: String) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + 40 && text.utf8.dropFirst(prefix.utf8.count).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        return HMAC<SHA256>.isValidAuthenticationCode(HMAC<SHA256>.authenticationCode(for: Data(a.utf8), using: key), authenticating: Data(b.utf8), using: key)
    }
}

/// What the shop's server posts.
private struct PostedKeys: Decodable {
    var userID: String?, key: String?, secret: String?, permissions: String?
    private enum CodingKeys: String, CodingKey { case userID = "user_id", key = "consumer_key", secret = "consumer_secret", permissions = "key_permissions" }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        userID = box.text(.userID)
        key = box.text(.key)
        secret = box.text(.secret)
        permissions = box.text(.permissions)
    }
}
