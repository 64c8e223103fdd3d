import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Statuses, transitions and the courier's walk (shopee.md §5).
@Suite(.timeLimit(.minutes(1))) struct StatusTests {
    /// The transition line of §5.1, and the row of INVOICE_PENDING decided here.
    static let table: [(ShopeeOrderStatus, Set<ShopeeOrderStatus>)] = [
        (.unpaid, [.pending, .readyToShip, .cancelled, .invoicePending]), (.pending, [.readyToShip, .cancelled]), (.invoicePending, [.readyToShip, .cancelled]),
        (.readyToShip, [.processed, .inCancel, .cancelled, .shipped]), (.processed, [.shipped, .retryShip, .inCancel, .cancelled]),
        (.retryShip, [.processed, .shipped, .cancelled]), (.shipped, [.toConfirmReceive, .cancelled, .toReturn]), (.toConfirmReceive, [.completed, .toReturn]),
        (.inCancel, [.cancelled, .readyToShip, .processed]), (.toReturn, [.completed, .cancelled]), (.completed, []), (.cancelled, []),
    ]

    @Test(arguments: table)
    func `an order goes where the table says and nowhere else`(from: ShopeeOrderStatus, allowed: Set<ShopeeOrderStatus>) throws {
        var configuration = ShopeeConfiguration()
        configuration.now = { Date(timeIntervalSince1970: 1_760_000_000) }
        for target in ShopeeOrderStatus.allCases {
            var world = ShopeeWorld(configuration: configuration)
            let placed = world.place(.everyday, shopID: ShopeeBench.first)
            let order = try #require(placed)
            world.orders[order.number]?.status = from
            world.orders[order.number]?.statusBefore = from == .inCancel ? (target == .processed ? .processed : .readyToShip) : nil
            #expect(world.move(order.number, to: target) == allowed.contains(target), "\(from) to \(target)")
            #expect(world.orders[order.number]?.status == (allowed.contains(target) ? target : from))
        }
    }

    @Test func `IN_CANCEL goes back only to where it was`() async throws {
        try await withShopee { (bench) async throws in
            let fresh = try bench.place(.everyday), packed = try bench.place(.everyday)
            try await bench.ship(packed)
            for order in [fresh, packed] {
                #expect(bench.simulator.cancelByBuyer(order))
                #expect(bench.simulator.status(order) == .inCancel)
                #expect(!bench.simulator.advance(order, .pickUp))
                #expect(bench.simulator.settleCancellation(order, accepting: false))
            }
            #expect(bench.simulator.status(fresh) == .readyToShip)
            #expect(bench.simulator.status(packed) == .processed)
        }
    }

    @Test func `the way to the buyer's door passes every word`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday), package = try bench.package(order)
            var words: [String] = [], packages: [ShopeePackageStatus] = [], fulfilments: [String] = []
            func look() throws {
                words.append(try #require(bench.simulator.status(order)).rawValue)
                packages.append(try #require(bench.simulator.packageStatus(package)))
                fulfilments.append(try #require(bench.simulator.orderState(order)).fulfilment)
            }
            try look()
            try await bench.ship(order)
            try look()
            for _ in 0..<4 {
                #expect(bench.simulator.advance(order))
                try look()
            }
            #expect(!bench.simulator.advance(order))
            #expect(bench.simulator.complete(order))
            try look()
            #expect(words == ["READY_TO_SHIP", "PROCESSED", "SHIPPED", "SHIPPED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"])
            #expect(packages == [.ready, .requestCreated, .pickupDone, .pickupDone, .pickupDone, .deliveryDone, .deliveryDone])
            #expect(fulfilments == ["unfulfilled", "readyToShip", "inTransit", "inTransit", "inTransit", "delivered", "delivered"])
            let info = try await bench.call("logistics/get_tracking_info", [("order_sn", order)]).response
            #expect(info["tracking_info"]?.items?.map { $0["logistics_status"] } == ["DELIVERED", "OUT_FOR_DELIVERY", "IN_TRANSIT", "PICKED_UP", "ORDER_CREATED"])
            #expect(info["logistics_status"] == "LOGISTICS_DELIVERY_DONE")
        }
    }

    @Test(arguments: [
        ([ShopeeCourierStep.failPickUp], ShopeeOrderStatus.cancelled, ShopeePackageStatus.pickupFailed, "readyToShip"),
        ([.retryPickUp], .retryShip, .pickupRetry, "readyToShip"), ([.retryPickUp, .pickUp], .shipped, .pickupDone, "inTransit"),
        ([.retryPickUp, .failPickUp], .cancelled, .pickupFailed, "readyToShip"),
        ([.pickUp, .failDelivery], .cancelled, .deliveryFailed, "deliveryFailed"), ([.pickUp, .failDelivery, .bringBack], .cancelled, .deliveryFailed, "deliveryFailed"),
        ([.pickUp, .lose], .cancelled, .lost, "lost"), ([.pickUp, .deliver], .toConfirmReceive, .deliveryDone, "delivered"),
    ])
    func `a courier's bad day ends where the table says`(
        steps: [ShopeeCourierStep], status: ShopeeOrderStatus, package: ShopeePackageStatus, fulfilment: String
    ) async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            for step in steps { #expect(bench.simulator.advance(order, step), "\(step)") }
            #expect(bench.simulator.status(order) == status)
            #expect(bench.simulator.packageStatus(try bench.package(order)) == package)
            #expect(bench.simulator.orderState(order)?.fulfilment == fulfilment)
        }
    }

    @Test func `money, checks and rejections move an order before it is packed`() async throws {
        try await withShopee { (bench) async throws in
            let paid = try bench.place(.unpaid), checked = try bench.place(.unpaid), held = try bench.place(.notReady), cod = try bench.place(.cod)
            let invoice = try bench.place(.invoicePending)
            #expect(bench.simulator.pay(paid))
            #expect(bench.simulator.status(paid) == .readyToShip)
            #expect(bench.simulator.packageStatus(try bench.package(paid)) == .ready)
            #expect(!bench.simulator.pay(paid))
            #expect(bench.simulator.pay(checked, pending: true))
            #expect(bench.simulator.status(checked) == .pending)
            #expect(bench.simulator.release(checked))
            #expect(bench.simulator.release(held))
            #expect(bench.simulator.packageStatus(try bench.package(held)) == .ready)
            #expect(bench.simulator.release(invoice))
            #expect(bench.simulator.rejectCOD(cod))
            #expect(bench.simulator.status(cod) == .cancelled)
            #expect(bench.simulator.packageStatus(try bench.package(cod)) == .codRejected)
            #expect(!bench.simulator.rejectCOD(paid))
        }
    }

    @Test func `an order of two packages follows the slower one`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.split)
            let one = try bench.package(order, 0), two = try bench.package(order, 1)
            try await bench.ship(order, package: one)
            #expect(bench.simulator.status(order) == .readyToShip)
            try await bench.ship(order, package: two)
            #expect(bench.simulator.status(order) == .processed)
            bench.simulator.advance(package: one, .pickUp)
            #expect(bench.simulator.status(order) == .processed)
            bench.simulator.advance(package: one, .deliver)
            bench.simulator.advance(package: two, .pickUp)
            #expect(bench.simulator.status(order) == .shipped)
            bench.simulator.advance(package: two, .lose)
            #expect(bench.simulator.status(order) == .toConfirmReceive)
        }
    }

    @Test(arguments: [
        (ShopeeReturnStatus.closed, true, "returned"), (.closed, false, "delivered"), (.cancelled, true, "delivered"),
    ])
    func `a return ends the order's TO_RETURN`(end: ShopeeReturnStatus, goodsCame: Bool, fulfilment: String) async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            for _ in 0..<4 { bench.simulator.advance(order) }
            let number = try #require(bench.simulator.openReturn(order))
            #expect(bench.simulator.status(order) == .toReturn)
            #expect(bench.simulator.orderState(order)?.fulfilment == "returning")
            let list = try await bench.call("returns/get_return_list", [("page_no", "0"), ("page_size", "20")])
            #expect(list.response["return"]?[0]?["return_sn"] == .text(number))
            #expect(list.response["return"]?[0]?["status"] == "REQUESTED")
            #expect(list.response["return"]?[0]?["refund_amount"]?.minorUnits == bench.simulator.orderState(order)?.grandMinor)
            #expect(list.response["more"] == false)
            #expect(try await bench.call("returns/confirm", body: ["return_sn": .text(number)]).error == "")
            #expect(try await bench.call("returns/confirm", body: ["return_sn": .text(number)]).error == "error_param")
            #expect(try await bench.call("returns/get_return_detail", [("return_sn", number)]).response["status"] == "ACCEPTED")
            #expect(bench.simulator.moveReturn(number, to: end, goodsCame: goodsCame))
            #expect(bench.simulator.status(order) == .completed)
            #expect(bench.simulator.orderState(order)?.fulfilment == fulfilment)
            #expect(bench.simulator.openReturn(order) == nil)
        }
    }

    @Test func `a return can be disputed`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            for _ in 0..<4 { bench.simulator.advance(order) }
            let number = try #require(bench.simulator.openReturn(order, firstLineOnly: true))
            #expect(try await bench.call("returns/dispute", body: ["return_sn": .text(number)]).error == "")
            let disputed = try await bench.call("returns/get_return_list", [("page_no", "0"), ("page_size", "20"), ("status", "SELLER_DISPUTE")])
            #expect(disputed.response["return"]?.items?.count == 1)
            #expect(try await bench.call("returns/dispute", body: ["return_sn": "NOSUCH"]).error == "error_not_found")
        }
    }

    @Test(arguments: 0..<8)
    func `a busy shop never leaves the tables`(seed: Int) throws {
        var configuration = ShopeeConfiguration(seed: UInt64(seed))
        let clock = TestClock()
        configuration.now = { clock.date }
        var world = ShopeeWorld(configuration: configuration)
        _ = world.consent(.mainAccount)
        world.board.url = "http://127.0.0.1/"
        var moments: [String: Int64] = [:]
        for _ in 0..<200 {
            clock.advance(by: 1)
            if world.generator.chance(0.4) { _ = world.place(world.anyKind(), shopID: nil) }
            if world.generator.chance(0.05) { world.cancelSomething() }
            for order in world.orders.values.sorted(by: { $0.number < $1.number }) {
                if order.status == .inCancel { world.settleCancellation(order.number, accepting: order.oddity % 2 == 0) }
                guard order.status == .readyToShip, world.generator.chance(0.3) else { continue }
                for package in order.packages where package.status == .ready {
                    world.movePackage(package.number, to: .requestCreated, word: "ORDER_CREATED", "")
                    world.arranged(package.number)
                }
            }
            world.progress()
            for (number, order) in world.orders {
                #expect(order.updateTime >= moments[number] ?? 0)
                moments[number] = order.updateTime
            }
        }
        let walks = Dictionary(grouping: world.outbox.filter { $0.topic == .orderStatus }) { $0.data["ordersn"]?.string ?? "" }
        var seen: Set<ShopeeOrderStatus> = []
        for walk in walks.values {
            let words = walk.compactMap { $0.data["status"]?.string.flatMap { ShopeeOrderStatus(rawValue: $0) } }
            seen.formUnion(words)
            for (from, to) in zip(words, words.dropFirst()) {
                // PENDING is never pushed: an unpaid order may have passed it.
                #expect(from.successors.contains(to) || (from == .unpaid && ShopeeOrderStatus.pending.successors.contains(to)), "\(from) to \(to)")
            }
        }
        #expect(seen.count >= 6)
    }
}
