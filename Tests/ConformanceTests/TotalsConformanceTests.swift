import Connect
import Domain
import Foundation
import SimulatorKit
import Testing

/// The sum law over the whole zoo: every kind of order, in currencies of two, no and three decimals, before and after what happens to orders.
@Suite(.serialized, .timeLimit(.minutes(4))) struct TotalsConformanceTests {
    @Test(arguments: Platform.shops, ["THB", "JPY", "KWD"]) func `every order of the zoo adds up to the shop's own total`(_ platform: Platform, currency: String) async throws {
        try await withPlatform(platform, currency: currency) { running, catcher in
            let shop = try #require(running as? any ShopUnderTest), receiver = try #require(running.connector as? any ReceivesWebhooks)
            if let registrar = running.connector as? any RegistersWebhooks { _ = try await registrar.registerWebhooks(at: catcher.url) }
            let orders = try await shop.zoo()
            await running.settled()
            let truth = Dictionary(shop.shop.orderStates().map { ($0.externalID, $0) }) { $1 }
            #expect(orders.count >= 8)
            var mismatches: [String] = []
            for order in orders {
                let expected = try #require(truth[order.id], "\(order.what)")
                let read = try await shop.fetched(order.id)
                compare(read, expected, order.what, &mismatches, in: shop)
            }
            for delivery in catcher.all {
                guard let receipt = receiver.verify(delivery.incoming).receipt else { continue }
                for case .order(let order) in try running.interpret(Array(delivery.body), topic: receipt.topic, origin: .webhook) {
                    if let flag = order.totals.mismatch(in: order.currency), !shop.plantedMismatches.contains(order.externalID) { mismatches.append("pushed \(order.externalNumber): \(flag.message)") }
                }
            }
            #expect(mismatches.isEmpty, "\(mismatches.joined(separator: "\n"))")
            #expect(shop.plantedMismatches.isSubset(of: orders.map(\.id)))
        }
    }

    private func compare(_ order: OrderSnapshot, _ expected: SimulatedOrder, _ what: String, _ mismatches: inout [String], in shop: any ShopUnderTest) {
        let flag = order.totals.mismatch(in: order.currency)
        if shop.plantedMismatches.contains(order.externalID) {
            if flag == nil { mismatches.append("\(what): the planted mismatch was not found") }
            return
        }
        if let flag { mismatches.append("\(what): \(flag.message) \(order.totals)") }
        if order.totals.grand != expected.grandMinor { mismatches.append("\(what): total \(order.totals.grand), the shop has \(expected.grandMinor)") }
        if order.currency.code != expected.currency { mismatches.append("\(what): \(order.currency) instead of \(expected.currency)") }
        let lineCount = shop.lineCount(of: order)
        if lineCount != expected.lineCount { mismatches.append("\(what): \(lineCount) lines, the shop has \(expected.lineCount)") }
        if (order.standing == .cancelled) != expected.isCancelled { mismatches.append("\(what): \(order.standing), cancelled at the shop: \(expected.isCancelled)") }
        if order.payment.isCashOnDelivery != (order.payment.codAmount != nil) && order.payment.state == .unpaid { mismatches.append("\(what): cash on delivery without an amount") }
        if let due = order.payment.codAmount, due < 0 || due > max(0, order.totals.grand) { mismatches.append("\(what): \(due) to collect of \(order.totals.grand)") }
    }
}
