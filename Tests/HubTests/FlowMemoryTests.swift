@testable import Hub
import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization
import Testing

/// What is remembered of the flow: counts, lags, calls, and what was asked and answered.
@Suite struct FlowMemoryTests {
    private final class Clock: Sendable {
        private let time: Mutex<Timestamp>
        init(_ text: String) { time = Mutex(Timestamp(rfc3339: text) ?? Timestamp(seconds: 0)) }
        var now: Timestamp { time.withLock { $0 } }
        func move(seconds: Int64) { time.withLock { $0 = $0 + .seconds(seconds) } }
    }

    private static func job(_ route: Int64 = 1, _ destination: Int64 = 2, madeAt: Timestamp) -> Job {
        Job(id: JobID(1), route: RouteID(route), destination: ChannelID(destination), order: OrderID(9), event: EventID(3), eventType: "order.created", action: .sendEvent, idempotencyKey: "k", createdAt: madeAt)
    }

    @Test func `a quantile of lags is told within a fifth, from a millisecond to days`() {
        for milliseconds in [1, 7, 480, 12_000, 3_600_000, 250_000_000] as [Int64] {
            var lags = LagHistogram()
            for _ in 0..<99 { lags.add(milliseconds: milliseconds) }
            let told = Double(lags.milliseconds(quantile: 0.95) ?? 0)
            #expect(abs(told - Double(milliseconds)) / Double(milliseconds) <= 0.26 || abs(told - Double(milliseconds)) <= 1, "\(milliseconds) is told as \(told)")
        }
        #expect(LagHistogram().milliseconds(quantile: 0.5) == nil)
    }

    @Test func `lags written down and read back say the same`() {
        var lags = LagHistogram()
        for milliseconds in [0, 3, 900, 65_000, 86_400_000] as [Int64] { lags.add(milliseconds: milliseconds) }
        #expect(LagHistogram(text: lags.text) == lags)
        #expect(LagHistogram(text: "999:1 x:2 3") == LagHistogram())
    }

    @Test func `tries are counted by route and destination, and only failures count as failed`() {
        let clock = Clock("2026-11-21T10:00:30Z"), flows = FlowStatistics(now: { clock.now })
        clock.move(seconds: 600)
        for _ in 0..<3 { flows.add(Self.job(madeAt: clock.now - .seconds(2)), .done) }
        flows.add(Self.job(madeAt: clock.now), .failed(.refused(platformCode: "no", platformMessage: "no"), isEffectUnknown: false))
        flows.add(Self.job(madeAt: clock.now), .failed(.alreadyDone, isEffectUnknown: false))
        flows.add(Self.job(madeAt: clock.now), .interrupted)
        flows.add(Self.job(1, 3, madeAt: clock.now), .done)
        let cell = flows.lastHour[.init(route: RouteID(1), destination: ChannelID(2))]
        #expect(cell?.done == 4 && cell?.failed == 1)
        #expect(cell?.failureRate == 0.2)
        #expect(flows.lastHour[.init(route: RouteID(1), destination: ChannelID(3))]?.done == 1)
    }

    @Test func `a rate is told over the last minutes, and an hour later nothing is left of it`() throws {
        let clock = Clock("2026-11-21T10:00:00Z"), flows = FlowStatistics(now: { clock.now }), key = FlowStatistics.Key(route: RouteID(1), destination: ChannelID(2))
        clock.move(seconds: 3600)
        for _ in 0..<50 { flows.add(Self.job(madeAt: clock.now), .done) }
        clock.move(seconds: 60)
        #expect(abs(try #require(flows.perMinute[key]) - 12.5) < 0.01, "50 in the four minutes that are whole")
        clock.move(seconds: 3700)
        #expect(flows.perMinute[key] == nil && flows.lastHour[key] == nil)
    }

    @Test func `the book of queues follows what commits say, and never goes below nothing`() {
        let book = QueueBook(), ready = QueueBook.Key(route: RouteID(1), destination: ChannelID(2), state: "ready"), paused = QueueBook.Key(route: RouteID(1), destination: ChannelID(2), state: "paused")
        book.apply([ready: 3])
        book.apply([ready: -1, paused: 1])
        #expect(book.byDestination[ChannelID(2)]?.ready == 2 && book.byDestination[ChannelID(2)]?.paused == 1)
        book.apply([ready: -9])
        #expect(book.byRouteAndDestination[RouteID(1)]?[ChannelID(2)]?.all == 1)
        // Seven that were begun are told after they had ended.
        book.apply([ready: 7])
        #expect(book.byDestination[ChannelID(2)]?.ready == 0)
        book.apply([ready: 1])
        #expect(book.byDestination[ChannelID(2)]?.ready == 1)
    }

    @Test func `an open breaker lets one call try when somebody says so, and no more`() {
        let now = Timestamp(seconds: 1000)
        var breaker = Breaker()
        for _ in 0..<Breaker.failuresToOpen { breaker.failed(now: now) }
        #expect(breaker.allowance(width: 16, now: now) == 0)
        breaker.tryOne()
        #expect(breaker.allowance(width: 16, now: now) == 1)
        breaker.failed(now: now)
        #expect(breaker.allowance(width: 16, now: now) == 0)
    }

    @Test func `calls are counted by the minute, with the pause that a platform asks for`() async throws {
        let clock = Clock("2026-11-21T10:00:00Z"), meter = CallMeter(now: { clock.now }), channel = ChannelID(5)
        let http = ChannelHTTP { _ throws(ConnectorError) in PlatformAnswer(status: 429) }.watched(by: meter, for: channel, masking: SecretMask([]), now: { clock.now })
        for _ in 0..<3 { _ = try await http.send(PlatformRequest(.get, "https://shop.example/orders")) }
        let reading = meter.reading(of: channel)
        #expect(reading.lastMinute == 3 && reading.running == 0 && reading.lastStatus == 429)
        #expect(reading.throttledUntil == clock.now + .seconds(30))
        clock.move(seconds: 61)
        #expect(meter.reading(of: channel).lastMinute == 0 && meter.reading(of: channel).throttledUntil == nil)
    }

    // MARK: what was asked and answered

    @Test(arguments: [
        (#"{"access_token":"shpat_1234567","scope":"read"}"#, #"{"access_token":"•••","scope":"read"}"#),
        (#"{"a":{"client_secret" : "x\"y"},"name":"Ann"}"#, #"{"a":{"client_secret" : "•••"},"name":"Ann"}"#),
        ("grant_type=refresh_token&refresh_token=abc.def&client_id=7", "grant_type=refresh_token&refresh_token=•••&client_id=7"),
        (#"{"note":"my key is hunter2-hunter2"}"#, #"{"note":"my key is •••"}"#),
        ("hunter2-hunter2\u{301}", "•••\u{301}"),
        (#"{"X-Consumer_Key": "ck_1", "apiKey":"a", "Passphrase":"p", "AUTHORIZATION":"Bearer x"}"#, #"{"X-Consumer_Key": "•••", "apiKey":"•••", "Passphrase":"•••", "AUTHORIZATION":"•••"}"#),
        ("HMAC=abc&api_key=d&Consumer_Secret=e&password=f&signature=g", "HMAC=•••&api_key=•••&Consumer_Secret=•••&password=•••&signature=•••"),
        (#"{"keyboard":"qwerty","total":"12.00"}"#, #"{"keyboard":"qwerty","total":"12.00"}"#),
    ])
    func `no secret stays in a body`(given: String, kept: String) {
        #expect(SecretMask(["hunter2-hunter2"]).masked(given) == kept)
    }

    @Test func `no secret stays in an address, whatever it is called and however it is written`() {
        let mask = SecretMask(["cs_1234/5678+9"])
        #expect(mask.masked(url: "https://shop.example/wc/v3/orders?consumer_key=ck_1&consumer_secret=cs_1234%2F5678%2B9&per_page=5") == "https://shop.example/wc/v3/orders?consumer_key=•••&consumer_secret=•••&per_page=5")
        #expect(mask.masked(url: "https://user:pass@shop.example/cs_1234%2F5678%2B9/x") == "https://shop.example/•••/x")
        #expect(!mask.masked(url: "https://shop.example/?oauth_signature=abc%3D&oauth_nonce=1&oauth_token=2").contains("abc"))
    }

    @Test func `a long body is cut, a secret at the edge first masked`() throws {
        let secret = "hunter2-hunter2-hunter2", body = String(repeating: "a", count: Exchange.maximumBodyBytes - 10) + secret + "rest"
        let call = ExchangeRecorder.Call(at: Timestamp(seconds: 1), duration: .milliseconds(12), request: PlatformRequest(.post, "https://x.example/", body: Array(body.utf8)), answer: PlatformAnswer(status: 200, body: [0, 1, 2]),
                                         fault: nil, secrets: SecretMask([secret]))
        let exchange = Exchange(call), request = try #require(exchange.request)
        #expect(request.utf8.count <= Exchange.maximumBodyBytes && !request.contains("hunter"))
        #expect(exchange.requestBytes == body.utf8.count && exchange.method == "POST" && exchange.durationMilliseconds == 12)
        #expect(exchange.answer == nil && exchange.answerBytes == 3, "what is no text is told by its size alone")
    }

    @Test func `a storm of failures is kept up to a rate, and of successes one a minute`() {
        let sampling = ExchangeSampling(), now = Timestamp(seconds: 50), failed = JobOutcome.failed(.unreachable(reason: "x"), isEffectUnknown: true)
        #expect((0..<100).count { _ in sampling.wants(failed, of: .book, now: now) } == ExchangeSampling.failuresPerSecond)
        #expect(sampling.wants(failed, of: .book, now: now + .seconds(1)))
        #expect((0..<5).count { _ in sampling.wants(.done, of: .book, now: now) } == 1)
        #expect(sampling.wants(.done, of: .sendEvent, now: now), "each kind of job has its own")
        #expect(sampling.wants(.done, of: .book, now: now + .seconds(61)))
    }
}
