import Connect
import Domain
import HTTPTypes
import Testing
@testable import Shopat24Connector

/// The error table of shopat24.md §8.
@Suite struct ConnectorErrorTests {
    private func failure(_ status: Int, _ body: String, headers: HTTPFields = [:], profile: String? = nil) throws -> ConnectorError? {
        RefusalTable(try Profile(laying: profile)).failure(of: .json(body, status: status, headers: headers), JSONValue(reading: Array(body.utf8)), now: Sample.now)
    }

    @Test(arguments: [
        (401, "", "unauthorised"), (403, #"{"message":"blocked"}"#, "unauthorised"), (429, "", "throttled"), (500, "", "transient"), (502, "<html>", "transient"), (503, "", "transient"), (504, "", "transient"), (599, "", "transient"), (408, "", "transient"),
        (400, "", "rejected"), (404, "", "rejected"), (409, "", "rejected"), (422, "", "rejected"), (402, "", "rejected"), (301, "", "rejected"), (302, "", "rejected"), (405, "", "rejected"), (413, "", "rejected"),
        (409, #"{"code":"4009","message":"done"}"#, "alreadyDone"), (400, #"{"code":4009}"#, "alreadyDone"), (422, #"{"code":"4002"}"#, "rejected"), (400, #"{"code":"4003"}"#, "rejected"), (404, #"{"code":"4001"}"#, "rejected"),
        (200, #"{"success":false,"code":"4009"}"#, "alreadyDone"), (200, #"{"success":false,"code":"9999"}"#, "rejected"), (200, #"{"success":false}"#, "rejected"), (200, #"{"success":"false","code":"1"}"#, "rejected"), (200, #"{"success":0}"#, "rejected"),
        (200, #"{"success":true,"code":"4002"}"#, "rejected"), (401, #"{"code":"4009"}"#, "unauthorised"), (500, #"{"code":"4009"}"#, "transient"),
    ])
    func `each answer has its class`(status: Int, body: String, expected: String) throws {
        #expect(try #require(try failure(status, body)).failureClass.word == expected)
    }

    @Test(arguments: [(200, #"{"success":true,"code":"0000"}"#), (201, "{}"), (204, ""), (200, "[]"), (200, #"{"success":null}"#), (200, "%PDF")])
    func `what was taken is no failure`(status: Int, body: String) throws { #expect(try failure(status, body) == nil) }

    @Test(arguments: [
        (429, "7", Int64(7)), (429, nil, 30), (429, "0", 1), (429, "999999", 3600), (429, "Wed, 21 Oct 2025 07:28:00 GMT", 30), (503, "12", 12), (500, "2.5", 3),
    ] as [(Int, String?, Int64)])
    func `a platform that asks for time is given it`(status: Int, pause: String?, seconds: Int64) throws {
        #expect(try failure(status, "", headers: pause.map { [.retryAfter: $0] } ?? [:]) == .throttled(until: Sample.now + .seconds(seconds)))
    }

    @Test(arguments: [("4001", "not_found"), ("4002", "wrong_state"), ("4003", "4003"), ("777", "777")])
    func `a code is shown with the platform's words`(code: String, shown: String) throws {
        let error = try #require(try failure(400, #"{"code":"\#(code)","message":"no\u0000 such  thing"}"#))
        #expect(error.code == shown)
        #expect(error.sentence.contains("no such thing"))
        #expect(error.sentence.contains(code))
    }

    @Test(arguments: [("retry", "transient"), ("done", "alreadyDone"), ("operator", "unauthorised"), ("permanent", "rejected"), ("notFound", "rejected"), ("wrongState", "rejected")])
    func `the profile lists what its codes mean`(means: String, expected: String) throws {
        let profile = #"{"errors":[{"code":"E-1","means":"\#(means)"}]}"#
        for status in [200, 400, 409, 422] { #expect(try failure(status, #"{"success":false,"code":"E-1"}"#, profile: profile)?.failureClass.word == expected) }
    }

    @Test func `another house's answers are read where the profile points`() throws {
        let profile = #"{"answer":{"success":"/result/ok","code":"/result/err/0","message":"/result/text"},"errors":[{"code":"17","means":"retry"}]}"#
        #expect(try failure(200, #"{"result":{"ok":"N","err":[17],"text":"later"}}"#, profile: profile) == .unreachable(reason: "later (17)"))
        #expect(try failure(200, #"{"result":{"ok":"Y","err":[]}}"#, profile: profile) == nil)
    }

    @Test func `a platform's words are cut`() throws {
        let error = try #require(try failure(400, #"{"code":"\#(String(repeating: "c", count: 5000))","message":"\#(String(repeating: "m", count: 100_000))"}"#))
        #expect(error.sentence.utf8.count < 600)
    }

    @Test func `a transport's failure stays what it is`() async throws {
        let connector = try FakeChannel { _ throws(ConnectorError) in throw .unreachable(reason: "vendor.example did not answer in time") }.connector()
        await #expect(throws: ConnectorError.unreachable(reason: "vendor.example did not answer in time")) { try await connector.fetchOrder(Sample.externalID) }
    }
}
