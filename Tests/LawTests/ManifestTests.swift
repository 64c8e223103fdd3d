import Connect
import CourierSimulator
import Database
import Documents
import Domain
import Foundation
@testable import Hub
import NIOHTTP1
import Synchronization
import Testing

extension Laws {
    @Suite struct ManifestTests {
        /// A hub with packed parcels of one carrier, `#1` first.
        private struct Ramp {
            let law: LawHub, courier: CourierSimulator, shop: ChannelID, carrier: ChannelID, lines: [ParcelLine]
            var desk: ShippingDesk { law.hub.shipping }
            func number(_ index: Int) -> String { lines[index].parcel.trackingNumber ?? "" }
            func end() async {
                await courier.stop()
                await law.end()
            }
            func open(_ day: String = "20261121") async throws -> Manifest { try await desk.manifests.open(for: carrier, day: day, cutoff: nil, by: "Nok") }
            func cancel(_ index: Int) async throws { _ = try await law.hub.ledger.act(.cancel(reason: "changed their mind"), on: lines[index].order.id, by: "Nok") }
        }

        private static let nok = AuditActor(name: "Nok")

        private func ramp(_ engine: LawEngine, parcels: Int, isPacked: Bool = true, _ change: (Int, inout OrderSnapshot) -> Void = { _, _ in }) async throws -> Ramp {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine))
            let shop = try await law.addShop(LawBook()), carrier = try await law.addCourier(courier)
            var lines: [ParcelLine] = []
            for index in 1...parcels {
                var snapshot = OrderSnapshot.law("\(index)", at: law.clock.now)
                change(index, &snapshot)
                try await law.deliver(snapshot, to: shop)
                let order = try await law.order("\(index)", in: shop)
                try await until("\(index) is booked") { try await law.order("\(index)", in: shop).workflow == .synced }
                let line = try #require(try await law.hub.shipping.packing.parcels(of: order.id).first)
                lines.append(isPacked ? try await law.hub.shipping.packing.pack(line.parcel.id, weightGrams: 900, by: "Nok") : line)
            }
            return Ramp(law: law, courier: courier, shop: shop, carrier: carrier, lines: lines)
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a manifest up to a cut-off misses what is due by then, and not what leaves later`(engine: LawEngine) async throws {
            let ramp = try await ramp(engine, parcels: 3) { index, order in if index > 1 { order.shipping.shipBy = order.placedAt + .seconds(index == 2 ? 3600 : 90_000) } }, desk = ramp.desk
            let cutoff = ramp.lines[1].order.shipBy.map { $0 + .seconds(60) }
            let open = try await desk.manifests.open(for: ramp.carrier, day: "20261121", cutoff: cutoff, by: "Nok")
            _ = try await desk.manifests.scan(ramp.number(0), into: open.id, by: "Nok")
            #expect(try await desk.manifests.list(.missing, of: open.id, limit: 10).map(\.parcel.id) == [ramp.lines[1].parcel.id])
            await #expect(throws: ShippingFault.otherOpen(number: open.number)) { try await desk.manifests.open(for: ramp.carrier, day: "20261121", cutoff: cutoff.map { $0 + .seconds(3600) }, by: "Nok") }
            #expect(try await desk.manifests.open(for: ramp.carrier, day: "20261121", cutoff: cutoff, by: "Nok").id == open.id)
            let closed = try await desk.manifests.close(open.id, by: "Nok")
            #expect((closed.parcels, closed.missing) == (1, 1))
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what a closed manifest lists is not unpacked, reweighed or counted elsewhere until it is opened again with a reason, and never after it was handed over`(engine: LawEngine) async throws {
            let ramp = try await ramp(engine, parcels: 2), desk = ramp.desk, first = try await ramp.open()
            _ = try await desk.manifests.scan(ramp.number(0), into: first.id, by: "Nok")
            let closed = try await desk.manifests.close(first.id, by: "Nok")
            #expect((closed.parcels, closed.missing) == (1, 1))
            #expect(try await desk.manifests.list(.missing, of: first.id, limit: 10).map(\.parcel.id) == [ramp.lines[1].parcel.id])
            let held = ShippingFault.inManifest(number: first.number), parcel = ramp.lines[0].parcel.id
            await #expect(throws: held) { try await desk.packing.unpack(parcel, by: "Nok") }
            await #expect(throws: held) { try await desk.packing.pack(parcel, weightGrams: 950, by: "Nok") }
            _ = try await desk.packing.pack(parcel, weightGrams: nil, by: "Nok")
            let second = try await ramp.open()
            let scan = try await desk.manifests.scan(ramp.number(0), into: second.id, by: "Nok")
            #expect((scan.outcome, scan.reason, scan.counted, scan.packed) == (.otherManifest, first.number, 0, 1))
            await #expect(throws: ShippingFault.otherOpen(number: second.number)) { try await desk.manifests.reopen(first.id, reason: "one too few", by: Self.nok) }
            _ = try await desk.manifests.scan(ramp.number(1), into: second.id, by: "Nok")
            _ = try await desk.manifests.close(second.id, by: "Nok")
            await #expect(throws: ShippingFault.reasonRequired) { try await desk.manifests.reopen(first.id, reason: "  ", by: Self.nok) }
            #expect(try await desk.manifests.reopen(first.id, reason: "one too few", by: Self.nok).state == .open)
            let kept = try await ramp.law.hub.audit.entries(AuditFilter(action: "manifest.reopen"), before: nil, limit: 5).entries
            #expect(kept.map(\.detail.note) == ["one too few"])
            try await desk.packing.unpack(parcel, by: "Nok")
            #expect(try await desk.manifests.count(of: first.id).counted == 0)
            _ = try await desk.manifests.scan(ramp.number(0), into: first.id, by: "Nok")
            _ = try await desk.manifests.close(first.id, by: "Nok")
            #expect(try await desk.manifests.handOver(first.id, to: "Somsak", by: "Nok").parcels == 1)
            await #expect(throws: ShippingFault.manifestState(.handedOver)) { try await desk.manifests.reopen(first.id, reason: "late", by: Self.nok) }
            await #expect(throws: ShippingFault.alreadyGone) { try await desk.packing.unpack(parcel, by: "Nok") }
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a manifest is not handed over with what was cancelled since, and goes once that is taken out`(engine: LawEngine) async throws {
            let ramp = try await ramp(engine, parcels: 2), desk = ramp.desk, manifest = try await ramp.open()
            for index in 0...1 { _ = try await desk.manifests.scan(ramp.number(index), into: manifest.id, by: "Nok") }
            _ = try await desk.manifests.close(manifest.id, by: "Nok")
            try await ramp.cancel(1)
            let fault = await #expect(throws: ShippingFault.self) { try await desk.manifests.handOver(manifest.id, to: nil, by: "Nok") }
            #expect(fault?.code == "must_not_go")
            #expect(fault?.named.count == 1)
            #expect(fault?.sentence.contains(ramp.number(1)) == true)
            #expect(try await desk.packing.parcel(ramp.lines[0].parcel.id).parcel.state == .packed, "nothing of it went")
            #expect(try await desk.manifests.stopped(in: manifest.id).map(\.parcel.id) == [ramp.lines[1].parcel.id])
            #expect(try await desk.manifests.takeOutStopped(manifest.id, by: Self.nok) == [ramp.number(1)])
            #expect(try await desk.manifests.takeOutStopped(manifest.id, by: Self.nok).isEmpty)
            #expect(try await desk.manifests.handOver(manifest.id, to: nil, by: "Nok").parcels == 1)
            #expect(try await desk.packing.parcel(ramp.lines[0].parcel.id).parcel.state == .handedOver)
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a manifest expects what is packed and free: not what another lists, not what must not leave; a number known too late is no extra`(engine: LawEngine) async throws {
            let ramp = try await ramp(engine, parcels: 3), desk = ramp.desk, first = try await ramp.open()
            #expect(try await desk.manifests.count(of: first.id) == ManifestCount(counted: 0, missing: 3, extra: 0))
            let scan = try await desk.manifests.scan(ramp.number(0), into: first.id, by: "Nok")
            #expect((scan.counted, scan.packed) == (1, 3))
            _ = try await desk.manifests.close(first.id, by: "Nok")
            let second = try await ramp.open()
            #expect(try await desk.manifests.count(of: second.id).expected == 2)
            try await ramp.cancel(2)
            #expect(try await desk.manifests.count(of: second.id).expected == 1)
            _ = try await desk.manifests.scan("NOBODYS-1", into: second.id, by: "Nok")
            _ = try await desk.manifests.scan("NOBODYS-1", into: second.id, by: "Nok")
            #expect(try await desk.manifests.count(of: second.id).extra == 1)
            // The number is given to a parcel after it was scanned.
            let late = ramp.lines[1].parcel.id
            try await ramp.law.hub.ledgerDatabase.write { tx in try tx.run("UPDATE parcels SET tracking_number = 'NOBODYS-1' WHERE id = \(late)") }
            #expect(try await desk.manifests.scan("NOBODYS-1", into: second.id, by: "Nok").outcome == .counted)
            #expect(try await desk.manifests.count(of: second.id) == ManifestCount(counted: 1, missing: 0, extra: 0))
            #expect(try await desk.manifests.scans(of: second.id, limit: 2).map(\.outcome) == [.counted, .unknown])
            #expect(try await desk.manifests.recent().first { $0.id == second.id }?.parcels == 1, "an open one is counted now")
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `the board is paged by the hour to leave and then the number, and found by number, tracking number or SKU`(engine: LawEngine) async throws {
            let ramp = try await ramp(engine, parcels: 4, isPacked: false) { index, order in
                order.externalNumber = ["#A_1", "#B%2", "#C3", "#D4"][index - 1]
                order.shipping.shipBy = index == 4 ? nil : order.placedAt + .seconds(index == 1 ? 7200 : 3600)
                if index == 3 { order.lines[0].sku = "LAMP-9" }
            }
            let desk = ramp.desk.packing, all = ParcelFilter(.toPack)
            func numbers(_ filter: ParcelFilter) async throws -> [String] { try await desk.list(filter, limit: 10).map(\.order.snapshot.externalNumber) }
            let listed = try await desk.list(all, limit: 10), times = listed.compactMap { $0.order.shipBy?.milliseconds }
            #expect(times == times.sorted())
            #expect(listed.map(\.order.snapshot.externalNumber).firstIndex(of: "#B%2") == 0)
            var paged: [Int64] = [], after: ParcelCursor?
            repeat {
                let page = try await desk.list(all, after: after, limit: 1)
                paged += page.map(\.parcel.id)
                after = page.last.flatMap { ParcelCursor(ParcelCursor($0).text) }
            } while after != nil
            #expect(paged == listed.map(\.parcel.id))
            #expect(try await numbers(ParcelFilter(.toPack, text: "b%")) == ["#B%2"])
            #expect(try await numbers(ParcelFilter(.toPack, text: "_1")) == ["#A_1"])
            #expect(try await numbers(ParcelFilter(.toPack, text: "lamp-")) == ["#C3"])
            #expect(try await numbers(ParcelFilter(.toPack, text: " " + ramp.number(3).lowercased())) == ["#D4"])
            #expect(try await numbers(ParcelFilter(.packed)).isEmpty)
            #expect(try await desk.count(all, upTo: 3) == 3)
            let due = try #require(listed.first?.order.shipBy)
            #expect(try await numbers(ParcelFilter(.toPack, dueBefore: due)).isEmpty)
            #expect(try await numbers(ParcelFilter(.toPack, channel: ramp.carrier, dueBefore: due + .seconds(1))).contains("#B%2"))
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `papers lie in the order of the pick list, with shelves, as PDF and for label printers`() async throws {
            let ramp = try await ramp(.sqlite, parcels: 3, isPacked: false) { index, order in
                order.lines = [OrderLine(externalLineID: "1", sku: ["Z-1", "B-2", "A-10"][index - 1], title: "Thing", quantity: index, unitPrice: 100, lineTotal: Int64(index) * 100, weightGrams: 100)]
                order.totals = Totals(items: Int64(index) * 100, grand: Int64(index) * 100)
            }
            let law = ramp.law, ids = ramp.lines.map { "\($0.parcel.id)" }
            try await law.hub.channels.set([HubSetting.shelves: "Z-1 A-2; B-2 A-10"], of: ramp.shop)
            let papers = ramp.desk.papers, sorted = papers.inPickOrder(ramp.lines.reversed())
            #expect(sorted.map(\.order.snapshot.externalNumber) == ["#1", "#2", "#3"], "shelf A-2, shelf A-10, no shelf")
            #expect(papers.pickList(of: ramp.lines, number: "P-1", date: "today").lines.map(\.shelf) == ["A-2", "A-10", nil])
            #expect(papers.slips(of: ramp.lines, date: "today").map { $0.lines.first?.shelf } == ["A-2", "A-10", nil])
            func print(_ path: String, _ body: [String: Any]) async throws -> LawHTTP.Answer {
                try await LawHTTP.call("POST", law.base + "/api/v1/" + path, headers: [("authorization", "Bearer \(law.token)"), ("content-type", "application/json")], body: Array(try JSONSerialization.data(withJSONObject: body)))
            }
            for size in ["100x150", "100x75", "a6", "a4"] {
                let pdf = try await print("parcels/labels", ["parcels": ids, "size": size, "order": "pick"])
                #expect(pdf.status == 200 && pdf.body.starts(with: Array("%PDF".utf8)), Comment(rawValue: pdf.text))
            }
            let zpl = try await print("parcels/labels", ["parcels": ids.reversed() as [String], "format": "zpl", "dpi": 300])
            #expect(zpl.headers.first(name: "content-type") == "application/octet-stream")
            #expect(zpl.text.components(separatedBy: "^XA").count == 4, "one for each label")
            #expect(try await print("parcels/labels", ["parcels": ids, "format": "zpl", "size": "a4"]).status == 422)
            for path in ["parcels/slips", "parcels/pick-list"] {
                let pdf = try await print(path, ["all": ["carrier": "Courier", "search": "#"]])
                #expect(pdf.status == 200 && pdf.body.starts(with: Array("%PDF".utf8)), Comment(rawValue: pdf.text))
            }
            #expect(try await print("parcels/slips", [:]).status == 422)
            #expect(try await print("parcels/slips", ["parcels": ids, "all": [:]]).status == 422)
            #expect(try await print("parcels/pick-list", ["all": ["state": "handedOver"]]).status == 422)
            let manifest = try await ramp.open()
            _ = try await ramp.desk.manifests.scan(ramp.number(0), into: manifest.id, by: "Nok")
            #expect(try await print("manifests/\(manifest.id)/paper", [:]).status == 200)
            #expect(try await ramp.desk.manifests.manifest(manifest.id).prints == 0, "a draft is no print")
            _ = try await ramp.desk.manifests.close(manifest.id, by: "Nok")
            for count in 1...2 {
                #expect(try await print("manifests/\(manifest.id)/paper", [:]).status == 200)
                #expect(try await ramp.desk.manifests.manifest(manifest.id).prints == count)
            }
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a box of the settings gives a parcel its size, and its own weight where nothing was weighed`() async throws {
            let ramp = try await ramp(.sqlite, parcels: 1, isPacked: false), law = ramp.law, desk = ramp.desk.packing, id = ramp.lines[0].parcel.id
            try await law.hub.channels.set([HubSetting.parcelPresets: "Small box 200x150x100 80; Large 40x30x25cm 220"], of: ramp.carrier)
            await #expect(throws: ParcelPresets.Fault.line(2, "Tiny 2x3 1")) { try await law.hub.channels.set([HubSetting.parcelPresets: "A 1x2x3 0; Tiny 2x3 1"], of: ramp.carrier) }
            // Twice 250 g and once 400 g in it.
            let packed = try await desk.pack(id, Weighing(preset: "Small box"), by: "Nok")
            #expect((packed.parcel.weightGrams, packed.measure, packed.preset) == (980, ParcelMeasure(length: 200, width: 150, height: 100), "Small box"))
            let again = try await desk.pack(id, Weighing(preset: "Small box"), by: "Nok")
            #expect(again.parcel.weightGrams == 980, "the box is not added twice")
            let weighed = try await desk.pack(id, Weighing(grams: 1010, preset: "Large"), by: "Nok")
            #expect((weighed.parcel.weightGrams, weighed.measure?.text) == (1010, "400x300x250"))
            #expect(try await desk.pack(id, Weighing(measure: ParcelMeasure(length: 10, width: 20, height: 30)), by: "Nok").preset == nil)
            await #expect(throws: ShippingFault.unknownPreset("Huge")) { try await desk.pack(id, Weighing(preset: "Huge"), by: "Nok") }
            await #expect(throws: ShippingFault.badMeasure) { try await desk.pack(id, Weighing(measure: ParcelMeasure(length: 0, width: 20, height: 30)), by: "Nok") }
            await #expect(throws: ShippingFault.badWeight) { try await desk.pack(id, Weighing(grams: 100_001), by: "Nok") }
            await ramp.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `marketplace orders are arranged many at once by a chosen way, and each is told apart: arranged, waiting, refused`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair()
            let market = try await law.addMarket(fair, settings: [HubSetting.booking: "whenPacked"])
            _ = try await law.authorise(market)
            for index in 1...3 { try await law.deliver(.law("\(index)", at: law.clock.now), to: market.id) }
            for index in 1...3 { _ = try await law.order("\(index)", in: market.id) }
            try await law.settled()
            let desk = law.hub.shipping.arranging, orders = try await desk.orders(of: market.id)
            #expect(desk.channels.map(\.id) == [market.id])
            #expect(orders.map(\.snapshot.externalNumber) == ["#1", "#2", "#3"])
            let choices = try await desk.choices(like: orders[0].id), pickup = try #require(choices.last)
            #expect(pickup.handover == .pickup(addressID: "A1", slotID: "S2"))
            fair.state.withLock { $0.refused = ["2"] }
            let action = try await law.hub.desk.bulk.start(BulkRequest(.ship, handover: pickup.handover), of: orders.map(\.id), by: Self.nok, holder: 1)
            #expect(try await law.hub.desk.bulk.action(action.id)?.request.handover == pickup.handover, "it is kept with the action")
            try await until("two are arranged and one is refused") { try await desk.results(of: action.id).map(\.standing.kind) == ["arranged", "refused", "arranged"] }
            let results = try await desk.results(of: action.id)
            #expect(results[0].standing == .arranged(numbers: ["LM1TH"]))
            guard case .refused(_, let reason) = results[1].standing else { return #expect(Bool(false), "the second was refused") }
            #expect(reason.contains("the pickup address is closed today"))
            #expect(results[1].deadLetter != nil)
            #expect(fair.state.withLock { $0.handovers } == ["1": pickup.handover, "3": pickup.handover])
            fair.state.withLock { $0.lateNumbers = 1 }
            try await law.deliver(.law("4", at: law.clock.now), to: market.id)
            let late = try await law.order("4", in: market.id)
            try await law.settled()
            let other = try await law.hub.desk.bulk.start(BulkRequest(.ship), of: [late.id, orders[0].id], by: Self.nok, holder: 1)
            try await until("one waits for its number") { if case .waiting("waiting", _)? = try await desk.results(of: other.id).first?.standing { true } else { false } }
            #expect(try await desk.results(of: other.id).map(\.standing.kind) == ["waiting", "arranged"])
            await law.end()
        }
    }
}
