import CourierSimulator
import Database
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    @Suite struct Law09UncertainBookingTests {
        /// The hub as it stands when a booking was made but every answer was lost: a dead letter, and no shipment.
        private static func forgetBooking(_ law: LawHub, of order: OrderID) async throws {
            let shipment = try #require(try await law.hub.ledger.shipments(of: order).first), now = law.clock.now.milliseconds
            let key = "book:" + shipment.externalRef.dropFirst(3).replacing("-", with: ":")
            try await law.hub.ledgerDatabase.write { tx in
                try tx.run("DELETE FROM shipments WHERE order_id = \(order.value)")
                try tx.run("DELETE FROM takings WHERE order_id = \(order.value)")
                try tx.run("""
                    INSERT INTO dead_letters (id, route_id, destination_id, order_id, event_id, event_type, action, idempotency_key, cause, code, message, attempts, effect_unknown, died_at, state)
                    VALUES (7, 0, \(shipment.channel.value), \(order.value), 0, 'order.approved', 'book', \(key), 'lost', 'unreachable', 'no answer', 10, 1, \(now), 'open')
                    """)
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a booking whose answer was lost is looked up and cancelled with its order`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine))
            _ = try await law.addCourier(courier)
            let order = try await Law09CompensationTests.cancelledAfterSent(law, courier) { try await Self.forgetBooking(law, of: $0) }
            #expect(courier.orders().map(\.status) == [.cancelled])
            let shipments = try await law.hub.ledger.shipments(of: order.id), letters = try await law.hub.ledger.deadLetters(after: nil, limit: 10)
            #expect(shipments.map(\.isVoid) == [true])
            #expect(letters.isEmpty)
            await law.end()
            await courier.stop()
        }
    }
}
