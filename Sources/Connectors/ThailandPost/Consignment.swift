import Connect
import Domain

/// `addItem`'s body (thailandpost.md §4.2). Values are texts, as most clients send them; the names are the platform's.
struct Consignment: Encodable, Sendable, Equatable {
    var orderId: String, invNo: String, barcode: String
    var shipperName: String?, shipperAddress: String?, shipperDistrict: String?, shipperProvince: String?, shipperZipcode: String?, shipperEmail: String?, shipperMobile: String?
    var cusName: String, cusAdd: String, cusAmp: String, cusProv: String, cusZipcode: String, cusTel: String
    /// What is collected, in baht with two decimals; 0 under the account that collects nothing.
    var productPrice: String
    var productInbox: String
    /// Grams.
    var productWeight: String
    var orderType: String
    var merchantId: String?, merchantZipcode: String?, storeLocationNo: String?

    /// More parcels are not one shipment any more.
    static let maximumParcels = 100

    /// One consignment a parcel, in the parcels' order.
    static func all(of request: BookingRequest, settings: ThailandPostSettings) throws(ConnectorError) -> [Consignment] {
        guard !request.parcels.isEmpty, request.parcels.count <= maximumParcels else { throw PostalAddress.bad("has no parcels, or more than \(maximumParcels)", "parcels") }
        let recipient = try PostalAddress.recipient(request), sender = PostalAddress.sender(request.sender ?? settings.sender)
        let prices = try prices(request.codAmount, parcels: request.parcels.count)
        var consignments: [Consignment] = []
        for (parcel, price) in zip(request.parcels, prices) {
            let number = try number(of: parcel)
            guard !consignments.contains(where: { $0.barcode == number }) else { throw PostalAddress.bad("has two parcels with the number \(number)", field(of: parcel)) }
            consignments.append(Consignment(
                orderId: request.externalRef, invNo: "\(request.externalRef)-\(parcel.ref)", barcode: number,
                shipperName: sender.name, shipperAddress: sender.address, shipperDistrict: sender.district, shipperProvince: sender.province, shipperZipcode: sender.postcode,
                shipperEmail: settings.senderEmail, shipperMobile: sender.phone,
                cusName: recipient.name, cusAdd: recipient.address, cusAmp: recipient.district, cusProv: recipient.province, cusZipcode: recipient.postcode, cusTel: recipient.phone,
                productPrice: price, productInbox: settings.contents, productWeight: String(max(1, parcel.weightGrams)), orderType: settings.orderType,
                merchantId: settings.merchantID, merchantZipcode: settings.merchantPostcode, storeLocationNo: settings.storeLocation))
        }
        return consignments
    }

    /// Numbers that we issue are held to their check digit (§6.2).
    private static func number(of parcel: Parcel) throws(ConnectorError) -> String {
        let field = Self.field(of: parcel)
        guard let text = parcel.trackingNumber else { throw .refused(platformCode: "missing_field", platformMessage: "the parcel has no tracking number of our own range (\(field))") }
        guard let number = S10Number(reading: text), number.country == S10Number.thailand else { throw PostalAddress.bad("has a tracking number that is no Thai S10 number with its check digit", field) }
        return number.description
    }

    private static func field(of parcel: Parcel) -> String { "parcels[\(parcel.ref.cut(60))].trackingNumber" }

    /// COD is collected a consignment: the amount is shared out evenly, and what does not divide goes to the first parcels, a satang each.
    static func prices(_ cod: Money?, parcels: Int) throws(ConnectorError) -> [String] {
        guard let cod else { return [String](repeating: "0", count: parcels) }
        guard cod.currency == .thb else { throw PostalAddress.bad("is to collect \(cod.currency): Thailand Post collects baht", "codAmount") }
        guard cod.minor >= Int64(parcels) else { throw PostalAddress.bad("is to collect nothing, or less than a satang a parcel", "codAmount") }
        let share = cod.minor / Int64(parcels), rest = Int(cod.minor % Int64(parcels))
        return (0..<parcels).map { baht(share + ($0 < rest ? 1 : 0)) }
    }

    /// `1250.00`: no thousands sign (§5.1).
    static func baht(_ satang: Int64) -> String {
        let fraction = satang % 100
        return "\(satang / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
