import Waiting
@testable import Database
@testable import Hub
import Connect
import Domain
import Foundation
import Logging
import Synchronization
import Testing

/// A shop whose deliveries are snapshots in JSON.
struct DeskShop: InterpretsDeliveries {
    static let descriptor = PlatformDescriptor(platform: "deskshop", title: "Desk shop", kind: .shop, settings: [])
    init(_ context: ChannelContext) throws(ConnectorError) {}
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        do { return [.order(try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "no order") }
    }
}

/// What a courier of the tests was asked for.
final class DeskBook: Sendable {
    struct State { var booked: [(ref: String, line1: String?)] = [], cancelled: [String] = [], answer = CancelAnswer.cancelled, told: [(type: String, note: String?)] = [] }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: DeskBook]>([:])
    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String?) -> DeskBook? { name.flatMap { name in all.withLock { $0[name] } } }
}

struct DeskCourier: BooksShipments {
    static let descriptor = PlatformDescriptor(platform: "deskcourier", title: "Desk courier", kind: .courier, settings: [SettingField("book", "Book", isRequired: true)])
    let book: DeskBook
    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let book = DeskBook.named(try context.settings.required("book")) else { throw .misconfigured(setting: "book", problem: "is not known") }
        self.book = book
    }
    func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking {
        book.state.withLock { $0.booked.append((request.externalRef, request.recipient.line1)) }
        return Booking(externalRef: request.externalRef, externalID: "at-" + request.externalRef, carrier: "desk", trackingNumber: "TN-" + request.externalRef)
    }
    func findBooking(externalRef: String) async throws(ConnectorError) -> Booking? { nil }
    func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        book.state.withLock { $0.cancelled.append(externalRef); return $0.answer }
    }
}

struct DeskListener: ReceivesEvents {
    static let descriptor = PlatformDescriptor(platform: "desklistener", title: "Desk listener", kind: .destination, settings: [SettingField("book", "Book", isRequired: true)])
    let book: DeskBook
    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let book = DeskBook.named(try context.settings.required("book")) else { throw .misconfigured(setting: "book", problem: "is not known") }
        self.book = book
    }
    func send(_ event: OutgoingEvent) async throws(ConnectorError) { book.state.withLock { $0.told.append((event.type, event.order.snapshot.note)) } }
}

/// A hub with one shop that approves by hand, on a database of its own that outlives it.
struct DeskBench: Sendable {
    static let engines: [Engine] = serverURL == nil ? [.sqlite] : [.sqlite, .postgres]
    private static let serverURL = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"].flatMap { $0 == "none" ? nil : $0 }

    let hub: Hub, shop: ChannelID
    static let ann = AuditActor(name: "Ann"), ben = AuditActor(name: "Ben")

    static func run(_ engine: Engine = .sqlite, _ body: @Sendable (DeskBench) async throws -> Void) async throws {
        try await onPlace(engine) { open in
            let bench = try await open()
            do { try await body(bench) } catch {
                await bench.close()
                throw error
            }
            await bench.close()
        }
    }

    /// - Parameter body: gets a way to open the hub, which may be used again after it was closed.
    static func onPlace(_ engine: Engine, _ body: @Sendable (@Sendable () async throws -> DeskBench) async throws -> Void) async throws {
        let folder = URL.temporaryDirectory.appending(path: "crossdock-desk-" + UUID().uuidString).path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }      // a leftover in the temporary folder harms nobody
        guard engine == .postgres, let server = serverURL, let slash = server.lastIndex(of: "/") else { return try await body { try await open(folder, nil) } }
        let name = "d_" + UUID().uuidString.lowercased().replacing("-", with: ""), url = server[...slash] + name
        try PostgresSession(url: server, applicationName: "tests", statementSeconds: 60).control("CREATE DATABASE \(name)")
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body { try await open(folder, String(url)) }) } catch { outcome = .failure(error) }
        try PostgresSession(url: server, applicationName: "tests", statementSeconds: 60).control("DROP DATABASE \(name) WITH (FORCE)")
        try outcome.get()
    }

    private static func open(_ folder: String, _ url: String?) async throws -> DeskBench {
        let hub = try await Hub(.init(dataFolder: folder, databaseURL: url), registry: ConnectorRegistry([DeskShop.self, DeskCourier.self, DeskListener.self]),
                                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }) { _, _ in
            ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "no network in this test") }
        }
        if let known = try? hub.channels.channel(named: "Shop") { return DeskBench(hub: hub, shop: known.id) }      // not there yet
        return DeskBench(hub: hub, shop: try await hub.channels.add(platform: "deskshop", name: "Shop", settings: [HubSetting.approval: "manual"], by: "test").id)
    }

    func close() async {
        await hub.journalDatabase.close()
        await hub.ledgerDatabase.close()
    }

    /// Runs the whole hub while `body` does.
    func running(_ body: () async throws -> Void) async throws {
        let running = Task { await hub.run() }      // awaited below
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        running.cancel()
        await running.value
        try outcome.get()
    }

    static func order(_ id: String, minutesAgo: Int64 = 0, change: (inout OrderSnapshot) -> Void = { _ in }) -> OrderSnapshot {
        let time = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) - .seconds(minutesAgo * 60 + 600)
        var order = OrderSnapshot(
            externalID: id, externalNumber: "#\(id)", placedAt: time, revision: Revision(updatedAt: time), buyer: Buyer(name: "Malee Sookjai", email: "malee@example.com", phone: "0812345678"),
            shipTo: Address(name: "Malee Sookjai", phone: "0812345678", line1: "12/3 Ramkhamhaeng Road", district: "บางกะปิ", province: "กรุงเทพมหานคร", postcode: "10240", countryCode: "TH"),
            currency: .thb, totals: Totals(items: 9950, shipping: 3000, grand: 12_950), payment: Payment(method: "card", state: .paid),
            lines: [OrderLine(externalLineID: "1", sku: "TEA-1", title: "Tea", quantity: 2, unitPrice: 3500, lineTotal: 7000, weightGrams: 250),
                    OrderLine(externalLineID: "2", sku: "CUP-2", title: "Cup", quantity: 1, unitPrice: 2950, lineTotal: 2950, weightGrams: 400)], platformStatus: "open")
        change(&order)
        return order
    }

    /// Takes orders in as their shop would send them.
    func take(_ orders: [OrderSnapshot]) async throws {
        for order in orders {
            try await hub.intake.take(channel: shop, origin: .api, topic: "order", key: UUID().uuidString, body: Array(try JSONEncoder().encode(order)))
        }
        while true {
            let kept = try await hub.journal.read(after: try await hub.ledger.journalCursor(), limit: 256)
            guard let last = kept.last?.delivery.id else { return }
            try await hub.ledger.apply(kept.map(hub.interpreter.prepare), cursor: last)
        }
    }

    func order(_ id: String) async throws -> StoredOrder { try #require(try await hub.ledger.order(channel: shop, externalID: id)) }
    func ids(_ externalIDs: some Sequence<String>) async throws -> [OrderID] {
        var ids: [OrderID] = []
        for id in externalIDs { ids.append(try await order(id).id) }
        return ids
    }

    /// Lets the worker finish everything.
    func work() async throws { while try await hub.desk.worker.step() {} }

    func save(_ cells: [String: CellEdit], of id: OrderID, by actor: AuditActor = ann, revision: Int? = nil) async throws -> (OrderEditResult, EditBatch?) {
        let (results, batch) = try await hub.desk.edits.save([OrderEdit(order: id, revision: revision, cells: cells)], by: actor, holder: actor.name == "Ann" ? 1 : 2)
        return (try #require(results.first), batch)
    }
}

/// A bounded poll.
func deskUntil(_ what: String, _ holds: () async throws -> Bool) async throws {
    let held = try await eventually(holds)
    try #require(held, "\(what)")
}
