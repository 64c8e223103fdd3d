import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §4.3, §5.3, §6.3, §6.4, §7.
@Suite(.timeLimit(.minutes(1))) struct ReadingTests {
    @Test func `an order is an object with the post's own spelling, and an error is a list`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems, steps: 6)
            let order = try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems)").post
            #expect(Set(order.members.map { Array($0.keys) } ?? []) == [
                "barcode", "invNo", "customerName", "customerAddress", "customerAmphur", "customerProvince", "customerZipcode", "productWeight", "status",
                "statusDescription", "signature", "createdDate", "receivedDate", "deliverdDate", "postcodeName", "emsPrice", "servicePrice", "insurancePrice",
            ])
            #expect((order["status"], order["productWeight"], order["emsPrice"]) == ("4", "850", "67.00"))
            #expect(order["deliverdDate"]?.text?.hasPrefix("03/06/2024") == true)
            #expect(try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems(9))").code == "019")
            #expect(try await bench.eParcel("GET", "getOrderByBarcode").code == "027")
        }
    }

    @Test func `a customer does not see another's parcel`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            #expect(try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems)", account: PostBench.cod).code == "019")
            #expect(try await bench.eParcel("POST", "cancelOrder", #"{"barcode":"\#(Numbers.ems)"}"#, account: PostBench.cod).code == "019")
        }
    }

    @Test(arguments: [#""EF123456785TH, EF123456799TH,EY145587896TH""#, #"["EF123456785TH","EF123456799TH","EY145587896TH"]"#])
    func `several numbers come as one text or as a list`(barcodes: String) async throws {
        try await withPost { bench async throws in
            for index in 0...1 { try await bench.book(Numbers.ems(index)) }
            let found = try await bench.eParcel("POST", "getOrderByBarcodes", #"{"barcodes":\#(barcodes)}"#).post
            #expect(found.items?.compactMap { $0["barcode"]?.text } == [Numbers.ems(0), Numbers.ems(1)])
            #expect(try await bench.eParcel("POST", "getOrderByBarcodes", #"{"barcodes":"EY145587896TH"}"#).code == "019")
        }
    }

    @Test func `history items have names that vary`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems)
            let one = try await bench.eParcel("GET", "getHistoryStatus?barcode=\(Numbers.ems)").post.items?.last
            #expect((one?["status"], one?["station"], one?["statusDate"]) == ("001", "บางกะปิ", "03/06/2024 09:15:21"))
            bench.simulator.adjust { $0.usesOtherHistoryNames = true }
            let other = try await bench.eParcel("GET", "getHistoryStatus?barcode=\(Numbers.ems)").post.items?.last
            #expect((other?["createdDate"], other?["statusTime"], other?["postcodeName"]) == ("03/06/2024", "09:15:21", "บางกะปิ"))
        }
    }

    @Test(arguments: [
        (["103"], "1", "รับฝาก"), (["103", "201"], "201", "อยู่ระหว่างการขนส่ง"), (["103", "401"], "401", "นำจ่ายไม่สำเร็จ"), (["103", "402"], "402", "ปิดประกาศ"),
        (["103", "203"], "503", "ส่งคืนต้นทาง"), (["103", "203", "501"], "502", "นำจ่ายคืนผู้ฝากส่ง"), (["103", "501"], "4", "นำจ่ายถึงผู้รับแล้ว"),
    ])
    func `each state has C's own code and words`(steps: [String], code: String, words: String) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            for step in steps { bench.simulator.post(step, to: Numbers.ems) }
            let order = try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems)").post
            #expect((order["status"]?.text, order["statusDescription"]?.text) == (code, words))
        }
    }

    @Test func `sara am can come as two code points`() async throws {
        try await withPost({ $0.decomposesSaraAm = true }) { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.post("501", to: Numbers.ems)
            let words = try #require(try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems)").post["statusDescription"]?.text)
            #expect(Array(words.unicodeScalars.prefix(3)) == ["\u{0E19}", "\u{0E4D}", "\u{0E32}"])
        }
    }

    // MARK: Reports

    @Test(arguments: [("getAllOrderReceived", 1), ("getAllOrderDelivered", 3), ("getAllOrderReverse", 2), ("reportJSON", 0)])
    func `a day's report lists its parcels, and an empty one is an error, not an empty list`(report: String, index: Int) async throws {
        try await withPost { bench async throws in
            for number in 0...3 { try await bench.book(Numbers.ems(number)) }
            bench.clock.advance(by: 86_400)
            bench.simulator.post("103", to: Numbers.ems(1))
            bench.simulator.post("203", to: Numbers.ems(2))
            bench.simulator.post("501", to: Numbers.ems(3))
            let today = try await bench.eParcel("GET", "\(report)?date=\(report == "reportJSON" ? "03" : "04")/06/2024").post
            let expected = report == "reportJSON" ? (0...3).map { Numbers.ems($0) } : [Numbers.ems(index)]
            #expect(today.items?.compactMap { $0["barcode"]?.text } == expected)
            let never = try await bench.eParcel("GET", "\(report)?date=05/06/2024").post
            #expect(never.items?.first?["errorDetail"]?.text?.hasPrefix("No receive product") == true)
            #expect(try await bench.eParcel("GET", "\(report)?date=04/06/2567").code == "079")
        }
    }

    @Test func `items of a report can repeat`() async throws {
        try await withPost({ $0.reportsRepeatItems = true }) { bench async throws in
            try await bench.book(Numbers.ems)
            #expect(try await bench.eParcel("GET", "reportJSON?date=03/06/2024").post.items?.count == 2)
        }
    }

    @Test(arguments: [("01/06/2024", "30/06/2024", nil), ("01/06/2024", "01/08/2024", "079"), ("04/06/2024", "03/06/2024", "079"), ("x", "y", "079")])
    func `a span of days has its limit`(from: String, to: String, code: String?) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let answer = try await bench.eParcel("POST", "getOrderByDurationTime", #"{"startDate":"\#(from)","endDate":"\#(to)"}"#)
            #expect(answer.code == code)
        }
    }

    // MARK: Paper, rates, merchants

    @Test func `a label is a PDF that holds the number and the amount`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.cod(0), ["productPrice": "1250"], account: PostBench.cod)
            let label = try await bench.eParcel("GET", "LabelPDF?barcode=\(Numbers.cod(0))&urlLogo=https%3A%2F%2Fexample.com%2Flogo.png", account: PostBench.cod)
            #expect((label.status, label.headers["content-type"]) == (200, "application/pdf"))
            #expect(label.body.starts(with: Data("%PDF-1.4".utf8)))
            for words in [Numbers.cod(0), "EB 2000 0000 6 TH", "COD 1250.00 THB", "%%EOF"] { #expect(label.body.range(of: Data(words.utf8)) != nil) }
            #expect(try await bench.eParcel("GET", "LabelPDF?barcode=\(Numbers.ems)").code == "019")
        }
    }

    @Test func `a PDF's table points at its objects`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let text = try await bench.eParcel("GET", "LabelPDF?barcode=\(Numbers.ems)").text
            #expect(Self.objectsFound(in: text) == 5)
        }
    }

    /// How many of the table's offsets lead to the object of their number; nil where the end does not lead to the table.
    private static func objectsFound(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        func isAt(_ offset: Int, _ words: String) -> Bool { offset < bytes.count && bytes[offset...].starts(with: Array(words.utf8)) }
        let lines = text.components(separatedBy: "\n")
        guard let mark = lines.firstIndex(of: "startxref"), let table = Int(lines[mark + 1]), isAt(table, "xref") else { return nil }
        let offsets = lines.filter { $0.hasSuffix(" 00000 n ") }.compactMap { Int($0.prefix(10)) }
        return offsets.enumerated().count { index, offset in isAt(offset, "\(index + 1) 0 obj") }
    }

    @Test func `a deposit form lists its parcels on as many sheets as it takes`() async throws {
        try await withPost { bench async throws in
            for index in 0..<50 { try await bench.book(Numbers.ems(index), ["manifestNo": "ABC20240603-0001"]) }
            let form = try await bench.eParcel("GET", "DepositPDF?manifestNo=ABC20240603-0001").text
            #expect(form.contains("/Count 2"))
            #expect((0..<50).allSatisfy { form.contains(Numbers.ems($0)) })
            #expect(try await bench.eParcel("GET", "DepositPDF?manifestNo=ABC20240603-0002").code == "078")
        }
    }

    @Test(arguments: [
        ("getRatePriceByWeight", #"{"type":"E","weight":"400"}"#, "52.00"), ("getRatePriceByWeight", #"{"type":"R","weight":"2001"}"#, "016"),
        ("getRatePriceByWeight", #"{"type":"X","weight":"1"}"#, "019"), ("getRatePriceByWeight", #"{"type":"E"}"#, "027"),
        ("getRatePriceZoneByWeight", #"{"type":"E","sourcePostcode":"10240","destinationPostcode":"11120","weight":"250"}"#, "36.00"),
        ("getRatePriceZoneByWeight", #"{"type":"E","sourcePostcode":"10240","destinationPostcode":"50220","weight":"20000"}"#, "235.00"),
    ])
    func `a rate is found by weight and zone`(operation: String, body: String, expected: String) async throws {
        try await withPost { bench async throws in
            let answer = try await bench.eParcel("POST", operation, body)
            #expect((answer.post["price"]?.text ?? answer.code) == expected)
        }
    }

    @Test func `a rate can be a bare number, and a manifest has its sum`() async throws {
        try await withPost({ $0.ratesAreNumbers = true }) { bench async throws in
            #expect(try await bench.eParcel("POST", "getRatePriceByWeight", #"{"type":"E","weight":"400"}"#).post == 52)
            for index in 0...1 { try await bench.book(Numbers.ems(index), ["manifestNo": "ABC20240603-0001"]) }
            #expect(try await bench.eParcel("GET", "getRateByManifest?manifestNo=ABC20240603-0001").post == 134)
        }
    }

    @Test func `a branch must be added before a parcel names it`() async throws {
        try await withPost { bench async throws in
            let branch: [String: PostJSON?] = ["merchantId": "M1", "merchantZipcode": "10240", "storeLocationNo": "S1"]
            #expect(try await bench.book(Numbers.ems, branch) == "028")
            #expect(try await bench.eParcel("POST", "updateMerchant", #"{"merchantId":"M1"}"#).code == "028")
            #expect(try await bench.eParcel("PUT", "addMerchant", #"{"merchantId":"M1","merchantDistinct":"หัวหมาก","merchantPostcode":"10110"}"#).code == "000")
            #expect(try await bench.book(Numbers.ems, branch) == "069")
            #expect(try await bench.eParcel("POST", "updateMerchant", #"{"merchantId":"M1","merchantPostcode":"10240"}"#).code == "000")
            #expect(try await bench.eParcel("GET", "getMerchant?merchantId=M1").post["merchantDistinct"] == "หัวหมาก")
            #expect(try await bench.book(Numbers.ems, branch.merging(["merchantZipcode": ""]) { $1 }) == "083")
            #expect(try await bench.book(Numbers.ems, branch) == "070")
            #expect(try await bench.eParcel("PUT", "addStoreLocation", #"{"merchantId":"M1","storeLocationNo":"S1"}"#).code == "000")
            #expect(try await bench.book(Numbers.ems, ["storeLocationNo": "S1"]) == "072")
            #expect(try await bench.book(Numbers.ems, branch) == "000")
        }
    }

    @Test func `the code list has words, and an unknown operation is not found`() async throws {
        try await withPost { bench async throws in
            #expect(try await bench.eParcel("GET", "getStatus").post.items?.contains(["status": "1", "statusDescription": "รับฝาก"]) == true)
            #expect(try await bench.eParcel("GET", "getEverything").status == 404)
        }
    }
}
