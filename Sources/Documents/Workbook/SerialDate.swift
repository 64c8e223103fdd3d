/// Spreadsheets count days: 1 is 1 January 1900 (or 2 January 1904), the fraction is the time of day.
enum SerialDate {
    private static let secondsPerDay = 86_400
    /// 31 December 9999.
    private static let lastSerial = 2_958_465.999_99

    /// The wall time of a serial number, to the nearest second; nil where it means no date (negative, after 9999, or the 29 February 1900
    /// that never was). Below 1 it is a time of day alone.
    static func wallTime(of serial: Double, countsFrom1904: Bool) -> WallTime? {
        guard serial >= 0, serial <= lastSerial else { return nil }
        let seconds = Int((serial * Double(secondsPerDay)).rounded())
        var days = seconds / secondsPerDay
        let rest = seconds % secondsPerDay
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        if days == 0 { return WallTime(year: 0, month: 0, day: 0, hour: hour, minute: minute, second: second) }
        if countsFrom1904 {
            days += 1462
        } else if days == 60 {
            return nil
        } else if days < 60 {
            days += 1
        }
        let (year, month, day) = date(daysAfter1970: days - 25_569)
        return WallTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// The serial number of a wall time in the 1900 system.
    static func serial(of time: WallTime) -> Double {
        let fraction = Double(time.hour * 3600 + time.minute * 60 + time.second) / Double(secondsPerDay)
        if time.isTimeOnly { return fraction }
        let days = daysAfter1970(year: time.year, month: time.month, day: time.day) + 25_569
        return Double(days <= 60 ? days - 1 : days) + fraction
    }

    /// Proleptic Gregorian calendar, by eras of 400 years that begin on 1 March.
    private static func date(daysAfter1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func daysAfter1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension WallTime {
    /// Reads the ISO 8601 form that a cell of type `d` holds: `2026-03-01`, `2026-03-01T09:30:00`, with or without fraction and `Z`.
    init?(iso text: String) {
        let halves = text.split(separator: "T", maxSplits: 1)
        let date = halves.first?.split(separator: "-").map { Int($0) } ?? []
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2],
              (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        self.init(year: year, month: month, day: day)
        guard halves.count == 2 else { return }
        let clock = halves[1].prefix { $0 != "." && $0 != "Z" }.split(separator: ":").map { Int($0) }
        guard (2...3).contains(clock.count), let hour = clock[0], let minute = clock[1], let second = clock.count == 3 ? clock[2] : 0,
              (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }
}
