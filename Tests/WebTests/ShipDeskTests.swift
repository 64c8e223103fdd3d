import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

/// What a client of the API may do about addresses that contradict themselves, and about pick-ups.
@Suite struct ShipDeskTests {
    struct Offers: Decodable {
        struct Offer: Decodable { var id: String, kind: String, what: String, values: [String: String] }
        var sentence: String?
        var data: [Offer]
    }

    /// An order whose postcode is Chiang Mai's and whose province is Bangkok.
    private static func torn(_ bench: WebBench, _ call: WebBench.Caller) async throws -> StoredOrder {
        let order = try await bench.pushedOrder("A-1", call)
        return try await bench.hub.ledger.act(.edit(["shipTo.postcode": "50000", "shipTo.district": "Pathum Wan"]), on: order.id, by: AuditActor(name: "Ann"))
    }

    @Test func `a way out of a contradiction is offered, taken once, and only by who sees and changes the order`() async throws {
        try await WebBench.run { bench in
            let blind = try await bench.hub.tokens.create(name: "blind", scopes: ["orders:read", "orders:write"]).text
            let reader = try await bench.hub.tokens.create(name: "reader", scopes: ["orders:read", "buyers:read"]).text
            try await bench.call { call in
                let order = try await Self.torn(bench, call), uri = "/api/v1/orders/\(order.id)/address-offers"
                let offers = try await call(.get, uri, token: reader).decode(Offers.self)
                #expect(offers.sentence?.contains("50000 belongs to") == true)
                let offer = try #require(offers.data.first { $0.kind == "postcode" })
                let body = #"{"offer":"\#(offer.id)","revision":\#(order.version)}"#
                #expect(try await call(.get, uri, token: blind).status == 403)
                for token in [blind, reader] { #expect(try await call(.post, uri, body, token: token).status == 403) }
                let early = try await call(.post, uri, #"{"offer":"\#(offer.id)","revision":\#(order.version - 1)}"#)
                #expect(early.status == 409)
                #expect(try await call(.post, uri, body).status == 200)
                #expect(try await bench.hub.ledger.order(order.id)?.snapshot.shipTo?.postcode == offer.what)
                let late = try await call(.post, uri, body)
                #expect(late.status == 409)
                #expect(late.code == "offer_gone")
                #expect(try await call(.get, uri).decode(Offers.self).data.isEmpty)
            }
        }
    }

    @Test func `a pick-up of nobody, of no carrier and of no day is refused in words`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let answers = [
                    try await call(.get, "/api/v1/pickups?since=tomorrow"), try await call(.post, "/api/v1/pickups", #"{"carrier":"nobody","day":"2026-11-21"}"#),
                    try await call(.post, "/api/v1/pickups", #"{"carrier":"\#(bench.sheet.name)","day":"2026-11-21"}"#), try await call(.post, "/api/v1/pickups/7/cancel"),
                ]
                #expect(answers.map(\.status) == [400, 404, 404, 404])
                #expect(answers[3].code == "unknown_pickup")
                #expect(try await call(.get, "/api/v1/pickups").status == 200)
            }
        }
    }
}
