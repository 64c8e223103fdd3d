import AsyncHTTPClient
import Connect
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import ShopifySimulator
import SimulatorKit
import Testing

/// The connector against the simulator, over HTTP.
@Suite(.timeLimit(.minutes(2))) struct ConnectorRoundTripTests {
    static let hook = "http://127.0.0.1:9/hooks/this-key"

    struct Shop: Sendable {
        let simulator: ShopifySimulator, connector: ShopifyConnector
        var since: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) - .seconds(3600) }

        /// The order as a webhook would carry it now.
        func announced(_ id: Int64) throws -> OrderSnapshot {
            let body = Array(try #require(simulator.webhookBody(orderID: id)))
            return try #require(Self.order(try connector.interpret(Bench.delivery("orders/updated", body))))
        }
        /// The order as GraphQL gives it now.
        func fetched(_ id: Int64) async throws -> OrderSnapshot {
            let read = try await connector.fetchOrder(String(id))
            let body = try #require(read.body)
            return try #require(Self.order(try connector.interpret(Bench.delivery(read.topic, body, origin: .fetch))))
        }
        static func order(_ meanings: [Interpretation]) -> OrderSnapshot? { if case .order(let order)? = meanings.first { order } else { nil } }

        func action(_ id: Int64) throws -> OrderForAction {
            OrderForAction(id: OrderID(1), channel: ChannelID(7), channelName: "test", snapshot: try announced(id))
        }
        func shipment(_ snapshot: OrderSnapshot, number: String = "EX000000000TH") -> Shipment {
            Shipment(id: ShipmentID(1), carrier: "Thailand Post", channel: ChannelID(9), externalRef: "hub-1", trackingNumber: number, trackingURL: "https://track.example/\(number)", bookedAt: Bench.now,
                     parcels: [Parcel(ref: "p", weightGrams: 500, contents: snapshot.lines.filter(\.requiresShipping).map { .init(externalLineID: $0.externalLineID, quantity: $0.quantity) })])
        }
    }

    private func withShop(_ settings: [String: String] = [:], configure: (inout ShopifySimulator.Configuration) -> Void = { _ in }, _ body: (Shop) async throws -> Void) async throws {
        var configuration = ShopifySimulator.Configuration()
        configuration.staticToken = "static-token"
        configuration.cancelJobDelay = .milliseconds(50)
        configure(&configuration)
        let simulator = try await ShopifySimulator.start(configuration)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
        let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
        let http = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: ["127.0.0.1"]), now: now).channel(budget: Budget(callsPerSecond: 1000, burst: 1000, concurrency: 8))
        var values = ["shop": configuration.shop, "clientID": configuration.clientID, "clientSecret": configuration.clientSecret, "accessToken": "static-token", "baseURL": simulator.baseURL,
                      "includeTestOrders": "true"]
        values.merge(settings) { $1 }
        do {
            let lent = LentTokens(now: now), connector = try ShopifyConnector(Bench.context(http, values, now: now, hookURL: Self.hook, credentials: lent.source))
            lent.renew(through: connector)
            defer { lent.close() }
            try await body(Shop(simulator: simulator, connector: connector))
        } catch {
            await simulator.stop()
            try await client.shutdown()
            throw error
        }
        await simulator.stop()
        try await client.shutdown()
    }

    /// What both forms must agree on; each alone says weights or times to ship by, and its own words.
    private func comparable(_ order: OrderSnapshot) -> OrderSnapshot {
        var order = order
        order.revision.wasRead = false
        order.platformStatus = order.platformStatus.lowercased()
        order.shipping.shipBy = nil
        for index in order.lines.indices { order.lines[index].weightGrams = nil }
        return order
    }

    private func expectAgreement(_ shop: Shop, _ id: Int64, _ what: String) async throws {
        let pushed = try shop.announced(id), read = try await shop.fetched(id)
        #expect(pushed.totals.rebuiltGrand == pushed.totals.grand, "\(what), announced: \(pushed.totals)")
        #expect(read.totals.rebuiltGrand == read.totals.grand, "\(what), read: \(read.totals)")
        var a = comparable(pushed), b = comparable(read)
        // Words differ in spelling, and holds are told by GraphQL only.
        a.platformStatus = ""; b.platformStatus = ""
        if b.standing == .onHold { b.standing = a.standing }
        #expect(a == b, "\(what)")
        #expect(pushed.flags.allSatisfy { $0.code != "unknown_status" } && read.flags.allSatisfy { $0.code != "unknown_status" }, "\(what)")
    }

    @Test(arguments: OrderKind.allCases)
    func `an order of each kind obeys the sum law and means the same in both forms`(kind: OrderKind) async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: kind)
            try await expectAgreement(shop, id, kind.rawValue)
        }
    }

    @Test func `edits and refunds keep the law in both forms`() async throws {
        try await withShop { shop in
            for kind in [OrderKind.card, .discountCode, .taxExcluded, .severalShippingLines, .tip] {
                func place() -> Int64 { shop.simulator.placeOrder(kind: kind) }
                let removed = place(), lowered = place(), added = place(), refunded = place(), both = place(), whole = place(), cancelled = place()
                let first = try #require(shop.simulator.lineIDs(of: removed).first)
                if shop.simulator.lineIDs(of: removed).count > 1 { try shop.simulator.editOrder(removed, .removeLine(first)) }
                let line = try #require(shop.simulator.lineIDs(of: lowered).first)
                if try shop.announced(lowered).lines.first.map({ $0.quantity > 1 }) == true { try shop.simulator.editOrder(lowered, .lowerQuantity(line: line, by: 1)) }
                let variant = try #require(shop.simulator.variantIDs().first)
                try shop.simulator.editOrder(added, .addVariant(variant, quantity: 2))
                if try shop.announced(refunded).payment.state != .paid { try shop.simulator.payOrder(refunded) }
                try shop.simulator.refund(refunded, quantities: [try #require(shop.simulator.lineIDs(of: refunded).first): 1])
                try shop.simulator.editOrder(both, .addVariant(variant, quantity: 1))
                try shop.simulator.payOrder(both)
                try shop.simulator.refund(both, quantities: [try #require(shop.simulator.lineIDs(of: both).first): 1])
                if try shop.announced(whole).payment.state != .paid { try shop.simulator.payOrder(whole) }
                let bought = try shop.announced(whole)
                try shop.simulator.refund(whole)
                try shop.simulator.cancelOrder(cancelled)
                for (what, id) in [("removed", removed), ("lowered", lowered), ("added", added), ("refunded", refunded), ("edited and refunded", both), ("wholly refunded", whole), ("cancelled", cancelled)] {
                    try await expectAgreement(shop, id, "\(kind.rawValue) \(what)")
                }
                let after = try shop.announced(whole)
                #expect(after.totals.grand == bought.totals.grand && after.totals.refunded > 0 && after.lines.map(\.quantity) == bought.lines.map(\.quantity))
                #expect(try shop.announced(cancelled).standing == .cancelled)
            }
        }
    }

    @Test func `a signed delivery is accepted, and so is one signed with the secret before`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .oddText)
            func verdict() throws -> HookVerdict {
                let delivery = try #require(shop.simulator.signedDelivery(orderID: id))
                var headers = HTTPFields()
                for (name, value) in delivery.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
                return shop.connector.verify(IncomingDelivery(headers: headers, body: Array(delivery.body), receivedAt: Bench.now))
            }
            guard case .accept(let receipt) = try verdict() else { Issue.record("refused"); return }
            #expect(receipt.topic == "orders/updated" && receipt.keptHeaders["triggered-at"] != nil)
            shop.simulator.rotateSecret(to: "another")
            guard case .refuse = try verdict() else { Issue.record("a key that nobody set is taken"); return }
        }
    }

    @Test func `listing finds every order once, page by page`() async throws {
        try await withShop { shop in
            let placed = Set((0..<12).map { _ in String(shop.simulator.placeOrder(kind: .any)) })
            var found: [String] = [], cursor: String?, pages = 0
            repeat {
                let page = try await shop.connector.listOrders(changedSince: shop.since, until: nil, cursor: cursor, limit: 5)
                found += page.orders.map(\.externalID)
                for order in page.orders {
                    let body = try #require(order.body)
                    #expect(try shop.connector.interpret(Bench.delivery(order.topic, body, origin: .poll)).count == 1)
                }
                cursor = page.nextCursor
                pages += 1
            } while cursor != nil && pages < 20
            #expect(found.count == 12 && Set(found) == placed && pages >= 3)
            #expect(try await shop.connector.listOrders(changedSince: shop.since + .seconds(7200), until: nil, cursor: nil, limit: 5).orders.isEmpty)
        }
    }

    @Test func `an order that does not exist is not found`() async throws {
        try await withShop { shop in
            let error = await #expect(throws: ConnectorError.self) { try await shop.connector.fetchOrder("999") }
            #expect(error?.code == "not_found")
        }
    }

    @Test func `webhooks are registered once and an old key is removed`() async throws {
        try await withShop { shop in
            _ = try await shop.connector.registerWebhooks(at: "http://127.0.0.1:9/hooks/old-key")
            let first = try await shop.connector.registerWebhooks(at: Self.hook)
            let second = try await shop.connector.registerWebhooks(at: Self.hook)
            #expect(first == second && first.allSatisfy { $0.state == .active })
            #expect(shop.simulator.subscriptions.count == WebhookTopic.allCases.count)
            #expect(shop.simulator.subscriptions.allSatisfy { $0.address == Self.hook })
        }
    }

    @Test func `a shipment is marked at both locations, once`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .twoLocations)
            let order = try shop.action(id), shipment = shop.shipment(order.snapshot)
            try await shop.connector.markShipped(shipment, of: order, idempotencyKey: "k")
            await #expect(throws: ConnectorError.alreadyDone) { try await shop.connector.markShipped(shipment, of: order, idempotencyKey: "k") }
            let state = try #require(shop.simulator.orderStates().first { $0.externalID == String(id) })
            #expect(Set(state.trackingNumbers) == ["EX000000000TH"] && state.trackingNumbers.count == 2)
            #expect(try await shop.fetched(id).fulfilment == .inTransit)
        }
    }

    @Test func `a part of the order can be sent, and the rest later`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .severalShippingLines)
            let order = try shop.action(id)
            let line = try #require(order.snapshot.lines.first { $0.requiresShipping })
            var part = shop.shipment(order.snapshot, number: "PART-1")
            part.parcels[0].contents = [.init(externalLineID: line.externalLineID, quantity: 1)]
            try await shop.connector.markShipped(part, of: order, idempotencyKey: "k1")
            var rest = shop.shipment(order.snapshot, number: "REST-2")
            rest.parcels = []
            let units = order.snapshot.lines.filter(\.requiresShipping).reduce(0) { $0 + $1.quantity }
            if units > 1 { try await shop.connector.markShipped(rest, of: order, idempotencyKey: "k2") }
            let numbers = try #require(shop.simulator.orderStates().first { $0.externalID == String(id) }).trackingNumbers
            #expect(numbers == (units > 1 ? ["PART-1", "REST-2"] : ["PART-1"]))
        }
    }

    @Test func `a shipment whose answer was lost is marked once`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let order = try shop.action(id), shipment = shop.shipment(order.snapshot)
            shop.simulator.faults.force([.lostAnswer], at: .write)
            let error = await #expect(throws: ConnectorError.self) { try await shop.connector.markShipped(shipment, of: order, idempotencyKey: "k") }
            shop.simulator.faults.clearForced()
            #expect(error?.failureClass == .transient)
            await #expect(throws: ConnectorError.alreadyDone) { try await shop.connector.markShipped(shipment, of: order, idempotencyKey: "k") }
            #expect(shop.simulator.orderStates().first { $0.externalID == String(id) }?.trackingNumbers == ["EX000000000TH"])
        }
    }

    @Test func `a held order is seen by reading it and cannot be marked`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .onHold)
            #expect(try await shop.fetched(id).standing == .onHold)
            let order = try shop.action(id)
            let error = await #expect(throws: ConnectorError.self) { try await shop.connector.markShipped(shop.shipment(order.snapshot), of: order, idempotencyKey: "k") }
            #expect(error?.code == "on_hold")
        }
    }

    @Test func `an order is cancelled once, and a shipped one is too late`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            #expect(try await shop.connector.cancelOrder(try shop.action(id), reason: "customer", idempotencyKey: "k") == .cancelled)
            #expect(try await shop.connector.cancelOrder(try shop.action(id), reason: "customer", idempotencyKey: "k") == .cancelled)
            #expect(try await shop.fetched(id).standing == .cancelled)
            let shipped = shop.simulator.placeOrder(kind: .card)
            try shop.simulator.fulfil(shipped, number: "X")
            guard case .tooLate = try await shop.connector.cancelOrder(try shop.action(shipped), reason: "customer", idempotencyKey: "k") else { Issue.record("a shipped order was cancelled"); return }
        }
    }

    @Test func `an empty cost bucket throttles until it has refilled`() async throws {
        try await withShop { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            _ = try await shop.connector.fetchOrder(String(id))
            shop.simulator.drainCostBucket()
            let fresh = try ShopifyConnector(shop.connector.context)   // one that knows nothing of the bucket
            let error = await #expect(throws: ConnectorError.self) { try await fresh.fetchOrder(String(id)) }
            guard case .throttled(let until)? = error else { Issue.record("\(String(describing: error))"); return }
            #expect(until > shop.connector.context.now())
        }
    }

    @Test func `client credentials are asked for, renewed and lost with the app`() async throws {
        try await withShop(["grant": "clientCredentials", "accessToken": ""], configure: { $0.staticToken = nil; $0.tokenMode = .clientCredentials }) { shop in
            let id = String(shop.simulator.placeOrder(kind: .card))
            _ = try await shop.connector.fetchOrder(id)
            shop.simulator.expireTokens()
            _ = try await shop.connector.fetchOrder(id)
            shop.simulator.uninstall()
            let error = await #expect(throws: ConnectorError.self) { try await shop.connector.fetchOrder(id) }
            #expect(error?.failureClass == .unauthorised)
        }
    }

    @Test func `without protected-data approval the channel is parked with the reason`() async throws {
        try await withShop(configure: { $0.hasProtectedDataApproval = false }) { shop in
            let id = String(shop.simulator.placeOrder(kind: .card))
            let error = await #expect(throws: ConnectorError.self) { try await shop.connector.fetchOrder(id) }
            #expect(error?.failureClass == .unauthorised && error?.sentence.contains("access denied") == true)
        }
    }

    @Test func `a sound channel checks itself`() async throws {
        try await withShop { shop in
            #expect(await shop.connector.check().filter { !$0.isGood }.map(\.name) == ["webhooks"])
            _ = try await shop.connector.registerWebhooks(at: Self.hook)
            #expect(await shop.connector.check().allSatisfy(\.isGood))
        }
    }
}
