import Foundation

/// Where a WordPress lives: scheme, host, port and subdirectory, without a final slash.
struct SiteAddress: Sendable, Equatable {
    /// `http` or `https`.
    let scheme: String
    /// Lower-case host, with the port where it is not the scheme's own.
    let authority: String
    /// Empty, or `/store`.
    let path: String

    /// - Returns: nil unless `text` is an http(s) address without user, query and fragment. A pasted `…/wp-json/wc/v3` is cut to the site.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text.trimmingCharacters(in: .whitespacesAndNewlines)),
              let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https",
              let host = parts.host?.lowercased(), !host.isEmpty,
              parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        self.scheme = scheme
        let ownPort = scheme == "https" ? 443 : 80
        authority = parts.port.map { $0 == ownPort ? host : "\(host):\($0)" } ?? host
        var path = parts.percentEncodedPath
        if let api = path.range(of: "/wp-json") { path = String(path[..<api.lowerBound]) }
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    private init(scheme: String, authority: String, path: String) { self.scheme = scheme; self.authority = authority; self.path = path }

    var text: String { "\(scheme)://\(authority)\(path)" }
    var isSecure: Bool { scheme == "https" }

    /// The same site as WordPress sees it behind a proxy that ends TLS without saying so (platforms/woocommerce.md §2.2).
    var overPlainHTTP: SiteAddress { SiteAddress(scheme: "http", authority: authority, path: path) }

    /// What two addresses of one site have in common: the scheme and a leading `www.` do not count.
    var identity: String {
        (authority.hasPrefix("www.") ? String(authority.dropFirst(4)) : authority) + path
    }
}
