import Connect
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorListingTests {
    private static let day: Int64 = 86_400
    private func page(_ numbers: [String], more: Bool = false, cursor: String = "") -> PlatformAnswer {
        .response(#"{"more":\#(more),"next_cursor":"\#(cursor)","order_list":[\#(numbers.map { #"{"order_sn":"\#($0)","order_status":"READY_TO_SHIP"}"# }.joined(separator: ","))]}"#)
    }
    private func order(_ number: String, at seconds: Int64 = 1_759_990_000) throws -> String { try SampleOrder.json(["order_sn": "\"\(number)\"", "update_time": "\(seconds)"]) }
    private func since(_ seconds: Int64) -> Timestamp { Bench.now - .seconds(seconds) }

    @Test func `a page holds whole orders, oldest change first, each once`() async throws {
        let shop = FakeShopee(["order/get_order_list": [page(["A", "B", "A", "C"])],
                               "order/get_order_detail": [.orders(try order("B", at: 1_759_990_009), try order("C", at: 1_759_990_001), try order("A", at: 1_759_990_005))]])
        let connector = try shop.connector()
        let listed = try await connector.listOrders(changedSince: since(3_600), until: nil, cursor: nil, limit: 100)
        #expect(listed.orders.map(\.externalID) == ["40071188:C", "40071188:A", "40071188:B"] && listed.nextCursor == nil && listed.askedAt == Bench.now)
        for row in listed.orders {
            guard case .order(let snapshot)? = try connector.interpret(Bench.delivery(row.topic, try #require(row.body), origin: .poll)).first else { Issue.record("no order"); return }
            #expect(snapshot.externalID == row.externalID && snapshot.revision == Revision(updatedAt: row.updatedAt, wasRead: true))
        }
    }

    @Test func `the calls ask for what the dossier says`() async throws {
        let shop = FakeShopee(["order/get_order_list": [page(["A"])], "order/get_order_detail": [.orders(try order("A"))]])
        _ = try await shop.connector().listOrders(changedSince: since(3_600), until: Bench.now - .seconds(60), cursor: nil, limit: 500)
        let list = shop.requests[0].query, detail = shop.requests[1].query
        #expect(list["time_range_field"] == "update_time" && list["time_from"] == "1759996400" && list["time_to"] == "1759999940" && list["page_size"] == "100")
        #expect(list["cursor"] == "" && list["response_optional_fields"] == "order_status" && list["request_order_status_pending"] == "true")
        #expect(detail["order_sn_list"] == "A" && detail["request_order_status_pending"] == "true")
        #expect(detail["response_optional_fields"] == "buyer_user_id,buyer_username,estimated_shipping_fee,recipient_address,actual_shipping_fee,actual_shipping_fee_confirmed,note,note_update_time,item_list,pay_time,split_up,buyer_cancel_reason,cancel_by,cancel_reason,fulfillment_flag,pickup_done_time,package_list,shipping_carrier,payment_method,total_amount,invoice_data,checkout_shipping_carrier,return_request_due_date")
        #expect(shop.requests.allSatisfy { $0.method == .get && $0.body.isEmpty })
    }

    @Test func `details are read by fifty`() async throws {
        let numbers = (1...100).map { "N\($0)" }
        let shop = FakeShopee(["order/get_order_list": [page(numbers)], "order/get_order_detail": [.response(#"{"order_list":[\#(try numbers.prefix(50).map { try order($0) }.joined(separator: ","))]}"#),
                                                                                                  .response(#"{"order_list":[\#(try numbers.suffix(50).map { try order($0) }.joined(separator: ","))]}"#)]])
        let listed = try await shop.connector().listOrders(changedSince: since(60), until: nil, cursor: nil, limit: 100)
        #expect(Set(listed.orders.map(\.externalID)).count == 100 && listed.orders.allSatisfy { $0.body != nil })
        #expect(shop.requests("order/get_order_detail").map { $0.query["order_sn_list"]?.split(separator: ",").count } == [50, 50])
    }

    @Test func `pages follow the platform's cursor`() async throws {
        let shop = FakeShopee(["order/get_order_list": [page(["A"], more: true, cursor: "c:1"), page(["B"])], "order/get_order_detail": [.orders(try order("A")), .orders(try order("B"))]])
        let connector = try shop.connector()
        let first = try await connector.listOrders(changedSince: since(60), until: nil, cursor: nil, limit: 1)
        #expect(first.nextCursor != nil)
        let second = try await connector.listOrders(changedSince: since(60), until: nil, cursor: first.nextCursor, limit: 1)
        #expect(second.orders.map(\.externalID) == ["40071188:B"] && second.nextCursor == nil)
        let queries = shop.requests("order/get_order_list").map(\.query)
        #expect(queries[1]["cursor"] == "c:1" && queries[1]["time_from"] == queries[0]["time_from"] && queries[1]["time_to"] == queries[0]["time_to"])
    }

    @Test func `a long window is walked in pieces of fifteen days, oldest first`() async throws {
        let shop = FakeShopee(["order/get_order_list": [page([])]])
        let connector = try shop.connector()
        var cursor: String?, pages = 0
        repeat {
            cursor = try await connector.listOrders(changedSince: since(40 * Self.day), until: nil, cursor: cursor, limit: 100).nextCursor
            pages += 1
        } while cursor != nil && pages < 10
        let windows = shop.requests.map { (Int64($0.query["time_from"] ?? "") ?? 0, Int64($0.query["time_to"] ?? "") ?? 0) }
        #expect(windows.count == 3 && windows[0].0 == 1_760_000_000 - 40 * Self.day && windows[2].1 == 1_760_000_001)
        #expect(windows.allSatisfy { $0.1 - $0.0 <= 1_296_000 } && zip(windows, windows.dropFirst()).allSatisfy { $0.1 == $1.0 })
        #expect(!shop.paths.contains("order/get_order_detail"))
    }

    @Test(arguments: [("c1", "c1"), ("", ""), ("c1", "")]) func `a cursor that leads nowhere ends the listing with a word`(old: String, new: String) async throws {
        let shop = FakeShopee(["order/get_order_list": [page([], more: true, cursor: new)]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().listOrders(changedSince: self.since(60), until: nil, cursor: "1759999940-1760000000:\(old)", limit: 10) }
        guard case .notUnderstood(field: "response.next_cursor", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test(arguments: ["", "x", "5-4:", "-1-5:", "1759999940", "1-2-3:", "a-b:c"]) func `a cursor that is not ours is refused`(cursor: String) async {
        let error = await Bench.error { () async throws(ConnectorError) in try await FakeShopee().bare().listOrders(changedSince: self.since(60), until: nil, cursor: cursor, limit: 10) }
        #expect(error?.code == "not_understood")
    }

    @Test func `a window that has not begun is empty and asks nobody`() async throws {
        let shop = FakeShopee()
        let listed = try await shop.connector().listOrders(changedSince: Bench.now + .seconds(3_600), until: nil, cursor: nil, limit: 10)
        #expect(listed.orders.isEmpty && listed.nextCursor == nil && shop.requests.isEmpty)
    }

    @Test func `an order that is listed and not told is left to be fetched`() async throws {
        let shop = FakeShopee(["order/get_order_list": [page(["A", "GONE"])], "order/get_order_detail": [.orders(try order("A"))]])
        let listed = try await shop.connector().listOrders(changedSince: since(60), until: nil, cursor: nil, limit: 10).orders
        #expect(listed.count == 2 && listed.first { $0.externalID == "40071188:GONE" }?.body == nil)
    }

    @Test(arguments: [#"{"more":false}"#, #"{"order_list":{}}"#, #"{"order_list":[{"order_sn":null}]}"#, #"{"order_list":[{"order_sn":"A,B"}]}"#, #"{"order_list":[7]}"#])
    func `a list that cannot be read is a named problem`(response: String) async {
        let shop = FakeShopee(["order/get_order_list": [.response(response)]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().listOrders(changedSince: self.since(60), until: nil, cursor: nil, limit: 10) }
        #expect(error?.code == "not_understood")
    }

    @Test func `the overlap is ten minutes`() throws { #expect(try FakeShopee().connector().listingOverlap == .seconds(600)) }

    // MARK: One order

    private func fetch(_ shop: FakeShopee, _ id: String = "40071188:2510210K7TTH01") async throws(ConnectorError) -> ListedOrder { try await shop.bare().fetchOrder(id) }
    private func snapshot(_ listed: ListedOrder) throws -> OrderSnapshot? {
        guard case .order(let order)? = try FakeShopee().connector().interpret(Bench.delivery(listed.topic, try #require(listed.body), origin: .fetch)).first else { return nil }
        return order
    }

    @Test func `an order that nobody knows is not found, however the platform says it`() async {
        for answer in [PlatformAnswer.orders(), .error("error_not_found"), .error("order.error_not_found")] {
            let error = await Bench.error { () async throws(ConnectorError) in try await self.fetch(FakeShopee(["order/get_order_detail": [answer]])) }
            #expect(error?.code == "not_found" && error?.failureClass == .rejected)
        }
    }

    @Test func `an answer with another order is not this one`() async throws {
        let shop = FakeShopee(["order/get_order_detail": [.orders(try order("OTHER"))]])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.fetch(shop) }?.code == "not_found")
    }

    @Test func `a bundle's escrow is read beside its order`() async throws {
        let bundle = try SampleOrder.json(line: ["model_discounted_price": "0"])
        let shop = FakeShopee(["order/get_order_detail": [.orders(bundle)],
                               "payment/get_escrow_detail": [.response(#"{"order_income":{"buyer_paid_shipping_fee":38,"items":[{"item_id":20400051001,"model_id":90011223344,"quantity_purchased":2,"original_price":498,"discounted_price":379.5}]}}"#)]])
        let order = try #require(try snapshot(try await fetch(shop)))
        #expect(order.totals == Totals(items: 37_950, discount: 0, shipping: 3_800, taxIncluded: true, grand: 41_750) && order.lines.first?.lineTotal == 37_950)
        #expect(shop.requests("payment/get_escrow_detail").map { $0.query["order_sn"] } == ["2510210K7TTH01"])
    }

    @Test func `an escrow that is refused is noted, one that is late is tried again with its order`() async throws {
        let bundle = try SampleOrder.json(line: ["model_discounted_price": "0"])
        let refused = FakeShopee(["order/get_order_detail": [.orders(bundle)], "payment/get_escrow_detail": [.error("error_not_found")]])
        #expect(try snapshot(try await fetch(refused))?.flags.contains { $0.code == "bundle_price_unknown" } == true)
        let late = FakeShopee(["order/get_order_detail": [.orders(bundle)], "payment/get_escrow_detail": [.error("error_server")]])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.fetch(late) }?.failureClass == .transient)
    }

    @Test func `escrow is read always where that is wanted, and else only for bundles`() async throws {
        let answers = ["order/get_order_detail": [PlatformAnswer.orders(SampleOrder.text)], "payment/get_escrow_detail": [.response(#"{"order_income":{"buyer_paid_shipping_fee":18}}"#)]]
        let shop = FakeShopee(answers), always = FakeShopee(answers)
        #expect(try snapshot(try await shop.connector().fetchOrder("40071188:2510210K7TTH01"))?.totals.shipping == 3_800)
        #expect(try snapshot(try await always.connector(["escrow": "always"]).fetchOrder("40071188:2510210K7TTH01"))?.totals.shipping == 1_800)
        #expect(shop.requests.count == 1 && always.requests.count == 2)
    }

    @Test func `the returns of an order are found among all, page by page`() async throws {
        let returning = try SampleOrder.json(["order_status": "\"TO_RETURN\"", "update_time": "1759990000"])
        let mine = #"{"return_sn":"R2","order_sn":"2510210K7TTH01","status":"JUDGING","refund_amount":0}"#, other = #"{"return_sn":"R1","order_sn":"X","status":"CLOSED","refund_amount":9}"#
        let shop = FakeShopee(["order/get_order_detail": [.orders(returning)], "returns/get_return_list": [.response(#"{"more":true,"return":[\#(other)]}"#), .response(#"{"more":false,"return":[\#(mine)]}"#)]])
        let order = try #require(try snapshot(try await fetch(shop)))
        #expect(order.fulfilment == .returning && order.attributes["returns"] == "R2")
        let pages = shop.requests("returns/get_return_list").map(\.query)
        #expect(pages.map { $0["page_no"] } == ["0", "1"] && pages.allSatisfy { (Int64($0["update_time_to"] ?? "") ?? .max) - (Int64($0["update_time_from"] ?? "") ?? 0) <= 1_296_000 })
    }

    @Test func `a list of returns without an end is left`() async throws {
        let returning = try SampleOrder.json(["order_status": "\"TO_RETURN\"", "update_time": "1759990000"])
        let shop = FakeShopee(["order/get_order_detail": [.orders(returning)], "returns/get_return_list": [.response(#"{"more":true,"return":[]}"#)]])
        #expect(try snapshot(try await fetch(shop))?.flags.contains { $0.code == "returns_unread" } == true)
        #expect(shop.requests("returns/get_return_list").count == 20)
    }

    @Test func `the same order is the same bytes`() async throws {
        let answers = ["order/get_order_detail": [PlatformAnswer.orders(SampleOrder.text)]]
        let first = try await fetch(FakeShopee(answers)).body, second = try await fetch(FakeShopee(answers)).body
        #expect(first == second && first != nil)
    }
}
