import Domain
import Foundation
import LazadaSimulator
import ShopeeSimulator
import SimulatorKit
import ThailandPostSimulator

/// How a day is run.
struct DayWish: Sendable {
    var orders = 20_000, seed: UInt64 = 20_261_111, hubs = 1, kills = 0, level = FaultLevel.storm
    /// Simulated seconds in a real one, by day and in the night in which carriers are asked and the last retries come.
    var factor = 30.0, nightFactor = 240.0
    var limitSeconds = 3600.0
    var report: String?
}

extension Bench {
    struct DayFailed: Error, CustomStringConvertible { let description: String }

    /// 8. A whole shop's day over five channels and the post, in a storm: hubs as processes of their own, platforms in this one, people through the API.
    func day(_ wish: DayWish) async throws {
        let path = URL(fileURLWithPath: try freshFolder("day")).standardizedFileURL.path, clock = path + "/clock", time = try CompressedTime.begin(clock, factor: wish.factor)
        let hub = try DayHub(folder: path, databaseURL: database, count: database == nil ? 1 : wish.hubs, clock: clock)
        let town = try await DayTown.start(seed: wish.seed, level: .none, time: time, files: hub.files)
        let day = Day(wish: wish, plan: DayPlan(seed: wish.seed, orders: wish.orders), hub: hub, town: town, book: DayBook(), time: time, engine: database == nil ? "SQLite" : "PostgreSQL")
        var outcome: Swift.Result<DayReport, any Error>
        do { outcome = .success(try await day.run()) } catch { outcome = .failure(error) }
        do { try await hub.stopAll() } catch { outcome = outcome.flatMap { _ in .failure(error) } }
        await town.stop()
        let report = try outcome.get()
        report.say()
        if let file = wish.report { try report.write(to: file) }
        guard report.isGood else { throw DayFailed(description: "the day's two sides differ; seed \(wish.seed), the hubs' data is in \(path)") }
        try FileManager.default.removeItem(atPath: path)
    }
}

/// One day from the first consent to the last look at both books.
struct Day: Sendable {
    let wish: DayWish, plan: DayPlan, hub: DayHub, town: DayTown, book: DayBook, time: CompressedTime, engine: String

    /// Simulated.
    private static let reconcileSeconds = "60", stormAfterwards = Duration.seconds(1800)
    private static let look = Duration.milliseconds(500), lookAtBooks = Duration.seconds(4), toldTimelines = 3, morningTries = 5

    func run() async throws -> DayReport {
        try await hub.startAll()
        let supervisor = Task { try await hub.supervise() }      // cancelled below
        defer { supervisor.cancel() }
        let people = DayPeople(hub: hub, town: town, book: book)
        try await connect(people)
        town.set(wish.level)
        let course = DayCourse(plan: plan, hub: hub, town: town, book: book, time: time, level: wish.level)
        let begin = ContinuousClock.now, firstOrder = time.now
        let atWork = Task { await people.work() }, outside = Task { await course.run() }      // cancelled and awaited below
        defer { atWork.cancel(); outside.cancel() }
        try await course.placeAll(accidents: wish.level == .none ? DayAccident.kills(wish.kills) : DayAccident.storm(kills: wish.kills))
        let placed = Self.seconds(since: begin)
        Bench.say("  \(plan.orders.count) orders placed after \(Bench.text(placed)) s; \(book.waiting) have still to leave")
        let lull = time.now + Self.stormAfterwards
        try await wait(until: begin) { time.now > lull && book.waiting <= plan.orders.count / 2 || book.waiting == 0 && book.uncancelled == 0 }
        Bench.say("  the storm is over after \(Bench.text(Self.seconds(since: begin))) s; \(book.waiting) have still to leave")
        // What waits for its next try comes up in the evening and in the night, in which carriers are asked too.
        town.set(.none)
        try time.change(to: wish.nightFactor)
        try await wait(until: begin) { book.waiting == 0 && book.uncancelled == 0 }
        let handed = Self.seconds(since: begin), minutes = Double((time.now - firstOrder).inMilliseconds) / 60_000
        Bench.say("  everything handed over after \(Bench.text(handed)) s; \(book.waiting) are left")
        try await wait(until: begin) { book.underway == 0 }
        let (books, open) = try await settled(begin)
        atWork.cancel()
        outside.cancel()
        await atWork.value
        await outside.value
        var report = DayReport(seed: wish.seed, engine: engine, hubs: engine == "SQLite" ? 1 : wish.hubs, orders: plan.orders.count, kills: hub.killed, faults: town.faultsStruck,
                               placedSeconds: placed, handedSeconds: handed, settledSeconds: Self.seconds(since: begin), simulatedMinutes: minutes, counts: books.counts, open: open.open, unexpected: open.unexpected)
        report.differences = books.differences.map { "\($0.key): \($0.what)" }
        book.with { state in
            report.counts["labels printed"] = state.labels
            report.counts["labels refused at first"] = state.labelsRefused
            (report.refusals, report.authorised, report.resumed) = (state.refusals, state.authorised, state.resumed)
        }
        try await tellTimelines(books.differences)
        return report
    }

    // MARK: The morning

    private func connect(_ people: DayPeople) async throws {
        let post = try await add(DayPeople.post, "thailandpost", town.postSettings)
        let hook = post["hookURL"].string
        town.post.adjust { $0.webhookURL = hook }
        for channel in DayPlan.Channel.allCases {
            var (platform, settings) = town.connection(of: channel)
            settings["hub.reconcileSeconds"] = Self.reconcileSeconds
            switch channel {
            case .shopeeOne: settings["hub.webhooks"] = "manual"
            case .shopeeTwo: settings.merge(["hub.webhooks": "manual", "hub.booking": "whenPacked"]) { $1 }
            case .lazada: break
            case .shopat24: settings["hub.courier"] = DayPeople.post
            case .shop: settings.merge(["hub.courier": DayPeople.post, "hub.approval": "manual"]) { $1 }
            }
            let made = try await add(channel.rawValue, platform, settings)
            guard let id = made["id"].string, let hook = made["hookURL"].string else { throw Bench.DayFailed(description: "the channel \(channel.rawValue) was not made") }
            switch channel {
            // One push address for all shops of the app.
            case .shopeeOne: town.shopee.setCallback(url: hook)
            case .lazada: town.lazada.setPushURL(hook)
            case .shopeeTwo, .shopat24, .shop: break
            }
            if [.shopeeOne, .shopeeTwo, .lazada].contains(channel) { try await patiently { try await people.authorise(channel, id) } }
        }
        book.with { $0.authorised.removeAll() }
    }

    private func add(_ name: String, _ platform: String, _ settings: [String: String]) async throws -> JSONValue {
        try await patiently { try await hub.api("POST", "channels", ["platform": .text(platform), "name": .text(name), "settings": JSONValue(settings)]) }
    }

    /// What a person does when a page says that something could not be reached: tries again a little later.
    private func patiently<T>(_ body: () async throws -> T) async throws -> T {
        for _ in 1..<Self.morningTries {
            do { return try await body() } catch is DayHub.Refused { try await Task.sleep(for: Self.lookAtBooks) }
        }
        return try await body()
    }

    // MARK: The evening

    private static func seconds(since begin: ContinuousClock.Instant) -> Double { (ContinuousClock.now - begin) / .seconds(1) }

    private func wait(until begin: ContinuousClock.Instant, _ holds: () -> Bool) async throws {
        while !holds(), Self.seconds(since: begin) < wish.limitSeconds { try await Task.sleep(for: Self.look) }
    }

    /// Waits until both sides agree and nothing is open that should not be; gives up when nothing has changed for long.
    private func settled(_ begin: ContinuousClock.Instant) async throws -> (DayAudit.Result, DayOpenItems.Result) {
        var last = "", unchanged = 0
        while true {
            let books = try await DayAudit(hub: hub, town: town, book: book).run(), open = try await DayOpenItems(hub: hub, town: town, book: book).look()
            if books.differences.isEmpty, open.unexpected.isEmpty { return (books, open) }
            let now = books.differences.map { "\($0.key) \($0.what)" }.joined() + open.unexpected.joined()
            unchanged = now == last ? unchanged + 1 : 0
            last = now
            if Self.seconds(since: begin) > wish.limitSeconds || unchanged >= Self.patientLooks { return (books, open) }
            try await Task.sleep(for: Self.lookAtBooks)
        }
    }
    /// With four seconds between two looks: an hour and more of the night.
    private static let patientLooks = 10

    private func tellTimelines(_ differences: [DayAudit.Difference]) async throws {
        for difference in differences.lazy.filter({ $0.order != nil }).prefix(Self.toldTimelines) {
            Bench.say("  timeline of \(difference.key) (\(difference.what))")
            for entry in try await hub.api("GET", "orders/\(difference.order ?? "")/timeline")["data"].elements {
                let words = ["at", "kind", "type", "destination", "outcome", "code", "message", "note"].compactMap { entry[$0].string }
                Bench.say("    " + words.joined(separator: " · ").prefix(220))
            }
        }
    }
}
