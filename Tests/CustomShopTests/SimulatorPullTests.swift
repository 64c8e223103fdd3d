import CustomShopSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorPullTests {
    private func pull(_ shop: CustomShopSimulator, _ rest: String = "", token: String = "pull_test_3f1c0a") async throws -> PlainAnswer {
        try await PlainHTTP.send("GET", shop.pullURL + rest, headers: [("Authorization", "Bearer \(token)")])
    }

    @Test func `the pull endpoint pages through every order in the order of change`() async throws {
        try await withShop { shop, _ in
            let ids = try await shop.burst(7)
            shop.editOrder(ids[0])
            var seen: [[String: Any]] = [], cursor: String?
            repeat {
                let page = try await pull(shop, "?updatedSince=2020-01-01T00:00:00Z&limit=3\(cursor.map { "&cursor=\($0)" } ?? "")")
                #expect(page.status == 200)
                seen += try #require(page.json["orders"] as? [[String: Any]])
                cursor = page.json["nextCursor"] as? String
            } while cursor != nil
            #expect(seen.compactMap { $0["externalID"] as? String }.sorted() == ids.sorted())
            let times = seen.compactMap { $0["updatedAt"] as? String }
            #expect(times == times.sorted())
            #expect(seen.first { $0["externalID"] as? String == ids[0] }?["revision"] as? Int == 2)
        }
    }

    @Test func `one order, an unknown one, a wrong token and a wrong limit`() async throws {
        try await withShop { shop, _ in
            let id = try await shop.unannouncedOrder()
            #expect(try await pull(shop, "/\(id)").json["externalID"] as? String == id)
            #expect(try await pull(shop, "/nothing").status == 404)
            #expect(try await pull(shop, token: "guess").status == 401)
            #expect(try await pull(shop, "?limit=101").status == 400)
            #expect(try await pull(shop, "?updatedSince=yesterday").status == 400)
            #expect((try await pull(shop, "?updatedSince=2999-01-01T00:00:00Z").json["orders"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func `faults strike the pull endpoint`() async throws {
        try await withShop { shop, _ in
            shop.faults.force([.throttle(retryAfterSeconds: 3), .serverError(status: 502), .expireToken, .malform], at: .request)
            let answers = [try await pull(shop), try await pull(shop), try await pull(shop), try await pull(shop)]
            #expect(answers.map(\.status) == [429, 502, 401, 200])
            #expect(answers[0].headers["retry-after"] == "3")
            #expect(answers[3].json.isEmpty)
        }
    }
}
