import Connect
import Crypto
import Documents
import Domain
import Foundation

/// What a label of ours shows of a parcel.
enum LabelText {
    static func label(of line: ParcelLine, number: String, sender: PaperAddress?, date: String) -> ParcelLabel {
        let parcel = line.parcel, address = line.order.snapshot.shipTo, currency = Currency(parcel.currency) ?? line.order.snapshot.currency
        let cod = parcel.codMinor.flatMap { $0 > 0 ? Money(minor: $0, currency) : nil }
        let isS10 = (try? S10Number(number)) != nil      // another carrier's number is printed as it is
        let phone = address?.phone.map { $0.filter { $0.isASCII && ($0.isNumber || $0 == "+") } }
        let code = [number, address?.postcode, phone].compactMap(\.self).joined(separator: "|")
        return ParcelLabel(
            service: line.order.decision?.service ?? line.order.snapshot.shipping.methodTitle ?? line.carrier, carrierTitle: line.carrier, trackingNumber: number, numberKind: isS10 ? .s10 : .plain,
            sender: sender, recipient: Self.address(address, fallback: line.order.snapshot.buyer.name), codAmount: cod, orderNumbers: [line.order.snapshot.externalNumber] + line.companions.map(\.snapshot.externalNumber),
            parcel: Int(parcel.ref) ?? 1, parcelCount: parcel.ofParcels, weightGrams: parcel.weightGrams > 1 ? parcel.weightGrams : nil, note: nil, date: date,
            qrText: code.utf8.allSatisfy { $0 < 128 } ? code : number)
    }

    static func address(_ address: Address?, fallback: String?) -> PaperAddress {
        PaperAddress(name: address?.name ?? fallback ?? "", phone: address?.phone, lines: [address?.company, address?.line1, address?.line2].compactMap(\.self), subdistrict: address?.subdistrict,
                     district: address?.district, city: address?.city, province: address?.province, postcode: address?.postcode, countryCode: address?.countryCode)
    }

    /// Where the carrier account's parcels start, as its settings say.
    static func sender(_ channel: Channel?, _ descriptor: PlatformDescriptor?) -> PaperAddress? {
        let defaults = Dictionary((descriptor?.settings ?? []).compactMap { field in field.defaultValue.map { (field.key, $0) } }, uniquingKeysWith: { first, _ in first })
        guard let settings = channel.map({ defaults.merging($0.settings) { _, own in own } }), let name = settings["senderName"], !name.isEmpty else { return nil }
        return PaperAddress(name: name, phone: settings["senderPhone"], lines: [settings["senderLine1"] ?? settings["senderAddress"], settings["senderLine2"]].compactMap(\.self), subdistrict: settings["senderSubdistrict"],
                            district: settings["senderDistrict"], province: settings["senderProvince"], postcode: settings["senderPostcode"], countryCode: settings["senderCountry"])
    }

    /// What a label depends on: when it changes, the paper is made anew.
    static func digest(of line: ParcelLine) -> String {
        let address = line.order.snapshot.shipTo
        let parts = [line.parcel.trackingNumber, address?.name, address?.phone, address?.company, address?.line1, address?.line2, address?.subdistrict, address?.district, address?.city,
                     address?.province, address?.postcode, line.parcel.codMinor.map { "\($0)" }, "\(line.parcel.weightGrams)"]
        return SHA256.hash(data: Data(parts.map { $0 ?? "\u{0}" }.joined(separator: "\u{1f}").utf8)).map { String($0, radix: 16) }.joined()
    }
}

/// A label of ours as it is kept: what it shows, in JSON.
struct StoredLabel: Codable {
    struct Place: Codable {
        var name: String
        var phone: String?
        var lines: [String]
        var subdistrict: String?, district: String?, city: String?, province: String?, postcode: String?, countryCode: String?
        init(_ address: PaperAddress) {
            name = address.name; phone = address.phone; lines = address.lines; subdistrict = address.subdistrict; district = address.district; city = address.city
            province = address.province; postcode = address.postcode; countryCode = address.countryCode
        }
        var address: PaperAddress {
            PaperAddress(name: name, phone: phone, lines: lines, subdistrict: subdistrict, district: district, city: city, province: province, postcode: postcode, countryCode: countryCode)
        }
    }
    var digest: String
    var service: String
    var carrierTitle: String?
    var trackingNumber: String, isS10: Bool
    var sortCode: String?, sender: Place?
    var recipient: Place
    var codMinor: Int64?, currency: String?
    var orderNumbers: [String], parcel: Int, parcelCount: Int
    var weightGrams: Int?, note: String?
    var isFragile: Bool
    var date: String?, qrText: String?

    init(_ label: ParcelLabel, digest: String) {
        self.digest = digest
        service = label.service; carrierTitle = label.carrierTitle; trackingNumber = label.trackingNumber; isS10 = label.numberKind == .s10; sortCode = label.sortCode
        sender = label.sender.map(Place.init); recipient = Place(label.recipient); codMinor = label.codAmount?.minor; currency = label.codAmount?.currency.code
        orderNumbers = label.orderNumbers; parcel = label.parcel; parcelCount = label.parcelCount; weightGrams = label.weightGrams; note = label.note; isFragile = label.isFragile
        date = label.date; qrText = label.qrText
    }

    var label: ParcelLabel {
        let cod = codMinor.flatMap { minor in currency.flatMap { Currency($0) }.map { Money(minor: minor, $0) } }
        return ParcelLabel(service: service, carrierTitle: carrierTitle, trackingNumber: trackingNumber, numberKind: isS10 ? .s10 : .plain, sortCode: sortCode, sender: sender?.address,
                           recipient: recipient.address, codAmount: cod, orderNumbers: orderNumbers, parcel: parcel, parcelCount: parcelCount, weightGrams: weightGrams, note: note, isFragile: isFragile,
                           date: date, qrText: qrText)
    }
}
