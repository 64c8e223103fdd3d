import Connect
import Domain
import Foundation
import SimulatorKit
import Testing
import Waiting

/// A marketplace that ships with couriers of its own.
protocol MarketplaceUnderTest: ShopUnderTest {
    /// An order for the platform's couriers, in one package or two, that can be arranged now.
    func placeToArrange(packages: Int) async throws -> ExternalID
    /// How often each of the order's packages was arranged: anything but 1 in the end is a mistake.
    func arrangements(of id: ExternalID) -> [Int]
    /// Arrangements that the platform refused because they had been made: the connector looks first, so there are none.
    func refusedRepeats(of id: ExternalID) -> Int
    /// Calls that change something while one package is arranged.
    var writesOfArranging: Int { get }
    /// The next package is refused for now.
    func refuseNextPackage()
    /// Whether `KitConfiguration.hasLateNumbers` means anything here.
    var givesNumbersLate: Bool { get }
    /// The courier gives the numbers it is late with.
    func giveNumbers(of id: ExternalID)
    /// The next two labels fail.
    func failLabels()
}

extension Platform {
    static let marketplaces = [shopee, lazada]
}

/// Packages are arranged once, however often and in whatever weather it was asked for (laws 5 and 6).
@Suite(.serialized, .timeLimit(.minutes(2))) struct ArrangingConformanceTests {
    private func withMarketplace(
        _ platform: Platform, packages: Int = 1, hasLateNumbers: Bool = false, _ body: (any MarketplaceUnderTest, any ArrangesShipments, OrderForAction) async throws -> Void
    ) async throws {
        try await withPlatform(platform, hasLateNumbers: hasLateNumbers) { running, _ in
            let shop = try #require(running as? any MarketplaceUnderTest), connector = try #require(running.connector as? any ArrangesShipments)
            let order = try await shop.action(try await shop.placeToArrange(packages: packages))
            try await body(shop, connector, order)
        }
    }

    private func isArrangedOnce(_ shop: any MarketplaceUnderTest, _ order: OrderForAction, packages: Int) -> Bool {
        let id = order.snapshot.externalID
        return shop.arrangements(of: id) == [Int](repeating: 1, count: packages) && shop.refusedRepeats(of: id) == 0
    }

    @Test(arguments: Platform.marketplaces) func `what may be chosen is open, and one way is the usual one`(_ platform: Platform) async throws {
        try await withMarketplace(platform) { shop, connector, order in
            let choices = try await connector.handoverChoices(of: order)
            #expect(!choices.isEmpty && choices.allSatisfy { !$0.title.isEmpty })
            let handover = try #require(choices.first).handover
            let packages = try await connector.arrangeShipment(of: order, by: handover, idempotencyKey: "arrange:1")
            #expect(packages.allSatisfy { $0.isArranged })
            #expect(isArrangedOnce(shop, order, packages: 1))
        }
    }

    @Test(arguments: Platform.marketplaces, [1, 2]) func `an order that is arranged twice is arranged once`(_ platform: Platform, count: Int) async throws {
        try await withMarketplace(platform, packages: count) { shop, connector, order in
            #expect(try await connector.arrangedPackages(of: order).allSatisfy { !$0.isArranged })
            let first = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1")
            #expect(first.count == count && first.allSatisfy { $0.isArranged && $0.trackingNumber?.isEmpty == false })
            #expect(Set(first.map(\.externalID)).count == count && Set(first.map(\.trackingNumber)).count == count)
            for key in ["arrange:1", "arrange:2"] {
                let again = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: key)
                #expect(again == first)
            }
            #expect(try await connector.arrangedPackages(of: order) == first)
            #expect(isArrangedOnce(shop, order, packages: count))
        }
    }

    @Test(arguments: Platform.marketplaces, [1, 2]) func `the packages hold every line's goods`(_ platform: Platform, count: Int) async throws {
        try await withMarketplace(platform, packages: count) { _, connector, order in
            let packages = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1")
            let held = Dictionary(packages.flatMap(\.contents).map { ($0.externalLineID, $0.quantity) }, uniquingKeysWith: +)
            #expect(held == Dictionary(order.snapshot.lines.map { ($0.externalLineID, $0.quantity) }, uniquingKeysWith: +))
        }
    }

    @Test(arguments: Platform.marketplaces, [Fault.lostAnswer, .malform, .drop, .serverError(status: 502)])
    func `after an uncertain outcome the packages tell what was done, and the repeat does the rest`(_ platform: Platform, fault: Fault) async throws {
        try await withPlatform(platform) { running, _ in
            let shop = try #require(running as? any MarketplaceUnderTest), connector = try #require(running.connector as? any ArrangesShipments)
            for before in 0..<shop.writesOfArranging {
                let id = try await shop.placeToArrange(packages: 1), order = try await shop.action(id)
                shop.simulator.faults.force([Fault?](repeating: nil, count: before) + [fault], at: .write)
                let key = "arrange:\(id)", error = await connectorError { () async throws(ConnectorError) in try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: key) }
                shop.simulator.faults.clearForced()
                #expect(error?.failureClass == .transient, "\(String(describing: error))")
                let found = try await connector.arrangedPackages(of: order)
                #expect(found.count(where: \.isArranged) == shop.arrangements(of: id).reduce(0, +), "call \(before + 1)")
                if fault == .lostAnswer, before + 1 == shop.writesOfArranging { #expect(found.count == 1 && found.allSatisfy(\.isArranged)) }
                let repeated = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: key)
                #expect(repeated.count == 1 && repeated.allSatisfy(\.isArranged))
                #expect(isArrangedOnce(shop, order, packages: 1), "call \(before + 1)")
            }
        }
    }

    @Test(arguments: Platform.marketplaces) func `a package that is refused leaves the others arranged, and is arranged later`(_ platform: Platform) async throws {
        try await withMarketplace(platform, packages: 2) { shop, connector, order in
            shop.refuseNextPackage()
            let error = await connectorError { () async throws(ConnectorError) in try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1") }
            #expect(error != nil)
            #expect(try await connector.arrangedPackages(of: order).count(where: \.isArranged) == 1)
            let packages = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1")
            #expect(packages.count == 2 && packages.allSatisfy(\.isArranged))
            #expect(isArrangedOnce(shop, order, packages: 2))
        }
    }

    @Test(arguments: Platform.marketplaces, [1, 2])
    func `a tracking number that comes late is found later, and nothing is arranged for it again`(_ platform: Platform, count: Int) async throws {
        try await withMarketplace(platform, packages: count, hasLateNumbers: true) { shop, connector, order in
            guard shop.givesNumbersLate else { return }
            let packages = try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1")
            #expect(packages.count == count && packages.allSatisfy { $0.isArranged && $0.trackingNumber == nil })
            #expect(try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1") == packages)
            shop.giveNumbers(of: order.snapshot.externalID)
            let later = try await connector.arrangedPackages(of: order)
            #expect(later.map(\.externalID) == packages.map(\.externalID))
            #expect(Set(later.compactMap(\.trackingNumber)).count == count)
            #expect(isArrangedOnce(shop, order, packages: count))
        }
    }

    @Test(arguments: Platform.marketplaces) func `a cancelled order is not arranged`(_ platform: Platform) async throws {
        try await withMarketplace(platform) { shop, connector, order in
            let seller = try #require(connector as? any FulfilsOrders), id = order.snapshot.externalID
            _ = try await seller.cancelOrder(order, reason: "customer", idempotencyKey: "cancel:\(id)")
            #expect(try await eventually { try await shop.fetched(id).standing == .cancelled })
            let error = await connectorError { () async throws(ConnectorError) in try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1") }
            #expect(error?.failureClass == .rejected, "\(String(describing: error))")
            #expect(shop.arrangements(of: id).reduce(0, +) == 0)
        }
    }
}

/// A marketplace's label is made by the marketplace, in its own time.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LabelConformanceTests {
    private static let mostTries = 12

    @Test(arguments: Platform.marketplaces) func `a label that takes time and fails twice is a PDF in the end`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            let shop = try #require(running as? any MarketplaceUnderTest), connector = try #require(running.connector as? any ArrangesShipments & FetchesLabels)
            let order = try await shop.action(try await shop.placeToArrange(packages: 1))
            let package = try #require(try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1").first)
            shop.failLabels()
            var refusals: [ConnectorError] = [], label: [UInt8]?
            while label == nil, refusals.count < Self.mostTries {
                do throws(ConnectorError) {
                    let fetched = try await connector.fetchLabel(externalID: package.externalID, format: "pdf", size: "100x150")
                    #expect(fetched.contentType.contains("pdf"))
                    label = fetched.bytes
                } catch { refusals.append(error) }
            }
            #expect(refusals.count >= 2)
            // Each is for a later try, none for a person.
            #expect(refusals.allSatisfy { if case .throttled = $0 { true } else { $0.failureClass == .transient } }, "\(refusals)")
            #expect(label?.starts(with: Array("%PDF".utf8)) == true)
            #expect(try await connector.fetchLabel(externalID: package.externalID, format: "pdf", size: "100x150").bytes.starts(with: Array("%PDF".utf8)))
        }
    }

    @Test(arguments: Platform.marketplaces) func `each of several packages has a label of its own`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            let shop = try #require(running as? any MarketplaceUnderTest), connector = try #require(running.connector as? any ArrangesShipments & FetchesLabels)
            let order = try await shop.action(try await shop.placeToArrange(packages: 2))
            var labels: Set<[UInt8]> = []
            for package in try await connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "arrange:1") {
                for _ in 0..<Self.mostTries {
                    // Not made yet: asked for again.
                    guard let label = try? await connector.fetchLabel(externalID: package.externalID, format: "pdf", size: "100x150") else { continue }
                    let number = try #require(package.trackingNumber)
                    #expect(String(decoding: label.bytes, as: UTF8.self).contains(number))
                    labels.insert(label.bytes)
                    break
                }
            }
            #expect(labels.count == 2)
        }
    }
}
