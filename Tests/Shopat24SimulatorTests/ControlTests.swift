import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlTests {
    @Test func `a whole life can be driven over HTTP`() async throws {
        try await withChannel({
            $0.auth = .bearer(token: "b1")
            $0.notCollectedShare = 0
        }) { bench in
            let made = try await bench.call("POST", "/_control/orders", body: #"{"count":2,"kind":"store"}"#)
            let orderNos = try #require(made.json["orderNos"] as? [String])
            #expect(made.status == 201 && orderNos.count == 2)
            func act(_ action: String, _ body: String? = nil) async throws -> Bool? {
                try await bench.call("POST", "/_control/orders/\(orderNos[0])/\(action)", body: body).json["done"] as? Bool
            }
            #expect(try await act("confirm") == true)
            #expect(try await act("confirm") == false)
            #expect(try await act("ship", #"{"trackingNo":"EX1"}"#) == true)
            while try await act("advance") == true {}
            let order = try await bench.call("GET", "/_control/orders/\(orderNos[0])")
            #expect(order.json["status"] as? String == "DELIVERED")
            #expect(try await bench.call("POST", "/_control/orders/\(orderNos[0])/teleport").status == 404)
            #expect(try await bench.call("GET", "/_control/orders/1").status == 404)
            let states = try JSONSerialization.jsonObject(with: try await bench.call("GET", "/_control/orders").body) as? [[String: Any]]
            #expect(states?.count == 2)
            let statistics = try await bench.call("GET", "/_control/state").json["statistics"] as? [String: Int]
            #expect(statistics?["orders placed"] == 2 && statistics?["store hand-overs"] == nil && (statistics?["walk steps"] ?? 0) >= 2)
        }
    }

    @Test func `answers, faults, tokens, hook and traffic are set over HTTP`() async throws {
        try await withChannel { bench in
            let answers = #"{"answers":[{"kind":"throttled","seconds":4},{"kind":"unsuccessful","code":"5005"},{"kind":"status","status":504}]}"#
            #expect(try await bench.call("POST", "/_control/answers", body: answers).status == 200)
            #expect(try await bench.call("POST", "/_control/answers", body: #"{"answers":[{"kind":"teleport"}]}"#).status == 422)
            let seen = [try await bench.call("GET", "/vendor/v1/orders"), try await bench.call("GET", "/vendor/v1/orders"), try await bench.call("GET", "/vendor/v1/orders")]
            #expect(seen.map(\.status) == [429, 200, 504] && seen[1].code == "5005")
            #expect(try await bench.call("POST", "/_control/faults", body: #"{"level":"normal"}"#).json["level"] as? String == "normal")
            #expect(try await bench.call("POST", "/_control/faults", body: #"{"level":"awful"}"#).status == 422)
            bench.channel.faults.level = .none
            for path in ["tokens/expire", "hook", "acks/release"] { #expect(try await bench.call("POST", "/_control/\(path)").status == 200) }
            #expect(try await bench.call("POST", "/_control/traffic", body: #"{"ordersPerSecond":200}"#).status == 200)
            #expect(try await bench.call("POST", "/_control/traffic", body: #"{"ordersPerSecond":0}"#).status == 200)
            #expect(try await bench.call("POST", "/_control/orders", body: #"{"kind":"teleport"}"#).status == 422)
        }
    }

    @Test func `files are dropped and read over HTTP`() async throws {
        try await withChannel(filesToo: true, { $0.ordersPerFile = 1_000 }) { bench in
            let orderNo = bench.channel.placeOrder(.store)
            func drop(_ body: String) async throws -> String {
                let answer = try await bench.call("POST", "/_control/files", body: body)
                let files = try JSONSerialization.jsonObject(with: answer.body) as? [[String: String]]
                return files?.first?["name"] ?? ""
            }
            #expect(try await drop(#"{"kind":"orders","style":{"format":"asc","headers":"thai"}}"#).hasSuffix(".asc"))
            #expect(try await drop(#"{"kind":"orders","mistake":"zipBomb"}"#).hasSuffix(".zip"))
            #expect(try await drop(#"{"kind":"history"}"#).hasPrefix("t_general_ordhistory"))
            #expect(try await drop(#"{"kind":"receive"}"#).hasPrefix("Report_Store_Receive"))
            #expect(try await drop(#"{"kind":"changes"}"#).hasSuffix(".csv"))
            #expect(try await bench.call("POST", "/_control/files", body: #"{"mistake":"teleport"}"#).status == 422)
            #expect(try await bench.call("POST", "/_control/acks", body: #"{"modes":[{"kind":"missing"}]}"#).status == 200)
            try bench.send("CD_confirm_20251021_114000_1.csv", "order_no\r\n\(orderNo)\r\n")
            #expect(try await bench.call("POST", "/_control/outgoing").status == 200)
            #expect(bench.channel.order(orderNo)?.status == .confirmed)
            #expect(try bench.names().contains { $0.contains("ack") } == false)
        }
    }
}
