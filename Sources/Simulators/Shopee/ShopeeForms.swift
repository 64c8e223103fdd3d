import SimulatorKit

/// The many ways the platform writes one value (shopee.md §4.2): numbers, emptiness, masks.
enum ShopeeForms {
    /// Minor units as a number in major ones: `38`, or `38.0` where `odd`; `417.5`; `199.75`.
    static func money(_ minor: Int64, odd: Bool = false) -> ShopeeJSON {
        let sign = minor < 0 ? "-" : "", value = minor.magnitude
        let (whole, rest) = (value / 100, value % 100)
        if rest == 0 { return odd ? .number("\(sign)\(whole).0") : .integer(minor / 100) }
        let decimals = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0" : "") + "\(rest)"
        return .number("\(sign)\(whole).\(decimals)")
    }

    /// Kilograms of grams.
    static func kilograms(_ grams: Int) -> String {
        let rest = grams % 1_000
        guard rest != 0 else { return "\(grams / 1_000)" }
        var decimals = String(repeating: "0", count: 3 - "\(rest)".count) + "\(rest)"
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(grams / 1_000).\(decimals)"
    }

    /// First and last character: `ธ******ย`.
    static func masked(name: String) -> String { "\(name.prefix(1))******\(name.count > 1 ? name.suffix(1) : "")" }
    static func masked(phone: String) -> String { "******\(phone.suffix(2))" }
    static func masked(line: String) -> String { "\(line.split(separator: "/").first.map { "\($0)/" } ?? "")******" }
}

extension ShopeeOrder {
    private var isBangkok: Bool { buyer.sample.place.provinceCode == "TH-10" }

    /// As the dossier's sample: province in `state`, district in `city`, subdistrict in `district` (or `town`), the whole in `full_address`.
    func address(masked: Bool, oddShapes: Bool) -> ShopeeJSON {
        let place = buyer.sample.place
        let subdistrict = (isBangkok ? "แขวง" : "ตำบล") + place.subdistrict
        let district = (isBangkok ? "เขต" : "อำเภอ") + place.district
        let province = "จังหวัด" + place.province
        let line = ([buyer.sample.line1] + [buyer.sample.line2].compactMap(\.self)).joined(separator: " ")
        // E.164 without its plus.
        let phone = String(buyer.sample.phone.trimmingPrefix("+"))
        let isInTown = oddShapes && oddity % 5 == 0
        return [
            "name": .text(masked ? ShopeeForms.masked(name: buyer.sample.fullName) : buyer.sample.fullName),
            "phone": .text(masked ? ShopeeForms.masked(phone: phone) : phone),
            "town": .text(isInTown ? subdistrict : ""), "district": .text(isInTown ? "" : subdistrict), "city": .text(district), "state": .text(province),
            "region": .text(region), "zipcode": .text(place.postcode),
            "full_address": .text("\(masked ? ShopeeForms.masked(line: line) : line) \(subdistrict) \(district) \(province) \(place.postcode)"),
        ]
    }
}
