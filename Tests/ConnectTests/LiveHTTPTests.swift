import AsyncHTTPClient
@testable import Connect
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Testing

/// The real transport against a server on the loopback address.
@Suite struct LiveHTTPTests {
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)

    private static func channel(allowing hosts: Set<String> = ["127.0.0.1"]) -> ChannelHTTP {
        LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: hosts), now: { Timestamp(seconds: 1) }).channel(budget: Budget(callsPerSecond: 1_000, burst: 1_000, concurrency: 8))
    }

    /// Runs a server for one test; `body` gets its address.
    private func withServer(_ addRoutes: (Router<BasicRequestContext>) -> Void, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let router = Router()
        addRoutes(router)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), onServerRunning: { channel in
            port.yield(channel.localAddress?.port ?? 0)
        }, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await number in ports { try await body("http://127.0.0.1:\(number)"); break }
            group.cancelAll()
        }
    }

    private func failure(_ request: PlatformRequest, _ http: ChannelHTTP = channel()) async -> ConnectorError? {
        do throws(ConnectorError) { _ = try await http.send(request); return nil } catch { return error }
    }

    @Test func `status, headers and body come back, whatever the status`() async throws {
        try await withServer({ router in
            router.post("echo") { request, _ in
                let body = try await request.body.collect(upTo: 1 << 20)
                return Response(status: .init(code: 418), headers: [.contentType: "text/plain", .retryAfter: "7"], body: .init(byteBuffer: body))
            }
        }) { base in
            let answer = try await Self.channel().send(PlatformRequest(.post, base + "/echo?a=1", headers: [.accept: "text/plain"], body: Array("สวัสดี".utf8)))
            #expect(answer.status == 418)
            #expect(answer.pauseSeconds == 7)
            #expect(String(decoding: answer.body, as: UTF8.self) == "สวัสดี")
        }
    }

    @Test func `a body that drips is cut off by the limit of the whole exchange`() async throws {
        try await withServer({ router in
            router.get("drip") { _, _ in
                Response(status: .ok, body: .init { writer in
                    while !Task.isCancelled {
                        try await writer.write(ByteBuffer(string: "."))
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    try await writer.finish(nil)
                })
            }
        }) { base in
            let began = ContinuousClock.now
            let error = await failure(PlatformRequest(.get, base + "/drip", timeoutSeconds: 1))
            #expect(error == .unreachable(reason: "127.0.0.1 did not answer in time"))
            #expect(ContinuousClock.now - began < .seconds(5))
        }
    }

    @Test func `an answer larger than the limit is not kept`() async throws {
        try await withServer({ router in
            router.get("flood") { _, _ in
                Response(status: .ok, body: .init { writer in
                    let piece = ByteBuffer(repeating: 0x78, count: 1 << 20)
                    for _ in 0...(LiveHTTP.maximumAnswerBytes >> 20) { try await writer.write(piece) }
                    try await writer.finish(nil)
                })
            }
        }) { base in
            #expect(await failure(PlatformRequest(.get, base + "/flood")) == .unreachable(reason: "127.0.0.1 answered with more than 32 MB"))
        }
    }

    @Test func `a redirect is an answer, not an instruction`() async throws {
        let visits = Visits()
        try await withServer({ router in
            router.get("from") { _, _ in Response(status: .found, headers: [.location: "/to"]) }
            router.get("to") { _, _ in visits.add(); return Response(status: .ok) }
        }) { base in
            let answer = try await Self.channel().send(PlatformRequest(.get, base + "/from"))
            #expect(answer.status == 302)
            #expect(visits.count == 0)
        }
    }

    @Test func `nobody listening is unreachable, in words without the path`() async throws {
        let error = await failure(PlatformRequest(.get, "http://127.0.0.1:1/secret?token=abc"))
        #expect(error?.failureClass == .transient)
        #expect(error?.sentence.contains("secret") == false)
        #expect(error?.sentence.contains("abc") == false)
    }

    @Test(arguments: ["ftp://127.0.0.1/", "127.0.0.1", "", "http://", "https:///path", "javascript:alert(1)", "http://127.0.0.1:99999/", "http://127.0.0.1:0/"])
    func `what is no address to call is refused`(url: String) async {
        let error = await failure(PlatformRequest(.get, url, timeoutSeconds: 5))
        #expect(["misconfigured", "unreachable"].contains(error?.code))
    }

    @Test func `an inside address that nobody allowed is never called`() async throws {
        let visits = Visits()
        try await withServer({ router in router.get("in") { _, _ in visits.add(); return Response(status: .ok) } }) { base in
            for url in [base + "/in", base.replacing("127.0.0.1", with: "localhost") + "/in"] {
                #expect(await failure(PlatformRequest(.get, url), Self.channel(allowing: []))?.code == "misconfigured")
            }
            #expect(visits.count == 0)
        }
    }
}

/// Counts calls that a handler got.
final class Visits: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
}
