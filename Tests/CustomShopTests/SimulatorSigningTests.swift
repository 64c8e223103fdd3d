import CustomShopSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorSigningTests {
    @Test(arguments: SimulatorVector.all)
    func `the simulator signs as the published vectors do and takes them`(vector: SimulatorVector) throws {
        #expect(CustomShopSigning.signature(id: vector.id, timestamp: vector.timestamp, body: vector.body, secret: vector.secret) == vector.signature)
        try CustomShopSigning.verify(headers: vector.headers, body: vector.body, secrets: [vector.secret], now: vector.clock)
    }

    @Test(arguments: [
        (SimulatorVector.w1, 20, nil), (.w2, 357, "027d1db9b9d087348cf5d495df3f43c33fc3eddf7dff1f88a88a9f18537722c1"),
        (.w3, 346, "193e38dedcf82961bfa32cc787c068a6375a0eca1f0c672b96c177783502f2d2"),
        (.w4, 1_861, "4973ef40f8e5d4dc88dd9b5746d2c806c87f61f05aff8e60112f3f7ad85646c3"), (.w4Escaped, 2_185, nil), (.w6, 385, nil),
    ] as [(SimulatorVector, Int, String?)])
    func `the vectors' bodies are the published bytes`(vector: SimulatorVector, count: Int, digest: String?) {
        #expect(vector.body.count == count)
        if let digest { #expect(SimulatorSignature.sha256(vector.body).hex == digest) }
    }

    @Test func `a rotation is taken with either secret, and with an unknown version in front`() throws {
        let (new, old) = (SimulatorVector.w2, SimulatorVector.w5Old)
        let both = CustomShopSigning.header(
            .both, id: new.id, timestamp: new.timestamp, body: new.body, current: SimulatorVector.secret, previous: SimulatorVector.oldSecret)
        #expect(both == "\(new.signature) \(old.signature)")
        var headers = new.headers
        for signature in [both, "v1a,AAAA " + both] {
            headers["webhook-signature"] = signature
            for secret in [SimulatorVector.secret, SimulatorVector.oldSecret] {
                try CustomShopSigning.verify(headers: headers, body: new.body, secrets: [secret], now: new.clock)
            }
        }
    }

    @Test(arguments: [
        (CustomShopSigning.Mistake.wholeSecretText, "v1,+3NqEvQp+HilJiXVoHT3AIF5O4uXUpQS90BzfTFxCw0="),
        (.undecodedBase64, "v1,q2i8+vUL8M/VnWyeq9q4rC5iGucCT13tkQ8jxrvpJJ4="), (.bodyAlone, "v1,YxPqZdauXP8RVnwMxBAswfdd1tzMjVe0j66j1dK8C+g="),
        (.hex, "v1,9516c8b418aad98319a4e34ca8f61a1e9b1d9e0efb3143d2fb05608b2dd3abb1"), (.urlSafeBase64, "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS-wVgiy3Tq7E="),
        (.trailingNewline, "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E="), (.otherTimestamp, "v1,lRbItBiq2YMZpONMqPYaHpsdng77MUPS+wVgiy3Tq7E="),
    ])
    func `each common mistake makes the published wrong signature, which is refused`(mistake: CustomShopSigning.Mistake, signature: String) {
        let w2 = SimulatorVector.w2
        #expect(CustomShopSigning.signature(mistake, id: w2.id, timestamp: w2.timestamp, body: w2.body, secret: w2.secret) == signature)
        var (headers, body) = (w2.headers, w2.body)
        headers["webhook-signature"] = signature
        if mistake == .trailingNewline { body += Data("\n".utf8) }
        if mistake == .otherTimestamp { headers["webhook-timestamp"] = "\(w2.timestamp + 1)" }
        #expect(throws: CustomShopSigning.Refusal.badSignature) {
            try CustomShopSigning.verify(headers: headers, body: body, secrets: [w2.secret], now: w2.clock)
        }
    }

    @Test func `what would have been right for the newline and the other second is as published`() {
        let w2 = SimulatorVector.w2
        #expect(CustomShopSigning.signature(id: w2.id, timestamp: w2.timestamp, body: w2.body + Data("\n".utf8), secret: w2.secret)
            == "v1,wqZAfCEvXNz/TN5TFWVBfJAKIkR6z2v1CILMh30no5M=")
        #expect(CustomShopSigning.signature(id: w2.id, timestamp: w2.timestamp + 1, body: w2.body, secret: w2.secret)
            == "v1,E+b+eLtIKGTZXU5L09z91jPiTrpFfeEX2/brWUHa/Mo=")
    }

    @Test(arguments: [(-301.0, false), (-300, true), (0, true), (300, true), (301, false)])
    func `the clock may be 300 seconds off and no more`(skew: Double, isTaken: Bool) {
        let w2 = SimulatorVector.w2
        let refusal: CustomShopSigning.Refusal?
        do throws(CustomShopSigning.Refusal) {
            try CustomShopSigning.verify(headers: w2.headers, body: w2.body, secrets: [w2.secret], now: w2.clock.addingTimeInterval(skew))
            refusal = nil
        } catch { refusal = error }
        #expect(refusal == (isTaken ? nil : .timestampOutOfTolerance))
    }

    @Test(arguments: [
        (["webhook-id": nil], CustomShopSigning.Refusal.missingHeader), (["webhook-signature": nil], .missingHeader), (["webhook-id": "short"], .badHeader),
        (["webhook-id": "with.full.stop"], .badHeader), (["webhook-timestamp": "0772424911"], .badHeader), (["webhook-timestamp": "1772424911.5"], .badHeader),
    ] as [([String: String?], CustomShopSigning.Refusal)])
    func `missing and malformed headers are told apart`(change: [String: String?], expected: CustomShopSigning.Refusal) {
        let w2 = SimulatorVector.w2
        var headers = w2.headers
        for (name, value) in change { headers[name] = value }
        #expect(throws: expected) { try CustomShopSigning.verify(headers: headers, body: w2.body, secrets: [w2.secret], now: w2.clock) }
    }

    @Test func `a secret is read without prefix and without padding, and an empty one is none`() {
        let key = Data(1...32)
        #expect(CustomShopSigning.key(of: SimulatorVector.secret) == key)
        #expect(CustomShopSigning.key(of: String(SimulatorVector.secret.dropFirst(6))) == key)
        #expect(CustomShopSigning.key(of: String(SimulatorVector.secret.dropLast())) == key)
        #expect(CustomShopSigning.key(of: "whsec_") == nil)
    }
}
