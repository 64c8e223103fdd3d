package import Connect
import Crypto
import Foundation

/// The browser flow by which a merchant hands over a key with one click (platforms/woocommerce.md §2.1).
///
/// The merchant is sent to `authorizeURL`; on approval the shop's server posts the keys to `callbackURL`. That call has no signature: only the
/// unguessable `userID` tells which waiting session it belongs to, and it cannot be asked for again.
package enum WooCommerceAuthorisation {
    package enum Scope: String, Sendable { case read, write, readWrite = "read_write" }

    /// - Parameters:
    ///   - site: the shop's address, as the setting `url`.
    ///   - userID: our own unguessable word for the waiting session, at least 20 characters.
    ///   - callbackURL: must be https; the shop refuses anything else.
    package static func authorizeURL(
        site: String, appName: String = "Crossdock", scope: Scope = .readWrite, userID: String, returnURL: String, callbackURL: String, hasPlainPermalinks: Bool = false
    ) throws(ConnectorError) -> String {
        guard let address = SiteAddress(site) else { throw .misconfigured(setting: "url", problem: "must be an address such as https://shop.example") }
        guard callbackURL.hasPrefix("https://") else { throw .misconfigured(setting: "callbackURL", problem: "must begin with https://: the shop hands its keys to nothing else") }
        guard userID.utf8.count >= shortestUserID else { throw .misconfigured(setting: "userID", problem: "must be at least \(shortestUserID) unguessable characters") }
        let query = [QueryItem("app_name", appName), QueryItem("scope", scope.rawValue), QueryItem("user_id", userID), QueryItem("return_url", returnURL),
                     QueryItem("callback_url", callbackURL)]
        let endpoint = hasPlainPermalinks ? "/?wc-auth-version=1&wc-auth-route=authorize&" : "/wc-auth/v1/authorize?"
        return address.text + endpoint + PercentEncoding.query(query)
    }

    private static let shortestUserID = 20

    /// What the shop posted.
    package struct Handover: Sendable, Equatable, CustomStringConvertible {
        package var keyID: Int64
        /// `consumerKey` and `consumerSecret`, to be saved with the channel.
        package var settings: [String: String]
        package var permissions: String
        package var description: String { "Handover(key \(keyID), \(permissions))" }
    }

    /// Reads the keys the shop posted. Answer the call with 200 only when they are saved: at anything else the shop deletes the key again.
    ///
    /// - Parameter userID: of the session that waits; compared in constant time.
    /// - Throws: `.unauthorised` for another session's keys, `.notUnderstood` for what are no keys, `.refused` for a key that cannot write.
    package static func handover(from body: [UInt8], expecting userID: String) throws(ConnectorError) -> Handover {
        struct Body: Decodable {
            var keyID: Int64?, userID: String?, key: String?, secret: String?, permissions: String?
            enum CodingKeys: String, CodingKey {
                case keyID = "key_id", userID = "user_id", key = "consumer_key", secret = "consumer_secret", permissions = "key_permissions"
            }
            init(from decoder: any Decoder) throws {
                let box = try decoder.container(keyedBy: CodingKeys.self)
                keyID = box.integer(.keyID)
                userID = box.text(.userID)
                key = box.text(.key)
                secret = box.text(.secret)
                permissions = box.text(.permissions)
            }
        }
        let posted: Body
        do { posted = try JSONDecoder().decode(Body.self, from: Data(body)) } catch { throw WooCommerceConnector.notUnderstood(error) }
        guard isSame(posted.userID ?? "", userID) else { throw .unauthorised(reason: "the keys that arrived belong to no session that waits for them; start the authorisation again") }
        guard let key = posted.key, isKey(key, prefix: "ck_") else { throw .notUnderstood(field: "consumer_key", found: "something that is no consumer key") }
        guard let secret = posted.secret, isKey(secret, prefix: "cs_") else { throw .notUnderstood(field: "consumer_secret", found: "something that is no consumer secret") }
        let permissions = posted.permissions ?? ""
        guard permissions == Scope.readWrite.rawValue else {
            throw .refused(platformCode: "key_not_read_write", platformMessage: "the shop handed over a key with the permission \"\(permissions.prefix(20))\"; read_write is needed")
        }
        return Handover(keyID: posted.keyID ?? 0, settings: ["consumerKey": key, "consumerSecret": secret], permissions: permissions)
    }

    /// Whether the merchant approved, by the query of `returnURL` (`success=1`); the keys come by the other way, and may come later.
    package static func isApproved(returnQuery: String) -> Bool {
        returnQuery.split(separator: "&").contains("success=1")
    }

    private static func isKey(_ text: String, prefix: String) -> Bool {
        text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + 40 && text.utf8.dropFirst(prefix.utf8.count).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        return HMAC<SHA256>.isValidAuthenticationCode(HMAC<SHA256>.authenticationCode(for: Data(a.utf8), using: key), authenticating: Data(b.utf8), using: key)
    }
}
