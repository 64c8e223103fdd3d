package import Foundation
package import SimulatorKit

/// How a request proves who it is: depends on what WordPress believes about the connection (`is_ssl()`), platforms/woocommerce.md §2.2, §2.3.
package enum WooTransport: String, Sendable {
    /// WordPress sees https: Basic and query parameters (and OAuth, too) are read.
    case https
    /// WordPress sees plain http: OAuth 1.0a only.
    case plainHTTP
}

package enum WooPermissions: String, Sendable { case read, write, readWrite = "read_write" }

/// How `number` is made.
package enum WooNumbering: Sendable, Equatable {
    /// `number` is the id.
    case plain
    /// A numbering plugin: `INV-2026/00017`.
    case sequential(prefix: String, digits: Int)
}

extension WooCommerceSimulator {
    package struct Configuration: Sendable {
        package var flavour: WooFlavour = .hpos10
        package var consumerKey = "ck_00112233445566778899aabbccddeeff00112233"
        package var consumerSecret = "cs_ffeeddccbbaa99887766554433221100ffeeddcc"
        package var permissions: WooPermissions = .readWrite
        package var transport: WooTransport = .https
        /// The web server removes the Authorization header before PHP sees it.
        package var stripsAuthorization = false
        /// False: `/wp-json/` is a 404 page, only `/?rest_route=` works.
        package var prettyPermalinks = true
        /// The folder the site lives in: `""` or `"/shop"`.
        package var subdirectory = ""
        /// The shop's Home URL, without a final slash: what it signs with and writes into bodies. Nil: the address it listens on.
        package var homeURL: String?
        package var currency = "THB"
        package var currencySymbol = "฿"
        package var decimals = 2
        /// In hundredths of a per cent; 0 turns taxes off.
        package var taxBasisPoints = 700
        package var timeZone = "Asia/Bangkok"
        package var siteName = "Example shop"
        /// Statuses of plugins, without `wc-`.
        package var customStatuses: [String] = ["packed", "awaiting-shipment"]
        package var numbering = WooNumbering.plain
        package var hasShipmentTracking = true
        /// The id of the first order. A hub remembers orders across runs: a demo that starts again gives `freshFirstOrderID`.
        package var firstOrderID = 9_301
        /// Traffic places no more orders once the shop has this many.
        package var maximumOrders = 200_000
        /// Every answer of the API comes this much late: a slow host.
        package var answerDelay = Duration.zero
        package var seed: UInt64 = 1
        package var faults = FaultPlan()
        /// Every waiting time of the platform's queue is multiplied by this: 0.001 makes a minute 60 ms.
        package var timeScale = 1.0
        /// How long a delivery waits in the queue before wp-cron runs it, unscaled.
        package var queueDelay: ClosedRange<Duration> = .seconds(1)...(.seconds(60))
        /// Deliveries under way at once. A real queue runner has one.
        package var deliveryWidth = 4
        /// Not scaled: it is the receiver's time.
        package var webhookTimeout = Duration.seconds(60)
        /// Refuse loopback, private addresses and odd ports, as WordPress does (§3.1). Off: a simulator's receivers are on loopback.
        package var refusesPrivateAddresses = false
        /// Take an http `callback_url` on loopback in the browser flow. A real shop takes https only.
        package var allowsLoopbackCallback = true
        /// The consent page approves at once, as if the merchant had clicked.
        package var approvesAutomatically = false
        /// Orders that traffic places start with COD at this share, in per cent.
        package var cashOnDeliveryPercent = 55
        /// The clock of the machine the shop runs on; `advanceClock(bySeconds:)` moves the shop's own on top of it.
        package var now: @Sendable () -> Date = { Date() }
        package var port = 0

        /// Higher than any id of an earlier run that made fewer than a hundred orders a second.
        package static var freshFirstOrderID: Int { (Int(Date().timeIntervalSince1970) - 1_762_000_000) * 100 }

        package init() {}

        package init(
            flavour: WooFlavour, transport: WooTransport = .https, seed: UInt64 = 1, faults: FaultPlan = FaultPlan(), timeScale: Double = 1, port: Int = 0
        ) {
            self.flavour = flavour
            self.transport = transport
            self.seed = seed
            self.faults = faults
            self.timeScale = timeScale
            self.port = port
        }
    }
}
