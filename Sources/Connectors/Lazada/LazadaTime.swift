import Domain

/// The platform's four ways to write a moment (platforms/lazada.md §1, §9): `2025-10-21 11:38:00 +0700` in orders, ISO 8601 elsewhere, seconds or milliseconds
/// since 1970 in pushes and payment times.
enum LazadaTime {
    /// From here on a number is milliseconds: as seconds it would be the year 5138.
    private static let firstMilliseconds: Int64 = 100_000_000_000
    /// The last second of the year 9999.
    private static let latestMilliseconds: Int64 = 253_402_300_799_000

    /// nil for absent, 0, and what is no time, among it a time without any zone.
    static func parse(_ text: String?) -> Timestamp? {
        guard let text = text?.trimmedOrNil else { return nil }
        if text.utf8.allSatisfy({ (48...57).contains($0) }) { return Int64(text).flatMap(since1970) }
        if let time = Timestamp(rfc3339: text) { return time }
        // A space before the zone.
        guard let space = text.lastIndex(of: " "), text.utf8.count > 20 else { return nil }
        return Timestamp(rfc3339: String(text[..<space] + text[text.index(after: space)...]))
    }

    /// Seconds or milliseconds: decided by size.
    static func since1970(_ number: Int64) -> Timestamp? {
        guard number > 0, number <= latestMilliseconds else { return nil }
        return number < firstMilliseconds ? Timestamp(seconds: number) : Timestamp(milliseconds: number)
    }

    /// `2025-10-21T10:00:00+07:00`: ISO 8601 with an offset, as §4.1 wants it.
    static func text(second: Int64, in market: Market) -> String {
        let hours = market.hoursEast
        return "\(Timestamp(seconds: second + hours * 3600).description.prefix(19))+0\(hours):00"
    }

    static func floorSeconds(_ time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
