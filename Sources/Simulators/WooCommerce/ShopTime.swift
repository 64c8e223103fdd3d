import Domain
import Foundation

/// WordPress times: whole seconds, written without any zone, once in the site's zone and once in GMT (platforms/woocommerce.md §4.4).
struct ShopTime: Sendable {
    let zone: TimeZone

    func siteOffset(at unix: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(unix))) }

    /// `2026-11-06T03:12:40`, naive.
    static func naiveGMT(_ unix: Int) -> String { String(Timestamp(seconds: Int64(unix)).description.dropLast()) }
    func naiveLocal(_ unix: Int) -> String { Self.naiveGMT(unix + siteOffset(at: unix)) }

    func gmt(_ unix: Int?) -> WooJSON { .optional(unix.map { Self.naiveGMT($0) }) }
    func local(_ unix: Int?) -> WooJSON { .optional(unix.map { naiveLocal($0) }) }

    /// What a caller wrote: the digits of the wall clock read as GMT, and the offset that stood behind them (nil: naive).
    struct Given: Equatable {
        var wallClock: Int
        var offset: Int?
        var unix: Int? { offset.map { wallClock - $0 } }
    }

    /// RFC 3339 with or without a zone, as `rest_parse_date` takes it; nil where WordPress answers "Invalid date."
    static func parse(_ text: String) -> Given? {
        guard text.utf8.count >= 19 else { return nil }
        let head = text.prefix(19).replacing(" ", with: "T")
        guard let wall = Timestamp(rfc3339: head + "Z") else { return nil }
        let seconds = Int(wall.milliseconds / 1_000)
        var rest = text.dropFirst(19)
        if rest.first == "." { rest = rest.dropFirst().drop { $0.isNumber } }
        if rest.isEmpty { return Given(wallClock: seconds, offset: nil) }
        if rest == "Z" { return Given(wallClock: seconds, offset: 0) }
        let digits = rest.dropFirst().replacing(":", with: "")
        guard let sign = rest.first, sign == "+" || sign == "-", digits.count == 2 || digits.count == 4, let hours = Int(digits.prefix(2)) else { return nil }
        let minutes = digits.count == 4 ? Int(digits.suffix(2)) : 0
        guard let minutes else { return nil }
        return Given(wallClock: seconds, offset: (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60))
    }
}

