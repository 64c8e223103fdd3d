import Documents
import Domain
import Foundation

/// Dates of order files: a cell's own date, a serial number, ISO 8601, day/month/year; Gregorian or Buddhist years; in the channel's zone.
struct DateText: Sendable {
    enum Fault: Error, Equatable { case notADate, shortYear }

    /// Years 24xx to 26xx are Buddhist: 543 ahead.
    private static let buddhistYears = 2400...2699, buddhistOffset = 543
    private static let years = 1990...2100
    /// Serial numbers of 1990 to 2100, days after 30 December 1899.
    private static let serials = 32_874.0...73_415.0, serialOf1970 = 25_569.0

    let zone: TimeZone
    var countsFrom1904 = false
    /// 1 January 1904 in the other count.
    private static let daysTo1904 = 1462.0

    func moment(of value: CellValue) -> Result<Timestamp, Fault> {
        switch value {
        case .date(let time): return moment(time)
        case .number(let text): return serial(text) ?? .failure(.notADate)
        case .text(let text): return moment(of: text)
        case .boolean, .error, .formulaWithoutValue, .empty: return .failure(.notADate)
        }
    }

    private func moment(of raw: String) -> Result<Timestamp, Fault> {
        let text = AddressNormaliser.asciiDigits(raw).trimmingCharacters(in: .whitespacesAndNewlines)
        if let exact = Timestamp(rfc3339: text) { return .success(exact) }
        if let found = serial(text) { return found }
        let halves = text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "T" || $0 == "," })
        guard let day = halves.first else { return .failure(.notADate) }
        let parts = day.split(omittingEmptySubsequences: false, whereSeparator: { "-/.".contains($0) })
        let numbers = parts.compactMap { Int($0) }
        guard parts.count == 3, numbers.count == 3 else { return .failure(.notADate) }
        guard let clock = clock(halves.count == 2 ? halves[1] : "") else { return .failure(.notADate) }
        if parts[0].count == 4 { return moment(WallTime(year: numbers[0], month: numbers[1], day: numbers[2], hour: clock.0, minute: clock.1, second: clock.2)) }
        guard parts[2].count == 4 else { return .failure(parts[2].count == 2 ? .shortYear : .notADate) }
        return moment(WallTime(year: numbers[2], month: numbers[1], day: numbers[0], hour: clock.0, minute: clock.1, second: clock.2))
    }

    private func clock(_ text: Substring) -> (Int, Int, Int)? {
        var text = text.lowercased().filter { !$0.isWhitespace }
        if text.isEmpty { return (0, 0, 0) }
        if text.hasSuffix("น.") { text.removeLast(2) }
        let half = text.hasSuffix("am") || text.hasSuffix("pm") ? String(text.suffix(2)) : nil
        if half != nil { text.removeLast(2) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0.prefix { $0 != "." }) }
        guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
        var hour = numbers[0]
        if let half {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half == "pm" ? 12 : 0)
        }
        return (hour, numbers[1], numbers.count == 3 ? numbers[2] : 0)
    }

    private func serial(_ text: String) -> Result<Timestamp, Fault>? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let number = Double(text) else { return nil }
        let days = countsFrom1904 ? number + Self.daysTo1904 : number
        guard Self.serials.contains(days) else { return .failure(.notADate) }
        return .success(zoned(Int64(((days - Self.serialOf1970) * 86_400).rounded()) * 1000))
    }

    private func moment(_ wall: WallTime) -> Result<Timestamp, Fault> {
        var wall = wall
        if Self.buddhistYears.contains(wall.year) { wall.year -= Self.buddhistOffset }
        guard Self.years.contains(wall.year) else { return .failure(.notADate) }
        func two(_ number: Int) -> String { number < 10 ? "0\(max(0, number))" : "\(number)" }
        let text = "\(wall.year)-\(two(wall.month))-\(two(wall.day))T\(two(wall.hour)):\(two(wall.minute)):\(two(wall.second))Z"
        guard let utc = Timestamp(rfc3339: text) else { return .failure(.notADate) }
        return .success(zoned(utc.milliseconds))
    }

    /// The moment at which clocks in the zone show this; twice a year a zone's own rule decides.
    private func zoned(_ wallMilliseconds: Int64) -> Timestamp {
        let seconds = Double(wallMilliseconds) / 1000
        var offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds - Double(offset)))
        return Timestamp(milliseconds: wallMilliseconds - Int64(offset) * 1000)
    }
}
