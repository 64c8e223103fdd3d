import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Synchronization

/// What a made-up platform holds and how it behaves; a test keeps it and the connector finds it by its name.
final class LawBook: Sendable {
    struct State {
        var orders: [ExternalID: OrderSnapshot] = [:]
        /// Orders that make a listing unreadable.
        var poison: Set<ExternalID> = []
        var fetches = 0, listings = 0
        var cancelAnswer = CancelAnswer.cancelled
        var shipped: [ExternalID] = [], delivered: [ExternalID] = []
    }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: LawBook]>([:])

    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String) -> LawBook? { all.withLock { $0[name] } }
    func put(_ order: OrderSnapshot) { state.withLock { $0.orders[order.externalID] = order } }
}

/// A platform that signs with one word, tells its receipt key in a header, and lists and gives its orders.
struct LawShop: ReceivesWebhooks, ListsOrders, FetchesOrders, MarksDelivered {
    static let descriptor = PlatformDescriptor(
        platform: "lawshop", title: "Law shop", kind: .shop,
        settings: [SettingField("word", "Word", isSecret: true, isRequired: true), SettingField("book", "Book", isRequired: true)])
    static let word = "open-sesame-4711"
    let word: String, book: LawBook, now: @Sendable () -> Timestamp
    let listingOverlap = Duration.seconds(30)

    init(_ context: ChannelContext) throws(ConnectorError) {
        word = try context.settings.required("word")
        guard let book = LawBook.named(try context.settings.required("book")) else { throw .misconfigured(setting: "book", problem: "is not known") }
        self.book = book
        now = context.now
    }

    func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard delivery.headers[.authorization] == word else { return .refuse(HookAnswer(status: 401, code: "bad_signature")) }
        return .accept(Receipt(key: delivery.headers[.ifMatch] ?? "\(StableHash.of(delivery.body))", topic: delivery.headers[.contentLocation] ?? "order"))
    }

    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        let text = String(decoding: delivery.body, as: UTF8.self)
        switch delivery.topic {
        case "gone": return [.channelLost(reason: "the app was removed")]
        case "changed": return [.fetch(text, hint: nil)]
        default:
            do {
                var order = try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body))
                order.revision.wasRead = [.fetch, .reconciliation].contains(delivery.origin)
                return [.order(order)]
            } catch { throw .notUnderstood(field: "body", found: "no order") }
        }
    }

    func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        let askedAt = now()
        let found = book.state.withLock { state -> (orders: [OrderSnapshot], isPoisoned: Bool) in
            state.listings += 1
            let orders = state.orders.values.filter { order in order.revision.updatedAt >= since && order.revision.updatedAt < until ?? Timestamp(milliseconds: .max) }
                .sorted { ($0.revision.updatedAt, $0.externalID) < ($1.revision.updatedAt, $1.externalID) }
            return (orders, orders.contains { state.poison.contains($0.externalID) })
        }
        if found.isPoisoned { throw .notUnderstood(field: "orders[].total", found: "12,x") }
        let start = cursor.flatMap(Int.init) ?? 0, page = found.orders.dropFirst(start).prefix(limit)
        return ListedPage(orders: try page.map { order throws(ConnectorError) in try Self.listed(order) }, nextCursor: start + page.count < found.orders.count ? "\(start + page.count)" : nil, askedAt: askedAt)
    }

    func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let order = book.state.withLock { state in
            state.fetches += 1
            return state.orders[externalID]
        }
        guard let order else { throw .refused(platformCode: "not_found", platformMessage: "no such order") }
        return try Self.listed(order)
    }

    func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        book.state.withLock { $0.shipped.append(order.snapshot.externalID) }
    }
    func markDelivered(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        book.state.withLock { $0.delivered.append(order.snapshot.externalID) }
    }
    func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer { book.state.withLock { $0.cancelAnswer } }

    private static func listed(_ order: OrderSnapshot) throws(ConnectorError) -> ListedOrder {
        do { return ListedOrder(externalID: order.externalID, updatedAt: order.revision.updatedAt, body: Array(try JSONEncoder().encode(order)), topic: "order") } catch {
            throw .notUnderstood(field: "order", found: "a value that JSON cannot hold")
        }
    }
}

extension OrderSnapshot {
    /// A Thai order of two lines, 129.50 THB, paid or cash on delivery.
    static func law(_ id: ExternalID, at time: Timestamp, counter: Int64 = 0, note: String? = nil, isCOD: Bool = false, postcode: String = "10240") -> OrderSnapshot {
        OrderSnapshot(
            externalID: id, externalNumber: "#\(id)", placedAt: time, revision: Revision(updatedAt: time, counter: counter), buyer: Buyer(name: "Malee Sookjai", email: "malee@example.com", phone: "0812345678"),
            shipTo: Address(name: "Malee Sookjai", phone: "0812345678", line1: "12/3 Ramkhamhaeng Road", district: "บางกะปิ", province: "กรุงเทพมหานคร", postcode: postcode, countryCode: "TH"),
            currency: .thb, totals: Totals(items: 9950, shipping: 3000, grand: 12_950),
            payment: isCOD ? Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 12_950) : Payment(method: "card", state: .paid),
            lines: [OrderLine(externalLineID: "1", sku: "TEA-1", title: "ชาเขียว", quantity: 2, unitPrice: 3500, lineTotal: 7000, weightGrams: 250),
                    OrderLine(externalLineID: "2", sku: "CUP-2", title: "Cup", quantity: 1, unitPrice: 2950, lineTotal: 2950, weightGrams: 400)],
            note: note, platformStatus: "open")
    }
}

extension LawHub {
    func addShop(_ book: LawBook, name: String = "Shop", settings: [String: String] = [:]) async throws -> ChannelID {
        try await hub.channels.add(platform: "lawshop", name: name, settings: ["word": LawShop.word, "book": book.name, HubSetting.reconcileSeconds: "86400"].merging(settings) { $1 }, by: "test").id
    }

    /// Over HTTP, as the platform would send it.
    @discardableResult
    func deliver(_ order: OrderSnapshot, to channel: ChannelID, key: String? = nil, topic: String? = nil) async throws -> LawHTTP.Answer {
        try await deliver(Array(try JSONEncoder().encode(order)), to: channel, key: key, topic: topic)
    }

    @discardableResult
    func deliver(_ body: [UInt8], to channel: ChannelID, key: String? = nil, topic: String? = nil, word: String = LawShop.word) async throws -> LawHTTP.Answer {
        var headers = [("authorization", word)]
        if let key { headers.append(("if-match", key)) }
        if let topic { headers.append(("content-location", topic)) }
        return try await LawHTTP.call("POST", hook(of: channel), headers: headers, body: body)
    }
}
