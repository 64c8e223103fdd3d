import Domain

/// Thai number words and baht text: ยี่สิบ for two tens, เอ็ด for a last one behind anything else, ล้าน again for every million.
enum ThaiNumerals {
    private static let digits = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
    private static let places = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน"]

    static func words(_ value: UInt64) -> String { value == 0 ? digits[0] : words(value, isBehindOthers: false) }

    static func amount(_ money: Money, whole: UInt64, part: UInt64) -> String {
        let minus = money.minor < 0 ? "ลบ" : ""
        guard money.currency == .thb else {
            let rest = part == 0 ? "" : " กับ \(AmountText.hundredths(part, money.currency))"
            return "\(minus)\(words(whole)) \(money.currency)\(rest)"
        }
        if part == 0 { return "\(minus)\(words(whole))บาทถ้วน" }
        return minus + (whole == 0 ? "" : "\(words(whole))บาท") + "\(words(part))สตางค์"
    }

    private static func words(_ value: UInt64, isBehindOthers: Bool) -> String {
        guard value < 1_000_000 else {
            let (millions, rest) = value.quotientAndRemainder(dividingBy: 1_000_000)
            return words(millions, isBehindOthers: isBehindOthers) + "ล้าน" + (rest == 0 ? "" : words(rest, isBehindOthers: true))
        }
        var text = ""
        let figures = String(value).utf8.map { Int($0) - 0x30 }
        for (index, digit) in figures.enumerated() where digit != 0 {
            let place = figures.count - 1 - index
            switch (digit, place) {
            case (1, 0) where isBehindOthers || figures.count > 1: text += "เอ็ด"
            case (1, 1): text += places[1]
            case (2, 1): text += "ยี่" + places[1]
            default: text += digits[digit] + places[place]
            }
        }
        return text
    }
}
