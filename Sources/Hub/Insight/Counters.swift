import Synchronization

/// Counts for `/metrics`: families with labels from small closed sets, never an id (style §8).
package final class Counters: Sendable {
    package struct Series: Hashable, Sendable { package let name: String, label: String, value: String }
    static let maximumSeries = 500
    private let counts = Mutex<[Series: Int]>([:])
    package init() {}

    package func add(_ count: Int = 1, to name: String, label: String = "", value: String = "") {
        counts.withLock { counts in
            let series = Series(name: name, label: label, value: value)
            if counts[series] == nil, counts.count >= Self.maximumSeries {
                counts[Series(name: "crossdock_metrics_dropped_total", label: "", value: ""), default: 0] += 1
                return
            }
            counts[series, default: 0] += count
        }
    }
    package var snapshot: [Series: Int] { counts.withLock { $0 } }
}
