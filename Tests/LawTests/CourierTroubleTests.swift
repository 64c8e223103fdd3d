import CourierSimulator
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    /// A courier's words that are no state of the goods, and still nobody's to overlook.
    @Suite struct CourierTroubleTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases, [
            (status: CourierStatus.onHold, fulfilment: Fulfilment.readyToShip), (status: .pickupFailed, fulfilment: .readyToShip),
        ])
        func `a held parcel and a failed pick-up are flags on the order until the parcel moves again`(engine: LawEngine, row: (status: CourierStatus, fulfilment: Fulfilment)) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            _ = try await law.addCourier(courier)
            try await law.deliver(.law("1", at: time), to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            let parcel = try #require(courier.orders().first)
            courier.set(parcel.orderID, to: .accepted)
            try await until("it is accepted") { try await law.order("1", in: shop).fulfilment == .readyToShip }
            courier.set(parcel.orderID, to: row.status, note: "ไม่มีคนรับ")
            try await until("the flag is up") { try await !law.order("1", in: shop).snapshot.flags.isEmpty }
            let flagged = try await law.order("1", in: shop), shown = try await law.api("GET", "orders/\(flagged.id)")
            let flag = try #require((shown["flags"] as? [[String: Any]])?.first)
            #expect(flag["code"] as? String == "carrier_\(row.status.rawValue)")
            #expect((flag["message"] as? String)?.contains("ไม่มีคนรับ") == true)
            #expect(flagged.fulfilment == row.fulfilment)
            let listed = try await law.api("GET", "orders?flagged=true")["data"] as? [[String: Any]]
            #expect(listed?.count == 1)
            let entry = try await law.timeline(of: flagged.id).last { ($0["changes"] as? [[String: Any]])?.contains { $0["field"] as? String == "flags" } == true }
            #expect((entry?["cause"] as? [String: Any])?["kind"] as? String == "delivery")
            // A platform's update does not take it back.
            try await law.deliver(.law("1", at: time + .seconds(5), note: "later"), to: shop)
            try await until("the update is here") { try await law.order("1", in: shop).snapshot.note == "later" }
            let updated = try await law.order("1", in: shop)
            #expect(updated.snapshot.flags.map(\.code) == ["carrier_\(row.status.rawValue)"])
            courier.set(parcel.orderID, to: .pickedUp)
            try await until("the flag is down") { try await law.order("1", in: shop).snapshot.flags.isEmpty }
            let moved = try await law.order("1", in: shop), problems = try await law.problems()
            #expect(moved.fulfilment == .pickedUp)
            #expect(problems.isEmpty, "a known word is no problem of reading: \(problems)")
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `an order whose cash on delivery has come down to nothing is sent without any`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            _ = try await law.addCourier(courier)
            var free = OrderSnapshot.law("1", at: law.clock.now, isCOD: true)
            free.payment.codAmount = 0
            try await law.deliver(free, to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            #expect(courier.orders().map(\.request.cod?.amount) == [nil])
            await law.end()
            await courier.stop()
        }
    }
}
