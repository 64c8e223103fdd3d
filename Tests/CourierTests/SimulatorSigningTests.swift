import CourierSimulator
import Foundation
import SimulatorKit
import Testing

/// platforms/generic-courier.md §2 and §3, word for word.
@Suite struct SimulatorSigningTests {
    private static let secret = "cs_test_9b2e7c64d0a84f35"

    @Test(arguments: [
        ("POST", "/v1/orders", #"{"externalRef":"CD-2024-000123","service":"standard","cod":{"amount":125000,"currency":"THB"}}"#,
         "0831c56441f8a70bfb257b046b11772c55d37a9648f86ec076cbd7d1ba31a5ae", "5ed5664fb8f919dc687c539e8fbd7e1cf6bd14b572a9120a064ac24d076ef098"),
        ("GET", "/v1/orders/co_01HZX?expand=events", "",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "ff07f245d84611385df27e89c3cc763379030b72d39ea637c4e78f1f4cb7a095"),
    ])
    func `the simulator signs requests as the contract's vectors do`(method: String, target: String, body: String, hash: String, signature: String) {
        #expect(CourierSigning.bodyHash(Data(body.utf8)) == hash)
        let made = CourierSigning.requestSignature(secret: Self.secret, timestamp: "1717400000", method: method, target: target, body: Data(body.utf8))
        #expect(made == signature)
    }

    @Test func `the simulator signs callbacks as the contract's vector does`() {
        let body = Data((#"{"eventId":"ev_000017","type":"shipment.status","orderId":"co_01HZX","trackingNumber":"QX000000123TH","seq":5,"#
            + #""status":"out_for_delivery","occurredAt":"2024-06-03T09:12:00+07:00","note":"กำลังนำจ่าย"}"#).utf8)
        #expect(body.count == 222)
        #expect(CourierSigning.callbackSignature(secret: "whsec_5d0c3a", timestamp: 1_717_400_400, body: body)
            == "t=1717400400,v1=6531470c79377c6c36cca832b8fa119ca7a609bd7aa88b5fc74bf6ba99e916a2")
    }

    @Test func `a caller is let in with either secret and only with a clock within 300 seconds`() async throws {
        try await withCourier({ $0.secrets = ["old-secret", "new-secret"] }) { _, caller in
            var caller = caller
            for secret in ["old-secret", "new-secret"] {
                caller.secret = secret
                #expect(try await caller.call("GET", "/v1/orders").status == 200)
            }
            for skew in [-298, 298] {
                caller.skewSeconds = skew
                #expect(try await caller.call("GET", "/v1/orders").status == 200)
            }
            for skew in [-303, 303] {
                caller.skewSeconds = skew
                let answer = try await caller.call("GET", "/v1/orders")
                #expect((answer.status, answer.errorCode) == (401, "stale_timestamp"))
            }
        }
    }

    @Test func `a wrong secret, a wrong key and an unsigned query are refused`() async throws {
        try await withCourier { simulator, caller in
            var wrongSecret = caller, wrongKey = caller
            wrongSecret.secret = "guess"
            wrongKey.keyID = "ck_other"
            #expect(try await wrongSecret.call("GET", "/v1/orders").errorCode == "bad_signature")
            #expect(try await wrongKey.call("GET", "/v1/orders").errorCode == "unknown_key")
            let timestamp = "\(Int(Date().timeIntervalSince1970))"
            let signature = CourierSigning.requestSignature(secret: Self.secret, timestamp: timestamp, method: "GET", target: "/v1/orders", body: Data())
            let answer = try await PlainHTTP.send("GET", simulator.apiURL + "/orders?limit=5", headers: [
                ("X-Courier-Key", "ck_test_crossdock"), ("X-Courier-Timestamp", timestamp), ("X-Courier-Signature", signature),
            ])
            #expect((answer.status, answer.errorCode) == (401, "bad_signature"))
        }
    }

    @Test func `a courier configured for bearer keys takes one and refuses another`() async throws {
        try await withCourier({ $0.bearerKey = "bk_1" }) { simulator, _ in
            let good = try await PlainHTTP.send("GET", simulator.apiURL + "/orders", headers: [("Authorization", "Bearer bk_1")])
            let bad = try await PlainHTTP.send("GET", simulator.apiURL + "/orders", headers: [("Authorization", "Bearer bk_2")])
            #expect((good.status, bad.status) == (200, 401))
        }
    }
}
