import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WooCommerceConnector

/// Marking shipped and cancelling (platforms/woocommerce.md §6).
@Suite struct ConnectorFulfilmentTests {
    /// An order as the shop keeps it, small enough to act on.
    final class Order: Sendable {
        struct State {
            var status = "processing", meta = "[]", trackings: [String] = [], notes: [String] = [], isKept = false
        }
        let state: Mutex<State>
        let namespaces: [String]
        init(_ state: State = State(), namespaces: [String] = []) { self.state = Mutex(state); self.namespaces = namespaces }

        var shop: FakeShop { FakeShop { self.answer($0) } }

        private func answer(_ request: PlatformRequest) -> PlatformAnswer {
            if request.path.hasSuffix("/wp-json/") { return .json(#"{"name":"x","home":"https://shop.example","namespaces":["wc/v3"\#(namespaces.map { ",\"\($0)\"" }.joined())]}"#) }
            return state.withLock { state in
                let sent = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
                if request.path.hasSuffix("/shipment-trackings") {
                    if request.method == .post {
                        state.trackings.append(sent["tracking_number"] as? String ?? "")
                        return .json(#"{"tracking_id":"a","tracking_number":"\#(state.trackings.last ?? "")"}"#, status: 201)
                    }
                    return .json("[" + state.trackings.map { #"{"tracking_number":"\#($0)"}"# }.joined(separator: ",") + "]")
                }
                if request.path.hasSuffix("/notes") {
                    if request.method == .post {
                        state.notes.append(sent["note"] as? String ?? "")
                        return .json(#"{"id":1,"note":"x"}"#, status: 201)
                    }
                    return .json("[" + state.notes.map { #"{"id":1,"note":"\#($0)","customer_note":true}"# }.joined(separator: ",") + "]")
                }
                if request.method == .put, !state.isKept {
                    if let status = sent["status"] as? String { state.status = status }
                    if let meta = sent["meta_data"], let data = try? JSONSerialization.data(withJSONObject: meta) { state.meta = String(decoding: data, as: UTF8.self) }
                }
                return .json(#"{"id":9301,"status":"\#(state.status)","meta_data":\#(state.meta)}"#)
            }
        }
    }

    static func shipment(_ ref: String = "ship-1", number: String? = "EX000000000TH", url: String? = nil, status: Fulfilment = .inTransit, contents: [(String, Int)] = []) -> Shipment {
        let parcels = [Parcel(ref: "p", weightGrams: 100, contents: contents.map { Parcel.Content(externalLineID: $0.0, quantity: $0.1) })]
        return Shipment(id: ShipmentID(1), carrier: "Thailand Post", channel: ChannelID(2), externalRef: ref, trackingNumber: number, trackingURL: url, status: status,
                        bookedAt: FakeShop.now, parcels: contents.isEmpty ? [] : parcels)
    }

    static func order(_ shipments: [Shipment] = [], changes: [String: String?] = [:]) throws -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: try SampleOrder.snapshot(changes), shipments: shipments)
    }

    private func mark(_ order: Order, _ shipment: Shipment = shipment(), others: [Shipment] = [], settings: [String: String] = [:]) async throws -> [PlatformRequest] {
        let shop = order.shop
        try await shop.connector(settings).markShipped(shipment, of: Self.order(others), idempotencyKey: "k")
        return shop.requests
    }

    private func words(_ requests: [PlatformRequest]) -> [String] {
        requests.map { "\($0.method.rawValue) \($0.path.replacing("https://shop.example/wp-json/", with: ""))" }
    }

    @Test func `without a plugin the buyer gets a note and the order is completed`() async throws {
        let order = Order()
        let requests = try await mark(order, Self.shipment(url: "https://track.example/EX000000000TH"))
        #expect(words(requests) == ["GET wc/v3/orders/9301", "GET ", "GET wc/v3/orders/9301/notes", "POST wc/v3/orders/9301/notes", "PUT wc/v3/orders/9301"])
        #expect(requests[3].text == #"{"customer_note":true,"note":"Shipped with Thailand Post, tracking number EX000000000TH. https://track.example/EX000000000TH"}"#)
        #expect(requests[4].text == #"{"status":"completed"}"#)
        #expect(order.state.withLock { $0.status } == "completed")
    }

    @Test func `the Shipment Tracking plugin gets the number`() async throws {
        let requests = try await mark(Order(namespaces: ["wc-ast/v3", "wc-shipment-tracking/v3"]), Self.shipment(url: "https://track.example/1"))
        #expect(words(requests).suffix(2) == ["POST wc-shipment-tracking/v3/orders/9301/shipment-trackings", "PUT wc/v3/orders/9301"])
        #expect(requests[3].text == #"{"custom_tracking_link":"https://track.example/1","custom_tracking_provider":"Thailand Post","date_shipped":"2026-11-06","tracking_number":"EX000000000TH"}"#)
    }

    @Test func `Advanced Shipment Tracking gets the number`() async throws {
        let requests = try await mark(Order(namespaces: ["wc-ast/v3"]))
        #expect(requests[3].path == "https://shop.example/wp-json/wc-ast/v3/orders/9301/shipment-trackings")
        #expect(requests[3].text == #"{"date_shipped":"2026-11-06","status_shipped":1,"tracking_number":"EX000000000TH","tracking_provider":"Thailand Post"}"#)
    }

    @Test func `the tracking meta keeps what other people wrote into it`() async throws {
        let state = Order.State(meta: #"[{"id":88,"key":"_wc_shipment_tracking_items","value":[{"tracking_number":"OLD1","plugin_extra":[1]}]}]"#)
        let requests = try await mark(Order(state), settings: ["tracking": "meta"])
        #expect(words(requests) == ["GET wc/v3/orders/9301", "PUT wc/v3/orders/9301", "PUT wc/v3/orders/9301"])
        #expect(requests[1].text == #"{"meta_data":[{"id":88,"key":"_wc_shipment_tracking_items","value":[{"plugin_extra":[1],"tracking_number":"OLD1"},{"custom_tracking_link":"","custom_tracking_provider":"Thailand Post","date_shipped":"1794000000","tracking_id":"crossdock-EX000000000TH","tracking_number":"EX000000000TH","tracking_provider":""}]}]}"#)
    }

    @Test(arguments: [("note", []), ("auto", []), ("shipmentTracking", ["wc-shipment-tracking/v3"]), ("ast", ["wc-ast/v3"]), ("meta", [])] as [(String, [String])])
    func `the second try of the same shipment finds it done`(tracking: String, namespaces: [String]) async throws {
        let order = Order(namespaces: namespaces)
        _ = try await mark(order, settings: ["tracking": tracking])
        await #expect(throws: ConnectorError.alreadyDone) { try await mark(order, settings: ["tracking": tracking]) }
        #expect(order.state.withLock { $0.notes.count + $0.trackings.count } == (tracking == "meta" ? 0 : 1))
    }

    @Test func `after a lost answer only what is missing is written`() async throws {
        let order = Order(Order.State(notes: ["Shipped with Thailand Post, tracking number EX000000000TH."]))
        let requests = try await mark(order)
        #expect(requests.map(\.method).filter { $0 != .get } == [.put])
    }

    @Test func `an order completed by hand still gets its tracking number`() async throws {
        let requests = try await mark(Order(Order.State(status: "completed")))
        #expect(words(requests).last == "POST wc/v3/orders/9301/notes")
    }

    @Test func `another shipment's longer number is not taken for ours`() async throws {
        let order = Order(Order.State(status: "completed", notes: ["Shipped with X, tracking number EX000000000THX."]))
        _ = try await mark(order)
        #expect(order.state.withLock { $0.notes.count } == 2)
    }

    @Test func `part of an order gets a note and keeps its status, though there is a plugin`() async throws {
        let order = Order(namespaces: ["wc-ast/v3"])
        let part = Self.shipment(contents: [("501", 1)])
        let requests = try await mark(order, part)
        #expect(words(requests) == ["GET wc/v3/orders/9301", "GET wc/v3/orders/9301/notes", "POST wc/v3/orders/9301/notes"])
        #expect(order.state.withLock { $0.status } == "processing")
        await #expect(throws: ConnectorError.alreadyDone) { try await mark(order, part) }
    }

    @Test func `the shipment that takes the rest completes the order`() async throws {
        let order = Order()
        _ = try await mark(order, Self.shipment("b", number: "B", contents: [("501", 1)]), others: [Self.shipment("a", number: "A", contents: [("501", 1)])])
        #expect(order.state.withLock { $0.status } == "completed")
    }

    @Test(arguments: [Fulfilment.packed, .readyToShip])
    func `a booked parcel that has not left completes nothing`(status: Fulfilment) async throws {
        let order = Order()
        _ = try await mark(order, Self.shipment("b", number: "B", contents: [("501", 1)]), others: [Self.shipment("a", number: "A", status: status, contents: [("501", 1)])])
        #expect(order.state.withLock { $0.status } == "processing")
    }

    @Test func `a shipment without a number names its reference`() async throws {
        let order = Order()
        let requests = try await mark(order, Self.shipment(number: nil))
        #expect(requests.first { $0.method == .post }?.text.contains("reference ship-1") == true)
        await #expect(throws: ConnectorError.alreadyDone) { try await mark(order, Self.shipment(number: nil)) }
    }

    @Test(arguments: ["cancelled", "refunded", "trash", "failed"])
    func `an order that was cancelled meanwhile is not shipped`(status: String) async throws {
        let order = Order(Order.State(status: status))
        let error = await #expect(throws: ConnectorError.self) { try await mark(order) }
        #expect(error?.code == "order_not_shippable")
    }

    @Test func `a plugin that keeps the status is a refusal`() async throws {
        let error = await #expect(throws: ConnectorError.self) { try await mark(Order(Order.State(isKept: true))) }
        #expect(error?.code == "status_kept")
    }

    // MARK: Cancelling

    private func cancel(_ order: Order, settings: [String: String] = [:]) async throws -> CancelAnswer {
        try await order.shop.connector(settings).cancelOrder(Self.order(), reason: "buyer asked", idempotencyKey: "k")
    }

    @Test func `an order is cancelled and its reason noted for the shop's people`() async throws {
        let order = Order(), shop = order.shop
        let answer = try await shop.connector().cancelOrder(Self.order(), reason: "buyer asked", idempotencyKey: "k")
        #expect(answer == .cancelled)
        #expect(words(shop.requests) == ["GET wc/v3/orders/9301", "PUT wc/v3/orders/9301", "POST wc/v3/orders/9301/notes"])
        #expect(shop.requests[1].text == #"{"status":"cancelled"}"#)
        #expect(shop.requests[2].text == #"{"customer_note":false,"note":"Cancelled by Crossdock: buyer asked"}"#)
    }

    @Test(arguments: ["cancelled", "refunded", "trash"])
    func `what is cancelled already is not cancelled again`(status: String) async throws {
        let shop = Order(Order.State(status: status)).shop
        #expect(try await shop.connector().cancelOrder(Self.order(), reason: "", idempotencyKey: "k") == .cancelled)
        #expect(shop.requests.count == 1)
    }

    @Test(arguments: [("completed", [:]), ("shipped", ["statusMap": "shipped=processed/inTransit"]), ("out", ["statusMap": "out=new/outForDelivery"])] as [(String, [String: String])])
    func `what has left is too late to cancel`(status: String, settings: [String: String]) async throws {
        #expect(try await cancel(Order(Order.State(status: status)), settings: settings) == .tooLate(platformMessage: "the order has the status \(status) in the shop"))
    }

    @Test func `an order the shop does not know is unknown`() async throws {
        let shop = FakeShop { _ in .error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.") }
        #expect(try await shop.connector().cancelOrder(Self.order(), reason: "", idempotencyKey: "k") == .unknown)
    }
}
