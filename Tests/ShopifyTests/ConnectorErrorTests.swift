import Connect
import Domain
import HTTPTypes
@testable import ShopifyConnector
import Testing

/// Every row of platforms/shopify.md §8.
@Suite struct ConnectorErrorTests {
    private func failure(_ answers: PlatformAnswer..., settings: [String: String] = Bench.staticToken) async throws -> ConnectorError? {
        let connector = try Bench.connector(ScriptedPlatform(answers), settings)
        return await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
    }

    @Test(arguments: [
        (400, FailureClass.rejected, "http_400"), (402, .unauthorised, "frozen"), (403, .unauthorised, "scope"), (404, .rejected, "not_found"), (406, .rejected, "http_406"),
        (422, .rejected, "http_422"), (423, .unauthorised, "locked"), (430, .unauthorised, "security"), (500, .transient, "500"), (502, .transient, "502"), (503, .transient, "503"),
        (504, .transient, "504"), (307, .transient, "307"), (401, .unauthorised, "revoked"),
    ])
    func `each status has its class and its words`(status: Int, expected: FailureClass, word: String) async throws {
        let error = try await failure(Bench.answer(#"{"errors":"[API] said no"}"#, status: status))
        #expect(error?.failureClass == expected)
        #expect(error.map { $0.sentence.contains(word) || $0.code == word } == true)
    }

    @Test func `the platform's words and its request id are shown`() async throws {
        let headers: HTTPFields = [.contentType: "application/json", try #require(HTTPField.Name("X-Request-Id")): "9d1f-77"]
        let error = try await failure(Bench.answer(#"{"errors":{"quantity":["must be positive"]}}"#, status: 422, headers))
        #expect(error == .refused(platformCode: "http_422", platformMessage: "status 422: quantity must be positive (request 9d1f-77)"))
    }

    @Test(arguments: [("2.0", 2000), ("0.25", 1000), ("9999", 600_000), ("soon", 2000), ("nan", 2000), (nil, 2000)])
    func `429 waits as long as it says, within limits`(header: String?, milliseconds: Int) async throws {
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.retryAfter] = header
        #expect(try await failure(Bench.answer("{}", status: 429, headers)) == .throttled(until: Bench.now + .milliseconds(milliseconds)))
    }

    @Test func `a page instead of JSON may pass once, then it is a matter for a person`() async throws {
        let page = Bench.answer("<html>enter the password</html>", status: 200, [.contentType: "text/html"])
        let connector = try Bench.connector(ScriptedPlatform([page, page]))
        let first = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
        let second = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
        #expect(first?.failureClass == .transient)
        #expect(second?.code == "not_json")
        #expect(try await failure(Bench.answer("", status: 303, [:]))?.failureClass == .transient)
    }

    // MARK: errors inside a 200

    static func graphQL(_ code: String, _ message: String, cost: String = "") -> PlatformAnswer {
        Bench.answer(#"{"errors":[{"message":"\#(message)","locations":[{"line":1,"column":2}],"path":["order"],"extensions":{"code":"\#(code)"}}],"data":null\#(cost)}"#)
    }
    static let cost = #","extensions":{"cost":{"requestedQueryCost":752,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":310,"restoreRate":100.0}}}"#

    @Test(arguments: [("MAX_COST_EXCEEDED", FailureClass.rejected, "MAX_COST_EXCEEDED"), ("INTERNAL_SERVER_ERROR", .transient, "unreachable"), ("ACCESS_DENIED", .unauthorised, "unauthorised"),
                      ("SHOP_INACTIVE", .unauthorised, "unauthorised"), ("undefinedField", .rejected, "undefinedField"), ("", .rejected, "graphql")])
    func `each error code of a 200 has its class`(code: String, expected: FailureClass, machineCode: String) async throws {
        let error = try await failure(Self.graphQL(code, "the platform's words"))
        #expect(error?.failureClass == expected)
        #expect(error?.code == machineCode)
        #expect(error?.sentence.contains("the platform's words") == true)
    }

    @Test func `throttled waits for the missing points at the restore rate`() async throws {
        // (752 - 310) / 100 = 4.42 s
        #expect(try await failure(Self.graphQL("THROTTLED", "Throttled", cost: Self.cost)) == .throttled(until: Bench.now + .milliseconds(4420)))
        #expect(try await failure(Self.graphQL("THROTTLED", "Throttled")) == .throttled(until: Bench.now + .seconds(2)))
        #expect(try await failure(Bench.answer(#"{"errors":[{"message":"Throttled"}]}"#)) == .throttled(until: Bench.now + .seconds(2)))
    }

    @Test func `partial data with an error is an error`() async throws {
        let answer = Bench.answer(#"{"data":{"order":{"id":"gid://shopify/Order/1"}},"errors":[{"message":"Access denied for customer","extensions":{"code":"ACCESS_DENIED"}}]}"#)
        #expect(try await failure(answer)?.failureClass == .unauthorised)
    }

    @Test func `errors as a text and answers without data are errors`() async throws {
        #expect(try await failure(Bench.answer(#"{"errors":"Not today"}"#))?.failureClass == .rejected)
        #expect(try await failure(Bench.answer(#"{"data":null}"#))?.failureClass == .transient)
        #expect(try await failure(Bench.answer(#"{"data":{"order":null}}"#))?.code == "not_found")
    }

    @Test func `no error repeats the token`() async throws {
        for status in [401, 403, 422, 500] {
            let error = try await failure(Bench.answer(#"{"errors":"no"}"#, status: status))
            #expect(error.map { !"\($0) \($0.sentence)".contains("token-1") && !"\($0)".contains(Bench.secret) } == true)
        }
    }
}
