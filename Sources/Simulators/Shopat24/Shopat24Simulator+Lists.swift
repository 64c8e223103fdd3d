import Foundation
import SimulatorKit
import Synchronization

/// The reading calls (shopat24.md §4B).
extension Shopat24Simulator {
    /// Members that a paging style does not have are absent.
    private struct Page<Item: Encodable & Sendable>: Encodable, Sendable {
        var page: Int?
        var offset: Int?
        var size: Int
        var totalPages: Int?
        var totalElements: Int?
        var nextCursor: String?
        var content: [Item]
    }

    /// What a page is cut out by, and what leads to the next.
    private struct Cut<Item> {
        var items: [Item]
        var page: Int?
        var offset: Int?
        var nextCursor: String?
        var nextPage: Int?
    }

    func listOrders(_ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        let to = try moment(call, "updatedTo") ?? configuration.now()
        let window = TimeInterval(configuration.maximumWindowDays * 86_400)
        let from = try moment(call, "updatedFrom") ?? to.addingTimeInterval(-window)
        guard from <= to, to.timeIntervalSince(from) <= window else { throw .init(.invalid, "The window is at most \(configuration.maximumWindowDays) days.") }
        let found = state.withLock { $0.book.changed(from: from, to: to) }
        let cut = try cut(found, call, paging: configuration.paging) { "\(Int($0.updatedAt.timeIntervalSince1970))-\($0.orderNo)" }
        let views = cut.items.map { Shopat24OrderView($0, showsInvoiceTypes: configuration.showsInvoiceTypes) }
        let reply = try reply(call, cut, views, total: found.count, paging: configuration.paging)
        changeBetweenPages()
        return reply
    }

    func getOrder(_ orderNo: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        let order = try state.withLock { state throws(Shopat24Problem) in try state.book.order(orderNo) }
        return .ok(Shopat24OrderView(order, showsInvoiceTypes: configuration.showsInvoiceTypes))
    }

    /// The page of the product list is always a numbered one.
    func listProducts(_ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        let paging: Shopat24Configuration.Paging = if case .page = configuration.paging { configuration.paging } else { .page(first: 1) }
        let products = products()
        let cut = try cut(products, call, paging: paging) { $0.houseCode }
        return try reply(call, cut, cut.items.map(Shopat24ProductView.init), total: products.count, paging: paging)
    }

    func getLabel(_ orderNo: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        let order = try state.withLock { state throws(Shopat24Problem) in try state.book.order(orderNo) }
        guard order.status != .waitPay, order.status != .cancelled else { throw .init(.wrongState, "Order \(orderNo) has no label.") }
        count("labels")
        return Shopat24Reply(status: 200, contentType: "application/pdf", body: LabelPage.pdf(order))
    }

    // MARK: Pages

    private func moment(_ call: Shopat24Call, _ name: String) throws(Shopat24Problem) -> Date? {
        guard let text = call[query: name] else { return nil }
        let date: Date? = switch configuration.timeFormat {
        case .iso: BangkokTime.parse(iso: text)
        case .epochSeconds: Int(text).map { Date(timeIntervalSince1970: TimeInterval($0)) }
        case .epochMilliseconds: Int(text).map { Date(timeIntervalSince1970: TimeInterval($0) / 1_000) }
        case .pattern(let pattern): BangkokTime.parse(text, pattern: pattern)
        }
        guard let date else { throw .init(.invalid, "\(name) is not a time.") }
        return date
    }

    private func number(_ call: Shopat24Call, _ name: String, or standard: Int, in range: ClosedRange<Int>) throws(Shopat24Problem) -> Int {
        guard let text = call[query: name] else { return standard }
        guard let number = Int(text), range.contains(number) else { throw .init(.invalid, "\(name) is \(range.lowerBound) to \(range.upperBound).") }
        return number
    }

    /// Above any list that fits in memory.
    private static let maximumPage = 1_000_000

    private func cut<Item>(
        _ all: [Item], _ call: Shopat24Call, paging: Shopat24Configuration.Paging, key: (Item) -> String
    ) throws(Shopat24Problem) -> Cut<Item> {
        let size = try number(call, "size", or: min(100, configuration.maximumPageSize), in: 1...configuration.maximumPageSize)
        func slice(_ start: Int) -> [Item] { Array(all.dropFirst(start).prefix(size)) }
        switch paging {
        case .none: return Cut(items: all)
        case .page(let first):
            let page = try number(call, "page", or: first, in: first...Self.maximumPage)
            return Cut(items: slice((page - first) * size), page: page)
        case .offset:
            let offset = try number(call, "offset", or: 0, in: 0...Self.maximumPage)
            return Cut(items: slice(offset), offset: offset)
        case .link:
            let page = try number(call, "page", or: 1, in: 1...Self.maximumPage)
            return Cut(items: slice((page - 1) * size), nextPage: page * size < all.count ? page + 1 : nil)
        case .cursor:
            var start = 0
            if let cursor = call[query: "cursor"], !cursor.isEmpty {
                guard cursor.contains("-") else { throw .init(.invalid, "The cursor is not one of ours.") }
                start = all.firstIndex { key($0) > cursor } ?? all.count
            }
            let items = slice(start)
            return Cut(items: items, nextCursor: start + size < all.count ? items.last.map(key) : nil)
        }
    }

    private func reply<Item, View: Encodable & Sendable>(
        _ call: Shopat24Call, _ cut: Cut<Item>, _ views: [View], total: Int, paging: Shopat24Configuration.Paging
    ) throws(Shopat24Problem) -> Shopat24Reply {
        let size = paging == .none ? max(1, total) : try number(call, "size", or: min(100, configuration.maximumPageSize), in: 1...configuration.maximumPageSize)
        var page = Page(page: cut.page, offset: cut.offset, size: size, nextCursor: cut.nextCursor, content: views)
        if !configuration.hidesTotals {
            page.totalElements = total
            if cut.page != nil { page.totalPages = (total + size - 1) / size }
        }
        var reply = Shopat24Reply.ok(page)
        if let nextPage = cut.nextPage {
            let items = call.query.filter { $0.name != "page" } + [("page", "\(nextPage)")]
            let query = items.map { "\(Shopat24Signing.encoded($0.name))=\(Shopat24Signing.encoded($0.value))" }.joined(separator: "&")
            reply.headers.append(("Link", "<\(baseURL)\(call.path)?\(query)>; rel=\"next\""))
        }
        return reply
    }

    /// An order that was asked to change between two pages does so now.
    private func changeBetweenPages() {
        let changed = state.withLock { state -> Shopat24Order? in
            guard !state.pageChanges.isEmpty else { return nil }
            let orderNo = state.pageChanges.removeFirst()
            return state.book.change(orderNo) { $0.note = ($0.note ?? "") + " +" }
        }
        if let changed { settle(changed) }
    }
}
