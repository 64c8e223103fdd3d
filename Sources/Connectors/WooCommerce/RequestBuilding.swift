import Connect
import Foundation
import HTTPTypes

/// Addresses and signs calls. Pure: moment and nonce come in.
struct RequestBuilding: Sendable {
    let site: SiteAddress
    let home: SiteAddress

    /// - Parameter credential: how the call carries which keys; nil for calls that need none.
    func request(_ call: APICall, as credential: (style: SigningStyle, keys: ConsumerKeys)?, _ permalinks: PermalinkForm, timestamp: Int64, nonce: String, rootSlash: Bool = false) -> PlatformRequest {
        var headers: HTTPFields = [.accept: "application/json", .userAgent: "Crossdock"]
        if !call.body.isEmpty { headers[.contentType] = "application/json" }
        var query = call.query
        if permalinks == .plain { query.insert(QueryItem("rest_route", call.route), at: 0) }
        switch credential {
        case nil: break
        case (.basic, let keys)?: headers[.authorization] = "Basic " + Data("\(keys.key):\(keys.secret)".utf8).base64EncodedString()
        case (.query, let keys)?: query += [QueryItem("consumer_key", keys.key), QueryItem("consumer_secret", keys.secret)]
        case (let style, let keys)?:
            let signer = OAuthSignature(keys: keys, timestamp: timestamp, nonce: nonce)
            let base = signedURL(call, permalinks, asHTTP: style == .oauth1AsHTTP, rootSlash: rootSlash)
            query = signer.signing(call.method.rawValue, base, query)
        }
        let url = address(site, call, permalinks) + (query.isEmpty ? "" : "?" + PercentEncoding.query(query))
        return PlatformRequest(call.method, url, headers: headers, body: call.body, timeoutSeconds: call.timeoutSeconds)
    }

    private func address(_ site: SiteAddress, _ call: APICall, _ permalinks: PermalinkForm) -> String {
        switch permalinks {
        case .pretty: site.text + "/wp-json" + (call.route == "/" ? "/" : call.route)
        case .plain: site.text + "/"
        }
    }

    /// The URL as the shop computes it: its Home URL and the path, without the query (platforms/woocommerce.md §2.3).
    ///
    /// - Parameter rootSlash: with plain permalinks the path is the site's root, which WordPress joins to the Home URL without a slash
    ///   (unverified on a running shop, so a refused call is signed once more with it).
    private func signedURL(_ call: APICall, _ permalinks: PermalinkForm, asHTTP: Bool, rootSlash: Bool) -> String {
        let home = asHTTP ? self.home.overPlainHTTP : self.home
        return permalinks == .plain && !rootSlash ? home.text : address(home, call, permalinks)
    }
}
