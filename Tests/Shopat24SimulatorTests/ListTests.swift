import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListTests {
    @Test func `an order has the members of the dossier's example, and its money adds up`() async throws {
        try await withChannel({ $0.storeShare = 1 }) { bench in
            let orderNo = bench.channel.placeOrder(.severalInvoices)
            let answer = try await bench.call("GET", "/vendor/v1/orders?updatedFrom=2025-10-21T00:00:00%2B07:00&updatedTo=2025-10-21T12:00:00%2B07:00&page=1&size=100")
            #expect(answer.isSuccess == true && answer.code == "0000" && answer.json["message"] as? String == "OK")
            #expect(Set(answer.data.keys) == ["page", "size", "totalPages", "totalElements", "content"])
            let order = try #require(answer.content.first)
            let always: Set<String> = [
                "orderNo", "orderDate", "updatedAt", "status", "shipTo", "storeCode", "payment", "paid", "recipient", "amount", "invoices", "note",
            ]
            #expect(always.subtracting(order.keys).isEmpty && Set(order.keys).subtracting(always).isSubset(of: ["storeName"]))
            #expect(order["orderNo"] as? String == orderNo && order["status"] as? String == "NEW" && order["shipTo"] as? String == "S")
            #expect(order["orderDate"] as? String == "2025-10-21T11:40:00+07:00")
            let (amount, invoices) = (try #require(order["amount"] as? [String: String]), try #require(order["invoices"] as? [[String: Any]]))
            #expect(Set(amount.keys) == ["items", "shipping", "discount", "grand", "currency"] && invoices.count == 2)
            let lines = invoices.flatMap { $0["lines"] as? [[String: Any]] ?? [] }
            #expect(lines.allSatisfy { Set($0.keys) == ["lineNo", "sku", "vendorSku", "name", "qty", "unitPrice", "discount", "total"] })
            func minor(_ value: Any?) -> Int { Int((value as? String ?? "").replacing(".", with: "")) ?? -1 }
            let sums = lines.map { (items: ($0["qty"] as? Int ?? 0) * minor($0["unitPrice"]), discount: minor($0["discount"]), total: minor($0["total"])) }
            #expect(sums.allSatisfy { $0.items - $0.discount == $0.total })
            #expect(sums.reduce(0) { $0 + $1.items } == minor(amount["items"]) && sums.reduce(0) { $0 + $1.discount } == minor(amount["discount"]))
            #expect(minor(amount["items"]) - minor(amount["discount"]) + minor(amount["shipping"]) == minor(amount["grand"]))
        }
    }

    @Test func `the detail is the same object, and an unknown order is 4001`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let (list, detail) = (try await bench.call("GET", "/vendor/v1/orders"), try await bench.call("GET", "/vendor/v1/orders/\(orderNo)"))
            #expect(NSDictionary(dictionary: detail.data) == NSDictionary(dictionary: try #require(list.content.first)))
            #expect((detail.data["recipient"] as? [String: String])?["postcode"]?.count == 5)
            let unknown = try await bench.call("GET", "/vendor/v1/orders/250000000000")
            #expect(unknown.status == 404 && unknown.code == "4001" && unknown.isSuccess == false)
        }
    }

    /// Follows a paging style to its end; the number of calls is the second value.
    private func walk(_ bench: Bench, _ paging: Shopat24Configuration.Paging, size: Int) async throws -> (orders: [String], calls: Int) {
        var (orders, calls, page, offset) = ([String](), 0, 0, 0)
        if case .page(let first) = paging { page = first }
        var next: String? = switch paging {
        case .page: "page=\(page)&size=\(size)"
        case .offset: "offset=0&size=\(size)"
        case .cursor, .link: "size=\(size)"
        case .none: ""
        }
        while let query = next, calls < 20 {
            let answer = try await bench.call("GET", "/vendor/v1/orders?" + query)
            #expect(answer.status == 200)
            orders += answer.orderNos
            (calls, page, offset) = (calls + 1, page + 1, offset + size)
            let isShort = answer.content.count < size
            next = switch paging {
            case .page(let first): page - first < (answer.data["totalPages"] as? Int ?? (isShort ? 0 : .max)) ? "page=\(page)&size=\(size)" : nil
            case .offset: isShort ? nil : "offset=\(offset)&size=\(size)"
            case .cursor: (answer.data["nextCursor"] as? String).map { "size=\(size)&cursor=\($0)" }
            case .link: answer.headers["link"].flatMap { $0.firstMatch(of: /<[^>]*\?([^>]*)>; rel="next"/).map { String($0.output.1) } }
            case .none: nil
            }
        }
        return (orders, calls)
    }

    @Test(arguments: [
        (Shopat24Configuration.Paging.page(first: 1), false, 3), (.page(first: 0), false, 3), (.page(first: 1), true, 3), (.offset, false, 3), (.cursor, false, 3),
        (.link, false, 3), (.none, false, 1),
    ])
    func `every paging style shows each order once`(paging: Shopat24Configuration.Paging, hidesTotals: Bool, calls: Int) async throws {
        try await withChannel {
            $0.paging = paging
            $0.hidesTotals = hidesTotals
        } _: { bench in
            let placed = (0..<7).map { _ in
                bench.clock.advance(seconds: 1)
                return bench.channel.placeOrder(.any)
            }
            let walked = try await walk(bench, paging, size: 3)
            #expect(walked.orders == placed && walked.calls == calls)
        }
    }

    @Test func `a full last page has no next link and no next cursor`() async throws {
        for paging in [Shopat24Configuration.Paging.link, .cursor] {
            try await withChannel({ $0.paging = paging }) { bench async throws in
                for _ in 0..<4 { bench.channel.placeOrder(.any) }
                #expect(try await walk(bench, paging, size: 2).calls == 2)
            }
        }
    }

    @Test func `an order that changes between two numbered pages makes its neighbour slip through, and a cursor does not`() async throws {
        for (paging, missed) in [(Shopat24Configuration.Paging.page(first: 1), 1), (.cursor, 0)] {
            try await withChannel({ $0.paging = paging }) { bench in
                let placed = (0..<4).map { _ in
                    bench.clock.advance(seconds: 1)
                    return bench.channel.placeOrder(.any)
                }
                bench.clock.advance(seconds: 10)
                bench.channel.changeAfterNextPage(placed[0])
                let walked = try await walk(bench, paging, size: 2)
                #expect(Set(placed).subtracting(walked.orders).count == missed)
                #expect(walked.orders.last == placed[0])
            }
        }
    }

    @Test(arguments: [
        (Shopat24Configuration.TimeFormat.iso, "2025-10-21T11:40:00%2B07:00", "2025-10-21T04:40:01Z"), (.epochSeconds, "1761021600", "1761021601"),
        (.epochMilliseconds, "1761021600000", "1761021600001"), (.pattern("yyyyMMddHHmmss"), "20251021114000", "20251021114001"),
    ])
    func `each time format bounds the window, both ends inclusive`(format: Shopat24Configuration.TimeFormat, exact: String, later: String) async throws {
        try await withChannel({ $0.timeFormat = format }) { bench async throws in
            bench.channel.placeOrder(.any)
            func count(_ query: String) async throws -> Int { try await bench.call("GET", "/vendor/v1/orders?" + query).content.count }
            #expect(try await count("updatedFrom=\(exact)&updatedTo=\(exact)") == 1)
            bench.clock.advance(seconds: 60)
            #expect(try await count("updatedFrom=\(later)") == 0)
            #expect(try await bench.call("GET", "/vendor/v1/orders?updatedFrom=yesterday").status == 400)
        }
    }

    @Test(arguments: [
        ("size=200", 200), ("size=201", 400), ("size=0", 400), ("size=many", 400), ("page=0", 400), ("page=1", 200),
        ("updatedFrom=2025-09-20T11:40:00%2B07:00", 200), ("updatedFrom=2025-09-20T11:39:59%2B07:00", 400),
        ("updatedFrom=2025-10-21T11:40:00%2B07:00&updatedTo=2025-10-21T11:39:59%2B07:00", 400),
    ])
    func `sizes, pages and windows have limits`(query: String, status: Int) async throws {
        try await withChannel { bench in
            let answer = try await bench.call("GET", "/vendor/v1/orders?" + query)
            #expect(answer.status == status && answer.code == (status == 200 ? "0000" : "4000"))
        }
    }

    @Test func `a changed order comes again, later than before`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let before = try #require(bench.channel.order(orderNo)).updatedAt
            #expect(bench.channel.editOrder(orderNo))
            let after = try #require(bench.channel.order(orderNo))
            #expect(after.updatedAt == before + 1)
            bench.clock.advance(seconds: 1)
            #expect(try await bench.call("GET", "/vendor/v1/orders?updatedFrom=2025-10-21T11:40:01%2B07:00").orderNos == [orderNo])
        }
    }

    @Test func `products are listed with both codes, price and stock`() async throws {
        try await withChannel { bench in
            let answer = try await bench.call("GET", "/vendor/v1/products?page=2&size=10")
            #expect(answer.data["totalElements"] as? Int == bench.channel.products().count && answer.content.count == 10)
            let first = try #require(answer.content.first)
            #expect(first["sku"] as? String == "885000000011" && first["vendorSku"] as? String == "CABLE-USBC-1M")
            #expect(first["price"] as? String == "199.00" && first["available"] as? Int == 110 && first["status"] as? String == "ACTIVE")
        }
    }

    @Test func `types of the invoices are shown only where asked for`() async throws {
        for shows in [false, true] {
            try await withChannel({ $0.showsInvoiceTypes = shows }) { bench in
                let orderNo = bench.channel.placeOrder(.store)
                bench.channel.shipOrder(orderNo, trackingNumber: "T1")
                bench.channel.receiveAtStore(orderNo)
                let invoice = (try await bench.call("GET", "/vendor/v1/orders/\(orderNo)").data["invoices"] as? [[String: Any]])?.first
                #expect(invoice?["type"] as? String == (shows ? "คีย์รับ" : nil))
                #expect(invoice?["typeDate"] as? String == (shows ? "2025-10-21" : nil))
            }
        }
    }
}
