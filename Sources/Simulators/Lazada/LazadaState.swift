import Foundation
import SimulatorKit

/// What the platform was asked for, to be seen by tests: the exactly-once proof.
struct Counters: Sendable {
    var named: [String: Int] = [:]
    /// Successful packings by `{country}:{seller_id}:{order_item_id}`.
    var packings: [String: Int] = [:]
    /// Successful calls of ready-to-ship by package, repetitions not included: they are refused and counted apart.
    var readyToShips: [String: Int] = [:]
    var refusedReadyToShips: [String: Int] = [:]
    /// Attempts to pack an item that is not in pending or repacked.
    var refusedPackings: [String: Int] = [:]
    var cancellations: [String: Int] = [:]
    /// Label documents handed out by package.
    var labels: [String: Int] = [:]
    /// Pushes handed to the queue by type.
    var pushes: [Int: Int] = [:]
}

/// All the platform knows. No I/O: `Market` holds it under its lock.
struct LazadaState: Sendable {
    var configuration: LazadaSimulator.Configuration
    var generator: SeededGenerator
    /// `http://127.0.0.1:PORT`, for the links of labels.
    var baseURL = ""
    var clockOffset: TimeInterval = 0
    var stores: [String: Store] = [:]
    var accounts: [Account] = []
    var tokens = TokenBook()
    var counters = Counters()
    /// Pushes that were caused and not yet handed to the queue.
    var outbox: [Push] = []
    /// Parcels whose next step is to be planned.
    var parcelsToMove: [ParcelStep] = []
    /// API path → end of its ban.
    var bans: [String: Date] = [:]
    private var windows: [String: (second: Int64, used: Int)] = [:]
    /// Failures that the next packed items get, in order.
    var packFaults: [LazadaPackFault] = []
    var labelFaults: [LazadaLabelFault] = []
    /// Envelope errors that the next calls get instead of an answer, in order.
    var refusals: [(path: String?, problem: Problem)] = []
    var papers = PaperDrawer()
    var nextLife: [LazadaParcelLife] = []
    private var serial = 0
    private var run: Int64

    init(_ configuration: LazadaSimulator.Configuration) {
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed)
        let moment = LazadaTime.wholeSecond(configuration.now())
        run = LazadaTime.seconds(moment)
        // A hub remembers orders across runs, so two runs differ; 15 digits, or 16 above 2^53.
        let firstID = (configuration.hasHugeIDs ? 9_100_000_000_000_000 : 700_000_000_000_000) + max(0, run - 1_700_000_000) * 1_000 + 1
        for seller in configuration.sellers { stores[seller.key] = Store(seller: seller, firstID: firstID, at: moment) }
        accounts = Account.all(of: configuration.sellers)
    }

    var now: Date { configuration.now().addingTimeInterval(clockOffset) }
    /// What orders are stamped with.
    var moment: Date { LazadaTime.wholeSecond(now) }

    mutating func count(_ name: String, by amount: Int = 1) { counters.named[name, default: 0] += amount }

    /// A number that was not given before in this run.
    mutating func nextSerial() -> Int {
        serial += 1
        return serial
    }

    /// A text that was not given before and differs between runs and seeds.
    mutating func secretText(_ prefix: String) -> String {
        let random = generator.next()
        return prefix + String(run, radix: 36) + String(random, radix: 36) + String(nextSerial(), radix: 36)
    }

    mutating func requestID() -> String { "2101" + String(run, radix: 16) + String(nextSerial(), radix: 16) }
    mutating func packageID() -> String { "FP" + String(run % 100_000_000) + String(10_000_000 + nextSerial()) }
    mutating func trackingNumber(_ country: LazadaCountry) -> String {
        "LEX" + (country == .th ? "DO" : country.rawValue.uppercased()) + String(run % 10_000) + String(1_000_000 + nextSerial()).dropFirst()
    }

    // MARK: Finding

    /// The store and order of `{country}:{seller_id}:{order_id}`.
    func find(_ externalID: String) -> (store: String, order: Order)? {
        guard let colon = externalID.lastIndex(of: ":"), let id = Int64(externalID[externalID.index(after: colon)...]) else { return nil }
        let store = String(externalID[..<colon])
        return stores[store]?.orders[id].map { (store, $0) }
    }

    func storeOfPackage(_ id: String) -> String? { stores.first { $0.value.packages[id] != nil }?.key }

    // MARK: Limits

    /// Counts a call against the limits of its API and of the seller's inventory calls (lazada.md §4.3).
    mutating func takeTurn(_ call: Call, isInventory: Bool) throws(Problem) {
        if let end = bans[call.path] {
            let left = end.timeIntervalSince(now)
            if left > 0 { throw .callLimit(seconds: Int(left.rounded(.up))) }
            bans[call.path] = nil
        }
        if let limit = configuration.callsPerSecond, !fits(call.path, limit) { throw .callLimit(seconds: 1) }
        if isInventory, !fits("inventory \(call.store)", configuration.inventoryCallsPerSecond) { throw .tooFast }
    }

    private mutating func fits(_ key: String, _ limit: Int) -> Bool {
        let second = LazadaTime.seconds(now)
        var window = windows[key] ?? (second, 0)
        if window.second != second { window = (second, 0) }
        window.used += 1
        windows[key] = window
        return window.used <= limit
    }
}

/// A failure that the next item to be packed gets.
package struct LazadaPackFault: Sendable {
    package var code: String
    package var message: String
    package var retry: Bool

    /// Of lazada.md §6's pack codes; `retry` as the table says unless told otherwise.
    package init(code: String, message: String = "pack failed", retry: Bool? = nil) {
        self.code = code
        self.message = message
        self.retry = retry ?? ["6", "40011", "700024", "1003"].contains(code)
    }
}
