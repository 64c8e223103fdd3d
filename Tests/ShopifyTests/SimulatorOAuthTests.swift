import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Synchronization
import Testing

struct SimulatorOAuthTests {
    /// The parameters of the redirect that the merchant's approval ends in.
    private func approve(_ shop: SimulatedShop, scope: String = "read_orders,write_orders") async throws -> [String: String] {
        let query = "client_id=simulated-client-id&scope=\(scope)&redirect_uri=https://hub.example/back&state=n0nce-77"
        let answer = try await PlainHTTP.send("GET", "\(shop.simulator.baseURL)/admin/oauth/authorize?\(query)")
        #expect(answer.status == 302)
        let target = try #require(answer.headers["location"].flatMap { URL(string: $0) })
        #expect(target.host() == "hub.example")
        return Dictionary(ShopRequest.pairs(target.query() ?? "").map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private func token(_ shop: SimulatedShop, _ fields: [String: Any]) async throws -> PlainAnswer {
        let all: [String: Any] = ["client_id": "simulated-client-id", "client_secret": "hush-shopify-secret-01"].merging(fields) { $1 }
        return try await PlainHTTP.send(
            "POST", "\(shop.simulator.baseURL)/admin/oauth/access_token", headers: [("Content-Type", "application/json")],
            body: try JSONSerialization.data(withJSONObject: all))
    }

    private func works(_ shop: SimulatedShop, _ token: Any?) async throws -> Bool {
        try await shop.get("/admin/api/2026-10/shop.json", token: token as? String ?? "").status == 200
    }

    @Test func `an approval comes back signed, and its code is good once`() async throws {
        try await SimulatedShop.with { shop in
            let back = try await approve(shop)
            let signature = ShopSignature.callback(back.map { ($0.key, $0.value) }, secret: "hush-shopify-secret-01")
            let first = try await token(shop, ["code": back["code"] ?? ""])
            let second = try await token(shop, ["code": back["code"] ?? ""])
            #expect(back["hmac"] == signature)
            #expect(back["state"] == "n0nce-77")
            #expect(back["shop"] == "crossdock-test.myshopify.com")
            #expect(back["host"] == "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvY3Jvc3Nkb2NrLXRlc3Q")
            #expect(first.json["scope"] as? String == "write_orders")
            #expect(first.json["expires_in"] == nil)
            #expect(try await works(shop, first.json["access_token"]))
            #expect(second.status == 400)
            #expect(second.json["error"] as? String == "invalid_request")
        }
    }

    @Test func `an expiring token is refreshed in pairs, and the old refresh token works until the new one was used`() async throws {
        try await SimulatedShop.with { shop in
            let pair = try await token(shop, ["code": try await approve(shop)["code"] ?? "", "expiring": 1]).json
            func refresh(_ token: Any?) async throws -> PlainAnswer {
                try await self.token(shop, ["grant_type": "refresh_token", "refresh_token": token ?? ""])
            }
            let second = try await refresh(pair["refresh_token"])
            let repeated = try await refresh(pair["refresh_token"])
            let third = try await refresh(repeated.json["refresh_token"])
            let tooLate = try await refresh(pair["refresh_token"])
            #expect(pair["expires_in"] as? Int == 3_600)
            #expect(pair["refresh_token_expires_in"] as? Int == 7_776_000)
            #expect(second.status == 200)
            #expect(repeated.status == 200)
            #expect(second.json["refresh_token"] as? String != pair["refresh_token"] as? String)
            #expect(try await works(shop, third.json["access_token"]))
            #expect(try await !works(shop, pair["access_token"]))
            #expect(tooLate.status == 400)
        }
    }

    @Test func `an access token ends after its time`() async throws {
        let clock = MovableClock()
        try await SimulatedShop.with({ $0.clock = { clock.now } }) { shop in
            let pair = try await token(shop, ["code": try await approve(shop)["code"] ?? "", "expiring": "1"]).json
            #expect(try await works(shop, pair["access_token"]))
            clock.advance(seconds: 3_601)
            #expect(try await !works(shop, pair["access_token"]))
            #expect(try await works(shop, SimulatedShop.defaultToken))
        }
    }

    @Test func `a permanent token is traded once for an expiring pair, and the exchange may be repeated`() async throws {
        try await SimulatedShop.with { shop in
            let old = try await token(shop, ["code": try await approve(shop)["code"] ?? ""]).json["access_token"] as? String ?? ""
            let offline = "urn:shopify:params:oauth:token-type:offline-access-token"
            let exchange: [String: Any] = [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": old, "subject_token_type": offline,
                "requested_token_type": offline, "expiring": "1",
            ]
            let first = try await token(shop, exchange), second = try await token(shop, exchange)
            #expect(first.json["access_token"] as? String == second.json["access_token"] as? String)
            #expect(first.json["refresh_token"] != nil)
            #expect(try await !works(shop, old))
        }
    }

    @Test func `client credentials name their two refusals`() async throws {
        try await SimulatedShop.with({
            $0.tokenMode = .clientCredentials; $0.isInstalled = false; $0.staticToken = nil
        }) { shop in
            let before = try await token(shop, ["grant_type": "client_credentials"])
            shop.simulator.install()
            let after = try await token(shop, ["grant_type": "client_credentials"])
            #expect(before.status == 400)
            #expect(before.text.contains("app_not_installed"))
            #expect(after.json["expires_in"] as? Int == 86_399)
            #expect(after.json["refresh_token"] == nil)
            #expect(try await works(shop, after.json["access_token"]))
        }
        try await SimulatedShop.with { shop in
            let refused = try await token(shop, ["grant_type": "client_credentials"])
            #expect(refused.text.contains("shop_not_permitted"))
        }
    }

    @Test func `a wrong secret gets nothing, during a change both are good`() async throws {
        try await SimulatedShop.with({ $0.tokenMode = .clientCredentials }) { shop in
            let wrong = try await token(shop, ["grant_type": "client_credentials", "client_secret": "wrong"])
            #expect(wrong.json["error"] as? String == "invalid_client")
            shop.simulator.rotateSecret(to: "new-secret")
            let old = try await token(shop, ["grant_type": "client_credentials"])
            let new = try await token(shop, ["grant_type": "client_credentials", "client_secret": "new-secret"])
            #expect(old.status == 200 && new.status == 200)
        }
    }

    @Test func `after an uninstall every call is refused in the platform's words`() async throws {
        try await SimulatedShop.with { shop in
            shop.simulator.uninstall()
            let answer = try await shop.get("/admin/api/2026-10/orders.json")
            #expect(answer.status == 401)
            #expect(answer.json["errors"] as? String == "[API] Invalid API key or access token (unrecognized login or wrong password)")
        }
    }
}

/// A clock that a test moves.
final class MovableClock: Sendable {
    private let offset = Mutex(TimeInterval(0))
    var now: Date { Date(timeIntervalSince1970: 1_795_225_000 + offset.withLock { $0 }) }
    func advance(seconds: TimeInterval) { offset.withLock { $0 += seconds } }
}
