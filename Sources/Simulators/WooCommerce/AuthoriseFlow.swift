import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The browser flow `/wc-auth/v1/…`: the merchant consents, the server hands the keys to `callback_url` (platforms/woocommerce.md §2.1).
struct AuthoriseFlow: Sendable {
    let shop: Shop
    let runner: WebhookRunner

    private struct Wish: Sendable {
        var appName: String, userID: String, returnURL: String, callbackURL: String, scope: WooPermissions

        func query(_ extra: [(String, String)]) -> String {
            ([("app_name", appName), ("user_id", userID), ("return_url", returnURL), ("callback_url", callbackURL), ("scope", scope.rawValue)] + extra)
                .map { "\($0)=\(OAuthSignature.encode($1))" }.joined(separator: "&")
        }
        func returning(success: Bool) -> String {
            "\(returnURL)\(returnURL.contains("?") ? "&" : "?")success=\(success ? 1 : 0)&user_id=\(OAuthSignature.encode(userID))"
        }
    }
    private struct Denied: Error { var words: String }

    func handle(_ method: HTTPRequest.Method, _ route: String, _ query: [(name: String, value: String)], _ body: ByteBuffer) async -> Response {
        let parameters = query + (method == .post ? RestRequest.parseQuery(String(buffer: body)) : [])
        do {
            let wish = try wish(parameters)
            switch route {
            case "authorize", "login":
                if shop.read({ $0.configuration.approvesAutomatically }) || method == .post { return try await grant(wish) }
                return consentPage(wish)
            case "access_granted":
                let nonce = parameters.last { $0.name == "wc_auth_nonce" }?.value ?? ""
                guard shop.change({ $0.consentNonces.remove(nonce) != nil }) else { throw Denied(words: "Invalid nonce verification") }
                return try await grant(wish)
            default:
                throw Denied(words: "You do not have permission to access this page")
            }
        } catch {
            let words = (error as? Denied)?.words ?? "\(error)"
            return Pages.html(401, "Access denied", "<p>Error: \(Pages.escape(words)).</p>")
        }
    }

    /// All five are required; the callback has to be https (or, in the simulator, on loopback).
    private func wish(_ parameters: [(name: String, value: String)]) throws -> Wish {
        var values: [String: String] = [:]
        for name in ["app_name", "user_id", "return_url", "callback_url", "scope"] {
            guard let value = parameters.last(where: { $0.name == name })?.value, !value.isEmpty else { throw Denied(words: "Missing parameter \(name)") }
            values[name] = value
        }
        guard let scope = WooPermissions(rawValue: values["scope"] ?? "") else { throw Denied(words: "Invalid scope \(values["scope"] ?? "")") }
        // The shop decodes both addresses once more than the web server did.
        let returnURL = try address(values["return_url"] ?? ""), callback = try address(values["callback_url"] ?? "")
        let host = URL(string: callback)?.host() ?? ""
        let isLoopback = ["127.0.0.1", "localhost", "::1"].contains(host) && shop.read { $0.configuration.allowsLoopbackCallback }
        guard callback.lowercased().hasPrefix("https://") || isLoopback else { throw Denied(words: "The callback_url needs to be over SSL") }
        return Wish(appName: values["app_name"] ?? "", userID: values["user_id"] ?? "", returnURL: returnURL, callbackURL: callback, scope: scope)
    }

    private func address(_ text: String) throws -> String {
        let decoded = text.removingPercentEncoding ?? text
        let address = decoded.contains("://") ? decoded : "https://\(decoded)"
        guard URL(string: address)?.host() != nil else { throw Denied(words: "The \(address) is not a valid URL") }
        return address
    }

    private func consentPage(_ wish: Wish) -> Response {
        let (nonce, base) = shop.change { state in
            let nonce = state.randomHex(10)
            state.consentNonces.insert(nonce)
            return (nonce, state.configuration.subdirectory)
        }
        let granted = "\(base)/wc-auth/v1/access_granted/?\(wish.query([("wc_auth_nonce", nonce)]))"
        return Pages.html(200, "Application authentication request", """
            <h1>\(Pages.escape(wish.appName)) would like to connect to your store</h1>
            <p>This will give "\(Pages.escape(wish.appName))" \(wish.scope.rawValue) access.</p>
            <p class="wc-auth-actions"><a href="\(Pages.escape(granted))" class="button wc-auth-approve">Approve</a>
            <a href="\(Pages.escape(wish.returning(success: false)))" class="button wc-auth-deny">Deny</a></p>
            """)
    }

    /// Makes the keys, hands them over, and takes them back where the callback does not answer 200. There is no second try.
    private func grant(_ wish: Wish) async throws -> Response {
        let (key, body) = shop.change { state in
            let key = "ck_\(state.randomHex(40))", secret = "cs_\(state.randomHex(40))", id = state.takeKeyID()
            state.keys[key] = ShopKey(id: id, secret: secret, permissions: wish.scope, userID: 1, description: "\(wish.appName) - API")
            let body: WooJSON = [
                "key_id": .integer(id), "user_id": .string(wish.userID), "consumer_key": .string(key), "consumer_secret": .string(secret),
                "key_permissions": .string(wish.scope.rawValue),
            ]
            return (key, Data(body.bytes))
        }
        let agent = shop.read { "WordPress/\($0.flavour.wordPressVersion); \($0.homeURL)" }
        let headers = [("User-Agent", agent), ("Content-Type", "application/json;charset=UTF-8")]
        guard await runner.post(wish.callbackURL, headers: headers, body: body) == 200 else {
            shop.change { $0.keys[key] = nil }
            throw Denied(words: "An error occurred in the request and at the time were unable to send the consumer data")
        }
        shop.change { $0.counters.keysHandedOver += 1 }
        return Response(status: .found, headers: [.location: wish.returning(success: true)])
    }
}
