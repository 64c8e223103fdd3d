extension Timestamp {
    /// Parses `2026-11-06T10:12:44.118204377+07:00`: `T` or a space, up to nine fraction digits (cut to milliseconds), `Z`, `+07:00`, `+0700` or `+07`.
    ///
    /// - Parameter assumingUTC: takes a time without any zone as UTC (WooCommerce's `*_gmt` fields, platforms/woocommerce.md §4.4).
    /// - Returns: nil for anything else, also for 25:15 o'clock, 30 February, and trailing text.
    package init?(rfc3339 text: String, assumingUTC: Bool = false) {
        var text = text
        let parsed = text.withUTF8 { Self.parse($0, assumingUTC: assumingUTC) }
        guard let parsed else { return nil }
        self.init(milliseconds: parsed)
    }

    private static func parse(_ b: UnsafeBufferPointer<UInt8>, assumingUTC: Bool) -> Int64? {
        guard b.count >= 19, b[4] == UInt8(ascii: "-"), b[7] == UInt8(ascii: "-"),
              b[10] == UInt8(ascii: "T") || b[10] == UInt8(ascii: " "), b[13] == UInt8(ascii: ":"), b[16] == UInt8(ascii: ":"),
              let year = number(b, 0, 4), let month = number(b, 5, 2), let day = number(b, 8, 2),
              let hour = number(b, 11, 2), let minute = number(b, 14, 2), let second = number(b, 17, 2),
              (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year), hour < 24, minute < 60, second < 60
        else { return nil }
        var at = 19, fraction: Int64 = 0
        if at < b.count, b[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            while at < b.count, let digit = digit(b[at]), at - start < 9 {
                if at - start < 3 { fraction = fraction * 10 + digit }
                at += 1
            }
            guard at > start else { return nil }
            for _ in min(3, at - start)..<3 { fraction *= 10 }
        }
        guard let offset = zone(b, from: at, assumingUTC: assumingUTC) else { return nil }
        let whole = days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
        // With its offset taken off a time can leave the four-digit years, and could not be written again.
        guard (earliestSecond...latestSecond).contains(whole) else { return nil }
        return whole * 1000 + fraction
    }

    /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    private static let earliestSecond: Int64 = -62_167_219_200, latestSecond: Int64 = 253_402_300_799

    /// Minutes east of UTC.
    private static func zone(_ b: UnsafeBufferPointer<UInt8>, from at: Int, assumingUTC: Bool) -> Int64? {
        if at == b.count { return assumingUTC ? 0 : nil }
        if b[at] == UInt8(ascii: "Z") { return at + 1 == b.count ? 0 : nil }
        guard b[at] == UInt8(ascii: "+") || b[at] == UInt8(ascii: "-"), let hours = number(b, at + 1, 2), hours <= 14 else { return nil }
        var minutes: Int64 = 0
        switch b.count - at {
        case 3: break
        case 5: guard let m = number(b, at + 3, 2), m < 60 else { return nil }; minutes = m
        case 6: guard b[at + 3] == UInt8(ascii: ":"), let m = number(b, at + 4, 2), m < 60 else { return nil }; minutes = m
        default: return nil
        }
        return (b[at] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func digit(_ byte: UInt8) -> Int64? { byte >= 48 && byte <= 57 ? Int64(byte - 48) : nil }

    private static func number(_ b: UnsafeBufferPointer<UInt8>, _ from: Int, _ count: Int) -> Int64? {
        guard from + count <= b.count else { return nil }
        var value: Int64 = 0
        for i in from..<(from + count) { guard let d = digit(b[i]) else { return nil }; value = value * 10 + d }
        return value
    }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
