import Foundation

/// `/admin/oauth/…`: the merchant's approval and the tokens (platforms/shopify.md §2).
struct OAuthEndpoint: Sendable {
    let store: ShopStore
    let grants: TokenGrants
    /// Exactly these may be redirected to; empty allows any.
    let allowedRedirects: [String]
    /// Write scopes imply their read scopes, so the granted list comes back without those (platforms/shopify.md §2.2).
    let compactsScopes: Bool

    /// Approves at once, as a merchant who clicks "Install": redirects with code, hmac, host, shop, state, timestamp.
    func authorise(_ request: ShopRequest) -> ShopAnswer {
        guard grants.mode != .staticToken, request.parameter("client_id") == grants.clientID else {
            return .page("Oauth error invalid_request: Could not find Shopify API application", status: 400)
        }
        let redirect = request.parameter("redirect_uri") ?? ""
        guard URL(string: redirect)?.host() != nil, allowedRedirects.isEmpty || allowedRedirects.contains(redirect) else {
            return .page("Oauth error invalid_request: The redirect_uri is not whitelisted", status: 400)
        }
        let asked = Self.scopes(request.parameter("scope") ?? "")
        let (code, domain, secret, now) = store.change { state, now in
            let code = state.secretText()
            state.access.codes[code] = .init(scopes: compact(asked.isEmpty ? grants.scopes : asked), expiresAt: now + grants.lifetimes.code)
            return (code, state.domain, state.access.secret, now)
        }
        let shopName = domain.split(separator: ".").first.map(String.init) ?? domain
        let host = Data("admin.shopify.com/store/\(shopName)".utf8).base64EncodedString().replacing("=", with: "")
        var parameters: [(name: String, value: String)] = [("code", code), ("host", host), ("shop", domain), ("timestamp", "\(now)")]
        if let state = request.parameter("state") { parameters.append(("state", state)) }
        parameters.append(("hmac", ShopSignature.callback(parameters, secret: secret)))
        let query = parameters.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
        return ShopAnswer(status: 302, headers: [("Location", redirect + (redirect.contains("?") ? "&" : "?") + query)])
    }

    func token(_ request: ShopRequest) -> ShopAnswer {
        let form = request.form
        let result: Result<TokenAnswer, OAuthRefusal> = store.change { state, now in
            do throws(OAuthRefusal) { return .success(try grants.answer(form, in: &state, at: now)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let token): return .json(token.json)
        case .failure(let refusal) where refusal.isPage: return .page(refusal.description, status: 400)
        case .failure(let refusal):
            return .json(
                ["error": .text(refusal.error), "error_description": .text(refusal.description)],
                status: refusal == .invalidClient ? 401 : 400)
        }
    }

    static func scopes(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private func compact(_ scopes: [String]) -> [String] {
        guard compactsScopes else { return scopes }
        return scopes.filter { !($0.hasPrefix("read_") && scopes.contains("write_" + $0.dropFirst(5))) }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? text
    }
}
