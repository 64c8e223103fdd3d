import Connect
import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Synchronization
import Testing
import Web

/// A destination that is called over HTTP, with a secret.
struct TalkingPost: ReceivesEvents, ChecksItself {
    static let descriptor = PlatformDescriptor(platform: "talking", title: "Talking post", kind: .destination, settings: [
        SettingField("url", "Address", isRequired: true), SettingField("secret", "Secret", isSecret: true, isRequired: true),
    ])
    let context: ChannelContext, url: String, secret: String
    init(_ context: ChannelContext) throws(ConnectorError) {
        self.context = context
        url = try context.settings.required("url")
        secret = try context.settings.required("secret")
        guard url.hasPrefix("https://") else { throw .misconfigured(setting: "url", problem: "must begin with https://") }
    }
    func send(_ event: OutgoingEvent) async throws(ConnectorError) {
        let answer = try await context.http.send(PlatformRequest(.post, "\(url)/orders?token=\(secret)", body: Array(#"{"secret":"\#(secret)","order":"#.utf8) + event.orderJSON + [UInt8(ascii: "}")]))
        if answer.status >= 500 { throw .unreachable(reason: "it answered \(answer.status)") }
        if answer.status >= 400 { throw .refused(platformCode: "bad_postcode", platformMessage: "the postcode is wrong") }
    }
    func check() async -> [CheckRow] {
        do {
            let answer = try await context.http.send(PlatformRequest(.get, "\(url)/me?token=\(secret)"))
            return [CheckRow("credentials", isGood: answer.status == 200, found: "HTTP \(answer.status)", remedy: answer.status == 200 ? nil : "Copy the secret again.")]
        } catch { return [CheckRow("credentials", isGood: false, found: error.sentence, remedy: "Try again.")] }
    }
}

/// The other side of `TalkingPost`.
final class TalkingSide: Sendable {
    private let status = Mutex(200)
    let calls = Mutex<[PlatformRequest]>([])
    func answer(_ code: Int) { status.withLock { $0 = code } }
    var http: ChannelHTTP {
        ChannelHTTP { request throws(ConnectorError) in
            self.calls.withLock { $0.append(request) }
            let isKnown = request.url.contains("right-secret")
            return PlatformAnswer(status: isKnown ? self.status.withLock { $0 } : 401, body: Array(#"{"error":{"code":"bad_postcode","message":"the postcode is wrong","near":"1 Rama IV Road"}}"#.utf8))
        }
    }
}

@Suite struct FlowTests {
    private struct Page<T: Decodable>: Decodable { var data: [T], nextCursor: String? }
    private struct Attempt: Decodable { var id: String, order: String, outcome: String, code: String?, isKept: Bool }
    private struct Exchange: Decodable { var method: String, url: String, status: Int?, request: String?, answer: String? }
    private struct Whole: Decodable { var attempt: Attempt, exchanges: [Exchange] }
    private struct Job: Decodable { var id: String, state: String }

    private static let secret = "right-secret-0123456789"

    private func connect(_ call: WebBench.Caller) async throws {
        let made = try await call(.post, "/api/v1/channels", ##"{"platform":"talking","name":"Talker","settings":{"url":"https://post.example","secret":"\##(Self.secret)"}}"##)
        #expect(made.status == 201, Comment(rawValue: made.text))
        #expect(try await call(.post, "/api/v1/routes", #"{"name":"talk","events":["order.created"],"destination":"Talker","retryDelaysSeconds":[3600]}"#).status == 201)
    }

    // MARK: what was asked and answered

    @Test(arguments: WebBench.engines)
    func `a failed try keeps what was asked and answered, without the secret, and without the buyer for who may not see one`(engine: Engine) async throws {
        let side = TalkingSide()
        side.answer(422)
        try await WebBench.run(engine, more: [TalkingPost.self], http: side.http) { bench in
            try await bench.call { call in
                try await connect(call)
                let order = try await bench.pushedOrder("A-1", call)
                let attempt = try await eventually { try await call(.get, "/api/v1/attempts?outcome=failed&destination=Talker").decode(Page<Attempt>.self).data.first }
                #expect(attempt.order == "\(order.id)" && attempt.code == "bad_postcode" && attempt.isKept)

                let whole = try await call(.get, "/api/v1/attempts/\(attempt.id)")
                let exchange = try #require(try whole.decode(Whole.self).exchanges.first)
                #expect(exchange.method == "POST" && exchange.url == "https://post.example/orders?token=•••" && exchange.status == 422)
                #expect(exchange.request?.contains("1 Rama IV Road") == true && exchange.answer?.contains("the postcode is wrong") == true)
                #expect(!whole.text.contains("right-secret"))

                let engineer = try await bench.hub.tokens.create(name: "engineer", scopes: ["flows:read"]).text
                let masked = try await call(.get, "/api/v1/attempts/\(attempt.id)", token: engineer)
                #expect(masked.status == 200 && !masked.text.contains("Rama") && !masked.text.contains("0812345678") && !masked.text.contains("Ann"))
                #expect(masked.text.contains("the postcode is wrong"), "what went wrong is shown all the same")
                #expect(try await call(.get, "/api/v1/attempts/1").status == 404)
                #expect(try await call(.get, "/api/v1/attempts?outcome=bad").status == 400)
            }
            let kept = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT url, request, answer, fault FROM exchanges") { row in try (0..<4).compactMap { try row.optionalText($0) }.joined() } }
            #expect(!kept.isEmpty && kept.allSatisfy { !$0.contains("right-secret") }, "nor does it lie on disk")
        }
    }

    @Test(arguments: WebBench.engines)
    func `of tries that went well only the newest is kept`(engine: Engine) async throws {
        let side = TalkingSide()
        try await WebBench.run(engine, more: [TalkingPost.self], http: side.http) { bench in
            try await bench.call { call in
                try await connect(call)
                for index in 0..<3 {
                    _ = try await bench.pushedOrder("A-\(index)", call)
                    _ = try await eventually { try await call(.get, "/api/v1/attempts?destination=Talker&outcome=done").decode(Page<Attempt>.self).data.count == index + 1 ? true : nil }
                    bench.clock.advance(seconds: 90)
                }
                #expect(try await call(.get, "/api/v1/attempts?destination=Talker").decode(Page<Attempt>.self).data.map(\.isKept) == [true, false, false])
            }
        }
    }

    // MARK: queues and statistics

    @Test(arguments: WebBench.engines)
    func `the queues are counted as they are, also by a hub that starts anew, and a waiting job can be sent at once`(engine: Engine) async throws {
        let side = TalkingSide()
        side.answer(503)
        try await WebBench.run(engine, more: [TalkingPost.self], http: side.http) { bench in
            try await bench.call { call in
                try await connect(call)
                for index in 0..<3 { _ = try await bench.pushedOrder("A-\(index)", call) }
                _ = try await eventually { try await call(.get, "/api/v1/attempts?destination=Talker&outcome=transient").decode(Page<Attempt>.self).data.count == 3 ? true : nil }
                let talker = try bench.hub.channels.channel(named: "Talker").id
                try await Self.expectQueuesAreTrue(bench.hub)
                #expect(bench.hub.ledger.queues.byDestination[talker]?.ready == 3)

                #expect(try await call(.post, "/api/v1/routes/\(try Self.route("talk", bench.hub))/pause").text.contains("\"mode\":\"paused\""))
                #expect(bench.hub.ledger.queues.byDestination[talker]?.paused == 3)
                try await Self.expectQueuesAreTrue(bench.hub)
                let job = try #require(try await call(.get, "/api/v1/jobs?destination=Talker").decode(Page<Job>.self).data.first)
                #expect(try await call(.post, "/api/v1/jobs/\(job.id)/send").code == "route_paused")
                #expect(try await call(.post, "/api/v1/routes/\(try Self.route("talk", bench.hub))/resume").status == 200)
                try await Self.expectQueuesAreTrue(bench.hub)

                side.answer(200)
                #expect(try await call(.post, "/api/v1/jobs/\(job.id)/send").status == 204)
                _ = try await eventually { bench.hub.ledger.queues.byDestination[talker]?.ready == 2 ? true : nil }
                try await Self.expectQueuesAreTrue(bench.hub)
                #expect(try await call(.post, "/api/v1/jobs/\(job.id)/send").status == 404)
                #expect(try await call(.get, "/api/v1/audit?action=job.send").text.contains("job:\(job.id)"))

                _ = try await eventually {
                    let picture = try await call(.get, "/api/v1/flows").text
                    return picture.contains("\"failureRate\":0.75") && picture.contains("\"ready\":2") ? picture : nil
                }
            }
        }
    }

    private static func route(_ name: String, _ hub: Hub) throws -> RouteID { try #require(hub.channels.directory.surroundings.routes.first { $0.route.name == name }).route.id }

    /// What the book says is what the table holds.
    private static func expectQueuesAreTrue(_ hub: Hub) async throws {
        let rows = try await hub.ledgerDatabase.read { tx in
            try tx.rows("SELECT destination_id, state, COUNT(*) FROM jobs GROUP BY destination_id, state") { (ChannelID(try $0.int64(0)), try $0.text(1), try $0.int(2)) }
        }
        for (destination, line) in hub.ledger.queues.byDestination {
            func count(_ state: String) -> Int { rows.first { $0.0 == destination && $0.1 == state }?.2 ?? 0 }
            #expect(line.ready == count("ready") && line.waiting == count("waiting") && line.paused == count("paused"))
        }
        #expect(hub.ledger.queues.byDestination.values.map(\.all).reduce(0, +) == rows.map(\.2).reduce(0, +))
    }

    @Test(arguments: WebBench.engines)
    func `what a channel delivered is remembered by topic, with the last time`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                for index in 0..<3 { _ = try await bench.pushedOrder("A-\(index)", call) }
                let topics = try await eventually { try await bench.hub.ledger.topicTimes(of: bench.sheet.id).first { $0.deliveries == 3 } }
                #expect(topics.origin == .api && bench.clock.now - topics.lastAt < .seconds(60))
                let health = try await call(.get, "/api/v1/channels/Sheet/health")
                #expect(health.text.contains("\"deliveries\":3") && health.text.contains("\"standing\":\"good\""), Comment(rawValue: health.text))
            }
        }
    }

    // MARK: settings before they are kept

    @Test func `settings are tried before they are kept, and a fault names its field`() async throws {
        let side = TalkingSide()
        try await WebBench.run(more: [TalkingPost.self], http: side.http) { bench in
            try await bench.call { call in
                func trial(_ settings: String) async throws -> WebBench.Answer { try await call(.post, "/api/v1/platforms/talking/check", ##"{"name":"T","settings":\##(settings)}"##) }
                #expect(try await trial("{}").text.contains(##"{"problem":"is not set","setting":"secret"}"##))
                #expect(try await trial(#"{"url":"http://x","secret":"s"}"#).text.contains(##"{"problem":"must begin with https://","setting":"url"}"##))
                let wrong = try await trial(#"{"url":"https://post.example","secret":"wrong"}"#)
                #expect(wrong.text.contains("\"isGood\":false") && wrong.text.contains("Copy the secret again."))
                #expect(try await trial(##"{"url":"https://post.example","secret":"\##(Self.secret)"}"##).text.contains("\"isGood\":true"))
                #expect(bench.hub.channels.directory.surroundings.channel(named: "T") == nil, "nothing was kept")
                #expect(try await call(.post, "/api/v1/platforms/nowhere/check", "{}").status == 422)
            }
        }
    }

    // MARK: dead letters

    private struct Group: Decodable { var cause: String, count: Int }

    @Test(arguments: WebBench.engines)
    func `dead letters are counted by cause, and a filter retries or discards what it means and nothing else`(engine: Engine) async throws {
        let side = TalkingSide()
        side.answer(422)
        try await WebBench.run(engine, more: [TalkingPost.self], http: side.http) { bench in
            try await bench.call { call in
                try await connect(call)
                _ = try await call(.post, "/api/v1/channels", #"{"platform":"stubborn","name":"Post"}"#)
                _ = try await call(.post, "/api/v1/routes", #"{"name":"post","events":["order.created"],"destination":"Post"}"#)
                for index in 0..<2 { _ = try await bench.pushedOrder("A-\(index)", call) }
                let groups = try await eventually { () -> [Group]? in
                    let groups = try await call(.get, "/api/v1/dead-letters/groups").decode(Page<Group>.self).data
                    return groups.map(\.count) == [2, 2] ? groups : nil
                }
                #expect(Set(groups.map(\.cause)).count == 2)
                #expect(try await call(.post, "/api/v1/dead-letters/retry", #"{"destination":"Talker","dryRun":true}"#).text == #"{"count":2}"#)
                #expect(try await call(.post, "/api/v1/dead-letters/retry", "{}").code == "nothing_chosen")
                side.answer(200)
                #expect(try await call(.post, "/api/v1/dead-letters/retry", #"{"destination":"Talker"}"#).text == #"{"count":2}"#)
                _ = try await eventually { try await call(.get, "/api/v1/attempts?destination=Talker&outcome=done").decode(Page<Attempt>.self).data.count == 2 ? true : nil }
                #expect(try await call(.get, "/api/v1/dead-letters/groups").decode(Page<Group>.self).data.map(\.count) == [2])
                #expect(try await call(.post, "/api/v1/dead-letters/discard", #"{"destination":"Post","reason":"closed"}"#).text == #"{"count":2}"#)
                #expect(try await call(.get, "/api/v1/dead-letters/groups").decode(Page<Group>.self).data.isEmpty)
            }
        }
    }
}
