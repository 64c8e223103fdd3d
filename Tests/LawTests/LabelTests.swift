import CourierSimulator
import Domain
import Foundation
import Hub
import NIOHTTP1
import Testing

extension Laws {
    @Suite struct LabelTests {
        @Test(.timeLimit(.minutes(1)))
        func `the courier's label of a booked order is handed through, and what is no label is not`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            _ = try await law.addCourier(courier)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            let order = try await law.order("1", in: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            func label(_ query: String, of id: OrderID = order.id) async throws -> LawHTTP.Answer {
                try await LawHTTP.call("GET", law.base + "/api/v1/orders/\(id)/label" + query, headers: [("authorization", "Bearer \(law.token)")])
            }
            let pdf = try await label(""), png = try await label("?format=png"), zpl = try await label("?format=zpl&size=100x75")
            for answer in [pdf, png, zpl] { #expect(answer.status == 200) }
            #expect(pdf.headers.first(name: "content-type") == "application/pdf")
            #expect(pdf.body.starts(with: Array("%PDF".utf8)))
            #expect(png.headers.first(name: "content-type") == "image/png")
            #expect(String(decoding: zpl.body, as: UTF8.self).contains("^XA"))
            let odd = try await label("?format=exe"), unknown = try await label("", of: OrderID(1))
            #expect(odd.status == 400)
            #expect(unknown.status == 404)
            await courier.stop()
            let silent = try await label("")
            #expect(silent.status == 503)
            #expect(silent.headers.first(name: "retry-after") == "10")
            await law.end()
        }
    }
}
