import Foundation

/// How long things took, in buckets that grow by the square root of two: a quantile is told within a fifth, whatever the size.
package struct LagHistogram: Sendable, Equatable {
    static let buckets = 64
    private var counts = [Int](repeating: 0, count: buckets)
    package init() {}

    package var count: Int { counts.reduce(0, +) }

    package mutating func add(milliseconds: Int64) {
        counts[min(Int(log2(Double(max(milliseconds, 1))) * 2), Self.buckets - 1)] += 1
    }

    package mutating func merge(_ other: LagHistogram) { for index in counts.indices { counts[index] += other.counts[index] } }

    /// nil: nothing was measured.
    package func milliseconds(quantile: Double) -> Int64? {
        let all = count
        guard all > 0 else { return nil }
        var rest = Int((Double(all) * quantile).rounded(.up))
        for (index, count) in counts.enumerated() {
            rest -= count
            if rest <= 0, count > 0 { return Int64(pow(2, (Double(index) + 0.5) / 2)) }
        }
        return nil
    }

    /// `4:12 5:1`: the buckets that are not empty.
    var text: String { counts.enumerated().filter { $0.element > 0 }.map { "\($0.offset):\($0.element)" }.joined(separator: " ") }

    init(text: String) {
        for pair in text.split(separator: " ") {
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), counts.indices.contains(index) else { continue }
            counts[index] += count
        }
    }
}
