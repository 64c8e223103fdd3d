package import Connect
package import Domain
import HTTPTypes

extension WooCommerceConnector: ListsOrders {
    /// Whole seconds, the shop's clock beside ours, and transactions that end after the moment they are dated.
    package var listingOverlap: Duration { .seconds(300) }

    /// Orders changed since `since`, oldest change first; trashed ones after all others, since `status=any` leaves them out (platforms/woocommerce.md §4.1).
    ///
    /// Page numbers shift while orders change, so a full page is followed from its last second on instead of by its number; the same order can come
    /// twice. Shops before WooCommerce 5.8 cannot list by change: there the newest ids are walked, and only ids are listed, to be fetched.
    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        var position = ListingPosition(since: since, perPage: limit)
        if let cursor {
            guard let known = ListingPosition(cursor: cursor) else { throw .notUnderstood(field: "cursor", found: cursor.cut(60)) }
            position = known
        }
        let askedAt = context.now()
        var answer = try await site.send(OrderListing.call(position, until: until))
        if position.mode == .changes, OrderListing.isFromBefore58(answer) {
            position.mode = .ids
            answer = try await site.send(OrderListing.call(position, until: until))
        }
        if let failure = AnswerReading.failure(of: answer, now: askedAt) { throw failure }
        let page = try OrderListing.rows(of: answer)
        var next = try OrderListing.next(after: position, page, since: since)
        if next == nil, !position.isTrash {
            next = ListingPosition(since: since, perPage: position.perPage, isTrash: true)
            if position.mode == .ids { next?.mode = .ids }
        }
        return ListedPage(orders: OrderListing.listed(page, position, since: since, until: until), nextCursor: next?.cursor, askedAt: askedAt)
    }
}

extension WooCommerceConnector: FetchesOrders {
    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let call = APICall(.get, try Self.orderPath(externalID))
        let answer = try await site.call(call)
        let (row, bytes) = try AnswerReading.decode(OrderRow.self, from: answer, isRead: true)
        guard String(row.id) == externalID else { throw .notUnderstood(field: "id", found: String(row.id)) }
        return ListedOrder(externalID: externalID, updatedAt: row.updatedAt ?? context.now(), body: bytes, topic: Self.readTopic)
    }

    /// `orders/9301`: an id that is no number never becomes part of a path.
    static func orderPath(_ externalID: ExternalID, _ tail: String = "") throws(ConnectorError) -> String {
        guard let id = Int64(externalID), id > 0 else { throw .refused(platformCode: "not_found", platformMessage: "\(externalID.cut(40)) is no order number of a WooCommerce shop") }
        return "orders/\(id)\(tail)"
    }
}

/// What a listing needs of an order: the rest is read from its body later.
struct OrderRow: Decodable, Sendable, Equatable {
    var id: Int64
    var modified: Timestamp?, created: Timestamp?
    var updatedAt: Timestamp? { modified ?? created }

    enum CodingKeys: String, CodingKey { case id, modified = "date_modified_gmt", created = "date_created_gmt" }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        id = try box.wholeNumber(.id)
        modified = OrderReading.time(box.text(.modified))
        created = OrderReading.time(box.text(.created))
    }
}
