import Connect
@testable import CustomShopConnector
import Domain
import HTTPTypes

enum CustomShopFuzzing {
    static let secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
    static let settings = ["secret": secret, "pullURL": "https://shop.example", "pullToken": "t", "callbackURL": "https://shop.example/callbacks", "callbackSecret": secret]
    private static let head = #""timestamp":"2026-03-02T04:20:00Z","specVersion":"1","sequence":77,"source":{"platform":"custom","platformVersion":null,"shop":"main","baseURL":"https://myshop.example/"}"#
    static let order = #"{"externalID":"A-2026-000123","externalNumber":"A-2026-000123","revision":3,"placedAt":"2026-03-02T03:58:12Z","updatedAt":"2026-03-02T04:20:00Z","state":"open","#
        + #""platformStatus":"รอจัดส่ง","fulfilment":"unfulfilled","buyer":{"name":"สมชาย ใจดี","email":"somchai@example.com","phone":"+66812345678"},"#
        + #""shipTo":{"name":"สมชาย ใจดี","company":null,"phone":"+66812345678","line1":"99/1 หมู่ 4","subdistrict":"บางรัก","district":"บางรัก","province":"กรุงเทพมหานคร","postcode":"10500","countryCode":"TH"},"#
        + #""billTo":null,"currency":"THB","totals":{"items":70800,"shipping":5000,"discount":6800,"tax":4514,"grand":69000,"taxIncluded":true},"#
        + #""payment":{"method":"cod","state":"unpaid","isCashOnDelivery":true,"codAmount":69000},"shipping":{"methodCode":"standard","methodTitle":"ส่งธรรมดา","requestedCarrier":"thailandpost","shipBy":null},"#
        + #""lines":[{"externalLineID":"1","sku":"TEA","title":"ชาเขียว","quantity":2,"unitPrice":12900,"discount":1800,"tax":1570,"lineTotal":24000,"requiresShipping":true,"weightGrams":120},"#
        + #"{"externalLineID":"2","sku":"CUP","title":"ถ้วย","variant":"เขียว","quantity":1,"unitPrice":45000,"discount":0,"tax":2944,"lineTotal":45000,"weightGrams":310}],"note":"โทรก่อนส่ง","tags":["line-oa"]}"#
    static let events = [
        #"{"type":"order.upserted",\#(head),"data":{"order":\#(order)}}"#, #"{"type":"order.changed",\#(head),"data":{"id":"10421","number":"000010421","updatedAt":"2026-03-02T04:15:08Z"}}"#,
        #"{"type":"order.cancelled",\#(head),"data":{"externalID":"A-1","revision":4,"reason":"buyer"}}"#, #"{"type":"ping",\#(head),"data":{}}"#, order,
    ]

    static func target() throws -> FuzzTarget {
        let limit = CustomShopConnector.descriptor.maximumBodyBytes, key = try StandardWebhookKey(secret, setting: "secret")
        let bodies = try JSONMutator(events, maximumBytes: limit)
        let answers = try JSONMutator([#"{"orders":[\#(order)],"nextCursor":"x"}"#, order, "{}"], maximumBytes: limit)
        return FuzzTarget(name: "custom") { random in
            guard random.once(in: 4) else {
                let base = random.below(bodies.corpus.count)
                return delivery(bodies.body(&random, base: base), isPulled: base == 4, key, &random)
            }
            let choice = random.below(5), answer = FuzzBench.answer(answers.body(&random), &random)
            return { await verdict(of: answer, choice) }
        }
    }

    private static func delivery(_ body: [UInt8], isPulled: Bool, _ key: StandardWebhookKey, _ random: inout FuzzRandom) -> FuzzTarget.Examination {
        let incoming = signed(body, key, &random)
        return {
            do throws(ConnectorError) {
                let connector = try CustomShopConnector(FuzzBench.context(settings))
                if isPulled { return FuzzBench.verdict(connector, FuzzBench.delivery(body, topic: "pull.order", origin: .poll)) }
                var verdict = FuzzVerdict()
                if case .accept(let receipt) = connector.verify(incoming) {
                    if receipt.key.isEmpty || receipt.key.utf8.count > 64 { verdict.complaints.append("a key of \(receipt.key.utf8.count) bytes") }
                    if let version = receipt.version, receipt.quarantine == nil, version.externalID.isEmpty || version.counter < 1 { verdict.complaints.append("a version of \(version)") }
                    // What is quarantined is never interpreted.
                    if receipt.quarantine == nil { verdict.add(FuzzBench.verdict(connector, FuzzBench.delivery(body, topic: receipt.topic))) }
                }
                // Journals of other versions may hold what this one would refuse.
                verdict.add(FuzzBench.verdict(connector, FuzzBench.delivery(body, topic: "order.upserted")))
                return verdict
            } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
        }
    }

    private static func signed(_ body: [UInt8], _ key: StandardWebhookKey, _ random: inout FuzzRandom) -> IncomingDelivery {
        let timestamp = random.once(in: 6) ? random.pick(HostileValues.numbers) ?? "" : "1795225000", id = random.once(in: 6) ? random.pick(HostileValues.texts) ?? "" : "msg_12345678"
        var headers: HTTPFields = [
            .contentType: "application/json", CustomShopConnector.Names.id: id, CustomShopConnector.Names.timestamp: timestamp,
            CustomShopConnector.Names.signature: "v1," + key.sign(id: id, timestamp: timestamp, body: body),
        ]
        if random.once(in: 8) { headers[CustomShopConnector.Names.signature] = random.pick(["v1,", "v1,AAAA", "v2,x v1,=", "", " ", HostileValues.longText(&random)]) }
        return IncomingDelivery(headers: headers, body: body, receivedAt: FuzzBench.now)
    }

    private static func verdict(of answer: PlatformAnswer, _ choice: Int) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try CustomShopConnector(FuzzBench.context(settings, answer: answer))
            switch choice {
            case 0, 1: return FuzzBench.verdict(connector, try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: nil, limit: 50).orders)
            case 2: return FuzzBench.verdict(connector, [try await connector.fetchOrder("A-2026-000123")])
            case 3: try await connector.markShipped(FuzzBench.shipment, of: FuzzBench.order, idempotencyKey: "k")
            default: _ = try await connector.cancelOrder(FuzzBench.order, reason: "customer", idempotencyKey: "k")
            }
            return FuzzVerdict(isRead: true)
        }
    }
}
