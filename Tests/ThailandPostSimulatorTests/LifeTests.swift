import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §5.2 and §11: what a parcel goes through, and what becomes of its money.
@Suite(.timeLimit(.minutes(1))) struct LifeTests {
    @Test(arguments: [
        (ParcelLife.delivered, ["103", "201", "211", "206", "301", "501", "901"]), (.retried, ["103", "201", "211", "206", "301", "401", "301", "501", "901"]),
        (.returned, ["103", "201", "211", "206", "301", "401", "203", "501"]), (.withdrawn, ["103", "104"]),
        (.collected, ["103", "201", "211", "206", "302", "501", "901"]), (.lost, ["103", "201", "211"]),
    ])
    func `each life of a COD parcel takes its steps, a second apart at least`(life: ParcelLife, steps: [String]) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.cod(0), ["productPrice": "1250"], account: PostBench.cod)
            bench.simulator.choose(life, for: Numbers.cod(0))
            while bench.simulator.advance(Numbers.cod(0)) {}
            let known = try #require(bench.simulator.consignment(Numbers.cod(0)))
            #expect(known.events.map(\.status) == ["101"] + steps)
            #expect(zip(known.events, known.events.dropFirst()).allSatisfy { $1.at.timeIntervalSince($0.at) >= 1 })
            #expect(known.isLost == (life == .lost))
            #expect(known.collectedSatang == (steps.contains("901") ? 125_000 : nil))
        }
    }

    @Test func `a returned parcel's last 501 is at the sender's office, and a plain one has no 901`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems(0))
            try await bench.book(Numbers.ems(1))
            bench.simulator.choose(.returned, for: Numbers.ems(0))
            for _ in 0..<10 { bench.simulator.advanceAll() }
            let back = try #require(bench.simulator.consignment(Numbers.ems(0))?.events.last)
            #expect((back.status, back.office.name, back.office.postcode) == ("501", "บางกะปิ", "10240"))
            let there = try #require(bench.simulator.consignment(Numbers.ems(1))?.events)
            #expect(there.map(\.status).last == "501")
            #expect(there.map(\.office.postcode) == ["10240", "10240", "10240", "00541", "50220", "50220", "50220"])
        }
    }

    @Test func `a life can be changed on the way`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.advance(Numbers.ems, steps: 3)
            bench.simulator.choose(.retried, for: Numbers.ems)
            #expect(bench.simulator.consignment(Numbers.ems)?.life == ["206", "301", "401", "301", "501"])
        }
    }

    @Test(arguments: PostStatus.all.map(\.code))
    func `every code can be posted and is told with its words in either language`(code: String) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.post(code, to: Numbers.ems)
            let words = try #require(PostStatus.all.first { $0.code == code })
            for (language, expected) in [("TH", words.thai), ("EN", words.english)] {
                let event = try await bench.track([Numbers.ems], language: language).events(of: Numbers.ems)?.last
                #expect((event?["status"]?.text, event?["status_description"]?.text) == (code, expected))
            }
        }
    }

    @Test(arguments: [("S", "ผู้รับได้รับสิ่งของเรียบร้อยแล้ว"), ("F", "รอจ่าย ณ ที่ทำการ"), ("11C", "สถานที่ปิด"), ("21C", "รอชำระเงิน")])
    func `a delivery status has its words`(status: String, words: String) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.post("401", to: Numbers.ems, deliveryStatus: status)
            let event = try await bench.track([Numbers.ems]).events(of: Numbers.ems)?.last
            #expect((event?["delivery_status"]?.text, event?["delivery_description"]?.text) == (status, words))
            #expect(event?["delivery_datetime"] == event?["status_date"])
        }
    }

    @Test func `a code nobody listed is told all the same`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            bench.simulator.post("777", to: Numbers.ems, office: PostOffice(name: "TOKYO", postcode: "99999"))
            let event = try await bench.track([Numbers.ems]).events(of: Numbers.ems)?.last
            #expect((event?["status"], event?["postcode"]) == ("777", "99999"))
        }
    }

    @Test func `traffic brings every parcel to its end`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost({ $0.webhookURL = catcher.url; $0.lives = [(.delivered, 1), (.returned, 1)] }) { bench async throws in
            let numbers = (0..<10).map { Numbers.ems($0) }
            try await bench.subscribe(numbers, status: "501")
            for number in numbers { try await bench.book(number) }
            bench.simulator.startTraffic(eventsPerSecond: 2_000)
            #expect(await catcher.wait(for: 10))
            await bench.simulator.stopTraffic()
            #expect(bench.simulator.consignments().allSatisfy { $0.events.last?.status == "501" })
        }
        await catcher.stop()
    }

    @Test func `the same seed gives the same lives`() async throws {
        func lives() async throws -> [[String]] {
            var lives: [[String]] = []
            try await withPost({ $0.lives = ParcelLife.allCases.map { ($0, 1) }; $0.faults = FaultPlan(seed: 42) }) { bench async throws in
                for index in 0..<12 { try await bench.book(Numbers.ems(index)) }
                lives = bench.simulator.consignments().map(\.life)
            }
            return lives
        }
        let first = try await lives()
        #expect(Set(first).count > 1)
        #expect(try await lives() == first)
    }

    // MARK: Money

    private func withPaidParcels(_ body: (PostBench, ThaiDay) async throws -> Void) async throws {
        try await withPost { bench async throws in
            for (index, price) in ["1250", "99.5", "0.01"].enumerated() {
                try await bench.book(Numbers.cod(index), ["productPrice": .string(price), "orderId": .string("A,\(index)")], account: PostBench.cod)
                bench.simulator.advance(Numbers.cod(index), steps: 6)
            }
            bench.clock.advance(by: 86_400)
            #expect(bench.simulator.payOutCOD() == 3)
            try await body(bench, ThaiDay(bench.clock.now))
        }
    }

    @Test func `what was collected is paid out once and listed on the day of the transfer`() async throws {
        try await withPaidParcels { bench, day async throws in
            #expect(bench.simulator.collectedCOD() == [Numbers.cod(0): 125_000, Numbers.cod(1): 9_950, Numbers.cod(2): 1])
            #expect(bench.simulator.payOutCOD() == 0)
            #expect(!bench.simulator.advance(Numbers.cod(0)))
            let text = String(decoding: bench.simulator.remittance(of: day).csv, as: UTF8.self)
            #expect(text == "barcode,order_id,cod_amount,fee,transfer_date\r\n\(Numbers.cod(0)),\"A,0\",1250.00,37.50,2024-06-04\r\n"
                + "\(Numbers.cod(1)),\"A,1\",99.50,2.99,2024-06-04\r\n\(Numbers.cod(2)),\"A,2\",0.01,0.00,2024-06-04\r\n")
            let yesterday = try #require(ThaiDay(iso: "2024-06-03"))
            #expect(bench.simulator.remittance(of: yesterday).rows.isEmpty)
        }
    }

    @Test func `a remittance file can have a wrong amount, a missing row and a stranger`() async throws {
        try await withPaidParcels { bench, day async throws in
            let good = bench.simulator.remittance(of: day), bad = bench.simulator.remittance(of: day, faults: Set(RemittanceFault.allCases))
            #expect(bad == bench.simulator.remittance(of: day, faults: Set(RemittanceFault.allCases)))
            let missing = try #require(bad.struck[.missing]), wrong = try #require(bad.struck[.differs]), stranger = try #require(bad.struck[.extra])
            #expect(Set([missing, wrong, stranger]).count == 3)
            #expect(!bad.rows.contains { $0.barcode == missing })
            #expect(bad.rows.first { $0.barcode == wrong }?.amountSatang == good.rows.first { $0.barcode == wrong }.map { $0.amountSatang + 100 })
            #expect(bench.simulator.consignment(stranger) == nil)
            #expect(bad.rows.count == 3)
        }
    }

    @Test func `a remittance file is written into a folder`() async throws {
        try await withPaidParcels { bench, day async throws in
            let folder = URL.temporaryDirectory.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // A folder that stays behind harms nobody.
            defer { try? FileManager.default.removeItem(at: folder) }
            let url = try bench.simulator.writeRemittance(of: day, into: folder)
            #expect(url.lastPathComponent == "cod-2024-06-04.csv")
            #expect(try Data(contentsOf: url) == bench.simulator.remittance(of: day).csv)
        }
    }
}
