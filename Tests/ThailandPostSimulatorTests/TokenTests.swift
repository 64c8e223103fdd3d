import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §2.1.
@Suite(.timeLimit(.minutes(1))) struct TokenTests {
    @Test(arguments: ["Token", "Bearer"])
    func `the static token is exchanged under either scheme`(scheme: String) async throws {
        try await withPost { bench async throws in
            let answer = try await bench.token(scheme: scheme)
            #expect(answer.status == 200)
            #expect(answer.post["expire"]?.text == "2024-07-03 09:15:20+07:00")
            let token = try #require(answer.post["token"]?.text)
            #expect(token.hasPrefix("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9."))
            #expect(try await bench.track(PostBench.question("barcode", [Numbers.ems]), token: token, scheme: scheme).status == 200)
        }
    }

    @Test(arguments: [true, false])
    func `a wrong static token is 401 and a page, or JSON where that is asked for`(isHTML: Bool) async throws {
        try await withPost({ $0.unauthorisedIsHTML = isHTML }) { bench async throws in
            let answer = try await bench.token(of: "guess")
            #expect(answer.status == 401)
            #expect((answer.headers["content-type"]?.hasPrefix("text/html") == true) == isHTML)
            #expect((answer.post == .null) == isHTML)
        }
    }

    @Test func `a token of one host is nothing at the other`() async throws {
        try await withPost { bench async throws in
            let token = try await bench.temporaryToken(at: bench.simulator.webhookURL)
            #expect(try await bench.track(PostBench.question("barcode", [Numbers.ems]), token: token).status == 401)
            #expect(try await bench.hook(PostBench.question("barcode", [Numbers.ems])).status == 200)
        }
    }

    @Test func `a temporary token ends when it said it would, and a new one is good`() async throws {
        try await withPost({ $0.tokenLifetimeSeconds = 600 }) { bench async throws in
            let body = PostBench.question("barcode", [Numbers.ems]), token = try await bench.temporaryToken()
            bench.clock.advance(by: 599)
            #expect(try await bench.track(body, token: token).status == 200)
            bench.clock.advance(by: 1)
            #expect(try await bench.track(body, token: token).status == 401)
            #expect(try await bench.track(body).status == 200)
        }
    }

    @Test func `all tokens can be ended at once, and the static one is no temporary one`() async throws {
        try await withPost { bench async throws in
            let body = PostBench.question("barcode", [Numbers.ems]), token = try await bench.temporaryToken()
            bench.simulator.expireTokens()
            #expect(try await bench.track(body, token: token).status == 401)
            #expect(try await bench.track(body, token: ThailandPostConfiguration().staticToken).status == 401)
        }
    }

    @Test func `what is not permitted is 403`() async throws {
        try await withPost({ $0.forbidsCalls = true }) { bench async throws in
            #expect(try await bench.track(PostBench.question("barcode", [Numbers.ems])).status == 403)
        }
    }
}
