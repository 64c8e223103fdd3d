import Domain
import Foundation

/// The platform's ways to write a moment (lazada.md §1, §4.2).
enum LazadaTime {
    /// `2025-10-21 11:38:00 +0700`.
    static func local(_ date: Date, _ country: LazadaCountry) -> String {
        shifted(date, country).replacing("T", with: " ").replacing("Z", with: " +0\(country.utcOffsetHours)00")
    }

    /// `2025-10-21T11:38:00+07:00`.
    static func iso(_ date: Date, _ country: LazadaCountry) -> String { shifted(date, country).replacing("Z", with: "+0\(country.utcOffsetHours):00") }

    /// The last second of the local day this many days later.
    static func endOfDay(after days: Int, _ date: Date, _ country: LazadaCountry) -> String {
        let later = date.addingTimeInterval(Double(days) * 86_400)
        return "\(shifted(later, country).prefix(10))T23:59:59+0\(country.utcOffsetHours):00"
    }

    static func wholeSecond(_ date: Date) -> Date { Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)) }
    static func seconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded(.down)) }
    static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded(.down)) }

    /// ISO 8601 with `T` and an offset; nil for anything else, the answers' own local form included (lazada.md §4.1).
    static func parse(_ text: String) -> Date? {
        guard text.contains("T"), let moment = Timestamp(rfc3339: text) else { return nil }
        return Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)
    }

    private static func shifted(_ date: Date, _ country: LazadaCountry) -> String {
        Timestamp(seconds: seconds(date) + Int64(country.utcOffsetHours) * 3_600).description
    }
}
