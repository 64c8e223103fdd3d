/// Who sends or gets a parcel, as its paper shows it: the buyer's own words, the places without their level words.
package struct PaperAddress: Sendable, Hashable {
    package var name: String
    package var phone: String?
    /// House, moo, soi, road.
    package var lines: [String]
    package var subdistrict: String?
    package var district: String?
    package var city: String?
    package var province: String?
    package var postcode: String?
    /// ISO 3166-1 alpha-2.
    package var countryCode: String?

    package init(name: String, phone: String? = nil, lines: [String] = [], subdistrict: String? = nil, district: String? = nil, city: String? = nil,
                 province: String? = nil, postcode: String? = nil, countryCode: String? = nil) {
        self.name = name; self.phone = phone; self.lines = lines; self.subdistrict = subdistrict; self.district = district; self.city = city
        self.province = province; self.postcode = postcode; self.countryCode = countryCode
    }
}

extension PaperAddress {
    /// The address under the name and the phone, one entry a line: house and road, then the places, then province and postcode, which a no-break space
    /// keeps together (labels.md §1, §4.3). Places in Thai letters get the level words ต. อ. จ. (แขวง เขต in Bangkok) unless they carry one.
    var printedLines: [String] {
        let isThai = countryCode?.uppercased() == "TH" || (countryCode == nil && [subdistrict, district, province].contains { $0.map(Self.isThai) ?? false })
        let house = Self.given(lines)
        guard isThai else {
            var places: [String] = []
            for place in Self.given([subdistrict, district, city]) where !places.contains(place) { places.append(place) }
            let last = Self.given([province, postcode]).joined(separator: " ")
            return Self.given([house.joined(separator: ", "), places.joined(separator: ", "), last])
        }
        let isBangkok = province?.contains("กรุงเทพ") ?? false
        let places = Self.given([
            subdistrict.map { Self.levelled($0, isBangkok ? "แขวง" : "ต.", known: ["ต.", "ตำบล", "แขวง"]) },
            district.map { Self.levelled($0, isBangkok ? "เขต" : "อ.", known: ["อ.", "อำเภอ", "เขต", "กิ่งอำเภอ"]) },
            city == district || city == province ? nil : city,
        ])
        let last = Self.given([province.map { isBangkok ? $0 : Self.levelled($0, "จ.", known: ["จ.", "จังหวัด"]) }, postcode])
        return Self.given([house.joined(separator: " "), places.joined(separator: " "), last.joined(separator: "\u{A0}")])
    }

    private static func given(_ parts: [String?]) -> [String] {
        parts.compactMap { part in
            guard let part, part.contains(where: { !$0.isWhitespace }) else { return nil }
            return part
        }
    }

    private static func levelled(_ place: String, _ word: String, known: [String]) -> String {
        isThai(place) && !known.contains(where: { place.hasPrefix($0) }) ? word + place : place
    }

    private static func isThai(_ text: String) -> Bool { text.unicodeScalars.first.map { (0x0E01...0x0E46).contains($0.value) } ?? false }
}
