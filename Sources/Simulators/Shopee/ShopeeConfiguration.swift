package import Foundation
package import SimulatorKit

/// When the platform hides who the buyer is (shopee.md §4.2: masked text contains `*`).
package enum ShopeeMasking: String, Sendable, CaseIterable {
    case never
    /// Readable until the courier has the parcels, hidden afterwards.
    case onceShipped
    case always
}

/// How a simulated Shopee is set up. What may change while it runs is in `ShopeeSwitches`.
package struct ShopeeConfiguration: Sendable {
    package struct Shop: Sendable, Equatable {
        package var shopID: Int64
        package var name: String
        package var region: String
        package var currency: String
        /// Stock calls of such a shop name a `location_id`.
        package var isMultiWarehouse: Bool

        package init(shopID: Int64, name: String, region: String = "TH", currency: String = "THB", isMultiWarehouse: Bool = false) {
            self.shopID = shopID
            self.name = name
            self.region = region
            self.currency = currency
            self.isMultiWarehouse = isMultiWarehouse
        }
    }

    /// 0 lets the system choose.
    package var port = 0
    package var partnerID: Int64 = 1_180_042
    package var partnerKey = "crossdock-test-key-0001"
    /// The Live Push Partner Key; nil: pushes are signed with the partner key.
    package var pushKey: String? = "crossdock-push-key-0001"
    /// The app's one callback address, exactly as typed in the console. Nil: no pushes until `push/set_app_push_config`.
    package var callbackURL: String?
    /// The host a redirect has to be on; nil takes any.
    package var redirectDomain: String?
    package var shops = [Shop(shopID: 40_071_188, name: "Example shop"), Shop(shopID: 40_071_190, name: "Second example shop", isMultiWarehouse: true)]
    /// Covers every shop and the merchant.
    package var mainAccountID: Int64 = 5_500_123
    package var merchantID: Int64 = 900_455
    package var seed: UInt64 = 1
    package var faults: FaultPlan
    package var now: @Sendable () -> Date = { Date() }
    /// How far a call's timestamp may be off either way (shopee.md §2.4); a clock that runs faster than the machine's needs more.
    package var toleranceSeconds: Int64 = 300

    package var masking = ShopeeMasking.onceShipped
    /// Null, "" and missing in turn, `"-"` for no error, a member name with a trailing space, `38.0`: all were seen on the wire (shopee.md §4.2, §8).
    package var hasOddShapes = true
    /// Calls one shop may make in a second; nil: no limit.
    package var requestsPerSecond: Int?
    /// Calls of a shop until midnight UTC+8; nil: no limit.
    package var requestsPerDay: Int?

    /// How many times a label's result is PROCESSING before it is decided.
    package var labelPolls = 1
    /// Set: labels are also decided by themselves after this long.
    package var labelDelay: Duration?
    /// How many times a tracking number is "" after arranging.
    package var trackingPolls = 0
    /// Set: a late tracking number comes by itself after this long.
    package var trackingDelay: Duration?
    /// Pause between two steps of a parcel's life; nil: parcels move only when told to.
    package var pace: Duration?

    package var pushWidth = 8
    package var pushTimeout: Duration = .seconds(3)
    /// Multiplies the retry pauses of pushes (300, 1800, 10800 s), not their time-out.
    package var pushTimeScale = 1.0
    /// Pushes within six hours before the success rate is looked at.
    package var pushHealthMinimum = 600
    /// Pushes waiting or retrying; more are refused and counted.
    package var maximumPushes = 50_000
    /// Orders kept in memory; the oldest finished ones make room.
    package var maximumOrders = 100_000

    package init(seed: UInt64 = 1, faultLevel: FaultLevel = .none) {
        self.seed = seed
        faults = FaultPlan(level: faultLevel, seed: seed)
    }
}

/// What an operator's console or an accident may change while the simulator runs.
package struct ShopeeSwitches: Sendable, Equatable {
    /// Which words an old access token gets (shopee.md §2.3: both spellings exist, and a third form).
    package enum TokenWord: String, Sendable, CaseIterable {
        case misspelt = "invalid_acceess_token", plain = "invalid_access_token", auth = "error_auth"
    }
    /// What the download of a label is.
    package enum LabelForm: String, Sendable, CaseIterable { case pdf, html }
    /// What a seller's cancellation does first.
    package enum CancelMode: String, Sendable, CaseIterable {
        case immediate
        /// IN_CANCEL, until `settleCancellation`.
        case asks
    }

    /// 403 instead of 200 on refused signatures and tokens.
    package var answersForbidden = false
    package var tokenWord = TokenWord.misspelt
    package var isKeyExpired = false
    package var isAddressUndeclared = false
    package var labelForm = LabelForm.pdf
    /// Downloads say `application/octet-stream`, whatever they are.
    package var hidesContentType = false
    package var cancelMode = CancelMode.immediate
    package var sendsMessageID = true
    /// False: each attempt of a push has a `msg_id` of its own.
    package var retryKeepsMessageID = true
    /// False imitates a platform that books a parcel again: then only the hub keeps it at one.
    package var refusesSecondArrangement = true
    /// `get_order_list` gives the cursor it was asked with, for ever.
    package var repeatsCursor = false
    /// So many more answers of `get_order_list` are followed by a new order in the same shop.
    package var ordersWhilePaging = 0
    package var isOnHoliday = false
    /// `expire_in` is an instant instead of seconds: one sample of the reference shows that (shopee.md §2.3).
    package var expiresAtInstant = false
    /// `get_lost_push_message` writes the inner envelope as text instead of an object.
    package var writesLostMessagesAsText = false

    package init() {}
}
