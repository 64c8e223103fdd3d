import Connect
import Domain
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// Each row of the error table lands in its class (platforms/thailandpost.md §8).
@Suite struct ConnectorErrorTests {
    private static func booking(_ answer: PlatformAnswer) async -> ConnectorError? {
        await connectorError { () async throws(ConnectorError) in try await FakePost { _ in answer }.connector().book(PostBench.request(), idempotencyKey: "k") }
    }
    private static func tracking(_ answer: PlatformAnswer) async -> ConnectorError? {
        await connectorError { () async throws(ConnectorError) in try await FakePost { _ in answer }.connector().track([PostBench.numbers[0]]) }
    }

    @Test(arguments: ["002", "019", "027", "077", "078", "079", "016", "029", "017", "030", "071", "073", "084"])
    func `what is wrong for good is rejected with the platform's words and our meaning`(code: String) async throws {
        guard case .refused(let given, let words)? = await Self.booking(.code(code, "their words")) else { Issue.record("not refused"); return }
        #expect(given == code)
        #expect(words.hasPrefix("the parcel (EF123456785TH): ") && words.hasSuffix(": their words") && words.utf8.count > 50)
    }

    @Test(arguments: [("004", "emsRange"), ("023", "merchantId"), ("028", "merchantId"), ("069", "merchantId"), ("070", "merchantId"), ("072", "merchantId"), ("083", "merchantId")])
    func `what an operator must set right names the setting`(code: String, setting: String) async {
        guard case .misconfigured(let named, let problem)? = await Self.booking(.code(code, "their words")) else { Issue.record("not misconfigured"); return }
        #expect(named == setting && problem.contains("their words") && problem.contains(code))
    }

    @Test(arguments: [
        (PlatformAnswer.code("001", "invalid user"), "unauthorised"), (.html(401), "unauthorised"), (.html(403), "unauthorised"), (.code("031", "create failed"), "unreachable"), (.html(500), "unreachable"),
        (.html(503), "unreachable"), (.html(408), "unreachable"), (.html(429), "throttled"), (.html(404), "http_404"), (.code("555", "something new"), "555"), (.code("018"), "018"),
    ]) func `each other signal of e-Parcel has its class`(answer: PlatformAnswer, code: String) async {
        // A duplicate is looked up; the same line as an answer to that is no consignment.
        let error = await Self.booking(answer)
        #expect(error?.code == code)
    }

    @Test func `a refused account hints at the address list, and says no password`() async {
        for answer in [PlatformAnswer.code("001"), .html(401), .html(403)] {
            guard case .unauthorised(let reason)? = await Self.booking(answer) else { Issue.record("not unauthorised"); continue }
            #expect(reason.contains("IP address") && !reason.contains("demo_pass"))
        }
    }

    @Test func `an unknown code keeps the raw words`() async {
        #expect(await Self.booking(.code("555", "something new")) == .refused(platformCode: "555", platformMessage: "the parcel (EF123456785TH): something new"))
    }

    @Test(arguments: ["", "<html>login</html>", "null", "[]", "{}", "7", "[7]", "[null]", "[[]]", #"[{"errorDetail":"?"}]"#, #"{"status":false}"#, #"[{"errorCode":null}]"#, #"[{"errorCode":{"a":1}}]"#])
    func `a success that cannot be read may have booked: it is asked about`(body: String) async {
        #expect(await Self.booking(.json(body))?.failureClass == .transient)
    }

    @Test(arguments: [#"[{"errorCode":"000"}]"#, #"{"errorCode":"000"}"#, #"[{"errorCode":0}]"#, #"[{"status":true}]"#, #"[{"errorCode":"000","errorDetail":null,"status":"true","x":[1]}]"#, #"[{"messagesError":[],"errorCode":"000"}]"#])
    func `success is read in each of its forms`(body: String) async {
        #expect(await Self.booking(.json(body)) == nil)
    }

    @Test(arguments: [
        (PlatformAnswer.json(#"{"message":"bad field"}"#, status: 400), "http_400"), (.html(403), "unauthorised"), (.html(500), "unreachable"), (.html(200), "unreachable"), (.json("[]"), "unreachable"), (.json("null"), "unreachable"),
        (.html(408), "unreachable"), (.json(#"{"status":false,"message":"no such thing"}"#), "status_false"), (.json(#"{"status":0}"#), "status_false"), (.json("{}"), "unreachable"),
        (.json(#"{"response":{"items":7}}"#), "not_understood"), (.html(401), "unauthorised"),
    ]) func `each signal of Track & Trace has its class`(answer: PlatformAnswer, code: String) async {
        #expect(await Self.tracking(answer)?.code == code)
    }

    @Test func `too many calls wait half a minute, or as long as the answer says`() async {
        #expect(await Self.tracking(PlatformAnswer(status: 429)) == .throttled(until: PostBench.now + .seconds(30)))
        #expect(await Self.tracking(PlatformAnswer(status: 429, headers: [.retryAfter: "7"])) == .throttled(until: PostBench.now + .seconds(7)))
        #expect(await Self.booking(PlatformAnswer(status: 429, headers: [.retryAfter: "7"])) == .throttled(until: PostBench.now + .seconds(7)))
    }

    @Test func `a refusal keeps the service's words`() async {
        #expect(await Self.tracking(.json(#"{"message":"bad field"}"#, status: 400)) == .refused(platformCode: "http_400", platformMessage: "bad field"))
    }
}
