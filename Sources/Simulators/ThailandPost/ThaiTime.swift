package import Foundation

/// A calendar day in Thailand.
package struct ThaiDay: Sendable, Hashable, Comparable {
    package var year: Int
    package var month: Int
    package var day: Int

    /// The day of this moment at +07:00.
    package init(_ date: Date) {
        let parts = ThaiTime.calendar.dateComponents([.year, .month, .day], from: date)
        (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    /// `2024-06-03`, nil where there is no such day.
    package init?(iso text: String) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.count == 3 else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// `03/06/2024`, always Gregorian: what system C's reports are asked for (thailandpost.md §4.3).
    package init?(slashed text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.count == 3 else { return nil }
        self.init(year: numbers[2], month: numbers[1], day: numbers[0])
    }

    private init?(year: Int, month: Int, day: Int) {
        guard (1_900...2_400).contains(year), DateComponents(year: year, month: month, day: day).isValidDate(in: ThaiTime.calendar) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    package var iso: String { "\(S10.padded(year, to: 4))-\(S10.padded(month, to: 2))-\(S10.padded(day, to: 2))" }

    /// `03/06/2567` in the Buddhist era, `03/06/2024` otherwise.
    package func slashed(buddhist: Bool = false) -> String {
        "\(S10.padded(day, to: 2))/\(S10.padded(month, to: 2))/\(S10.padded(year + (buddhist ? ThaiTime.buddhistYears : 0), to: 4))"
    }

    package static func < (one: ThaiDay, other: ThaiDay) -> Bool { (one.year, one.month, one.day) < (other.year, other.month, other.day) }
}

/// Moments as the post writes them: always +07:00 (thailandpost.md §1, §2.1, §4.1).
package enum ThaiTime {
    static let buddhistYears = 543
    static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 7 * 3_600) ?? .gmt
        return calendar
    }()

    /// `03/06/2567 09:15:20+07:00`.
    package static func event(_ date: Date, buddhist: Bool) -> String { "\(ThaiDay(date).slashed(buddhist: buddhist)) \(clock(date))+07:00" }

    /// `04/06/2567 08:52+07:00`: a push's own moment has no seconds.
    package static func minute(_ date: Date, buddhist: Bool) -> String { "\(ThaiDay(date).slashed(buddhist: buddhist)) \(clock(date).prefix(5))+07:00" }

    /// `2024-07-03 09:15:20+07:00`, Gregorian whatever the language.
    package static func expiry(_ date: Date) -> String { "\(ThaiDay(date).iso) \(clock(date))+07:00" }

    /// `03/06/2024 09:15:20`: system C; the form is unverified.
    static func plain(_ date: Date) -> String { "\(ThaiDay(date).slashed()) \(clock(date))" }

    /// `09:15:20`.
    static func clock(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute, .second], from: date)
        return [parts.hour, parts.minute, parts.second].map { S10.padded($0 ?? 0, to: 2) }.joined(separator: ":")
    }
}
