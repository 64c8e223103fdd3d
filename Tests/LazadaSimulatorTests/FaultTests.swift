import Foundation
import SimulatorKit
import Testing
import Waiting
@testable import LazadaSimulator

/// Misbehaviour, limits, the control plane and the report (lazada.md §4.3, §8, §11).
struct FaultTests {
    @Test func `limits name the seconds in their text`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            simulator.ban("/order/get", seconds: 3)
            let answer = try await caller.order(order)
            #expect(answer.code == "ApiCallLimit" && answer.text("message")?.contains("this ban will last 3 seconds") == true)
            #expect(try await caller.items(order).isEmpty == false)
            simulator.advanceClock(bySeconds: 3)
            #expect(try await caller.order(order).code == "0")
        }
        try await withLazada { $0.callsPerSecond = 2 } _: { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            var codes: [String?] = []
            for _ in 0..<3 { codes.append(try await caller.order(order).code) }
            #expect(codes == ["0", "0", "ApiCallLimit"])
        }
    }

    @Test func `forced faults speak the platform's words`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            simulator.faults.force([.throttle(retryAfterSeconds: 7), .serverError(status: 500), .expireToken], at: .request)
            #expect(try await caller.order(order).text("message")?.contains("7 seconds") == true)
            let timeout = try await caller.order(order)
            #expect(timeout.code == "ServiceTimeout" && timeout.text("type") == "ISP")
            #expect(try await caller.order(order).code == "IllegalAccessToken")
            #expect(try await caller.order(order).code == "0")
            simulator.faults.force([.throttle(retryAfterSeconds: 1)], at: .write)
            #expect(try await caller.post("/product/price_quantity/update", ["payload": "x"]).code == "901")
        }
    }

    @Test(arguments: [
        "IllegalAccessToken", "IllegalSignature", "InvalidParameter", "IllegalTimestamp", "ApiCallLimit", "AppCallLimit", "Mp3SellerApiLimit", "901",
        "InsufficientPermission", "SellerNotVerified", "6", "1000", "ServiceTimeout", "SellerItemLimit",
    ]) func `any code of the table is had on request, once and for one path`(code: String) async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            simulator.refuseNext(code: code, message: "as told", type: "SYSTEM", path: "/order/get")
            #expect(try await !caller.items(order).isEmpty)
            let answer = try await caller.order(order)
            #expect(answer.code == code && answer.text("type") == "SYSTEM" && answer.text("message") == "as told" && answer.text("request_id") != nil)
            #expect(try await caller.order(order).code == "0")
        }
    }

    @Test func `gateways answer with pages of HTML, and answers are cut`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let parameters = ["order_id": caller.orderID(simulator.placeOrder(kind: .everyday))]
            simulator.faults.force([.serverError(status: 502), .malform, .malform], at: .request)
            let page = try await caller.send("GET", "/order/get", parameters)
            #expect(page.status == 502 && page.headers["content-type"]?.hasPrefix("text/html") == true)
            for _ in 0..<2 {
                let answer = try await caller.send("GET", "/order/get", parameters)
                #expect(answer.status == 200 && LazadaJSON(parsing: answer.text) == nil)
            }
        }
    }

    @Test func `a lost answer leaves the work done, a dropped call does not`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let orders = [simulator.placeOrder(kind: .everyday), simulator.placeOrder(kind: .everyday)]
            simulator.faults.force([.lostAnswer, .drop], at: .write)
            for order in orders { await #expect(throws: (any Error).self) { _ = try await caller.pack(order) } }
            #expect(Set(simulator.itemStatuses(orders[0])) == ["packed"])
            #expect(Set(simulator.itemStatuses(orders[1])) == ["pending"])
            #expect(try await caller.items(orders[0]).allSatisfy { $0["package_id"] != "" })
            #expect(try await caller.pack(orders[0]).allSatisfy { $0.code == "700026" })
            #expect(simulator.packings().values.max() == 1)
        }
    }

    @Test func `a hanging answer comes in the end`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            simulator.faults.force([.hang(.milliseconds(20))], at: .request)
            #expect(try await caller.order(order).code == "0")
        }
    }

    @Test func `unknown paths and methods are refused`() async throws {
        try await withLazada { (simulator, caller) async throws in
            #expect(try await caller.get("/order/pack", [:]).code == "InvalidApiPath")
            #expect(try await caller.post("/orders/get", ["update_after": "2025-10-21T10:00:00Z"]).code == "InvalidParameter")
            #expect(try await PlainHTTP.send("GET", simulator.baseURL + "/order/get").status == 404)
        }
    }

    @Test func `the same seed draws the same orders`() async throws {
        func orders(seed: UInt64) async throws -> [SimulatedOrder] {
            var states: [SimulatedOrder] = []
            try await withLazada { $0.seed = seed } _: { (simulator, _) async throws in
                for kind in LazadaOrderKind.allCases { simulator.placeOrder(kind: kind) }
                states = simulator.orderStates()
            }
            return states
        }
        #expect(try await orders(seed: 7) == orders(seed: 7))
        #expect(try await orders(seed: 7) != orders(seed: 8))
    }

    // MARK: Traffic and report

    @Test(.timeLimit(.minutes(1))) func `traffic places orders and changes some`() async throws {
        try await withLazada { (simulator, caller) async throws in
            simulator.startTraffic(ordersPerSecond: 500)
            #expect(await eventually { simulator.count("orders placed") >= 100 })
            await simulator.stopTraffic()
            let count = simulator.count("orders placed")
            #expect(simulator.statistics().contains(.init("orders placed", count)))
            #expect(simulator.orderStates().contains { $0.isCancelled } || simulator.count("cancellations asked for by buyers") > 0)
            #expect(Set(simulator.orderStates().map(\.externalID)).count == simulator.orderStates().count)
        }
    }

    @Test func `the report follows the least advanced item`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order)
            func state() throws -> SimulatedOrder { try #require(simulator.orderStates().first) }
            #expect(try state().externalID == order && state().number == caller.orderID(order) && state().fulfilment == "unfulfilled" && state().lineCount == 2)
            simulator.advanceClock(bySeconds: 5)
            let package = try #require(try await caller.pack(order, items: [items[0]]).first)
            #expect(try state().fulfilment == "unfulfilled")
            #expect(try state().trackingNumbers == [package.text("tracking_number")])
            #expect(try state().updatedAt == fixedMoment.addingTimeInterval(5))
            #expect(simulator.cancelByBuyer(order, items: [1]))
            #expect(try state().fulfilment == "packed" && state().lineCount == 1)
            #expect(try await simulator.placeOrder().hasPrefix("th:100190009:"))
        }
    }

    @Test func `unpaid orders are not in the report while they are hidden`() async throws {
        try await withLazada { (simulator, _) async throws in
            let order = simulator.placeOrder(kind: .unpaid)
            #expect(simulator.orderStates().isEmpty)
            simulator.pay(order)
            #expect(simulator.orderStates().count == 1)
        }
    }

    // MARK: Control plane

    @Test func `the platform is driven over HTTP`() async throws {
        try await withLazada { (simulator, _) async throws in
            func post(_ path: String, _ body: String = "{}") async throws -> LazadaJSON {
                LazadaJSON(parsing: try await PlainHTTP.send("POST", "\(simulator.baseURL)/_control/\(path)", body: Data(body.utf8)).text) ?? .null
            }
            func get(_ path: String) async throws -> LazadaJSON { LazadaJSON(parsing: try await PlainHTTP.send("GET", "\(simulator.baseURL)/_control/\(path)").text) ?? .null }
            let ids = try #require(try await post("orders", #"{"kind":"twoUnits","count":2}"#)["ids"]?.items?.compactMap(\.looseText))
            #expect(ids.count == 2)
            let caller = LazadaCaller(simulator, token: try await post("tokens", #"{"action":"grant"}"#).text("accessToken"))
            #expect(try await post("orders/\(ids[0])/edit")["done"] == true)
            #expect(try await post("orders/\(ids[1])/cancel", #"{"items":[0]}"#)["done"] == true)
            #expect(try await post("lives", #"{"lives":["lost"]}"#)["done"] == true)
            let package = try await caller.ship(ids[0])
            #expect(try await post("parcels/\(package)/advance").text("word") == LazadaParcelLife.lost.words[0])
            #expect(try await post("parcels/\(package)/move", #"{"word":"INFO_ST_DOMESTIC_DELIVERED"}"#)["done"] == true)
            #expect(try await get("orders/\(ids[0])")["statuses"] == ["delivered", "delivered"])
            let reverse = try #require(try await post("orders/\(ids[0])/return", #"{"kind":"returnToWarehouse"}"#)["done"]?.looseText)
            #expect(try await post("reverse/\(ids[0])/\(reverse)")["status"] == "RTW_SHIPPING_BACK")
            #expect(try await post("reverse/\(ids[0])/\(reverse)", #"{"status":"REFUND_SUCCESS"}"#)["status"] == "REFUND_SUCCESS")
            #expect(try await get("orders/\(ids[0])")["statuses"] == ["returned", "returned"])
            #expect(try await post("orders/\(ids[1])/requestCancel")["done"]?.looseInteger != nil)
            #expect(try await get("counters")["readyToShips"]?[package] == 1)
            #expect(try await get("orders").items?.count == 2)
            #expect(try await get("statistics")["orders placed"] == 2)
        }
    }

    @Test func `faults, clock, limits and settings are set over HTTP`() async throws {
        try await withLazada { (simulator, caller) async throws in
            func post(_ path: String, _ body: String) async throws -> Int {
                try await PlainHTTP.send("POST", "\(simulator.baseURL)/_control/\(path)", body: Data(body.utf8)).status
            }
            let order = simulator.placeOrder(kind: .everyday)
            #expect(try await post("faults", #"{"force":[{"point":"request","fault":"throttle","seconds":4}],"pack":["700024"],"labels":["notReady"]}"#) == 200)
            #expect(try await caller.order(order).text("message")?.contains("4 seconds") == true)
            #expect(try await caller.pack(order).first?.code == "700024")
            #expect(try await post("faults", #"{"level":"chaos"}"#) == 400)
            #expect(try await post("ban", #"{"path":"/order/get","seconds":9}"#) == 200)
            #expect(try await caller.order(order).code == "ApiCallLimit")
            #expect(try await post("clock", #"{"advanceSeconds":10}"#) == 200)
            #expect(try await caller.order(order).code == "0")
            #expect(try await post("settings", #"{"numberStyle":"strings","masksBuyers":true,"appStatus":"test"}"#) == 200)
            #expect(try await caller.order(order)["data"]?["items_count"].map { if case .string = $0 { true } else { false } } == true)
            #expect(try await post("campaign", #"{"sku":"CUP-CEL"}"#) == 200)
            #expect(try await post("push", #"{"url":"http://127.0.0.1:9/","types":[0]}"#) == 200)
            #expect(try await post("tokens", #"{"action":"expireAccess"}"#) == 200)
            #expect(try await caller.order(order).code == "IllegalAccessToken")
            #expect(try await post("nothing", "{}") == 404)
        }
    }
}
