import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorFulfilmentTests {
    private static let done = PlatformAnswer.json(#"{"error":"","message":""}"#)
    private static let own = #"{"info_needed":{"non_integrated":["tracking_no"]}}"#

    // MARK: Shipped

    private func shop(_ details: PlatformAnswer..., parameter: String = own, ship: [PlatformAnswer] = [done]) -> FakeShopee {
        FakeShopee(["order/get_order_detail": details, "logistics/get_shipping_parameter": [.response(parameter)], "logistics/ship_order": ship])
    }
    private func mark(_ shop: FakeShopee, _ shipment: Shipment = Bench.shipment("EX000000000TH")) async -> ConnectorError? {
        await Bench.error { () async throws(ConnectorError) in try await shop.bare().markShipped(shipment, of: Bench.action(), idempotencyKey: "k") }
    }

    @Test func `a carrier of the seller's own is told with its number`() async throws {
        let shop = shop(.orders(SampleOrder.text))
        #expect(await mark(shop) == nil)
        #expect(shop.requests("logistics/ship_order").map(\.text) == [#"{"order_sn":"2510210K7TTH01","non_integrated":{"tracking_number":"EX000000000TH"}}"#])
    }

    @Test func `where Shopee's couriers scan there is nothing to tell`() async throws {
        let shop = shop(.orders(SampleOrder.text), parameter: #"{"info_needed":{"pickup":[],"dropoff":[]}}"#)
        #expect(await mark(shop) == .alreadyDone && !shop.paths.contains("logistics/ship_order"))
    }

    @Test(arguments: [("SHIPPED", "LOGISTICS_PICKUP_DONE"), ("TO_CONFIRM_RECEIVE", "LOGISTICS_DELIVERY_DONE"), ("COMPLETED", "LOGISTICS_DELIVERY_DONE"), ("TO_RETURN", "LOGISTICS_DELIVERY_DONE"), ("PROCESSED", "LOGISTICS_REQUEST_CREATED")])
    func `an order that has left, or is arranged, is done already`(status: String, package: String) async throws {
        let shop = shop(.orders(try SampleOrder.standing(status, package: package)))
        #expect(await mark(shop) == .alreadyDone && shop.requests.count == 1)
    }

    @Test(arguments: [("CANCELLED", "LOGISTICS_READY", "order_cancelled"), ("IN_CANCEL", "LOGISTICS_READY", "cancel_requested"), ("READY_TO_SHIP", "LOGISTICS_NOT_START", "throttled")])
    func `an order that may not leave is told`(status: String, package: String, code: String) async throws {
        let shop = shop(.orders(try SampleOrder.standing(status, package: package)))
        #expect(await mark(shop)?.code == code && !shop.paths.contains("logistics/ship_order"))
    }

    @Test func `a shipment without a number is refused`() async throws {
        let shop = shop(.orders(SampleOrder.text))
        #expect(await mark(shop, Bench.shipment(nil))?.code == "tracking_number_missing" && !shop.paths.contains("logistics/ship_order"))
    }

    @Test func `Thailand Post's rules are told in the platform's words`() async throws {
        let shop = shop(.orders(SampleOrder.text), ship: [.error("logistics.error_param", "Tracking number must have 13 characters")])
        #expect(await mark(shop, Bench.shipment("EX1"))?.sentence.contains("13 characters") == true)
    }

    @Test func `after a lost answer the repeat finds it done`() async throws {
        #expect(await mark(shop(.orders(SampleOrder.text), ship: [.page(502)]))?.failureClass == .transient)
        let again = shop(.orders(try SampleOrder.standing("SHIPPED", package: "LOGISTICS_PICKUP_DONE")))
        #expect(await mark(again) == .alreadyDone && again.paths == ["order/get_order_detail"])
    }

    @Test func `of a split order only the package that the shipment holds is told`() async throws {
        let lines = #"[{"item_id":1,"model_id":0,"item_name":"x","model_quantity_purchased":1,"model_original_price":10,"model_discounted_price":10,"line_item_id":71},{"item_id":2,"model_id":0,"item_name":"y","model_quantity_purchased":1,"model_original_price":10,"model_discounted_price":10,"line_item_id":72}]"#
        let packages = #"[{"package_number":"P1","logistics_status":"LOGISTICS_READY","item_list":[{"item_id":1,"model_id":0,"model_quantity":1}]},{"package_number":"P2","logistics_status":"LOGISTICS_READY","item_list":[{"item_id":2,"model_id":0,"model_quantity":1}]}]"#
        let shop = shop(.orders(try SampleOrder.json(["item_list": lines, "package_list": packages, "split_up": "true"])))
        #expect(await mark(shop, Bench.shipment("EX000000000TH", contents: [.init(externalLineID: "72", quantity: 1)])) == nil)
        #expect(shop.requests("logistics/ship_order").map { $0.json["package_number"].text } == ["P2"])
    }

    // MARK: Cancelling

    private func cancel(_ shop: FakeShopee, reason: String = "customer", _ settings: [String: String] = [:]) async -> Result<CancelAnswer, ConnectorError> {
        do throws(ConnectorError) { return .success(try await shop.bare(settings).cancelOrder(Bench.action(), reason: reason, idempotencyKey: "k")) } catch { return .failure(error) }
    }
    private func cancelling(_ answer: PlatformAnswer, _ details: PlatformAnswer...) -> FakeShopee { FakeShopee(["order/get_order_detail": details, "order/cancel_order": [answer]]) }

    @Test(arguments: [("CANCELLED", CancelAnswer.cancelled), ("IN_CANCEL", .pending), ("READY_TO_SHIP", .pending)])
    func `a cancellation that was taken is what the order then shows`(after: String, answer: CancelAnswer) async throws {
        let shop = cancelling(.response(#"{"update_time":1}"#), .orders(SampleOrder.text), .orders(try SampleOrder.standing(after)))
        #expect(try await cancel(shop).get() == answer)
        #expect(shop.requests("order/cancel_order").map(\.text) == [#"{"order_sn":"2510210K7TTH01","cancel_reason":"CUSTOMER_REQUEST"}"#])
    }

    @Test(arguments: [("CANCELLED", CancelAnswer.cancelled), ("IN_CANCEL", .pending)]) func `what is on its way is not asked for again`(status: String, answer: CancelAnswer) async throws {
        let shop = cancelling(.error("x"), .orders(try SampleOrder.standing(status)))
        #expect(try await cancel(shop).get() == answer)
        #expect(shop.requests.count == 1)
    }

    @Test(arguments: ["SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED", "TO_RETURN"]) func `a shipped order is too late`(status: String) async throws {
        let shop = cancelling(.response("{}"), .orders(try SampleOrder.standing(status)))
        guard case .tooLate(let words) = try await cancel(shop).get() else { Issue.record("not too late"); return }
        #expect(words.contains(status) && shop.requests.count == 1)
    }

    @Test func `an order that left while it was refused is too late, one that stands is told`() async throws {
        let left = cancelling(.error("order.error_state", "wrong status"), .orders(SampleOrder.text), .orders(try SampleOrder.standing("SHIPPED")))
        guard case .tooLate = try await cancel(left).get() else { Issue.record("not too late"); return }
        let stands = cancelling(.error("order.error_state", "wrong status"), .orders(SampleOrder.text))
        guard case .failure(.refused("order.error_state", _)) = await cancel(stands) else { Issue.record("not refused"); return }
    }

    @Test func `an order that nobody knows is unknown`() async throws {
        #expect(try await cancel(cancelling(.response("{}"), .orders())).get() == .unknown)
    }

    @Test(arguments: [
        ("OUT_OF_STOCK", [:], [:], #""cancel_reason":"OUT_OF_STOCK","item_list":[{"item_id":20400051001,"model_id":90011223344}]"#), ("out of stock", [:], [:], #""cancel_reason":"OUT_OF_STOCK","item_list":[{"item_id":20400051001,"model_id":90011223344}]"#),
        ("customer-request", [:], [:], #""cancel_reason":"CUSTOMER_REQUEST""#), ("whatever", ["cancelReason": "OUT_OF_STOCK"], [:], #""cancel_reason":"OUT_OF_STOCK","item_list":[{"item_id":20400051001,"model_id":90011223344}]"#),
        ("UNDELIVERABLE_AREA", [:], [:], #""cancel_reason":"CUSTOMER_REQUEST""#), ("UNDELIVERABLE_AREA", [:], ["region": "\"MY\""], #""cancel_reason":"UNDELIVERABLE_AREA""#),
        ("COD_NOT_SUPPORTED", [:], [:], #""cancel_reason":"CUSTOMER_REQUEST""#), ("COD_NOT_SUPPORTED", [:], ["cod": "true"], #""cancel_reason":"COD_NOT_SUPPORTED""#),
    ] as [(String, [String: String], [String: String], String)])
    func `a reason is one of the platform's`(reason: String, settings: [String: String], changes: [String: String], body: String) async throws {
        let shop = cancelling(.response("{}"), .orders(try SampleOrder.json(changes)), .orders(try SampleOrder.standing("CANCELLED")))
        _ = try await cancel(shop, reason: reason, settings).get()
        #expect(shop.requests("order/cancel_order").map(\.text) == [#"{"order_sn":"2510210K7TTH01",\#(body)}"#])
    }

    // MARK: The buyer's wish

    private func decide(_ shop: FakeShopee, _ isAccepted: Bool) async -> ConnectorError? {
        await Bench.error { () async throws(ConnectorError) in try await shop.bare().answerCancellation(of: Bench.action(), isAccepted: isAccepted, reason: nil, idempotencyKey: "k") }
    }

    @Test(arguments: [(true, "ACCEPT"), (false, "REJECT")]) func `a buyer's wish is answered in the platform's word`(isAccepted: Bool, word: String) async throws {
        let shop = FakeShopee(["order/get_order_detail": [.orders(try SampleOrder.standing("IN_CANCEL"))], "order/handle_buyer_cancellation": [.response("{}")]])
        #expect(await decide(shop, isAccepted) == nil)
        #expect(shop.requests("order/handle_buyer_cancellation").map(\.text) == [#"{"order_sn":"2510210K7TTH01","operation":"\#(word)"}"#])
    }

    @Test(arguments: [("CANCELLED", true, "already_done"), ("CANCELLED", false, "order_cancelled"), ("READY_TO_SHIP", false, "already_done"), ("READY_TO_SHIP", true, "not_in_cancel"), ("SHIPPED", true, "not_in_cancel")])
    func `where nobody waits, what stands is told`(status: String, isAccepted: Bool, code: String) async throws {
        let before = FakeShopee(["order/get_order_detail": [.orders(try SampleOrder.standing(status))]])
        #expect(await decide(before, isAccepted)?.code == code && before.requests.count == 1)
        let meanwhile = FakeShopee(["order/get_order_detail": [.orders(try SampleOrder.standing("IN_CANCEL")), .orders(try SampleOrder.standing(status))], "order/handle_buyer_cancellation": [.error("order.error_state")]])
        #expect(await decide(meanwhile, isAccepted)?.code == code)
    }

    @Test func `an answer that is refused while the buyer waits is told`() async throws {
        let shop = FakeShopee(["order/get_order_detail": [.orders(try SampleOrder.standing("IN_CANCEL"))], "order/handle_buyer_cancellation": [.error("order.error_new")]])
        #expect(await decide(shop, true)?.code == "order.error_new")
    }
}
