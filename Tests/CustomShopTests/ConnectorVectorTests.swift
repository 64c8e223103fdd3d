import Connect
@testable import CustomShopConnector
import CustomShopSimulator
import Domain
import Foundation
import HTTPTypes
import Testing

/// platforms/companion-webhook.md §12: every vector, and every row of "must be refused". The receiver's clock is the vector's timestamp.
@Suite struct ConnectorVectorTests {
    @Test func `W1 is authentic, and its body is no event`() throws {
        let verdict = try CustomShopBench.connector(["secret": SimulatorVector.w1.secret]).verify(SimulatorVector.w1.delivery())
        #expect(verdict.told == "422 invalid_event")
        #expect(verdict.receipt?.quarantine?.pointer == "/type")
    }

    @Test(arguments: [SimulatorVector.w2, .w3])
    func `W2 and W3, thin events of the two modules`(vector: SimulatorVector) throws {
        let receipt = try #require(try CustomShopBench.connector(["sourcePlatform": vector.platform]).verify(vector.delivery()).receipt)
        #expect(receipt == Receipt(key: vector.id, topic: "order.changed", keptHeaders: ["webhook-id": vector.id]))
    }

    @Test(arguments: [SimulatorVector.w4, .w4Escaped])
    func `W4, a full event as Thai text and as escapes`(vector: SimulatorVector) throws {
        let receipt = try #require(try CustomShopBench.connector().verify(vector.delivery()).receipt)
        #expect(receipt.version == Receipt.Version(externalID: "A-2026-000123", counter: 3))
        #expect(receipt.quarantine == nil)
        #expect(vector.body.count == (vector.name.contains("escaped") ? 2185 : 1861))
    }

    @Test(arguments: [
        ("current", [SimulatorVector.secret, nil]), ("old", [SimulatorVector.oldSecret, nil]), ("both", [SimulatorVector.secret, SimulatorVector.oldSecret]),
    ] as [(String, [String?])])
    func `W5, an event signed with both secrets of a rotation`(name: String, secrets: [String?]) throws {
        let connector = try CustomShopBench.connector(["secret": secrets[0] ?? "", "previousSecret": secrets[1] ?? "", "sourcePlatform": "magento2"])
        let both = SimulatorVector.w2.signature + " " + SimulatorVector.w5Old.signature
        #expect(connector.verify(SimulatorVector.w2.delivery(changing: ["webhook-signature": both])).told == "202 accepted")
        #expect(connector.verify(SimulatorVector.w2.delivery(changing: ["webhook-signature": "v1a,aGVsbG8= " + both])).told == "202 accepted")
        #expect((connector.verify(SimulatorVector.w2.delivery()).told == "202 accepted") == (name != "old"))
        #expect((connector.verify(SimulatorVector.w5Old.delivery()).told == "202 accepted") == (name != "current"))
    }

    @Test(arguments: SimulatorVector.all)
    func `every vector is signed as the contract says, W6 of our own callbacks among them`(vector: SimulatorVector) throws {
        let key = try StandardWebhookKey(vector.secret, setting: "secret")
        #expect("v1," + key.sign(id: vector.id, timestamp: "\(vector.timestamp)", body: Array(vector.body)) == vector.signature)
    }

    @Test func `a shop that sends our own callback back to us has the wrong source`() throws {
        let verdict = try CustomShopBench.connector(["secret": SimulatorVector.w6.secret]).verify(SimulatorVector.w6.delivery())
        #expect(verdict.told == "422 invalid_event")
        #expect(verdict.receipt?.quarantine?.pointer == "/source/platform")
    }

    @Test(arguments: [
        ("another key: the whole text", "v1,+3NqEvQp+HilJiXVoHT3AIF5O4uXUpQS90BzfTFxCw0="), ("base64 not decoded", "v1,q2i8+vUL8M/VnWyeq9q4rC5iGucCT13tkQ8jxrvpJJ4="),
        ("body alone", "v1,YxPqZdauXP8RVnwMxBAswfdd1tzMjVe0j66j1dK8C+g="), ("hex", "v1,9516c8b418aad98319a4e34ca8f61a1e9b1d9e0efb3143d2fb05608b2dd3abb1"),
        ("URL-safe base64", "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS-wVgiy3Tq7E="), ("no version", "lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E="),
        ("another version", "v2,lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E="), ("empty", "v1,"), ("no padding", "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E"),
    ])
    func `a wrongly made signature is refused`(mistake: String, signature: String) throws {
        let verdict = try CustomShopBench.connector(["sourcePlatform": "magento2"]).verify(SimulatorVector.w2.delivery(changing: ["webhook-signature": signature]))
        #expect(verdict.told == "401 bad_signature")
        #expect(verdict.isRefused)
    }

    @Test func `a trailing newline and another timestamp each need their own signature`() throws {
        let connector = try CustomShopBench.connector(["sourcePlatform": "magento2"]), vector = SimulatorVector.w2, longer = vector.body + Data("\n".utf8)
        #expect(connector.verify(vector.delivery(body: longer)).told == "401 bad_signature")
        #expect(connector.verify(vector.delivery(changing: ["webhook-signature": "v1,wqZAfCEvXNz/TN5TFWVBfJAKIkR6z2v1CILMh30no5M="], body: longer)).told == "202 accepted")
        let later = ["webhook-timestamp": "1772424912"]
        #expect(connector.verify(vector.delivery(changing: later)).told == "401 bad_signature")
        let resigned = later.merging(["webhook-signature": "v1,E+b+eLtIKGTZXU5L09z91jPiTrpFfeEX2/brWUHa/Mo="]) { $1 }
        #expect(connector.verify(vector.delivery(changing: resigned)).told == "202 accepted")
    }

    @Test(arguments: [(301, "401 timestamp_out_of_tolerance"), (-301, "401 timestamp_out_of_tolerance"), (300, "202 accepted"), (-300, "202 accepted")] as [(Int64, String)])
    func `the clock is looked at after the signature`(secondsLate: Int64, told: String) throws {
        let connector = try CustomShopBench.connector(["sourcePlatform": "magento2"])
        #expect(connector.verify(SimulatorVector.w2.delivery(secondsLate: secondsLate)).told == told)
        #expect(connector.verify(SimulatorVector.w2.delivery(secondsLate: 301, changing: ["webhook-signature": "v1,YxPqZdauXP8RVnwMxBAswfdd1tzMjVe0j66j1dK8C+g="])).told == "401 bad_signature")
    }

    @Test func `an event sent twice, or under an id used before, has one key`() throws {
        let connector = try CustomShopBench.connector(["sourcePlatform": "magento2"]), first = SimulatorVector.w2
        let receipt = try #require(connector.verify(first.delivery()).receipt)
        #expect(connector.verify(first.delivery()).receipt?.key == receipt.key)
        #expect(Self.told(connector, .accepted, receipt) == "202 accepted")
        #expect(Self.told(connector, .duplicate, receipt) == "200 duplicate")
        #expect(Self.told(connector, .stale, receipt) == "200 stale")
        #expect(Self.told(connector, .idReused, receipt) == "409 id_reuse")
        #expect(Self.told(connector, .revisionConflict, receipt) == "409 revision_conflict")
        let reused = SimulatorVector.signed(id: first.id, body: SimulatorVector.w2.body + Data(" ".utf8))
        #expect(connector.verify(reused.delivery()).receipt?.key == receipt.key)
    }

    @Test func `every answer names the event and says its word`() throws {
        let connector = try CustomShopBench.connector(["sourcePlatform": "magento2"])
        let receipt = try #require(connector.verify(SimulatorVector.w2.delivery()).receipt)
        for outcome in [AcceptanceOutcome.accepted, .duplicate, .stale, .idReused, .revisionConflict] {
            let answer = connector.answer(outcome, receipt: receipt)
            #expect(answer.json["id"] as? String == SimulatorVector.w2.id)
            #expect(answer.json["status"] as? String == (answer.status < 300 ? answer.code : "rejected"))
        }
    }

    @Test func `W4 with another revision is another version of the same order`() throws {
        let connector = try CustomShopBench.connector()
        let older = SimulatorVector.signed(body: SimulatorVector.w4.body, replacing: #""revision":3"#, with: #""revision":2"#)
        #expect(connector.verify(older.delivery()).receipt?.version == Receipt.Version(externalID: "A-2026-000123", counter: 2))
    }

    @Test func `W4 with a broken quantity or total is quarantined with its place`() throws {
        let connector = try CustomShopBench.connector()
        let fraction = connector.verify(SimulatorVector.signed(body: SimulatorVector.w4.body, replacing: #""quantity":2"#, with: #""quantity":1.5"#).delivery())
        #expect(fraction.told == "422 invalid_event")
        #expect(fraction.receipt?.quarantine?.pointer == "/data/order/lines/0/quantity")
        let grand = connector.verify(SimulatorVector.signed(body: SimulatorVector.w4.body, replacing: #""grand":69000"#, with: #""grand":69001"#).delivery())
        #expect(grand.told == "422 totals_mismatch")
        let receipt = try #require(grand.receipt), complaint = try #require(receipt.quarantine)
        #expect(connector.answer(.quarantined(complaint), receipt: receipt) == complaint)
    }

    private static func told(_ connector: CustomShopConnector, _ outcome: AcceptanceOutcome, _ receipt: Receipt) -> String {
        let answer = connector.answer(outcome, receipt: receipt)
        return "\(answer.status) \(answer.code)"
    }
}

extension SimulatorVector {
    /// Any body, rightly signed.
    static func signed(id: String = "msg_00000001", body: Data) -> SimulatorVector {
        let timestamp = w4.timestamp
        return SimulatorVector(name: "signed", secret: secret, id: id, timestamp: timestamp, body: body,
                               signature: CustomShopSigning.signature(id: id, timestamp: timestamp, body: body, secret: secret))
    }
    /// Only the first occurrence is replaced.
    static func signed(body: Data, replacing old: String, with new: String) -> SimulatorVector {
        signed(body: Data(String(decoding: body, as: UTF8.self).replacing(old, with: new, maxReplacements: 1).utf8))
    }
}
