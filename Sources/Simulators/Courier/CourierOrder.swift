package import Foundation
import SimulatorKit

/// One booked order with its life so far.
package struct CourierOrder: Sendable {
    package struct Parcel: Sendable {
        package var ref: String
        package var trackingNumber: String
        package var sortCode: String
        package var weightGrams: Int
        package var isLost = false
    }

    package let orderID: String
    package let request: CourierOrderRequest
    package var status: CourierStatus = .created
    package var parcels: [Parcel]
    /// Until then tracking number and label are withheld.
    package var isLabelReady: Bool
    package var feeMinor: Int64
    package let createdAt: Date
    package var updatedAt: Date
    package var seq = 1
    package var events: [CourierEvent] = []
    /// Asked for under `confirmedByCallback`, not yet confirmed: the parcel waits.
    package var isCancelRequested = false
    /// What will happen to it by itself, next first.
    package var life: [CourierStatus]

    /// Nil while withheld.
    package var trackingNumber: String? { isLabelReady ? parcels.first?.trackingNumber : nil }
    /// Deliveries tried so far.
    package var deliveryAttempts: Int { events.count { $0.status == CourierStatus.deliveryFailed.rawValue } }

    func view(withEvents: Bool) -> CourierOrderView { CourierOrderView(self, withEvents: withEvents) }
}

/// One line of an order's history.
package struct CourierEvent: Sendable, Encodable {
    package struct Location: Sendable, Encodable { package var name: String, postcode: String }
    package var seq: Int, status: String, occurredAt: String
    package var location: Location?, reasonCode: String?, note: String?
}

/// An order as the API shows it (generic-courier.md §4); the booking is echoed so that a caller can compare.
struct CourierOrderView: Encodable {
    struct Parcel: Encodable {
        var ref: String, trackingNumber: Nullable<String>, sortCode: String, weightGrams: Int, status: String
    }

    var orderId: String, externalRef: String, status: String, trackingNumber: Nullable<String>, parcels: [Parcel]
    var labelReady: Bool, fee: CourierOrderRequest.Amount, createdAt: String, updatedAt: String, seq: Int
    var service: String, sender: CourierOrderRequest.Party, recipient: CourierOrderRequest.Party, cod: Nullable<CourierOrderRequest.Amount>
    var note: String?
    var events: [CourierEvent]?

    init(_ order: CourierOrder, withEvents: Bool) {
        orderId = order.orderID
        externalRef = order.request.externalRef
        status = order.status.rawValue
        trackingNumber = Nullable(order.trackingNumber)
        parcels = order.parcels.map { parcel in
            Parcel(ref: parcel.ref, trackingNumber: Nullable(order.isLabelReady ? parcel.trackingNumber : nil), sortCode: parcel.sortCode,
                   weightGrams: parcel.weightGrams, status: parcel.isLost ? CourierStatus.lost.rawValue : order.status.rawValue)
        }
        labelReady = order.isLabelReady
        fee = .init(amount: order.feeMinor, currency: CourierTime.feeCurrency)
        createdAt = CourierTime.text(order.createdAt)
        updatedAt = CourierTime.text(order.updatedAt)
        seq = order.seq
        service = order.request.service
        sender = order.request.sender
        recipient = order.request.recipient
        cod = Nullable(order.request.cod)
        note = order.request.note
        events = withEvents ? order.events : nil
    }
}

/// The courier's clock on the wall: Bangkok, whole seconds.
enum CourierTime {
    static let feeCurrency = "THB"
    private static let secondsEastOfGreenwich = 7 * 3_600

    /// `2024-06-03T08:05:12+07:00`.
    static func text(_ date: Date) -> String {
        let zone = TimeZone(secondsFromGMT: secondsEastOfGreenwich) ?? .gmt
        let style = Date.ISO8601FormatStyle(timeZone: zone).year().month().day().timeZone(separator: .colon).time(includingFractionalSeconds: false)
        return date.formatted(style)
    }

    /// A query's time; an unescaped `+` of the offset has become a space on the way.
    static func parse(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle().parse(text.replacing(" ", with: "+"))
    }

    /// Down to the second, as shown.
    static func wholeSecond(_ date: Date) -> Date { Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)) }
}
