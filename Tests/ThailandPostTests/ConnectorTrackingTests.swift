import Connect
import Domain
import Foundation
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// Asking where parcels are, tokens, quotas, and ordering pushes (platforms/thailandpost.md §2.1, §3, §4.1).
@Suite(.timeLimit(.minutes(1))) struct ConnectorTrackingTests {
    private static let number = PostBench.numbers[0]
    private struct Asked: Decodable { var status: String, language: String, barcode: [String], req_previous_status: Bool? }
    private static func asked(_ request: PlatformRequest) throws -> Asked { try JSONDecoder().decode(Asked.self, from: Data(request.body)) }

    @Test func `parcels are asked for in Thai with the temporary token, and come back one body each`() async throws {
        let post = FakePost { _ in
            .json(##"{"response":{"items":{"EF123456785TH":[\##(PostBench.event("103"))],"RR473124829TH":[\##(PostBench.event("201", barcode: "RR473124829TH"))],"EB000000014TH":[],"EA000000005TH":null}},"status":true}"##)
        }
        let connector = try post.connector()
        let bodies = try await connector.track([Self.number, "RR473124829TH", "EB000000014TH", "EA000000005TH", "EE999999995TH"])
        let request = try #require(post.requests.first), asked = try Self.asked(request)
        #expect(request.url == "https://trackapi.thailandpost.co.th/post/api/v1/track" && request.headers[.authorization] == "Token temporary-tracking")
        #expect(asked.status == "all" && asked.language == "TH" && asked.barcode.count == 5)
        #expect(bodies.count == 2 && bodies.allSatisfy { $0.topic == "tracking" && $0.receiptKey?.hasPrefix("tracking:") == true })
        let updates = try bodies.flatMap { try connector.interpret(PostBench.delivery($0.body)) }
        #expect(updates.count == 2)
        #expect(post.lendings == ["tracking:-"])
    }

    @Test func `an answer that says nothing new has the key of the last one, whatever the counters say`() async throws {
        let used = Shared(10)
        let post = FakePost { _ in .json(PostBench.history(PostBench.event("103"), used: used.change { $0 += 1; return $0 })) }
        let connector = try post.connector()
        let first = try await connector.track([Self.number]), second = try await connector.track([Self.number])
        #expect(first == second && first.count == 1)
        let more = FakePost { _ in .json(PostBench.history(PostBench.event("103"), PostBench.event("201"))) }
        #expect(try await more.connector().track([Self.number])[0].receiptKey != first[0].receiptKey)
    }

    @Test func `more than a hundred go in several calls`() async throws {
        let post = FakePost { _ in .json(#"{"response":{"items":{}},"status":true}"#) }
        let numbers = (0..<250).compactMap { S10Number(service: "EF", serial: $0)?.description }, connector = try post.connector()
        #expect(connector.trackingBatch == 100)
        #expect(try await connector.track(numbers).isEmpty)
        #expect(try post.requests.map { try Self.asked($0).barcode.count } == [100, 100, 50])
    }

    @Test func `a refused token is replaced once, a second refusal needs an operator`() async throws {
        let mended = FakePost { request in request.headers[.authorization] == "Token next-tracking" ? .json(PostBench.history(PostBench.event("103"))) : .html(401) }
        #expect(try await mended.connector().track([Self.number]).count == 1)
        #expect(mended.lendings == ["tracking:-", "tracking:temporary-tracking"])

        let lost = FakePost { _ in .html(401) }
        let error = await connectorError { () async throws(ConnectorError) in try await lost.connector().track([Self.number]) }
        #expect(error?.failureClass == .unauthorised && lost.requests.count == 2)

        let forbidden = FakePost { _ in .html(403) }
        #expect(await connectorError { () async throws(ConnectorError) in try await forbidden.connector().track([Self.number]) }?.failureClass == .unauthorised)
        #expect(forbidden.requests.count == 1, "a token that is not refused was replaced")
    }

    @Test func `an unreadable event gives its body the bytes for a key, and is raised later`() async throws {
        let post = FakePost { _ in .json(#"{"response":{"items":{"EF123456785TH":[{"status":null}]}},"status":true}"#) }
        let connector = try post.connector(), body = try #require(try await connector.track([Self.number]).first)
        #expect(body.receiptKey == nil)
        #expect(await connectorError { () async throws(ConnectorError) in try connector.interpret(PostBench.delivery(body.body)) }?.code == "not_understood")
    }

    // MARK: quota

    @Test(arguments: [(1424, 1500, true), (1425, 1500, false), (1500, 1500, false), (949, 1000, true), (950, 1000, false), (2000, 1000, false)])
    func `at 95 percent of the day's numbers it stops until midnight in Bangkok`(used: Int, limit: Int, goesOn: Bool) async throws {
        let post = FakePost { _ in .json(PostBench.history(PostBench.event("103"), used: used, limit: limit)) }
        let connector = try post.connector()
        _ = try await connector.track([Self.number])
        let error = await connectorError { () async throws(ConnectorError) in try await connector.track([Self.number]) }
        let midnight = try #require(Timestamp(rfc3339: "2024-06-05T00:00:00+07:00"))
        #expect(error == (goesOn ? nil : .throttled(until: midnight)))
        #expect(post.requests.count == (goesOn ? 2 : 1))
    }

    @Test func `the next day begins anew`() async throws {
        let post = FakePost { _ in .json(PostBench.history(PostBench.event("103"), used: 1500)) }
        let connector = try post.connector()
        _ = try await connector.track([Self.number])
        post.clock(to: try #require(Timestamp(rfc3339: "2024-06-05T00:00:00+07:00")))
        #expect(try await connector.track([Self.number]).count == 1)
    }

    @Test(arguments: ["null", "{}", "7", #"{"count_number":"x","track_count_limit":1000}"#, #"{"count_number":-1,"track_count_limit":1000}"#, #"{"count_number":5,"track_count_limit":0}"#, #"{"count_number":9223372036854775807,"track_count_limit":9223372036854775807}"#])
    func `a count that cannot be stops nothing`(count: String) async throws {
        let post = FakePost { _ in .json(##"{"response":{"items":{},"track_count":\##(count)},"status":true}"##) }
        let connector = try post.connector()
        for _ in 0..<2 { #expect(try await connector.track([Self.number]).isEmpty) }
    }

    // MARK: tokens

    @Test(arguments: [("tracking", "https://trackapi.thailandpost.co.th/post/api/v1/authenticate/token"), ("webhook", "https://trackwebhook.thailandpost.co.th/post/api/v1/authenticate/token")])
    func `each host gives a token of its own for the one static token`(grant: String, url: String) async throws {
        let post = FakePost { _ in .json(#"{"expire":"2024-07-03 09:15:20+07:00","token":"eyJ0eXAi.a.b"}"#) }
        let credential = try await post.connector().refreshToken(nil, grant: grant)
        #expect(credential.grant == grant && credential.accessToken == "eyJ0eXAi.a.b" && credential.accessExpiresAt == Timestamp(rfc3339: "2024-07-03T02:15:20Z") && credential.refreshToken == nil)
        let request = try #require(post.requests.first)
        #expect(request.method == .post && request.url == url && request.headers[.authorization] == "Token T!k$n&;+=:/#^%")
        #expect(request.headers[.contentType] == "application/json" && String(decoding: request.body, as: UTF8.self) == "{}")
        #expect(post.lendings.isEmpty)
    }

    @Test func `the policy starts from settings, a day ahead`() {
        #expect(ThailandPostConnector.refreshPolicy == RefreshPolicy(grants: ["tracking", "webhook"], ahead: .seconds(86_400), isSingleUse: false, startsFromSettings: true))
    }

    @Test(arguments: [
        (PlatformAnswer.html(401), "unauthorised"), (.html(403), "unauthorised"), (.html(500), "unreachable"), (.html(200), "unreachable"), (.json("{}"), "unreachable"), (.json(#"{"token":null}"#), "unreachable"),
        (.json(#"{"token":"a b"}"#), "unreachable"), (.json(#"{"token":["a"]}"#), "unreachable"), (.html(429), "throttled"), (.html(400), "http_400"),
    ]) func `a static token that is not exchanged says why`(answer: PlatformAnswer, code: String) async throws {
        let post = FakePost { _ in answer }
        let error = await connectorError { () async throws(ConnectorError) in try await post.connector().refreshToken(nil, grant: "tracking") }
        #expect(error?.code == code)
        #expect(error?.sentence.contains("T!k$n") == false)
        #expect(post.requests.count == 1)
    }

    @Test func `a token without a readable end is used until it is refused, and an unknown grant is nobody's`() async throws {
        let post = FakePost { _ in .json(#"{"expire":"soon","token":"t"}"#) }
        #expect(try await post.connector().refreshToken(nil, grant: "webhook").accessExpiresAt == nil)
        #expect(await connectorError { () async throws(ConnectorError) in try await post.connector().refreshToken(nil, grant: "main") }?.code == "not_understood")
    }

    // MARK: pushes

    private static func booking(_ post: FakePost) async throws(ConnectorError) -> ThailandPostConnector {
        let connector = try post.connector()
        _ = try await connector.book(PostBench.request(), idempotencyKey: "k")
        return connector
    }

    @Test func `a booked parcel's pushes are ordered with what already happened`() async throws {
        let post = FakePost { request in request.url.hasSuffix("hook") ? .json(#"{"response":{"items":[{"barcode":"EF123456785TH","status":true}]},"status":true}"#) : .done }
        let connector = try await Self.booking(post)
        let request = try #require(post.requests(to: "hook").first), asked = try Self.asked(request)
        #expect(request.url == "https://trackwebhook.thailandpost.co.th/post/api/v1/hook" && request.headers[.authorization] == "Token temporary-webhook")
        #expect(asked.status == "all" && asked.language == "TH" && asked.barcode == [Self.number] && asked.req_previous_status == true)
        #expect(connector.subscriptions.pendingCount == 0)
    }

    @Test(arguments: [PlatformAnswer.html(500), .html(401), .html(429), .html(200), .json(#"{"status":false}"#)]) func `a booking stands whatever the webhook service says, and it is not asked again at once`(answer: PlatformAnswer) async throws {
        let healthy = Shared(false)
        let post = FakePost { request in request.url.hasSuffix("hook") && !healthy.change({ $0 }) ? answer : request.url.hasSuffix("/track") ? .json(PostBench.history(PostBench.event("103"))) : .done }
        let connector = try await Self.booking(post), tries = post.requests(to: "/hook").count
        #expect(connector.subscriptions.pendingCount == 1)
        _ = try await connector.book(PostBench.request("CD-2", numbers: [PostBench.numbers[1]]), idempotencyKey: "k2")
        #expect(post.requests(to: "/hook").count == tries && connector.subscriptions.pendingCount == 2)
        healthy.change { $0 = true }
        post.clock(to: PostBench.now + .seconds(61))
        _ = try await connector.track([Self.number])
        #expect(try post.requests(to: "/hook").last.map { try Self.asked($0).barcode } == [PostBench.numbers[0], PostBench.numbers[1]])
    }

    @Test func `without a bearer nothing is subscribed`() async throws {
        let post = FakePost { _ in .done }
        _ = try await post.connector(["webhookBearer": ""]).book(PostBench.request(), idempotencyKey: "k")
        #expect(post.requests(to: "/hook").isEmpty)
    }

    @Test func `what waits is bounded and taken once`() {
        let waiting = Subscriptions()
        waiting.add((0..<12_000).map(String.init))
        #expect(waiting.pendingCount == 10_000)
        let first = waiting.take(now: PostBench.now)
        #expect(first == (0..<100).map(String.init) && waiting.pendingCount == 9_900)
        waiting.putBack(first, until: PostBench.now + .seconds(5), because: .unreachable(reason: "r"))
        #expect(waiting.take(now: PostBench.now).isEmpty)
        #expect(waiting.take(now: PostBench.now + .seconds(5)) == first)
    }

    @Test func `a remembered booking is forgotten only behind thousands of others`() {
        let announced = AnnouncedConsignments()
        for index in 0...AnnouncedConsignments.maximumEntries { announced.note([], isCOD: false, under: "CD-\(index)") }
        #expect(announced["CD-0"] == nil && announced["CD-1"] != nil && announced["CD-\(AnnouncedConsignments.maximumEntries)"] != nil)
    }
}
