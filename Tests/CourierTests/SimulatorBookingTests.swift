import CourierSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorBookingTests {
    @Test func `the same key and body twice is one order and the same reply`() async throws {
        try await withCourier { simulator, caller in
            let first = try await caller.book("CD-1"), second = try await caller.book("CD-1")
            #expect((first.status, second.status) == (201, 201))
            #expect(first.body == second.body)
            #expect(first.headers["idempotent-replay"] == nil)
            #expect(second.headers["idempotent-replay"] == "true")
            #expect(simulator.bookings() == ["CD-1": 1])
            #expect(simulator.idempotentReplays() == ["CD-1": 1])
        }
    }

    @Test func `the same key with another body is refused`() async throws {
        try await withCourier { simulator, caller in
            try await caller.book("CD-1", key: "k")
            let answer = try await caller.book("CD-2", key: "k")
            #expect((answer.status, answer.errorCode) == (409, "idempotency_mismatch"))
            #expect(simulator.bookings() == ["CD-1": 1])
        }
    }

    @Test func `a reference booked under another key is refused with the existing order`() async throws {
        try await withCourier { simulator, caller in
            let first = try await caller.book("CD-1", key: "a")
            let second = try await caller.book("CD-1", key: "b")
            #expect((second.status, second.errorCode, second.errorOrderID) == (409, "duplicate_ref", first.orderID))
            #expect(simulator.refusedDuplicates() == ["CD-1": 1])
            let found = try await caller.call("GET", "/v1/orders?externalRef=CD-1")
            let data = try #require(found.json["data"] as? [[String: Any]])
            #expect(data.map { $0["orderId"] as? String } == [first.orderID])
        }
    }

    @Test func `a careless courier books a reference again and the count shows it`() async throws {
        try await withCourier({ $0.enforcesUniqueRef = false }) { simulator, caller in
            try await caller.book("CD-1", key: "a")
            try await caller.book("CD-1", key: "b")
            #expect(simulator.bookings() == ["CD-1": 2])
        }
    }

    @Test func `an answer lost after storing leaves one order that the reference finds`() async throws {
        try await withCourier { simulator, caller in
            simulator.faults.force([.lostAnswer], at: .write)
            await #expect(throws: (any Error).self) { try await caller.book("CD-1") }
            let found = try await caller.call("GET", "/v1/orders?externalRef=CD-1")
            #expect((found.json["data"] as? [Any])?.count == 1)
            let again = try await caller.book("CD-1")
            #expect((again.status, again.headers["idempotent-replay"]) == (201, "true"))
            #expect(simulator.bookings() == ["CD-1": 1])
        }
    }

    @Test func `a call dropped before anything was done books nothing`() async throws {
        try await withCourier { simulator, caller in
            simulator.faults.force([.drop], at: .write)
            await #expect(throws: (any Error).self) { try await caller.book("CD-1") }
            #expect(simulator.bookings().isEmpty)
        }
    }

    @Test(arguments: [
        (#""externalRef":"CD-1""#, #""externalRef":"""#, 400, "missing_field", "externalRef"),
        (#""externalRef":"CD-1""#, #""externalRef":"a b""#, 400, "invalid_field", "externalRef"),
        (#""service":"standard","#, "", 400, "missing_field", "service"),
        (#""service":"standard""#, #""service":"rocket""#, 403, "service_not_enabled", "service"),
        (#""postcode":"50220""#, #""postcode":"1031""#, 422, "invalid_postcode", "recipient.postcode"),
        (#""postcode":"50220""#, #""postcode":"00000""#, 422, "area_not_served", "recipient.postcode"),
        (#""phone":"0812345678""#, #""phone":"081-234""#, 422, "invalid_phone", "recipient.phone"),
        (#""phone":"0812345678","#, "", 400, "missing_field", "recipient.phone"),
        (#""weightGrams":850"#, #""weightGrams":"850""#, 400, "invalid_field", "parcels[0].weightGrams"),
        (#""weightGrams":850"#, #""weightGrams":0"#, 400, "invalid_field", "parcels[0].weightGrams"),
        (#""weightGrams":850"#, #""weightGrams":30001"#, 422, "overweight", "parcels[0].weightGrams"),
        (#""cod":null"#, #""cod":{"amount":-1,"currency":"THB"}"#, 422, "cod_negative", "cod.amount"),
        (#""cod":null"#, #""cod":{"amount":5000001,"currency":"THB"}"#, 422, "cod_over_limit", "cod.amount"),
        (#""service":"standard","#, #""service":"economy","cod":{"amount":100,"currency":"THB"},"old":{},"#, 403, "cod_not_enabled", "cod"),
    ])
    func `what the courier does not take is refused with the contract's code and field`(old: String, new: String, status: Int, code: String, field: String) async throws {
        try await withCourier { simulator, caller in
            let body = SimulatorCourierCaller.body("CD-1").replacing(#","cod":null"#, with: code == "cod_not_enabled" ? "" : #","cod":null"#).replacing(old, with: new)
            let answer = try await caller.call("POST", "/v1/orders", body: body, key: "k")
            #expect((answer.status, answer.errorCode, answer.errorField) == (status, code, field))
            #expect(simulator.bookings().isEmpty)
        }
    }

    @Test func `text that is no JSON and a POST without a key are refused`() async throws {
        try await withCourier { _, caller in
            let noJSON = try await caller.call("POST", "/v1/orders", body: "{", key: "k")
            #expect((noJSON.status, noJSON.errorCode) == (400, "invalid_json"))
            let noKey = try await caller.call("POST", "/v1/orders", body: SimulatorCourierCaller.body("CD-1"))
            #expect((noKey.status, noKey.errorCode, noKey.errorField) == (400, "missing_field", "Idempotency-Key"))
        }
    }

    @Test func `Thai text with combining marks comes back as it was sent`() async throws {
        try await withCourier { _, caller in
            let id = try await caller.book("CD-1").orderID
            let order = try await caller.call("GET", "/v1/orders/\(id)").json
            #expect((order["recipient"] as? [String: Any])?["district"] as? String == "ดอยสะเก็ด")
            #expect(order["note"] as? String == "โทรก่อนส่ง กำ้ำ 🎁")
        }
    }

    @Test func `the list walks through every order once`() async throws {
        try await withCourier { _, caller in
            for number in 1...7 { try await caller.book("CD-\(number)") }
            var seen: [String] = [], cursor: String?
            repeat {
                let page = try await caller.call("GET", "/v1/orders?updatedSince=2020-01-01T00:00:00+07:00&limit=3\(cursor.map { "&cursor=\($0)" } ?? "")")
                seen += try #require(page.json["data"] as? [[String: Any]]).compactMap { $0["externalRef"] as? String }
                cursor = page.json["nextCursor"] as? String
            } while cursor != nil
            #expect(Set(seen) == Set((1...7).map { "CD-\($0)" }))
            #expect(seen.count == 7)
            let later = try await caller.call("GET", "/v1/orders?updatedSince=2999-01-01T00:00:00Z")
            #expect((later.json["data"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func `more calls in a second than allowed get 429 with the limit's headers`() async throws {
        let now = Date()
        try await withCourier({ $0.requestsPerSecond = 2; $0.now = { now } }) { _, caller in
            let answers = [try await caller.call("GET", "/v1/orders"), try await caller.call("GET", "/v1/orders"), try await caller.call("GET", "/v1/orders")]
            #expect(answers.map(\.status) == [200, 200, 429])
            #expect(answers.map { $0.headers["ratelimit-remaining"] } == ["1", "0", "0"])
            #expect((answers[2].errorCode, answers[2].headers["retry-after"]) == ("rate_limited", "1"))
        }
    }

    @Test(arguments: [
        (Fault.throttle(retryAfterSeconds: 7), 429, "rate_limited"), (.serverError(status: 503), 503, "internal"), (.expireToken, 401, "bad_signature"),
    ])
    func `a forced fault answers in the contract's envelope`(fault: Fault, status: Int, code: String) async throws {
        try await withCourier { simulator, caller in
            simulator.faults.force([fault], at: .request)
            let answer = try await caller.call("GET", "/v1/orders")
            #expect((answer.status, answer.errorCode) == (status, code))
            #expect(try await caller.call("GET", "/v1/orders").status == 200)
        }
    }
}
