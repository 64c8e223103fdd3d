package import Foundation
package import SimulatorKit

/// How this shop behaves. The defaults keep the contract to the letter (platforms/companion-webhook.md).
package struct CustomShopConfiguration: Sendable {
    /// What an order's change is announced with (companion-webhook.md §1).
    package enum Payload: Sendable {
        /// `order.upserted` with the whole order.
        case full
        /// `order.changed`: the hub reads the order by the pull endpoint.
        case thin
    }

    /// 0 lets the system choose.
    package var port = 0
    /// Where events go; nil: nowhere until `setHook`.
    package var hookURL: String?
    /// Shared with the hub for events (companion-webhook.md §2).
    package var secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
    /// The secret before the last rotation, for `CustomShopSigning.Style.previous` and `.both`.
    package var previousSecret = "whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4Q="
    /// For calls from the hub (companion-webhook.md §10): another secret.
    package var callbackSecret = "whsec_ycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+g="
    /// For the pull endpoint (companion-webhook.md §11).
    package var pullToken = "pull_test_3f1c0a"
    package var payload = Payload.full
    /// `source.platform`: `custom`, `magento2` or `prestashop`.
    package var sourcePlatform = "custom"
    package var shopName = "main"
    /// Buyers of new orders come from these.
    package var countries: [SampleCountry] = [.thailand]
    /// Share of goods and names that break careless code (0...1).
    package var oddShare = 0.05
    /// A callback that changes the order announces that change like any other.
    package var echoesCallbacks = true

    /// Multiplies retry pauses and the ping interval.
    package var timeScale: Double = 1
    package var concurrency = 8
    /// Orders kept in memory; the oldest make room.
    package var maximumOrders = 100_000
    package var seed: UInt64 = 1
    package var faults = FaultPlan(level: .none, seed: 1)
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}
