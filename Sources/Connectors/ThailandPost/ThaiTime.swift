import Domain

/// Times as this platform writes them: day, month and a year that is Buddhist in Thai answers, always at +07:00 (thailandpost.md §4.1).
enum ThaiTime {
    /// A year after this is Buddhist, whatever language was asked for.
    static let lastGregorianYear = 2400, buddhistOffset = 543
    static let zone = "+07:00", zoneSeconds: Int64 = 7 * 3600

    /// Reads `03/06/2567 09:15:20+07:00`, `04/06/2567 08:52+07:00`, `04/06/2567` and `2024-07-03 09:15:20+07:00`. The year is converted before the day is looked at, so that 29/02/2567 is a day.
    static func read(_ text: String) -> Timestamp? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard (1...2).contains(parts.count), let day = Self.day(parts[0]), let time = parts.count == 2 ? Self.time(parts[1]) : "00:00:00" + zone else { return nil }
        return Timestamp(rfc3339: "\(day)T\(time)")
    }

    private static func day(_ text: Substring) -> String? {
        let fields: [Substring]
        if text.contains("/") {
            fields = text.split(separator: "/", omittingEmptySubsequences: false).reversed()
        } else {
            fields = text.split(separator: "-", omittingEmptySubsequences: false)
        }
        guard fields.count == 3, fields[0].utf8.count == 4, let year = number(fields[0]), let month = number(fields[1]), let day = number(fields[2]) else { return nil }
        return "\(padded(year > lastGregorianYear ? year - buddhistOffset : year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// With seconds and a zone, which are added where they are left out.
    private static func time(_ text: Substring) -> String? {
        let end = text.firstIndex { $0 == "+" || $0 == "-" || $0 == "Z" } ?? text.endIndex
        let clock = text[..<end], offset = end == text.endIndex ? zone : String(text[end...])
        switch clock.utf8.count {
        case 5: return "\(clock):00\(offset)"
        case 8...: return "\(clock)\(offset)"
        default: return nil
        }
    }

    private static func number(_ digits: Substring) -> Int? {
        (1...4).contains(digits.utf8.count) && digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil
    }
    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Timestamp {
    /// `2024-06-03T09:15:20+07:00`, the form in which receipt keys hold a time (thailandpost.md §3).
    var inBangkok: String { (self + .seconds(ThaiTime.zoneSeconds)).description.dropLast() + ThaiTime.zone }
    /// The number of the day in Bangkok, by which quotas count.
    var bangkokDay: Int64 {
        let local = milliseconds + ThaiTime.zoneSeconds * 1000
        return local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    }
    /// When the next day begins in Bangkok.
    var nextBangkokMidnight: Timestamp { Timestamp(milliseconds: (bangkokDay + 1) * 86_400_000 - ThaiTime.zoneSeconds * 1000) }
}
