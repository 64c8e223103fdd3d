import Crypto
import Foundation
import SimulatorKit

/// An API key; it acts as its WordPress user.
struct ShopKey: Sendable {
    let id: Int
    var secret: String
    var permissions: WooPermissions
    var userID: Int
    var description: String
    /// OAuth nonces and when they were used.
    var nonces: [String: Int] = [:]
}

struct ShopUser: Sendable, Equatable {
    let id: Int
    /// Administrator or Shop manager (`manage_woocommerce`).
    var managesShop: Bool
}

/// What was tracked for an order through the Shipment Tracking plugin.
struct ShopTracking: Sendable, Equatable {
    let id: String
    var provider: String
    var isCustom: Bool
    var link: String
    var number: String
    /// `2026-11-06`.
    var dateShipped: String
}

/// Numbers the tests and the control plane ask for.
struct ShopCounters: Sendable {
    var requests = 0, unauthorised = 0, reads = 0, writes = 0, pings = 0, keysHandedOver = 0
    var queued = 0, coalesced = 0, delivered = 0, failed = 0, dropped = 0, duplicated = 0, disabled = 0, vanished = 0
    /// Money really sent back through a gateway, in the shop's smallest unit.
    var paidBack = 0
}

/// The whole shop: a value, changed only under one lock, never across a network call.
struct ShopState: Sendable {
    var configuration: WooCommerceSimulator.Configuration
    let time: ShopTime
    let decimals: Decimals
    var homeURL = ""
    var clockOffset = 0
    var generator: SeededGenerator
    var orders: [Int: ShopOrder] = [:]
    var products: [Int: ShopProduct] = [:]
    var webhooks: [Int: ShopWebhook] = [:]
    var trackings: [Int: [ShopTracking]] = [:]
    var keys: [String: ShopKey] = [:]
    var users: [Int: ShopUser] = [1: ShopUser(id: 1, managesShop: true)]
    var queue = WebhookQueue()
    var counters = ShopCounters()
    /// Pages of the browser flow that wait for the merchant's click: their nonce.
    var consentNonces: Set<String> = []

    private var nextPostID = 77
    private var nextItemID = 501
    private var nextMetaID = 88_121
    private var nextCommentID = 41
    private var nextWebhookID = 17
    private var nextKeyID = 12
    private var nextSequence = 17

    init(_ configuration: WooCommerceSimulator.Configuration) {
        self.configuration = configuration
        time = ShopTime(zone: TimeZone(identifier: configuration.timeZone) ?? .gmt)
        decimals = Decimals(places: configuration.decimals)
        generator = SeededGenerator(seed: configuration.seed)
        keys[configuration.consumerKey] = ShopKey(
            id: takeKeyID(), secret: configuration.consumerSecret, permissions: configuration.permissions, userID: 1, description: "simulator")
        stockCatalogue()
        nextPostID = max(nextPostID, configuration.firstOrderID)
    }

    var flavour: WooFlavour { configuration.flavour }
    /// The shop's own clock, whole unix seconds.
    var now: Int { Int(configuration.now().timeIntervalSince1970.rounded(.down)) + clockOffset }
    /// What stands before `/wc/v3/…` in links.
    var restBase: String { configuration.prettyPermalinks ? "\(homeURL)/wp-json" : "\(homeURL)/index.php?rest_route=" }
    var statuses: [String] { flavour.coreStatuses + configuration.customStatuses }

    /// Orders, refunds, products and variations share one sequence, as posts do.
    mutating func takePostID() -> Int { defer { nextPostID += 1 }; return nextPostID }
    mutating func takeItemID() -> Int { defer { nextItemID += 1 }; return nextItemID }
    mutating func takeMetaID() -> Int { defer { nextMetaID += 1 }; return nextMetaID }
    mutating func takeCommentID() -> Int { defer { nextCommentID += 1 }; return nextCommentID }
    mutating func takeWebhookID() -> Int { defer { nextWebhookID += 1 }; return nextWebhookID }
    mutating func takeKeyID() -> Int { defer { nextKeyID += 1 }; return nextKeyID }

    mutating func takeNumber(for id: Int) -> String {
        switch configuration.numbering {
        case .plain: return "\(id)"
        case .sequential(let prefix, let digits):
            defer { nextSequence += 1 }
            let text = "\(nextSequence)"
            return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
        }
    }

    /// Lower-case hex of this many characters.
    mutating func randomHex(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(Int.random(in: 0..<16, using: &generator), radix: 16)) })
    }

    mutating func randomLetters(_ count: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in generator.pick(letters, or: "x") })
    }

    func rendering(places: Int? = nil) -> OrderRendering {
        OrderRendering(
            flavour: flavour, decimals: decimals, time: time, homeURL: homeURL, restBase: restBase, currencySymbol: configuration.currencySymbol,
            taxBasisPoints: configuration.taxBasisPoints, places: places)
    }

    func render(_ order: ShopOrder, places: Int? = nil) -> WooJSON { rendering(places: places).render(order) }

    /// 32 hex digits of (webhook, current second): two deliveries of one webhook in one second share it (platforms/woocommerce.md §3.4).
    func deliveryID(webhook: Int, second: Int) -> String {
        let digest = Insecure.MD5.hash(data: Data("\(configuration.consumerKey)|\(webhook)\(second)".utf8))
        return digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
