import Foundation
import Testing
import Waiting

/// A shop's day over five channels and the post in a storm, at a tenth of its size (a fortieth with two hubs): `crossdock bench day` runs it, with hubs as processes that are killed, and looks at
/// both sides' books; here is what must come of it.
@Suite struct DayTests {
    struct Setting: Sendable {
        let engine: String, hubs: Int, orders: Int
        var name: String { hubs == 1 ? "one hub on \(engine)" : "\(hubs) hubs on \(engine)" }
    }
    private static let alone = Setting(engine: "sqlite", hubs: 1, orders: 2000), pair = Setting(engine: "postgres", hubs: 2, orders: 500)
    private static let kills = 2, limitSeconds = 720

    /// Both at once: a day waits for its clock most of the time.
    @Test(.timeLimit(.minutes(15)))
    func `at the end of a stormy day every order is right on both sides, and only what a person must decide is open`() async throws {
        let seed = ProcessInfo.processInfo.environment["CROSSDOCK_SEED"].flatMap(UInt64.init) ?? 20_261_111
        print("days on \(Self.alone.name) and on \(Self.pair.name), seed \(seed)")
        async let ofAlone = Self.day(Self.alone, seed: seed), ofPair = Self.day(Self.pair, seed: seed)
        for (setting, day) in [(Self.alone, try await ofAlone), (Self.pair, try await ofPair)] {
            let report = try #require(day.report, "the day of \(setting.name) gave no report; seed \(seed): \(day.words)")
            #expect(report.kills == Self.kills)
            #expect(report.counts["orders in the hub"] == setting.orders)
            #expect(report.differences.isEmpty, "\(setting.name), seed \(seed): \(report.differences.count) differences: \(report.differences.prefix(5)); \(day.words)")
            #expect(report.unexpected.isEmpty, "\(setting.name), seed \(seed): open beyond the plan: \(report.unexpected)")
            #expect(report.faults > 1000, "a storm strikes")
            #expect(report.counts["consignments at the post"] ?? 0 > 0)
            #expect(report.counts["parcels signed for"] ?? 0 > 0)
            print(day.words)
        }
    }

    private static func day(_ setting: Setting, seed: UInt64) async throws -> DayRun {
        try await DayRun.run(setting, seed: seed, orders: setting.orders, kills: kills, limitSeconds: limitSeconds)
    }
}

/// One run of the day by the built binary.
struct DayRun {
    /// Of the report, what is looked at here.
    struct Report: Decodable { var kills: Int, faults: Int, counts: [String: Int], differences: [String], unexpected: [String] }
    var report: Report?
    var words: String

    static func run(_ setting: DayTests.Setting, seed: UInt64, orders: Int, kills: Int, limitSeconds: Int) async throws -> DayRun {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-day-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }      // left over in the temporary folder at worst
        let child = Process(), output = folder + "/words.txt", report = folder + "/report.json"
        try Data().write(to: URL(fileURLWithPath: output))
        child.executableURL = URL(fileURLWithPath: try HubUnderTest.binary)
        child.arguments = ["bench", "day", "--folder", folder, "--day-orders", "\(orders)", "--seed", "\(seed)", "--kills", "\(kills)", "--hubs", "\(setting.hubs)", "--limit", "\(limitSeconds)", "--report", report]
        if setting.engine == "postgres" { child.arguments?.append(contentsOf: ["--database", try await TestPostgres.freshDatabase()]) }
        let words = FileHandle(forWritingAtPath: output)
        child.standardOutput = words ?? FileHandle.nullDevice
        child.standardError = words ?? FileHandle.nullDevice
        try child.run()
        await ended(child)
        let found = FileManager.default.contents(atPath: report)
        return DayRun(report: try found.map { try JSONDecoder().decode(Report.self, from: $0) }, words: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "")      // without its words
    }

    /// A test that is cut off leaves no day running.
    private static func ended(_ child: Process) async {
        guard await !eventually(within: .seconds(3600), between: .milliseconds(200), { !child.isRunning }) else { return }
        child.terminate()
        child.waitUntilExit()
    }
}
