import Domain
import Foundation
import LazadaSimulator
import Shopat24Simulator
import ShopeeSimulator
import SimulatorKit
import ThailandPostSimulator

/// How the day goes outside the shop: buyers order by the plan's minutes, some change their minds, things break at their time, and carriers carry.
struct DayCourse: Sendable {
    let plan: DayPlan, hub: DayHub, town: DayTown, book: DayBook, time: CompressedTime, level: FaultLevel

    private static let tick = Duration.milliseconds(40), look = Duration.milliseconds(300)
    /// Simulated; after this a buyer has changed his mind, and a transfer has come.
    private static let secondThoughts = Duration.seconds(60), transferTakes = Duration.seconds(1200)

    /// Everything that is to happen by itself, until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await again { buyersChangeTheirMinds() } }
            group.addTask { await again { carry() } }
            group.addTask { await again(pause: .seconds(2)) { town.dropFiles() } }
        }
    }

    private func again(pause: Duration = look, _ body: () -> Void) async {
        while !Task.isCancelled {
            body()
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    // MARK: Orders and accidents

    /// Places every order at its minute and lets each accident happen when its share of the orders has been placed.
    func placeAll(accidents: [DayAccident]) async throws {
        let start = time.now
        var rest = accidents[...]
        for (index, order) in plan.orders.enumerated() {
            while time.now < start + order.at { try await Task.sleep(for: Self.tick) }
            let (externalID, number) = try town.place(order)
            book.note(order, externalID, number, at: time.now)
            while let next = rest.first, Double(index + 1) >= next.after * Double(plan.orders.count) {
                rest = rest.dropFirst()
                try await next.happen(self)
            }
        }
        for accident in rest { try await accident.happen(self) }
    }

    private func buyersChangeTheirMinds() {
        let now = time.now
        for (key, entry) in book.entries {
            if entry.order.kind == .transfer, !entry.isPaid, now > entry.placedAt + Self.transferTakes {
                if !entry.isCancelled { town.pay(entry.number) }
                book.change(key) { $0.isPaid = true }
            }
            guard !entry.isCancelled else { continue }
            let isTime = switch entry.order.fate {
            case .delivered: false
            case .cancelledBeforePacking: now > entry.placedAt + Self.secondThoughts
            case .cancelledAfterPacking: entry.ofParcels > 0 && entry.packed.count >= entry.ofParcels
            }
            if isTime, town.cancel(entry.order, entry.externalID, entry.number) { book.change(key) { $0.isCancelled = true } }
        }
    }

    // MARK: Carriers

    /// Each order whose boxes have all been signed for comes one step nearer to its buyer.
    private func carry() {
        for (key, entry) in book.entries where !entry.hasArrived && entry.ofParcels > 0 && entry.handed.count >= entry.ofParcels {
            if let step = entry.step {
                let goesOn = town.move(entry.order.channel, entry.externalID, step: step, barcodes: Array(entry.handed.values))
                book.change(key) { $0.step = goesOn ? step + 1 : nil }
            } else if entry.order.channel != .shopat24 {
                book.change(key) { $0.hasArrived = true }
            } else if let order = town.channel.order(entry.number), order.status == .shipped || order.status == .delivered {
                // The channel hears of it from us first.
                town.arrive(entry.number)
                book.change(key) { $0.hasArrived = true }
            }
        }
    }
}

/// Something that breaks when a share of the day's orders has been placed.
struct DayAccident: Sendable {
    let after: Double, name: String
    let happen: @Sendable (DayCourse) async throws -> Void

    private static let shopToken = "auth/access_token/get"
    /// Simulated minutes without the post.
    static let outageMinutes = 20.0

    /// What a storm brings besides its single faults; `kills` of the working hub are spread over the day.
    static func storm(kills: Int) -> [DayAccident] {
        let accidents = [
            DayAccident(after: 0.08, name: "an access token dies, and the answer to its renewal is lost") { course in
                course.town.shopee.loseNextAnswer(shopToken)
                course.town.shopee.expireAccessTokens(of: DayTown.shops[.shopeeOne] ?? 0)
            },
            DayAccident(after: 0.20, name: "both shops' access tokens die at once") { course in
                for shop in DayTown.shops.values { course.town.shopee.expireAccessTokens(of: shop) }
            },
            DayAccident(after: 0.30, name: "Shopee's own word for too many calls, sixty times") { $0.town.shopee.refuseNext(code: "error_rate_limit", message: "Your request is over the rate limit.", times: 60) },
            DayAccident(after: 0.35, name: "the second shop's consent is withdrawn") { $0.town.shopee.revokeConsent(of: DayTown.shops[.shopeeTwo] ?? 0) },
            DayAccident(after: 0.42, name: "Lazada's consent is withdrawn") { $0.town.lazada.revokeTokens() },
            DayAccident(after: 0.50, name: "the post is down for twenty minutes") { $0.town.post.startOutage(minutes: outageMinutes) },
            DayAccident(after: 0.55, name: "Lazada bans a call for half a minute") { $0.town.lazada.ban("/order/items/get", seconds: 30) },
            DayAccident(after: 0.60, name: "Shopat24 refuses forty calls as too many") { $0.town.channel.force(Array(repeating: .throttled(retryAfterSeconds: 2), count: 40)) },
            DayAccident(after: 0.66, name: "Shopee's label documents fail twice") { $0.town.shopee.failLabels(2 * max(1, $0.plan.orders.count / 100)) },
            DayAccident(after: 0.70, name: "Lazada's labels fail twice") { course in
                let faults: [LazadaLabelFault] = (0..<max(1, course.plan.orders.count / 200)).flatMap { _ in [.notReady, .deadURL] }
                course.town.lazada.failLabels(faults)
            },
            DayAccident(after: 0.80, name: "Lazada's access token dies") { $0.town.lazada.expireAccessTokens() },
        ]
        return (accidents + Self.kills(kills)).sorted { $0.after < $1.after }
    }

    static func kills(_ count: Int) -> [DayAccident] {
        (0..<count).map { index in
            DayAccident(after: (Double(index) + 0.7) / (Double(count) + 0.4), name: "the working hub is killed") { try await $0.hub.killTheWorkingOne() }
        }
    }
}
