import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §4.1.
@Suite(.timeLimit(.minutes(1))) struct TrackingTests {
    @Test(arguments: [("TH", "03/06/2567 09:15:20+07:00", "03/06/2567", "เตรียมการฝากส่ง"), ("EN", "03/06/2024 09:15:20+07:00", "03/06/2024", "Preload"),
                      ("CN", "03/06/2024 09:15:20+07:00", "03/06/2024", "Preload"), ("CH", "03/06/2024 09:15:20+07:00", "03/06/2024", "Preload")])
    func `the year and the words follow the language`(language: String, date: String, day: String, words: String) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let answer = try await bench.track([Numbers.ems], language: language)
            #expect(answer["status"] == true)
            #expect(answer["message"] == "successful")
            let event = try #require(answer.events(of: Numbers.ems)?.first)
            #expect(event["status"] == "101")
            #expect(event["status_date"]?.text == date)
            #expect(event["status_description"]?.text == words)
            #expect(answer["response"]?["track_count"] == ["track_date": .string(day), "count_number": 1, "track_count_limit": 1_500])
        }
    }

    @Test func `a Gregorian year can come in a Thai reply`() async throws {
        try await withPost({ $0.usesGregorianYearInThai = true }) { bench async throws in
            try await bench.book(Numbers.ems)
            #expect(try await bench.track([Numbers.ems]).events(of: Numbers.ems)?.first?["status_date"] == "03/06/2024 09:15:20+07:00")
        }
    }

    @Test func `an item has these members, null where nothing is known`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let event = try #require(try await bench.track([Numbers.ems]).events(of: Numbers.ems)?.first?.members)
            let nulls = ["delivery_status", "delivery_description", "delivery_datetime", "receiver_name", "signature"]
            #expect(Set(event.keys) == Set(nulls + ["barcode", "status", "status_description", "status_date", "location", "postcode"]))
            #expect(nulls.allSatisfy { event[$0] == PostJSON.null })
        }
    }

    @Test(arguments: [ThailandPostConfiguration.DetailSpelling.snake, .camel])
    func `extra members can be switched on, in either spelling`(spelling: ThailandPostConfiguration.DetailSpelling) async throws {
        try await withPost({ $0.hasExtraFields = true; $0.detailSpelling = spelling }) { bench async throws in
            try await bench.book(Numbers.ems)
            let event = try #require(try await bench.track([Numbers.ems]).events(of: Numbers.ems)?.first)
            #expect(event["call_center_tel"] == "1545")
            #expect(event["office_tel"] == PostJSON.null)
            #expect(event[spelling.rawValue] != nil)
        }
    }

    @Test(arguments: [(ThailandPostConfiguration.UnknownNumbers.emptyList, true), (.absent, false)])
    func `an unknown number is an empty list or absent`(manner: ThailandPostConfiguration.UnknownNumbers, isThere: Bool) async throws {
        try await withPost({ $0.unknownNumbers = manner }) { bench async throws in
            let answer = try await bench.track(["EY145587896TH"])
            #expect((answer.events(of: "EY145587896TH") == []) == isThere)
            #expect(answer["response"]?["items"]?.members?.count == (isThere ? 1 : 0))
        }
    }

    @Test func `one code can be asked for, and events come oldest first`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems, steps: 6)
            let all = try #require(try await bench.track([Numbers.ems]).events(of: Numbers.ems))
            #expect(all.map { $0["status"]?.text } == ["101", "103", "201", "211", "206", "301", "501"])
            #expect(all.last?["delivery_status"] == "S")
            #expect(all.last?["receiver_name"] == "ปิ่น/ผู้รับรับเอง")
            #expect(all.last?["signature"]?.text?.hasPrefix("https://trackimage.thailandpost.co.th/f/signature/") == true)
            #expect(all.last?["location"] == "ดอยสะเก็ด")
            #expect(try await bench.track([Numbers.ems], status: "103").events(of: Numbers.ems)?.count == 1)
        }
    }

    @Test func `a receipt leads to its parcels, an unknown one to none, eleven are too many`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems)
            let receipt = try #require(bench.simulator.consignment(Numbers.ems)?.receiptNumber)
            #expect(receipt.utf8.count == 12)
            let answer = try await bench.track(PostBench.question("receiptNo", [receipt, "361199999999"]), path: "receipt/track").post["response"]?["receipts"]
            #expect(answer?[receipt]?[Numbers.ems]?.items?.count == 2)
            #expect(answer?["361199999999"] == [:])
            let many = (0..<11).map { "3611000000\($0 + 10)" }
            #expect(try await bench.track(PostBench.question("receiptNo", many), path: "receipt/track").post["status"] == false)
        }
    }

    @Test(arguments: ["", "[]", #"{"status":"all","language":"TH"}"#, #"{"status":"all","language":"TH","barcode":[]}"#,
                      #"{"status":"all","language":"XX","barcode":["EF123456785TH"]}"#, #"{"status":"all","language":"TH","barcode":[7]}"#])
    func `a body that is not a question is 400`(body: String) async throws {
        try await withPost { bench async throws in #expect(try await bench.track(body).status == 400) }
    }

    @Test func `a thousand numbers are taken and one more is not`() async throws {
        try await withPost { bench async throws in
            let numbers = (0..<1_001).map { Numbers.ems($0) }
            #expect(try await bench.track(Array(numbers.prefix(1_000)))["status"] == true)
            let refused = try await bench.track(numbers)
            #expect(refused["status"] == false)
            #expect(refused["message"]?.text?.contains("1000") == true)
        }
    }

    @Test func `the sixteenth call in three seconds blocks for thirty`() async throws {
        try await withPost { bench async throws in
            let token = try await bench.temporaryToken(), body = PostBench.question("barcode", [Numbers.ems])
            for _ in 0..<15 { #expect(try await bench.track(body, token: token).status == 200) }
            #expect(try await bench.track(body, token: token).status == 429)
            bench.clock.advance(by: 29)
            #expect(try await bench.track(body, token: token).status == 429)
            bench.clock.advance(by: 1)
            #expect(try await bench.track(body, token: token).status == 200)
        }
    }

    @Test func `fifteen calls every three seconds go on for ever`() async throws {
        try await withPost { bench async throws in
            let token = try await bench.temporaryToken(), body = PostBench.question("barcode", [Numbers.ems])
            for _ in 0..<2 {
                for _ in 0..<15 { #expect(try await bench.track(body, token: token).status == 200) }
                bench.clock.advance(by: 3)
            }
        }
    }

    @Test func `the day's quota counts numbers, not calls, and begins anew at midnight in Thailand`() async throws {
        try await withPost({ $0.trackCountLimit = 5 }) { bench async throws in
            let numbers = (0..<3).map { Numbers.ems($0) }
            #expect(try await bench.track(numbers)["response"]?["track_count"]?["count_number"] == 3)
            #expect(try await bench.track(numbers)["status"] == false)
            #expect(try await bench.track(Array(numbers.prefix(2)))["response"]?["track_count"]?["count_number"] == 5)
            bench.clock.advance(by: 15 * 3_600)
            #expect(try await bench.track(numbers)["response"]?["track_count"]?["count_number"] == 3)
        }
    }

    @Test func `a batch is answered by mail, so there are no items`() async throws {
        try await withPost { bench async throws in
            let answer = try await bench.track(PostBench.question("barcode", [Numbers.ems]), path: "track/batch").post
            #expect(answer["status"] == true)
            #expect(answer["response"]?["items"] == nil)
        }
    }
}
