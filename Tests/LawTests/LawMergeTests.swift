import Connect
import Domain
import Foundation
import Hub
import SimulatorKit
import Synchronization
import Testing

extension Laws {
    /// Law 3: late and shuffled is normal.
    @Suite struct Law03LateAndShuffledTests {
        /// What must not depend on the order of arrival.
        struct End: Equatable { var snapshot: OrderSnapshot, paymentState: PaymentState, fulfilment: Fulfilment, flagged: Int }

        private static func end(_ order: StoredOrder) -> End {
            var snapshot = order.snapshot
            snapshot.externalID = ""
            snapshot.externalNumber = ""
            return End(snapshot: snapshot, paymentState: order.paymentState, fulfilment: order.fulfilment, flagged: order.snapshot.flags.count)
        }

        /// The life of one order as its platform told it: content, second and counter of each telling.
        private static func history(_ id: String, from time: Timestamp) -> [OrderSnapshot] {
            let first = OrderSnapshot.law(id, at: time, counter: 1)
            var noted = first, back = first, unpaid = first, moved = first, again = first
            noted.note = "call before"
            noted.revision.counter = 2
            back.revision.counter = 3                                              // A(c1), B(c2), A(c3): the content of the first under a later counter
            unpaid.payment.state = .unpaid
            unpaid.revision = Revision(updatedAt: time + .seconds(1), counter: 4)
            moved.shipTo?.postcode = "10110"
            moved.payment.state = .refunded
            moved.revision = Revision(updatedAt: time + .seconds(2), counter: 5)
            again.payment.state = .unpaid
            again.note = "last word"
            again.revision = Revision(updatedAt: time + .seconds(2), counter: 6)
            return [first, noted, back, unpaid, moved, again]
        }

        private static func permutations<T>(_ list: [T]) -> [[T]] {
            guard list.count > 1 else { return [list] }
            return list.indices.flatMap { index -> [[T]] in
                var rest = list
                let one = rest.remove(at: index)
                return permutations(rest).map { [one] + $0 }
            }
        }

        /// - Returns: how each of these arrivals ended.
        private static func ends(of arrivals: [[OrderSnapshot]], on engine: LawEngine) async throws -> [End] {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            for (number, arrival) in arrivals.enumerated() {
                for (index, snapshot) in arrival.enumerated() {
                    var snapshot = snapshot
                    snapshot.externalID = "\(number)"
                    snapshot.externalNumber = "#\(number)"
                    try await law.hub.intake.take(channel: shop, origin: .webhook, topic: "order", key: "\(number)/\(index)", body: Array(try JSONEncoder().encode(snapshot)))
                }
            }
            try await law.settled()
            var ends: [End] = []
            for number in arrivals.indices { ends.append(end(try await law.order("\(number)", in: shop))) }
            await law.end()
            return ends
        }

        @Test(.timeLimit(.minutes(2)), arguments: LawEngine.allCases)
        func `the first content told again under a later counter wins in all six orders of arrival`(engine: LawEngine) async throws {
            let told = Array(Self.history("x", from: .now).prefix(3)), arrivals = Self.permutations(told)
            let ends = try await Self.ends(of: arrivals, on: engine)
            #expect(arrivals.count == 6)
            #expect(ends.allSatisfy { $0.snapshot.note == nil && $0.snapshot.revision.counter == 3 })
            #expect(ends.allSatisfy { $0 == ends[0] })
        }

        @Test(.timeLimit(.minutes(2)), arguments: LawEngine.allCases)
        func `any shuffle with doubles of one order's tellings ends in the same state`(engine: LawEngine) async throws {
            let seed = ProcessInfo.processInfo.environment["CROSSDOCK_SEED"].flatMap(UInt64.init) ?? 20_261_121
            print("merge shuffles on \(engine.rawValue), seed \(seed)")
            var random = SeededGenerator(seed: seed)
            let told = Self.history("x", from: .now)
            var arrivals = [told]
            for _ in 0..<60 {
                let doubled = told + told.filter { _ in Bool.random(using: &random) }
                arrivals.append(doubled.shuffled(using: &random))
            }
            let ends = try await Self.ends(of: arrivals, on: engine)
            for (number, end) in ends.enumerated() { #expect(end == ends[0], "arrival \(number) of seed \(seed): \(arrivals[number].map(\.revision.counter))") }
            #expect(ends[0].snapshot.note == "last word")
            #expect(ends[0].paymentState == .unpaid)
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what one form of an order leaves out is known in the end, whichever form came first`(engine: LawEngine) async throws {
            let time = Timestamp.now
            var full = OrderSnapshot.law("x", at: time, counter: 1), bare = full
            full.shipping.shipBy = time + .seconds(86_400)
            bare.note = "changed since"
            for index in bare.lines.indices { bare.lines[index].weightGrams = nil }
            bare.revision = Revision(updatedAt: time + .seconds(1), counter: 2)
            let ends = try await Self.ends(of: [[full, bare], [bare, full], [bare, full, bare, full], [full, full, bare]], on: engine)
            for end in ends {
                #expect(end == ends[0])
                #expect(end.snapshot.note == "changed since")
                #expect(end.snapshot.shipping.shipBy == full.shipping.shipBy)
                #expect(end.snapshot.lines.map(\.weightGrams) == [250, 400])
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `two contents of one second without counters end as the platform says when it is asked`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), book = LawBook(), shop = try await law.addShop(book), time = law.clock.now
            let one = OrderSnapshot.law("1", at: time, note: "one"), two = OrderSnapshot.law("1", at: time, note: "two")
            book.put(two)
            for (key, order) in [("a", two), ("b", one), ("c", two), ("d", one)] { try await law.deliver(order, to: shop, key: key) }
            try await law.settled()
            try await until("the platform's word is kept") { try await law.order("1", in: shop).snapshot.note == "two" }
            try await until("nothing is asked any more") { try await law.jobs().isEmpty }
            let order = try await law.order("1", in: shop)
            #expect(order.snapshot.note == "two")
            #expect((1...4).contains(book.state.withLock { $0.fetches }))
            await law.end()
        }
    }
}
