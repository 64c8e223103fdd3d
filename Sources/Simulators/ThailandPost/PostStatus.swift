/// The codes of track & trace with their words (thailandpost.md §5.2).
package struct PostStatus: Sendable, Equatable {
    package var code: String
    package var thai: String
    package var english: String

    package static let all: [PostStatus] = [
        ("101", "เตรียมการฝากส่ง", "Preload"), ("102", "รับฝากผ่านตัวแทน", "Accepted by agent"), ("103", "รับฝาก", "Collection"),
        ("104", "ผู้ฝากส่งขอถอนคืน/ยกเลิกการรับฝาก", "Withdrawn by sender"), ("201", "อยู่ระหว่างการขนส่ง", "In transit"),
        ("202", "ดำเนินพิธีการศุลกากร", "Customs"), ("203", "ส่งคืนต้นทาง", "Return to sender"), ("204", "ถึงที่ทำการแลกเปลี่ยนระหว่างประเทศขาออก", "Outward exchange office"),
        ("205", "ถึงที่ทำการแลกเปลี่ยนระหว่างประเทศขาเข้า", "Inward exchange office"), ("206", "ถึงที่ทำการไปรษณีย์", "At post office"),
        ("207", "เตรียมการขนส่ง", "Prepare transit"), ("208", "ออกจากที่ทำการแลกเปลี่ยนระหว่างประเทศขาออก", "Left outward exchange office"),
        ("209", "ยกเลิกการส่งออก", "Export cancelled"), ("210", "ยกเลิกการนำเข้า", "Import cancelled"), ("211", "ถึงศูนย์คัดแยก", "At sorting centre"),
        ("212", "ส่งมอบให้สายการบิน", "Handed to airline"), ("213", "สายการบินรับมอบ", "Taken by airline"), ("214", "ส่งข้อมูลไปต่างประเทศ", "Data sent abroad"),
        ("215", "อนุมัติการนำเข้า", "Import approved"), ("216", "ถึงสนามบิน", "At airport"), ("217", "ผ่านแดน", "Transit land"),
        ("218", "อยู่ที่คลังสายการบิน", "Airline store"), ("219", "ส่งมอบให้ไปรษณีย์ปลายทาง", "Handed to destination post"),
        ("220", "ถึงที่ทำการต่างประเทศ", "At office abroad"), ("301", "อยู่ระหว่างการนำจ่าย", "Out for delivery"),
        ("302", "นำจ่าย ณ จุดรับสิ่งของ", "At collection point"), ("303", "เจ้าหน้าที่ติดต่อผู้รับ", "Officer contacting recipient"),
        ("304", "ติดต่อผู้รับไม่ได้", "Recipient cannot be contacted"), ("401", "นำจ่ายไม่สำเร็จ", "Unsuccessful delivery"),
        ("402", "ปิดประกาศ", "Notice posted, call 1545"), ("501", "นำจ่ายสำเร็จ", "Delivered"), ("901", "โอนเงินให้ผู้ขายเรียบร้อยแล้ว", "COD paid out"),
    ].map { PostStatus(code: $0.0, thai: $0.1, english: $0.2) }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    /// A code nobody listed gets words of its own: the post invents codes too.
    static func of(_ code: String) -> PostStatus { byCode[code] ?? PostStatus(code: code, thai: "สถานะ \(code)", english: "Status \(code)") }
}

/// What a caller may ask replies in. `CN` and `CH` both occur; their year is unverified, here Gregorian (thailandpost.md §4.1).
package enum PostLanguage: String, Sendable, CaseIterable {
    case thai = "TH", english = "EN", chinese = "CN", chineseOfOneClient = "CH"
}

/// What a parcel will go through after its preload (thailandpost.md §11).
package enum ParcelLife: String, Sendable, CaseIterable {
    case delivered
    /// Not delivered at first, delivered on the second day.
    case retried
    /// Not delivered, back to the sender: its last 501 is at the origin.
    case returned
    /// Taken back by the sender after acceptance.
    case withdrawn
    /// Waits at a collection point.
    case collected
    /// Never heard of again: the post does not say "lost".
    case lost

    /// The step at which a parcel disappears; no event comes of it.
    static let disappears = "lost"

    package func steps(isCOD: Bool) -> [String] {
        let road = ["103", "201", "211", "206"], paid = isCOD ? ["901"] : []
        return switch self {
        case .delivered: road + ["301", "501"] + paid
        case .retried: road + ["301", "401", "301", "501"] + paid
        case .returned: road + ["301", "401", "203", "501"]
        case .withdrawn: ["103", "104"]
        case .collected: road + ["302", "501"] + paid
        case .lost: ["103", "201", "211", Self.disappears]
        }
    }
}
