import Connect
import Domain

/// An address as e-Parcel wants it (thailandpost.md §4.2, §5.1; addresses-cl-th.md §2).
struct PostalAddress: Sendable, Equatable {
    var name: String, address: String, district: String, province: String, postcode: String, phone: String

    static let maximumScalars = 255

    static func bad(_ what: String, _ field: String) -> ConnectorError { .refused(platformCode: "bad_field", platformMessage: "the order \(what) (\(field))") }

    /// The receiver of a booking. What the counter could not read is refused here, by the name of its field.
    static func recipient(_ request: BookingRequest) throws(ConnectorError) -> PostalAddress {
        let to = request.recipient, buyer = request.order.snapshot.buyer
        let phone = try need(to.phone ?? buyer.phone, "shipTo.phone", "recipient's phone")
        var raw = RawAddress(to)
        raw.phone = phone
        if line(raw.countryCode) == nil { raw.countryCode = "TH" }
        let normal = AddressNormaliser.normalise(raw)
        guard normal.countryCode == "TH" else { throw bad("does not go to Thailand: e-Parcel books domestic parcels", "shipTo.countryCode") }
        let name = try need(to.name ?? to.company ?? buyer.name, "shipTo.name", "recipient's name")
        let street = try need(to.line1, "shipTo.line1", "street address")
        let written = try need(to.postcode, "shipTo.postcode", "postcode")
        guard let postcode = normal.postcode else { throw bad("has the postcode \"\(written.cut(20))\", which is no Thai postcode of five digits", "shipTo.postcode") }
        guard let province = try thaiProvince(normal) else { throw missing("province", "shipTo.province") }
        // Shops that have no field for it write the district into the city.
        let district = try need(normal.district ?? normal.city, "shipTo.district", "district")
        guard let national = national(normal.phoneE164) else { throw bad("has a phone number that is not complete for Thailand: 0 and eight or nine digits", "shipTo.phone") }
        let lines = [street, line(to.line2), line(normal.textForLine2), subdistrict(normal, isBangkok: province == bangkok)]
        return PostalAddress(name: name, address: lines.compactMap(\.self).joined(separator: " ").cut(maximumScalars * 2), district: district, province: province,
                             postcode: postcode, phone: national)
    }

    /// The sender has no rules: `-` is accepted for what is not known.
    static func sender(_ from: Address) -> PostalAddress {
        var raw = RawAddress(from)
        if line(raw.countryCode) == nil { raw.countryCode = "TH" }
        let normal = AddressNormaliser.normalise(raw)
        let province = normal.provinceCode.flatMap { AddressNormaliser.thaiProvince(code: $0)?.thaiName } ?? line(normal.province)
        let lines = [line(from.line1), line(from.line2), subdistrict(normal, isBangkok: province == bangkok)].compactMap(\.self)
        return PostalAddress(
            name: line(from.name ?? from.company) ?? "-", address: lines.isEmpty ? "-" : lines.joined(separator: " "),
            district: line(normal.district ?? normal.city) ?? "-", province: province ?? "-", postcode: normal.postcode ?? line(from.postcode) ?? "-", phone: national(normal.phoneE164) ?? line(from.phone) ?? "-")
    }

    private static let bangkok = "กรุงเทพมหานคร"

    /// The province in Thai, whatever script the shop writes.
    private static func thaiProvince(_ normal: NormalisedAddress) throws(ConnectorError) -> String? {
        for problem in normal.problems {
            if case .unknownProvince(let raw) = problem { throw bad("has the province \"\(raw.cut(60))\", which is none of Thailand's", "shipTo.province") }
        }
        // A province that its postcode contradicts has no code, but its name stands: the hub holds such an order for a person, who may have let it go.
        let code = normal.provinceCode ?? normal.province.flatMap { AddressNormaliser.thaiProvince($0) }
        return code.flatMap { AddressNormaliser.thaiProvince(code: $0)?.thaiName } ?? line(normal.province)
    }

    /// `ต.` or, in Bangkok, `แขวง` in front of a Thai name (§5.1); another script keeps its own.
    private static func subdistrict(_ normal: NormalisedAddress, isBangkok: Bool) -> String? {
        guard let name = line(normal.subdistrict) else { return nil }
        guard name.unicodeScalars.contains(where: { (0x0E01...0x0E5B).contains($0.value) }) else { return name }
        return (isBangkok ? "แขวง" : "ต.") + name
    }

    /// `+66812345678` as `0812345678`; nil for a number of elsewhere.
    private static func national(_ e164: String?) -> String? { e164.flatMap { $0.hasPrefix("+66") ? "0" + $0.dropFirst(3) : nil } }

    private static func need(_ value: String?, _ field: String, _ what: String) throws(ConnectorError) -> String {
        guard let value = line(value) else { throw missing(what, field) }
        return value
    }

    private static func missing(_ what: String, _ field: String) -> ConnectorError { .refused(platformCode: "missing_field", platformMessage: "the order has no \(what) (\(field))") }

    /// One line without control characters; nil where nothing is left of it, or only the dash that stands for nothing.
    private static func line(_ text: String?) -> String? {
        guard let text else { return nil }
        let plain = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 })).split(separator: " ").joined(separator: " ")
        return plain.isEmpty || plain == "-" || plain == "." ? nil : plain.cut(maximumScalars)
    }
}
