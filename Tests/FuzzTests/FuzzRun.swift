import Foundation
import Testing

/// What is fuzzed: makes one input of a generator, and gives back the work that reads it and says what is wrong with the outcome.
struct FuzzTarget: Sendable {
    typealias Examination = @Sendable () async -> FuzzVerdict
    let name: String
    let prepare: @Sendable (inout FuzzRandom) throws -> Examination
}

/// What became of one input.
struct FuzzVerdict: Sendable {
    /// Something was understood.
    var isRead = false
    /// Broken expectations, in words.
    var complaints: [String] = []

    mutating func add(_ other: FuzzVerdict) {
        isRead = isRead || other.isRead
        complaints += other.complaints
    }
}

struct FuzzOutcome: Sendable {
    let target: String
    var cases = 0, read = 0, slowest = Duration.zero, slowestCase = 0
    var complaints: [String] = []
}

/// Runs targets for a time each, two at once.
///
/// A crash takes the process with it, so the case under way is written to a file first: its name is in the output, and
/// `CROSSDOCK_FUZZ_CASE=TARGET:NUMBER` with the same `CROSSDOCK_SEED` runs that case alone.
struct FuzzRun: Sendable {
    /// `CROSSDOCK_FUZZ_SECONDS`: for each target.
    let seconds: Double
    /// `CROSSDOCK_SEED`.
    let seed: UInt64
    private let only: (target: String, number: Int)?
    /// No input may compute longer, in a debug build.
    static let longestCase = Duration.seconds(2)
    static let maximumComplaints = 5
    private static let atOnce = 2

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        seconds = environment["CROSSDOCK_FUZZ_SECONDS"].flatMap { Double($0) } ?? 60
        seed = environment["CROSSDOCK_SEED"].flatMap { UInt64($0) } ?? 20_261_121
        let parts = (environment["CROSSDOCK_FUZZ_CASE"] ?? "").split(separator: ":")
        only = parts.count == 2 ? Int(parts[1]).map { (String(parts[0]), $0) } : nil
    }

    func run(_ targets: [FuzzTarget]) async -> [FuzzOutcome] {
        let wanted = targets.filter { only == nil || only?.target == $0.name }
        return await withTaskGroup(of: FuzzOutcome.self) { group in
            var waiting = wanted[...], outcomes: [FuzzOutcome] = []
            for _ in 0..<Self.atOnce { if let next = waiting.popFirst() { group.addTask { await self.run(next) } } }
            for await outcome in group {
                outcomes.append(outcome)
                say("fuzz \(outcome.target): \(outcome.cases) cases of seed \(seed), \(outcome.read) read, slowest \(outcome.slowest) (case \(outcome.slowestCase))")
                if let next = waiting.popFirst() { group.addTask { await self.run(next) } }
            }
            return outcomes
        }
    }

    @concurrent private func run(_ target: FuzzTarget) async -> FuzzOutcome {
        var outcome = FuzzOutcome(target: target.name)
        let note = CaseNote(target: target.name, seed: seed)
        say("fuzz \(target.name): seed \(seed), \(seconds) s; the case under way is in \(note.path)")
        let end = ContinuousClock.now + .seconds(seconds)
        var number = only?.number ?? 0
        while ContinuousClock.now < end, outcome.complaints.count < Self.maximumComplaints {
            note.write(number)
            let verdict = await examine(target, number, &outcome)
            outcome.cases += 1
            outcome.read += verdict.isRead ? 1 : 0
            outcome.complaints += verdict.complaints.map { "\(target.name):\(number) of seed \(seed): \($0)" }
            if only != nil { break }
            number += 1
        }
        note.remove()
        return outcome
    }

    private func examine(_ target: FuzzTarget, _ number: Int, _ outcome: inout FuzzOutcome) async -> FuzzVerdict {
        var random = FuzzRandom(seed: seed, target: target.name, number: number)
        let examination: FuzzTarget.Examination
        do { examination = try target.prepare(&random) } catch { return FuzzVerdict(complaints: ["the input could not be made: \(error)"]) }
        var verdict = FuzzVerdict()
        var took = await processorTimeOf { verdict = await examination() }
        if took > Self.longestCase {
            // The target beside it counts too: what is slow is slow again.
            took = min(took, await processorTimeOf { _ = await examination() })
            if took > Self.longestCase { verdict.complaints.append("took \(took)") }
        }
        if took > outcome.slowest { (outcome.slowest, outcome.slowestCase) = (took, number) }
        return verdict
    }

    /// What the process computed meanwhile: on a busy machine a case waits for its turn, which is not its fault.
    private func processorTimeOf(_ work: () async -> Void) async -> Duration {
        let before = processorTime
        await work()
        return processorTime - before
    }

    private var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

/// A small file that always names the case under way.
private final class CaseNote: Sendable {
    let path: String
    private let target: String, seed: UInt64, descriptor: Int32

    init(target: String, seed: UInt64) {
        self.target = target
        self.seed = seed
        path = FileManager.default.temporaryDirectory.appending(path: "crossdock-fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(target).case").path(percentEncoded: false)
        descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The kernel keeps what was written when the process dies.
    func write(_ number: Int) {
        let line = Array("CROSSDOCK_SEED=\(seed) CROSSDOCK_FUZZ_CASE=\(target):\(number)\n".utf8)
        _ = line.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func remove() { unlink(path) }
}
