import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// Consent and tokens (lazada.md §2.2, §2.3).
struct TokenTests {
    private func consent(_ simulator: LazadaSimulator, _ more: [(name: String, value: String)] = []) async throws -> PlainAnswer {
        let query = [("response_type", "code"), ("force_auth", "true"), ("redirect_uri", "https://hub.example.test/callback?x=1"), ("client_id", "123456"), ("state", "s+/=&1")] + more
        return try await PlainHTTP.send("GET", "\(simulator.consentURL)?\(LazadaCaller.encoded(query.map { (name: $0.0, value: $0.1) }))")
    }

    private func code(_ answer: PlainAnswer) throws -> (code: String, state: String?) {
        let items = try #require(URLComponents(string: answer.headers["location"] ?? "")?.queryItems)
        return (try #require(items.first { $0.name == "code" }?.value), items.first { $0.name == "state" }?.value)
    }

    @Test func `consent sends the seller back with a code and the state`() async throws {
        try await withLazada { (simulator, _) async throws in
            let answer = try await consent(simulator)
            #expect(answer.status == 302)
            #expect(answer.headers["location"]?.hasPrefix("https://hub.example.test/callback?x=1&code=") == true)
            #expect(try code(answer).state == "s+/=&1")
        }
    }

    @Test(arguments: [("uuid", "1"), ("client_id", "654321"), ("redirect_uri", "https://other.example.test/"), ("response_type", "token"), ("redirect_uri", "javascript:1")])
    func `what the app console would refuse is a page, not a redirect`(name: String, value: String) async throws {
        try await withLazada { $0.redirectURL = "https://hub.example.test/callback?x=1" } _: { (simulator, _) async throws in
            let answer = try await consent(simulator, [(name, value)])
            #expect(answer.status == 400)
            #expect(answer.headers["location"] == nil)
        }
    }

    @Test func `a seller who is asked clicks a link for the account`() async throws {
        try await withLazada { $0.approvesAutomatically = false } _: { (simulator, caller) async throws in
            let page = try await consent(simulator)
            #expect(page.status == 200)
            let link = try #require(page.text.firstMatch(of: /href="([^"]+)"/)?.output.1).replacing("&amp;", with: "&")
            let answer = try await PlainHTTP.send("GET", simulator.baseURL + link)
            #expect(try code(answer).state == "s+/=&1")
            var open = caller
            open.token = nil
            #expect(try await open.get("/auth/token/create", ["code": try code(answer).code]).code == "0")
        }
    }

    @Test func `a code gives the documented answer once`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let given = try code(try await consent(simulator)).code
            let answer = try await open.post("/auth/token/create", ["code": given])
            #expect(answer.code == "0")
            #expect(answer["expires_in"] == 2_592_000)
            #expect(answer["refresh_expires_in"] == 15_552_000)
            #expect(answer["country"] == "th")
            #expect(answer["account_platform"] == "seller_center")
            #expect(answer["account_id"] == "7001001")
            #expect(answer["country_user_info"] == [["country": "th", "user_id": "100190009", "seller_id": "100190009", "short_code": "TH1ABCDE"]])
            #expect(answer["country_user_info_list"] == nil)
            let token = try #require(answer.text("access_token"))
            #expect(try await LazadaCaller(simulator, token: token).order(simulator.placeOrder(kind: .everyday)).code == "0")
            #expect(try await open.post("/auth/token/create", ["code": given]).code == "InvalidCode")
            #expect(simulator.count("refused codes") == 1)
        }
    }

    @Test func `a code lives for thirty minutes`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let codes = [try #require(simulator.makeCode()), try #require(simulator.makeCode())]
            simulator.advanceClock(bySeconds: 1_799)
            #expect(try await open.get("/auth/token/create", ["code": codes[0]]).code == "0")
            simulator.advanceClock(bySeconds: 1)
            #expect(try await open.get("/auth/token/create", ["code": codes[1]]).code == "InvalidCode")
        }
    }

    @Test(arguments: [(LazadaAppStatus.test, 604_800, 2_592_000), (.online, 2_592_000, 15_552_000)])
    func `refreshing renews the access token's life and lets the refresh token's shrink`(status: LazadaAppStatus, access: Int64, refresh: Int64) async throws {
        try await withLazada { $0.appStatus = status } _: { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let first = try #require(simulator.grantTokens())
            simulator.advanceClock(bySeconds: 86_400)
            let answer = try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken])
            #expect(answer["expires_in"] == .integer(access))
            #expect(answer["refresh_expires_in"] == .integer(refresh - 86_400))
            #expect(answer["country_user_info_list"]?.items?.count == 1)
            #expect(answer["country_user_info"] == nil)
            let second = try #require(answer.text("refresh_token"))
            #expect(second != first.refreshToken)
            simulator.advanceClock(bySeconds: Double(refresh) - 86_400 - 1)
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": second])["refresh_expires_in"] == 1)
            simulator.advanceClock(bySeconds: 1)
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": second]).code == "IllegalRefreshToken")
        }
    }

    @Test func `after a refresh the old access token is dead, and the old refresh token once the new pair is used`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let order = simulator.placeOrder(kind: .everyday), first = try #require(simulator.grantTokens())
            let lost = try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken])
            let second = try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken])
            #expect(second.code == "0")
            #expect(try await LazadaCaller(simulator, token: first.accessToken).order(order).code == "IllegalAccessToken")
            #expect(try await LazadaCaller(simulator, token: lost.text("access_token")).order(order).code == "IllegalAccessToken")
            #expect(try await LazadaCaller(simulator, token: second.text("access_token")).order(order).code == "0")
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken]).code == "IllegalRefreshToken")
            #expect(simulator.count("refused refreshes") == 1)
        }
    }

    @Test func `a strict platform takes a refresh token once`() async throws {
        try await withLazada { ($0.oldRefreshToken, $0.oldAccessTokenLives) = (.diesAtOnce, true) } _: { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let order = simulator.placeOrder(kind: .everyday), first = try #require(simulator.grantTokens())
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken]).code == "0")
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": first.refreshToken]).code == "IllegalRefreshToken")
            #expect(try await LazadaCaller(simulator, token: first.accessToken).order(order).code == "0")
        }
    }

    @Test func `apps of the service market cannot refresh`() async throws {
        try await withLazada { $0.appStatus = .serviceMarket } _: { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let given = try #require(simulator.grantTokens())
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": given.refreshToken]).code == "AUTH_TYPE_UNSUPPORTED")
        }
    }

    @Test func `a refused access token comes under both types`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            simulator.expireAccessTokens()
            let answers = [try await caller.order(order), try await caller.order(order)]
            #expect(answers.map(\.code) == ["IllegalAccessToken", "IllegalAccessToken"])
            #expect(Set(answers.map { $0.text("type") }) == ["ISV", "ISP"])
            #expect(answers[0].text("message") == "The specified access token is invalid or expired")
        }
    }

    @Test func `revoking ends both tokens`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let given = try #require(simulator.grantTokens())
            simulator.revokeTokens(seller: "100190009")
            #expect(try await LazadaCaller(simulator, token: given.accessToken).get("/orders/get", [:]).code == "IllegalAccessToken")
            #expect(try await open.get("/auth/token/refresh", ["refresh_token": given.refreshToken]).code == "IllegalRefreshToken")
        }
    }

    @Test func `a cross-border token opens each of its countries by host, and no other`() async throws {
        let sellers = LazadaCountry.allCases.map { LazadaSeller(country: $0, sellerID: "20\($0.rawValue.utf8.reduce(0) { $0 + Int($1) })", shortCode: "CB", isCrossBorder: true) }
        try await withLazada { $0.sellers = sellers } _: { (simulator, caller) async throws in
            var open = caller
            open.token = nil
            let answer = try await open.get("/auth/token/create", ["code": try code(try await consent(simulator, [("country", "cb")])).code])
            #expect(answer["country"] == "cb")
            #expect(answer["country_user_info"]?.items?.map { $0.text("country") } == LazadaCountry.allCases.map(\.rawValue))
            for seller in sellers {
                var caller = LazadaCaller(simulator, token: answer.text("access_token"))
                caller.country = seller.country
                let order = simulator.placeOrder(kind: .everyday, seller: seller.key)
                #expect(try await caller.order(order).code == "0")
                #expect(try await caller.items(order).first?["currency"] == .string(seller.country.currency))
            }
        }
    }

    @Test func `a domestic token is refused at another country's host`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var caller = caller
            caller.country = .sg
            #expect(try await caller.order(simulator.placeOrder(kind: .everyday)).code == "IllegalAccessToken")
        }
    }
}
