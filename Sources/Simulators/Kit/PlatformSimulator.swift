package import Foundation

/// One number a simulator reports, ready to be shown.
package struct SimulatorStatistic: Sendable, Equatable {
    package var name: String
    package var count: Int

    package init(_ name: String, _ count: Int) {
        self.name = name
        self.count = count
    }
}

/// What the demo, the tests and the command line need from every simulator.
package protocol PlatformSimulator: Sendable {
    var platform: String { get }
    /// `http://127.0.0.1:PORT`, without a final slash.
    var baseURL: String { get }
    var faults: FaultPlan { get }
    func statistics() -> [SimulatorStatistic]
    /// Stops traffic, queues and the server; safe to call twice.
    func stop() async
}

/// A simulator of a platform on which buyers place orders.
package protocol ShopSimulator: PlatformSimulator {
    /// Places one seeded order, announces it, and answers with its external ID.
    @discardableResult func placeOrder() async throws -> String
    /// Places orders at this rate, and edits and cancels some of the earlier ones.
    func startTraffic(ordersPerSecond: Double)
    /// Returns when no further order will come by itself; queued webhooks may still be on their way.
    func stopTraffic() async
    /// Waits until every webhook was acknowledged or given up.
    func idle() async
    /// The last state of every order, for comparing with the hub's.
    func orderStates() -> [SimulatedOrder]
}

/// The last state of one order as the platform has it, in plain words, so that hub and platform can be compared.
package struct SimulatedOrder: Sendable, Equatable {
    package var externalID: String
    package var number: String
    package var updatedAt: Date
    package var isCancelled: Bool
    /// What is agreed with the buyer, in minor units of `currency`: edits change it, refunds do not.
    package var grandMinor: Int64
    package var currency: String
    /// Lines of which something is still wanted; all that were bought, where nothing is.
    package var lineCount: Int
    package var shipToPostcode: String?
    /// The hub's word of the fulfilment axis: `unfulfilled`, `delivered`…
    package var fulfilment: String
    package var trackingNumbers: [String]

    package init(
        externalID: String, number: String, updatedAt: Date, isCancelled: Bool, grandMinor: Int64, currency: String, lineCount: Int,
        shipToPostcode: String?, fulfilment: String, trackingNumbers: [String]
    ) {
        self.externalID = externalID
        self.number = number
        self.updatedAt = updatedAt
        self.isCancelled = isCancelled
        self.grandMinor = grandMinor
        self.currency = currency
        self.lineCount = lineCount
        self.shipToPostcode = shipToPostcode
        self.fulfilment = fulfilment
        self.trackingNumbers = trackingNumbers
    }
}
