import Domain

/// The recipient (platforms/shopee.md §5), and which of its values Shopee masked with asterisks.
struct AddressReading: Equatable {
    var address: Address?
    /// Slots of the order that hold masked text: `buyer.phone`, `shipTo.line1`, ….
    var masked: [String] = []

    init(_ json: LooseJSON, region: String?) {
        guard json.isObject else { return }
        let country = json["region"].text?.uppercased() ?? region
        var address = Address(name: json["name"].text, phone: json["phone"].text, postcode: json["zipcode"].text)
        let state = json["state"].text, city = json["city"].text, district = json["district"].text, town = json["town"].text
        if country == "TH" {
            address.province = Self.without(["จังหวัด"], state)
            address.district = Self.without(["อำเภอ", "เขต"], city)
            address.subdistrict = Self.without(["ตำบล", "แขวง"], district ?? town)
        } else {
            address.province = state
            address.city = city
            address.district = district
            address.subdistrict = town
        }
        address.line1 = json["full_address"].text.map { Self.line1($0, tail: [address.postcode, state, city, district, town].compactMap(\.self)) }
        guard address != Address() else { return }
        address.countryCode = country
        self.address = address
        masked = Self.masked(address)
    }

    private static func without(_ words: [String], _ text: String?) -> String? {
        guard let text else { return nil }
        for word in words where text.hasPrefix(word) {
            let rest = String(text.dropFirst(word.count)).trimmed
            return rest.isEmpty ? text : rest
        }
        return text
    }

    /// The address without the parts that have slots of their own, where it ends in them; whole where it does not, or where nothing else would be left.
    static func line1(_ full: String, tail: [String]) -> String {
        var rest = Substring(full), parts = tail
        while true {
            while let last = rest.last, last == " " || last == "," || last == "，" { rest.removeLast() }
            guard let index = parts.firstIndex(where: { endsApart(rest, with: $0) }) else { break }
            rest = rest.dropLast(parts.remove(at: index).count)
        }
        let line = String(rest).trimmed
        return line.isEmpty ? full : line
    }

    /// Whether `text` ends in the word `part`, and not in a longer word.
    private static func endsApart(_ text: Substring, with part: String) -> Bool {
        guard !part.isEmpty, text.hasSuffix(part) else { return false }
        let before = text.dropLast(part.count).last
        return before == nil || before == " " || before == "," || before == "，"
    }

    private static func masked(_ address: Address) -> [String] {
        let slots = [
            ("buyer.phone", address.phone), ("shipTo.city", address.city), ("shipTo.district", address.district), ("shipTo.line1", address.line1), ("shipTo.name", address.name),
            ("shipTo.phone", address.phone), ("shipTo.postcode", address.postcode), ("shipTo.province", address.province), ("shipTo.subdistrict", address.subdistrict),
        ]
        return slots.compactMap { name, text in text?.contains("*") == true ? name : nil }
    }
}
