import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing
import Waiting

@Suite(.timeLimit(.minutes(1))) struct ActionTests {
    private static func shipment(_ orderNo: String, _ tracking: String, invoiceNo: String? = nil) -> String {
        #"{"orderNo":"\#(orderNo)","trackingNo":"\#(tracking)","carrier":"THP"\#(invoiceNo.map { #","invoiceNo":"\#($0)""# } ?? "")}"#
    }

    @Test func `confirm, ship and label go their way, and the order says so`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            let confirmed = try await bench.call("POST", "/vendor/v1/orders/\(orderNo)/confirm", key: "e1")
            #expect(confirmed.isSuccess == true && confirmed.data["status"] as? String == "CONFIRMED")
            let label = try await bench.call("GET", "/vendor/v1/orders/\(orderNo)/label")
            #expect(label.headers["content-type"] == "application/pdf" && label.text.hasPrefix("%PDF-1.4") && label.text.hasSuffix("%%EOF\n"))
            #expect(label.text.contains("ORDER \(orderNo)"))
            let shipped = try await bench.call("POST", "/vendor/v1/shipments", body: Self.shipment(orderNo, "EX000000001TH"), key: "e2")
            #expect(shipped.data["status"] as? String == "SHIPPED")
            let state = try #require(bench.channel.orderStates().first)
            #expect(state.externalID == "store-01:\(orderNo)" && state.number == orderNo && state.fulfilment == "inTransit")
            #expect(state.trackingNumbers == ["EX000000001TH"] && state.shipToPostcode?.count == 5 && state.currency == "THB")
            #expect(bench.channel.shippedCounts == [orderNo: 1] && bench.channel.confirmedCounts == [orderNo: 1])
        }
    }

    @Test func `the label's table of contents points at its objects`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.severalInvoices)
            let bytes = try await bench.call("GET", "/vendor/v1/orders/\(orderNo)/label").body
            let text = String(decoding: bytes, as: UTF8.self)
            let offsets = text.matches(of: /(\d{10}) 00000 n/).compactMap { Int($0.output.1) }
            #expect(offsets.count == 7)
            for (index, offset) in offsets.enumerated() { #expect(String(decoding: bytes.dropFirst(offset).prefix(7), as: UTF8.self) == "\(index + 1) 0 obj") }
            let table = try #require(text.firstMatch(of: /startxref\n(\d+)/).flatMap { Int($0.output.1) })
            #expect(String(decoding: bytes.dropFirst(table).prefix(4), as: UTF8.self) == "xref")
        }
    }

    @Test func `several invoices ship one by one, and the order follows the last`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.severalInvoices)
            let invoices = try #require(bench.channel.order(orderNo)).invoices.map(\.invoiceNo)
            for (number, invoiceNo) in invoices.enumerated() {
                #expect(bench.channel.order(orderNo)?.status == .new)
                let answer = try await bench.call(
                    "POST", "/vendor/v1/shipments", body: Self.shipment(orderNo, "T\(number)", invoiceNo: invoiceNo), key: "e\(number)")
                #expect(answer.status == 200)
            }
            #expect(bench.channel.order(orderNo)?.status == .shipped)
            #expect(bench.channel.shippedCounts == Dictionary(uniqueKeysWithValues: invoices.map { ("\(orderNo)/\($0)", 1) }))
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var path: String, body: String?, code: String, status: Int
        var testDescription: String { "\(code) \(path) \(body ?? "")" }
    }

    /// NEW, SENT (shipped under T-SENT), GONE (cancelled), UNPAID stand for the orders of the test.
    @Test(arguments: [
        Refusal(path: "orders/251/confirm", body: nil, code: "4001", status: 404), Refusal(path: "orders/SENT/confirm", body: nil, code: "4009", status: 409),
        Refusal(path: "orders/GONE/confirm", body: nil, code: "4002", status: 409), Refusal(path: "orders/UNPAID/confirm", body: nil, code: "4002", status: 409),
        Refusal(path: "shipments", body: shipment("251", "T1"), code: "4001", status: 404), Refusal(path: "shipments", body: shipment("GONE", "T1"), code: "4002", status: 409),
        Refusal(path: "shipments", body: shipment("UNPAID", "T1"), code: "4002", status: 409),
        Refusal(path: "shipments", body: shipment("NEW", "T-SENT"), code: "4003", status: 409),
        Refusal(path: "shipments", body: shipment("SENT", "T-SENT"), code: "4009", status: 409),
        Refusal(path: "shipments", body: shipment("SENT", "T-OTHER"), code: "4002", status: 409),
        Refusal(path: "shipments", body: shipment("NEW", ""), code: "4000", status: 400),
        Refusal(path: "shipments", body: shipment("NEW", "T1", invoiceNo: "1"), code: "4000", status: 400),
        Refusal(path: "shipments", body: #"{"orderNo":"NEW"}"#, code: "4000", status: 400), Refusal(path: "shipments", body: "no JSON", code: "4000", status: 400),
        Refusal(path: "orders/SENT/cancel", body: #"{"reason":"OTHER"}"#, code: "4002", status: 409),
        Refusal(path: "orders/GONE/cancel", body: #"{"reason":"OTHER"}"#, code: "4009", status: 409),
        Refusal(path: "orders/NEW/cancel", body: #"{"reason":"BORED"}"#, code: "4000", status: 400),
        Refusal(path: "orders/NEW/cancel", body: #"{"reason":"OTHER","lineNo":99}"#, code: "4000", status: 400),
        Refusal(path: "orders/251/cancel", body: #"{"reason":"OTHER"}"#, code: "4001", status: 404),
    ])
    func `each refusal has its code, as a status or as 200 with success false`(refusal: Refusal) async throws {
        for isSoft in [false, true] {
            try await withChannel({ $0.refusesWithStatus200 = isSoft }) { bench in
                let channel = bench.channel
                let orders = ["NEW": channel.placeOrder(.home), "SENT": channel.placeOrder(.home), "GONE": channel.placeOrder(.home), "UNPAID": channel.placeOrder(.unpaid)]
                channel.shipOrder(orders["SENT"] ?? "", trackingNumber: "T-SENT")
                channel.cancelOrder(orders["GONE"] ?? "")
                func named(_ text: String) -> String {
                    orders.reduce(text) { $0.replacing("/\($1.key)/", with: "/\($1.value)/").replacing("\"\($1.key)\"", with: "\"\($1.value)\"") }
                }
                let before = channel.orderStates()
                let answer = try await bench.call("POST", "/vendor/v1/" + named(refusal.path), body: refusal.body.map(named), key: "e1")
                let isAboutOrder = refusal.code != "4000"
                #expect(answer.code == refusal.code && answer.isSuccess == false)
                #expect(answer.status == (isSoft && isAboutOrder ? 200 : refusal.status))
                #expect(channel.orderStates() == before)
                #expect(channel.shippedCounts.isEmpty)
            }
        }
    }

    @Test func `a cancel takes the order, a line, or the order with its last line`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.severalInvoices)
            let lines = try #require(bench.channel.order(orderNo)).lines
            for (index, line) in lines.enumerated() {
                let before = try #require(bench.channel.orderStates().first)
                let answer = try await bench.call(
                    "POST", "/vendor/v1/orders/\(orderNo)/cancel", body: #"{"reason":"OUT_OF_STOCK","lineNo":\#(line.lineNo)}"#, key: "e\(index)")
                let after = try #require(bench.channel.orderStates().first)
                let isLast = index == lines.count - 1
                #expect(answer.data["status"] as? String == (isLast ? "CANCELLED" : "NEW") && after.isCancelled == isLast)
                #expect(after.grandMinor == before.grandMinor - (isLast ? 0 : line.totalMinor))
            }
        }
    }

    @Test func `a wish to cancel waits for a person where the channel reviews it, or is refused`() async throws {
        try await withChannel({ $0.cancelDecision = .reviewed }) { bench async throws in
            let orderNo = bench.channel.placeOrder(.home), path = "/vendor/v1/orders/\(orderNo)/cancel"
            #expect(try await bench.call("POST", path, body: #"{"reason":"DAMAGED"}"#, key: "e1").data["status"] as? String == "NEW")
            #expect(try await bench.call("POST", path, body: #"{"reason":"DAMAGED"}"#, key: "e2").code == "4009")
            #expect(bench.channel.grantCancel(orderNo) && bench.channel.order(orderNo)?.status == .cancelled)
        }
        try await withChannel({ $0.cancelDecision = .refused }) { bench async throws in
            let orderNo = bench.channel.placeOrder(.home)
            #expect(try await bench.call("POST", "/vendor/v1/orders/\(orderNo)/cancel", body: #"{"reason":"OTHER"}"#, key: "e1").code == "4002")
        }
    }

    // MARK: Once

    @Test func `a key repeats its answer for 24 hours and no longer`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home), path = "/vendor/v1/orders/\(orderNo)/confirm"
            let first = try await bench.call("POST", path, key: "e1")
            bench.clock.advance(seconds: 24 * 3_600 - 1)
            #expect(try await bench.call("POST", path, key: "e1").body == first.body)
            bench.clock.advance(seconds: 1)
            #expect(try await bench.call("POST", path, key: "e1").code == "4009")
            #expect(bench.channel.confirmedCounts[orderNo] == 1)
        }
    }

    @Test func `a key with another request is refused, and a write without one too`() async throws {
        try await withChannel { bench async throws in
            let (one, two) = (bench.channel.placeOrder(.home), bench.channel.placeOrder(.home))
            #expect(try await bench.call("POST", "/vendor/v1/orders/\(one)/confirm", key: "e1").status == 200)
            #expect(try await bench.call("POST", "/vendor/v1/orders/\(two)/confirm", key: "e1").code == "4091")
            #expect(try await bench.call("POST", "/vendor/v1/orders/\(two)/confirm").code == "4000")
        }
    }

    @Test func `a lost answer is found again by its key, and nothing is done twice`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home), body = Self.shipment(orderNo, "EX000000001TH")
            bench.channel.faults.force([.lostAnswer], at: .write)
            await #expect(throws: (any Error).self) { try await bench.call("POST", "/vendor/v1/shipments", body: body, key: "e1") }
            #expect(bench.channel.order(orderNo)?.status == .shipped)
            let again = try await bench.call("POST", "/vendor/v1/shipments", body: body, key: "e1")
            #expect(again.status == 200 && again.data["status"] as? String == "SHIPPED")
            #expect(bench.channel.shippedCounts == [orderNo: 1] && bench.channel.toldCounts == [orderNo: 1])
            #expect(try await bench.call("POST", "/vendor/v1/shipments", body: body, key: "e2").code == "4009")
            #expect(bench.channel.shippedCounts == [orderNo: 1] && bench.channel.toldCounts == [orderNo: 2])
        }
    }

    @Test func `an answer that comes too late has had its effect`() async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            bench.channel.force([.hangAfterEffect(.seconds(30))])
            await #expect(throws: (any Error).self) {
                try await bench.call("POST", "/vendor/v1/shipments", body: Self.shipment(orderNo, "T1"), key: "e1", limit: .milliseconds(300))
            }
            #expect(await eventually { bench.channel.shippedCounts == [orderNo: 1] })
        }
    }

    // MARK: Misbehaviour

    @Test(arguments: [
        (Shopat24Answer.unsuccessful(code: "5005"), 200, "5005", nil), (.throttled(retryAfterSeconds: 7), 429, "4290", "7"),
        (.throttled(retryAfterSeconds: nil), 429, "4290", nil), (.unauthorised, 401, "4010", nil), (.status(502), 502, "9999", nil),
    ] as [(Shopat24Answer, Int, String, String?)])
    func `a forced answer comes in the middle of good ones and does nothing`(forced: Shopat24Answer, status: Int, code: String, retryAfter: String?) async throws {
        try await withChannel { bench in
            let orderNo = bench.channel.placeOrder(.home)
            bench.channel.force([nil, forced])
            #expect(try await bench.call("GET", "/vendor/v1/orders").status == 200)
            let answer = try await bench.call("POST", "/vendor/v1/orders/\(orderNo)/confirm", key: "e1")
            #expect(answer.status == status && answer.code == code && answer.isSuccess == false && answer.headers["retry-after"] == retryAfter)
            #expect(bench.channel.order(orderNo)?.status == .new)
            #expect(try await bench.call("POST", "/vendor/v1/orders/\(orderNo)/confirm", key: "e1").status == 200)
        }
    }

    @Test(arguments: [true, false])
    func `the sixth call of a second is throttled, with or without Retry-After`(sendsRetryAfter: Bool) async throws {
        try await withChannel {
            $0.requestsPerSecond = 5
            $0.sendsRetryAfter = sendsRetryAfter
        } _: { bench in
            for _ in 0..<5 { #expect(try await bench.call("GET", "/vendor/v1/orders").status == 200) }
            let sixth = try await bench.call("GET", "/vendor/v1/orders")
            #expect(sixth.status == 429 && sixth.headers["retry-after"] == (sendsRetryAfter ? "1" : nil))
            bench.clock.advance(seconds: 1)
            #expect(try await bench.call("GET", "/vendor/v1/orders").status == 200)
        }
    }

    @Test func `faults of a plan speak the channel's words and spare the control routes`() async throws {
        try await withChannel { bench in
            bench.channel.faults.force([.throttle(retryAfterSeconds: 3), .serverError(status: 503), .expireToken, .malform], at: .request)
            var answers: [PlainAnswer] = []
            for _ in 0..<4 { answers.append(try await bench.call("GET", "/vendor/v1/orders")) }
            #expect(answers.map(\.status) == [429, 503, 200, 200])
            #expect(answers.map(\.code) == ["4290", "9999", "0000", nil] && answers[0].headers["retry-after"] == "3")
            bench.channel.faults.force([.drop], at: .request)
            #expect(try await bench.call("GET", "/_control/state").status == 200)
        }
    }

    // MARK: Products

    @Test func `stock and price are set by either code, alone and in batches`() async throws {
        try await withChannel { bench in
            let odd = "sp%20ace%2Fslash%3Bsemi%2Ccomma"
            #expect(try await bench.call("PUT", "/vendor/v1/products/885000000001/stock", body: #"{"available":12}"#, key: "a").data["success"] as? Bool == true)
            #expect(try await bench.call("PUT", "/vendor/v1/products/\(odd)/price", body: #"{"price":"199.75"}"#, key: "b").status == 200)
            let items = #"{"items":[{"sku":"TEA-100-OOL","available":0},{"sku":"nothing","available":1},{"sku":"CUP-CEL","available":-1}]}"#
            let batch = try await bench.call("PUT", "/vendor/v1/products/stock", body: items, key: "c")
            let results = batch.json["data"] as? [[String: Any]] ?? []
            #expect(results.map { $0["code"] as? String } == ["0000", "4001", "4000"] && results.map { $0["success"] as? Bool } == [true, false, false])
            #expect(try await bench.call("PUT", "/vendor/v1/products/price", body: #"{"items":[{"sku":"CUP-CEL","price":"1.5"}]}"#, key: "d").status == 200)
            let products = Dictionary(uniqueKeysWithValues: bench.channel.products().map { ($0.vendorSKU, $0) })
            #expect(products["TEA-100-GRN"]?.available == 12 && products["sp ace/slash;semi,comma"]?.priceMinor == 19_975)
            #expect(products["TEA-100-OOL"]?.available == 0 && products["CUP-CEL"]?.priceMinor == 150)
        }
    }

    @Test(arguments: [
        ("products/nothing/stock", #"{"available":1}"#, 404), ("products/CUP-CEL/stock", #"{"available":-1}"#, 400), ("products/CUP-CEL/stock", #"{"available":1.5}"#, 400),
        ("products/CUP-CEL/price", #"{"price":"1,000.00"}"#, 400), ("products/CUP-CEL/price", #"{"price":"1.234"}"#, 400), ("products/CUP-CEL/price", #"{"price":"-1"}"#, 400),
        ("products/CUP-CEL/price", #"{"price":1}"#, 400), ("products/stock", #"{"items":[]}"#, 400),
    ])
    func `a wrong stock or price is refused and changes nothing`(path: String, body: String, status: Int) async throws {
        try await withChannel { bench async throws in
            let before = bench.channel.products()
            #expect(try await bench.call("PUT", "/vendor/v1/" + path, body: body, key: "a").status == status)
            #expect(bench.channel.products() == before)
        }
    }

    @Test func `a batch has at most a hundred items`() async throws {
        try await withChannel { bench async throws in
            for (count, status) in [(100, 200), (101, 400)] {
                let items = Array(repeating: #"{"sku":"CUP-CEL","available":1}"#, count: count).joined(separator: ",")
                #expect(try await bench.call("PUT", "/vendor/v1/products/stock", body: "{\"items\":[\(items)]}", key: "k\(count)").status == status)
            }
        }
    }
}
