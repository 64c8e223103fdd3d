import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §3.
@Suite(.timeLimit(.minutes(1))) struct HookTests {
    @Test func `a subscription answers item by item`() async throws {
        try await withPost({ $0.refusedSubscriptions = [Numbers.registered] }) { bench async throws in
            let answer = try await bench.subscribe([Numbers.ems, Numbers.registered, "EY145587896TH"])
            #expect(answer["response"]?["items"] == [
                ["barcode": .string(Numbers.ems), "status": true], ["barcode": .string(Numbers.registered), "status": false], ["barcode": "EY145587896TH", "status": false],
            ])
            #expect(answer["response"]?["track_count"] == ["track_date": "03/06/2567", "count_number": 3, "track_count_limit": 1_000])
            #expect((answer["message"], answer["status"]) == ("successful", true))
        }
    }

    @Test func `a push is a list of items with the wanted Bearer and minutes only`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url }) { bench async throws in
            try await bench.subscribe([Numbers.ems])
            try await bench.book(Numbers.ems)
            #expect(await catcher.wait(for: 1))
            let call = try #require(catcher.all.first)
            #expect((call.method, call.headers["authorization"], call.headers["content-type"]) == ("POST", "Bearer tp_push_5c1e7a", "application/json"))
            #expect(call.post["track_datetime"] == "03/06/2567 09:15+07:00")
            let item = try #require(call.post["items"]?.items?.first)
            #expect((item["barcode"]?.text, item["status"], item["status_date"]) == (Numbers.ems, "101", "03/06/2567 09:15:20+07:00"))
            #expect((item["office_tel"], item["call_center_tel"]) == (PostJSON.null, "1545"))
        }
        await catcher.stop()
    }

    @Test(arguments: [("all", ["101", "103", "201"]), ("103", ["103"])])
    func `a subscription hears what it asked for, in its language`(status: String, expected: [String]) async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url }) { bench async throws in
            try await bench.subscribe([Numbers.ems], language: "EN", status: status)
            for index in 0...1 { try await bench.book(Numbers.ems(index)) }
            for index in 0...1 { bench.simulator.advance(Numbers.ems(index), steps: 2) }
            await bench.simulator.idle()
            #expect(catcher.all.compactMap(\.status).sorted() == expected)
            #expect(catcher.all.allSatisfy { $0.post["track_datetime"]?.text?.hasPrefix("03/06/2024 ") == true })
        }
        await catcher.stop()
    }

    @Test(arguments: [(true, ["101", "103"]), (false, [])])
    func `what happened before is replayed where that was asked for`(wantsPast: Bool, expected: [String]) async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url }) { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems)
            try await bench.subscribe([Numbers.ems], wantsPast: wantsPast)
            await bench.simulator.idle()
            #expect(catcher.all.compactMap(\.status).sorted() == expected)
        }
        await catcher.stop()
    }

    @Test func `a receipt subscribes its parcels, an unknown one none`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url }) { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems)
            let receipt = try #require(bench.simulator.consignment(Numbers.ems)?.receiptNumber)
            let answer = try await bench.hook(PostBench.question("receiptNo", [receipt, "361100009999"], wantsPast: false), path: "hook/receipt").post
            #expect(answer["response"]?["receipts"] == .object([receipt: [.string(Numbers.ems)], "361100009999": []]))
            bench.simulator.advance(Numbers.ems)
            #expect(await catcher.wait(for: 1))
            #expect(catcher.all.first?.status == "201")
        }
        await catcher.stop()
    }

    @Test func `a person's parcels are followed until the person leaves`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url }) { bench async throws in
            let answer = try await bench.hook(#"{"fullName":"ปิ่น ตัวอย่าง","telephone":"0812345678"}"#, path: "user-register/user-profile").post
            #expect((answer["status"], answer["message"]) == (1, "successful"))
            let uid = try #require(answer["uid"]?.text), ref = try #require(answer["ref"]?.text)
            try await bench.book(Numbers.ems(0))
            try await bench.book(Numbers.ems(1), ["cusTel": "0899999999"])
            await bench.simulator.idle()
            #expect(catcher.all.map { $0.post["items"]?.items?.first?["barcode"]?.text } == [Numbers.ems(0)])
            #expect(try await bench.hook("", path: "unsubscribe/\(uid)?ref=wrong", method: "DELETE").status == 400)
            #expect(try await bench.hook("", path: "unsubscribe/\(uid)?ref=\(ref)", method: "DELETE").post["status"] == 1)
            bench.simulator.advance(Numbers.ems(0))
            await bench.simulator.idle()
            #expect(catcher.count == 1)
        }
        await catcher.stop()
    }

    @Test func `the day's subscriptions are counted, and a bad body is 400`() async throws {
        try await withPost({ $0.hookCountLimit = 2 }) { bench async throws in
            #expect(try await bench.subscribe([Numbers.ems(0), Numbers.ems(1)])["status"] == true)
            #expect(try await bench.subscribe([Numbers.ems(2)])["status"] == false)
            #expect(try await bench.hook(#"{"status":"all"}"#).status == 400)
            #expect(try await bench.hook("{}", path: "user-register/user-profile").status == 400)
            #expect(try await bench.hook("{}", path: "nowhere").status == 404)
        }
    }
}
