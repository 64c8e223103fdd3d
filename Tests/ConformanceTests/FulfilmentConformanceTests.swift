import Connect
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import Testing
import Waiting

/// What is written back to a shop is there once, however often and in whatever weather it was sent.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FulfilmentConformanceTests {
    private func withShop(_ platform: Platform, _ body: (any ShopUnderTest, any FulfilsOrders) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in
            let shop = try #require(running as? any ShopUnderTest)
            if let connector = shop.connector as? any FulfilsOrders { try await body(shop, connector) }
        }
    }

    /// Marks, and takes "it is there already" for done.
    private func mark(_ connector: any FulfilsOrders, _ shipment: Shipment, _ order: OrderForAction) async throws(ConnectorError) {
        do throws(ConnectorError) { try await connector.markShipped(shipment, of: order, idempotencyKey: "ship:\(shipment.externalRef)") } catch {
            guard error == .alreadyDone else { throw error }
        }
    }

    @Test(arguments: Platform.shops) func `a shipment that is told twice is one shipment`(_ platform: Platform) async throws {
        try await withShop(platform) { shop, connector in
            let id = try await shop.place(), order = try await shop.action(id), shipment = shop.shipment(of: order)
            try await mark(connector, shipment, order)
            #expect(try await shop.shipments(of: id) == 1)
            try await mark(connector, shipment, order)
            #expect(try await shop.shipments(of: id) == 1)
        }
    }

    @Test(arguments: Platform.shops) func `after an uncertain outcome the repeat asks first, or carries the same key`(_ platform: Platform) async throws {
        try await withShop(platform) { shop, connector in
            let id = try await shop.place(), order = try await shop.action(id), shipment = shop.shipment(of: order)
            shop.simulator.faults.force([.lostAnswer], at: .write)
            let error = await connectorError { () async throws(ConnectorError) in try await mark(connector, shipment, order) }
            shop.simulator.faults.clearForced()
            #expect(error?.failureClass == .transient)
            let before = shop.wire.takeRequests().filter(shop.isWrite)
            try await mark(connector, shipment, order)
            let repeated = shop.wire.takeRequests(), first = try #require(repeated.first)
            switch shop.repeatStyle {
            case .asksFirst: #expect(!shop.isWrite(first))
            case .sameKey:
                let key = { (request: PlatformRequest) in request.headers.first { $0.name.canonicalName.hasSuffix("-id") || $0.name.canonicalName == "idempotency-key" }?.value }
                #expect(key(first) != nil && key(first) == before.last.flatMap(key))
            }
            #expect(try await shop.shipments(of: id) == 1)
        }
    }

    @Test(arguments: Platform.shops) func `a cancellation is carried out, and a second one changes nothing`(_ platform: Platform) async throws {
        try await withShop(platform) { shop, connector in
            let id = try await shop.place(), order = try await shop.action(id)
            for _ in 0..<2 {
                let answer = try await connector.cancelOrder(order, reason: "customer", idempotencyKey: "cancel:\(id)")
                #expect(answer == .cancelled || answer == .pending, "\(answer)")
            }
            #expect(try await eventually { try await shop.fetched(id).standing == .cancelled })
            #expect(shop.shop.orderStates().first { $0.externalID == id }?.isCancelled == true)
        }
    }

    @Test(arguments: Platform.shops) func `a shipped order is too late to cancel, where the shop knows`(_ platform: Platform) async throws {
        try await withShop(platform) { shop, connector in
            guard shop.refusesLateCancel else { return }
            let id = try await shop.place(), order = try await shop.action(id)
            try await mark(connector, shop.shipment(of: order), order)
            guard case .tooLate(let words) = try await connector.cancelOrder(order, reason: "customer", idempotencyKey: "cancel:\(id)") else { Issue.record("a shipped order was cancelled"); return }
            #expect(!words.isEmpty)
            #expect(shop.shop.orderStates().first { $0.externalID == id }?.isCancelled == false)
        }
    }
}
