import Connect
import Database
package import Domain
import Synchronization

/// A channel from which, by its own rhythm of the last week, something should have come and did not.
package struct SilentChannel: Sendable, Equatable {
    package var channel: ChannelID, lastAt: Timestamp
    /// About how many deliveries would have been usual since then.
    package var expected: Int
}

/// The law of silence: what the same hours of earlier days brought is what the hours since the last delivery should have brought.
package enum SilenceLaw {
    /// Of something that comes so often on average, nothing at all is chance in one case of four hundred.
    static let enough = 6.0
    static let shortest = Duration.seconds(900)
    static let days: Int64 = 7
    /// A younger channel has no rhythm yet.
    static let leastHours: Int64 = 2

    /// - Parameters:
    ///   - hours: deliveries by hour since 1970, of the week before `last`.
    ///   - begin: the channel's first hour.
    /// - Returns: how many were to be expected from `last` to `now`; nil: it is not silent.
    package static func expected(hours: [Int64: Int], begin: Timestamp, last: Timestamp, now: Timestamp) -> Double? {
        guard now - last >= shortest else { return nil }
        let hour: Int64 = 3_600_000, lastHour = last.milliseconds / hour, known = min(lastHour - begin.milliseconds / hour, days * 24)
        guard known >= leastHours else { return nil }
        let mean = Double(hours.filter { $0.key < lastHour && $0.key >= lastHour - known }.values.reduce(0, +)) / Double(known)
        let end = min(now.milliseconds, last.milliseconds + days * 24 * hour)
        var sum = 0.0, start = last.milliseconds
        while start < end {
            let slot = start / hour, stop = min((slot + 1) * hour, end)
            sum += usual(slot, hours, lastHour: lastHour, known: known, mean: mean) * Double(stop - start) / Double(hour)
            start = stop
        }
        return sum >= enough ? sum : nil
    }

    /// The mean of the same hour on the days that are known; of a channel younger than a day, of all its hours.
    private static func usual(_ slot: Int64, _ hours: [Int64: Int], lastHour: Int64, known: Int64, mean: Double) -> Double {
        var earlier = slot - 24, sum = 0, days = 0
        while earlier >= lastHour - known {
            if earlier < lastHour {
                sum += hours[earlier] ?? 0
                days += 1
            }
            earlier -= 24
        }
        return days == 0 ? mean : Double(sum) / Double(days)
    }
}

/// Looks for silent channels, at most twice a minute.
package final class SilenceWatch: Sendable {
    static let freshSeconds: Int64 = 30
    private let ledger: Ledger
    private let directory: ChannelDirectory
    private let pulse: Pulse
    private let now: @Sendable () -> Timestamp
    private let known = Mutex<(at: Timestamp, silent: [SilentChannel])?>(nil)

    init(ledger: Ledger, directory: ChannelDirectory, pulse: Pulse, now: @escaping @Sendable () -> Timestamp) {
        self.ledger = ledger; self.directory = directory; self.pulse = pulse; self.now = now
    }

    package func silent() async throws -> [SilentChannel] {
        let time = now()
        if let known = known.withLock({ $0 }), (0..<Self.freshSeconds * 1000).contains(time.milliseconds - known.at.milliseconds) { return known.silent }
        var found: [SilentChannel] = []
        let heard = pulse.lastHeard
        for channel in directory.surroundings.channels.values.sorted(by: { $0.id < $1.id }) where channel.state == .active && channel.kind == .shop {
            guard let last = heard[channel.id], time - last >= SilenceLaw.shortest else { continue }
            let hours = try await ledger.deliveriesByHour(of: channel.id, before: last, days: SilenceLaw.days)
            if let expected = SilenceLaw.expected(hours: hours, begin: channel.createdAt, last: last, now: time) {
                found.append(SilentChannel(channel: channel.id, lastAt: last, expected: Int(expected.rounded())))
            }
        }
        let silent = found
        known.withLock { $0 = (time, silent) }
        return silent
    }
}

extension Ledger {
    /// Deliveries of a channel by hour since 1970.
    func deliveriesByHour(of channel: ChannelID, before: Timestamp, days: Int64) async throws -> [Int64: Int] {
        let last = before.milliseconds / 3_600_000
        let rows = try await database.read { tx in
            try tx.rows("""
                SELECT hour, CAST(SUM(count) AS BIGINT) FROM channel_counts WHERE channel_id = \(channel.value) AND hour >= \(last - days * 24) AND hour <= \(last) GROUP BY hour
                """) { (try $0.int64(0), try $0.int(1)) }
        }
        return Dictionary(rows, uniquingKeysWith: +)
    }
}
