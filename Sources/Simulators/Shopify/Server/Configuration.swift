package import Foundation
package import SimulatorKit

extension ShopifySimulator {
    /// How the simulated shop and its app are set up.
    package struct Configuration: Sendable {
        /// The permanent name, `*.myshopify.com`; it goes into headers and bodies, the server itself is plain HTTP on loopback.
        package var shop = "crossdock-demo.myshopify.com"
        package var clientID = "simulated-client-id"
        /// Signs webhooks and the OAuth call-back.
        package var clientSecret = "simulated-client-secret"
        /// A token that is good from the start, whatever the mode; the only one in `.staticToken`.
        package var staticToken: String?
        package var tokenMode = TokenMode.authorizationCode
        /// ISO 4217 code of the shop.
        package var currency = "THB"
        /// Minutes east of UTC for REST times; nil takes the usual one of the currency.
        package var utcOffsetMinutes: Int64?
        package var seed: UInt64 = 1
        package var faults: FaultPlan
        /// Multiplies the pauses between webhook retries: 1 is the platform's own four hours, 0.0001 about one and a half seconds.
        package var timeScale = 1.0
        /// 0 lets the system choose.
        package var port = 0
        package var apiVersion = "2026-10"
        /// What the app is granted: by client credentials and static token all of it, by the code grant what was asked for.
        package var scopes = [
            "read_all_orders", "write_orders", "write_products", "write_inventory", "read_locations",
            "write_merchant_managed_fulfillment_orders",
            "read_customers",
        ]
        /// False: the app must be installed first (client credentials answer `app_not_installed`).
        package var isInstalled = true
        /// False: buyer fields are null with ACCESS_DENIED.
        package var hasProtectedDataApproval = true
        package var allowedRedirects: [String] = []
        package var compactsScopes = true
        package var accessTokenSeconds: Int64 = 3_600
        package var refreshTokenSeconds: Int64 = 7_776_000
        package var clientCredentialsSeconds: Int64 = 86_399
        /// Whether an access token outlives its own refresh; the platform's answer is unverified.
        package var oldAccessTokenSurvivesRefresh = false
        package var webhookHeaders = WebhookHeaderFamily.classic
        package var subscriptionRemoval = SubscriptionRemoval.afterExhaustedDelivery
        /// Points of the GraphQL bucket and their return per second (standard plan).
        package var costBucketSize = 2_000.0
        package var costRestorePerSecond = 100.0
        package var maximumQueryCost = 1_000
        /// Calls of the REST bucket and their leak per second.
        package var restBucketSize = 40.0
        package var restLeakPerSecond = 2.0
        /// Five API orders a minute.
        package var isDevelopmentStore = false
        /// How long `orderCancel` takes after it was accepted.
        package var cancelJobDelay: Duration = .milliseconds(300)
        /// Where the shop is kept between runs: read at the start if it is there, written at the stop.
        package var stateFile: URL?
        package var clock: @Sendable () -> Date = { Date() }

        package init(faults: FaultPlan = FaultPlan()) { self.faults = faults }
    }
}
