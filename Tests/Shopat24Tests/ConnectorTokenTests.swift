import Connect
import Domain
import HTTPTypes
import Testing
@testable import Shopat24Connector

/// `oauth2cc` (shopat24.md §2.2).
@Suite struct ConnectorTokenTests {
    static func profile(_ style: String = "body", scope: String = "orders") -> String {
        #"{"auth":{"scheme":"oauth2cc","tokenURL":"https://login.example/token","clientId":"vendor7","scope":"\#(scope)","style":"\#(style)"}}"#
    }

    @Test func `a token is asked for with the settings alone, in the body`() async throws {
        let channel = FakeChannel(200, #"{"access_token":"abc.def","token_type":"Bearer","expires_in":3600}"#)
        let credential = try await channel.connector(profile: Self.profile()).refreshToken(nil, grant: Credential.main)
        #expect(credential.accessToken == "abc.def")
        #expect(credential.accessExpiresAt == Sample.now + .seconds(3600))
        #expect(credential.refreshToken == nil)
        let request = try #require(channel.requests.first)
        #expect(request.url == "https://login.example/token")
        #expect(request.method == .post)
        #expect(request.text == "client_id=vendor7&client_secret=crossdock-s24-key-0001&grant_type=client_credentials&scope=orders")
        #expect(request.headers[.contentType] == "application/x-www-form-urlencoded")
        #expect(request.headers[.authorization] == nil)
    }

    @Test func `in the style basic the body has no secret`() async throws {
        let channel = FakeChannel(200, #"{"access_token":"abc"}"#)
        let credential = try await channel.connector(profile: Self.profile("basic", scope: "")).refreshToken(nil, grant: Credential.main)
        #expect(credential.accessExpiresAt == nil)
        #expect(channel.requests.first?.text == "grant_type=client_credentials")
        #expect(channel.requests.first?.headers[.authorization] == "Basic dmVuZG9yNzpjcm9zc2RvY2stczI0LWtleS0wMDAx")
    }

    @Test func `the hub renews a minute ahead and needs no person`() {
        #expect(Shopat24Connector.refreshPolicy == RefreshPolicy(grants: ["main"], ahead: .seconds(60), isSingleUse: false, startsFromSettings: true))
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_client"}"#, FailureClass.unauthorised), (401, "", .unauthorised), (403, "<html>", .unauthorised), (500, "", .transient), (503, "", .transient), (408, "", .transient),
        (429, "", .throttled(until: Sample.now + .seconds(30))), (302, "", .rejected), (404, "", .rejected), (200, "{}", .transient), (200, "<html>", .transient), (200, #"{"access_token":"a b"}"#, .transient),
        (200, #"{"access_token":""}"#, .transient), (200, #"{"access_token":["x"]}"#, .transient),
    ] as [(Int, String, FailureClass)])
    func `each answer that is no token has its class`(status: Int, body: String, expected: FailureClass) async throws {
        let connector = try FakeChannel(status, body).connector(profile: Self.profile())
        let error = await #expect(throws: ConnectorError.self) { try await connector.refreshToken(nil, grant: Credential.main) }
        #expect(error?.failureClass == expected)
        #expect(error?.sentence.contains(Sample.secret) == false)
    }

    @Test(arguments: [("0", nil), ("-5", nil), ("99999999999999", nil), ("\"60\"", 60), ("null", nil), ("\"soon\"", nil)] as [(String, Int64?)])
    func `only a credible life of a token is believed`(life: String, seconds: Int64?) async throws {
        let connector = try FakeChannel(200, #"{"access_token":"abc","expires_in":\#(life)}"#).connector(profile: Self.profile())
        #expect(try await connector.refreshToken(nil, grant: Credential.main).accessExpiresAt == seconds.map { Sample.now + .seconds($0) })
    }

    @Test func `a refused token is replaced once and the call repeated once`() async throws {
        let channel = FakeChannel { request in request.headers[.authorization] == "Bearer second-token" ? .json(Sample.page([])) : .json("", status: 401) }
        _ = try await channel.connector(profile: Self.profile()).listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        #expect(channel.lendings == ["-", "first-token"])
        #expect(channel.requests.count == 2)
    }

    @Test func `a second refusal needs an operator`() async throws {
        let channel = FakeChannel(401, "")
        let connector = try channel.connector(profile: Self.profile())
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder(Sample.externalID) }
        #expect(error?.failureClass == .unauthorised)
        #expect(channel.requests.count == 2)
    }

    @Test func `what is forbidden is no reason for a new token`() async throws {
        let channel = FakeChannel(403, #"{"message":"vendor blocked"}"#)
        let connector = try channel.connector(profile: Self.profile())
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder(Sample.externalID) }
        #expect(error?.failureClass == .unauthorised)
        #expect(channel.requests.count == 1)
    }

    @Test func `other schemes have no tokens to renew`() async throws {
        let connector = try FakeChannel().connector(profile: #"{"auth":{"scheme":"bearer"}}"#)
        let error = await #expect(throws: ConnectorError.self) { try await connector.refreshToken(nil, grant: Credential.main) }
        #expect(error?.code == "no_tokens")
    }
}
