import ArgumentParser
import Domain
import Foundation
import Glibc
import Logging
import SimulatorKit

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this build on this machine: accept, flow, lag, restart, lookup, console, labels, bookings, tokens, day. Each on data of its own, removed afterwards.")

    enum Figure: String, ExpressibleByArgument, CaseIterable { case accept, flow, lag, restart, lookup, console, labels, bookings, tokens, day, all }
    @Argument(help: "accept, flow, lag, restart (with lookup over the same orders), console (pages, bulk action, open consoles), labels, bookings, tokens, day, or all") var figure = Figure.all
    @Option(help: "A PostgreSQL URL of an empty database; without it SQLite.") var database: String?
    @Option(help: "A folder for the data of the runs.") var folder = "bench-out"
    @Option(help: "Deliveries of the flow's backlog.") var backlog = 200_000
    @Option(help: "Deliveries pending at the restart, and orders of the look-up.") var orders = 1_000_000
    @Option(help: "Seconds of the accept and lag runs.") var seconds = 15
    @Option(help: "Connections of the accept run.") var connections = 64
    @OptionGroup(title: "The day") var day: DayOptions

    mutating func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = JSONLineLog(label: label)
            handler.logLevel = .error
            return handler
        }
        let bench = Bench(folder: folder, database: database)
        Bench.say("crossdock \(Version.text), \(database == nil ? "SQLite" : "PostgreSQL"), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(Timestamp.now)")
        if figure == .accept || figure == .all { try await bench.accept(seconds: seconds, connections: connections) }
        if figure == .flow || figure == .all { try await bench.flow(backlog: backlog) }
        if figure == .lag || figure == .all { try await bench.lag(seconds: seconds) }
        var figures: [@Sendable (ManyOrders) async throws -> Void] = []
        if [.restart, .lookup, .all].contains(figure) { figures.append { try await $0.lookup() } }
        if [.console, .all].contains(figure) { figures += [{ try await $0.pages() }, { try await $0.consoles() }] }
        if !figures.isEmpty { try await bench.overManyOrders(orders, isRestartTold: figure != .console, figures: figures) }
        if figure == .labels || figure == .all { try await bench.labels() }
        if figure == .bookings || figure == .all { try await bench.bookings() }
        if figure == .tokens || figure == .all { try await bench.tokens(day.channels) }
        if figure == .day || figure == .all { try await bench.day(day.wish) }
    }
}

/// How the day, and the hour of tokens, are run.
struct DayOptions: ParsableArguments {
    @Option(help: "Orders of the day.") var dayOrders = 20_000
    @Option(help: "The seed of the day: the same seed brings the same orders, cancellations and faults.") var seed: UInt64 = 20_261_111
    @Option(help: "Hubs that run the day together (with --database).") var hubs = 1
    @Option(help: "How often the working hub is killed during the day.") var kills = 2
    @Option(help: "How badly platforms behave: none, normal or storm.") var faults = FaultLevel.storm
    @Option(help: "Simulated seconds in a second.") var factor = 30.0
    @Option(help: "Seconds after which the day is looked at as it is.") var limit = 3600.0
    @Option(help: "A file for the day's report, in JSON.") var report: String?
    @Option(help: "Channels of the hour of tokens.") var channels = 10_000

    var wish: DayWish { DayWish(orders: dayOrders, seed: seed, hubs: hubs, kills: kills, level: faults, factor: factor, limitSeconds: limit, report: report) }
}

/// What the runs share.
struct Bench {
    let folder: String, database: String?
    let shape: DeliveryShape

    init(folder: String, database: String?) {
        self.folder = folder
        self.database = database
        shape = DeliveryShape()
    }

    func freshFolder(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try? FileManager.default.removeItem(atPath: path)      // what an earlier run left; nothing there is fine
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Memory of this process in MB: now, and at its highest.
    static var residentMegabytes: Int { status("VmRSS:") / 1024 }
    static var peakMegabytes: Int { status("VmHWM:") / 1024 }

    private static func status(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""      // no figure where there is no /proc
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    /// What this process has used of the processors so far: a figure that a busy machine disturbs less than a rate.
    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A line as soon as it is known, also into a file.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    static func percentile(_ sorted: [Double], _ share: Double) -> Double { sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
    static func text(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
}
