import Connect
import Domain
import Foundation
import Testing

extension PlatformUnderTest {
    func interpret(_ body: [UInt8], topic: String, origin: DeliveryOrigin, headers: [String: String] = [:]) throws -> [Interpretation] {
        let interpreter = try #require(connector as? any InterpretsDeliveries)
        let now = Wire.clock()
        return try interpreter.interpret(StoredDelivery(
            id: DeliveryID(1), channel: ChannelID(7), origin: origin, topic: topic, headers: headers, body: body, receivedAt: now, askedAt: origin == .webhook ? nil : now))
    }

    /// The order that one listed or fetched body is read as.
    func snapshot(_ listed: ListedOrder) throws -> OrderSnapshot {
        let meanings = try interpret(try #require(listed.body), topic: listed.topic, origin: .poll)
        guard case .order(let order)? = meanings.first, meanings.count == 1 else { throw KitProblem("\(listed.externalID) is no order: \(meanings)") }
        return order
    }
}

struct KitProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ShopUnderTest {
    func fetched(_ id: ExternalID) async throws -> OrderSnapshot {
        try snapshot(try await (try #require(connector as? any FetchesOrders)).fetchOrder(id))
    }

    func action(_ id: ExternalID) async throws -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(7), channelName: "conformance", snapshot: try await fetched(id))
    }

    func shipment(of order: OrderForAction, number: String = "EX000000000TH") -> Shipment {
        let contents = order.snapshot.lines.filter(\.requiresShipping).map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity) }
        return Shipment(id: ShipmentID(1), carrier: "Thailand Post", channel: ChannelID(9), externalRef: "CD-\(order.snapshot.externalID)-1", trackingNumber: number,
                        trackingURL: "https://track.example/\(number)", bookedAt: Wire.clock(), parcels: [Parcel(ref: "1", weightGrams: 500, contents: contents)])
    }

    /// Every page of a listing, from the first to the one without a cursor.
    func pages(since: Timestamp, until: Timestamp? = nil, limit: Int, between: (Int) async throws -> Void = { _ in }) async throws -> [ListedPage] {
        let lister = try #require(connector as? any ListsOrders)
        var pages: [ListedPage] = [], cursor: String?
        repeat {
            let page = try await lister.listOrders(changedSince: since, until: until, cursor: cursor, limit: limit)
            pages.append(page)
            cursor = page.nextCursor
            try await between(pages.count)
        } while cursor != nil && pages.count < Self.mostPages
        #expect(cursor == nil, "a listing without an end")
        return pages
    }

    static var mostPages: Int { 400 }

    /// A listing's order as a whole: where the platform lists ids only, it is fetched.
    func whole(_ listed: ListedOrder) async throws -> ListedOrder {
        if listed.body != nil { return listed }
        return try await (try #require(connector as? any FetchesOrders)).fetchOrder(listed.externalID)
    }

    /// Without what tells how an order came to us.
    func content(_ order: OrderSnapshot) -> OrderSnapshot {
        var order = comparable(order)
        order.revision.wasRead = false
        order.revision.counter = 0
        return order
    }
}
