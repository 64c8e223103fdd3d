import Domain

/// The platform's addresses in our slots, as written: normalising is the hub's (platforms/lazada.md §4.2, §5).
struct AddressReading: Sendable {
    let market: Market

    func address(_ wire: WireAddress) -> Address? {
        let country = wire.country?.trimmedOrNil.map(Market.countryCode(named:)) ?? market.countryCode
        let isThai = country == "TH"
        let fifth = wire.address5?.trimmedOrNil, isFifthPostcode = fifth.map(Self.isPostcode) ?? false
        let subdistrict = wire.subdistrict?.trimmedOrNil ?? (isFifthPostcode ? nil : fifth)
        let half = { (text: String?) -> String? in text?.trimmedOrNil.map { isThai ? Self.thaiHalf(of: $0) : $0 } }
        let address = Address(
            name: Self.name(wire.firstName, wire.lastName), phone: wire.phone?.trimmedOrNil ?? wire.phone2?.trimmedOrNil, line1: wire.address1?.trimmedOrNil,
            line2: wire.address2?.trimmedOrNil, subdistrict: half(subdistrict), district: half(wire.address4), city: isThai ? nil : wire.city?.trimmedOrNil,
            province: half(wire.address3), postcode: wire.postcode?.trimmedOrNil ?? (isFifthPostcode ? fifth : nil), countryCode: country)
        // The country alone is no address.
        var rest = address
        rest.countryCode = nil
        return rest == Address() ? nil : address
    }

    static func name(_ first: String?, _ last: String?) -> String? {
        [first?.trimmedOrNil, last?.trimmedOrNil].compactMap(\.self).joined(separator: " ").trimmedOrNil
    }

    /// `address5` is the postcode or the third level, documents conflict: five digits are the one, anything else the other.
    private static func isPostcode(_ text: String) -> Bool { text.utf8.count == 5 && text.utf8.allSatisfy { (48...57).contains($0) } }

    /// `กรุงเทพมหานคร/ Bangkok` → the Thai half, whichever side it stands on; a text of one language whole.
    static func thaiHalf(of text: String) -> String {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmedOrNil }
        guard halves.count == 2 else { return text }
        let thai = halves.compactMap(\.self).filter { $0.unicodeScalars.contains { (0x0E01...0x0E5B).contains($0.value) } }
        return thai.count == 1 ? thai[0] : text
    }

    // MARK: masks

    /// Which of the buyer's fields come with `*`, as they do until the app may read them (§2.1): `name`, `phone`, `line1`, …
    static func maskedFields(_ address: Address?) -> [String] {
        guard let address else { return [] }
        let people = [("name", address.name), ("phone", address.phone)].filter { $0.1?.contains("*") ?? false }
        let places = [
            ("line1", address.line1), ("line2", address.line2), ("subdistrict", address.subdistrict), ("district", address.district), ("province", address.province),
            ("postcode", address.postcode),
        ].filter { isMaskedPlace($0.1) }
        return (people + places).map(\.0)
    }

    /// One star inside may be a place's own (`5*star condo`): a mask has two in a row, or one at the end.
    static func isMaskedPlace(_ text: String?) -> Bool { text.map { $0.contains("**") || $0.hasSuffix("*") } ?? false }
}
