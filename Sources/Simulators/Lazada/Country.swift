/// One of the six countries; the host of a call chooses it (lazada.md §1).
package enum LazadaCountry: String, Sendable, CaseIterable {
    case th, sg, my, vn, ph, id

    /// The real API host. Here it chooses the country when it comes in the `Host` header; `/{country}/rest/…` does the same.
    package var host: String {
        switch self {
        case .th: "api.lazada.co.th"
        case .sg: "api.lazada.sg"
        case .my: "api.lazada.com.my"
        case .vn: "api.lazada.vn"
        case .ph: "api.lazada.com.ph"
        case .id: "api.lazada.co.id"
        }
    }

    /// As an address names it.
    package var name: String {
        switch self {
        case .th: "Thailand"
        case .sg: "Singapore"
        case .my: "Malaysia"
        case .vn: "Vietnam"
        case .ph: "Philippines"
        case .id: "Indonesia"
        }
    }

    package var currency: String {
        switch self {
        case .th: "THB"
        case .sg: "SGD"
        case .my: "MYR"
        case .vn: "VND"
        case .ph: "PHP"
        case .id: "IDR"
        }
    }

    /// None of the six has summer time.
    package var utcOffsetHours: Int {
        switch self {
        case .th, .vn, .id: 7
        case .sg, .my, .ph: 8
        }
    }

    var phonePrefix: String {
        switch self {
        case .th: "66"
        case .sg: "65"
        case .my: "60"
        case .vn: "84"
        case .ph: "63"
        case .id: "62"
        }
    }

    /// Rough worth of one baht, in hundredths; prices end in whole units where the country writes no decimals.
    var hundredthsPerBaht: Int64 {
        switch self {
        case .th: 100
        case .sg: 4
        case .my: 13
        case .vn: 75_000
        case .ph: 165
        case .id: 48_000
        }
    }

    /// Cancel reasons have other ids in every country (lazada.md §6 no. 7).
    var cancelReasons: [CancelReason] {
        let base = 10_000 + (Self.allCases.firstIndex(of: self) ?? 0) * 1_000
        return [
            CancelReason(id: base + 15, name: "Out of stock", emptiesStock: true), CancelReason(id: base + 16, name: "Wrong price", emptiesStock: true),
            CancelReason(id: base + 21, name: "Buyer asked for it", emptiesStock: false),
        ]
    }

    var places: [LazadaPlace] {
        switch self {
        case .th: LazadaPlace.thailand
        case .sg: [LazadaPlace("Singapore", "Orchard", "", "238823")]
        case .my: [LazadaPlace("Wp Kuala Lumpur", "Bukit Bintang", "", "55100"), LazadaPlace("Penang", "George Town", "", "10200")]
        case .vn: [LazadaPlace("Hồ Chí Minh", "Quận 1", "Phường Bến Nghé", "700000"), LazadaPlace("Hà Nội", "Quận Ba Đình", "Phường Trúc Bạch", "100000")]
        case .ph: [LazadaPlace("Metro Manila~Makati", "Makati", "Bel-Air", "1209"), LazadaPlace("Cebu", "Cebu City", "Lahug", "6000")]
        case .id: [LazadaPlace("DKI Jakarta", "Kota Jakarta Selatan", "Kebayoran Baru", "12190"), LazadaPlace("Bali", "Kota Denpasar", "Sanur", "80228")]
        }
    }
}

/// A choice that `/order/reverse/cancel/validate` offers.
struct CancelReason: Sendable {
    var id: Int
    var name: String
    /// "Out of stock" and "wrong price" set the SKU's stock to 0.
    var emptiesStock: Bool
}

/// Province, district and postcode that belong together; Thai ones are written "Thai/ English" (lazada.md §4.2).
struct LazadaPlace: Sendable {
    var province: String
    var district: String
    var subdistrict: String
    var postcode: String

    init(_ province: String, _ district: String, _ subdistrict: String, _ postcode: String) {
        self.province = province
        self.district = district
        self.subdistrict = subdistrict
        self.postcode = postcode
    }

    static let thailand = [
        LazadaPlace("กรุงเทพมหานคร/ Bangkok", "จตุจักร/ Chatuchak", "ลาดยาว/ Lat Yao", "10900"),
        LazadaPlace("กรุงเทพมหานคร/ Bangkok", "บางรัก/ Bang Rak", "สีลม/ Si Lom", "10500"),
        LazadaPlace("นนทบุรี/ Nonthaburi", "ปากเกร็ด/ Pak Kret", "ปากเกร็ด/ Pak Kret", "11120"),
        LazadaPlace("เชียงใหม่/ Chiang Mai", "ดอยสะเก็ด/ Doi Saket", "ป่าเมี่ยง/ Pa Miang", "50220"),
        LazadaPlace("ขอนแก่น/ Khon Kaen", "เมืองขอนแก่น/ Mueang Khon Kaen", "ในเมือง/ Nai Mueang", "40000"),
        LazadaPlace("สงขลา/ Songkhla", "หาดใหญ่/ Hat Yai", "หาดใหญ่/ Hat Yai", "90110"),
    ]
}
