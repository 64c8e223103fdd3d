import Connect
import Domain
import HTTPTypes
import Testing

@testable import WooCommerceConnector

/// The error table of platforms/woocommerce.md §8, and the bodies of §2.4.
@Suite struct ConnectorErrorTests {
    private func failure(_ answer: PlatformAnswer) -> ConnectorError? { AnswerReading.failure(of: answer, now: FakeShop.now) }

    @Test(arguments: [
        (400, "rest_invalid_param", "rest_invalid_param"), (400, "rest_missing_callback_param", "rest_missing_callback_param"), (400, "rest_invalid_json", "rest_invalid_json"),
        (404, "woocommerce_rest_shop_order_invalid_id", "not_found"), (400, "woocommerce_rest_shop_order_invalid_id", "not_found"),
        (404, "woocommerce_rest_shop_webhook_invalid_id", "not_found"), (500, "woocommerce_rest_cannot_create_order_refund", "woocommerce_rest_cannot_create_order_refund"),
        (400, "woocommerce_rest_shop_webhook_invalid_topic", "woocommerce_rest_shop_webhook_invalid_topic"), (413, "woocommerce_rest_request_entity_too_large", "woocommerce_rest_request_entity_too_large"),
        (501, "woocommerce_rest_trash_not_supported", "woocommerce_rest_trash_not_supported"), (400, "some_plugin_said_no", "some_plugin_said_no"),
    ])
    func `what is permanent is refused in the shop's words`(status: Int, code: String, refusedAs: String) {
        #expect(failure(.error(status, code, "Nein, so nicht.")) == .refused(platformCode: refusedAs, platformMessage: "Nein, so nicht."))
    }

    @Test(arguments: [
        (401, "woocommerce_rest_authentication_error"), (401, "woocommerce_rest_cannot_view"), (403, "woocommerce_rest_cannot_edit"), (401, "woocommerce_rest_authentication_missing_parameter"),
        (403, "rest_forbidden"), (401, "anything_else"),
    ])
    func `rights are for a person to mend`(status: Int, code: String) {
        #expect(failure(.error(status, code))?.failureClass == .unauthorised)
    }

    @Test(arguments: [401, 403, 406])
    func `a firewall's page is for a person to mend`(status: Int) {
        #expect(failure(.page(status))?.failureClass == .unauthorised)
    }

    @Test(arguments: [502, 503, 504, 508, 520, 521, 522, 523, 524, 525, 526, 527, 500])
    func `a server in trouble is tried again`(status: Int) {
        #expect(failure(.page(status))?.failureClass == .transient)
    }

    @Test func `a crash of PHP is tried again although it is JSON`() {
        #expect(failure(.error(500, "internal_server_error", "<p>There has been a critical error on this website.</p>"))?.failureClass == .transient)
    }

    @Test(arguments: [
        (429, nil, Int64(30)), (429, "7", 7), (429, "999999", 3600), (429, "0", 1), (503, "120", 120), (503, "Fri, 06 Nov 2026 21:21:00 GMT", 60), (429, "soon", 30),
    ] as [(Int, String?, Int64)])
    func `a throttle says until when, within an hour`(status: Int, retryAfter: String?, seconds: Int64) {
        var headers: HTTPFields = [:]
        headers[.retryAfter] = retryAfter
        #expect(failure(.json("<html>", status: status, headers: headers)) == .throttled(until: FakeShop.now + .seconds(seconds)))
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect is a wrong address, and its query is not repeated`(status: Int) {
        let error = failure(.json("", status: status, headers: [.location: "https://www.shop.example/wp-json/wc/v3/orders?consumer_secret=cs_1"]))
        guard case .misconfigured(setting: "url", problem: let problem)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(problem.contains("https://www.shop.example/wp-json/wc/v3/orders:"))
        #expect(!problem.contains("cs_1"))
    }

    @Test(arguments: [PlatformAnswer.error(404, "rest_no_route"), .page(404)])
    func `no route is a wrong address or a plugin that is off`(answer: PlatformAnswer) {
        guard case .misconfigured(setting: "url", _)? = failure(answer) else { Issue.record("\(String(describing: failure(answer)))"); return }
    }

    @Test func `what is trashed already is done`() {
        #expect(failure(.error(410, "woocommerce_rest_already_trashed")) == .alreadyDone)
    }

    @Test(arguments: [200, 201, 204])
    func `success is no failure`(status: Int) {
        #expect(failure(.json("{}", status: status)) == nil)
    }

    @Test(arguments: [(#"{"status":400,"params":{"orderby":"x"},"details":{}}"#, 400, ["orderby"]), ("500", 500, []), ("null", nil, []), (#"{"status":400,"params":["name","topic"]}"#, 400, ["name", "topic"]), (#""x""#, nil, [])]
        as [(String, Int?, [String])])
    func `an envelope's data may be an object, a number or nothing`(data: String, status: Int?, parameters: [String]) {
        let envelope = ErrorEnvelope(.init(PlatformAnswer.error(400, "c", "m", data: data).body))
        #expect(envelope?.status == status)
        #expect(envelope?.parameters == parameters)
    }

    @Test func `a message in HTML is told as plain text and cut`() {
        let answer = PlatformAnswer.error(400, "c", "<strong>Ung&uuml;ltig</strong> &amp; falsch" + String(repeating: "x", count: 500))
        guard case .refused(_, let message)? = failure(answer) else { Issue.record("not refused"); return }
        #expect(message.hasPrefix("Ung&uuml;ltig & falsch"))
        #expect(message.count == 240)
    }

    // MARK: Bodies of successful answers

    private struct Body: Decodable, Equatable { var id: Int }

    @Test(arguments: [
        #"{"id":7}"#, "\u{FEFF}{\"id\":7}", "<br />\n<b>Warning</b>: Undefined array key \"x\" in /var/www/a.php on line <b>3</b><br />\n{\"id\":7}",
        "Notice: [deprecated] foo{bar} in x\n{\"id\":7}", "\n\n  {\"id\":7}\n",
    ])
    func `warnings before the JSON are skipped in answers to reads`(body: String) throws {
        let (value, bytes) = try AnswerReading.decode(Body.self, from: .json(body), isRead: true)
        #expect(value == Body(id: 7))
        #expect(String(decoding: bytes, as: UTF8.self).contains("Warning") == false)
    }

    @Test func `warnings before the JSON leave the effect of a write unknown`() {
        let error = #expect(throws: ConnectorError.self) { try AnswerReading.decode(Body.self, from: .json("Warning: x\n{\"id\":7}"), isRead: false) }
        #expect(error?.failureClass == .transient)
    }

    @Test(arguments: ["", "<html><body>hello</body></html>", #"{"id":7"#, "Warning: { [ { [ {"])
    func `a page, nothing, or half an answer is tried again`(body: String) {
        let error = #expect(throws: ConnectorError.self) { try AnswerReading.decode(Body.self, from: .json(body), isRead: true) }
        #expect(error?.failureClass == .transient)
    }

    @Test func `a good answer of another shape is raised, not tried for ever`() {
        #expect(throws: ConnectorError.notUnderstood(field: "id", found: "nothing")) { try AnswerReading.decode(Body.self, from: .json(#"{"x":1}"#), isRead: true) }
    }

    @Test(arguments: ["Fri, 06 Nov 2026 03:12:44 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"])
    func `an HTTP date is read`(text: String) {
        #expect(HTTPDate.timestamp(text)?.description == (text.hasPrefix("Fri") ? "2026-11-06T03:12:44Z" : "2000-01-01T00:00:00Z"))
    }

    @Test(arguments: ["", "yesterday", "Fri, 06 Foo 2026 03:12:44 GMT", "Fri, 6 Nov 2026 03:12:44 GMT", "Fri, 31 Feb 2026 03:12:44 GMT", "Fri, 06 Nov 2026 03:12:44 +07"])
    func `what is no HTTP date is none`(text: String) {
        #expect(HTTPDate.timestamp(text) == nil)
    }
}
