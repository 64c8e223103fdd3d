import Connect
import Database
import Domain
import Foundation
import Hub
import Synchronization
import Testing

extension Laws {
    /// A marketplace's own parcels are where the marketplace says, and an arrangement comes to an end.
    @Suite struct MarketParcelTests {
        private func market(_ engine: LawEngine, _ fair: LawFair) async throws -> (law: LawHub, market: Channel) {
            let law = try await LawHub.start(try await .fresh(engine)), market = try await law.addMarket(fair)
            _ = try await law.authorise(market)
            return (law, market)
        }

        private func arranged(_ engine: LawEngine = .sqlite, _ fair: LawFair = LawFair(), at time: Timestamp? = nil) async throws -> (law: LawHub, market: Channel, order: StoredOrder, parcel: StoredParcel) {
            let (law, market) = try await market(engine, fair)
            try await law.deliver(.law("1", at: time ?? law.clock.now), to: market.id)
            try await until("it is arranged") { try await law.order("1", in: market.id).workflow == .synced }
            let order = try await law.order("1", in: market.id), lines = try await law.hub.shipping.packing.parcels(of: order.id)
            return (law, market, order, try #require(lines.first).parcel)
        }

        private func parcel(_ law: LawHub, _ id: Int64) async throws -> StoredParcel { try await law.hub.shipping.packing.parcel(id).parcel }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a package that the marketplace cancelled is no parcel and is not waited for`(engine: LawEngine) async throws {
            let fair = LawFair()
            fair.state.withLock { $0.withVoidPackage = ["1"] }
            let (law, _, order, parcel) = try await arranged(engine, fair)
            #expect(parcel.externalID == "1/1")
            #expect(try await law.hub.ledger.shipments(of: order.id).map { $0.parcels.count } == [1])
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an arrangement that waits for its number is withdrawn with its order`(engine: LawEngine) async throws {
            let fair = LawFair(), (law, market) = try await market(engine, fair), time = law.clock.now
            fair.state.withLock { $0.lateNumbers = 1_000 }
            try await law.deliver(.law("1", at: time), to: market.id)
            let order = try await law.order("1", in: market.id)
            try await until("it waits for its number") { try await law.jobs(of: order.id).first?.lastCode == "waiting" }
            var cancelled = OrderSnapshot.law("1", at: time + .seconds(5))
            cancelled.standing = .cancelled
            try await law.deliver(cancelled, to: market.id)
            try await until("it is cancelled") { try await law.order("1", in: market.id).workflow == .cancelled }
            law.clock.move(by: .seconds(301))
            law.hub.resume(market)
            try await until("nobody waits any more") { try await law.jobs(of: order.id).isEmpty }
            let letters = try await law.letters(), shipments = try await law.hub.ledger.shipments(of: order.id)
            #expect(letters.isEmpty)
            #expect(shipments.isEmpty)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a number that does not come for two days is a failure that says so`(engine: LawEngine) async throws {
            let fair = LawFair(), (law, market) = try await market(engine, fair)
            fair.state.withLock { $0.lateNumbers = 1_000 }
            try await law.deliver(.law("1", at: law.clock.now), to: market.id)
            let order = try await law.order("1", in: market.id)
            try await until("it waits for its number") { try await law.jobs(of: order.id).first?.lastCode == "waiting" }
            fair.state.withLock { $0.lifeSeconds = 10 * 86_400 }
            law.clock.move(by: JobExecutor.numberPatience + .seconds(1))
            law.hub.resume(market)
            try await until("it has died") { try await law.letters().map(\.code) == ["number_missing"] }
            let letter = try #require(try await law.letters().first)
            #expect(letter.message.contains("48 hours"))
            // Tried again by a person it has its full patience, and nothing is arranged a second time.
            fair.state.withLock { $0.lateNumbers = 0 }
            _ = try await law.hub.ledger.retryDeadLetters([letter.job.id], by: "Nok")
            try await until("it is arranged") { try await law.order("1", in: market.id).workflow == .synced }
            #expect(fair.state.withLock { $0.arranged } == ["1": 1])
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `news of a marketplace's package moves its parcel, though the number is never named`(engine: LawEngine) async throws {
            let (law, market, order, parcel) = try await arranged(engine)
            try await law.deliver(Array(try JSONEncoder().encode(TrackingUpdate(externalID: "1/1", occurredAt: law.clock.now, fulfilment: .outForDelivery, rawStatus: "OUT"))), to: market.id, topic: "tracking")
            try await until("it is out") { try await self.parcel(law, parcel.id).status == .outForDelivery }
            #expect(try await self.parcel(law, parcel.id).state == .handedOver)
            #expect(try await law.hub.ledger.shipments(of: order.id).map(\.status) == [.outForDelivery])
            #expect(try await law.hub.shipping.packing.parcels(in: .toPack, of: nil).isEmpty)
            // The marketplace takes the package back: it is void, and the order is not booked again behind anybody's back.
            try await law.deliver(.law("2", at: law.clock.now), to: market.id)
            try await until("the second is arranged") { try await law.order("2", in: market.id).workflow == .synced }
            let void = TrackingUpdate(externalID: "2/1", occurredAt: law.clock.now + .seconds(1), fulfilment: nil, rawStatus: "CANCELLED", isVoid: true, trouble: "cancelled")
            try await law.deliver(Array(try JSONEncoder().encode(void)), to: market.id, topic: "tracking")
            let second = try await law.order("2", in: market.id)
            try await until("it is void") { try await law.hub.shipping.packing.parcels(of: second.id).map(\.parcel.state) == [.void] }
            #expect(try await law.order("2", in: market.id).workflow == .synced)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `news of a package that came before its arrangement is applied after it`(engine: LawEngine) async throws {
            let fair = LawFair(), (law, market) = try await market(engine, fair)
            try await law.deliver(Array(try JSONEncoder().encode(TrackingUpdate(externalID: "1/1", occurredAt: law.clock.now, fulfilment: .pickedUp, rawStatus: "UP"))), to: market.id, topic: "tracking")
            try await law.settled()
            try await law.deliver(.law("1", at: law.clock.now), to: market.id)
            let order = try await law.order("1", in: market.id)
            try await until("its parcel has left") { try await law.hub.shipping.packing.parcels(of: order.id).map(\.parcel.state) == [.handedOver] }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what a marketplace says of an order moves its parcels, and its silence is no exception`(engine: LawEngine) async throws {
            let time = LawClock().now, (law, market, _, parcel) = try await arranged(engine, at: time), desk = law.hub.shipping
            _ = try await desk.packing.pack(parcel.id, weightGrams: nil, by: "Nok")
            func say(_ fulfilment: Fulfilment, _ seconds: Int64) async throws {
                var snapshot = OrderSnapshot.law("1", at: time + .seconds(seconds))
                snapshot.fulfilment = fulfilment
                try await law.deliver(snapshot, to: market.id)
                try await until("the parcel is \(fulfilment)") { try await self.parcel(law, parcel.id).status == fulfilment }
            }
            try await say(.inTransit, 1)
            #expect(try await self.parcel(law, parcel.id).state == .handedOver)
            #expect(try await desk.packing.parcels(in: .packed, of: nil).isEmpty)
            law.clock.move(by: .seconds(72 * 3600))
            #expect(try await desk.exceptions.list().isEmpty)
            try await say(.deliveryFailed, 2)
            #expect(try await desk.exceptions.list().map(\.kind) == [.refused])
            try await say(.outForDelivery, 3)
            try await say(.delivered, 4)
            #expect(try await desk.exceptions.list().isEmpty)
            try await say(.returning, 5)
            try await say(.returned, 6)
            #expect(try await desk.exceptions.list().map(\.kind) == [.returned])
            try await desk.exceptions.goodsAreBack(parcel.id, by: "Nok")
            #expect(try await desk.exceptions.list().isEmpty)
            await law.end()
        }
    }
}
