import Foundation
import SimulatorKit

/// All the platform knows: shops, tokens, orders, products, pushes that are to be sent. No I/O: the simulator holds it under a lock.
struct ShopeeWorld: Sendable {
    struct Shop: Sendable {
        let settings: ShopeeConfiguration.Shop
        let index: Int
        /// False until somebody consents.
        var isLinked = false
        var isConsentOver = false
        var isBanned = false
        var consentEndsAt: Int64
    }
    /// Something that happens by itself after a while.
    enum Step: Sendable { case label(package: String), tracking(package: String), courier(package: String) }
    /// As whom the next consent is given.
    enum Consenting: Sendable, Equatable { case shop(Int64), mainAccount }

    let configuration: ShopeeConfiguration
    var switches = ShopeeSwitches()
    var clockOffset: Int64 = 0
    /// Draws orders and buyers only, so that the same seed gives the same ones whatever is called meanwhile.
    var generator: SeededGenerator
    /// Draws tokens and request ids, which differ between runs.
    var noise: SeededGenerator
    var shops: [Int64: Shop] = [:]
    var tokens = ShopeeTokens()
    var consenting: Consenting
    var orders: [String: ShopeeOrder] = [:]
    var packageOwner: [String: String] = [:]
    var trackingOwner: [String: String] = [:]
    var products: [Int64: ShopeeProduct] = [:]
    var returns: [String: ShopeeReturn] = [:]
    var board: ShopeePushBoard
    var counters = ShopeeCounters()
    var limits = ShopeeLimits()
    var forced: [ShopeeForced] = []
    /// So many label jobs more fail.
    var failingLabels = 0
    /// So many arrangements more are refused because something is being created.
    var lockedArrangements = 0
    /// Sent and scheduled by the simulator when the lock is let go.
    var outbox: [ShopeePush] = []
    var due: [(step: Step, after: Duration)] = []
    private var arrival: [String] = []
    private var oldestArrival = 0
    private var serial = 0
    /// Makes identifiers of two runs differ, since a hub remembers across runs.
    private let run: Int

    init(configuration: ShopeeConfiguration) {
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed)
        noise = SeededGenerator(seed: configuration.seed ^ UInt64(bitPattern: Int64(configuration.now().timeIntervalSince1970 * 1_000)))
        consenting = .shop(configuration.shops.first?.shopID ?? 0)
        board = ShopeePushBoard(url: configuration.callbackURL, minimum: configuration.pushHealthMinimum)
        let start = Int64(configuration.now().timeIntervalSince1970)
        run = Int(start % (1 << 20))
        for (index, shop) in configuration.shops.enumerated() {
            shops[shop.shopID] = Shop(settings: shop, index: index, consentEndsAt: start + 365 * 86_400)
            for product in ShopeeProduct.catalogue(of: shop, index: index, at: start) { products[product.id] = product }
        }
    }

    /// Seconds, moved by `clockOffset`.
    var now: Int64 { Int64(configuration.now().timeIntervalSince1970.rounded(.down)) + clockOffset }

    // MARK: Identifiers

    mutating func nextSerial() -> Int {
        serial += 1
        return serial
    }

    private static let base32 = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func base32(_ value: Int, digits: Int) -> String {
        var value = value, text = ""
        for _ in 0..<digits {
            text = String(base32[value % 32]) + text
            value /= 32
        }
        return text
    }

    /// `YYMMDD` of the platform's day and eight characters of base 32.
    mutating func nextOrderNumber() -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 8 * 3_600) ?? .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(now)))
        let digits = [day.year ?? 0, day.month ?? 0, day.day ?? 0].map { ($0 % 100 < 10 ? "0" : "") + "\($0 % 100)" }.joined()
        return digits + Self.base32(run, digits: 4) + Self.base32(nextSerial(), digits: 4)
    }

    mutating func nextPackageNumber() -> String { "OFG" + Self.padded(run * 100_000_000 + nextSerial(), to: 15) }
    mutating func nextTrackingNumber() -> String { "SPXTH" + Self.padded(run * 1_000_000 + nextSerial(), to: 13) }
    mutating func nextReturnNumber() -> String { "RT" + Self.padded(run * 100_000 + nextSerial(), to: 14) }
    mutating func requestID() -> String {
        [noise.next(), noise.next()].map { String(repeating: "0", count: $0.leadingZeroBitCount / 4) + ($0 == 0 ? "" : String($0, radix: 16)) }.joined()
    }

    private static func padded(_ value: Int, to length: Int) -> String {
        let text = "\(value)"
        return String(repeating: "0", count: max(0, length - text.utf8.count)) + text
    }

    // MARK: Orders

    mutating func keep(_ order: ShopeeOrder) {
        orders[order.number] = order
        arrival.append(order.number)
        for package in order.packages { packageOwner[package.number] = order.number }
    }

    /// The oldest finished orders make room; false where none is finished. The counts of arrangements stay for ever.
    mutating func makeRoom() -> Bool {
        // Each order is looked at once at most: an unfinished one goes back to the end of the line.
        var looks = orders.count
        while orders.count >= configuration.maximumOrders, looks > 0, oldestArrival < arrival.count {
            let number = arrival[oldestArrival]
            oldestArrival += 1
            looks -= 1
            guard let order = orders[number] else { continue }
            if order.status.isOver { forget(order) } else { arrival.append(number) }
        }
        if oldestArrival > Self.compactedAt {
            arrival.removeFirst(oldestArrival)
            oldestArrival = 0
        }
        return orders.count < configuration.maximumOrders
    }

    /// Looked-at places at the head of the line that are let go together.
    private static let compactedAt = 10_000

    private mutating func forget(_ order: ShopeeOrder) {
        for package in order.packages {
            packageOwner[package.number] = nil
            if let tracking = package.trackingNumber { trackingOwner[tracking] = nil }
        }
        for item in returns.values where item.orderNumber == order.number { returns[item.number] = nil }
        orders[order.number] = nil
    }

    /// An order of this shop.
    func order(_ number: String, of shopID: Int64) throws(ShopeeProblem) -> ShopeeOrder {
        guard let order = orders[number], order.shopID == shopID else { throw .notFound("The order is not found.") }
        return order
    }

    func orders(of shopID: Int64) -> [ShopeeOrder] { orders.values.filter { $0.shopID == shopID } }

    /// The order and its place among the order's packages.
    func package(_ number: String) -> (order: ShopeeOrder, index: Int)? {
        guard let order = packageOwner[number].flatMap({ orders[$0] }), let index = order.packages.firstIndex(where: { $0.number == number }) else { return nil }
        return (order, index)
    }

    /// Changes an order and its `update_time`; moments never go back.
    mutating func change(_ number: String, _ body: (inout ShopeeOrder) -> Void) {
        guard var order = orders[number] else { return }
        body(&order)
        order.updateTime = max(now, order.updateTime)
        orders[number] = order
    }

    /// Changes a package without touching the order's moment.
    mutating func changeQuietly(_ packageNumber: String, _ body: (inout ShopeePackage) -> Void) {
        guard let (order, index) = package(packageNumber) else { return }
        body(&orders[order.number, default: order].packages[index])
    }
}
