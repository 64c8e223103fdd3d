/// The status words of shopat24.md §5.1.
package enum Shopat24Status: String, Sendable, CaseIterable, Encodable {
    case waitPay = "WAIT_PAY", new = "NEW", confirmed = "CONFIRMED", packing = "PACKING", ready = "READY", shipped = "SHIPPED"
    case atStore = "AT_STORE", delivered = "DELIVERED", notCollected = "NOT_COLLECTED", returned = "RETURNED", cancelled = "CANCELLED", lost = "LOST"

    package var thai: String {
        switch self {
        case .waitPay: "รอชำระเงิน"
        case .new: "รอดำเนินการ"
        case .confirmed: "ยืนยันแล้ว"
        case .packing: "กำลังจัดเตรียม"
        case .ready: "พร้อมส่ง"
        case .shipped: "จัดส่งแล้ว"
        case .atStore: "ถึงร้านแล้ว"
        case .delivered: "รับสินค้าแล้ว"
        case .notCollected: "ไม่มารับ"
        case .returned: "คืนสินค้า"
        case .cancelled: "ยกเลิก"
        case .lost: "สูญหาย"
        }
    }

    /// The hub's word of the fulfilment axis; nil where it stays as it was.
    package var fulfilment: String? {
        switch self {
        case .waitPay, .new, .confirmed: "unfulfilled"
        case .packing: "packed"
        case .ready: "readyToShip"
        case .shipped: "inTransit"
        case .atStore: "outForDelivery"
        case .delivered: "delivered"
        case .notCollected: "returning"
        case .returned: "returned"
        case .lost: "lost"
        case .cancelled: nil
        }
    }

    /// Place in the forward order; nil for the two words that stand beside it.
    private var rank: Int? {
        switch self {
        case .waitPay: 0
        case .new: 1
        case .confirmed: 2
        case .packing: 3
        case .ready: 4
        case .shipped: 5
        case .atStore: 6
        case .delivered: 7
        case .notCollected: 8
        case .returned: 9
        case .cancelled, .lost: nil
        }
    }

    /// Words only move forward, except to cancelled, and that only before delivered; what is on its way can be lost.
    package func canMove(to next: Shopat24Status) -> Bool {
        guard let rank else { return false }
        guard let nextRank = next.rank else { return next == .lost ? self == .shipped || self == .atStore : rank < 7 }
        return nextRank > rank
    }

    /// Still in the vendor's hands.
    var isBeforeShipped: Bool { [.new, .confirmed, .packing, .ready].contains(self) }
}

/// `Type` of the store-receive report: what the 7-Eleven store keyed (shopat24.md §4A.4).
package enum StoreKey: String, Sendable, CaseIterable, Encodable {
    case received = "คีย์รับ", handedOver = "คีย์จ่าย"
}
