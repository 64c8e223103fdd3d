import Domain
import Foundation

/// The search syntax of `orders(query:)`: terms joined by AND or a space, quotes, comparisons, a leading minus.
struct OrderSearch {
    private struct Term {
        var field: String
        var comparison: String
        var value: String
        var isNegated: Bool
        /// The value as a moment, read once: a search looks at every order.
        var seconds: Int64?
    }
    private let terms: [Term]

    init(_ text: String) {
        terms = Self.words(text).filter { $0 != "AND" }.map(Self.term)
    }

    /// Words at blanks outside quotes; the quotes go.
    private static func words(_ text: String) -> [String] {
        var words: [String] = [], word = "", quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func term(_ word: String) -> Term {
        let isNegated = word.hasPrefix("-")
        let body = isNegated ? word.dropFirst() : word[...]
        guard let colon = body.firstIndex(of: ":") else {
            return Term(field: "default", comparison: "=", value: String(body), isNegated: isNegated)
        }
        var value = body[body.index(after: colon)...]
        let comparison = [">=", "<=", ">", "<"].first { value.hasPrefix($0) } ?? "="
        if comparison != "=" { value = value.dropFirst(comparison.count) }
        let field = String(body[..<colon])
        return Term(
            field: field, comparison: comparison, value: String(value), isNegated: isNegated,
            seconds: field.hasSuffix("_at") ? ShopTime.seconds(parsing: String(value)) : nil)
    }

    func matches(_ order: ShopOrder) -> Bool { terms.allSatisfy { matches($0, order) != $0.isNegated } }

    private func matches(_ term: Term, _ order: ShopOrder) -> Bool {
        let value = term.value.lowercased()
        switch term.field {
        case "updated_at": return compare(order.updatedAt, term)
        case "created_at": return compare(order.createdAt, term)
        case "processed_at": return compare(order.processedAt, term)
        case "id": return compare(order.id, to: Int64(value) ?? 0, term.comparison)
        case "name": return order.name.lowercased().trimmingPrefix("#") == value.trimmingPrefix("#")
        case "tag": return order.tags.contains { $0.lowercased() == value }
        case "tag_not": return !order.tags.contains { $0.lowercased() == value }
        case "email": return order.email?.lowercased() == value
        case "sku": return order.lines.contains { $0.sku?.lowercased() == value }
        case "source_identifier": return order.sourceIdentifier == term.value
        case "source_name": return order.sourceName == value
        case "financial_status": return order.financialStatus == value
        case "fulfillment_status":
            return OrderFilter.fulfilment(order) == value || (value == "unfulfilled" && order.fulfillmentStatus == nil)
        case "status": return OrderFilter.status(order, value)
        case "test": return order.isTest == (value == "true")
        case "default": return order.name.lowercased().contains(value) || (order.email?.lowercased().contains(value) ?? false)
        default: return true
        }
    }

    private func compare(_ seconds: Int64, _ term: Term) -> Bool {
        guard let limit = term.seconds else { return true }
        return compare(seconds, to: limit, term.comparison)
    }

    private func compare(_ value: Int64, to limit: Int64, _ comparison: String) -> Bool {
        switch comparison {
        case ">=": value >= limit
        case "<=": value <= limit
        case ">": value > limit
        case "<": value < limit
        default: value == limit
        }
    }
}

enum ShopTime {
    /// A time with a zone, without one (taken as UTC), or a day. An unencoded `+` that became a blank cuts the zone off: the value is
    /// misread, as by the platform (platforms/shopify.md §9.12).
    static func seconds(parsing text: String) -> Int64? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let time = Timestamp(rfc3339: text, assumingUTC: true) { return floorSeconds(time) }
        if text.utf8.count == 10, let day = Timestamp(rfc3339: text + "T00:00:00Z") { return floorSeconds(day) }
        return Timestamp(rfc3339: String(text.prefix(19)), assumingUTC: true).map(floorSeconds)
    }

    private static func floorSeconds(_ time: Timestamp) -> Int64 { Int64((Double(time.milliseconds) / 1000).rounded(.down)) }
}

/// The words of REST's `status`, `fulfillment_status` and `financial_status`, which GraphQL's search shares.
enum OrderFilter {
    static func status(_ order: ShopOrder, _ word: String) -> Bool {
        switch word {
        case "open": order.cancelledAt == nil && order.closedAt == nil
        case "closed": order.closedAt != nil
        case "cancelled": order.cancelledAt != nil
        default: true
        }
    }

    /// `shipped`, `partial`, `unshipped`.
    static func fulfilment(_ order: ShopOrder) -> String {
        switch order.fulfillmentStatus {
        case "fulfilled": "shipped"
        case "partial": "partial"
        default: "unshipped"
        }
    }
}

/// One page of orders by key: where the last one ended, not how many were skipped.
struct OrderPage {
    var orders: [ShopOrder]
    var hasMore: Bool
    let sortKey: String

    static func take(
        from state: ShopState, matching search: OrderSearch, sortedBy sortKey: String, isReversed: Bool, after: String?, limit: Int,
        where sees: (ShopOrder) -> Bool
    ) -> OrderPage? {
        var start: (value: Int64, id: Int64)?
        if let after {
            guard let found = position(after) else { return nil }
            start = found
        }
        let direction: Int64 = isReversed ? -1 : 1
        var found: [(value: Int64, id: Int64)] = []
        for id in state.placed {
            guard let order = state.orders[id], sees(order), search.matches(order) else { continue }
            let entry = (value: value(order, sortKey) * direction, id: id * direction)
            if let start, entry <= (start.value * direction, start.id * direction) { continue }
            found.append(entry)
        }
        found.sort { $0 < $1 }
        let page = found.prefix(limit).compactMap { state.orders[$0.id * direction] }
        return OrderPage(orders: page, hasMore: found.count > limit, sortKey: sortKey)
    }

    func cursor(_ order: ShopOrder) -> String {
        let json: JSONNode = ["last_id": .integer(order.id), "last_value": .text("\(Self.value(order, sortKey))")]
        return json.data(.plain).base64EncodedString()
    }

    private static func position(_ cursor: String) -> (Int64, Int64)? {
        // A cursor that cannot be read is the caller's to refuse; the reason is not needed.
        guard let data = Data(base64Encoded: cursor), let json = try? JSONNode(parsing: data), let id = json["last_id"]?.int64,
            let value = json["last_value"]?.int64
        else { return nil }
        return (value, id)
    }

    private static func value(_ order: ShopOrder, _ sortKey: String) -> Int64 {
        switch sortKey {
        case "UPDATED_AT", "updated_at": order.updatedAt
        case "CREATED_AT", "created_at": order.createdAt
        case "ID", "id": order.id
        case "ORDER_NUMBER", "number": order.number
        case "TOTAL_PRICE": order.original.grand
        default: order.processedAt
        }
    }
}
