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
    @Suite struct ShippingTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an approved order of a marketplace is arranged there once, and its late number is waited for`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), fair = LawFair(), market = try await law.addMarket(fair)
            _ = try await law.authorise(market)
            fair.state.withLock { $0.lateNumbers = 1 }
            try await law.deliver(.law("1", at: law.clock.now), to: market.id)
            let order = try await law.order("1", in: market.id)
            try await until("it waits for its number") { try await law.jobs(of: order.id).first?.lastCode == "waiting" }
            law.clock.move(by: .seconds(301))
            law.hub.resume(market)
            try await until("it is arranged") { try await law.order("1", in: market.id).workflow == .synced }
            #expect(fair.state.withLock { $0.arranged } == ["1": 1])
            let shipment = try #require(try await law.hub.ledger.shipments(of: order.id).first)
            #expect(shipment.trackingNumber == "LM1TH")
            #expect(shipment.parcels.first?.externalID == "1/1")
            #expect(try await law.hub.shipping.packing.find("lm 1 th").order.id == order.id)
            await law.end()
        }

        private func booked(_ law: LawHub, _ courier: CourierSimulator, _ id: String = "1", isCOD: Bool = false) async throws -> (shop: ChannelID, carrier: ChannelID, line: ParcelLine) {
            let shop = try await law.addShop(LawBook()), carrier = try await law.addCourier(courier)
            try await law.deliver(.law(id, at: law.clock.now, isCOD: isCOD), to: shop)
            let order = try await law.order(id, in: shop)
            try await until("it is booked") { try await law.order(id, in: shop).workflow == .synced }
            return (shop, carrier, try #require(try await law.hub.shipping.packing.parcels(of: order.id).first))
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a parcel is packed by its scanned number, counted into one manifest, closed and handed over`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), desk = law.hub.shipping
            let (shop, carrier, line) = try await booked(law, courier), number = try #require(line.parcel.trackingNumber)
            #expect(line.parcel.state == .toPack)
            #expect(try await desk.packing.pack(line.parcel.id, weightGrams: 850, by: "Nok").parcel.weightGrams == 850)
            #expect(try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok").parcel.weightGrams == 850)
            #expect(try await law.order("1", in: shop).fulfilment == .readyToShip)
            let manifest = try await desk.manifests.open(for: carrier, day: "20261121", cutoff: nil, by: "Nok")
            #expect(manifest.number == "M-20261121-0001")
            #expect(try await desk.manifests.open(for: carrier, day: "20261121", cutoff: nil, by: "Ploy").id == manifest.id)
            #expect(try await desk.manifests.scan("\(number)|10240|0812345678", into: manifest.id, by: "Nok").outcome == .counted)
            #expect(try await desk.manifests.scan(number, into: manifest.id, by: "Nok").outcome == .again)
            #expect(try await desk.manifests.scan("NOPE", into: manifest.id, by: "Nok").outcome == .unknown)
            let closed = try await desk.manifests.close(manifest.id, by: "Nok")
            #expect((closed.parcels, closed.missing, closed.extra) == (1, 0, 1))
            await #expect(throws: ShippingFault.manifestState(.closed)) { try await desk.manifests.scan(number, into: manifest.id, by: "Nok") }
            _ = try await desk.manifests.handOver(manifest.id, to: "driver", by: "Nok")
            await #expect(throws: ShippingFault.alreadyGone) { try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok") }
            let order = try await law.order("1", in: shop)
            #expect(order.fulfilment == .pickedUp)
            let types = try await law.timeline(of: order.id).compactMap { $0["type"] as? String }
            for type in ["order.packed", "order.handedOver", "order.shipped"] { #expect(types.contains(type), "\(type)") }
            #expect(try await desk.manifests.open(for: carrier, day: "20261121", cutoff: nil, by: "Nok").number == "M-20261121-0002")
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `an order cancelled after packing cannot be counted out, and is listed for whoever has to unpack it`() async throws {
            let courier = try await CourierSimulator.careless(cancelMode: .confirmedByCallback(after: .seconds(3600))), law = try await LawHub.start(try await .fresh(.sqlite)), desk = law.hub.shipping
            let (shop, carrier, line) = try await booked(law, courier), number = try #require(line.parcel.trackingNumber)
            _ = try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok")
            var cancelled = OrderSnapshot.law("1", at: law.clock.now + .seconds(5))
            cancelled.standing = .cancelled
            try await law.deliver(cancelled, to: shop)
            try await until("it is cancelled") { try await law.order("1", in: shop).workflow == .cancelled }
            let manifest = try await desk.manifests.open(for: carrier, day: "20261121", cutoff: nil, by: "Nok")
            let scan = try await desk.manifests.scan(number, into: manifest.id, by: "Nok")
            #expect(scan.outcome == .mustNotLeave)
            #expect(scan.counted == 0)
            #expect(try await desk.exceptions.list().map(\.kind) == [.cancelledAfterPacking])
            await #expect(throws: ShippingFault.self) { try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok") }
            await #expect(throws: ShippingFault.noOrders) { try await desk.manifests.close(manifest.id, by: "Nok") }
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a label is printed from what was kept, a changed address makes a new one, and each print is written down`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite))
            let (_, _, line) = try await booked(law, courier, isCOD: true)
            let order = LabelDesk.Order(parcels: [line.parcel.id], size: .label100x150, words: .english, actor: "Nok", date: { _ in "21 Nov" })
            let first = try await law.hub.shipping.labels.print(order), second = try await law.hub.shipping.labels.print(order)
            #expect((first.labels, first.reprints) == (1, 0))
            #expect((second.labels, second.reprints) == (1, 1))
            #expect(first.bytes == second.bytes)
            #expect(first.bytes.starts(with: Array("%PDF".utf8)))
            _ = try await law.hub.shipping.packing.pack(line.parcel.id, weightGrams: 999, by: "Nok")
            let heavier = try await law.hub.shipping.labels.print(order)
            #expect(heavier.reprints == 0)
            #expect(heavier.bytes != first.bytes)
            let prints = try await law.hub.ledgerDatabase.read { tx in try tx.rows("SELECT actor FROM label_prints ORDER BY id") { try $0.text(0) } }
            #expect(prints == ["Nok", "Nok", "Nok"])
            let kept = try await law.hub.ledgerDatabase.read { tx in try tx.rows("SELECT content FROM labels") { try $0.blob(0) } }
            for content in kept { #expect(!String(decoding: content, as: UTF8.self).contains("Malee"), "a buyer's name must be sealed") }
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `orders that wait for somebody's word are booked once they are let go, and never twice`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite))
            let shop = try await law.addShop(LawBook(), settings: [HubSetting.booking: "whenPacked"])
            _ = try await law.addCourier(courier)
            for index in 1...3 { try await law.deliver(.law("\(index)", at: law.clock.now), to: shop) }
            let id = try await law.order("3", in: shop).id
            try await law.settled()
            #expect(courier.bookings().isEmpty)
            #expect(try await law.hub.waitingToShip().map(\.orders) == [3])
            let ids = try await law.hub.ordersWaitingToShip(of: shop)
            let action = try await law.hub.desk.bulk.start(BulkRequest(.ship), of: ids, by: AuditActor(name: "Nok"), holder: 1)
            try await until("all three are booked") { courier.bookings().count == 3 }
            try await until("the action has ended") { try await law.hub.desk.bulk.action(action.id)?.isFinished == true }
            await #expect(throws: ShippingFault.self) { try await law.hub.ledger.write { try $0.release(id, by: "Nok") } }
            #expect(courier.bookings().values.allSatisfy { $0 == 1 })
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a shop that wants to know is told once that its goods left, and once that they arrived`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), book = LawBook()
            let shop = try await law.addShop(book)
            _ = try await law.addCourier(courier)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            let parcel = try #require(courier.orders().first)
            courier.set(parcel.orderID, to: .pickedUp)
            try await until("the shop knows that it left") { book.state.withLock { $0.shipped } == ["1"] }
            #expect(book.state.withLock { $0.delivered }.isEmpty)
            courier.set(parcel.orderID, to: .delivered)
            try await until("the shop knows that it arrived") { book.state.withLock { $0.delivered } == ["1"] }
            try await law.settled()
            #expect(book.state.withLock { $0.shipped } == ["1"])
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a remittance pays what it matches once, and keeps what differs until somebody settles it`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), desk = law.hub.shipping.remittances
            let (shop, carrier, line) = try await booked(law, courier, isCOD: true), number = try #require(line.parcel.trackingNumber)
            func take(_ text: String) async throws -> Remittance {
                let path = law.place.folder + "/remittance-\(UUID().uuidString).csv"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                return try await desk.take(path, fileName: "paid.csv", from: carrier, zone: .gmt, by: "Nok")
            }
            let file = "Tracking number,COD amount,Fee,Transfer date\n\(number),129.50,3.00,21/11/2569\nXX999,10.00,0,21/11/2569\n"
            let taken = try await take(file)
            #expect((taken.parcels, taken.differences, taken.amountMinor, taken.feeMinor) == (2, 1, 13_950, 300))
            #expect(try await law.order("1", in: shop).paymentState == .paid)
            await #expect(throws: RemittanceFault.self) { try await take(file) }
            #expect(try await take(file + "\n").differences == 2)
            let open = try await desk.differences()
            #expect(open.map(\.outcome) == [.unknown, .doubled, .unknown])
            #expect(try await desk.settle(open[0].id, note: "another firm's", by: "Nok"))
            #expect(try await !desk.settle(open[0].id, note: nil, by: "Nok"))
            await #expect(throws: RemittanceFault.missingColumn("COD amount", headers: ["Tracking number", "Sum"])) { try await take("Tracking number,Sum\n\(number),1\n") }
            await #expect(throws: RemittanceFault.badCell(row: 2, column: "COD amount", found: "a lot")) { try await take("Tracking number,COD amount\n\(number),a lot\n") }
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a program sends a carrier's list in, sees what differs, and settles it`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite))
            let (shop, carrier, line) = try await booked(law, courier, isCOD: true), number = try #require(line.parcel.trackingNumber)
            let file = Array("Tracking number,COD amount\n\(number),129.50\nXX999,10.00\n".utf8)
            func send(to channel: ChannelID, _ body: [UInt8]) async throws -> LawHTTP.Answer {
                try await LawHTTP.call("POST", law.base + "/api/v1/channels/\(channel)/remittances",
                                       headers: [("authorization", "Bearer \(law.token)"), ("content-type", "text/csv"), ("x-file-name", "paid%20in%20May.csv")], body: body)
            }
            let taken = try await send(to: carrier, file)
            #expect(taken.status == 201, "\(taken.text)")
            #expect(try await send(to: carrier, file).status == 409)
            #expect(try await send(to: shop, file).status == 422)
            #expect(try await law.order("1", in: shop).paymentState == .paid)
            let lists = try await law.api("GET", "remittances")["data"] as? [[String: Any]] ?? [], open = try await law.api("GET", "remittances/differences")["data"] as? [[String: Any]] ?? []
            #expect(lists.map { $0["fileName"] as? String } == ["paid in May.csv"] && lists.map { $0["amountMinor"] as? Int } == [13_950])
            #expect(open.map { $0["trackingNumber"] as? String } == ["XX999"] && open.map { $0["outcome"] as? String } == ["unknown"])
            let id = try #require(open.first?["id"] as? String)
            try await law.api("POST", "remittances/differences/\(id)/settle", json: ["note": "another firm's"])
            let left = try await law.api("GET", "remittances/differences")["data"] as? [[String: Any]] ?? []
            #expect(left.isEmpty)
            await #expect(throws: LawFault.self) { try await law.api("POST", "remittances/differences/\(id)/settle", json: [:]) }
            await courier.stop()
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `orders put together are one booking, follow one parcel, and one of them cancelled stops the box and not the others`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), desk = law.hub.shipping
            let shop = try await law.addShop(LawBook(), settings: [HubSetting.booking: "whenPacked"]), carrier = try await law.addCourier(courier)
            try await law.hub.channels.set([HubSetting.rates: "* 5000 40"], of: carrier)
            for index in 1...4 { try await law.deliver(.law("\(index)", at: law.clock.now, isCOD: index == 2, postcode: index == 4 ? "10250" : "10240"), to: shop) }
            for index in 1...4 { _ = try await law.order("\(index)", in: shop) }
            try await law.settled()
            let plan = try await desk.consolidations.plan(by: .buyer), group = try #require(plan.groups.first)
            #expect(group.numbers == ["#1", "#2", "#3"])
            #expect(group.savingMinor == 8000)
            #expect(plan.apart.map(\.reason) == [.alone])
            let kept = try #require(try await desk.consolidations.keep(plan.groups, by: "Nok").first)
            #expect(try await desk.consolidations.keep(plan.groups, by: "Ploy").isEmpty)
            try await desk.consolidations.remove(try await law.order("3", in: shop).id, from: kept.id)
            try await desk.consolidations.release(kept.id, by: "Nok")
            await #expect(throws: ShippingFault.self) { try await desk.consolidations.undo(kept.id) }
            for id in ["1", "2"] { try await until("order \(id) is booked") { try await law.order(id, in: shop).workflow == .synced } }
            #expect(courier.bookings().values.reduce(0, +) == 1)
            let first = try await law.order("1", in: shop), second = try await law.order("2", in: shop)
            let shipment = try #require(try await law.hub.ledger.shipments(of: second.id).first)
            #expect(try await law.hub.ledger.shipments(of: first.id) == [shipment])
            #expect(shipment.parcels.count == 1)
            let line = try #require(try await desk.packing.parcels(of: second.id).first)
            #expect(line.parcel.codMinor == 12_950)
            #expect(line.parcel.weightGrams == 1800)
            #expect(line.companions.map(\.id) == [second.id])
            _ = try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok")
            #expect(try await law.order("2", in: shop).fulfilment == .readyToShip)
            var cancelled = OrderSnapshot.law("2", at: law.clock.now + .seconds(5), isCOD: true)
            cancelled.standing = .cancelled
            try await law.deliver(cancelled, to: shop)
            try await until("a person is told") { try await law.problems().contains { $0.code == "shared_parcel" } }
            #expect(try await law.order("1", in: shop).workflow == .synced)
            await #expect(throws: ShippingFault.isVoid(reason: "its goods of #2 were cancelled")) { try await desk.packing.pack(line.parcel.id, weightGrams: nil, by: "Nok") }
            await courier.stop()
            await law.end()
        }

        @Test func `numbers of a range are given once, the same ones at every try`() async throws {
            let place = try await LawPlace.fresh(.sqlite), law = try await LawHub.start(place)
            struct Range: AllotsTrackingNumbers {
                static let descriptor = PlatformDescriptor(platform: "range", title: "Range", kind: .courier, settings: [])
                init() {}
                init(_ context: ChannelContext) throws(ConnectorError) {}
                func trackingNumbers(_ count: Int, service: String?, isCOD: Bool, after last: String?) async throws(ConnectorError) -> [String] {
                    let from = last.flatMap { Int($0.dropFirst(2)) } ?? 0
                    guard from < 150 else { throw .refused(platformCode: "range_exhausted", platformMessage: "no number is left") }
                    return ((from + 1)...min(from + count, 150)).map { "NR\($0 + 1000)".replacing("NR1", with: "NR0") }
                }
            }
            let numbers = TrackingNumbers(ledger: law.hub.ledger, now: { law.clock.now })
            let parcels = [Parcel(ref: "1", weightGrams: 1), Parcel(ref: "2", weightGrams: 1)]
            var given: Set<String> = []
            for index in 0..<75 {
                let need = TrackingNumbers.Need(parcels, under: "CD-\(index)", channel: ChannelID(5), service: nil, isCOD: false)
                let first = try await numbers.allot(need, of: nil, from: Range()).compactMap(\.trackingNumber)
                let again = try await numbers.allot(need, of: nil, from: Range()).compactMap(\.trackingNumber)
                #expect(first == again)
                given.formUnion(first)
            }
            #expect(given.count == 150)
            await #expect(throws: ConnectorError.self) { _ = try await numbers.allot(.init(parcels, under: "CD-x", channel: ChannelID(5), service: nil, isCOD: false), of: nil, from: Range()) }
            await law.end()
        }
    }
}
