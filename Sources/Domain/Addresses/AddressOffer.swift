/// One way out of a contradiction in an address, which a person takes or leaves as a whole.
package struct AddressOffer: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// The place that the postcode belongs to; the district of the postcode; the postcode of the place; the region of the comuna.
        case place, district, postcode, region
    }
    package struct Change: Sendable, Hashable, Codable {
        package var field: AddressField, value: String
        package init(_ field: AddressField, _ value: String) { self.field = field; self.value = value }
    }
    package var kind: Kind
    /// What is taken, in the letters of the address: `Pathum Wan, Bangkok`, `50000`.
    package var what: String
    package var changes: [Change]

    /// Names one offer among those of an address: the same address offers the same ones.
    package var id: String { "\(kind.rawValue):" + changes.map { "\($0.field.rawValue)=\($0.value)" }.joined(separator: ";") }
    /// `take Pathum Wan, Bangkok`
    package var words: String { "take \(what)" }
}

/// Whether an address contradicts itself, and the ways out of it (platforms/addresses-cl-th.md §1.6, §2.3). Pure.
///
/// A contradiction is two statements that cannot both be true; what is merely missing or not known is none.
package struct AddressCheck: Sendable, Equatable {
    package let contradictions: [AddressProblem]
    package let offers: [AddressOffer]
    private let found: String?

    static let maximumOffersAWay = 3

    package init(_ address: RawAddress, numbers: BareRegionNumbers = .cut) {
        let known = AddressNormaliser.normalise(address, numbers: numbers)
        contradictions = known.problems.filter(\.isContradiction)
        switch contradictions.first {
        case .provincePostcodeDisagree(let province, let postcode, let candidates) where province.hasPrefix("TH-"):
            let thai = ThaiWaysOut(known, postcode: postcode)
            (offers, found) = (thai.places(candidates: candidates) + thai.postcodes(in: province), thai.belongs(candidates) + "; the address says \(thai.name(ofProvince: province))")
        case .districtPostcodeDisagree(let district, let postcode, _):
            let thai = ThaiWaysOut(known, postcode: postcode), province = known.provinceCode ?? ""
            (offers, found) = (thai.districts(in: province) + thai.postcodes(in: province), thai.belongs([province]) + "; the address says \(district)")
        case .regionComunaConflict(_, let comuna, let code):
            let region = AddressNormaliser.chileanRegion(code: code)?.name ?? code
            offers = [AddressOffer(kind: .region, what: region, changes: [.init(.province, region), .init(.provinceCode, code)])]
            found = "\(comuna) is in \(region); the address says \(known.province ?? "another region")"
        default: (offers, found) = ([], nil)
        }
    }

    /// What contradicts what, and the ways out, for an operator; nil when nothing does.
    package var sentence: String? {
        guard let found else { return nil }
        let ways = offers.map(\.words).joined(separator: ", or ")
        return ways.isEmpty ? "\(found). Ask the buyer which is right." : "\(found): \(ways)."
    }
}

extension AddressProblem {
    /// Two statements of the address that cannot both be true.
    package var isContradiction: Bool {
        switch self {
        case .regionComunaConflict, .districtPostcodeDisagree: true
        case .provincePostcodeDisagree(let province, _, _): province.hasPrefix("TH-")
        default: false
        }
    }
}

/// The ways out of a Thai contradiction, in the letters that the address is written in.
private struct ThaiWaysOut {
    let address: NormalisedAddress, postcode: String, users: [ThaiDistrict], isThai: Bool

    init(_ address: NormalisedAddress, postcode: String) {
        self.address = address; self.postcode = postcode
        users = ThaiDistricts.table.lookUp(postcode: postcode)
        isThai = AddressText.isThai(address.province ?? address.district ?? "")
    }

    func name(ofProvince code: String) -> String {
        guard let province = ThaiProvinces.table.province(code: code) else { return code }
        return isThai ? province.thaiName : province.englishName
    }
    private func name(_ district: ThaiDistrict) -> String { isThai ? district.thaiName : district.englishName }
    private func title(_ district: ThaiDistrict) -> String { "\(name(district)), \(name(ofProvince: district.provinceCode))" }

    /// `postcode 10330 belongs to Pathum Wan, Bangkok`
    func belongs(_ provinces: [String]) -> String {
        let places = users.isEmpty || users.count > AddressCheck.maximumOffersAWay ? provinces.map(name(ofProvince:)) : users.map(title)
        return "\(postcode) belongs to \(places.joined(separator: " or "))"
    }

    /// The province, and where it can be told the district, that the postcode is in. A district that the postcode already agrees with stays.
    func places(candidates: [String]) -> [AddressOffer] {
        let said = candidates.flatMap { province in address.district.map { ThaiDistricts.table.lookUp($0, in: province) } ?? [] }.filter(users.contains)
        let districts = said.isEmpty ? users : said
        if districts.isEmpty || districts.count > AddressCheck.maximumOffersAWay {
            return candidates.map { AddressOffer(kind: .place, what: name(ofProvince: $0), changes: [.init(.province, name(ofProvince: $0)), .init(.provinceCode, $0)]) }
        }
        return districts.map { district in
            let place: [AddressOffer.Change] = [.init(.province, name(ofProvince: district.provinceCode)), .init(.provinceCode, district.provinceCode)]
            return AddressOffer(kind: .place, what: title(district), changes: said.isEmpty ? place + [.init(.district, name(district))] : place)
        }
    }

    /// The districts of the province that use the postcode.
    func districts(in province: String) -> [AddressOffer] {
        let here = users.filter { $0.provinceCode == province }
        guard here.count <= AddressCheck.maximumOffersAWay else { return [] }
        return here.map { AddressOffer(kind: .district, what: name($0), changes: [.init(.district, name($0))]) }
    }

    /// The postcodes of the district as it is written, in this province; without a district the capital's. A district that nobody knows offers none.
    func postcodes(in province: String) -> [AddressOffer] {
        var codes: [String] = []
        if let district = address.district { codes = Set(ThaiDistricts.table.lookUp(district, in: province).flatMap(\.postcodes)).sorted() }
        else if let capital = ThaiDistricts.table.capital(of: province) { codes = [capital.postcode] }
        guard codes.count <= AddressCheck.maximumOffersAWay else { return [] }
        return codes.map { AddressOffer(kind: .postcode, what: $0, changes: [.init(.postcode, $0), .init(.provinceCode, province)]) }
    }
}
