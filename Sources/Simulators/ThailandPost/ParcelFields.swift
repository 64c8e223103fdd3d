import Foundation

/// What a customer announces: the members of `addItem`, numbers or text (thailandpost.md §4.2).
package struct ParcelFields: Sendable, Equatable {
    static let required = [
        "orderId", "invNo", "barcode", "cusName", "cusAdd", "cusAmp", "cusProv", "cusZipcode", "cusTel", "productPrice", "productInbox", "productWeight", "orderType",
    ]

    private var values: [String: String]

    init(_ json: PostJSON) { values = (json.members ?? [:]).compactMapValues(\.loose) }

    /// Empty where the member is absent, null, or neither text nor number.
    package subscript(_ name: String) -> String { values[name] ?? "" }

    package var barcode: String { self["barcode"] }
    var grams: Int? { Int(self["productWeight"]).flatMap { $0 > 0 ? $0 : nil } }
    var priceSatang: Int64? { Self.satang(self["productPrice"]) }

    /// The members of another call over these.
    func updated(by other: ParcelFields) -> ParcelFields {
        var fields = self
        fields.values.merge(other.values) { $1 }
        return fields
    }

    /// `1250` and `1250.5`; no thousands sign, no currency.
    static func satang(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else { return nil }
        let fraction = parts.count == 2 ? parts[1] : "00"
        guard (1...2).contains(fraction.utf8.count), let baht = Int64(parts[0]), let rest = Int64(fraction) else { return nil }
        return baht * 100 + (fraction.utf8.count == 1 ? rest * 10 : rest)
    }

    /// `1250.00`.
    static func baht(_ satang: Int64) -> String { "\(satang / 100)." + S10.padded(Int(abs(satang) % 100), to: 2) }

    /// `PPPYYYYMMDD-NNNN` with a prefix of three letters.
    static func isManifestNumber(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[11] == UInt8(ascii: "-"), bytes[..<3].allSatisfy({ (65...90).contains($0) }) else { return false }
        guard (bytes[3..<11] + bytes[12...]).allSatisfy({ (48...57).contains($0) }) else { return false }
        let day = bytes[3..<11].map { String(UnicodeScalar($0)) }
        return ThaiDay(iso: day[..<4].joined() + "-" + day[4..<6].joined() + "-" + day[6...].joined()) != nil
    }
}
