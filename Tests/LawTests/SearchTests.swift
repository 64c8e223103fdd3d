import Connect
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    @Suite struct SearchTests {
        /// More orders than one look-up takes from the index, under several words of one beginning.
        private static let count = 620

        private static func filled(_ engine: LawEngine) async throws -> (LawHub, ChannelID) {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            for number in 0..<count {
                var order = OrderSnapshot.law("\(number)", at: time - .seconds(Int64(number)))
                order.lines[0].sku = "BAG-\(number % 3)"
                order.buyer.name = number % 2 == 0 ? "Even Tester" : "Odd Tester"
                order.shipTo?.name = order.buyer.name
                if number % 10 == 0 { order.flags = [Flag(code: "test", message: "every tenth")] }
                try await law.hub.intake.take(channel: shop, origin: .api, topic: "order", key: "\(number)", body: Array(try JSONEncoder().encode(order)))
            }
            try await until("all orders are there") { try await law.hub.overview().workflow.values.reduce(0, +) == count }
            return (law, shop)
        }

        private static func all(_ law: LawHub, _ filter: OrderFilter, limit: Int) async throws -> [StoredOrder] {
            var found: [StoredOrder] = [], cursor: OrderCursor?
            repeat {
                let page = try await law.hub.ledger.orders(filter, after: cursor, limit: limit)
                #expect(page.orders.count <= limit)
                found += page.orders
                cursor = page.next
            } while cursor != nil
            return found
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a search finds every order once, newest first, page by page`(engine: LawEngine) async throws {
            let (law, _) = try await Self.filled(engine)
            var filter = OrderFilter()
            for (words, expected) in [("BAG-", Self.count), ("bag-1", 207), ("tester", Self.count), ("even bag-", 310), ("even bag-1", 103), ("nobody", 0)] {
                filter.search = words
                let found = try await Self.all(law, filter, limit: 50)
                #expect(found.count == expected, "\(words)")
                #expect(Set(found.map(\.id)).count == expected, "\(words)")
                #expect(found.map(\.id) == found.map(\.id).sorted(by: >), "\(words)")
            }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `flagged orders are listed apart, with the other filters`(engine: LawEngine) async throws {
            let (law, shop) = try await Self.filled(engine)
            var filter = OrderFilter()
            filter.isFlagged = true
            #expect(try await Self.all(law, filter, limit: 25).count == 62)
            filter.channels = [shop]
            filter.search = "odd"
            #expect(try await Self.all(law, filter, limit: 25).isEmpty)
            filter.search = nil
            filter.isFlagged = false
            let rest = try await Self.all(law, filter, limit: 100)
            #expect(rest.count == Self.count - 62)
            #expect(rest.allSatisfy { $0.snapshot.flags.isEmpty })
            await law.end()
        }
    }
}
