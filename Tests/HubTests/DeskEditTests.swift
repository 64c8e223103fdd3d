@testable import Hub
import Connect
import Database
import Domain
import Foundation
import Synchronization
import Testing

@Suite struct DeskEditTests {
    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `of two people who edit one order the second sees the first one's value, and keeps the rest`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await bench.take([DeskBench.order("1")])
            let seen = try await bench.order("1")
            let (first, _) = try await bench.save(["shipTo.phone": CellEdit(seen: "0812345678", value: "0899999999")], of: seen.id, revision: seen.version)
            #expect(first.outcome == .applied && first.workflow == .edited)
            let (second, _) = try await bench.save(["shipTo.phone": CellEdit(seen: "0812345678", value: "0877777777"), "note": CellEdit(seen: nil, value: "ring twice")], of: seen.id, by: DeskBench.ben, revision: seen.version)
            #expect(second.outcome == .partly)
            #expect(second.isRebased)
            #expect(second.applied.map(\.field) == ["note"])
            let conflict = try #require(second.conflicts.first)
            #expect(conflict.mine == "0877777777" && conflict.theirs == "0899999999")
            #expect(conflict.cause == Cause(.person, "Ann") && conflict.at != nil)
            let order = try await bench.order("1")
            #expect(order.snapshot.shipTo?.phone == "0899999999" && order.snapshot.note == "ring twice")
            #expect(Set(order.edits.map(\.by)) == ["Ann", "Ben"])
        }
    }

    @Test func `a platform's change of other fields is no conflict, of the same field it is one with its name`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1")])
            let seen = try await bench.order("1")
            try await bench.take([DeskBench.order("1") { $0.revision.updatedAt = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)); $0.note = "from the shop" }])
            let (result, _) = try await bench.save(["shipTo.line2": CellEdit(seen: nil, value: "2nd floor"), "note": CellEdit(seen: nil, value: "mine")], of: seen.id, revision: seen.version)
            #expect(result.applied.map(\.field) == ["shipTo.line2"])
            #expect(result.isRebased)
            #expect(result.conflicts.map(\.theirs) == ["from the shop"])
            #expect(result.conflicts.first?.cause?.kind == .delivery)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `a saved batch is taken back as one, where nobody changed its cells since`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await bench.take(["1", "2", "3"].map { DeskBench.order($0) })
            let ids = try await bench.ids(["1", "2", "3"])
            let edits = ids.map { OrderEdit(order: $0, cells: ["shipTo.postcode": CellEdit(seen: "10240", value: "10310"), "tags": CellEdit(seen: nil, value: "fixed, vip")]) }
            let (results, saved) = try await bench.hub.desk.edits.save(edits, by: DeskBench.ann, holder: 1)
            let batch = try #require(saved)
            #expect(results.allSatisfy { $0.outcome == .applied })
            #expect(batch.orders == 3 && batch.cells == 9)
            _ = try await bench.save(["shipTo.postcode": CellEdit(seen: "10310", value: "10900")], of: ids[1], by: DeskBench.ben)
            await #expect(throws: EditFault.unknown) { try await bench.hub.desk.edits.undo(batch.id, by: DeskBench.ben, holder: 2) }
            let (undone, _) = try await bench.hub.desk.edits.undo(batch.id, by: DeskBench.ann, holder: 1)
            #expect(undone.map(\.outcome).sorted { $0.rawValue < $1.rawValue } == [.applied, .applied, .partly])
            #expect(undone.first { $0.order == ids[1] }?.conflicts.map(\.theirs) == ["10900"])
            let first = try await bench.order("1"), second = try await bench.order("2")
            #expect(first.snapshot.shipTo?.postcode == "10240" && first.snapshot.tags.isEmpty && first.edits.isEmpty)
            #expect(second.snapshot.shipTo?.postcode == "10900" && second.snapshot.tags.isEmpty)
            await #expect(throws: EditFault.undone) { try await bench.hub.desk.edits.undo(batch.id, by: DeskBench.ann, holder: 1) }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `edited lines keep the sum law, show both totals, and stay when the platform tells the order anew`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await bench.take([DeskBench.order("1") { $0.payment = Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 12_950) }])
            let id = try await bench.order("1").id
            let (result, batch) = try await bench.save(["lines.1.quantity": CellEdit(seen: "2", value: "3"), "lines.2.unitPrice": CellEdit(seen: "29.50", value: "20")], of: id)
            #expect(result.outcome == .applied)
            var order = try await bench.order("1").snapshot
            #expect(order.lines.map(\.lineTotal) == [10_500, 2000])
            #expect(order.totals.items == 12_500 && order.totals.grand == 15_500 && order.totals.rebuiltGrand == order.totals.grand)
            #expect(order.payment.codAmount == 15_500)
            let flag = try #require(order.flags.first { $0.code == "total_edited" })
            #expect(flag.message.contains("129.50 THB") && flag.message.contains("155.00 THB"))
            let later = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            try await bench.take([DeskBench.order("1") {
                $0.revision.updatedAt = later
                $0.payment = Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 13_950)
                $0.totals = Totals(items: 9950, shipping: 4000, grand: 13_950)
            }])
            order = try await bench.order("1").snapshot
            #expect(order.lines.map(\.quantity) == [3, 1] && order.totals.grand == 16_500 && order.payment.codAmount == 16_500)
            _ = try await bench.hub.desk.edits.undo(try #require(batch).id, by: DeskBench.ann, holder: 1)
            order = try await bench.order("1").snapshot
            #expect(order.totals == Totals(items: 9950, shipping: 4000, grand: 13_950) && order.lines.map(\.lineTotal) == [7000, 2950] && order.payment.codAmount == 13_950)
            #expect(!order.flags.contains { $0.code == "total_edited" })
        }
    }

    @Test func `a value that cannot be is refused alone, and says why`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1")])
            let id = try await bench.order("1").id
            let (result, _) = try await bench.save([
                "lines.1.quantity": CellEdit(seen: "2", value: "many"), "lines.9.quantity": CellEdit(seen: nil, value: "1"), "totals.shipping": CellEdit(seen: "30.00", value: "-1"), "secret": CellEdit(seen: nil, value: "x"),
                "shipping.requestedCarrier": CellEdit(seen: nil, value: "Nobody"), "shipTo.line1": CellEdit(seen: "12/3 Ramkhamhaeng Road", value: "a\u{0}b"), "note": CellEdit(seen: nil, value: "taken"),
            ], of: id)
            #expect(result.outcome == .partly && result.applied.map(\.field) == ["note"])
            #expect(Set(result.refused.map(\.refusal.code)) == ["unknown_field", "no_such_line", "not_a_quantity", "not_an_amount", "no_such_courier", "bad_characters"])
            _ = try await bench.hub.ledger.act(.cancel(reason: "off"), on: id, by: DeskBench.ann)
            let (late, _) = try await bench.save(["shipTo.line1": CellEdit(seen: "12/3 Ramkhamhaeng Road", value: "1 New Road")], of: id)
            #expect(late.outcome == .refused && late.refused.map(\.refusal.code) == ["cancelled"])
        }
    }

    @Test func `a mended address loses its doubt, and a doubtful one is told before it is saved`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1") { $0.shipTo?.postcode = "50200" }])
            let order = try await bench.order("1")
            #expect(order.snapshot.flags.map(\.code) == ["address_province_postcode_disagree"])
            let remarks = try await bench.hub.desk.edits.check([OrderEdit(order: order.id, cells: ["shipTo.postcode": CellEdit(seen: "50200", value: "1024"), "shipTo.phone": CellEdit(seen: "0812345678", value: "12")])])
            #expect(Set(remarks.map(\.field)) == ["shipTo.postcode", "shipTo.phone"])
            #expect(remarks.allSatisfy { !$0.isRefused })
            let (result, _) = try await bench.save(["shipTo.postcode": CellEdit(seen: "50200", value: "10240")], of: order.id)
            #expect(result.outcome == .applied)
            #expect(try await bench.order("1").snapshot.flags.isEmpty)
            var filter = GridFilter()
            filter.isFlagged = true
            #expect(try await bench.hub.ledger.gridCount(filter) == GridCount(0))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `an edit of a booked order withdraws its booking, books it again as it is now, and tells who took it`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            let book = DeskBook()
            _ = try await bench.hub.channels.add(platform: "deskcourier", name: "Courier", settings: ["book": book.name], by: "test")
            let listener = try await bench.hub.channels.add(platform: "desklistener", name: "ERP", settings: ["book": book.name], by: "test")
            try await bench.hub.channels.save(Route(id: bench.hub.newRouteID(), name: "to ERP", events: [.approved], destination: .channel(listener.id)), position: 9)
            try await bench.take([DeskBench.order("1")])
            let id = try await bench.order("1").id
            try await bench.running {
                _ = try await bench.hub.ledger.act(.approve, on: id, by: DeskBench.ann)
                try await deskUntil("it is booked") { try await bench.order("1").workflow == .synced && book.state.withLock { $0.told.count } == 1 }
                let (result, _) = try await bench.save(["shipTo.line1": CellEdit(seen: "12/3 Ramkhamhaeng Road", value: "1 New Road")], of: id)
                #expect(result.outcome == .applied && result.isAmended)
                try await deskUntil("it is booked again") { book.state.withLock { $0.booked.count } == 2 }
                try await deskUntil("it is with its courier") { try await bench.order("1").workflow == .synced }
                try await deskUntil("the ERP was told") { book.state.withLock { $0.told.contains { $0.type == "order.edited" } } }
                let state = book.state.withLock { $0 }
                #expect(state.booked.map(\.line1) == ["12/3 Ramkhamhaeng Road", "1 New Road"])
                #expect(state.cancelled == ["CD-\(id)-1"])
                let shipments = try await bench.hub.ledger.shipments(of: id)
                #expect(shipments.map(\.isVoid) == [true, false])
                // The courier has the parcel by now: a task for a person.
                book.state.withLock { $0.answer = .tooLate(platformMessage: "picked up") }
                _ = try await bench.save(["shipTo.line1": CellEdit(seen: "1 New Road", value: "2 Newer Road")], of: id)
                try await deskUntil("a person is asked") { try await bench.hub.problems(limit: 5).contains { $0.code == "changed_after_sent" && $0.order == id } }
                #expect(try await bench.order("1").workflow == .synced)
            }
        }
    }
}
