package import Foundation
package import SimulatorKit

/// How this courier behaves. The defaults keep the contract to the letter (platforms/generic-courier.md).
package struct CourierConfiguration: Sendable {
    /// What a cancelled order gets.
    package enum CancelMode: Sendable {
        /// 200 with the cancelled order.
        case immediate
        /// 202, and `shipment.cancelled` after this pause (generic-courier.md §6).
        case confirmedByCallback(after: Duration)
    }
    package enum LabelFormat: String, Sendable, CaseIterable { case pdf, zpl, png }

    /// 0 lets the system choose.
    package var port = 0
    package var keyID = "ck_test_crossdock"
    /// Two while a secret is rotated: both are good (generic-courier.md §2).
    package var secrets = ["cs_test_9b2e7c64d0a84f35"]
    /// Set: `Authorization: Bearer <this>` is accepted instead of a signature.
    package var bearerKey: String?
    /// Nil: no callbacks until `PUT /v1/callback`.
    package var callbackURL: String?
    package var callbackSecret = "whsec_5d0c3a"

    /// Before every answer.
    package var latency: Duration = .zero
    package var requestsPerSecond = 20
    /// Pause between two steps of a parcel's life; nil: parcels move only when told to.
    package var pace: Duration?
    package var cancelMode = CancelMode.immediate
    /// Every order starts without tracking number and label, as postcode 99904 always does.
    package var withholdsTrackingNumber = false
    /// How long a withheld label takes (generic-courier.md §10).
    package var labelDelay: Duration = .seconds(60)
    package var labelFormats = Set(LabelFormat.allCases)
    /// Services this account may book.
    package var services: Set = ["standard", "express", "economy"]
    package var servicesWithCOD: Set = ["standard", "express"]
    /// Minor units.
    package var codLimitMinor: Int64 = 5_000_000
    package var maximumParcelGrams = 30_000
    /// False imitates a careless courier that books the same `externalRef` again under a new key: then only the hub keeps it at one.
    package var enforcesUniqueRef = true

    /// Multiplies callback retry pauses.
    package var callbackTimeScale: Double = 1
    /// Orders kept in memory; the oldest finished ones make room.
    package var maximumOrders = 100_000
    package var faults = FaultPlan(level: .none, seed: 1)
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}
