import Connect
import Domain
import Foundation
import HTTPTypes
import Testing
@testable import Shopat24Connector

/// The schemes of shopat24.md §2.2 on the wire, and the vectors of `hmac`.
@Suite struct ConnectorSigningTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var method: String, path: String, query: [(name: String, value: String)], body: String, bodyHash: String, signature: String
        var testDescription: String { "\(method) \(path)" }
    }
    static let vectors = [
        Vector(method: "POST", path: "/vendor/v1/shipments", query: [], body: #"{"orderNo":"250000000123","trackingNo":"EX000000001TH","carrier":"THP"}"#,
               bodyHash: "e4b5c280815d1cee28ce7f180372223df70f99ecc8f274cdee7c01ea1f3e8a67", signature: "6eabc9e4b09978b6689ca7ebe754a778795f33aa194de6c80d5732b0eb219732"),
        Vector(method: "GET", path: "/vendor/v1/orders", query: [("updatedFrom", "2025-10-21T00:00:00+07:00"), ("size", "100"), ("page", "1")], body: "",
               bodyHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", signature: "1bdb8919eee8d4f6b9a9ecd679d73d2eb46e49084c2c4c3f0892c8be91fe9a61"),
    ]

    @Test(arguments: vectors)
    func `a request is signed as the vector says`(vector: Vector) {
        let signature = RequestSignature(keyID: "vendor-7", secret: Sample.secret), body = Array(vector.body.utf8)
        #expect(RequestSignature.bodyHash(body) == vector.bodyHash)
        #expect(signature.sign(method: vector.method, path: vector.path, query: QueryText.canonical(vector.query), seconds: Sample.seconds, body: body) == vector.signature)
    }

    @Test(arguments: vectors)
    func `any other secret, method, path, query, moment or body makes another signature`(vector: Vector) {
        let signature = RequestSignature(keyID: "k", secret: Sample.secret), body = Array(vector.body.utf8), query = QueryText.canonical(vector.query)
        let others = [
            RequestSignature(keyID: "k", secret: Sample.secret + " ").sign(method: vector.method, path: vector.path, query: query, seconds: Sample.seconds, body: body),
            signature.sign(method: "PUT", path: vector.path, query: query, seconds: Sample.seconds, body: body),
            signature.sign(method: vector.method, path: vector.path + "/", query: query, seconds: Sample.seconds, body: body),
            signature.sign(method: vector.method, path: vector.path, query: query + "&a=1", seconds: Sample.seconds, body: body),
            signature.sign(method: vector.method, path: vector.path, query: query, seconds: Sample.seconds + 1, body: body),
            signature.sign(method: vector.method, path: vector.path, query: query, seconds: Sample.seconds, body: body + [32]),
        ]
        #expect(!others.contains(vector.signature))
        #expect(Set(others).count == others.count)
    }

    @Test(arguments: [
        ([("b", "2"), ("a", "1")], "a=1&b=2"), ([("a", "2"), ("a", "10")], "a=10&a=2"), ([("a", "x y+z/ä~-._")], "a=x%20y%2Bz%2F%C3%A4~-._"), ([("ก", "=&")], "%E0%B8%81=%3D%26"), ([], ""), ([("a", "")], "a="),
    ] as [([(String, String)], String)])
    func `a query is encoded and sorted before it is signed, and sent like that`(items: [(String, String)], canonical: String) {
        #expect(QueryText.canonical(items.map { (name: $0.0, value: $0.1) }) == canonical)
    }

    @Test func `a signed call carries key, moment and signature of what is sent`() async throws {
        let channel = FakeChannel(200, Sample.page([]))
        let connector = try channel.connector(["baseURL": "https://vendor.example/gate/"], profile: #"{"auth":{"scheme":"hmac","keyId":"vendor-7"}}"#)
        _ = try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: Sample.now, cursor: nil, limit: 100)
        let request = try #require(channel.requests.first)
        #expect(request.header("X-Key-Id") == "vendor-7")
        #expect(request.header("X-Timestamp") == "\(Sample.seconds)")
        let query = try #require(request.url.split(separator: "?").last.map(String.init))
        #expect(query == "page=1&size=100&updatedFrom=2025-10-21T11%3A39%3A00%2B07%3A00&updatedTo=2025-10-21T11%3A40%3A00%2B07%3A00")
        let expected = RequestSignature(keyID: "", secret: Sample.secret).sign(method: "GET", path: "/gate/vendor/v1/orders", query: query, seconds: Sample.seconds, body: [])
        #expect(request.header("X-Signature") == expected)
    }

    @Test(arguments: [
        (#"{"scheme":"none"}"#, nil, nil), (#"{"scheme":"header","name":"X-Api-Key"}"#, "X-Api-Key", Sample.secret), (#"{"scheme":"bearer"}"#, "Authorization", "Bearer " + Sample.secret),
        (#"{"scheme":"basic","user":"vendor"}"#, "Authorization", "Basic dmVuZG9yOmNyb3NzZG9jay1zMjQta2V5LTAwMDE="),
        (#"{"scheme":"oauth2cc","tokenURL":"https://vendor.example/token","clientId":"c"}"#, "Authorization", "Bearer first-token"),
    ] as [(String, String?, String?)])
    func `each scheme puts its secret where it belongs`(auth: String, header: String?, value: String?) async throws {
        let channel = FakeChannel(200, Sample.page([]))
        _ = try await channel.connector(profile: #"{"auth":\#(auth)}"#).listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        let request = try #require(channel.requests.first)
        if let header { #expect(request.header(header) == value) } else { #expect(request.headers[.authorization] == nil) }
        #expect(!request.url.contains(Sample.secret))
    }

    @Test func `the scheme query appends its parameter`() async throws {
        let channel = FakeChannel(200, Sample.page([]))
        _ = try await channel.connector(profile: #"{"auth":{"scheme":"query","name":"apikey"}}"#).listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        #expect(channel.requests.first?.query["apikey"] == Sample.secret)
    }

    @Test(arguments: [
        (#"{"scheme":"header"}"#, "profile"), (#"{"scheme":"header","name":"no header"}"#, "profile"), (#"{"scheme":"query"}"#, "profile"), (#"{"scheme":"basic"}"#, "profile"), (#"{"scheme":"hmac"}"#, "profile"),
        (#"{"scheme":"oauth2cc","clientId":"c"}"#, "profile"), (#"{"scheme":"oauth2cc","clientId":"c","tokenURL":"ftp://x"}"#, "profile"), (#"{"scheme":"ntlm"}"#, "profile"),
        (#"{"scheme":"bearer","token":"abc"}"#, "profile"), (#"{"scheme":"hmac","keyId":"k","secret":"abc"}"#, "profile"), (#"{"scheme":"oauth2cc","clientSecret":"abc"}"#, "profile"),
    ])
    func `a scheme that is incomplete, or that shows its secret, is refused`(auth: String, setting: String) {
        let error = #expect(throws: ConnectorError.self) { try FakeChannel().connector(profile: #"{"auth":\#(auth)}"#) }
        guard case .misconfigured(let named, let problem)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(named == setting)
        #expect(!problem.contains("abc"))
    }

    @Test(arguments: ["header", "query", "bearer", "hmac", "basic"])
    func `a scheme with a secret needs the secret`(scheme: String) {
        #expect(throws: ConnectorError.misconfigured(setting: "secret", problem: "is not set")) {
            try FakeChannel().connector(["secret": ""], profile: #"{"auth":{"scheme":"\#(scheme)","name":"X-Key","keyId":"k","user":"u"}}"#)
        }
    }
}
