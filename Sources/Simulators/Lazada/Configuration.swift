package import Foundation
package import SimulatorKit

/// A shop in one country: what `country_user_info` tells of it (lazada.md §2.3).
package struct LazadaSeller: Sendable, Equatable {
    package var country: LazadaCountry
    package var sellerID: String
    package var shortCode: String
    package var shopName: String
    /// All cross-border shops share one account and one token over their countries.
    package var isCrossBorder: Bool

    package init(
        country: LazadaCountry = .th, sellerID: String = "100190009", shortCode: String = "TH1ABCDE", shopName: String = "ร้านตัวอย่าง", isCrossBorder: Bool = false
    ) {
        self.country = country
        self.sellerID = sellerID
        self.shortCode = shortCode
        self.shopName = shopName
        self.isCrossBorder = isCrossBorder
    }

    var key: String { "\(country.rawValue):\(sellerID)" }
}

/// Decides how long tokens live (lazada.md §2.3).
package enum LazadaAppStatus: String, Sendable {
    /// 7 days of access, 30 of refreshing.
    case test
    /// 30 days of access, 180 of refreshing.
    case online
    /// Lives follow the subscription; a refresh answers `AUTH_TYPE_UNSUPPORTED`.
    case serviceMarket

    package var accessSeconds: Int { self == .test ? 604_800 : 2_592_000 }
    package var refreshSeconds: Int { self == .online ? 15_552_000 : 2_592_000 }
}

/// How answers write what can be a number or a text (lazada.md §4.2 "Types").
package enum LazadaNumberStyle: String, Sendable, CaseIterable {
    /// As live answers do: numbers for ids and fees, a text for `price`, flags 0/1.
    case live
    /// As the reference types them: texts everywhere.
    case strings
    /// Numbers wherever the text is one, `code` included.
    case numbers
    /// Each field one way or the other, by the seed.
    case shuffled
}

/// What becomes of a refresh token that was used; the dossier only says to store the one just returned.
package enum LazadaOldRefreshToken: String, Sendable {
    case diesAtOnce
    /// Until the new pair is used for the first time, so that a lost answer does not end the connection.
    case livesUntilNewIsUsed
}

extension LazadaSimulator {
    package struct Configuration: Sendable {
        package var appKey = "123456"
        package var appSecret = "helloworld"
        package var appStatus = LazadaAppStatus.online
        /// The `redirect_uri` registered in the app console; nil takes any.
        package var redirectURL: String?
        /// Where pushes go; nil: nobody hears them. One per app.
        package var pushURL: String?
        /// Subscribed push types.
        package var pushTypes: Set<Int> = [0, 8, 10, 14]
        package var sellers = [LazadaSeller()]
        /// The consent page agrees at once, as if the seller had clicked.
        package var approvesAutomatically = true
        package var oldRefreshToken = LazadaOldRefreshToken.livesUntilNewIsUsed
        /// Unverified on the real platform (lazada.md §2.3).
        package var oldAccessTokenLives = false
        package var numberStyle = LazadaNumberStyle.live
        /// Names, phones and addresses come with `*` until the app is approved for buyer data.
        package var masksBuyers = false
        /// topack, toship, shipping, failed_delivery instead of pending, ready_to_ship, shipped, failed.
        package var usesNewerWords = false
        /// Unverified on the real platform (lazada.md §4.1).
        package var hidesUnpaid = true
        /// Pushes spell the site `lazada_th`, `LAZADA_TH` and `lazada-th` in turn instead of always the first.
        package var mixesSiteSpellings = false
        /// Ids above 2^53, as are possible.
        package var hasHugeIDs = false
        /// Calls of one API in a second before `ApiCallLimit`; nil: no limit.
        package var callsPerSecond: Int?
        /// Price and stock calls of one seller in a second before 901 (lazada.md §4.3).
        package var inventoryCallsPerSecond = 50
        /// Every pause between two attempts of a push is multiplied by this; 30 minutes stand in the contract.
        package var retryTimeScale = 1.0
        /// Not scaled: it is the receiver's time (lazada.md §3.4).
        package var pushTimeout = Duration.milliseconds(500)
        /// How long a parcel that was made ready to ship stays at each step; nil: parcels move by control and traffic only.
        package var parcelStep: Duration?
        /// This share of parcels has a life that goes wrong.
        package var oddLifeShare = 0.0
        /// Traffic places no more orders once all shops together have this many.
        package var maximumOrders = 100_000
        /// Of the placed orders, by traffic and `placeOrder()`, this share is paid at the door.
        package var cashOnDeliveryShare = 0.35
        package var seed: UInt64 = 1
        package var faults = FaultPlan()
        package var now: @Sendable () -> Date = { Date() }
        package var port = 0

        package init() {}

        package init(sellers: [LazadaSeller], pushURL: String? = nil, seed: UInt64 = 1, faults: FaultPlan = FaultPlan(), retryTimeScale: Double = 1, port: Int = 0) {
            self.sellers = sellers
            self.pushURL = pushURL
            self.seed = seed
            self.faults = faults
            self.retryTimeScale = retryTimeScale
            self.port = port
        }
    }
}
