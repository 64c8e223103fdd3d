import Domain
import Testing

@testable import LazadaConnector

@Suite struct TimeTests {
    @Test(arguments: [
        ("2025-10-21 11:38:00 +0700", "2025-10-21T04:38:00Z"), ("2025-10-23T23:59:59+07:00", "2025-10-23T16:59:59Z"), ("2025-10-23T16:59:59Z", "2025-10-23T16:59:59Z"),
        ("2025-10-21 11:38:00 +08:00", "2025-10-21T03:38:00Z"), ("2025-10-21T11:38:00.250+0700", "2025-10-21T04:38:00.250Z"),
        ("1761021605", "2025-10-21T04:40:05Z"), ("1761021605912", "2025-10-21T04:40:05.912Z"), (" 2025-10-21 11:38:00 +0700 ", "2025-10-21T04:38:00Z"),
    ]) func `a moment is read in each of its four forms`(text: String, expected: String) {
        #expect(LazadaTime.parse(text)?.description == expected)
    }

    @Test(arguments: ["", "0", "null", "2025-10-21", "2025-10-21 11:38:00", "2025-02-30 11:38:00 +0700", "2025-10-21 11:38:00 +0700 x", "99999999999999999999", "9999999999999999", "-1761021605", "yesterday at noon, or so it seems"])
    func `what is no moment is none`(_ text: String) {
        #expect(LazadaTime.parse(text) == nil)
    }

    @Test(arguments: [(Market.th, "2025-10-21T11:40:05+07:00"), (.vn, "2025-10-21T11:40:05+07:00"), (.id, "2025-10-21T11:40:05+07:00"), (.sg, "2025-10-21T12:40:05+08:00"), (.my, "2025-10-21T12:40:05+08:00"), (.ph, "2025-10-21T12:40:05+08:00")])
    func `a moment is written with the country's offset`(market: Market, expected: String) {
        #expect(LazadaTime.text(second: 1_761_021_605, in: market) == expected)
        #expect(LazadaTime.parse(expected) == Timestamp(seconds: 1_761_021_605))
    }

    @Test(arguments: [("lazada_th", Market.th), ("LAZADA_SG", .sg), ("lazada-sg", .sg), ("Lazada_MY", .my)]) func `a site is known in all its spellings`(site: String, expected: Market) {
        #expect(Market(site: site) == expected)
    }

    @Test(arguments: ["lazada", "daraz_pk", "lazada_xx", "", "lazada_th_x"]) func `another site is none of ours`(_ site: String) { #expect(Market(site: site) == nil) }

    @Test func `each country has its host and its money`() {
        #expect(Market.allCases.map(\.defaultBaseURL) == [
            "https://api.lazada.co.th/rest", "https://api.lazada.sg/rest", "https://api.lazada.com.my/rest", "https://api.lazada.vn/rest", "https://api.lazada.com.ph/rest", "https://api.lazada.co.id/rest",
        ])
        #expect(Market.allCases.map(\.currencyCode) == ["THB", "SGD", "MYR", "VND", "PHP", "IDR"])
        #expect(["Thailand", "Viet Nam", "vietnam", "SINGAPORE", "Philippines", "Malaysia", "Indonesia", "th", "Laos"].map(Market.countryCode(named:)) == ["TH", "VN", "VN", "SG", "PH", "MY", "ID", "TH", "Laos"])
    }
}
