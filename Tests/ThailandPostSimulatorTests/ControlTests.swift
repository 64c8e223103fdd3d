import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// The control plane, outages and faults.
@Suite(.timeLimit(.minutes(1))) struct ControlTests {
    @Test(arguments: PostSystem.allCases)
    func `every port has the control plane and the same proof`(system: PostSystem) async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let proof = try await bench.control("GET", "proof", of: system).post
            #expect(proof["perOrder"] == .object(["ORD-\(Numbers.ems)": 1]))
            #expect(proof["perBarcode"] == .object([Numbers.ems: 1]))
            #expect(proof["calls"]?["C addItem"] == 1)
            #expect(try await bench.control("GET", "nowhere", of: system).status == 404)
        }
    }

    @Test func `a parcel is driven over HTTP`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.cod(0), ["productPrice": "1250"], account: PostBench.cod)
            let path = "consignments/\(Numbers.cod(0))"
            #expect(try await bench.control("POST", "\(path)/life", #"{"life":"retried"}"#).post["done"] == true)
            #expect(try await bench.control("POST", "\(path)/advance", #"{"steps":8}"#).post["done"] == true)
            #expect(try await bench.control("POST", "\(path)/event", #"{"status":"303"}"#).post["done"] == true)
            #expect(try await bench.control("POST", "payout").post["paid"] == 1)
            let seen = try await bench.control("GET", path).post
            #expect(seen["events"]?.items?.compactMap { $0["status"]?.text } == ["101", "103", "201", "211", "206", "301", "401", "301", "501", "303", "901"])
            #expect((seen["collectedSatang"], seen["isPaidOut"]) == (125_000, true))
            let csv = try await bench.control("GET", "remittance?date=2024-06-03&faults=extra")
            #expect(csv.headers["content-type"] == "text/csv; charset=utf-8")
            #expect(csv.text.split(separator: "\r\n").count == 3)
            #expect(try await bench.control("GET", "remittance?faults=none").status == 400)
            #expect(try await bench.control("POST", "\(path)/life", #"{"life":"eternal"}"#).status == 400)
            #expect(try await bench.control("POST", "consignments/\(Numbers.ems)/advance").status == 404)
        }
    }

    @Test func `the clock, the tokens and forced codes are driven over HTTP`() async throws {
        try await withPost { bench async throws in
            let token = try await bench.temporaryToken()
            #expect(try await bench.control("POST", "clock", #"{"advanceSeconds":3600}"#).post["now"] == "2024-06-03T03:15:20Z")
            #expect(try await bench.control("POST", "tokens", #"{"expire":true}"#).status == 200)
            #expect(try await bench.track(PostBench.question("barcode", [Numbers.ems]), token: token).status == 401)
            #expect(try await bench.control("POST", "codes", #"{"codes":["031"],"stores":true}"#).status == 200)
            #expect(try await bench.book(Numbers.ems) == "031")
            #expect(try await bench.book(Numbers.ems) == "018")
            #expect(try await bench.control("POST", "codes", #"{"codes":["999"]}"#).status == 400)
        }
    }

    @Test func `settings change by their names, and a wrong one changes nothing`() async throws {
        try await withPost { bench async throws in
            #expect(try await bench.control("POST", "settings", #"{"bookingReply":"bareObject","unknownNumbers":"absent","lives":{"lost":1}}"#).status == 200)
            #expect(try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems)).post["errorCode"] == "000")
            #expect(bench.simulator.consignment(Numbers.ems)?.life == ParcelLife.lost.steps(isCOD: false))
            #expect(try await bench.control("POST", "settings", #"{"bookingReply":"onePerItem","hasExtraFields":"perhaps"}"#).status == 400)
            #expect(try await bench.control("POST", "settings", #"{"noSuchThing":1}"#).status == 400)
            #expect(try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems(1))).post["errorCode"] == "000")
        }
    }

    @Test func `an outage of C leaves A alone and ends by the clock`() async throws {
        try await withPost { bench async throws in
            bench.simulator.startOutage(minutes: 5, of: [.eParcel])
            #expect(try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems)).status == 503)
            #expect(try await bench.track([Numbers.ems])["status"] == true)
            bench.clock.advance(by: 299)
            #expect(try await bench.eParcel("GET", "getStatus").status == 503)
            bench.clock.advance(by: 1)
            #expect(try await bench.book(Numbers.ems) == "000")
            #expect(bench.simulator.callCounts()["C addItem"] == 2)
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems: 1])
        }
    }

    @Test func `an outage can hang, and be ended over HTTP`() async throws {
        try await withPost({ $0.hang = .milliseconds(20) }) { bench async throws in
            #expect(try await bench.control("POST", "outage", #"{"minutes":10,"systems":["C","D"],"hangs":true}"#).status == 200)
            await #expect(throws: (any Error).self) { try await bench.eParcel("GET", "getStatus") }
            await #expect(throws: (any Error).self) { try await bench.draw(count: 1) }
            #expect(bench.simulator.drawnNumbers().isEmpty)
            #expect(try await bench.control("POST", "outage", #"{"minutes":0}"#).status == 200)
            #expect(try await bench.eParcel("GET", "getStatus").status == 200)
            #expect(try await bench.control("POST", "outage", #"{"systems":["E"]}"#).status == 400)
        }
    }

    @Test func `a caller that gives up on a hanging booking does not know that nothing was booked`() async throws {
        try await withPost { bench async throws in
            bench.simulator.faults.force([.hang(.seconds(30))], at: .write)
            await #expect(throws: (any Error).self) {
                try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems), limit: .milliseconds(50))
            }
            #expect(bench.simulator.consignmentsPerBarcode().isEmpty)
        }
    }

    @Test(arguments: [
        (PostSystem.track, "throttle", 429), (.track, "serverError", 503), (.track, "expireToken", 401), (.eParcel, "serverError", 503),
        (.eParcel, "expireToken", 401),
    ])
    func `faults forced over HTTP strike in the system's own words`(system: PostSystem, fault: String, status: Int) async throws {
        try await withPost { bench async throws in
            let token = try await bench.temporaryToken()
            let body = #"{"force":[{"point":"write","fault":"\#(fault)","status":503}]}"#
            #expect(try await bench.control("POST", "faults", body).status == 200)
            let answer = system == .track
                ? try await bench.track(PostBench.question("barcode", [Numbers.ems]), token: token) : try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems))
            #expect(answer.status == status)
            #expect(bench.simulator.consignmentsPerBarcode().isEmpty)
            #expect(try await bench.control("GET", "faults").post[fault] == 1)
        }
    }

    @Test func `pushes and traffic are driven over HTTP`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withPost { bench async throws in
            #expect(try await bench.control("POST", "settings", #"{"webhookURL":"\#(catcher.url)","webhookBearer":"other"}"#).status == 200)
            try await bench.subscribe([Numbers.ems])
            try await bench.book(Numbers.ems)
            #expect(try await bench.control("POST", "consignments/\(Numbers.ems)/push", #"{"oddity":"stale"}"#).status == 200)
            #expect(try await bench.control("POST", "push", #"{"barcodes":["\#(Numbers.ems)"]}"#).status == 200)
            #expect(try await bench.control("POST", "advance").post["moved"] == 1)
            #expect(await catcher.wait(for: 4))
            #expect(catcher.all.allSatisfy { $0.headers["authorization"] == "Bearer other" })
            #expect(try await bench.control("POST", "traffic", #"{"eventsPerSecond":1000}"#).status == 200)
            #expect(await catcher.wait(for: 9))
            #expect(try await bench.control("POST", "traffic", #"{"eventsPerSecond":0}"#).status == 200)
            #expect(try await bench.control("GET", "subscriptions").post[Numbers.ems] == ["status": "all", "language": "TH"])
            #expect(try await bench.control("GET", "statistics").post["consignments booked"] == 1)
        }
        await catcher.stop()
    }

    @Test func `the four systems have four addresses and stop together, twice if need be`() async throws {
        let simulator = try await ThailandPostSimulator.start()
        let hosts = PostSystem.allCases.map { simulator.host(of: $0) }
        #expect(Set(hosts).count == 4)
        #expect(simulator.baseURL == simulator.host(of: .track))
        #expect(simulator.trackURL.hasSuffix("/post/api/v1/") && simulator.webhookURL.hasSuffix("/post/api/v1/"))
        #expect(simulator.eParcelURL.hasSuffix("/webservice/") && simulator.postOneURL.hasSuffix("/api/bc.php"))
        await simulator.stop()
        await simulator.stop()
        let ports = hosts.compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
        var configuration = ThailandPostConfiguration()
        configuration.ports = Dictionary(uniqueKeysWithValues: zip(PostSystem.allCases, ports))
        let next = try await ThailandPostSimulator.start(configuration)
        #expect(PostSystem.allCases.map { next.host(of: $0) } == hosts)
        await next.stop()
    }

    @Test func `a caller that repeats until it is told so books each parcel once, through a storm`() async throws {
        try await withPost({ $0.faults = FaultPlan(level: .storm, seed: 7) }) { bench async throws in
            for index in 0..<25 {
                var code: String?
                while code != "000" && code != "018" {
                    // No answer, or one that is none: asked again.
                    code = try? await bench.book(Numbers.ems(index))
                }
            }
            #expect(bench.simulator.consignmentsPerBarcode().count == 25)
            #expect(bench.simulator.consignmentsPerBarcode().values.allSatisfy { $0 == 1 })
            #expect(bench.simulator.consignmentsPerOrder().values.allSatisfy { $0 == 1 })
            #expect(bench.simulator.faults.total > 0)
            #expect(bench.simulator.refusedDuplicates().values.reduce(0, +) == bench.simulator.faults.counts[.lostAnswer])
        }
    }
}
