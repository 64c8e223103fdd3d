import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct DoorTests {
    struct Scheme: Sendable, CustomTestStringConvertible {
        var auth: Shopat24Auth
        var good: [[String]] = []
        var bad: [[String]] = []
        var goodQuery = ""
        var badQuery = ""
        var testDescription: String { "\(auth)".prefix { $0 != "(" }.description }
    }

    @Test(arguments: [
        Scheme(auth: .header(name: "X-Api-Key", value: "k1"), good: [["x-api-key", "k1"]], bad: [["X-Api-Key", "k2"]]),
        Scheme(auth: .query(name: "token", value: "t+1"), goodQuery: "?token=t%2B1", badQuery: "?token=t"),
        Scheme(auth: .basic(user: "u", password: "p:1"), good: [["Authorization", "Basic dTpwOjE="]], bad: [["Authorization", "Basic dTpwOjI="]]),
        Scheme(auth: .bearer(token: "b1"), good: [["Authorization", "Bearer b1"]], bad: [["Authorization", "bearer b1"]]),
    ])
    func `each fixed scheme lets in who knows it and nobody else`(scheme: Scheme) async throws {
        try await withChannel({ $0.auth = scheme.auth }) { bench in
            func call(_ query: String, _ headers: [[String]]) async throws -> PlainAnswer {
                try await bench.call("GET", "/vendor/v1/orders" + query, headers: headers.map { ($0[0], $0[1]) })
            }
            #expect(try await call(scheme.goodQuery, scheme.good).status == 200)
            let refused = [try await call(scheme.badQuery, scheme.bad), try await call("", [])]
            #expect(refused.map(\.status) == [401, 401])
            #expect(refused.map(\.code) == ["4010", "4010"])
        }
    }

    @Test func `without a scheme everybody is let in`() async throws {
        try await withChannel { bench async throws in #expect(try await bench.call("GET", "/vendor/v1/orders").status == 200) }
    }

    private static let form = "grant_type=client_credentials&client_id=c1&client_secret=s%2B1&scope=orders"

    @Test(arguments: Shopat24Auth.ClientStyle.allCases)
    func `a client gets a token and is let in with it until it expires or is revoked`(style: Shopat24Auth.ClientStyle) async throws {
        let auth = Shopat24Auth.clientCredentials(clientID: "c1", clientSecret: "s+1", scope: "orders", style: style, expiresInSeconds: 600)
        try await withChannel({ $0.auth = auth }) { bench in
            let basic: [(name: String, value: String)] = style == .basic ? [("Authorization", "Basic " + Data("c1:s+1".utf8).base64EncodedString())] : []
            let form = style == .basic ? "grant_type=client_credentials" : Self.form
            func token() async throws -> String {
                let answer = try await bench.call("POST", "/oauth/token", body: form, headers: basic)
                #expect(answer.status == 200 && answer.json["expires_in"] as? Int == 600 && answer.json["token_type"] as? String == "Bearer")
                return answer.json["access_token"] as? String ?? ""
            }
            func status(_ token: String) async throws -> Int {
                try await bench.call("GET", "/vendor/v1/orders", headers: [("Authorization", "Bearer " + token)]).status
            }
            let first = try await token()
            #expect(try await status(first) == 200)
            #expect(try await status("guess") == 401)
            bench.channel.expireTokens()
            #expect(try await status(first) == 401)
            let second = try await token()
            #expect(try await status(second) == 200)
            bench.clock.advance(seconds: 600)
            #expect(try await status(second) == 401)
            #expect(bench.channel.tokensIssued == 2)
        }
    }

    @Test func `an ended account lets nobody in, with a token or for one`() async throws {
        let auth = Shopat24Auth.clientCredentials(clientID: "c1", clientSecret: "s+1", scope: "", style: .body, expiresInSeconds: 600)
        try await withChannel({ $0.auth = auth }) { bench async throws in
            let token = try await bench.call("POST", "/oauth/token", body: Self.form).json["access_token"] as? String ?? ""
            bench.channel.endAccount()
            #expect(try await bench.call("GET", "/vendor/v1/orders", headers: [("Authorization", "Bearer " + token)]).status == 401)
            #expect(try await bench.call("POST", "/oauth/token", body: Self.form).status == 401)
        }
    }

    @Test func `a fault takes the token once, and never the one that was just handed out`() async throws {
        let auth = Shopat24Auth.clientCredentials(clientID: "c1", clientSecret: "s+1", scope: "", style: .body, expiresInSeconds: 600)
        try await withChannel({ $0.auth = auth }) { bench async throws in
            func calls(_ count: Int) async throws -> [Int] {
                let token = try await bench.call("POST", "/oauth/token", body: Self.form).json["access_token"] as? String ?? ""
                var statuses: [Int] = []
                for _ in 0..<count { statuses.append(try await bench.call("GET", "/vendor/v1/orders", headers: [("Authorization", "Bearer " + token)]).status) }
                return statuses
            }
            bench.channel.faults.force(Array(repeating: .expireToken, count: 4), at: .request)
            #expect(try await calls(3) == [200, 401, 401])
            #expect(try await calls(3) == [200, 200, 200])
        }
    }

    @Test(arguments: [
        ("grant_type=client_credentials&client_id=c1&client_secret=wrong", 401, "invalid_client"), ("grant_type=client_credentials", 401, "invalid_client"),
        ("grant_type=password&client_id=c1&client_secret=s%2B1", 400, "unsupported_grant_type"), ("", 400, "unsupported_grant_type"),
    ])
    func `a wrong wish for a token is refused in the words of the standard`(form: String, status: Int, error: String) async throws {
        let auth = Shopat24Auth.clientCredentials(clientID: "c1", clientSecret: "s+1", scope: "", style: .body, expiresInSeconds: 600)
        try await withChannel({ $0.auth = auth }) { bench in
            let answer = try await bench.call("POST", "/oauth/token", body: form)
            #expect(answer.status == status && answer.json["error"] as? String == error)
        }
    }

    private static func signed(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], body: String = "", at date: Date, keyID: String = "key-1",
        secret: String = "crossdock-s24-key-0001"
    ) -> [(name: String, value: String)] {
        let timestamp = Int(date.timeIntervalSince1970)
        let signature = Shopat24Signing.signature(method: method, path: path, query: query, timestamp: timestamp, body: Data(body.utf8), secret: secret)
        return [("X-Key-Id", keyID), ("X-Timestamp", "\(timestamp)"), ("X-Signature", signature)]
    }

    @Test func `hmac takes what is rightly signed and tells why it refuses the rest`() async throws {
        try await withChannel({ $0.auth = .hmac(keyID: "key-1", secret: "crossdock-s24-key-0001", skewSeconds: 300) }) { bench async throws in
            let (path, now) = ("/vendor/v1/orders", bench.clock.now)
            let query = [(name: "updatedFrom", value: "2025-10-21T00:00:00+07:00"), (name: "page", value: "1"), (name: "size", value: "100")]
            let target = path + "?updatedFrom=2025-10-21T00:00:00%2B07:00&page=1&size=100"
            func answer(_ headers: [(name: String, value: String)], _ target: String) async throws -> String {
                let answer = try await bench.call("GET", target, headers: headers)
                return "\(answer.status) \(answer.code ?? "")"
            }
            #expect(try await answer(Self.signed("GET", path, query: query, at: now), target) == "200 0000")
            #expect(try await answer(Self.signed("GET", path, query: query, at: now), target + "0") == "401 4011")
            #expect(try await answer(Self.signed("GET", path, query: query, at: now, secret: "other"), target) == "401 4011")
            #expect(try await answer(Self.signed("GET", path, query: query, at: now, keyID: "key-2"), target) == "401 4010")
            #expect(try await answer([], target) == "401 4010")
            for (skew, expected) in [(-301.0, "401 4012"), (-300, "200 0000"), (300, "200 0000"), (301, "401 4012")] {
                #expect(try await answer(Self.signed("GET", path, query: query, at: now + skew), target) == expected)
            }
        }
    }

    @Test func `hmac covers the body of a write`() async throws {
        try await withChannel({ $0.auth = .hmac(keyID: "key-1", secret: "crossdock-s24-key-0001", skewSeconds: 300) }) { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let body = #"{"orderNo":"\#(orderNo)","trackingNo":"EX000000001TH","carrier":"THP"}"#
            let headers = Self.signed("POST", "/vendor/v1/shipments", body: body, at: bench.clock.now)
            let forged = try await bench.call("POST", "/vendor/v1/shipments", body: body.replacing("001TH", with: "002TH"), key: "e1", headers: headers)
            #expect(forged.status == 401 && forged.code == "4011")
            #expect(try await bench.call("POST", "/vendor/v1/shipments", body: body, key: "e1", headers: headers).status == 200)
        }
    }
}
