import Connect
import CourierSimulator
import Database
import Documents
import Domain
import Foundation
import Hub
import Synchronization
import Testing

extension Laws {
    /// What is packed and then cancelled does not leave, and its goods come back to the shelf.
    @Suite struct CancelledParcelTests {
        private func packed(_ law: LawHub, _ courier: CourierSimulator, isPacked: Bool = true) async throws -> (shop: ChannelID, order: StoredOrder, line: ParcelLine) {
            let shop = try await law.addShop(LawBook())
            _ = try await law.addCourier(courier)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            let order = try await law.order("1", in: shop), lines = try await law.hub.shipping.packing.parcels(of: order.id), line = try #require(lines.first)
            if isPacked { _ = try await law.hub.shipping.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok") }
            return (shop, order, line)
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases, [true, false])
        func `the boxes of a cancelled order are void with the reason until somebody says that the goods are back`(engine: LawEngine, isByPerson: Bool) async throws {
            let courier = try await CourierSimulator.careless(cancelMode: .confirmedByCallback(after: .seconds(3600))), law = try await LawHub.start(try await .fresh(engine)), desk = law.hub.shipping
            let (shop, order, line) = try await packed(law, courier)
            if isByPerson { _ = try await law.hub.ledger.act(.cancel(reason: "sold out"), on: order.id, by: "Ploy") } else {
                var cancelled = OrderSnapshot.law("1", at: law.clock.now + .seconds(5))
                cancelled.standing = .cancelled
                try await law.deliver(cancelled, to: shop)
            }
            try await until("it is void") { try await desk.packing.parcel(line.parcel.id).parcel.state == .void }
            let reason = isByPerson ? "the order was cancelled by Ploy: sold out" : "the order was cancelled at the shop"
            #expect(try await desk.packing.parcel(line.parcel.id).parcel.voidReason == reason)
            await #expect(throws: ShippingFault.isVoid(reason: reason)) { try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok") }
            let manifest = try await desk.manifests.open(for: line.parcel.channel, day: "20261121", cutoff: nil, by: "Nok")
            let scan = try await desk.manifests.scan(try #require(line.parcel.trackingNumber), into: manifest.id, by: "Nok")
            #expect((scan.outcome, scan.reason) == (.mustNotLeave, reason))
            #expect(try await desk.exceptions.list().map(\.kind) == [.cancelledAfterPacking])
            try await desk.exceptions.goodsAreBack(line.parcel.id, by: "Nok")
            try await desk.exceptions.goodsAreBack(line.parcel.id, by: "Ploy")
            #expect(try await desk.exceptions.list().isEmpty)
            let back = try await desk.packing.parcel(line.parcel.id).parcel
            #expect(back.goodsBackBy == "Nok" && back.goodsBackAt != nil)
            let events = try await law.hub.ledger.events(of: order.id).filter { $0.type == "order.unpacked" }
            #expect(events.map(\.cause.subject) == ["Nok"])
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a labelled box of a cancelled order is asked for too, an untouched one is not, and nobody is asked for ever`() async throws {
            let courier = try await CourierSimulator.careless(cancelMode: .confirmedByCallback(after: .seconds(3600))), law = try await LawHub.start(try await .fresh(.sqlite)), desk = law.hub.shipping
            let (shop, order, line) = try await packed(law, courier, isPacked: false)
            try await law.deliver(.law("2", at: law.clock.now), to: shop)
            try await until("the second is booked") { try await law.order("2", in: shop).workflow == .synced }
            await #expect(throws: GoodsFault.notBack) { try await desk.exceptions.goodsAreBack(line.parcel.id, by: "Nok") }
            _ = try await desk.labels.print(LabelDesk.Order(parcels: [line.parcel.id], size: .label100x150, words: .english, actor: "Nok", date: { _ in "21 Nov" }))
            _ = try await law.hub.ledger.act(.cancel(reason: "x"), on: order.id, by: "Ploy")
            _ = try await law.hub.ledger.act(.cancel(reason: "x"), on: try await law.order("2", in: shop).id, by: "Ploy")
            #expect(try await desk.exceptions.list().map(\.line.order.id) == [order.id])
            law.clock.move(by: .seconds(ShippingException.Kind.cancelledAfterPacking.leavesAfterDays * 86_400 + 60))
            #expect(try await desk.exceptions.list().isEmpty)
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a parcel counts as not moving after the hours that the workspace settled, and stands on the list for a while however many they are`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite)), desk = law.hub.shipping
            let (_, _, line) = try await packed(law, courier)
            for (hours, silent, isListed) in [(48, 30, false), (48, 49, true), (24, 30, true), (1, 2, true), (720, 700, false), (720, 721, true), (720, 1441, false)] as [(Int, Int64, Bool)] {
                _ = try await law.hub.workspace.change(by: AuditActor(name: "Ann")) { $0.stillHours = hours }
                let heard = (law.clock.now - .seconds(silent * 3600)).milliseconds
                try await law.hub.ledgerDatabase.write { tx in
                    _ = try tx.run("UPDATE parcels SET status = 'inTransit', state = 'handedOver', last_event_at = \(heard), created_at = \(heard) WHERE id = \(line.parcel.id)")
                }
                #expect(try await desk.exceptions.list().map(\.kind) == (isListed ? [.still] : []), "\(silent) hours of silence with \(hours)")
            }
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `what went back stays on the list for so many days, whatever it is`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite)), desk = law.hub.shipping
            let (_, _, line) = try await packed(law, courier)
            let rows: [(Fulfilment, ShippingException.Kind)] = [(.deliveryFailed, .refused), (.returning, .returning), (.returned, .returned), (.lost, .lost), (.inTransit, .still)]
            for (status, kind) in rows {
                for (days, isListed) in [(kind.leavesAfterDays - 1, true), (kind.leavesAfterDays + 1, false)] {
                    let heard = (law.clock.now - .seconds(days * 86_400)).milliseconds
                    try await law.hub.ledgerDatabase.write { tx in
                        _ = try tx.run("UPDATE parcels SET status = \(status.rawValue), state = 'handedOver', last_event_at = \(heard), created_at = \(heard) WHERE id = \(line.parcel.id)")
                    }
                    #expect(try await desk.exceptions.list().map(\.kind) == (isListed ? [kind] : []), "\(status) after \(days) days")
                }
            }
            await law.end()
            await courier.stop()
        }

        // MARK: wishes to cancel

        private func asked(_ id: ExternalID, at time: Timestamp) -> OrderSnapshot {
            var order = OrderSnapshot.law(id, at: time)
            order.standing = .onHold
            order.flags = [Flag(code: Flag.cancelRequested, message: "The buyer asks to cancel.")]
            return order
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a buyer's wish to cancel holds the packing until a person has answered and the marketplace says so`(engine: LawEngine) async throws {
            let fair = LawFair(), law = try await LawHub.start(try await .fresh(engine)), market = try await law.addMarket(fair), desk = law.hub.shipping, time = law.clock.now, nok = AuditActor(name: "Nok")
            _ = try await law.authorise(market)
            try await law.deliver(.law("1", at: time), to: market.id)
            try await until("it is arranged") { try await law.order("1", in: market.id).workflow == .synced }
            let order = try await law.order("1", in: market.id), lines = try await desk.packing.parcels(of: order.id), parcel = try #require(lines.first).parcel
            await #expect(throws: CancellationFault.noWish) { try await law.hub.ledger.answerCancellation(of: order.id, isAccepted: true, reason: nil, by: nok) }
            try await law.deliver(asked("1", at: time + .seconds(1)), to: market.id)
            try await until("a person is told") { try await law.problems().map(\.code) == [Flag.cancelRequested] }
            await #expect(throws: ShippingFault.isVoid(reason: "the buyer asks to cancel it, and nobody has answered yet")) { try await desk.packing.pack(parcel.id, weightGrams: nil, by: "Nok") }
            // By the API, as a program or the page's button does it; twice is once.
            for _ in 0..<2 { try await law.api("POST", "orders/\(order.id)/cancellation-answer", json: ["isAccepted": false, "reason": "packed"]) }
            await #expect(throws: CancellationFault.answered(isAccepted: false)) { try await law.hub.ledger.answerCancellation(of: order.id, isAccepted: true, reason: nil, by: nok) }
            try await until("the marketplace is told") { fair.state.withLock { $0.answers } == ["1 false"] }
            try await until("it is written down") { try await law.hub.ledger.events(of: order.id).contains { $0.type == "order.shopInformed" } }
            #expect(try await law.problems().isEmpty)
            try await law.deliver(.law("1", at: time + .seconds(2)), to: market.id)
            try await until("the wish is over") { try await law.order("1", in: market.id).cancellationWish == nil }
            #expect(try await desk.packing.pack(parcel.id, weightGrams: nil, by: "Nok").parcel.state == .packed)
            // Another wish is asked and answered by itself.
            try await law.deliver(asked("1", at: time + .seconds(3)), to: market.id)
            try await until("a person is told again") { try await law.problems().count == 1 }
            _ = try await law.hub.ledger.answerCancellation(of: order.id, isAccepted: true, reason: nil, by: nok)
            try await until("the marketplace is told again") { fair.state.withLock { $0.answers } == ["1 false", "1 true"] }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `an answer that the marketplace refuses is a dead letter, and can be given again`() async throws {
            let fair = LawFair(), law = try await LawHub.start(try await .fresh(.sqlite)), market = try await law.addMarket(fair), time = law.clock.now, nok = AuditActor(name: "Nok")
            _ = try await law.authorise(market)
            fair.state.withLock { $0.refusesAnswers = true }
            try await law.deliver(asked("1", at: time), to: market.id)
            let order = try await law.order("1", in: market.id)
            _ = try await law.hub.ledger.answerCancellation(of: order.id, isAccepted: true, reason: nil, by: nok)
            try await until("it has died") { try await law.letters().map(\.job.action) == [.answerCancellation] }
            fair.state.withLock { $0.refusesAnswers = false }
            _ = try await law.hub.ledger.answerCancellation(of: order.id, isAccepted: false, reason: nil, by: nok)
            try await until("the marketplace is told") { fair.state.withLock { $0.answers } == ["1 false"] }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a shop that takes no answer says so`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            try await law.deliver(asked("1", at: law.clock.now), to: shop)
            let id = try await law.order("1", in: shop).id
            await #expect(throws: CancellationFault.unable) { try await law.hub.ledger.answerCancellation(of: id, isAccepted: true, reason: nil, by: AuditActor(name: "Nok")) }
            await law.end()
        }
    }
}
