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
    /// Orders that travel together are one booking, and each keeps its own fate.
    @Suite struct ConsolidationTests {
        private struct Pair { var law: LawHub, carrier: ChannelID, shops: [ChannelID], books: [LawBook], orders: [OrderID] }

        /// Approved orders of one buyer, each of a shop of its own, that wait for somebody's word.
        private func waiting(_ law: LawHub, _ carrier: ChannelID, count: Int = 2) async throws -> Pair {
            var pair = Pair(law: law, carrier: carrier, shops: [], books: [], orders: [])
            try await law.hub.channels.set([HubSetting.rates: "* 9000 40"], of: carrier)
            for index in 1...count {
                let book = LawBook(), shop = try await law.addShop(book, name: "Shop \(index)", settings: [HubSetting.booking: "whenPacked"])
                try await law.deliver(.law("\(index)", at: law.clock.now + .milliseconds(Int64(index))), to: shop)
                pair.orders.append(try await law.order("\(index)", in: shop).id)
                pair.shops.append(shop)
                pair.books.append(book)
            }
            try await law.settled()
            return pair
        }

        private func kept(_ pair: Pair) async throws -> Consolidation {
            let desk = pair.law.hub.shipping.consolidations, plan = try await desk.plan(by: .buyer)
            #expect(plan.groups.map(\.orders) == [pair.orders])
            return try #require(try await desk.keep(plan.groups, by: "Nok").first)
        }

        private func order(_ pair: Pair, _ index: Int) async throws -> StoredOrder { try await pair.law.order("\(index + 1)", in: pair.shops[index]) }

        private func cancel(_ pair: Pair, _ index: Int) async throws {
            _ = try await pair.law.hub.ledger.act(.cancel(reason: "changed their mind"), on: pair.orders[index], by: "Ploy")
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `two orders put together are booked once, have one label, move by one parcel, and both shops are told`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addCourier(courier))
            try await law.hub.shipping.consolidations.release(try await kept(pair).id, by: "Nok")
            for index in 0..<2 { try await until("order \(index) is booked") { try await order(pair, index).workflow == .synced } }
            #expect(courier.bookings().values.reduce(0, +) == 1)
            let lines = try await law.hub.shipping.packing.parcels(of: pair.orders[1]), parcel = try #require(lines.first).parcel
            #expect(lines.count == 1)
            #expect(try await law.hub.shipping.packing.parcels(of: pair.orders[0]).map(\.parcel.id) == [parcel.id])
            #expect(try await law.hub.shipping.labels.print(LabelDesk.Order(parcels: [parcel.id], size: .label100x150, words: .english, actor: "Nok", date: { _ in "21 Nov" })).labels == 1)
            courier.set(try #require(courier.orders().first).orderID, to: .pickedUp)
            for index in 0..<2 {
                try await until("order \(index) has left") { try await order(pair, index).fulfilment == .pickedUp }
                try await until("shop \(index) is told") { pair.books[index].state.withLock { $0.shipped } == ["\(index + 1)"] }
            }
            courier.set(try #require(courier.orders().first).orderID, to: .delivered)
            for index in 0..<2 { try await until("order \(index) is done with") { try await order(pair, index).workflow == .processed } }
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `who is cancelled, or bound for elsewhere, before they are let go stays behind`(engine: LawEngine) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail), count: 4), one = try await kept(pair)
            try await cancel(pair, 1)
            _ = try await law.hub.ledger.act(.edit(["shipTo.line1": "9 Other Road"]), on: pair.orders[2], by: "Ploy")
            _ = try await law.hub.ledger.act(.approve, on: pair.orders[2], by: "Ploy")
            try await law.hub.shipping.consolidations.release(one.id, by: "Nok")
            for index in [0, 3] { try await until("order \(index) is booked") { try await order(pair, index).workflow == .synced } }
            #expect(mail.times == [1])
            #expect(Set(mail.state.withLock { $0.stored.values.flatMap { $0.lines.compactMap(\.order) } }) == [pair.orders[0], pair.orders[3]])
            #expect(try await law.hub.ledger.shipments(of: pair.orders[1]).isEmpty)
            #expect(try await order(pair, 2).workflow == .approved)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases, [0, 1])
        func `one cancelled after the booking is told as trouble, and the others' parcel goes once its goods are out`(engine: LawEngine, index: Int) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail)), other = 1 - index, desk = law.hub.shipping
            try await desk.consolidations.release(try await kept(pair).id, by: "Nok")
            for index in 0..<2 { try await until("order \(index) is booked") { try await order(pair, index).workflow == .synced } }
            let lines = try await desk.packing.parcels(of: pair.orders[other]), parcel = try #require(lines.first).parcel
            try await cancel(pair, index)
            #expect(try await law.problems().map(\.code) == ["shared_parcel"])
            #expect(try await desk.packing.parcel(parcel.id).parcel.state == .toPack)
            #expect(try await order(pair, other).workflow == .synced)
            #expect(try await law.hub.ledger.shipments(of: pair.orders[other]).map(\.isVoid) == [false])
            await #expect(throws: ShippingFault.self) { try await desk.packing.pack(parcel.id, weightGrams: nil, by: "Nok") }
            try await desk.exceptions.goodsAreBack(parcel.id, by: "Nok")
            let rest = try await desk.packing.pack(parcel.id, weightGrams: nil, by: "Nok")
            #expect(rest.order.id == pair.orders[other] && rest.companions.isEmpty && Set(rest.contents.compactMap(\.order)) == [pair.orders[other]])
            #expect(try await law.problems().isEmpty)
            #expect(try await order(pair, other).fulfilment == .readyToShip)
            // Nobody else is in it now: the last one cancelled ends the booking.
            try await cancel(pair, other)
            try await until("the booking is withdrawn") { try await law.hub.ledger.shipments(of: pair.orders[other]).map(\.isVoid) == [true] }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `undone before the booking all is as it was`(engine: LawEngine) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail)), desk = law.hub.shipping.consolidations
            let before = [try await order(pair, 0), try await order(pair, 1)], plan = try await desk.plan(by: .buyer)
            let one = try await kept(pair)
            #expect(try await desk.plan(by: .buyer).groups.isEmpty)
            try await desk.undo(one.id)
            #expect([try await order(pair, 0), try await order(pair, 1)] == before)
            #expect(try await desk.plan(by: .buyer) == plan)
            #expect(try await desk.open().isEmpty)
            await #expect(throws: ShippingFault.self) { try await desk.release(one.id, by: "Nok") }
            #expect(try await law.jobs().isEmpty)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `one left out before, or taken out after, goes by itself, and what the others save is reckoned anew`(engine: LawEngine) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail), count: 4), desk = law.hub.shipping.consolidations
            let early = try await desk.plan(by: .buyer, placedBefore: try await order(pair, 2).snapshot.placedAt)
            #expect(early.groups.map(\.orders) == [[pair.orders[0], pair.orders[1]]])
            let wanted = Array(pair.orders.dropFirst()), plan = try await desk.plan(by: .buyer)
            let one = try #require(try await desk.keep(plan.choices(of: [wanted]), by: "Nok").first)
            #expect(one.orders == wanted && one.lead == pair.orders[1] && one.savingMinor == 8000)
            #expect(try await desk.plan(by: .buyer).apart.map(\.order) == [pair.orders[0]])
            let rest = try await desk.remove(pair.orders[1], from: one.id)
            #expect(rest.lead == pair.orders[2] && rest.savingMinor == 4000 && rest.state == .planned)
            await #expect(throws: ShippingFault.notInGroup) { try await desk.remove(pair.orders[1], from: one.id) }
            #expect(try await desk.remove(pair.orders[2], from: one.id).state == .undone)
            await #expect(throws: ShippingFault.groupGone) { try await desk.remove(pair.orders[3], from: one.id) }
            await #expect(throws: ShippingFault.unknownGroup) { try await desk.undo(1) }
            #expect(try await desk.plan(by: .buyer).groups.map(\.orders) == [pair.orders])
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a crash between the booking and its record books once, with everyone who was told to the carrier`(engine: LawEngine) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail))
            mail.state.withLock { $0.losesNextAnswer = true }
            try await law.hub.shipping.consolidations.release(try await kept(pair).id, by: "Nok")
            try await until("the answer was lost") { try await law.jobs(of: pair.orders[0]).first?.job.attempt == 1 }
            try await cancel(pair, 1)
            await law.stop()
            law.clock.move(by: .seconds(60))
            let later = try await LawHub.start(law.place, clock: law.clock, wasKilled: true)
            try await until("it is booked") { try await later.order("1", in: pair.shops[0]).workflow == .synced }
            #expect(mail.times == [1])
            #expect(try await later.hub.ledger.shipments(of: pair.orders[1]).count == 1)
            #expect(try await later.problems().map(\.code) == ["shared_parcel"])
            await later.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `when the leading order is cancelled before the booking the others go without it`(engine: LawEngine) async throws {
            let mail = LawMail(), law = try await LawHub.start(try await .fresh(engine)), pair = try await waiting(law, try await law.addPost(mail), count: 3), one = try await kept(pair)
            try await law.hub.channels.setState(.paused, reason: nil, of: pair.carrier)
            try await law.hub.shipping.consolidations.release(one.id, by: "Nok")
            try await cancel(pair, 0)
            try await law.hub.channels.setState(.active, reason: nil, of: pair.carrier)
            for index in 1...2 { try await until("order \(index) is booked") { try await order(pair, index).workflow == .synced } }
            #expect(mail.times == [1])
            #expect(try await law.hub.ledger.shipments(of: pair.orders[1]) == law.hub.ledger.shipments(of: pair.orders[2]))
            #expect(try await law.hub.ledger.shipments(of: pair.orders[0]).isEmpty)
            await law.end()
        }
    }
}
