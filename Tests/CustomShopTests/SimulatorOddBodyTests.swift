import CustomShopSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorOddBodyTests {
    @Test(arguments: OddBody.allCases)
    func `each odd body is sent, signed over its very bytes and different from a good one`(odd: OddBody) async throws {
        try await withShop { shop, hub in
            #expect(try await shop.post(odd).status == 202)
            let call = try #require(hub.all.first)
            #expect(call.isSigned)
            for (name, value) in odd.headers { #expect(call.headers[name] == value) }
            #expect(!odd.expectedStatuses.isEmpty)
            let parsed = (try? JSONSerialization.jsonObject(with: call.body)) as? [String: Any]
            switch odd {
            case .invalidUTF8: #expect(String(validating: call.body, as: UTF8.self) == nil)
            case .threeHundredKilobytes: #expect(call.body.count > 262_144)
            case .numbersAsStrings: #expect(call.order["revision"] is String)
            case .nullOptionals: #expect(call.order["note"] is NSNull && call.order["billTo"] is NSNull)
            case .unknownType: #expect(call.type == "order.teleported")
            case .fractionalQuantity: #expect(String(decoding: call.body, as: UTF8.self).contains("1.5"))
            case .emptyBody, .gzip, .topLevelArray, .utf16: #expect(parsed?["type"] == nil || odd == .utf16)
            case .byteOrderMark: #expect(call.body.prefix(3) == Data([0xEF, 0xBB, 0xBF]))
            case .unknownMembers, .wrongGrand, .duplicateMembers, .seventeenLevels, .textPlain: #expect(parsed != nil || odd == .duplicateMembers)
            case .emptyObject: #expect(parsed?.isEmpty == true)
            }
        }
    }

    @Test(arguments: CustomShopSigning.Mistake.allCases)
    func `a sender's mistake arrives unsigned in the receiver's eyes`(mistake: CustomShopSigning.Mistake) async throws {
        try await withShop { shop, hub in
            _ = try await shop.post(SimulatorVector.w4.body, mistake: mistake)
            #expect(hub.all.map(\.isSigned) == [false])
        }
    }

    @Test(arguments: [(0, true), (-400, false), (400, false)])
    func `the shop's clock can be wrong`(skew: Int, isTaken: Bool) async throws {
        try await withShop { shop, hub in
            shop.setClockSkew(seconds: skew)
            let answer = try await shop.ping()
            #expect(answer.status == 202)
            #expect(hub.all.first?.isSigned == isTaken)
            #expect(hub.all.first?.type == "ping")
        }
    }

    @Test(arguments: [(CustomShopSigning.Style.current, true), (.previous, false), (.both, true), (.unknownVersionFirst, true)])
    func `the shop signs with the secret it is told to`(style: CustomShopSigning.Style, isTakenByTheCurrentOne: Bool) async throws {
        try await withShop { shop, hub in
            shop.setStyle(style)
            _ = try await shop.ping()
            #expect(hub.all.first?.isSigned == isTakenByTheCurrentOne)
        }
    }
}
