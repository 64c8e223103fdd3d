import Foundation
import HTTPTypes

/// Both consent links and the link that ends a consent (shopee.md §2.2). A GET is the seller's yes, and goes back at once with a code.
///
/// As whom is the world's `consenting`, or the simulator's own query item `as` (`as=40071190`, `as=main`).
enum ShopeeConsentPages {
    private static let signed = "/api/v2/shop/auth_partner", cancelling = "/api/v2/shop/cancel_auth_partner", unsigned = "/auth"
    static let paths: Set<String> = [signed, cancelling, unsigned]

    static func answer(_ call: ShopeeCall, _ world: inout ShopeeWorld) -> ShopeeAnswer {
        do throws(ShopeeProblem) {
            let redirect = call.path == unsigned ? try checkUnsigned(call, world) : try checkSigned(call, world)
            try checkDomain(redirect, world)
            let consenting = try consenting(call, world)
            let items = call.path == cancelling ? try cancel(consenting, &world) : consent(consenting, call, &world)
            return back(to: redirect, items)
        } catch {
            return world.envelope(error)
        }
    }

    /// The link dies after five minutes, as its timestamp does.
    private static func checkSigned(_ call: ShopeeCall, _ world: ShopeeWorld) throws(ShopeeProblem) -> String {
        try world.checkPartner(call)
        try world.checkSign(call, .app)
        return try call.text("redirect")
    }

    private static func checkUnsigned(_ call: ShopeeCall, _ world: ShopeeWorld) throws(ShopeeProblem) -> String {
        guard call.one("partner_id") == "\(world.configuration.partnerID)" else { throw .init("error_auth", "partner_id is invalid", isAuthority: true) }
        guard call.one("auth_type") == "seller", call.one("response_type") == "code" else { throw .parameter("auth_type or response_type is invalid.") }
        return try call.text("redirect_uri")
    }

    private static func checkDomain(_ redirect: String, _ world: ShopeeWorld) throws(ShopeeProblem) {
        guard let host = URLComponents(string: redirect)?.host, !host.isEmpty else { throw .parameter("The redirect is not a URL.") }
        guard let domain = world.configuration.redirectDomain else { return }
        guard host == domain || host == URLComponents(string: domain)?.host else {
            throw .parameter("The redirect is not on the Redirect URL Domain of this app.")
        }
    }

    private static func consenting(_ call: ShopeeCall, _ world: ShopeeWorld) throws(ShopeeProblem) -> ShopeeWorld.Consenting {
        switch call.one("as") {
        case nil: return world.consenting
        case "main": return .mainAccount
        case let text?:
            guard let id = Int64(text), world.shops[id] != nil else { throw .notFound("The shop is not found.") }
            return .shop(id)
        }
    }

    private static func consent(_ consenting: ShopeeWorld.Consenting, _ call: ShopeeCall, _ world: inout ShopeeWorld) -> [(String, String)] {
        var items = [("code", world.consent(consenting))]
        switch consenting {
        case .shop(let id): items.append(("shop_id", "\(id)"))
        case .mainAccount: items.append(("main_account_id", "\(world.configuration.mainAccountID)"))
        }
        // The older form has no state.
        if call.path == unsigned, let state = call.one("state") { items.append(("state", state)) }
        return items
    }

    private static func cancel(_ consenting: ShopeeWorld.Consenting, _ world: inout ShopeeWorld) throws(ShopeeProblem) -> [(String, String)] {
        guard case .shop(let id) = consenting else { throw .parameter("Only a shop can end its consent here.") }
        world.endConsent(id, withdrawn: true)
        return [("shop_id", "\(id)")]
    }

    private static func back(to redirect: String, _ items: [(String, String)]) -> ShopeeAnswer {
        let query = items.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: "&")
        var answer = ShopeeAnswer(status: 302, contentType: "text/html", body: Data())
        answer.headers = [(.location, redirect + (redirect.contains("?") ? "&" : "?") + query)]
        return answer
    }

    private static let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    private static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
}
