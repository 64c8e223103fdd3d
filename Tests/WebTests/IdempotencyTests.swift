import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct IdempotencyTests {
    private static let replayed = HTTPField.Name("Idempotent-Replayed")
    private static func isReplay(_ answer: WebBench.Answer) -> Bool { replayed.flatMap { answer.fields[$0] } == "true" }
    private static let token = #"{"name":"reader","scopes":["orders:read"]}"#

    @Test(arguments: WebBench.engines)
    func `the same request under the same key is answered as before and has one effect`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let first = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")
                let second = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")
                #expect(first.status == 201 && !Self.isReplay(first))
                #expect(second.status == 201 && Self.isReplay(second))
                #expect(first.text == second.text)
                #expect(second.fields[.contentType] == first.fields[.contentType])
                #expect(try await bench.hub.tokens.all().filter { $0.name == "reader" }.count == 1)
                // Without a key it is a new request.
                #expect(try await call(.post, "/api/v1/tokens", Self.token).text != first.text)
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a key that comes with another body, address or method is refused`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                #expect(try await call(.post, "/api/v1/tokens", Self.token, key: "k-1").status == 201)
                for answer in [
                    try await call(.post, "/api/v1/tokens", #"{"name":"writer","scopes":["orders:read"]}"#, key: "k-1"),
                    try await call(.post, "/api/v1/routes", Self.token, key: "k-1"),
                    try await call(.put, "/api/v1/routes/1", Self.token, key: "k-1"),
                ] { #expect(answer.status == 422 && answer.code == "idempotency_key_reused") }
                #expect(try await bench.hub.tokens.all().filter { $0.name == "writer" }.isEmpty)
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a key is its token's own, and is free again after a day`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let other = try await bench.hub.tokens.create(name: "other", scopes: ["admin"]).text
                let mine = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")
                let theirs = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1", token: other)
                #expect(!Self.isReplay(theirs) && theirs.text != mine.text)
                bench.clock.advance(seconds: IdempotencyStore.keptSeconds - 60)
                #expect(Self.isReplay(try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")))
                bench.clock.advance(seconds: 120)
                let late = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")
                #expect(late.status == 201 && !Self.isReplay(late) && late.text != mine.text)
                // The sweep takes the other one's with it.
                bench.clock.advance(seconds: 700)
                #expect(try await call(.post, "/api/v1/tokens", Self.token, key: "k-2").status == 201)
                let kept = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT idempotency_key FROM idempotency_answers ORDER BY idempotency_key") { try $0.text(0) } }
                #expect(kept == ["k-1", "k-2"])
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a refusal is kept like any answer, one about the caller or the moment is not`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let bad = try await call(.post, "/api/v1/tokens", #"{"name":"","scopes":["orders:read"]}"#, key: "bad")
                let again = try await call(.post, "/api/v1/tokens", #"{"name":"","scopes":["orders:read"]}"#, key: "bad")
                #expect(bad.status == 422 && again.status == 422 && Self.isReplay(again) && again.text == bad.text)
                #expect(again.fields[.contentType] == "application/problem+json")
                let reader = try await bench.hub.tokens.create(name: "r", scopes: ["orders:read"]).text
                for _ in 0..<2 {
                    let refused = try await call(.post, "/api/v1/tokens", Self.token, key: "later", token: reader)
                    #expect(refused.status == 403 && !Self.isReplay(refused))
                }
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `while the first request runs its twin is told to wait, and an end without answer is not repeated`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let store = bench.hub.idempotency, claim = IdempotencyStore.Claim(token: 1, key: "k")
            #expect(try await store.begin(claim, digest: 7) == .begin)
            #expect(try await store.begin(claim, digest: 7) == .running)
            #expect(try await store.begin(claim, digest: 8) == .otherRequest)
            try await store.release(claim)
            #expect(try await store.begin(claim, digest: 8) == .begin)
            try await store.finish(claim, .init(status: 200, contentType: "application/json", body: Array("{}".utf8)))
            #expect(try await store.begin(claim, digest: 8) == .replay(.init(status: 200, contentType: "application/json", body: Array("{}".utf8))))
            // A claim that a dead process left.
            let at = bench.clock.now.milliseconds
            try await bench.hub.ledgerDatabase.write { tx in
                try tx.run("INSERT INTO idempotency_answers (token_id, idempotency_key, request_digest, status, body, created_at) VALUES (1, 'left', 7, 0, '', \(at))")
            }
            #expect(try await store.begin(.init(token: 1, key: "left"), digest: 7) == .outcomeUnknown)
        }
    }

    @Test func `twenty calls at once under one key make one thing`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<20 { group.addTask { try await call(.post, "/api/v1/tokens", Self.token, key: "race").status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.contains(201) && statuses.allSatisfy { $0 == 201 || $0 == 409 })
                #expect(try await bench.hub.tokens.all().filter { $0.name == "reader" }.count == 1)
            }
        }
    }

    @Test func `a stored answer tells nobody a token's text`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await call(.post, "/api/v1/tokens", Self.token, key: "k-1")
                let bodies = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT body FROM idempotency_answers") { try $0.text(0) } }
                #expect(bodies.count == 1)
                #expect(bodies.allSatisfy { text in !text.contains("cdt_") && !(Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) } ?? "").contains("cdt_") })
            }
        }
    }

    @Test(arguments: ["", "ключ", "a b", String(repeating: "k", count: 256)])
    func `a key that is no plain word is refused`(key: String) async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let answer = try await call(.post, "/api/v1/tokens", Self.token, key: key)
                #expect(answer.status == 400 && answer.code == "invalid_idempotency_key")
            }
        }
    }
}
