import Domain
import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// Reading orders (lazada.md §4).
struct OrderTests {
    private let since = ["update_after": "2025-10-21T10:00:00+07:00", "sort_by": "updated_at", "sort_direction": "ASC"]

    private func list(_ caller: LazadaCaller, _ more: [String: String] = [:]) async throws -> LazadaJSON {
        try await caller.get("/orders/get", since.merging(more) { $1 })
    }

    private func ids(_ answer: LazadaJSON) -> [String] { answer["data"]?["orders"]?.items?.compactMap { $0.text("order_id") } ?? [] }

    @Test func `an order has every member of the documented answer, typed as live`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let id = simulator.placeOrder(kind: .twoUnits), answer = try await caller.order(id), order = try #require(answer["data"])
            #expect(answer["code"] == "0")
            #expect(answer.text("request_id")?.isEmpty == false)
            #expect(Set(order.members?.keys.map(\.self) ?? []) == Self.orderMembers)
            #expect(order["order_id"] == .integer(Int64(caller.orderID(id)) ?? 0))
            #expect(order["created_at"] == "2025-10-21 11:40:00 +0700")
            #expect(order["statuses"] == ["pending"])
            #expect(order["items_count"] == 2)
            if case .string(let price)? = order["price"] { #expect(price.wholeMatch(of: /\d+\.\d\d/) != nil) } else { Issue.record("price is a text") }
            if case .string = order["voucher"] { Issue.record("voucher is a number") }
        }
    }

    static let orderMembers: Set<String> = [
        "order_id", "order_number", "created_at", "updated_at", "price", "shipping_fee", "shipping_fee_original", "shipping_fee_discount_seller",
        "shipping_fee_discount_platform", "voucher", "voucher_platform", "voucher_seller", "voucher_code", "payment_method", "customer_first_name", "customer_last_name",
        "items_count", "statuses", "warehouse_code", "delivery_info", "promised_shipping_times", "gift_option", "gift_message", "remarks", "buyer_note",
        "national_registration_number", "tax_code", "branch_number", "extra_attributes", "address_updated_at", "need_cancel_confirm", "is_cancel_pending",
        "address_shipping", "address_billing",
    ]
    static let itemMembers: Set<String> = [
        "order_item_id", "order_id", "order_flag", "order_type", "name", "variation", "sku", "shop_sku", "sku_id", "product_id", "item_price", "paid_price",
        "voucher_amount", "voucher_platform", "voucher_seller", "tax_amount", "shipping_amount", "shipping_fee_original", "shipping_service_cost", "currency", "status",
        "package_id", "tracking_code", "tracking_code_pre", "shipment_provider", "shipping_type", "shipping_provider_type", "warehouse_code", "sla_time_stamp",
        "promised_shipping_time", "created_at", "updated_at", "payment_time", "cancel_return_initiator", "reason", "reason_detail", "return_status",
        "reverse_order_id", "is_digital", "is_fbl", "is_reroute", "delivery_option_sof", "stage_pay_status", "invoice_number", "purchase_order_id",
        "digital_delivery_info", "product_main_image", "product_detail_url", "shop_id", "buyer_id", "extra_attributes",
    ]

    @Test func `each unit is an item of its own`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let items = try await caller.items(simulator.placeOrder(kind: .twoUnits))
            #expect(items.count == 2)
            #expect(Set(items.map { $0.text("sku") }).count == 1)
            #expect(Set(items.map { $0.text("order_item_id") }).count == 2)
            for item in items { #expect(Set(item.members?.keys.map(\.self) ?? []) == Self.itemMembers) }
            #expect(items[0]["sla_time_stamp"] == "2025-10-23T23:59:59+07:00")
            #expect(items[0]["status"] == "pending")
        }
    }

    @Test(arguments: LazadaOrderKind.allCases) func `the sums of every kind agree`(kind: LazadaOrderKind) async throws {
        try await withLazada { (simulator, caller) async throws in
            for _ in 0..<5 {
                let id = simulator.placeOrder(kind: kind), order = try #require(try await caller.order(id)["data"]), items = try await caller.items(id)
                func sum(_ name: String) -> Decimal { items.reduce(0) { $0 + (Decimal(string: $1.text(name) ?? "") ?? -1) } }
                #expect(Decimal(string: order.text("price") ?? "") == sum("item_price"))
                #expect(Decimal(string: order.text("voucher") ?? "") == sum("voucher_amount"))
                #expect(Decimal(string: order.text("shipping_fee") ?? "") == sum("shipping_amount"))
                #expect(sum("paid_price") == sum("item_price") - sum("voucher_amount"))
                #expect(items.allSatisfy { (Decimal(string: $0.text("paid_price") ?? "") ?? -1) >= 0 })
                let state = simulator.orderStates().first { $0.externalID == id }
                if kind != .unpaid { #expect(state.map { Decimal($0.grandMinor) / 100 } == sum("paid_price") + sum("shipping_amount")) }
            }
        }
    }

    @Test func `the kinds differ where the dossier says so`() async throws {
        try await withLazada { (simulator, caller) async throws in
            func items(_ kind: LazadaOrderKind) async throws -> [LazadaJSON] { try await caller.items(simulator.placeOrder(kind: kind)) }
            #expect(try await items(.digital).allSatisfy { $0["is_digital"] == 1 && $0["shipping_provider_type"] == "digital" })
            #expect(try await items(.fulfilledByLazada).allSatisfy { $0["is_fbl"] == 1 })
            #expect(try await items(.sellerDelivered).allSatisfy { $0["delivery_option_sof"] == 1 && $0["shipping_provider_type"] == "seller_own_fleet" })
            #expect(try await items(.withoutSkuID).allSatisfy { $0["sku_id"] == "" && $0.text("shop_sku")?.contains("_TH-") == false })
            #expect(try await items(.guarantee).allSatisfy { $0["order_flag"] == "GUARANTEE" })
            #expect(Set(try await items(.twoWarehouses).map { $0.text("warehouse_code") }).count == 2)
            let mixed = try await items(.mixed)
            #expect(mixed.map { [$0["is_digital"], $0["is_fbl"]] } == [[0, 0], [1, 0], [0, 1]])
            let cash = try await caller.order(simulator.placeOrder(kind: .cashOnDelivery))
            #expect(cash["data"]?["payment_method"] == "COD")
            let old = simulator.placeOrder(kind: .oldNumbering)
            let answer = try await caller.order(old)["data"]
            #expect(answer?["order_number"] != answer?["order_id"])
            #expect(try await caller.items(old).allSatisfy { $0["order_id"] == answer?["order_number"] })
        }
    }

    @Test func `Thai places are written in two languages, and the third level moves`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var fifth: Set<Bool> = []
            for _ in 0..<8 {
                let address = try #require(try await caller.order(simulator.placeOrder(kind: .twoUnits))["data"]?["address_shipping"])
                #expect(address.text("address3")?.contains("/ ") == true)
                #expect(address["country"] == "Thailand")
                #expect(address["addressDsitrict"] != nil)
                #expect(address.text("post_code")?.count == 5)
                fifth.insert(address["address5"] == address["post_code"])
            }
            #expect(fifth == [true, false])
        }
    }

    @Test func `buyers are masked until the app is approved`() async throws {
        try await withLazada { $0.masksBuyers = true } _: { (simulator, caller) async throws in
            let address = try #require(try await caller.order(simulator.placeOrder(kind: .everyday))["data"]?["address_shipping"])
            #expect(address.text("first_name")?.hasSuffix("**** ") == true)
            #expect(address.text("phone")?.wholeMatch(of: /66\*{6}\d\d/) != nil)
            #expect(address.text("address1")?.hasSuffix("*********") == true)
            simulator.setMasksBuyers(false)
            let plain = try await caller.order(simulator.placeOrder(kind: .everyday))["data"]?["address_shipping"]
            #expect(plain?.text("phone")?.wholeMatch(of: /668\d{8}/) != nil)
        }
    }

    // MARK: Lists

    @Test(arguments: [
        (["limit": "101"], "19"), (["limit": "0"], "19"), (["limit": "x"], "19"), (["limit": "100"], "0"), (["offset": "5001"], "14"), (["offset": "-1"], "14"),
        (["offset": "5000"], "0"), (["status": "ready"], "36"), (["status": "ready_to_ship"], "0"), (["sort_by": "id"], "75"), (["sort_direction": "up"], "74"),
        (["update_after": "2025-10-21 10:00:00 +0700"], "17"), (["update_after": "2025-10-21T10:00:00"], "17"), (["created_before": "yesterday"], "17"),
        (["update_after": "2025-10-21T10:00:00Z"], "0"),
    ]) func `the parameters of the list are checked`(more: [String: String], code: String) async throws {
        try await withLazada { (_, caller) async throws in #expect(try await list(caller, more).code == code) }
    }

    @Test func `a list without any start is refused, and an unknown order too`() async throws {
        try await withLazada { (_, caller) async throws in
            #expect(try await caller.get("/orders/get", ["limit": "10"]).code == "InvalidParameter")
            for path in ["/order/get", "/order/items/get"] { #expect(try await caller.get(path, ["order_id": "12"]).code == "16") }
            #expect(try await caller.get("/orders/get", since.merging(["created_after": ""]) { $1 }).code == "0")
        }
    }

    @Test func `pages are cut by offset and count themselves`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var placed: [String] = []
            for _ in 0..<5 {
                simulator.advanceClock(bySeconds: 1)
                placed.append(caller.orderID(simulator.placeOrder(kind: .everyday)))
            }
            var seen: [String] = []
            for offset in [0, 2, 4] {
                let answer = try await list(caller, ["limit": "2", "offset": "\(offset)"])
                #expect(answer["data"]?["countTotal"] == 5)
                #expect(answer["data"]?["count"] == .integer(offset == 4 ? 1 : 2))
                seen += ids(answer)
            }
            #expect(seen == placed)
            #expect(ids(try await list(caller, ["sort_direction": "DESC"])) == placed.reversed())
        }
    }

    @Test func `an order that changes while pages are read moves to the end`() async throws {
        try await withLazada { (simulator, caller) async throws in
            var placed: [String] = []
            for _ in 0..<4 {
                simulator.advanceClock(bySeconds: 1)
                placed.append(simulator.placeOrder(kind: .everyday))
            }
            let first = ids(try await list(caller, ["limit": "2"]))
            simulator.advanceClock(bySeconds: 1)
            simulator.edit(placed[0])
            let second = ids(try await list(caller, ["limit": "2", "offset": "2"]))
            #expect(first == placed[..<2].map(caller.orderID))
            // The third slipped into the first page: this is why readers overlap.
            #expect(second == [placed[3], placed[0]].map(caller.orderID))
        }
    }

    @Test func `windows are by the hour given, both ends included`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = caller.orderID(simulator.placeOrder(kind: .everyday))
            for (after, found) in [("2025-10-21T11:40:00+07:00", [order]), ("2025-10-21T04:40:00Z", [order]), ("2025-10-21T11:40:01+07:00", [])] {
                #expect(ids(try await list(caller, ["update_after": after])) == found)
            }
            #expect(ids(try await list(caller, ["update_before": "2025-10-21T11:39:59+07:00"])) == [])
            #expect(ids(try await caller.get("/orders/get", ["created_after": "2025-10-21T11:40:00+07:00"])) == [order])
        }
    }

    @Test func `unpaid orders are hidden until they are paid or asked for`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .unpaid)
            #expect(ids(try await list(caller)) == [])
            #expect(ids(try await list(caller, ["status": "unpaid"])) == [caller.orderID(order)])
            #expect(simulator.pay(order))
            #expect(ids(try await list(caller)) == [caller.orderID(order)])
            for status in ["pending", "topack"] { #expect(ids(try await list(caller, ["status": status])) == [caller.orderID(order)]) }
            #expect(ids(try await list(caller, ["status": "packed"])) == [])
        }
    }

    @Test func `items of several orders come in one answer`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let orders = [simulator.placeOrder(kind: .twoUnits), simulator.placeOrder(kind: .digital)]
            let wanted = "[" + (orders.map(caller.orderID) + ["12"]).joined(separator: ",") + "]"
            let answer = try await caller.get("/orders/items/get", ["order_ids": wanted])
            #expect(answer["data"]?.items?.map { $0.text("order_id") } == orders.map(caller.orderID))
            #expect(answer["data"]?.items?.map { $0["order_items"]?.items?.count } == [2, 1])
            let many = "[" + (1...101).map { "\($0)" }.joined(separator: ",") + "]"
            for bad in [many, "1,2", "['1']", "[]"] { #expect(try await caller.get("/orders/items/get", ["order_ids": bad]).code == "InvalidParameter") }
        }
    }

    @Test func `two shops have orders of the same id`() async throws {
        let sellers = [LazadaSeller(), LazadaSeller(country: .sg, sellerID: "100290010", shortCode: "SG1ABCDE")]
        try await withLazada { $0.sellers = sellers } _: { (simulator, caller) async throws in
            let orders = sellers.map { simulator.placeOrder(kind: .everyday, seller: $0.key) }
            #expect(caller.orderID(orders[0]) == caller.orderID(orders[1]))
            #expect(orders[0].hasPrefix("th:100190009:"))
            let other = LazadaCaller(simulator, token: simulator.grantTokens(seller: "100290010")?.accessToken)
            #expect(try await caller.items(orders[0]).first?["currency"] == "THB")
            #expect(try await other.items(orders[1]).first?["currency"] == "SGD")
            #expect(try await other.order(orders[1])["data"]?["created_at"] == "2025-10-21 12:40:00 +0800")
        }
    }

    @Test func `ids may exceed what a double holds`() async throws {
        try await withLazada { $0.hasHugeIDs = true } _: { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), id = try #require(Int64(caller.orderID(order)))
            #expect(id > 1 << 53)
            #expect(try await caller.send("GET", "/order/get", ["order_id": "\(id)"]).text.contains("\"order_id\":\(id)"))
        }
    }

    @Test(arguments: LazadaCountry.allCases) func `every country has its money and its clock`(country: LazadaCountry) async throws {
        try await withLazada { $0.sellers = [LazadaSeller(country: country)] } _: { (simulator, caller) async throws in
            let id = simulator.placeOrder(kind: .twoUnits), order = try await caller.order(id)
            #expect(order["data"]?.text("created_at")?.hasSuffix("+0\(country.utcOffsetHours)00") == true)
            let state = try #require(simulator.orderStates().first)
            #expect(state.externalID == id && state.currency == country.currency)
            let price = try #require(Decimal(string: order["data"]?.text("price") ?? ""))
            #expect(price > 0)
            if country == .vn || country == .id { #expect(order["data"]?.text("price")?.hasSuffix(".00") == true) }
        }
    }

    @Test func `newer words may stand for the classic ones`() async throws {
        try await withLazada { $0.usesNewerWords = true } _: { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            #expect(try await caller.order(order)["data"]?["statuses"] == ["topack"])
            simulator.setStatus("shipped", of: order)
            #expect(try await caller.items(order).first?["status"] == "shipping")
        }
    }

    @Test func `one order can have items in several statuses`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .mixed)
            simulator.setStatus("INFO_ST_SOMETHING_NEW", of: order, items: [1])
            simulator.advanceFulfilledByLazada(order)
            #expect(try await caller.order(order)["data"]?["statuses"] == ["pending", "INFO_ST_SOMETHING_NEW", "packed"])
        }
    }

    // MARK: Numbers or texts

    @Test func `strings everywhere, as the reference types them`() async throws {
        try await withLazada { $0.numberStyle = .strings } _: { (simulator, caller) async throws in
            let answer = try await caller.order(simulator.placeOrder(kind: .everyday))
            for (name, value) in answer["data"]?.members ?? [:] where value.members == nil && value.items == nil {
                guard case .string = value else { Issue.record("\(name) is \(value)"); continue }
            }
        }
    }

    @Test func `numbers where a text could be one, the code included`() async throws {
        try await withLazada { $0.numberStyle = .numbers } _: { (simulator, caller) async throws in
            let id = simulator.placeOrder(kind: .everyday), order = try await caller.order(id), item = try #require(try await caller.items(id).first)
            #expect(order["code"] == 0)
            if case .string? = order["data"]?["price"] { Issue.record("price is a number") }
            if case .string? = item["sku_id"] { Issue.record("sku_id is a number") }
            if case .integer? = order["data"]?["address_shipping"]?["post_code"] { Issue.record("a postcode stays a text") }
        }
    }

    @Test func `shuffled answers say the same in any form`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let id = simulator.placeOrder(kind: .everyday), plain = try #require(try await caller.items(id).first)
            simulator.setNumberStyle(.shuffled)
            var forms: Set<Bool> = []
            for _ in 0..<20 {
                let item = try #require(try await caller.items(id).first)
                #expect(item.text("order_item_id") == plain.text("order_item_id"))
                #expect(item["is_digital"]?.looseBool == false)
                if case .string? = item["order_item_id"] { forms.insert(true) } else { forms.insert(false) }
            }
            #expect(forms == [true, false])
        }
    }
}
