import Database
import Domain
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct DeadLetterTests {
    private struct Letters: Decodable {
        struct Letter: Decodable { var id: String, order: String }
        var data: [Letter]
    }

    @Test(arguments: WebBench.engines)
    func `a dead letter whose order is mended goes out with the mended order, under its old key`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                #expect(try await call(.post, "/api/v1/channels", #"{"platform":"stubborn","name":"Post"}"#).status == 201)
                #expect(try await call(.post, "/api/v1/routes", #"{"name":"post","events":["order.created"],"destination":"Post"}"#).status == 201)
                let order = try await bench.pushedOrder("A-1", call)
                let letter = try await eventually { try await call(.get, "/api/v1/dead-letters").decode(Letters.self).data.first }
                #expect(letter.order == "\(order.id)")
                let path = "/api/v1/dead-letters/\(letter.id)/retry"

                let blind = try await call(.post, path, #"{"changes":{"shipTo.phone":"0899999999"}}"#)
                #expect(blind.status == 422 && blind.code == "revision_required")
                let stale = try await call(.post, path, #"{"revision":99,"changes":{"shipTo.phone":"0899999999"}}"#)
                #expect(stale.status == 409 && stale.code == "version_conflict")
                let odd = try await call(.post, path, ##"{"revision":\##(order.version),"changes":{"colour":"red"}}"##)
                #expect(odd.status == 422 && odd.code == "unknown_field")
                #expect(try await call(.get, "/api/v1/dead-letters").decode(Letters.self).data.count == 1)
                let flows = try await bench.hub.tokens.create(name: "flows", scopes: ["flows:write"]).text
                #expect(try await call(.post, path, ##"{"revision":\##(order.version),"changes":{"shipTo.phone":"0899999999"}}"##, token: flows).status == 403)

                let current = try #require(try await bench.hub.ledger.order(order.id))
                let mended = try await call(.post, path, ##"{"revision":\##(current.version),"changes":{"shipTo.phone":"0899999999"}}"##)
                #expect(mended.status == 200, Comment(rawValue: mended.text))
                #expect(mended.text.contains("\"retried\":true") && mended.text.contains("0899999999"))
                // Nothing is refused any more: the queue runs empty and no new letter stands there.
                _ = try await eventually { try await bench.hub.ledger.jobs(destination: nil, order: order.id, after: nil, limit: 10).isEmpty ? true : nil }
                #expect(try await call(.get, "/api/v1/dead-letters").decode(Letters.self).data.isEmpty)
                #expect(try await call(.get, "/api/v1/dead-letters?state=retried").decode(Letters.self).data.map(\.id) == [letter.id])
                #expect(try await call(.post, path, "{}").status == 404)
                #expect(try await call(.get, "/api/v1/audit?action=deadLetter.retry").text.contains("fields: shipTo.phone"))
            }
        }
    }

    @Test func `a dead letter can be tried again as it is`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await call(.post, "/api/v1/channels", #"{"platform":"stubborn","name":"Post"}"#)
                _ = try await call(.post, "/api/v1/routes", #"{"name":"post","events":["order.created"],"destination":"Post"}"#)
                _ = try await bench.pushedOrder("A-1", call)
                let first = try await eventually { try await call(.get, "/api/v1/dead-letters").decode(Letters.self).data.first }
                let answer = try await call(.post, "/api/v1/dead-letters/\(first.id)/retry", "{}")
                #expect(answer.status == 200 && answer.text.contains("\"retried\":true"))
                let second = try await eventually { try await call(.get, "/api/v1/dead-letters").decode(Letters.self).data.first }
                #expect(second.id != first.id && second.order == first.order)
            }
        }
    }
}
