@testable import Hub
import Database
import Domain
import Foundation
import Testing

@Suite struct DeskGridTests {
    private static func filled(_ bench: DeskBench) async throws {
        try await bench.take((0..<60).map { number in
            DeskBench.order("\(number)", minutesAgo: Int64(number)) { order in
                if number % 2 == 0 { order.payment = Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: order.totals.grand) }
                if number % 3 == 0 { order.tags = ["Gift", "wrap"] }
                if number % 10 == 0 { order.shipping.shipBy = order.placedAt - .seconds(3600) }
                if number < 5 { order.totals = Totals(items: 9950, shipping: Int64(3000 + number * 100), grand: Int64(12_950 + number * 100)) }
                order.buyer.name = number < 30 ? "Early Bird" : "Late Riser"
            }
        })
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `every filter finds exactly its orders, newest first, and counts them`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await Self.filled(bench)
            let held = try await bench.order("7")
            _ = try await bench.hub.ledger.act(.hold(reason: "no stock"), on: held.id, by: DeskBench.ann)
            let cases: [(String, (inout GridFilter) -> Void, (Int) -> Bool)] = [
                ("all", { _ in }, { _ in true }), ("cod", { $0.isCashOnDelivery = true }, { $0 % 2 == 0 }), ("no cod", { $0.isCashOnDelivery = false }, { $0 % 2 == 1 }), ("tag", { $0.tags = ["gift"] }, { $0 % 3 == 0 }),
                ("two tags and cod", { $0.tags = ["GIFT", "wrap"]; $0.isCashOnDelivery = true }, { $0 % 6 == 0 }), ("held", { $0.workflows = [.awaitingConfirmation] }, { $0 == 7 }), ("reason", { $0.reason = "no stock" }, { $0 == 7 }),
                ("words", { $0.search = "early bird" }, { $0 < 30 }), ("words and tag", { $0.search = "riser"; $0.tags = ["wrap"] }, { $0 >= 30 && $0 % 3 == 0 }), ("unpaid and tag", { $0.payments = [.unpaid]; $0.tags = ["gift"] }, { $0 % 6 == 0 }),
                ("nobody", { $0.search = "nobody" }, { _ in false }), ("waiting", { $0.waiting = .person }, { $0 == 7 }),
            ]
            for (name, change, holds) in cases {
                var filter = GridFilter()
                change(&filter)
                let index = try await bench.hub.ledger.gridIndex(filter), expected = (0..<60).filter(holds)
                let numbers = try await bench.hub.ledger.gridRows(index.ids).map(\.order.snapshot.externalID)
                #expect(numbers == expected.map(String.init), "\(name)")
                #expect(index.total == GridCount(expected.count), "\(name)")
                #expect(try await bench.hub.ledger.gridCount(filter) == GridCount(expected.count), "\(name)")
            }
            var late = GridFilter()
            late.shipBefore = bench.hub.now()
            #expect(try await bench.hub.ledger.gridIndex(late, sort: GridSort(.due, isAscending: true)).ids == (try await bench.ids(["50", "40", "30", "20", "10", "0"])))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `a list is sorted by a column as a whole, and a page of it is its beginning`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await Self.filled(bench)
            let index = try await bench.hub.ledger.gridIndex(GridFilter(), sort: GridSort(.total), limit: 4)
            #expect(index.ids == (try await bench.ids(["4", "3", "2", "1"])))
            #expect(index.total == GridCount(60) && index.isSorted)
            let byNumber = try await bench.hub.ledger.gridIndex(GridFilter(), sort: GridSort(.number, isAscending: true), limit: 3)
            #expect(byNumber.ids == (try await bench.ids(["0", "1", "10"])))
            let oldest = try await bench.hub.ledger.gridIndex(GridFilter(), sort: GridSort(.placed, isAscending: true), limit: 2)
            #expect(oldest.ids == (try await bench.ids(["59", "58"])))
        }
    }

    @Test func `orders from before the marks get theirs`() async throws {
        try await DeskBench.run { bench in
            try await Self.filled(bench)
            try await bench.hub.ledgerDatabase.write { tx in
                try tx.run("DELETE FROM order_marks")
                try tx.run("INSERT INTO cursors (channel_id, name, position, detail, updated_at) SELECT 0, 'marks', 0, CAST(MAX(id) AS TEXT), 0 FROM orders")
            }
            let backfill = MarkBackfill(ledger: bench.hub.ledger)
            while try await backfill.step() {}
            var filter = GridFilter()
            filter.tags = ["gift"]
            #expect(try await bench.hub.ledger.gridCount(filter) == GridCount(20))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `a view is its maker's to change, and others see it when it is shared`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            try await Self.filled(bench)
            var look = SavedView.Look()
            look.filter.tags = ["gift"]
            look.columns = [SavedView.Column("number", width: 90), SavedView.Column("note")]
            let views = bench.hub.desk.views
            let view = try await views.create(name: " Gift  orders ", look: look, isShared: false, holder: 1, by: DeskBench.ann)
            #expect(view.name == "Gift orders")
            #expect(try await views.view(view.id, for: 2) == nil)
            #expect(try await views.view(view.id, for: 1)?.look == look)
            await #expect(throws: ViewFault.nameTaken) { try await views.create(name: "Gift orders", look: look, isShared: true, holder: 1, by: DeskBench.ann) }
            let id = try #require(Int64(view.id))
            await #expect(throws: ViewFault.unknown) { try await views.change(id, name: "Mine", look: nil, isShared: nil, holder: 2, by: DeskBench.ben) }
            _ = try await views.change(id, name: nil, look: nil, isShared: true, holder: 1, by: DeskBench.ann)
            #expect(try await views.all(for: 2).last?.name == "Gift orders")
            await #expect(throws: ViewFault.notYours) { try await views.delete(id, holder: 2, by: DeskBench.ben) }
            try await views.keep([SavedView.Column("total")], of: "late", for: 2)
            #expect(try await views.columns(of: "late", for: 2) == [SavedView.Column("total")])
            #expect(try await views.columns(of: "late", for: 1).isEmpty)
            let all = try await views.all(for: 1), counts = try await bench.hub.ledger.gridCounts(all.map(\.look.filter), upTo: 10)
            #expect(all.map(\.id).prefix(7) == ["to-approve", "held", "late", "to-ship", "failed", "excluded", "all"])
            #expect(counts.last == GridCount(10, isExact: false) && counts.first == GridCount(60))
            try await views.delete(id, holder: 1, by: DeskBench.ann)
            #expect(try await views.all(for: 1).count == 7)
        }
    }
}
