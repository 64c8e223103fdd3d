package import Domain
import Database

/// What a scanned or typed text means.
package enum FoundOrders: Sendable, Equatable { case none, one(OrderID), several }

extension Ledger {
    static let maximumFound = 20

    /// The one order that carries exactly this number or tracking number; else what the search finds.
    package func found(_ text: String) async throws -> FoundOrders {
        let number = text.filter { !$0.isWhitespace }
        let parcels = try await database.read { tx in
            try tx.rows("SELECT DISTINCT order_id FROM shipments WHERE tracking_number = \(number) LIMIT 2") { OrderID(try $0.int64(0)) }
                + tx.rows("SELECT DISTINCT order_id FROM shipments WHERE external_ref = \(number) LIMIT 2") { OrderID(try $0.int64(0)) }
        }
        if let only = parcels.first, Set(parcels).count == 1 { return .one(only) }
        var filter = OrderFilter()
        filter.search = text
        let page = try await orders(filter, after: nil, limit: Self.maximumFound)
        if page.orders.count == 1, page.next == nil { return .one(page.orders[0].id) }
        guard !page.orders.isEmpty else { return page.next == nil ? .none : .several }
        let wanted = SearchTerms.fold(text)
        let exact = page.orders.filter { SearchTerms.fold($0.snapshot.externalNumber) == wanted || SearchTerms.fold($0.snapshot.externalID) == wanted }
        return exact.count == 1 ? .one(exact[0].id) : .several
    }
}
