import Connect
import Domain
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorErrorTests {
    private static let orderPath = "/api/v2/order/get_order_list", productPath = "/api/v2/product/update_stock", authPath = "/api/v2/auth/access_token/get"

    private func refusal(_ code: String, _ message: String, path: String = orderPath, status: Int = 200) throws -> Refusal {
        try #require(Refusal.of(.error(code, message, status: status), path: path, now: Bench.now))
    }

    enum Class: Sendable { case token, clock, burst, transient, unauthorised, refused, misconfigured, quota }

    private func kind(_ refusal: Refusal) -> Class? {
        switch (refusal.kind, refusal.error) {
        case (.token, .unauthorised): .token
        case (.clock, .unreachable): .clock
        case (.burst, .throttled): .burst
        case (.other, .throttled): .quota
        case (.other, .unreachable): .transient
        case (.other, .unauthorised): .unauthorised
        case (.other, .refused): .refused
        case (.other, .misconfigured): .misconfigured
        default: nil
        }
    }

    /// Every row of platforms/shopee.md §8 and of the table in §2.3.
    @Test(arguments: [
        ("invalid_acceess_token", "Invalid access_token", orderPath, .token), ("invalid_access_token", "x", orderPath, .token), ("error_auth", "Invalid access_token.", orderPath, .token),
        ("error_auth", "Invalid access_token.", productPath, .token), ("common.error_auth", "Your access_token is wrong", orderPath, .token),
        ("error_auth", "System error, please try again later.", orderPath, .transient), ("error_auth", "System error, please try again later.", productPath, .transient),
        ("error_auth", "Total stock must be more than reserved stock.", productPath, .refused), ("error_auth", "Please wait for the holiday mode set", productPath, .refused),
        ("error_auth", "Total stock must be more than reserved stock.", orderPath, .unauthorised), ("error_auth", "No permission to current api.", orderPath, .unauthorised),
        ("error_auth", "partner_id is invalid", orderPath, .unauthorised), ("error_auth", "Invalid refresh_token.", authPath, .unauthorised),
        ("error_api_call_restricted", "x", orderPath, .unauthorised), ("error_api_permission", "This app type has no permission to this API", orderPath, .unauthorised),
        ("error_ashop_api_permission", "x", orderPath, .unauthorised), ("error_permission", "x", orderPath, .unauthorised), ("order.error_permission", "x", orderPath, .unauthorised),
        ("error_partner_key_expired", "x", orderPath, .unauthorised), ("source_ip_undeclared", "x", orderPath, .unauthorised), ("error_kyc_auth", "x", orderPath, .unauthorised),
        ("shop_banned", "x", orderPath, .unauthorised), ("shop_no_linked", "x", orderPath, .unauthorised), ("partner_shop_no_link", "x", orderPath, .unauthorised),
        ("invalid_partner_id", "x", orderPath, .unauthorised), ("invalid_code", "x", authPath, .unauthorised), ("invalid_shop_id", "x", authPath, .unauthorised),
        ("invalid_main_acount_id", "x", authPath, .unauthorised), ("error_shop_refresh_token", "x", authPath, .unauthorised), ("refresh_token_expired", "x", authPath, .unauthorised),
        ("shop_access_expired", "x", authPath, .unauthorised), ("merchant_access_expired", "x", authPath, .unauthorised), ("merchant_no_linked", "x", authPath, .unauthorised),
        ("error_sign", "Wrong sign.", orderPath, .misconfigured),
        ("error_param", "Timestamp is expired.", orderPath, .clock), ("error_param", "Invalid timestamp.", orderPath, .clock), ("error_param", "wrong parameter", orderPath, .refused),
        ("error_rate_limit", "x", orderPath, .burst), ("common.error_rate_limit", "x", orderPath, .burst),
        ("error_limit", "x", orderPath, .quota), ("common.error_limit", "x", orderPath, .quota), ("logistics.error_limit", "x", orderPath, .refused), ("order.error_limit", "x", orderPath, .refused),
        ("error_server", "x", orderPath, .transient), ("common.error_server", "x", orderPath, .transient), ("error_network", "x", orderPath, .transient), ("error_inner", "x", orderPath, .transient),
        ("error_inner", "Invalid stock location ID", productPath, .refused), ("error_system_busy", "x", orderPath, .transient), ("error_data", "parse data failed", orderPath, .transient),
        ("error_data", "no data", orderPath, .refused), ("logistics.error_timeout", "x", orderPath, .transient), ("logistics.error_connection", "x", orderPath, .transient),
        ("logistics.error_third_party_server", "x", orderPath, .transient),
        ("error_not_found", "x", orderPath, .refused), ("order.order_list_invalid_time", "x", orderPath, .refused), ("api_suspended", "x", orderPath, .refused),
        ("error.param", "x", productPath, .refused), ("error_nobody_knows", "x", orderPath, .refused), ("logistics.error_param", "Tracking number must have 13 characters", orderPath, .refused),
        ("error_cannt_edit_price_in_promotion", "x", productPath, .refused), (" error_server ", "x", orderPath, .transient), ("ERROR_SERVER", "x", orderPath, .transient),
    ] as [(String, String, String, Class)])
    func `each code has its class`(code: String, message: String, path: String, expected: Class) throws {
        for status in [200, 403] {
            let refusal = try refusal(code, message, path: path, status: status)
            #expect(kind(refusal) == expected, "\(refusal)")
            if case .refused(let platformCode, let words) = refusal.error { #expect(platformCode == code.trimmed && words.hasPrefix(message)) }
            #expect(refusal.error.sentence.contains(message) || [Class.burst, .quota].contains(expected))
        }
    }

    /// The state refusals of §6.
    @Test(arguments: [
        ("logistics.ship_order_not_ready_to_ship", StateRefusal.notReadyToShip), ("logistics.ship_order_only_support_one_type", .onlyOneWay),
        ("logistics.ship_order_not_need_pacakge_number", .needsNoPackageNumber), ("logistics.ship_order_need_sender_real_name", .needsSenderName), (" package_already_shipped", .alreadyShipped),
        ("logistics.error_booking_order", .isBooking), ("logistics.error_pickup_time", .pickupTime), ("error_cutoff_time", .cutoffTime), ("logistics.logistic_order_is_locked_on_creating", .locked),
        ("logistics.error_too_many_invoke_function", .tooManyCalls), ("logistics.download_later", .labelLater), ("logistics.shipping_document_should_print_first", .labelNotMade),
        ("logistics.package_print_failed", .labelFailed), ("logistics.package_can_not_print", .noLabel),
    ])
    func `a refusal of a state is told apart`(code: String, state: StateRefusal) throws { #expect(try refusal(code, "words").kind == .state(state)) }

    @Test(arguments: [
        (StateRefusal.notReadyToShip, FailureClass.throttled(until: Bench.now + .seconds(300))), (.locked, .throttled(until: Bench.now + .seconds(30))), (.tooManyCalls, .throttled(until: Bench.now + .seconds(30))),
        (.labelLater, .throttled(until: Bench.now + .seconds(10))), (.alreadyShipped, .alreadyDone), (.needsSenderName, .rejected), (.onlyOneWay, .rejected), (.needsNoPackageNumber, .rejected),
        (.isBooking, .rejected), (.pickupTime, .rejected), (.cutoffTime, .rejected), (.labelNotMade, .rejected), (.labelFailed, .rejected), (.noLabel, .rejected),
    ])
    func `each has a class of its own where reading again tells no more`(state: StateRefusal, expected: FailureClass) {
        #expect(state.error(code: "c", message: "m", now: Bench.now).failureClass == expected)
    }

    @Test(arguments: [#"{"error":""}"#, #"{"error":"-","message":"-"}"#, #"{"error":null}"#, "{}", #"{"error":"","warning":"soft"}"#, #"{"error":"","warning":["a"]}"#, #"{"error":"","warning":null}"#, #"{"error":"","warning":[{"order_sn":"A"}]}"#, #"{"error ":""}"#])
    func `a success is an empty error, a dash, or none`(body: String) { #expect(Refusal.of(.json(body), path: Self.orderPath, now: Bench.now) == nil) }

    @Test(arguments: [
        (PlatformAnswer.page(502), FailureClass.transient), (.page(200), .transient), (.page(403), .transient), (.page(404), .transient), (.json("", status: 200), .transient), (.json("[]", status: 200), .transient),
        (.json(#"{"error":"#, status: 200), .transient), (.json("", status: 500), .transient), (.json("{}", status: 503), .transient), (.error("error_new", status: 500), .transient), (.json("", status: 301), .transient),
        (.json("{}", status: 403), .unauthorised), (.json("{}", status: 404), .rejected), (.json("", status: 429, headers: [.retryAfter: "7"]), .throttled(until: Bench.now + .seconds(7))),
        (.json("<html>", status: 429), .throttled(until: Bench.now + .seconds(1))),
    ])
    func `an answer without an envelope has the class of its status`(answer: PlatformAnswer, expected: FailureClass) {
        #expect(Refusal.of(answer, path: Self.orderPath, now: Bench.now)?.error.failureClass == expected)
    }

    /// 00:00 UTC+8 is 16:00 UTC.
    @Test(arguments: [("2026-11-06T15:59:59Z", "2026-11-06T16:00:00Z"), ("2026-11-06T16:00:00Z", "2026-11-07T16:00:00Z"), ("2026-11-06T00:00:00Z", "2026-11-06T16:00:00Z"), ("2026-12-31T23:00:00Z", "2027-01-01T16:00:00Z")])
    func `the daily quota starts anew at midnight of Singapore`(now: String, reset: String) throws {
        #expect(Refusal.quotaReset(after: try #require(Timestamp(rfc3339: now))) == Timestamp(rfc3339: reset))
    }

    @Test func `the platform's request id is told, for its support`() throws { #expect(try refusal("error_new", "words").message == "words [request r1]") }

    // MARK: Calls

    private static let list = ShopeeCall.get("order/get_order_list")

    @Test func `a refused token is exchanged once, and the call repeated`() async throws {
        let shop = FakeShopee(["order/get_order_list": [.error("invalid_acceess_token", status: 403), .response("{}")]])
        _ = try await shop.connector().client.call(Self.list)
        #expect(shop.requests.map { $0.query["access_token"] } == ["token-1", "token-2"] && shop.lent == [nil, "token-1"])
    }

    @Test func `a token that is refused again parks the channel`() async throws {
        let shop = FakeShopee(["order/get_order_list": [.error("error_auth", "Invalid access_token.")]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().client.call(Self.list) }
        #expect(error?.failureClass == .unauthorised && shop.requests.count == 2)
    }

    @Test(arguments: ["source_ip_undeclared", "shop_banned", "error_permission", "error_partner_key_expired"])
    func `what no token mends asks for none`(code: String) async throws {
        let shop = FakeShopee(["order/get_order_list": [.error(code)]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().client.call(Self.list) }
        #expect(error?.failureClass == .unauthorised && shop.requests.count == 1 && shop.lent == [nil])
    }

    @Test func `a clock that is wrong is mended by the platform's, once`() async throws {
        let theirs: HTTPFields = [.date: "Thu, 09 Oct 2025 09:03:20 GMT"]   // 1760000600
        let shop = FakeShopee(["order/get_order_list": [.error("error_param", "Timestamp is expired.", headers: theirs), .response("{}")]])
        let connector = try shop.connector()
        _ = try await connector.client.call(Self.list)
        _ = try await connector.client.call(Self.list)
        #expect(shop.requests.map { $0.query["timestamp"] } == ["1760000000", "1760000600", "1760000600"])
    }

    @Test func `a clock that stays wrong is told, not tried for ever`() async throws {
        let shop = FakeShopee(["order/get_order_list": [.error("error_param", "Timestamp is expired.", headers: [.date: "Thu, 09 Oct 2025 09:03:20 GMT"])]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().client.call(Self.list) }
        #expect(error?.failureClass == .transient && error?.sentence.contains("clock") == true && shop.requests.count == 2)
    }

    @Test func `bursts that are refused wait longer each time, until one is taken`() async throws {
        let burst = PlatformAnswer.error("error_rate_limit")
        let shop = FakeShopee(["order/get_order_list": [burst, burst, burst, .response("{}"), burst]])
        let connector = try ShopeeConnector(shop.context(), jitter: { 0.1 })
        var waits: [Int64] = []
        for _ in 0..<5 {
            let error = await Bench.error { () async throws(ConnectorError) in try await connector.client.call(Self.list) }
            guard case .throttled(let until)? = error else { continue }
            waits.append((until - Bench.now).inMilliseconds)
        }
        #expect(waits == [1_100, 2_200, 4_400, 1_100])
    }

    @Test func `a channel that another shop authorised calls nothing`() async throws {
        let shop = FakeShopee(["order/get_order_list": [.response("{}")]])
        let context = shop.context(account: "7")
        let error = await Bench.error { () async throws(ConnectorError) in try await ShopeeConnector(context, jitter: { 0 }).client.call(Self.list) }
        guard case .misconfigured(setting: "shopID", let problem)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(problem.contains("7") && shop.requests.isEmpty)
    }
}
