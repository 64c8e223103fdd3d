import Connect
import Domain
import Foundation
import Synchronization

/// A clock that runs faster than the machine's, so that a shop's day passes in minutes. Hub and simulators reckon it by themselves from the same small file,
/// one line a stretch: `real-milliseconds simulated-milliseconds factor`. A new stretch is written before it begins, so nobody's time ever goes back.
///
/// For rehearsals against simulators alone: a hub whose environment names such a file in `CROSSDOCK_COMPRESSED_TIME` lives by it, and what it may ask of a
/// platform in a second is multiplied by the first stretch's factor.
final class CompressedTime: Sendable {
    static let variable = "CROSSDOCK_COMPRESSED_TIME"
    /// Of this process; nil: it lives by the machine's clock.
    static let ofThisProcess = ProcessInfo.processInfo.environment[variable].map { CompressedTime(file: $0) }

    private struct Stretch { var real: Int64, simulated: Int64, factor: Double }
    private struct State { var stretches: [Stretch] = [], readAt = ContinuousClock.now - .seconds(3600) }
    private let file: String
    private let state = Mutex(State())

    /// How old a reading may be; a stretch is announced well before it begins.
    private static let freshness = Duration.milliseconds(50), announcedAhead: Int64 = 500

    init(file: String) { self.file = file }

    /// A clock that starts now, at the machine's time.
    static func begin(_ file: String, factor: Double) throws -> CompressedTime {
        let now = Timestamp.now.milliseconds
        try "\(now) \(now) \(factor)\n".write(toFile: file, atomically: true, encoding: .utf8)
        return CompressedTime(file: file)
    }

    var now: Timestamp { simulated(at: Timestamp.now.milliseconds) }
    var date: Date { Date(timeIntervalSince1970: Double(now.milliseconds) / 1000) }
    /// The first stretch's.
    var factor: Double { stretches().first?.factor ?? 1 }

    /// From half a second on it runs at this speed.
    func change(to factor: Double) throws {
        let real = Timestamp.now.milliseconds + Self.announcedAhead
        let lines = stretches() + [Stretch(real: real, simulated: simulated(at: real).milliseconds, factor: factor)]
        try lines.map { "\($0.real) \($0.simulated) \($0.factor)\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// What a platform allows, at this clock's pace.
    func budget(_ budget: Budget) -> Budget {
        Budget(callsPerSecond: budget.callsPerSecond * factor, burst: max(budget.burst, Int(Double(budget.burst) * factor / 4)), concurrency: budget.concurrency)
    }

    private func simulated(at real: Int64) -> Timestamp {
        let all = stretches()
        guard let stretch = all.last(where: { $0.real <= real }) ?? all.first else { return Timestamp(milliseconds: real) }
        return Timestamp(milliseconds: stretch.simulated + Int64(Double(real - stretch.real) * stretch.factor))
    }

    private func stretches() -> [Stretch] {
        state.withLock { state in
            guard ContinuousClock.now - state.readAt > Self.freshness else { return state.stretches }
            state.readAt = .now
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""      // being replaced just now: the last reading holds
            let read = text.split(separator: "\n").compactMap { line -> Stretch? in
                let parts = line.split(separator: " ")
                guard parts.count == 3, let real = Int64(parts[0]), let simulated = Int64(parts[1]), let factor = Double(parts[2]) else { return nil }
                return Stretch(real: real, simulated: simulated, factor: factor)
            }
            if !read.isEmpty { state.stretches = read }
            return state.stretches
        }
    }
}
