import Connect
import Domain
import Foundation
import SimulatorKit
import Testing

/// What every platform whose orders can be listed owes reconciliation.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ListingConformanceTests {
    private func withShop(_ platform: Platform, _ body: (any ShopUnderTest) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in
            let shop = try #require(running as? any ShopUnderTest)
            if shop.connector is any ListsOrders { try await body(shop) }
        }
    }

    @Test(arguments: Platform.shops) func `a listing ends, and its pages hold every order once`(_ platform: Platform) async throws {
        try await withShop(platform) { shop in
            let since = Wire.clock() - .seconds(60)
            var placed: Set<ExternalID> = []
            for _ in 0..<13 { placed.insert(try await shop.place()) }
            let pages = try await shop.pages(since: since, limit: 5)
            let listed = pages.flatMap(\.orders)
            #expect(Set(listed.map(\.externalID)) == placed)
            #expect(pages.allSatisfy { page in Set(page.orders.map(\.externalID)).count == page.orders.count }, "an order twice on one page")
            if !shop.repeatsAtPageEnds { #expect(listed.count == placed.count) }
            #expect(pages.allSatisfy { $0.askedAt >= since })
            for order in listed {
                let snapshot = try shop.snapshot(try await shop.whole(order))
                #expect(snapshot.externalID == order.externalID)
                #expect(snapshot.revision.wasRead)
            }
        }
    }

    @Test(arguments: Platform.shops) func `a window holds what changed in it and nothing else`(_ platform: Platform) async throws {
        try await withShop(platform) { shop in
            for _ in 0..<3 { _ = try await shop.place() }
            let now = Wire.clock()
            let later = try await shop.pages(since: now + .seconds(3_600), limit: 5)
            #expect(later.count <= 3 && later.allSatisfy(\.orders.isEmpty))
            let earlier = try await shop.pages(since: now - .seconds(7_200), until: now - .seconds(3_600), limit: 5)
            #expect(earlier.flatMap(\.orders).isEmpty)
            #expect(try await shop.pages(since: now - .seconds(3_600), until: now + .seconds(3_600), limit: 5).flatMap(\.orders).count >= 3)
        }
    }

    @Test(arguments: Platform.shops) func `orders that change during the paging are neither lost nor taken for older`(_ platform: Platform) async throws {
        try await withShop(platform) { shop in
            let since = Wire.clock() - .seconds(60)
            var placed: [ExternalID] = []
            for _ in 0..<24 { placed.append(try await shop.place()) }
            var changed: Set<ExternalID> = []
            let first = try await shop.pages(since: since, limit: 5) { page in
                // One that was listed, one that was not, and a new one, while the cursor is on its way.
                guard page <= 4 else { return }
                for id in [placed[page], placed[placed.count - page]] {
                    try await shop.change(id)
                    changed.insert(id)
                }
                changed.insert(try await shop.place())
            }
            let seen = first.flatMap(\.orders)
            let owed = shop.listsUpToItsStart ? Set(placed).subtracting(changed) : Set(placed)
            #expect(owed.isSubset(of: seen.map(\.externalID)), "lost: \(owed.subtracting(seen.map(\.externalID)))")
            let twice = Dictionary(grouping: seen, by: \.externalID).filter { $0.value.count > 1 }
            if !shop.repeatsAtPageEnds { #expect(Set(twice.keys).isSubset(of: changed), "twice without a change: \(Set(twice.keys).subtracting(changed))") }
            #expect(twice.values.allSatisfy { times in zip(times, times.dropFirst()).allSatisfy { $0.updatedAt <= $1.updatedAt } }, "an older state after a newer one")

            // The next run goes on from the last, less the overlap: together they know the last state of each.
            let lister = try #require(shop.connector as? any ListsOrders), askedAt = try #require(first.first?.askedAt)
            let second = try await shop.pages(since: askedAt - lister.listingOverlap, limit: 5).flatMap(\.orders)
            var newest: [ExternalID: ListedOrder] = [:]
            for order in seen + second where order.updatedAt >= newest[order.externalID]?.updatedAt ?? order.updatedAt { newest[order.externalID] = order }
            #expect(Set(newest.keys) == Set(placed).union(changed))
            for (id, order) in newest {
                let read = try await shop.fetched(id)
                #expect(order.updatedAt == read.revision.updatedAt, "\(id) is known as of \(order.updatedAt), the shop has \(read.revision.updatedAt)")
            }
        }
    }

    @Test(arguments: Platform.shops) func `an order nobody knows is not found`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            guard let fetcher = running.connector as? any FetchesOrders else { return }
            let error = await connectorError { () async throws(ConnectorError) in try await fetcher.fetchOrder("999999999") }
            #expect(error?.code == "not_found" && error?.failureClass == .rejected)
        }
    }
}
