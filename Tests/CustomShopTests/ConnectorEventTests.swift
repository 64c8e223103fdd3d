import Connect
import CustomShopConnector
import CustomShopSimulator
import Domain
import Foundation
import HTTPTypes
import Testing

/// Form, schema and equations of events (platforms/companion-webhook.md §3, §8, §9), and what they mean.
@Suite struct ConnectorEventTests {
    private static let connector = Result { try CustomShopBench.connector() }
    private static func verdict(_ old: String, _ new: String) throws -> HookVerdict {
        try connector.get().verify(SimulatorVector.signed(body: SimulatorVector.w4.body, replacing: old, with: new).delivery())
    }

    @Test(arguments: OddBody.allCases)
    func `an odd body gets the contract's answer`(odd: OddBody) throws {
        let body = odd.body(from: SimulatorVector.w4.body)
        // The size is the door's to refuse, before any signature is looked at.
        if odd == .threeHundredKilobytes { #expect(body.count > CustomShopConnector.descriptor.maximumBodyBytes); return }
        let verdict = try Self.connector.get().verify(SimulatorVector.signed(body: body).delivery(changing: odd.headers))
        let status = try #require(Int(verdict.told.prefix(3)))
        #expect(odd.expectedStatuses.contains(status), "\(verdict.told)")
    }

    @Test(arguments: [
        ("content-type", "text/plain", "415 unsupported_media_type"), ("content-type", "application/json; charset=utf-16", "415 unsupported_media_type"),
        ("content-type", "Application/JSON; charset=UTF-8", "202 accepted"), ("content-encoding", "gzip", "415 unsupported_media_type"),
        ("webhook-id", "short", "400 bad_header"), ("webhook-id", "has.a.full.stop", "400 bad_header"), ("webhook-id", String(repeating: "x", count: 65), "400 bad_header"),
        ("webhook-timestamp", "0772425201", "400 bad_header"), ("webhook-timestamp", "177242520", "400 bad_header"), ("webhook-timestamp", "177242520111", "400 bad_header"),
        ("webhook-timestamp", "17724252e1", "400 bad_header"), ("webhook-timestamp", "99999999999", "401 bad_signature"),
    ])
    func `headers are held to their rules`(name: String, value: String, told: String) throws {
        #expect(try Self.connector.get().verify(SimulatorVector.w4.delivery(changing: [name: value])).told == told)
    }

    @Test(arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"])
    func `a header that is missing or comes twice is refused`(name: String) throws {
        var delivery = SimulatorVector.w4.delivery()
        let field = try #require(HTTPField.Name(name))
        delivery.headers.append(HTTPField(name: field, value: delivery.headers[field] ?? ""))
        #expect(try Self.connector.get().verify(delivery).told == "400 bad_header")
        delivery.headers[field] = nil
        #expect(try Self.connector.get().verify(delivery).told == "400 missing_header")
    }

    @Test(arguments: [
        (#""revision":3"#, #""revision":0"#, "/data/order/revision"), (#""revision":3"#, #""revision":9007199254740992"#, "/data/order/revision"),
        (#""revision":3"#, #""revision":"3""#, "/data/order/revision"), (#""externalID":"A-2026-000123""#, #""externalID":"has a space""#, "/data/order/externalID"),
        (#""externalID":"A-2026-000123""#, #""externalID":"""#, "/data/order/externalID"), (#""updatedAt":"2026-03-02T04:20:00Z""#, #""updatedAt":"2026-03-01T04:20:00Z""#, "/data/order/updatedAt"),
        (#""placedAt":"2026-03-02T03:58:12Z""#, #""placedAt":"2026-02-30T03:58:12Z""#, "/data/order/placedAt"), (#""state":"open""#, #""state":"asleep""#, "/data/order/state"),
        (#""currency":"THB""#, #""currency":"BAHT""#, "/data/order/currency"), (#""codAmount":69000"#, #""codAmount":null"#, "/data/order/payment/codAmount"),
        (#""codAmount":69000"#, #""codAmount":69001"#, "/data/order/payment/codAmount"), (#""quantity":2"#, #""quantity":0"#, "/data/order/lines/0/quantity"),
        (#""quantity":2"#, #""quantity":100001"#, "/data/order/lines/0/quantity"), (#""unitPrice":12900"#, #""unitPrice":-1"#, "/data/order/lines/0"),
        (#""unitPrice":12900"#, #""unitPrice":9223372036854775807"#, "/data/order/lines/0"), (#""shipping":5000"#, #""shipping":-5000"#, "/data/order/totals"),
        (#""externalLineID":"2""#, #""externalLineID":"1""#, "/data/order/lines"), (#""sku":"TEA-100-GRN","#, "", "/data/order/lines/0/sku"),
        (#""fulfilment":"unfulfilled""#, #""fulfilment":"teleported""#, "/data/order/fulfilment"), (#""specVersion":"1""#, #""specVersion":"2""#, "/specVersion"),
        (#""platform":"custom""#, #""platform":"magento2""#, "/source/platform"), (#""order":{"#, #""x_order":{"#, "/data/order"),
    ])
    func `what breaks the schema is quarantined under its pointer`(old: String, new: String, pointer: String) throws {
        let verdict = try Self.verdict(old, new)
        #expect(verdict.told == "422 invalid_event")
        #expect(verdict.receipt?.quarantine?.pointer == pointer)
    }

    @Test(arguments: [
        (#""lineTotal":24000"#, #""lineTotal":24001"#, "/data/order/lines/0/lineTotal"), (#""items":70800"#, #""items":70801"#, "/data/order/totals/items"),
        (#""discount":6800"#, #""discount":1799"#, "/data/order/totals/discount"), (#""grand":69000"#, #""grand":69001"#, "/data/order/totals/grand"),
        (#""taxIncluded":true"#, #""taxIncluded":false"#, "/data/order/totals/grand"),
    ])
    func `each equation that does not hold is a mismatch of totals`(old: String, new: String, pointer: String) throws {
        let verdict = try Self.verdict(old, new)
        #expect(verdict.told == "422 totals_mismatch")
        #expect(verdict.receipt?.quarantine?.pointer == pointer)
    }

    @Test(arguments: ["{", "{\"a\":}", "{} {}", "{'a':1}", "not json at all"])
    func `what is no JSON is refused, not kept`(text: String) throws {
        let verdict = try Self.connector.get().verify(SimulatorVector.signed(body: Data(text.utf8)).delivery())
        #expect(verdict.told == "400 bad_json")
        #expect(verdict.isRefused)
    }

    @Test func `a ping is answered and leaves nothing`() throws {
        let ping = Data(#"{"type":"ping","timestamp":"2026-03-02T04:20:00Z","specVersion":"1","source":{"platform":"custom"},"data":{}}"#.utf8)
        guard case .answer(let answer) = try Self.connector.get().verify(SimulatorVector.signed(body: ping).delivery()) else { Issue.record("kept"); return }
        #expect(answer.status == 200)
        #expect(answer.code == "pong")
    }

    @Test(arguments: 0..<200)
    func `a mutated event breaks nothing`(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1, body = Array(SimulatorVector.w4.body)
        func next(_ bound: Int) -> Int { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407; return Int(state >> 33) % bound }
        for _ in 0..<(1 + next(6)) { body[next(body.count)] = UInt8(next(256)) }
        let told = try Self.connector.get().verify(SimulatorVector.signed(body: Data(body)).delivery()).told
        #expect(["202", "200", "400", "422"].contains(told.prefix(3)))
        do throws(ConnectorError) { #expect(try CustomShopBench.connector().interpret(CustomShopBench.stored(body)).count == 1) } catch { #expect(error.code == "not_understood") }
    }

    // MARK: What it means

    @Test func `a full event is the order, one to one`() throws {
        guard case .order(let order)? = try Self.connector.get().interpret(CustomShopBench.stored(SimulatorVector.w4.body)).first else { Issue.record("no order"); return }
        #expect(order.externalID == "A-2026-000123")
        #expect(order.revision == Revision(updatedAt: Timestamp(rfc3339: "2026-03-02T04:20:00Z") ?? .init(milliseconds: 0), counter: 3))
        #expect(order.totals == Totals(items: 70_800, discount: 6_800, shipping: 5_000, tax: 4_514, taxIncluded: true, grand: 69_000))
        #expect(order.totals.mismatch(in: order.currency) == nil)
        #expect(order.payment == Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 69_000))
        #expect(order.buyer == Buyer(name: "สมชาย ใจดี", email: "somchai@example.com", phone: "+66812345678"))
        #expect(order.shipTo?.subdistrict == "บางรัก")
        #expect(order.billTo == nil)
        #expect(order.lines.map(\.sku) == ["TEA-100-GRN", "CUP-CEL"])
        #expect(order.lines.map(\.lineTotal) == [24_000, 45_000])
        #expect(order.lines[1].variant == "เขียว")
        #expect(order.platformStatus == "รอจัดส่ง")
        #expect(order.standing == .open)
        #expect(order.shipping.requestedCarrier == "thailandpost")
        #expect(order.tags == ["line-oa"])
        #expect(try Self.connector.get().interpret(CustomShopBench.stored(SimulatorVector.w4Escaped.body)) == [.order(order)])
    }

    @Test(arguments: [("cancelled", .cancelled), ("closed", .closed)] as [(String, OrderSnapshot.Standing)])
    func `the state is the order's standing`(state: String, standing: OrderSnapshot.Standing) throws {
        let body = SimulatorVector.signed(body: SimulatorVector.w4.body, replacing: #""state":"open""#, with: #""state":"\#(state)""#).body
        guard case .order(let order)? = try Self.connector.get().interpret(CustomShopBench.stored(body)).first else { Issue.record("no order"); return }
        #expect(order.standing == standing)
    }

    @Test func `a thin event asks for the order, a cancellation cancels, the rest is ignored`() throws {
        let connector = try Self.connector.get()
        #expect(try connector.interpret(CustomShopBench.stored(SimulatorVector.w2.body)) == [.fetch("10421", hint: Timestamp(rfc3339: "2026-03-02T04:15:08Z"))])
        func event(_ type: String, _ data: String) -> StoredDelivery {
            CustomShopBench.stored(#"{"type":"\#(type)","timestamp":"2026-03-02T04:20:00Z","specVersion":"1","source":{"platform":"custom"},"data":\#(data)}"#.utf8)
        }
        let at = try #require(Timestamp(rfc3339: "2026-03-02T04:20:00Z"))
        #expect(try connector.interpret(event("order.cancelled", #"{"externalID":"A-1","revision":4,"reason":"sold out"}"#)) == [.cancelled("A-1", at: at, counter: 4, reason: "sold out")])
        #expect(try connector.interpret(event("product.changed", #"{"id":"88","updatedAt":"2026-03-02T04:15:08Z"}"#)) == [.ignored(reason: "product.changed")])
        for broken in [event("order.cancelled", "{}"), event("order.changed", "{}"), event("order.upserted", "{}"), CustomShopBench.stored("[]".utf8)] {
            #expect(throws: ConnectorError.self) { try connector.interpret(broken) }
        }
    }
}
