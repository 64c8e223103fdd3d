import Foundation

/// `POST /v1/orders` as it arrives (generic-courier.md §4).
package struct CourierOrderRequest: Codable, Sendable, Equatable {
    package struct Party: Codable, Sendable, Equatable {
        package var name: String, phone: String, line1: String
        package var line2: String?, subdistrict: String?
        package var district: String, province: String, postcode: String, countryCode: String
    }
    package struct Parcel: Codable, Sendable, Equatable {
        package var ref: String?
        package var weightGrams: Int
        package var lengthMm: Int?, widthMm: Int?, heightMm: Int?, contents: String?
    }
    package struct Amount: Codable, Sendable, Equatable {
        /// Minor units.
        package var amount: Int64, currency: String
    }
    package struct Item: Codable, Sendable, Equatable {
        package var sku: String?, title: String?, quantity: Int?, valueMinor: Int64?
    }
    package struct Handover: Codable, Sendable, Equatable {
        package var type: String?, date: String?, window: [String]?, pickupPointId: String?
    }
    package struct Label: Codable, Sendable, Equatable {
        package var format: String?, size: String?
    }

    package var externalRef: String, service: String
    package var handover: Handover?
    package var sender: Party, recipient: Party, parcels: [Parcel]
    package var cod: Amount?, insurance: Amount?, items: [Item]?, note: String?, label: Label?

    static func parse(_ body: Data) throws(CourierProblem) -> CourierOrderRequest {
        do { return try JSONDecoder().decode(CourierOrderRequest.self, from: body) }
        catch let error as DecodingError { throw CourierProblem(decoding: error) }
        catch { throw CourierProblem(.invalidJSON, "The body is not JSON.") }
    }

    // MARK: Checks

    /// Everything the courier refuses, in the order of the contract: form (400), account (403), content (422).
    func check(_ configuration: CourierConfiguration) throws(CourierProblem) {
        try checkForm()
        try checkAccount(configuration)
        try checkContent(configuration)
    }

    private func checkForm() throws(CourierProblem) {
        if externalRef.isEmpty { throw .init(.missingField, "externalRef is empty.", field: "externalRef") }
        if externalRef.utf8.count > 64 || !externalRef.utf8.allSatisfy(Self.isReferenceByte) {
            throw .init(.invalidField, "externalRef: at most 64 of A-Z a-z 0-9 . _ -", field: "externalRef")
        }
        try Self.checkParty(sender, named: "sender")
        try Self.checkParty(recipient, named: "recipient")
        if parcels.isEmpty { throw .init(.missingField, "At least one parcel is needed.", field: "parcels") }
        for (index, parcel) in parcels.enumerated() where parcel.weightGrams <= 0 {
            throw .init(.invalidField, "The weight must be positive.", field: "parcels[\(index)].weightGrams")
        }
        if let note, note.count > Self.maximumNoteCharacters { throw .init(.invalidField, "The note is too long.", field: "note") }
        if let cod, cod.amount == 0 { throw .init(.invalidField, "cod.amount must be positive.", field: "cod.amount") }
    }

    private func checkAccount(_ configuration: CourierConfiguration) throws(CourierProblem) {
        guard configuration.services.contains(service) else {
            throw .init(.serviceNotEnabled, "This service is not enabled for the account.", field: "service")
        }
        if cod != nil, !configuration.servicesWithCOD.contains(service) {
            throw .init(.codNotEnabled, "This service does not collect money.", field: "cod")
        }
    }

    private func checkContent(_ configuration: CourierConfiguration) throws(CourierProblem) {
        try Self.checkPostcode(of: sender, named: "sender")
        try Self.checkPostcode(of: recipient, named: "recipient")
        if recipient.postcode == "00000" { throw .init(.areaNotServed, "This area is not served.", field: "recipient.postcode") }
        for (party, name) in [(sender, "sender"), (recipient, "recipient")] where !Self.isPhone(party.phone) {
            throw .init(.invalidPhone, "The phone number must be 8 to 15 digits.", field: "\(name).phone")
        }
        for (index, parcel) in parcels.enumerated() where parcel.weightGrams > configuration.maximumParcelGrams {
            throw .init(.overweight, "At most \(configuration.maximumParcelGrams) g a parcel.", field: "parcels[\(index)].weightGrams")
        }
        guard let cod else { return }
        if cod.amount < 0 { throw .init(.codNegative, "cod.amount is negative.", field: "cod.amount") }
        if cod.amount > configuration.codLimitMinor { throw .init(.codOverLimit, "cod.amount is over the limit.", field: "cod.amount") }
    }

    /// 200 grapheme clusters (generic-courier.md §5).
    private static let maximumNoteCharacters = 200

    /// Countries without districts may leave it (and the province) empty; the member itself is always there.
    private static func checkParty(_ party: Party, named name: String) throws(CourierProblem) {
        let needsDistrict = ["TH", "CL"].contains(party.countryCode)
        let fields = [
            ("name", party.name), ("phone", party.phone), ("line1", party.line1), ("postcode", party.postcode), ("countryCode", party.countryCode),
        ] + (needsDistrict ? [("district", party.district), ("province", party.province)] : [])
        for (field, value) in fields where value.trimmingCharacters(in: .whitespaces).isEmpty {
            throw .init(.missingField, "\(name).\(field) is empty.", field: "\(name).\(field)")
        }
        let isCode = party.countryCode.utf8.count == 2 && party.countryCode.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        if !isCode { throw .init(.invalidField, "The country is two capital letters.", field: "\(name).countryCode") }
    }

    private static func checkPostcode(of party: Party, named name: String) throws(CourierProblem) {
        let digits: Int? = switch party.countryCode {
        case "TH", "ES": 5
        case "CL": 7
        default: nil
        }
        guard let digits else { return }
        let isGood = party.postcode.utf8.count == digits && party.postcode.utf8.allSatisfy(isDigit)
        if !isGood { throw .init(.invalidPostcode, "The postcode must be \(digits) digits.", field: "\(name).postcode") }
    }

    private static func isPhone(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (8...15).contains(digits.utf8.count) && digits.utf8.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isReferenceByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }
}
