import Foundation

/// A moment as clocks in Bangkok show it: seven hours ahead, the whole year.
struct BangkokTime {
    static let offsetSeconds = 7 * 3_600
    private let fields: [(pattern: String, value: Int)]

    init(_ date: Date, isBuddhist: Bool = false) {
        let parts = Self.calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        fields = [
            ("yyyy", (parts.year ?? 0) + (isBuddhist ? 543 : 0)), ("MM", parts.month ?? 0), ("dd", parts.day ?? 0),
            ("HH", parts.hour ?? 0), ("mm", parts.minute ?? 0), ("ss", parts.second ?? 0),
        ]
    }

    /// Any pattern of `yyyy MM dd HH mm ss`; everything else stays as it is.
    func text(_ pattern: String) -> String {
        fields.reduce(pattern) { text, field in
            let digits = String(field.value)
            return text.replacing(field.pattern, with: String(repeating: "0", count: max(0, field.pattern.count - digits.count)) + digits)
        }
    }

    /// `2025-10-21T11:40:05+07:00`.
    static func iso(_ date: Date) -> String { BangkokTime(date).text("yyyy-MM-ddTHH:mm:ss") + "+07:00" }

    /// With any zone, with or without a fraction; nil for anything else.
    static func parse(iso text: String) -> Date? {
        // Not a time: the caller answers with the name of the field.
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")).parse(text)
    }

    static func parse(_ text: String, pattern: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: offsetSeconds)
        formatter.dateFormat = pattern
        formatter.isLenient = false
        return formatter.date(from: text)
    }

    /// Days since 1899-12-30 with the time as a fraction, as spreadsheets count (shopat24.md §4A.1).
    static func serial(_ date: Date) -> Double { (date.timeIntervalSince1970 + Double(offsetSeconds)) / 86_400 + 25_569 }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: offsetSeconds) ?? .gmt
        return calendar
    }()
}
