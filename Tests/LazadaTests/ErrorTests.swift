import Connect
import Domain
import HTTPTypes
import Testing

@testable import LazadaConnector

/// Every row of platforms/lazada.md §8, the pack codes of §6, and what a call does with them.
@Suite struct ErrorTests {
    static let now = FakeLazada.now

    private static func error(_ code: String, _ message: String = "words", type: String = "ISV") -> ConnectorError? {
        AnswerReading.failure(of: .failure(code, message, type: type), now: now)
    }

    @Test(arguments: ["IllegalRefreshToken", "InvalidCode", "AUTH_TYPE_UNSUPPORTED", "InsufficientPermission", "SellerNotVerified", "IllegalAccessToken"], ["ISV", "ISP", "SYSTEM"])
    func `what only a person can mend parks the channel, whatever its type says`(code: String, type: String) {
        #expect(Self.error(code, type: type)?.failureClass == .unauthorised)
    }

    @Test(arguments: ["IncompleteSignature", "IllegalSignature", "MissingParameter", "InvalidParameter", "IllegalTimestamp", "14", "17", "19", "36", "74", "75", "16", "500", "501", "4170", "4105", "512", "513", "E9999", "Frobbed"])
    func `what no repeat mends is rejected`(_ code: String) {
        #expect(Self.error(code)?.failureClass == .rejected)
    }

    @Test func `an unknown code keeps the platform's words`() {
        #expect(Self.error("Frobbed", "no frobbing today") == .refused(platformCode: "Frobbed", platformMessage: "no frobbing today [request r1]"))
    }

    @Test func `an unknown order is not found`() { #expect(Self.error("16", "E016: invalid order id")?.code == "not_found") }

    @Test func `a wrong signature names the setting to check`() {
        guard case .misconfigured("appSecret", _)? = Self.error("IncompleteSignature") else { Issue.record("another error"); return }
    }

    @Test(arguments: [("6", "ISV"), ("1000", "ISV"), ("ServiceTimeout", "ISP"), ("Frobbed", "SYSTEM")]) func `what is surely passing is transient`(code: String, type: String) {
        #expect(Self.error(code, type: type)?.failureClass == .transient)
    }

    @Test(arguments: [
        ("ApiCallLimit", "The request has been restricted, this ban will last 7 seconds", Int64(7)), ("AppCallLimit", "ban will last 1 second", 1), ("Mp3SellerApiLimit", "slow down", 10),
        ("SellerItemLimit", "slow down", 10), ("901", "E0901: too fast", 1), ("E0901", "too fast", 1), ("ApiCallLimit", "this ban will last 99999999 seconds", 3600), ("ApiCallLimit", "this ban will last 0 seconds", 1),
    ]) func `a limit says until when`(code: String, message: String, seconds: Int64) {
        #expect(Self.error(code, message) == .throttled(until: Self.now + .seconds(seconds)))
    }

    @Test(arguments: [#"{"code":"0","data":{}}"#, #"{"code":0,"data":{}}"#]) func `the string and the number 0 are success`(_ body: String) {
        #expect(AnswerReading.failure(of: .json(body), now: Self.now) == nil)
    }

    @Test(arguments: [500, 502, 503, 504]) func `a server's failure is transient, with an envelope or without`(_ status: Int) {
        #expect(AnswerReading.failure(of: .json("<html>", status: status), now: Self.now)?.failureClass == .transient)
        #expect(AnswerReading.failure(of: .json(#"{"code":"0"}"#, status: status), now: Self.now)?.failureClass == .transient)
    }

    @Test(arguments: ["<html>busy</html>", "", "[]", "null", #"{"data":{}}"#, #"{"code":"0","data":{"#, #"{"code":{}}"#]) func `an answer that is no envelope is transient`(_ body: String) {
        #expect(AnswerReading.failure(of: .json(body), now: Self.now)?.failureClass == .transient)
    }

    @Test func `429 waits as long as it says, and a redirect is a wrong address`() {
        var headers = HTTPFields()
        headers[.retryAfter] = "9"
        #expect(AnswerReading.failure(of: .json("", status: 429, headers: headers), now: Self.now) == .throttled(until: Self.now + .seconds(9)))
        #expect(AnswerReading.failure(of: .json("", status: 302), now: Self.now)?.code == "misconfigured")
    }

    // MARK: the token

    @Test func `a refused token is renewed once and the call made again with its successor`() async throws {
        let lazada = FakeLazada { call in
            if call.parameters["access_token"] == "token-1" { return .failure("IllegalAccessToken", "The specified access token is invalid or expired", type: "ISP") }
            return .data("[]")
        }
        _ = try await OrderBodies(api: try lazada.connector().api).items(of: "1")
        #expect(lazada.calls.map { $0.parameters["access_token"] } == ["token-1", "token-2"])
        #expect(lazada.renewals == 1)
    }

    @Test func `a token that is refused twice parks the channel`() async throws {
        let lazada = FakeLazada { _ in .failure("IllegalAccessToken") }
        let bodies = OrderBodies(api: try lazada.connector().api)
        #expect(await failure { () async throws(ConnectorError) in try await bodies.items(of: "1") }?.failureClass == .unauthorised)
        #expect(lazada.calls.count == 2)
    }

    @Test(arguments: ["InsufficientPermission", "SellerNotVerified", "6", "16"]) func `no other refusal costs a new token`(_ code: String) async throws {
        let lazada = FakeLazada { _ in .failure(code) }
        let bodies = OrderBodies(api: try lazada.connector().api)
        #expect(await failure { () async throws(ConnectorError) in try await bodies.items(of: "1") } != nil)
        #expect(lazada.calls.count == 1 && lazada.renewals == 0)
    }

    // MARK: elements of a write

    @Test(arguments: [
        ("6", ActionCodes.Meaning.busy), ("40011", .busy), ("700024", .busy), ("1003", .noCourier), ("700000", .stateChanged), ("700026", .stateChanged), ("700031", .stateChanged),
        ("700004", .ourMistake), ("700017", .ourMistake), ("700018", .ourMistake), ("700019", .ourMistake), ("700022", .ourMistake), ("700033", .ourMistake),
        ("700021", .notFound), ("700025", .notFound), ("700032", .notFound), ("700013", .notToBePacked), ("700023", .notToBePacked), ("700027", .notToBePacked), ("700028", .notToBePacked),
        ("700030", .notToBePacked), ("700016", .courierSetUp), ("700001", .courierSetUp), ("700029", .splitByWarehouse), ("600002", .cancelledPackage), ("700009", .notSellerDelivered), ("799999", .unknown),
    ]) func `each pack code has its meaning and its class`(code: String, meaning: ActionCodes.Meaning) {
        let failure = ActionFailure(unit: "1", package: nil, code: code, message: "words", mayRetry: false)
        #expect(failure.meaning == meaning)
        #expect(failure.error.failureClass == ([.busy, .noCourier].contains(meaning) ? .transient : .rejected))
        #expect(ActionFailure(unit: "1", package: nil, code: code, message: "words", mayRetry: true).error.failureClass == .transient)
        if failure.error.failureClass == .rejected { #expect(failure.error.code == code) }
    }

    @Test func `success is believed of no element that says otherwise`() throws {
        let answer = try APIAnswer(path: "/p", body: PlatformAnswer.result(#"""
            {"success":true,"data":{"pack_order_list":[{"order_id":1,"order_item_list":[{"order_item_id":2,"item_err_code":"0","msg":"success","package_id":"FP1","retry":false},
             {"order_item_id":"3","item_err_code":700024,"msg":"lock failed","retry":"true"}]}]}}
            """#).body).decode(ActionAnswer.self)
        #expect(answer.failures() == [ActionFailure(unit: "3", package: nil, code: "700024", message: "lock failed", mayRetry: true)])
    }

    @Test(arguments: [
        #"{"success":false,"error_code":"700016","error_msg":"no courier is set"}"#, #"{"success":"false","errorCode":700016,"errorMsg":"no courier is set"}"#,
        #"{"success":false,"errorCode":"700016","errorMsg":"no courier is set","data":{"packages":[]}}"#,
    ]) func `a failure as a whole is read in both spellings`(_ result: String) throws {
        let failures = try APIAnswer(path: "/p", body: PlatformAnswer.result(result).body).decode(ActionAnswer.self).failures()
        #expect(failures == [ActionFailure(unit: nil, package: nil, code: "700016", message: "no courier is set", mayRetry: false)])
    }

    @Test(arguments: ["packages", "pacakges"]) func `packages are read in both spellings`(_ name: String) throws {
        let result = #"{"success":true,"data":{"\#(name)":[{"package_id":"FP1","item_err_code":"600002","msg":"package already cancelled"}]}}"#
        let failures = try APIAnswer(path: "/p", body: PlatformAnswer.result(result).body).decode(ActionAnswer.self).failures()
        #expect(failures.map(\.package) == ["FP1"] && failures.first?.meaning == .cancelledPackage)
    }

    @Test func `an answer without a result is not understood`() {
        #expect(throws: ConnectorError.self) { try APIAnswer(path: "/p", body: Array(#"{"code":"0"}"#.utf8)).decode(ActionAnswer.self) }
    }
}
