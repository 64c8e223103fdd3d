package import Foundation

/// What track & trace shows of a moment in a parcel's life.
package struct ParcelEvent: Sendable, Equatable {
    package var status: String
    package var at: Date
    package var office: PostOffice
    /// `S`, `F`, `11C`, `21C` (thailandpost.md §5.2).
    package var deliveryStatus: String?
    /// Name and relation, at a delivery.
    package var receiver: String?
}

/// One booked parcel.
package struct Consignment: Sendable {
    package var barcode: String
    /// Whose it is: the user of system C.
    package var account: String
    package var fields: ParcelFields
    /// What is collected at the door; nil where nothing is.
    package var codSatang: Int64?
    package var createdAt: Date
    package var events: [ParcelEvent] = []
    /// Steps still to come.
    package var life: [String]
    package var isCancelled = false
    package var isLost = false
    package var isReturning = false
    package var acceptedAt: Date?
    /// Given at the counter, twelve digits.
    package var receiptNumber: String?
    /// Handed to the recipient (not back to the sender).
    package var deliveredAt: Date?
    package var paidOutAt: Date?
    var isFinished: Bool { isCancelled || isLost || life.isEmpty }

    package var orderID: String { fields["orderId"] }
    package var invoiceNumber: String { fields["invNo"] }
    package var manifestNumber: String { fields["manifestNo"] }
    /// What the courier took at the door, in satang; nil until then.
    package var collectedSatang: Int64? { deliveredAt == nil ? nil : codSatang }

    /// Where an event with this code happens: after 203 everything is at the origin.
    func office(of status: String, origin fallback: PostOffice) -> PostOffice {
        let origin = PostOffice.local(district: fields["shipperDistrict"], postcode: fields["shipperZipcode"], or: fallback)
        if isReturning { return origin }
        switch status {
        case "101", "102", "103", "104", "201": return origin
        case "211": return .sortingCentre(of: fields["cusZipcode"])
        default: return .local(district: fields["cusAmp"], postcode: fields["cusZipcode"], or: fallback)
        }
    }

    /// System C's own code and words: mixed and unlike track & trace's (thailandpost.md §5.3).
    var eParcelStatus: (code: String, words: String) {
        guard !isCancelled else { return ("9", "ยกเลิกรายการ") }
        return events.last.map { Self.eParcelStatus(of: $0, isReturning: isReturning) } ?? ("0", "เตรียมการฝากส่ง")
    }

    static func eParcelStatus(of event: ParcelEvent, isReturning: Bool) -> (code: String, words: String) {
        switch event.status {
        case "101": ("0", "เตรียมการฝากส่ง")
        case "102", "103": ("1", "รับฝาก")
        case "203": ("503", "ส่งคืนต้นทาง")
        case "501" where isReturning: ("502", "นำจ่ายคืนผู้ฝากส่ง")
        case "501", "901": ("4", "นำจ่ายถึงผู้รับแล้ว")
        default: (event.status, PostStatus.of(event.status).thai)
        }
    }
}
