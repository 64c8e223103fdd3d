import Domain
import Foundation
import LazadaSimulator
import Shopat24Simulator
import ShopeeSimulator
import SimulatorKit
import ThailandPostSimulator
import WooCommerceSimulator

/// The end of the day, looked at from both sides: the platforms' own books against the hub's API.
struct DayAudit: Sendable {
    let hub: DayHub, town: DayTown, book: DayBook

    struct Difference: Sendable, Equatable { var key: String, what: String, order: String? }
    struct Result: Sendable {
        var differences: [Difference] = [], counts: [String: Int] = [:]
        mutating func add(_ key: String, _ what: String, _ order: String? = nil) { differences.append(.init(key: key, what: what, order: order)) }
        mutating func count(_ name: String, _ more: Int = 1) { counts[name, default: 0] += more }
    }

    /// What the hub tells of an order.
    private struct Known: Sendable {
        var id: String, workflow: String, fulfilment: String, shipments: [JSONValue]
        var living: [JSONValue] { shipments.filter { !$0["isVoid"].isTrue } }
        var numbers: Set<String> {
            Set(living.flatMap { shipment in
                let parcels = shipment["parcels"].elements.compactMap { $0["trackingNumber"].string }
                return parcels.isEmpty ? [shipment["trackingNumber"].string].compactMap(\.self) : parcels
            })
        }
    }
    /// What a platform tells of it.
    private struct Truth: Sendable { var isCancelled: Bool, fulfilment: String, numbers: Set<String> }

    func run() async throws -> Result {
        var result = Result()
        let known = try await ordersOfTheHub(), truths = ordersOfThePlatforms()
        for (key, entry) in book.entries.sorted(by: { $0.key < $1.key }) {
            guard let truth = truths[entry.order.channel]?[entry.externalID] else { result.add(key, "the platform does not know its own order"); continue }
            guard let here = known[key] else { result.add(key, "never reached the hub"); continue }
            compare(key, entry, truth, here, &result)
        }
        let strangers = Set(known.keys).subtracting(book.entries.keys)
        if let stranger = strangers.min() { result.add(stranger, "the hub knows \(strangers.count) orders that nobody placed", known[stranger]?.id) }
        result.count("orders in the hub", known.count)
        marketplaces(&result)
        carrier(known, &result)
        shops(known, &result)
        manifests(&result)
        return result
    }

    // MARK: Both books

    private func ordersOfTheHub() async throws -> [String: Known] {
        var names: [String: String] = [:], known: [String: Known] = [:]
        for channel in try await hub.api("GET", "channels")["data"].elements { if let id = channel["id"].string { names[id] = channel["name"].string } }
        let numbers = Dictionary(book.entries.map { (DayBook.key($0.value.order.channel.rawValue, $0.value.externalID), $0.key) }, uniquingKeysWith: { first, _ in first })
        for order in try await hub.all("orders") {
            let name = names[order["channel"].string ?? ""] ?? "", externalID = order["externalID"].string ?? "", mark = DayBook.key(name, externalID)
            known[numbers[mark] ?? mark] = Known(id: order["id"].string ?? "", workflow: order["workflow"].string ?? "", fulfilment: order["fulfilment"].string ?? "", shipments: order["shipments"].elements)
        }
        return known
    }

    private func ordersOfThePlatforms() -> [DayPlan.Channel: [String: Truth]] {
        func truths(_ states: [SimulatedOrder]) -> [String: Truth] {
            Dictionary(states.map { ($0.externalID, Truth(isCancelled: $0.isCancelled, fulfilment: $0.fulfilment, numbers: Set($0.trackingNumbers))) }, uniquingKeysWith: { first, _ in first })
        }
        let shopee = truths(town.shopee.orderStates())
        return [.shopeeOne: shopee, .shopeeTwo: shopee, .lazada: truths(town.lazada.orderStates()), .shopat24: truths(town.channel.orderStates()), .shop: truths(town.shop.orderStates())]
    }

    /// Existence and state on both sides, and the numbers.
    private func compare(_ key: String, _ entry: DayBook.Entry, _ truth: Truth, _ here: Known, _ result: inout Result) {
        let isMeant = entry.order.fate != .delivered, isCancelledHere = here.workflow == "cancelled"
        if truth.isCancelled != isMeant { result.add(key, "the platform has it \(truth.isCancelled ? "cancelled" : "alive"), which is not how it was meant", here.id) }
        if isCancelledHere != truth.isCancelled { return result.add(key, "the platform has it \(truth.isCancelled ? "cancelled" : "alive"), the hub has it \(here.workflow)", here.id) }
        if isCancelledHere { return result.count("cancelled on both sides") }
        // A WooCommerce shop has no word for what comes after "completed".
        let isThere = entry.order.channel == .shop ? truth.fulfilment == "inTransit" : truth.fulfilment == "delivered"
        if !isThere || here.fulfilment != "delivered" { result.add(key, "the platform has it \(truth.fulfilment), the hub \(here.fulfilment) (\(here.workflow))", here.id) } else { result.count("delivered on both sides") }
        if !["synced", "processed"].contains(here.workflow) { result.add(key, "delivered, and its workflow is \(here.workflow)", here.id) }
        if truth.numbers != here.numbers { result.add(key, "the platform has the numbers \(truth.numbers.sorted()), the hub \(here.numbers.sorted())", here.id) } else { result.count("tracking numbers on both sides", here.numbers.count) }
    }

    // MARK: Once each

    private func marketplaces(_ result: inout Result) {
        let shopee = town.shopee.counters
        for (package, count) in shopee.arrangements where count > 1 { result.add(package, "Shopee's package was arranged \(count) times") }
        for (key, entry) in book.entries where [.shopeeOne, .shopeeTwo].contains(entry.order.channel) && entry.order.fate == .delivered {
            let counts = town.shopee.arrangements(entry.externalID)
            if counts.isEmpty || counts.contains(where: { $0 != 1 }) { result.add(key, "its packages were arranged \(counts) times") }
        }
        result.count("packages arranged at Shopee", shopee.arrangements.values.reduce(0, +))
        result.count("repeats that Shopee recognised", shopee.refusedArrangements.values.reduce(0, +))
        result.count("used refresh tokens that Shopee refused", shopee.reusedRefreshTokens)
        for (item, count) in town.lazada.packings() where count > 1 { result.add(item, "Lazada's item was packed \(count) times") }
        for (package, count) in town.lazada.readyToShips() where count > 1 { result.add(package, "Lazada's package was said to be ready \(count) times") }
        for (key, entry) in book.entries where entry.order.channel == .lazada && entry.order.fate == .delivered && town.lazada.packages(of: entry.externalID).isEmpty { result.add(key, "Lazada never made a package of it") }
        result.count("items packed at Lazada", town.lazada.packings().values.reduce(0, +))
        result.count("repeats that Lazada recognised", town.lazada.refusedPackings().values.reduce(0, +) + town.lazada.refusedReadyToShips().values.reduce(0, +))
    }

    /// Each living parcel of the hub is one living consignment at the post, and the other way round.
    private func carrier(_ known: [String: Known], _ result: inout Result) {
        for (invoice, count) in town.post.consignmentsPerInvoice() where count > 1 { result.add(invoice, "the post has it \(count) times") }
        let consignments = town.post.consignments(), living = Set(consignments.filter { !$0.isCancelled }.map(\.barcode))
        var ours: Set<String> = []
        for (key, entry) in book.entries where [.shopat24, .shop].contains(entry.order.channel) {
            guard let here = known[key] else { continue }
            if entry.order.fate == .delivered {
                if here.numbers.count != 1 { result.add(key, "it has \(here.numbers.count) parcels at the post", here.id) }
                ours.formUnion(here.numbers)
            }
        }
        let unknown = living.subtracting(ours), absent = ours.subtracting(living)
        if let one = unknown.min() { result.add(one, "\(unknown.count) consignments at the post belong to no order that leaves") }
        if let one = absent.min() { result.add(one, "\(absent.count) parcels of the hub are not at the post") }
        result.count("consignments at the post", consignments.count)
        result.count("consignments cancelled", consignments.count(where: \.isCancelled))
        result.count("repeats that the post recognised", town.post.refusedDuplicates().values.reduce(0, +))
    }

    /// Each shop was told of each shipment once.
    private func shops(_ known: [String: Known], _ result: inout Result) {
        for (shipment, count) in town.channel.shippedCounts where count != 1 { result.add(shipment, "Shopat24's shipment had its effect \(count) times") }
        for (shipment, count) in town.channel.toldCounts where count != 1 { result.add(shipment, "Shopat24 was told of it \(count) times under keys of their own") }
        result.count("shipments told to Shopat24", town.channel.toldCounts.values.reduce(0, +))
        for (key, entry) in book.entries where entry.order.fate == .delivered {
            switch entry.order.channel {
            case .shop:
                let told = Int(entry.number).map { town.shop.trackingNumbers($0) } ?? []
                if told.count != 1 { result.add(key, "the shop was told \(told.count) numbers: \(told)", known[key]?.id) }
                result.count("shipments told to WooCommerce", told.count)
            case .shopat24 where town.channel.order(entry.number).map({ $0.invoices.contains { $0.trackingNumber == nil } }) ?? true:
                result.add(key, "Shopat24 was never told of it", known[key]?.id)
            default: break
            }
        }
    }

    /// What was signed for is what was scanned.
    private func manifests(_ result: inout Result) {
        for (id, manifest) in book.with({ $0.manifests }) {
            if manifest.isHandedOver, manifest.listed != manifest.scanned {
                result.add("manifest \(id)", "\(manifest.carrier): \(manifest.listed.subtracting(manifest.scanned).count) listed and not scanned, \(manifest.scanned.subtracting(manifest.listed).count) scanned and not listed")
            }
            result.count("manifests", manifest.isHandedOver ? 1 : 0)
            result.count("parcels signed for", manifest.listed.count)
        }
        let handed = book.entries.values.reduce(0) { $0 + $1.handed.count }, listed = result.counts["parcels signed for"] ?? 0
        if handed != listed { result.add("manifests", "\(listed) parcels were signed for, \(handed) of them once") }
        for number in book.with({ $0.stoppedInError }) { result.add(number, "the ramp said stop to a parcel that should leave") }
        result.count("parcels stopped at the ramp", book.with { $0.stopped.count })
    }
}
