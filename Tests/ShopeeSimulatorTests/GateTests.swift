import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Who may call, and in which words others are refused (shopee.md §2.4, §4.4, §8).
@Suite(.timeLimit(.minutes(1))) struct GateTests {
    @Test func `a signed call is answered inside the envelope`() async throws {
        try await withShopee { (bench) async throws in
            let answer = try await bench.list()
            #expect(answer.status == 200)
            #expect(answer.error == "")
            #expect(answer.json["request_id"]?.string?.count == 32)
            #expect(answer.response["more"] == false)
        }
    }

    @Test(arguments: [(0, ""), (300, ""), (-300, ""), (301, "error_param"), (-301, "error_param")] as [(Int64, String)])
    func `the clock may be five minutes wrong`(skew: Int64, error: String) async throws {
        try await withShopee { (bench) async throws in
            let path = "/api/v2/shop/get_shop_info"
            let query = bench.signed(path, .shop(accessToken: bench.accessToken, id: "\(bench.shopID)"), skew: skew)
            let answer = try await bench.send("shop/get_shop_info", query + [("access_token", bench.accessToken), ("shop_id", "\(bench.shopID)")])
            #expect(answer.error == error)
            #expect(error.isEmpty || answer.message == "Timestamp is expired.")
        }
    }

    @Test(arguments: ["partner_id", "timestamp", "sign", "access_token", "shop_id"])
    func `each common parameter is wanted in the query`(name: String) async throws {
        try await withShopee { (bench) async throws in
            let answer = try await bench.send("shop/get_shop_info", bench.common("shop/get_shop_info").filter { $0.0 != name })
            #expect(answer.error == "error_param")
            #expect(answer.message == "There is no \(name) in query.")
        }
    }

    @Test func `common parameters in a body are not read`() async throws {
        try await withShopee { (bench) async throws in
            let members = bench.common("order/set_note").map { ShopeeJSON.Member($0.0, .text($0.1)) }
            let answer = try await bench.send("order/set_note", [], body: .object(members + [.init("order_sn", "x"), .init("note", "x")]))
            #expect(answer.error == "error_param")
        }
    }

    @Test(arguments: [("partner_id", "1", "error_auth"), ("timestamp", "soon", "error_param"), ("sign", "00", "error_sign")])
    func `a wrong common parameter has its own refusal`(name: String, value: String, error: String) async throws {
        try await withShopee { (bench) async throws in
            let query = bench.common("shop/get_shop_info").map { $0.0 == name ? (name, value) : $0 }
            #expect(try await bench.send("shop/get_shop_info", query).error == error)
        }
    }

    @Test func `a signature for another path, key or shop is refused`() async throws {
        try await withShopee { (bench) async throws in
            #expect(try await bench.send("order/get_order_list", bench.common("shop/get_shop_info")).error == "error_sign")
            let caller = ShopeeSigning.Caller.shop(accessToken: bench.accessToken, id: "\(bench.shopID)")
            let foreign = bench.signed("/api/v2/shop/get_shop_info", caller, key: "other")
            let rest = [("access_token", bench.accessToken), ("shop_id", "\(bench.shopID)")]
            #expect(try await bench.send("shop/get_shop_info", foreign + rest).error == "error_sign")
            let own = bench.signed("/api/v2/shop/get_shop_info", caller)
            #expect(try await bench.send("shop/get_shop_info", own + [("access_token", bench.accessToken), ("shop_id", "\(ShopeeBench.second)")]).error == "error_sign")
        }
    }

    @Test func `a merchant signs with its own id`() async throws {
        try await withShopee { (bench) async throws in
            let code = bench.simulator.consent(shopID: nil)
            let pair = try await bench.callApp("auth/token/get", body: [
                "code": .text(code), "partner_id": .integer(bench.simulator.configuration.partnerID), "main_account_id": .integer(bench.simulator.configuration.mainAccountID),
            ]).json
            let token = try #require(pair["access_token"]?.string), path = "/api/v2/merchant/get_merchant_info"
            let good = bench.signed(path, .merchant(accessToken: token, id: "900455")) + [("access_token", token), ("merchant_id", "900455")]
            #expect(try await bench.send("merchant/get_merchant_info", good).json["merchant_name"] == "Example merchant")
            let bad = bench.signed(path, .merchant(accessToken: bench.accessToken, id: "900455")) + [("access_token", bench.accessToken), ("merchant_id", "900455")]
            #expect(try await bench.send("merchant/get_merchant_info", bad).error == "error_permission")
        }
    }

    @Test(arguments: [(false, 200), (true, 403)])
    func `refused signatures come as 200 or as 403`(forbidden: Bool, status: Int) async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.answersForbidden = forbidden }
            let query = bench.common("shop/get_shop_info").map { $0.0 == "sign" ? ("sign", "00") : $0 }
            #expect(try await bench.send("shop/get_shop_info", query).status == status)
            #expect(try await bench.list([("page_size", "0")]).status == 200)
        }
    }

    @Test(arguments: ShopeeSwitches.TokenWord.allCases)
    func `an old token is refused in each of its spellings`(word: ShopeeSwitches.TokenWord) async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.tokenWord = word }
            bench.simulator.expireAccessTokens(of: bench.shopID)
            let answer = try await bench.list()
            #expect(answer.error == word.rawValue)
            #expect(answer.message.contains("access_token"))
        }
    }

    @Test func `a token of one shop does not open another`() async throws {
        try await withShopee { (bench) async throws in
            _ = try bench.simulator.authorise(shopID: ShopeeBench.second)
            var other = bench
            other.shopID = ShopeeBench.second
            #expect(try await other.list().error == "error_permission")
            other.shopID = 1
            #expect(try await other.list().error == "error_auth")
        }
    }

    @Test func `console accidents refuse every call`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.isKeyExpired = true }
            #expect(try await bench.list().error == "error_partner_key_expired")
            bench.simulator.set {
                $0.isKeyExpired = false
                $0.isAddressUndeclared = true
            }
            #expect(try await bench.list().error == "source_ip_undeclared")
            bench.simulator.set { $0.isAddressUndeclared = false }
            bench.simulator.setBanned(true, shopID: bench.shopID)
            #expect(try await bench.list().error == "shop_banned")
            bench.simulator.setBanned(false, shopID: bench.shopID)
            bench.simulator.expireConsent(of: bench.shopID)
            #expect(try await bench.list().error == "shop_access_expired")
            bench.simulator.revokeConsent(of: bench.shopID)
            #expect(try await bench.list().error == "partner_shop_no_link")
        }
    }

    @Test func `a burst is refused until the next second`() async throws {
        try await withShopee { $0.requestsPerSecond = 2 } _: { (bench) async throws in
            #expect(try await bench.list().error == "")
            #expect(try await bench.list().error == "")
            #expect(try await bench.list().error == "error_rate_limit")
            bench.clock.advance(by: 1)
            #expect(try await bench.list().error == "")
        }
    }

    @Test func `the daily quota is back at midnight UTC+8`() async throws {
        try await withShopee { $0.requestsPerDay = 1 } _: { (bench) async throws in
            #expect(try await bench.list().error == "")
            #expect(try await bench.list().error == "error_limit")
            let midnight = 86_400 - (bench.clock.now + 8 * 3_600) % 86_400
            bench.simulator.advanceClock(bySeconds: Int(midnight) - 1)
            var fresh = bench
            fresh.accessToken = try bench.simulator.authorise(shopID: bench.shopID).accessToken
            #expect(try await fresh.list().error == "error_limit")
            bench.clock.advance(by: 1)
            #expect(try await fresh.list().error == "")
        }
    }

    @Test func `version 1, unknown calls, wrong methods and broken bodies are refused`() async throws {
        try await withShopee { (bench) async throws in
            #expect(try await bench.plain("GET", "/api/v1/orders/get").error == "api_suspended")
            #expect(try await bench.call("order/no_such_call").error == "error_not_found")
            #expect(try await bench.call("logistics/ship_order").error == "error_not_found")
            let broken = try await bench.plain("POST", "/api/v2/order/set_note?\(ShopeeBench.query(bench.common("order/set_note")))", body: Data("{".utf8))
            #expect(broken.error == "error_data")
            #expect(try await bench.plain("GET", "/somewhere").status == 404)
        }
    }

    /// The codes of shopee.md §8 that no state of the simulator produces by itself.
    @Test(arguments: [
        "error_kyc_auth", "error_api_call_restricted", "error_api_permission", "error_ashop_api_permission", "shop_no_linked", "invalid_partner_id",
        "error_server", "error_network", "error_inner", "error_system_busy", "logistics.error_timeout", "logistics.error_connection",
        "logistics.error_third_party_server", "logistics.error_too_many_invoke_function", "error_shop_refresh_token",
    ])
    func `any word of the error table can be asked for, for one call and so often`(code: String) async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.refuseNext("order/get_order_list", code: code, message: "no", times: 2)
            #expect(try await bench.call("shop/get_shop_info").error == "")
            #expect(try await bench.list().error == code)
            #expect(try await bench.list().error == code)
            #expect(try await bench.list().error == "")
            #expect(bench.simulator.counters.refusals[code] == 2)
        }
    }

    @Test func `the edge answers a page, and an answer is lost after the work`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.breakNext(status: 502)
            let page = try await bench.list()
            #expect(page.status == 502)
            #expect(page.text.hasPrefix("<html>"))
            let order = try bench.place(.everyday)
            bench.simulator.loseNextAnswer("logistics/ship_order")
            await #expect(throws: (any Error).self) { try await bench.ship(order) }
            #expect(bench.simulator.arrangements(order) == [1])
            #expect(try await bench.ship(order).error == " package_already_shipped")
            #expect(bench.simulator.arrangements(order) == [1])
        }
    }

    @Test func `a call hangs until the caller gives up`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.hangNext("shop/get_shop_info", for: .seconds(30))
            let url = bench.simulator.baseURL + "/api/v2/shop/get_shop_info?" + ShopeeBench.query(bench.common("shop/get_shop_info"))
            await #expect(throws: (any Error).self) { try await PlainHTTP.send("GET", url, limit: .milliseconds(100)) }
        }
    }

    @Test(arguments: [
        (Fault.throttle(retryAfterSeconds: 1), "error_rate_limit"), (.serverError(status: 500), "error_server"), (.expireToken, "invalid_acceess_token"),
    ])
    func `faults of the plan speak the platform's words`(fault: Fault, error: String) async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.faults.force([fault], at: .request)
            #expect(try await bench.list().error == error)
            #expect(try await bench.list().error == "")
        }
    }

    @Test func `faults of the plan also cut, break and lose answers`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.faults.force([.malform, .serverError(status: 503), .drop, .delay(.milliseconds(1))], at: .request)
            #expect(try await bench.list().error == nil)
            #expect(try await bench.list().status == 503)
            await #expect(throws: (any Error).self) { try await bench.list() }
            #expect(try await bench.list().error == "")
        }
    }

    @Test func `warnings come in every shape and success sometimes as a dash`() async throws {
        try await withShopee { (bench) async throws in
            var shapes: Set<String> = []
            for _ in 0..<8 {
                let answer = try await bench.list()
                shapes.insert(answer.json["warning"].map { String(decoding: $0.data, as: UTF8.self) } ?? "missing")
            }
            #expect(shapes == ["missing", "null", #""""#, "[]"])
            #expect(try await bench.callApp("push/get_lost_push_message").error == "-")
        }
    }
}
