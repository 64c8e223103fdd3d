package import Connect
import Crypto
import Foundation

/// The browser flow by which a merchant hands over a key with one click (platforms/woocommerce.md §2.1).
///
/// On approval the shop's server posts the keys. That call has no signature: only the unguessable state, which the shop calls `user_id`, tells which
/// waiting authorisation it belongs to, and it cannot be asked for again. Anything but 200 makes the shop delete the key.
extension WooCommerceConnector: HandsOverKeys {
    static let shortestState = 20
    /// Somebody waits for the page to open.
    private static let lookSeconds = 5
    private static let permissions = "read_write"

    package var hasKeys: Bool { settings.keys != nil }

    package func authorisationURL(redirect: String, keysTo: String, state: String) async throws(ConnectorError) -> String {
        guard mayTakeKeys(keysTo) else {
            throw .misconfigured(setting: ConsumerKeys.keySetting, problem: "cannot be handed over: the shop posts its keys to https addresses only, on the port 443, 80 or 8080. Give the hub such a public address, or type the key and its secret in")
        }
        guard state.utf8.count >= Self.shortestState else { throw .misconfigured(setting: "state", problem: "must be at least \(Self.shortestState) unguessable characters") }
        // Finds out the form of the shop's addresses; a shop that answers nothing here may open the page all the same.
        var look = APICall.index
        look.timeoutSeconds = Self.lookSeconds
        _ = try? await site.sendOpenly(look)
        guard site.style.permalinks == .pretty else {
            throw .misconfigured(setting: ConsumerKeys.keySetting, problem: "cannot be handed over: with plain permalinks the shop's own page for it does not work. Choose others (Settings > Permalinks), or type the key and its secret in")
        }
        let query = [QueryItem("app_name", "Crossdock"), QueryItem("scope", Self.permissions), QueryItem("user_id", state), QueryItem("return_url", redirect), QueryItem("callback_url", keysTo)]
        return settings.site.text + "/wc-auth/v1/authorize?" + PercentEncoding.query(query)
    }

    /// https on a port that WordPress calls (platforms/woocommerce.md §3.1); on this machine alone a shop under trial takes anything.
    private func mayTakeKeys(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host else { return false }
        if ["127.0.0.1", "localhost"].contains(host) { return true }
        let own = URLComponents(string: settings.site.text)?.port
        return parts.scheme == "https" && (parts.port.map { Self.calledPorts.contains($0) || $0 == own } ?? true)
    }
    private static let calledPorts: Set = [80, 443, 8080]

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
