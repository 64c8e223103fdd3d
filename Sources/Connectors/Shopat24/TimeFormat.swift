import Domain

/// How times are written and read: `iso`, `epochS`, `epochMs`, or a pattern of `yyyy MM dd HH mm ss SSS` in the time of Bangkok (shopat24.md §4A.2, §4B).
///
/// A year from 2400 on is Buddhist. Two-digit years are refused, and day and month are never told from each other by their size.
enum TimeFormat: Sendable, Equatable, Decodable {
    case iso, epochS, epochMs, pattern(String)

    static let zoneSeconds: Int64 = 7 * 3600, zone = "+07:00"
    static let firstBuddhistYear = 2400, buddhistOffset = 543
    private static let tokens: [(token: String, field: Field)] = [("yyyy", .year), ("SSS", .fraction), ("MM", .month), ("dd", .day), ("HH", .hour), ("mm", .minute), ("ss", .second)]
    private enum Field: Sendable { case year, month, day, hour, minute, second, fraction }

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer(), text = try box.decode(String.self)
        switch text {
        case "iso": self = .iso
        case "epochS": self = .epochS
        case "epochMs": self = .epochMs
        default:
            let fields = Self.parts(of: text).compactMap(\.field)
            guard text.utf8.count <= 40, [Field.year, .month, .day].allSatisfy({ field in fields.filter { $0 == field }.count == 1 }), !text.contains("yyyyy") else {
                throw DecodingError.dataCorruptedError(in: box, debugDescription: "not a form of time")
            }
            self = .pattern(text)
        }
    }

    // MARK: writing

    /// The shortest time that the form can tell apart.
    private var grainMilliseconds: Int64 {
        switch self {
        case .epochMs: return 1
        case .iso, .epochS: return 1000
        case .pattern(let pattern):
            let fields = Self.parts(of: pattern).compactMap(\.field)
            return fields.contains(.fraction) ? 1 : fields.contains(.second) ? 1000 : fields.contains(.minute) ? 60_000 : fields.contains(.hour) ? 3_600_000 : 86_400_000
        }
    }

    /// - Parameter up: a part of the form's grain counts as a whole one: a listing's end that is told as a day must not cut off what changed on that day.
    func text(_ time: Timestamp, up: Bool = false) -> String {
        let offset = Self.zoneSeconds * 1000, grain = grainMilliseconds, part = ((time.milliseconds + offset) % grain + grain) % grain
        let whole = up && part != 0 ? Timestamp(milliseconds: time.milliseconds + grain - part) : time
        // In the time of Bangkok, cut to seconds: `2025-10-21T11:38:00`.
        let local = (whole + .seconds(Self.zoneSeconds)).description, seconds = String(local.prefix(19))
        switch self {
        case .iso: return seconds + Self.zone
        case .epochS: return String(whole.milliseconds / 1000)
        case .epochMs: return String(whole.milliseconds)
        case .pattern(let pattern):
            let digits = seconds.utf8.map { $0 }, fraction = String(1000 + (whole.milliseconds % 1000 + 1000) % 1000).dropFirst()
            func slice(_ range: Range<Int>) -> String { digits.count >= range.upperBound ? String(decoding: digits[range], as: UTF8.self) : "" }
            return Self.parts(of: pattern).map { part in
                switch part.field {
                case .year: slice(0..<4)
                case .month: slice(5..<7)
                case .day: slice(8..<10)
                case .hour: slice(11..<13)
                case .minute: slice(14..<16)
                case .second: slice(17..<19)
                case .fraction: String(fraction)
                case nil: part.text
                }
            }.joined()
        }
    }

    // MARK: reading

    /// The first form that fits; nil where none does.
    static func read(_ text: String, _ forms: [TimeFormat]) -> Timestamp? {
        let text = CleanText.asciiDigits(CleanText.clean(text))
        guard !text.isEmpty, text.utf8.count <= 60 else { return nil }
        return forms.lazy.compactMap { $0.read(text) }.first
    }

    private func read(_ text: String) -> Timestamp? {
        switch self {
        case .iso: return Self.iso(text)
        case .epochS:
            guard let seconds = Self.number(text), seconds <= 100_000_000_000 else { return nil }
            return Timestamp(seconds: seconds)
        case .epochMs:
            guard let milliseconds = Self.number(text), milliseconds <= 100_000_000_000_000 else { return nil }
            return Timestamp(milliseconds: milliseconds)
        case .pattern(let pattern): return Self.read(text, by: pattern)
        }
    }

    /// `2025-10-21T11:38[:00[.123]][+07:00]`; without a zone it is Bangkok's.
    private static func iso(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "), let year = number(String(decoding: bytes[0..<4], as: UTF8.self)).map({ Int($0) }) else { return nil }
        let day = gregorian(year) + String(decoding: bytes[4..<10], as: UTF8.self)
        let rest = String(decoding: bytes[11...], as: UTF8.self), end = rest.firstIndex { $0 == "+" || $0 == "-" || $0 == "Z" } ?? rest.endIndex
        let clock = rest[..<end], offset = end == rest.endIndex ? zone : String(rest[end...])
        return Timestamp(rfc3339: "\(day)T\(clock.utf8.count == 5 ? clock + ":00" : clock)\(offset)")
    }

    /// A pattern without a time may be followed by ` HH:mm` or ` HH:mm:ss`; without any it is midnight in Bangkok.
    private static func read(_ text: String, by pattern: String) -> Timestamp? {
        var rest = text[...], found: [Field: String] = [:]
        for part in parts(of: pattern) {
            if let field = part.field {
                let digits = rest.prefix(part.text.count)
                guard digits.count == part.text.count, CleanText.isDigits(digits) else { return nil }
                found[field] = String(digits)
                rest = rest.dropFirst(part.text.count)
            } else {
                guard rest.hasPrefix(part.text) else { return nil }
                rest = rest.dropFirst(part.text.count)
            }
        }
        guard let year = found[.year].flatMap({ Int($0) }), let month = found[.month], let day = found[.day] else { return nil }
        var clock = "\(found[.hour] ?? "00"):\(found[.minute] ?? "00"):\(found[.second] ?? "00")"
        if let fraction = found[.fraction] { clock += "." + fraction }
        if !rest.isEmpty {
            guard found[.hour] == nil, rest.first == " " || rest.first == "T", rest.utf8.count == 6 || rest.utf8.count == 9 else { return nil }
            clock = String(rest.dropFirst()) + (rest.utf8.count == 6 ? ":00" : "")
        }
        return Timestamp(rfc3339: "\(gregorian(year))-\(month)-\(day)T\(clock)\(zone)")
    }

    /// The year is converted before the day is looked at, so that 29/02/2567 is a day.
    private static func gregorian(_ year: Int) -> String {
        let digits = String(year >= firstBuddhistYear ? year - buddhistOffset : year)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private static func number(_ text: String) -> Int64? { CleanText.isDigits(text) ? Int64(text) : nil }

    private static func parts(of pattern: String) -> [(text: String, field: Field?)] {
        var parts: [(text: String, field: Field?)] = [], rest = pattern[...]
        while let first = rest.first {
            if let (token, field) = tokens.first(where: { rest.hasPrefix($0.token) }) {
                parts.append((token, field))
                rest = rest.dropFirst(token.count)
            } else {
                parts.append((String(first), nil))
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}
