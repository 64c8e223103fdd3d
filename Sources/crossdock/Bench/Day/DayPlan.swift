import Domain
import SimulatorKit

/// What one simulated day brings, drawn from its seed before it begins.
struct DayPlan: Sendable {
    enum Channel: String, Sendable, CaseIterable, Codable { case shopeeOne = "Shopee one", shopeeTwo = "Shopee two", lazada = "Lazada", shopat24 = "Shopat24", shop = "WooCommerce" }
    enum Kind: String, Sendable, Codable {
        case paid, cashOnDelivery
        /// The platform makes two packages of it.
        case twoParcels
        /// The buyer's money arrives an hour later; until then a person must not let it go.
        case transfer
    }
    enum Fate: String, Sendable, Codable { case delivered, cancelledBeforePacking, cancelledAfterPacking }

    struct Order: Sendable, Equatable {
        let index: Int, channel: Channel, kind: Kind, fate: Fate
        /// Since the first hour began.
        let at: Duration
    }

    let seed: UInt64, orders: [Order]

    /// Most orders come in the first minutes after midnight, as on 11.11; then a tail. The weight of minute m is e^(-m/7) + 0.06: two thirds of all within a quarter of an hour.
    static func weights(ofMinutes count: Int = 60) -> [Double] {
        var weights: [Double] = [], burst = 1.0
        let decay = 0.8668778997501817      // e^(-1/7)
        for _ in 0..<count { weights.append(burst + 0.06); burst *= decay }
        return weights
    }

    private static let channels: [(Channel, Int)] = [(.shopeeOne, 25), (.shopeeTwo, 20), (.lazada, 25), (.shopat24, 12), (.shop, 18)]
    static let cancelledBefore = 0.02, cancelledAfter = 0.02, twoParcels = 0.05, transfers = 0.06, cashOnDelivery = 0.35

    init(seed: UInt64, orders count: Int) {
        self.seed = seed
        var random = SeededGenerator(seed: seed), orders: [Order] = []
        let weights = Self.weights(), sum = weights.reduce(0, +)
        for index in 0..<count {
            var roll = Double.random(in: 0..<sum, using: &random), minute = 0
            while minute < weights.count - 1, roll >= weights[minute] { roll -= weights[minute]; minute += 1 }
            let moment = Duration.milliseconds(minute * 60_000 + Int.random(in: 0..<60_000, using: &random))
            let channel = Self.channel(using: &random), kind = Self.kind(in: channel, using: &random), fate = Double.random(in: 0..<1, using: &random)
            orders.append(Order(index: index, channel: channel, kind: kind, fate: fate < Self.cancelledBefore ? .cancelledBeforePacking : fate < Self.cancelledBefore + Self.cancelledAfter ? .cancelledAfterPacking : .delivered, at: moment))
        }
        self.orders = orders.sorted { ($0.at, $0.index) < ($1.at, $1.index) }
    }

    private static func channel(using random: inout SeededGenerator) -> Channel {
        var roll = Int.random(in: 0..<channels.reduce(0) { $0 + $1.1 }, using: &random)
        for (channel, weight) in channels {
            roll -= weight
            if roll < 0 { return channel }
        }
        return .shop
    }

    private static func kind(in channel: Channel, using random: inout SeededGenerator) -> Kind {
        let roll = Double.random(in: 0..<1, using: &random)
        switch channel {
        case .shopeeOne, .shopeeTwo, .lazada: return roll < twoParcels ? .twoParcels : roll < twoParcels + cashOnDelivery ? .cashOnDelivery : .paid
        case .shopat24: return roll < cashOnDelivery ? .cashOnDelivery : .paid
        case .shop: return roll < transfers ? .transfer : roll < transfers + cashOnDelivery ? .cashOnDelivery : .paid
        }
    }
}
