import Domain
import Foundation

/// Moments as the workspace's people read them: in its zone, with Buddhist years in Thai.
struct WorkspaceClock: Sendable {
    let zone: TimeZone, language: Language, now: Timestamp

    /// - Parameter zone: a name of the IANA time zone database; one that is unknown is read as UTC.
    init(zone: String, language: Language, now: Timestamp) {
        self.zone = TimeZone(identifier: zone) ?? .gmt
        self.language = language
        self.now = now
    }

    static let dayMilliseconds: Int64 = 86_400_000

    func offsetMilliseconds(at time: Timestamp) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))) * 1000
    }

    /// The clock alone on the day of `now`, with the date on other days, with the year in other years.
    func time(_ time: Timestamp) -> PageTime {
        let here = local(time), today = local(now)
        let clock = "\(here.hour):\(here.minute)"
        let text = if here.date == today.date { clock } else if here.year == today.year { "\(here.day) \(month(here.month)) \(clock)" } else { "\(here.day) \(month(here.month)) \(yearText(here.year))" }
        let minutes = offsetMilliseconds(at: time) / 60_000, sign = minutes < 0 ? "-" : "+"
        let offset = "\(sign)\(Self.two(Int(abs(minutes) / 60))):\(Self.two(Int(abs(minutes) % 60)))"
        return PageTime(text: text, exact: Timestamp(milliseconds: time.milliseconds / 1000 * 1000).description,
                        full: "\(here.day) \(month(here.month)) \(yearText(here.year)) \(clock):\(here.second) (\(offset))")
    }

    /// The date, without a clock.
    func day(_ time: Timestamp) -> String {
        let here = local(time)
        return here.year == local(now).year ? "\(here.day) \(month(here.month))" : "\(here.day) \(month(here.month)) \(yearText(here.year))"
    }

    /// The day in digits, for numbers of papers: `20261121`.
    func digits(ofDay time: Timestamp) -> String { local(time).date.filter(\.isNumber) }

    /// Midnight of the day of `time`, `days` later.
    func startOfDay(_ time: Timestamp, plusDays days: Int64 = 0) -> Timestamp {
        let local = time.milliseconds + offsetMilliseconds(at: time)
        let midnight = (local - Self.positive(local, Self.dayMilliseconds)) + days * Self.dayMilliseconds
        // The offset of that day, which may differ from today's.
        return Timestamp(milliseconds: midnight - offsetMilliseconds(at: Timestamp(milliseconds: midnight - offsetMilliseconds(at: time))))
    }

    private struct Local { var date: String, year: Int, month: Int, day: String, hour: String, minute: String, second: String }

    private func local(_ time: Timestamp) -> Local {
        let text = Timestamp(milliseconds: (time.milliseconds + offsetMilliseconds(at: time)) / 1000 * 1000).description
        let date = text.prefix(10), parts = date.split(separator: "-"), clock = text.dropFirst(11).prefix(8).split(separator: ":")
        guard parts.count == 3, clock.count == 3 else { return Local(date: text, year: 0, month: 1, day: text, hour: "0", minute: "00", second: "00") }
        return Local(date: String(date), year: Int(parts[0]) ?? 0, month: Int(parts[1]) ?? 1, day: String(Int(parts[2]) ?? 0), hour: String(clock[0]), minute: String(clock[1]), second: String(clock[2]))
    }

    private func yearText(_ year: Int) -> String { String(language == .th ? year + 543 : year) }
    private func month(_ number: Int) -> String { Self.months[language]?[max(0, min(11, number - 1))] ?? "\(number)" }
    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func positive(_ value: Int64, _ modulus: Int64) -> Int64 { (value % modulus + modulus) % modulus }
    private static let months: [Language: [String]] = [
        .en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        .th: ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."],
        .es: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    ]
}
