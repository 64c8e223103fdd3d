/// Values that have broken parsers before.
enum HostileValues {
    /// In a number's place, and in a text's.
    static let numbers = [
        "0", "-0", "-0.0", "1e400", "-1e400", "1e-400", "1E+308", "1e308", "0.1e309", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1.5", "-1", "1e3", "1e18", "1e19", "4294967296", "2147483648", "1000000", "1000001", "1000000000", "999999999999", "1000000000000000",
        "92233720368547758.07", "-92233720368547758.08", "92233720368547757.99", "10000000000000.00", "10000000000000.01", "0.005", "1.005", "0.0000000000000000000000000000001",
        "1" + String(repeating: "0", count: 400), "0." + String(repeating: "0", count: 400) + "1", "1e30", "1e31", "1e-30", "9e-9223372036854775808", "1e9223372036854775807",
    ]
    static let notNumbers = ["NaN", "Infinity", "-Infinity", "nan", "inf", "0x10", "1_000", "1,000.00", "+1", ".5", "5.", "--1", "1e", "٣", "๑๒", "１２", "null", "true", "", " ", "\u{0}", "1\u{0}2"]
    /// Values that no number or text is.
    static let raws = ["null", "true", "false", "[]", "{}", "[null]", "[[]]", #"{"":null}"#, #""\ud800""#, #""\udc00\ud800""#, #""\u0000""#, #""\uFFFF""#, #""\x""#, "'a'", "NaN", "-Infinity", "undefined", "01", "--1", "\"a\nb\""]
    static let texts = [
        "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "2026-11-06T10:12:44", "2026-11-06 10:12:44.999999999+07",
        "2026-11-06T10:12:44.Z", "1970-01-01T00:00:00.000000001Z", "2262-04-12T00:00:00Z", "gid://", "gid://shopify/Order/", "gid://shopify/Order/1?x=y", "gid:///", "../../etc/passwd", "%00",
        "<b>", "<a<a<a", "&#x110000;", "&#99999999999;", "&#0;", "&amp;amp;", "&", "THB", "thb", "ßßß", "İİİ", "JPY", "KWD", "CLF", "XXX", "PAID", "partially_refunded", "🎁🎁", "é", "e\u{301}",
        "\u{FEFF}", "\u{202E}abc", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "wc-processing", "refunded", "trash", "order.cancelled", "cod", "shop_money", "TH-10", "a,b,,c", ",", "_hidden",
    ]
    static let byteRuns: [[UInt8]] = [
        [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x00], [0xEF, 0xBB, 0xBF], [0xC0, 0x80], [0x22], [0x5C], [0x7B], [0x5B], [0x2C], [0x0D, 0x0A], [0xFE, 0xFF],
        Array(#""a":1,"#.utf8), Array("1e400".utf8), Array(#"\ud83d"#.utf8), Array("]]>".utf8), Array("<!DOCTYPE a>".utf8), Array("&amp;".utf8),
    ]

    static func value(_ random: inout FuzzRandom, inPlaceOf node: JSONNode) -> JSONNode {
        switch random.below(8) {
        case 0, 1: .raw(random.pick(numbers) ?? "0")
        case 2, 3: .text(random.pick(numbers) ?? "0")
        case 4: .text(random.pick(notNumbers) ?? "")
        case 5: .raw(random.pick(raws) ?? "null")
        case 6: .text(random.pick(texts) ?? "")
        default:
            // A text of the same kind, with one more or less.
            if case .text(let text) = node { .text(random.once(in: 2) ? text + text : String(text.dropLast())) } else { .raw(random.pick(raws) ?? "null") }
        }
    }

    static func longText(_ random: inout FuzzRandom) -> String {
        let piece = random.pick(["a", "<", "<a", "<b>", "&", "&amp", "&#x", "\"", "\\", "ก้ำ", "e\u{301}", "\u{301}", "9", "1.", " ", "\n", ",", "_", "cod", "://", "\u{200D}👩"]) ?? "a"
        let count = random.pick([10, 41, 300, 5_000, random.once(in: 8) ? 100_000 : 20]) ?? 10
        return (random.once(in: 3) ? "a" : "") + String(repeating: piece, count: count)
    }
}
