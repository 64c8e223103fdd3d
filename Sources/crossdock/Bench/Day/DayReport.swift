import Foundation

/// What came of a day, for a person and for the test that runs it.
struct DayReport: Codable, Sendable {
    var seed: UInt64, engine: String, hubs: Int, orders: Int, kills: Int, faults: Int
    /// Real seconds: until the last order was placed, until everything was handed over, until all was settled.
    var placedSeconds: Double, handedSeconds: Double, settledSeconds: Double
    /// Simulated minutes from the first order to the last hand-over.
    var simulatedMinutes: Double
    var counts: [String: Int] = [:]
    /// What is open and what the plan expects to be open.
    var open: [String: Int] = [:], unexpected: [String] = []
    /// What differs between the two sides.
    var differences: [String] = []
    /// What the people met and tried again.
    var refusals: [String: Int] = [:]
    var authorised: [String: Int] = [:], resumed: [String: Int] = [:]

    var isGood: Bool { differences.isEmpty && unexpected.isEmpty }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }

    func say() {
        let rate = Double(orders) / max(settledSeconds, 0.001)
        Bench.say("day: \(orders) orders on \(engine), \(hubs) hub\(hubs == 1 ? "" : "s"), \(kills) killed, \(faults) faults, seed \(seed): placed in \(Bench.text(placedSeconds)) s, handed over in \(Bench.text(handedSeconds)) s (\(Bench.text(simulatedMinutes, 0)) simulated minutes), settled in \(Bench.text(settledSeconds)) s, \(Bench.text(rate)) orders/s; \(isGood ? "both sides agree" : "\(differences.count) differences, \(unexpected.count) unexpected open items")")
        Self.say("  counts", counts)
        Self.say("  open", open)
        Self.say("  authorised again", authorised)
        Self.say("  let in again", resumed)
        Self.say("  refused to the people and tried again", refusals)
        for line in unexpected { Bench.say("  unexpected: \(line)") }
        for line in differences.prefix(20) { Bench.say("  differs: \(line)") }
    }

    private static func say(_ title: String, _ counts: [String: Int]) {
        guard !counts.isEmpty else { return }
        Bench.say("\(title): " + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
}
