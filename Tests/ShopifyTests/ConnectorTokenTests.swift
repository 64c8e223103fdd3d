import Connect
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import Synchronization
import Testing

/// The hub's part: keeps the tokens, and has the connector renew one that was refused or has ended.
final class LentTokens: Sendable {
    private struct State { var held: Credential?, connector: ShopifyConnector? }
    private let state = Mutex(State())
    let now: @Sendable () -> Timestamp
    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    var held: Credential? { state.withLock { $0.held } }
    func hold(_ credential: Credential) { state.withLock { $0.held = credential } }
    func renew(through connector: ShopifyConnector) { state.withLock { $0.connector = connector } }
    /// Lets go of the connector, which holds these.
    func close() { state.withLock { $0.connector = nil } }

    var source: CredentialSource {
        CredentialSource { (grant, refused) async throws(ConnectorError) -> Credential in
            let (held, connector) = self.state.withLock { ($0.held, $0.connector) }
            if let held, held.accessToken != refused, held.accessExpiresAt.map({ self.now() < $0 }) ?? true { return held }
            guard let connector else { throw .unauthorised(reason: "the channel has not been authorised yet") }
            let fresh = try await connector.refreshToken(held, grant: grant)
            self.hold(fresh)
            return fresh
        }
    }
}

@Suite struct ConnectorTokenTests {
    private static let credentials = ["shop": Bench.shop, "clientID": "id-1", "clientSecret": Bench.secret, "grant": "clientCredentials"]
    private static let code = ["shop": Bench.shop, "clientID": "id-1", "clientSecret": Bench.secret, "grant": "code", "accessToken": "old", "refreshToken": "refresh-1",
                               "accessTokenExpiresAt": "2026-11-21T03:00:00Z"]
    private static let nothing = Bench.data(#"{"order":null}"#)
    private static let refused = Bench.answer(#"{"errors":"[API] Invalid API key or access token"}"#, status: 401)
    private static func token(_ token: String, refresh: String? = nil) -> PlatformAnswer {
        Bench.answer(#"{"access_token":"\#(token)","scope":"read_orders","expires_in":86399\#(refresh.map { #","refresh_token":"\#($0)","refresh_token_expires_in":7776000"# } ?? "")}"#)
    }
    private func tokens(_ platform: ScriptedPlatform) throws -> [String?] {
        let name = try #require(HTTPField.Name("X-Shopify-Access-Token"))
        return platform.requests.map { $0.headers[name] }
    }
    private func bodies(_ platform: ScriptedPlatform) -> [String] { platform.requests.map { String(decoding: $0.body, as: UTF8.self) } }
    private func ask(_ connector: ShopifyConnector) async { do { _ = try await connector.fetchOrder("1") } catch { #expect(error.code == "not_found") } }

    /// A connector with what the hub lends it.
    private func with<T>(_ platform: ScriptedPlatform, _ settings: [String: String], now: @escaping @Sendable () -> Timestamp = { Bench.now }, held: Credential? = nil,
                         _ body: (ShopifyConnector, LentTokens) async throws -> T) async throws -> T {
        let lent = LentTokens(now: now), connector = try ShopifyConnector(Bench.context(platform.http, settings, now: now, credentials: lent.source), pause: { _ in })
        if let held { lent.hold(held) }
        lent.renew(through: connector)
        defer { lent.close() }
        return try await body(connector, lent)
    }

    @Test func `a client-credentials token is asked for once and used again`() async throws {
        let platform = ScriptedPlatform([Self.token("fresh"), Self.nothing, Self.nothing])
        try await with(platform, Self.credentials) { connector, lent in
            await ask(connector)
            await ask(connector)
            #expect(lent.held?.refreshToken == nil && lent.held?.accessExpiresAt == Bench.now + .seconds(86_399) && lent.held?.scopes == ["read_orders"])
        }
        #expect(try tokens(platform) == [nil, "fresh", "fresh"])
    }

    @Test func `the pair that was typed in is begun with, until it nears its end`() async throws {
        var settings = Self.code
        settings["accessTokenExpiresAt"] = (Bench.now + .seconds(301)).description
        let fresh = ScriptedPlatform([Self.nothing])
        try await with(fresh, settings) { connector, _ in await ask(connector) }
        #expect(try tokens(fresh) == ["old"])
        settings["accessTokenExpiresAt"] = (Bench.now + .seconds(300)).description
        let stale = ScriptedPlatform([Self.token("next", refresh: "refresh-2"), Self.nothing])
        try await with(stale, settings) { connector, lent in
            await ask(connector)
            #expect(lent.held?.refreshToken == "refresh-2" && lent.held?.refreshExpiresAt == Bench.now + .seconds(7_776_000))
        }
        #expect(try tokens(stale) == [nil, "next"])
        #expect(bodies(stale)[0].contains("refresh_token=refresh-1"))
    }

    @Test func `a refused token is replaced once, then the channel is parked`() async throws {
        let mended = ScriptedPlatform([Self.refused, Self.token("new", refresh: "refresh-2"), Self.nothing])
        try await with(mended, Self.code) { connector, _ in await ask(connector) }
        #expect(try tokens(mended) == ["old", nil, "new"])
        #expect(bodies(mended)[1].contains("refresh_token=refresh-1"))

        let parked = ScriptedPlatform([Self.refused, Self.token("new"), Self.refused])
        try await with(parked, Self.code) { connector, _ in
            let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
            #expect(error?.failureClass == .unauthorised && parked.requests.count == 3)
        }
    }

    @Test func `the next renewal spends the refresh token of the last one, not that of the settings`() async throws {
        let platform = ScriptedPlatform([Self.token("second", refresh: "refresh-2"), Self.token("third", refresh: "refresh-3")])
        try await with(platform, Self.code) { connector, _ in
            let first = try await connector.refreshToken(nil, grant: "main")
            #expect(first.accessToken == "old" && first.refreshToken == "refresh-1")
            let second = try await connector.refreshToken(first, grant: "main"), third = try await connector.refreshToken(second, grant: "main")
            #expect(third.refreshToken == "refresh-3" && third.accountID == Bench.shop)
        }
        #expect(bodies(platform)[0].contains("refresh_token=refresh-1"))
        #expect(bodies(platform)[1].contains("refresh_token=refresh-2"))
    }

    @Test func `a pair typed in anew takes the place of the one the hub keeps`() async throws {
        let old = try await with(ScriptedPlatform(), Self.code) { connector, _ in try await connector.refreshToken(nil, grant: "main") }
        var settings = Self.code
        settings["accessToken"] = "typed"; settings["refreshToken"] = "typed-refresh"
        let platform = ScriptedPlatform([Self.token("next", refresh: "refresh-9")])
        try await with(platform, settings) { connector, _ in
            let begun = try await connector.refreshToken(old, grant: "main")
            #expect(begun.accessToken == "typed" && platform.requests.isEmpty)
            #expect(try await connector.refreshToken(begun, grant: "main").refreshToken == "refresh-9")
        }
        #expect(bodies(platform)[0].contains("refresh_token=typed-refresh"))
    }

    @Test func `an answer without a refresh token takes none away`() async throws {
        let platform = ScriptedPlatform([Self.token("second")])
        try await with(platform, Self.code) { connector, _ in
            let first = try await connector.refreshToken(nil, grant: "main"), second = try await connector.refreshToken(first, grant: "main")
            #expect(second.accessToken == "second" && second.refreshToken == "refresh-1")
        }
    }

    @Test func `a static token that is refused parks the channel at once, and is renewed by nobody`() async throws {
        let platform = ScriptedPlatform([Self.refused])
        let connector = try Bench.connector(platform)
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
        #expect(error?.failureClass == .unauthorised && platform.requests.count == 1)
        let renewal = await #expect(throws: ConnectorError.self) { try await connector.refreshToken(nil, grant: "main") }
        #expect(renewal?.code == "static_token")
    }

    @Test func `after a lost answer the old refresh token is tried again`() async throws {
        var settings = Self.code
        settings["accessTokenExpiresAt"] = Bench.now.description
        let platform = ScriptedPlatform([Bench.answer("", status: 503), Self.token("new", refresh: "refresh-2"), Self.nothing])
        try await with(platform, settings) { connector, _ in
            let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
            #expect(error?.failureClass == .transient)
            await ask(connector)
        }
        #expect(bodies(platform).prefix(2).allSatisfy { $0.contains("refresh_token=refresh-1") })
    }

    @Test func `a lapsed refresh token asks for the merchant without a call`() async throws {
        var settings = Self.code
        settings["accessTokenExpiresAt"] = Bench.now.description; settings["refreshTokenExpiresAt"] = Bench.now.description
        let platform = ScriptedPlatform()
        try await with(platform, settings) { connector, _ in
            let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
            #expect(error?.failureClass == .unauthorised && platform.requests.isEmpty)
        }
    }

    // MARK: the browser's round trip

    private static let consent = ["shop": Bench.shop, "clientID": "id-1", "clientSecret": Bench.secret, "grant": "code"]
    private static func granted(_ scopes: [String]) -> PlatformAnswer {
        Bench.answer(#"{"access_token":"given","scope":"\#(scopes.joined(separator: ","))","expires_in":3600,"refresh_token":"refresh-1","refresh_token_expires_in":7776000}"#)
    }

    @Test func `before the merchant has agreed nothing is asked, and afterwards the pair is used and renewed`() async throws {
        let platform = ScriptedPlatform([Self.granted(["write_orders", "write_merchant_managed_fulfillment_orders"]), Self.nothing, Self.refused, Self.token("next", refresh: "refresh-2"), Self.nothing])
        try await with(platform, Self.consent) { connector, lent in
            #expect(connector.agreesInBrowser)
            await #expect(throws: ConnectorError.consentAwaited) { try await connector.fetchOrder("1") }
            let credential = try await connector.credential(from: Dictionary(uniqueKeysWithValues: ConnectorOAuthTests.query), redirect: "https://hub.example/authorised")
            #expect(credential.accountID == Bench.shop && credential.accessExpiresAt == Bench.now + .seconds(3600) && credential.refreshExpiresAt == Bench.now + .seconds(7_776_000))
            lent.hold(credential)
            await ask(connector)
            await ask(connector)
            #expect(lent.held?.refreshToken == "refresh-2")
        }
        #expect(bodies(platform)[0] == "client_id=id-1&client_secret=\(Bench.secret)&code=0907a61c0c8d55e99db179b68161bc00&expiring=1")
        #expect(try tokens(platform) == [nil, "given", "given", nil, "next"])
    }

    @Test(arguments: [("shop", "other.myshopify.com", "misconfigured"), ("code", "another", "unauthorised"), ("timestamp", "1795225999", "unauthorised")])
    func `an answer that was changed or is of another shop exchanges nothing`(name: String, value: String, code: String) async throws {
        let platform = ScriptedPlatform([])
        try await with(platform, Self.consent) { connector, _ in
            let query = Dictionary(uniqueKeysWithValues: ConnectorOAuthTests.query).merging([name: value]) { $1 }
            let error = await #expect(throws: ConnectorError.self) { try await connector.credential(from: query, redirect: "https://hub.example/authorised") }
            #expect(error?.code == code)
        }
        #expect(platform.requests.isEmpty)
    }

    @Test func `a consent to less than is needed is refused by its name`() async throws {
        let platform = ScriptedPlatform([Self.granted(["read_orders", "write_merchant_managed_fulfillment_orders"])])
        try await with(platform, Self.consent) { connector, _ in
            let error = await #expect(throws: ConnectorError.self) { try await connector.credential(from: Dictionary(uniqueKeysWithValues: ConnectorOAuthTests.query), redirect: "") }
            #expect(error?.code == "scopes_missing")
            #expect(error?.sentence.contains("missing: write_orders") == true)
        }
    }

    @Test func `channels with a token made by hand or an app of their own ask nobody`() throws {
        for settings in [["shop": Bench.shop, "accessToken": "shpat_1"], Self.credentials] {
            #expect(try !ShopifyConnector(Bench.context(ScriptedPlatform([]).http, settings), pause: { _ in }).agreesInBrowser)
        }
    }
}
