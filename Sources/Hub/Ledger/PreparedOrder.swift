package import Domain
import Foundation

/// A snapshot made ready for the ledger outside any transaction: addresses normalised, sums checked, encoded once, digested.
package struct PreparedOrder: Sendable {
    package var snapshot: OrderSnapshot
    /// The JSON that is stored, without the revision (that is in columns).
    package var document: String
    package var digest: UInt64

    package init(_ raw: OrderSnapshot, numbers: BareRegionNumbers = .cut) {
        var snapshot = raw
        let shipping = raw.shipTo.map { Self.normalised($0, numbers: numbers) }
        if let address = raw.shipTo, let shipping { snapshot.shipTo = Self.take(shipping, for: address, slot: "shipTo", of: &snapshot) }
        if let address = raw.billTo {
            // The same address twice is the rule.
            let billing = address == raw.shipTo ? shipping : nil
            snapshot.billTo = Self.take(billing ?? Self.normalised(address, numbers: numbers), for: address, slot: "billTo", of: &snapshot)
        }
        if let mismatch = snapshot.totals.mismatch(in: snapshot.currency) { snapshot.flags.append(mismatch) }
        self.snapshot = snapshot
        (document, digest) = Self.encode(snapshot)
    }

    /// The stored form of a snapshot and the digest of its content.
    package static func encode(_ snapshot: OrderSnapshot) -> (document: String, digest: UInt64) {
        var content = snapshot
        content.revision = Revision(updatedAt: Timestamp(milliseconds: 0))
        var json = JSONText(capacity: 2048)
        content.write(to: &json)
        return (String(decoding: json.bytes, as: UTF8.self), StableHash.of(json.bytes))
    }

    private static func normalised(_ address: Address, numbers: BareRegionNumbers) -> NormalisedAddress {
        let raw = RawAddress(name: address.name, company: address.company, phone: address.phone, line1: address.line1, line2: address.line2,
                             subdistrict: address.subdistrict, district: address.district, city: address.city, province: address.province,
                             provinceCode: address.provinceCode, postcode: address.postcode, countryCode: address.countryCode)
        return AddressNormaliser.normalise(raw, numbers: numbers)
    }

    /// The address with what normalising found; the platform's own words stay in `attributes` where they were changed, and doubts become flags.
    private static func take(_ normalised: NormalisedAddress, for address: Address, slot: String, of snapshot: inout OrderSnapshot) -> Address {
        var result = address
        func take(_ name: String, _ old: String?, _ new: String?, _ path: WritableKeyPath<Address, String?>) {
            guard old != new else { return }
            if let old, !old.isEmpty { snapshot.attributes["raw.\(slot).\(name)"] = old }
            result[keyPath: path] = new
        }
        take("province", address.province, normalised.province, \.province)
        take("provinceCode", address.provinceCode, normalised.provinceCode, \.provinceCode)
        take("district", address.district, normalised.district, \.district)
        take("subdistrict", address.subdistrict, normalised.subdistrict, \.subdistrict)
        take("city", address.city, normalised.city, \.city)
        take("postcode", address.postcode, normalised.postcode, \.postcode)
        take("countryCode", address.countryCode, normalised.countryCode, \.countryCode)
        if let extra = normalised.textForLine2, !extra.isEmpty, !(result.line2 ?? "").contains(extra) {
            result.line2 = [result.line2, extra].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        }
        if slot == "shipTo" { snapshot.flags += normalised.problems.map { Flag(code: $0.code, message: $0.message) } }
        return result
    }
}
