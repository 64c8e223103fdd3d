import Connect
import Domain
import Foundation

/// The JSON of the contract (platforms/generic-courier.md §4).
enum CourierMessages {
    struct Party: Codable, Sendable, Equatable {
        var name: String, phone: String, line1: String, line2: String?, subdistrict: String?, district: String, province: String, postcode: String, countryCode: String
    }
    struct Amount: Codable, Sendable, Equatable { var amount: Int64, currency: String }
    struct Box: Codable, Sendable, Equatable { var ref: String, weightGrams: Int, contents: String? }
    struct Item: Codable, Sendable, Equatable { var sku: String?; var title: String, quantity: Int, valueMinor: Int64 }
    struct Label: Codable, Sendable, Equatable { var format: String, size: String }
    struct Create: Codable, Sendable, Equatable {
        var externalRef: String, service: String, sender: Party, recipient: Party, parcels: [Box], cod: Amount?, items: [Item], note: String?, label: Label
    }
    struct Order: Codable, Sendable, Equatable {
        struct Parcel: Codable, Sendable, Equatable { var ref: String?, trackingNumber: String? }
        var orderId: String, externalRef: String?, status: String?, trackingNumber: String?, parcels: [Parcel]?
    }
    struct List: Codable, Sendable { var data: [Order], nextCursor: String? }
    /// What a courier may repeat of a booking, so that it can be compared (§4, `duplicate_ref`).
    struct Echo: Decodable {
        struct Recipient: Decodable { var name: String?, postcode: String? }
        struct Parcel: Decodable { var ref: String? }
        var externalRef: String?, recipient: Recipient?, parcels: [Parcel]?, cod: Amount?
    }
    struct EchoList: Decodable { var data: [Echo] }
    struct Problem: Codable, Sendable {
        struct Inner: Codable, Sendable { var code: String, message: String?, field: String?, requestId: String?, orderId: String? }
        var error: Inner
        var orderId: String?
    }
    struct Callback: Codable, Sendable {
        var eventId: String?; var type: String; var orderId: String?, externalRef: String?, trackingNumber: String?, seq: Int64?, status: String?, occurredAt: String?
        var note: String?, reasonCode: String?, codCollected: Bool?, parcelRef: String?
    }

    struct Pickup: Codable, Sendable, Equatable { var address: Party, date: String, window: [String]?, parcelCount: Int, orderIds: [String] }
    struct PickupTaken: Codable, Sendable { var pickupId: String, status: String? }

    static let maximumNoteClusters = 200

    static func create(_ request: BookingRequest, service: String, sender: Party) throws(ConnectorError) -> Create {
        let to = request.recipient, buyer = request.order.snapshot.buyer
        func need(_ value: String?, _ field: String, _ what: String) throws(ConnectorError) -> String {
            guard let value, !value.isEmpty else { throw .refused(platformCode: "missing_field", platformMessage: "the order has no \(what) (\(field))") }
            return value
        }
        let lines = Dictionary(request.order.snapshot.lines.map { ($0.externalLineID, $0) }, uniquingKeysWith: { first, _ in first })
        let recipient = Party(
            name: try need(to.name ?? buyer.name, "shipTo.name", "recipient's name"), phone: digits(try need(to.phone ?? buyer.phone, "shipTo.phone", "recipient's phone")),
            line1: try need(to.line1, "shipTo.line1", "street address"), line2: to.line2, subdistrict: to.subdistrict,
            district: try need(to.district ?? to.city, "shipTo.district", "district"), province: try need(to.province ?? to.city, "shipTo.province", "province"),
            postcode: try need(to.postcode, "shipTo.postcode", "postcode"), countryCode: try need(to.countryCode, "shipTo.countryCode", "country"))
        return Create(
            externalRef: request.externalRef, service: service, sender: sender, recipient: recipient,
            parcels: request.parcels.map { parcel in
                Box(ref: parcel.ref, weightGrams: parcel.weightGrams, contents: parcel.contents.compactMap { lines[$0.externalLineID]?.title }.first)
            },
            cod: request.codAmount.map { Amount(amount: $0.minor, currency: $0.currency.code) },
            items: request.order.snapshot.lines.filter(\.requiresShipping).map { Item(sku: $0.sku, title: $0.title, quantity: $0.quantity, valueMinor: $0.lineTotal) },
            note: request.note.map { String($0.prefix(maximumNoteClusters)) }, label: Label(format: "pdf", size: "100x150"))
    }

    /// Whether what the courier repeats of a booking is what we want: money, receiver, number of parcels. What it does not repeat cannot differ.
    static func echo(_ body: [UInt8], agreesWith wanted: Create) -> Bool {
        let decoder = JSONDecoder(), data = Data(body)
        let list = try? decoder.decode(EchoList.self, from: data)      // a single order instead of a list is read next
        guard let echo = list?.data.first(where: { $0.externalRef == wanted.externalRef }) ?? (try? decoder.decode(Echo.self, from: data)) else { return true }      // nothing readable to compare
        if let parcels = echo.parcels, parcels.count != wanted.parcels.count { return false }
        if let name = echo.recipient?.name, name != wanted.recipient.name { return false }
        if let postcode = echo.recipient?.postcode, postcode != wanted.recipient.postcode { return false }
        // A courier that repeats the receiver repeats the money too: none then means none.
        return echo.cod == wanted.cod || (echo.cod == nil && echo.recipient == nil)
    }

    private static func digits(_ phone: String) -> String { phone.filter { $0.isASCII && $0.isNumber } }
}
