import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Consent, tokens, their ends (platforms/lazada.md §2.2, §2.3).
@Suite struct AuthorisationTests {
    static let answer = #"""
        {"access_token":"50000xxxxaaaa","refresh_token":"50001xxxxbbbb","expires_in":2592000,"refresh_expires_in":15552000,"country":"th","account_platform":"seller_center","account":"seller@example.test",
         "account_id":"7001001","country_user_info":[{"country":"th","user_id":"100190009","seller_id":"100190009","short_code":"TH1ABCDE"}],"code":"0","request_id":"2101a0c017610216001234567"}
        """#

    private func credential(_ answer: String, _ settings: [String: String] = [:]) async throws -> (Credential?, ConnectorError?, FakeLazada) {
        let lazada = FakeLazada { _ in .json(answer) }, connector = try lazada.connector(settings)
        do { return (try await connector.credential(from: ["code": "0_123456_AbCdEfGh0001", "state": "s"], redirect: "https://hub.example/back"), nil, lazada) } catch { return (nil, error, lazada) }
    }

    @Test func `the consent page is asked for with everything but uuid`() throws {
        let url = try FakeLazada { _ in .silentAnswer }.connector().authorisationURL(redirect: "https://hub.example/back?x=1", state: "a b")
        #expect(url == "https://auth.lazada.com/oauth/authorize?response_type=code&force_auth=true&redirect_uri=https%3A%2F%2Fhub.example%2Fback%3Fx%3D1&client_id=123456&state=a%20b&country=th")
    }

    @Test func `a code becomes a credential of the seller in the channel's country`() async throws {
        let (found, error, lazada) = try await credential(Self.answer)
        #expect(error == nil)
        let call = try #require(lazada.calls.first)
        #expect(call.url == "https://auth.lazada.com/rest/auth/token/create" && call.parameters["code"] == "0_123456_AbCdEfGh0001" && call.parameters["access_token"] == nil && call.parameters["sign"]?.utf8.count == 64)
        let now = FakeLazada.now
        #expect(found == Credential(
            accessToken: "50000xxxxaaaa", refreshToken: "50001xxxxbbbb", accessExpiresAt: now + .seconds(2_592_000), refreshExpiresAt: now + .seconds(15_552_000),
            authorisationExpiresAt: now + .seconds(15_552_000), accountID: "th:100190009", accountName: "seller@example.test", issuedAt: now,
            details: ["sellerID": "100190009", "country": "th", "platform": "seller_center"]))
        #expect(lazada.saved.isEmpty)
    }

    @Test func `the seller's number is filled in where nobody entered it`() async throws {
        let (found, _, lazada) = try await credential(Self.answer, ["sellerID": ""])
        #expect(found?.accountID == "th:100190009" && found?.settings == ["sellerID": "100190009"])
        // The hub saves it, with the tokens or not at all.
        #expect(lazada.saved.isEmpty)
    }

    @Test func `a cross-border token opens the channel's country`() async throws {
        let many = #"[{"country":"sg","seller_id":"1001"},{"country":"th","seller_id":"100190009"},{"country":"my","seller_id":"1003"}]"#
        let answer = Self.answer.replacing(#"[{"country":"th","user_id":"100190009","seller_id":"100190009","short_code":"TH1ABCDE"}]"#, with: many).replacing(#""country":"th","account_platform""#, with: #""country":"cb","account_platform""#)
        let (found, _, _) = try await credential(answer)
        #expect(found?.accountID == "th:100190009" && found?.details["country"] == "cb" && found?.details["accounts"] == "sg:1001,th:100190009,my:1003")
    }

    @Test func `a seller of another number or country is refused`() async throws {
        #expect(try await credential(Self.answer, ["sellerID": "5"]).1?.code == "misconfigured")
        #expect(try await credential(Self.answer, ["country": "sg"]).1?.code == "misconfigured")
    }

    @Test func `a seller who does not agree is told so, and nothing is asked`() async throws {
        let lazada = FakeLazada { _ in .silentAnswer }, connector = try lazada.connector()
        let error = await failure { () async throws(ConnectorError) in try await connector.credential(from: ["error": "access_denied"], redirect: "https://hub.example") }
        #expect(error?.failureClass == .unauthorised && lazada.calls.isEmpty)
    }

    @Test(arguments: ["InvalidCode", "IllegalRefreshToken", "AUTH_TYPE_UNSUPPORTED"]) func `what only the seller can mend is unauthorised`(_ code: String) async throws {
        #expect(try await credential(#"{"code":"\#(code)","type":"ISV","message":"words"}"#).1?.failureClass == .unauthorised)
    }

    @Test(arguments: [#"{"code":"0"}"#, #"{"code":"0","access_token":"a"}"#, #"{"code":"0","access_token":"a","expires_in":-1}"#, #"{"code":"0","access_token":"a","expires_in":5,"country_user_info":[{"country":"th"}]}"#])
    func `half an answer makes no credential`(_ answer: String) async throws {
        #expect(try await credential(answer, ["sellerID": ""]).1?.failureClass == .rejected)
    }

    // MARK: renewing

    private func renewed(_ answer: PlatformAnswer, _ old: Credential?) async throws -> (Credential?, ConnectorError?, FakeLazada) {
        let lazada = FakeLazada { _ in answer }, connector = try lazada.connector()
        do { return (try await connector.refreshToken(old, grant: Credential.main), nil, lazada) } catch { return (nil, error, lazada) }
    }
    static let old = Credential(accessToken: "old", refreshToken: "refresh-old", accountID: "th:100190009", accountName: "seller@example.test", issuedAt: FakeLazada.now - .seconds(86_400), details: ["sellerID": "100190009", "country": "th"])

    @Test func `a renewal stores the new pair, and what was agreed to shrinks`() async throws {
        let (found, error, lazada) = try await renewed(.json(#"""
            {"access_token":"a2","refresh_token":"r2","expires_in":"604800","refresh_expires_in":86400,"country":"th","country_user_info_list":[{"country":"TH","seller_id":100190009}],"code":"0"}
            """#), Self.old)
        #expect(error == nil && lazada.calls.first?.parameters["refresh_token"] == "refresh-old" && lazada.paths == ["/auth/token/refresh"])
        #expect(found?.accessToken == "a2" && found?.refreshToken == "r2" && found?.accessExpiresAt == FakeLazada.now + .seconds(604_800))
        #expect(found?.authorisationExpiresAt == FakeLazada.now + .seconds(86_400) && found?.accountID == "th:100190009" && found?.accountName == "seller@example.test")
    }

    @Test func `an answer without accounts keeps the account, one at 0 has ended`() async throws {
        let (found, _, _) = try await renewed(.json(#"{"access_token":"a2","expires_in":604800,"refresh_expires_in":0,"code":"0"}"#), Self.old)
        #expect(found?.accountID == "th:100190009" && found?.refreshToken == "refresh-old" && found?.authorisationExpiresAt == FakeLazada.now)
    }

    @Test func `nothing is renewed where nobody agreed, and lost consent is a person's`() async throws {
        #expect(try await renewed(.silentAnswer, nil).1?.failureClass == .unauthorised)
        #expect(try await renewed(.failure("IllegalRefreshToken"), Self.old).1?.failureClass == .unauthorised)
        #expect(try await renewed(.failure("AUTH_TYPE_UNSUPPORTED"), Self.old).1?.failureClass == .unauthorised)
        #expect(try await renewed(FakeLazada.silent, Self.old).1?.failureClass == .transient)
        #expect(LazadaConnector.refreshPolicy.ahead >= .seconds(1_800) && !LazadaConnector.refreshPolicy.isSingleUse && !LazadaConnector.refreshPolicy.startsFromSettings)
    }

    // MARK: settings and the check

    @Test(arguments: [["appKey": ""], ["appSecret": ""], ["country": "xx"], ["sellerID": "a:b"], ["sellerID": "ร้าน"], ["baseURL": "api.lazada.co.th"], ["authURL": "ftp://x"], ["consentURL": "https://x?y"]])
    func `a malformed setting is refused by name`(_ settings: [String: String]) throws {
        let context = FakeLazada { _ in .silentAnswer }.context(settings)
        let error = #expect(throws: ConnectorError.self) { try LazadaConnector(context) }
        #expect(error?.code == "misconfigured")
    }

    @Test func `the country chooses the host`() throws {
        #expect(try FakeLazada { _ in .silentAnswer }.connector(["baseURL": "", "country": "ID"]).settings.baseURL == "https://api.lazada.co.id/rest")
        #expect(LazadaConnector.descriptor.platform == "lazada" && LazadaConnector.descriptor.kind == .shop)
        #expect(LazadaConnector.descriptor.settings.filter(\.isSecret).map(\.key) == ["appSecret"])
        #expect(LazadaConnector.descriptor.settings.allSatisfy { !$0.title.isEmpty && !$0.help.isEmpty })
    }

    @Test func `the check tells each trouble with its remedy`() async throws {
        let order = Sample.order
        let masked = try await FakeLazada { _ in .data(#"{"count":1,"orders":[\#(order)]}"#) }.connector(hookURL: "https://hub.example/hooks/x").check()
        #expect(masked.map(\.name) == ["seller", "authorisation", "orders", "pushes"] && masked.first { $0.name == "orders" }?.remedy?.contains("DataMoat") == true)
        let fine = try await FakeLazada { _ in .data(#"{"count":0,"orders":[]}"#) }.connector().check()
        #expect(fine.filter { !$0.isGood }.map(\.name) == ["pushes"])
        let lost = try await FakeLazada { _ in .failure("SellerNotVerified") }.connector(["sellerID": ""]).check()
        #expect(lost.filter { !$0.isGood }.map(\.name) == ["seller", "orders", "pushes"] && lost.allSatisfy { $0.isGood || $0.remedy != nil })
    }

    @Test func `an authorisation near its end, or of another seller, is told`() throws {
        let settings = try FakeLazada { _ in .silentAnswer }.connector().settings, now = FakeLazada.now
        var credential = Self.old
        credential.authorisationExpiresAt = now + .seconds(86_400 * 3 + 5)
        #expect(LazadaConnector.authorisation(credential, settings, now: now).map(\.found) == ["ends in 3 days"])
        credential.authorisationExpiresAt = now - .seconds(5)
        #expect(LazadaConnector.authorisation(credential, settings, now: now).map(\.isGood) == [false])
        credential.accountID = "th:5"
        credential.authorisationExpiresAt = now + .seconds(86_400 * 100)
        #expect(LazadaConnector.authorisation(credential, settings, now: now).map(\.isGood) == [false, true])
    }
}
