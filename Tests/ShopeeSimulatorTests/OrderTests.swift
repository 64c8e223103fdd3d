import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Lists and details (shopee.md §4).
@Suite(.timeLimit(.minutes(1))) struct OrderTests {
    private func numbers(_ answer: ShopeeBench.Answer) -> [String] { (answer.response["order_list"]?.items ?? []).compactMap { $0["order_sn"]?.string } }

    // MARK: The list

    @Test(arguments: [
        ([("time_range_field", "pay_time")], "order.error_param"), ([("page_size", "0")], "error_param"), ([("page_size", "101")], "error_param"),
        ([("page_size", "")], "error_param"), ([("time_from", "1758000000")], "order.order_list_invalid_time"),
        ([("time_from", "1760000100")], "order.order_list_invalid_time"), ([("cursor", "nonsense")], "order.error_param"),
        ([("order_status", "FROBBED")], "order.error_param"), ([("time_from", "x")], "error_param"),
    ] as [([(String, String)], String)])
    func `each rule of the list is kept`(query: [(String, String)], error: String) async throws {
        try await withShopee { (bench) async throws in #expect(try await bench.list(query).error == error) }
    }

    @Test func `a window of exactly fifteen days is taken, a second more is not`() async throws {
        try await withShopee { (bench) async throws in
            let to = bench.clock.now
            #expect(try await bench.list([("time_from", "\(to - 1_296_000)"), ("time_to", "\(to)")]).error == "")
            #expect(try await bench.list([("time_from", "\(to - 1_296_001)"), ("time_to", "\(to)")]).error == "order.order_list_invalid_time")
        }
    }

    @Test func `pages are walked by the cursor, an order that comes meanwhile included`() async throws {
        try await withShopee { (bench) async throws in
            var expected = try (0..<5).map { _ in try bench.place(.everyday) }
            bench.simulator.set { $0.ordersWhilePaging = 1 }
            var seen: [String] = [], cursor = "", pages = 0
            repeat {
                let answer = try await bench.list([("cursor", cursor)], size: 2)
                seen += numbers(answer)
                cursor = answer.response["next_cursor"]?.string ?? ""
                pages += 1
                guard answer.response["more"] == true else { break }
            } while pages < 10
            expected += Set(bench.simulator.orderStates().map(\.number)).subtracting(expected)
            #expect(expected.count == 6)
            #expect(seen.sorted() == expected.sorted())
            #expect(pages == 3)
            #expect(cursor == "")
        }
    }

    @Test func `the list knows no times, and statuses only when asked`() async throws {
        try await withShopee { (bench) async throws in
            _ = try bench.place(.everyday)
            #expect(try await bench.list().response["order_list"]?[0]?.members?.map(\.name) == ["order_sn"])
            let asked = try await bench.list([("response_optional_fields", "order_status")]).response["order_list"]?[0]
            #expect(asked?["order_status"] == "READY_TO_SHIP")
            #expect(try await bench.list([("order_status", "UNPAID")]).response["order_list"] == [])
            _ = try bench.place(.advance)
            #expect(try await bench.list().response["order_list"]?.items?.compactMap { $0["booking_sn"] }.count == 1)
        }
    }

    @Test func `creation and change are two windows`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.unpaid)
            let placed = bench.clock.now
            bench.clock.advance(by: 7_200)
            bench.simulator.pay(order)
            let recent = [("time_from", "\(placed + 1)"), ("time_to", "\(placed + 7_200)")]
            #expect(numbers(try await bench.list(recent)) == [order])
            #expect(numbers(try await bench.list(recent + [("time_range_field", "create_time")])) == [])
        }
    }

    @Test func `pending orders show only to those who ask`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.pending)
            let optional = [("response_optional_fields", "order_status")], flag = [("request_order_status_pending", "true")]
            #expect(try await bench.list(optional).response["order_list"]?[0]?["order_status"] == "UNPAID")
            #expect(try await bench.list(optional + flag).response["order_list"]?[0]?["order_status"] == "PENDING")
            #expect(numbers(try await bench.list([("order_status", "PENDING")])) == [])
            #expect(numbers(try await bench.list([("order_status", "PENDING")] + flag)) == [order])
            #expect(try await bench.detail(order)["order_status"] == "UNPAID")
            let detail = try await bench.detail(order, pending: true)
            #expect(detail["order_status"] == "PENDING")
            #expect(detail["pending_terms"] == ["SYSTEM_PENDING"])
            #expect(bench.simulator.release(order))
            #expect(try await bench.detail(order)["order_status"] == "READY_TO_SHIP")
        }
    }

    @Test func `a platform may repeat its cursor for ever`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.repeatsCursor = true }
            let answer = try await bench.list([("cursor", "")])
            #expect(answer.response["more"] == true)
            #expect(answer.response["next_cursor"] == "")
        }
    }

    // MARK: The detail

    @Test func `most members are missing unless asked for`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            let bare = try await bench.detail(order, "")
            #expect(Set(bare.members?.map(\.name) ?? []) == [
                "order_sn", "region", "currency", "cod", "order_status", "message_to_seller", "create_time", "update_time", "days_to_ship", "ship_by_date",
                "can_partial_cancel_order",
            ])
            let asked = try await bench.detail(order, "total_amount,item_list")
            #expect(asked["total_amount"] != nil)
            #expect(asked["item_list"]?.items?.isEmpty == false)
            #expect(asked["recipient_address"] == nil)
        }
    }

    @Test func `fifty are given at once, more refused, strangers silently missing`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            let foreign = ShopeeBench.number(try bench.simulator.place(.everyday, shopID: ShopeeBench.second))
            let answer = try await bench.call("order/get_order_detail", [("order_sn_list", "\(order),NOSUCH,\(foreign)")])
            #expect(answer.response["order_list"]?.items?.map { $0["order_sn"] } == [.text(order)])
            let many = (0..<51).map { "N\($0)" }.joined(separator: ",")
            #expect(try await bench.call("order/get_order_detail", [("order_sn_list", many)]).error == "error_param")
            #expect(try await bench.call("order/get_order_detail", [("order_sn_list", "")]).error == "error_param")
            #expect(try await bench.call("order/get_order_detail", [("order_sn_list", (0..<50).map { "N\($0)" }.joined(separator: ","))]).error == "")
        }
    }

    @Test func `the sums of an order are right whatever form its numbers have`() async throws {
        try await withShopee { (bench) async throws in
            for _ in 0..<20 {
                let order = try bench.place(.everyday)
                let detail = try await bench.detail(order)
                let total = try #require(detail["total_amount"]?.minorUnits)
                #expect(total == bench.simulator.orderState(order)?.grandMinor)
                let escrow = try await bench.call("payment/get_escrow_detail", [("order_sn", order)]).response["order_income"]
                let lines = (detail["item_list"]?.items ?? []).reduce(Int64(0)) { sum, item in
                    sum + (item["model_discounted_price"]?.minorUnits ?? 0) * (item["active_qty"]?.int64 ?? 0)
                }
                let shipping = escrow?["buyer_paid_shipping_fee"]?.minorUnits ?? -1, voucher = escrow?["voucher_from_shopee"]?.minorUnits ?? -1
                #expect(lines + shipping - voucher == total)
            }
        }
    }

    @Test(arguments: [
        (3_800, false, "38"), (3_800, true, "38.0"), (41_750, false, "417.5"), (41_750, true, "417.5"), (19_975, false, "199.75"), (5, false, "0.05"),
        (0, false, "0"), (0, true, "0.0"), (-1_050, false, "-10.5"),
    ] as [(Int64, Bool, String)])
    func `money takes the forms of the wire`(minor: Int64, odd: Bool, text: String) {
        #expect(String(decoding: ShopeeForms.money(minor, odd: odd).data, as: UTF8.self) == text)
    }

    @Test func `a bundle has price 0, two lines of one item, and its prices in the escrow`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.bundle)
            let items = try #require(try await bench.detail(order)["item_list"]?.items)
            #expect(items[0]["item_id"] == items[1]["item_id"])
            #expect(items[0]["model_id"] == items[1]["model_id"])
            #expect(items[0]["model_discounted_price"]?.minorUnits == 0)
            let escrow = try await bench.call("payment/get_escrow_detail", [("order_sn", order)]).response["order_income"]?["items"]?.items
            #expect((escrow?[0]["discounted_price"]?.minorUnits ?? 0) > 0)
        }
    }

    @Test func `a COD order is unpaid until it is delivered`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.cod)
            #expect(try await bench.detail(order)["cod"] == true)
            #expect(try await bench.detail(order)["pay_time"] == .null)
            try await bench.ship(order)
            for step in [ShopeeCourierStep.pickUp, .deliver] { #expect(bench.simulator.advance(order, step)) }
            #expect(try await bench.detail(order)["pay_time"] == .integer(bench.clock.now))
        }
    }

    @Test(arguments: [(ShopeeMasking.never, false, false), (.onceShipped, false, true), (.always, true, true)])
    func `buyers are hidden when the masking says so`(masking: ShopeeMasking, before: Bool, after: Bool) async throws {
        try await withShopee { $0.masking = masking } _: { (bench) async throws in
            let order = try bench.place(.everyday)
            func isMasked() async throws -> Bool {
                let address = try #require(try await bench.detail(order)["recipient_address"])
                #expect(address["zipcode"]?.string == bench.simulator.orderState(order)?.shipToPostcode)
                let marks = ["name", "phone", "full_address"].map { address[$0]?.string?.contains("*") == true }
                #expect(Set(marks).count == 1)
                return marks[0]
            }
            #expect(try await isMasked() == before)
            try await bench.ship(order)
            bench.simulator.advance(order, .pickUp)
            #expect(try await isMasked() == after)
        }
    }

    @Test func `empty texts are missing, null or empty, and one name has a blank at its end`() async throws {
        try await withShopee { (bench) async throws in
            var forms: Set<String> = [], names: Set<String> = []
            for _ in 0..<30 {
                let detail = try await bench.detail(try bench.place(.everyday))
                forms.insert(detail["cancel_by"].map { String(decoding: $0.data, as: UTF8.self) } ?? "missing")
                names.formUnion(detail.members?.map(\.name) ?? [])
            }
            #expect(forms == ["missing", "null", #""""#])
            #expect(names.isSuperset(of: ["actual_shipping_fee", "actual_shipping_fee "]))
        }
    }

    @Test func `special orders carry their marks`() async throws {
        try await withShopee { (bench) async throws in
            #expect(try await bench.detail(try bench.place(.advance))["advance_package"] == true)
            #expect(try await bench.detail(try bench.place(.fulfilledByPlatform))["fulfillment_flag"] == "fulfilled_by_shopee")
            #expect(try await bench.detail(try bench.place(.prescription))["item_list"]?[0]?["is_prescription_item"] == true)
            let split = try await bench.detail(try bench.place(.split))
            #expect(split["split_up"] == true)
            #expect(split["package_list"]?.items?.count == 2)
            let old = try await bench.detail(try bench.place(.oldFashioned))
            #expect(old["item_list"]?[0]?["active_qty"] == nil)
            #expect(old["can_partial_cancel_order"] == false)
            let unpaid = try await bench.detail(try bench.place(.unpaid))
            #expect([nil, 0].contains(unpaid["total_amount"]?.minorUnits))
            #expect(unpaid["pay_time"] == .null)
        }
    }

    @Test func `a note is kept and changes the order's moment`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            bench.clock.advance(by: 5)
            #expect(try await bench.call("order/set_note", body: ["order_sn": .text(order), "note": "กำ้ำ 🎁"]).error == "")
            let detail = try await bench.detail(order)
            #expect(detail["note"] == "กำ้ำ 🎁")
            #expect(detail["note_update_time"] == .integer(bench.clock.now))
            #expect(detail["update_time"] == .integer(bench.clock.now))
            #expect(bench.simulator.note(order) == "กำ้ำ 🎁")
            #expect(try await bench.call("order/set_note", body: ["order_sn": "NOSUCH", "note": "x"]).error == "error_not_found")
        }
    }

    // MARK: Packages

    @Test func `open packages are searched by their state`() async throws {
        try await withShopee { (bench) async throws in
            let ready = try bench.place(.everyday), waiting = try bench.place(.notReady), arranged = try bench.place(.everyday), gone = try bench.place(.everyday)
            _ = try bench.place(.unpaid)
            for order in [arranged, gone] { try await bench.ship(order) }
            bench.simulator.advance(gone, .pickUp)
            func search(_ status: ShopeeJSON?) async throws -> Set<String> {
                var body: ShopeeJSON = ["pagination": ["page_size": 50, "cursor": ""], "sort": ["sort_type": 1, "ascending": true]]
                if let status { body = body.adding("filter", ["package_status": status]) }
                let list = try await bench.call("order/search_package_list", body: body).response["packages_list"]?.items
                return Set(list?.compactMap { $0["order_sn"]?.string } ?? [])
            }
            #expect(try await search(nil) == [ready])
            #expect(try await search(0) == [ready, waiting, arranged])
            #expect(try await search(1) == [waiting])
            #expect(try await search(2) == [ready])
            #expect(try await search(3) == [arranged])
            #expect(try await bench.call("order/search_package_list", body: ["filter": ["package_status": 4], "pagination": ["page_size": 1]]).error == "order.error_param")
            let shipments = try await bench.call("order/get_shipment_list", [("page_size", "10"), ("cursor", "")])
            #expect(shipments.response["order_list"]?.items?.map { $0["order_sn"] } == [.text(ready)])
        }
    }

    @Test func `packages are paged and told in detail`() async throws {
        try await withShopee { (bench) async throws in
            for _ in 0..<3 { _ = try bench.place(.everyday) }
            var cursor = "", seen: [String] = []
            for _ in 0..<2 {
                let answer = try await bench.call("order/search_package_list", body: ["pagination": ["page_size": 2, "cursor": .text(cursor)]])
                seen += (answer.response["packages_list"]?.items ?? []).compactMap { $0["package_number"]?.string }
                cursor = answer.response["pagination"]?["next_cursor"]?.string ?? ""
                #expect(answer.response["pagination"]?["total_count"] == 3)
            }
            #expect(Set(seen).count == 3)
            let detail = try await bench.call("order/get_package_detail", [("package_number_list", seen.joined(separator: ",") + ",NOSUCH")])
            #expect(detail.response["package_list"]?.items?.count == 3)
            #expect(detail.response["package_list"]?[0]?["fulfillment_status"] == "LOGISTICS_READY")
        }
    }

    @Test func `the same seed places the same orders under other numbers`() async throws {
        var baskets: [[Int64]] = [], numbers: [Set<String>] = []
        for run in 0..<2 {
            try await withShopee { $0.seed = 7 } _: { (bench) async throws in
                bench.clock.advance(by: Int64(run))
                _ = try await bench.list()
                for _ in 0..<10 { _ = try await bench.simulator.placeOrder() }
                let states = bench.simulator.orderStates().sorted { $0.number < $1.number }
                baskets.append(states.map(\.grandMinor))
                numbers.append(Set(states.map(\.number)))
            }
        }
        #expect(baskets[0] == baskets[1])
        #expect(numbers.allSatisfy { $0.count == 10 && $0.allSatisfy { $0.utf8.count == 14 } })
    }
}
