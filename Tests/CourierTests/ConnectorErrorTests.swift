import Connect
import CourierConnector
import Domain
import HTTPTypes
import Testing

/// The error table of platforms/generic-courier.md §8, each row through a booking.
@Suite struct ConnectorErrorTests {
    private static func envelope(_ code: String) -> String { #"{"error":{"code":"\#(code)","message":"words","field":"recipient.postcode","requestId":"rq_1"}}"# }
    private static func failure(_ status: Int, _ body: String, headers: HTTPFields = [:]) async throws -> ConnectorError? {
        let connector = try FakeCourier(status, body, headers: headers).connector()
        return await connectorError { () async throws(ConnectorError) in try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k") }
    }

    @Test(arguments: [
        (400, "invalid_json"), (400, "missing_field"), (400, "invalid_field"), (404, "not_found"), (409, "too_late"), (422, "invalid_postcode"), (422, "area_not_served"),
        (422, "overweight"), (422, "cod_over_limit"), (422, "cod_negative"), (422, "invalid_phone"),
    ])
    func `what an operator has to correct is refused under the courier's own code`(status: Int, code: String) async throws {
        let error = try await Self.failure(status, Self.envelope(code))
        #expect(error == .refused(platformCode: code, platformMessage: "words (recipient.postcode)"))
        #expect(error?.failureClass == .rejected)
    }

    @Test(arguments: [(401, "bad_signature"), (401, "unknown_key"), (403, "service_not_enabled"), (403, "cod_not_enabled")])
    func `a key or a service that is not enabled parks the channel`(status: Int, code: String) async throws {
        #expect(try await Self.failure(status, Self.envelope(code))?.failureClass == .unauthorised)
    }

    @Test func `a stale timestamp is our clock, not our key`() async throws {
        #expect(try await Self.failure(401, Self.envelope("stale_timestamp"))?.failureClass == .transient)
    }

    @Test(arguments: [500, 502, 503, 504, 408])
    func `a failing courier is tried again`(status: Int) async throws {
        #expect(try await Self.failure(status, Self.envelope("internal"))?.failureClass == .transient)
        #expect(try await Self.failure(status, "<html>busy</html>")?.failureClass == .transient)
    }

    @Test(arguments: zip(["7", "1.2", "0", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", "9223372036854775807", "1e300", "inf", "nan", ""], [7, 2, 1, 1, 1, 3600, 3600, 3600, 1, 1] as [Int64]))
    func `a throttled call waits as long as it was told, within an hour`(retryAfter: String, seconds: Int64) async throws {
        let error = try await Self.failure(429, Self.envelope("rate_limited"), headers: [.retryAfter: retryAfter])
        #expect(error == .throttled(until: CourierBench.now + .seconds(seconds)))
    }

    @Test func `a label that is not ready is asked for later`() async throws {
        let connector = try FakeCourier(409, Self.envelope("label_not_ready"), headers: [.retryAfter: "60"]).connector()
        let error = await connectorError { () async throws(ConnectorError) in try await connector.fetchLabel(externalID: "co_1", format: "pdf", size: "A5") }
        #expect(error == .throttled(until: CourierBench.now + .seconds(60)))
    }

    @Test(arguments: ["", "[]", "{}", "null", "<html></html>", #"{"code":1002}"#, #"{"orderId":7}"#, "\u{0}"])
    func `a success without an order is asked for again, since it may have booked`(body: String) async throws {
        #expect(try await Self.failure(200, body)?.failureClass == .transient)
        #expect(try await Self.failure(201, body)?.failureClass == .transient)
    }

    @Test func `a refusal without the envelope is told by its status`() async throws {
        #expect(try await Self.failure(418, "short and stout") == .refused(platformCode: "http_418", platformMessage: "HTTP 418"))
    }

    @Test(arguments: [(200, true), (404, true), (401, false), (500, false)])
    func `the check says whether the credentials are good, and what to do`(status: Int, isGood: Bool) async throws {
        let rows = try await FakeCourier(status, "{}").connector().check()
        #expect(rows.map(\.isGood) == [isGood])
        #expect(rows.allSatisfy { $0.isGood || $0.remedy != nil })
    }
}
