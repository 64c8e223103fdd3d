import Connect
@testable import CourierConnector
import CourierSimulator
import Domain
import Foundation
import HTTPTypes
import Testing

/// Pick-ups (platforms/generic-courier.md §6).
@Suite(.timeLimit(.minutes(1))) struct ConnectorPickupTests {
    private static let request = PickupRequest(date: "2024-06-03", window: ["13:00", "17:00"], parcelCount: 3, externalIDs: ["co_1", "co_2"])

    @Test func `the request is the contract's, under its key`() async throws {
        let courier = FakeCourier(201, #"{"pickupId":"pu_1","status":"scheduled"}"#)
        let answer = try await courier.connector().requestPickup(Self.request, idempotencyKey: "pickup:7")
        #expect(answer == PickupAnswer(externalID: "pu_1", status: "scheduled"))
        let sent = try #require(courier.requests.first)
        #expect(sent.url == "https://courier.example/v1/pickups" && sent.headers[CourierConnector.Names.idempotency] == "pickup:7")
        let body = try JSONDecoder().decode(CourierMessages.Pickup.self, from: Data(sent.body))
        #expect(body.date == "2024-06-03" && body.window == ["13:00", "17:00"] && body.parcelCount == 3 && body.orderIds == ["co_1", "co_2"] && body.address.postcode == "10240")
    }

    @Test(arguments: [
        (404, "<html>", "pickups_not_offered"), (405, "", "pickups_not_offered"), (501, "", "pickups_not_offered"), (400, #"{"error":{"code":"invalid_field","message":"date"}}"#, "invalid_field"),
        (404, #"{"error":{"code":"not_found","message":"co_1"}}"#, "not_found"), (409, #"{"error":{"code":"too_late","message":"on its way"}}"#, "too_late"),
    ]) func `a refusal says whether the courier takes pick-ups at all`(status: Int, body: String, code: String) async throws {
        let error = await connectorError { () async throws(ConnectorError) in try await FakeCourier(status, body).connector().requestPickup(Self.request, idempotencyKey: "k") }
        guard case .refused(let found, _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(found == code)
    }

    @Test(arguments: [(201, "{}"), (200, "ok"), (201, #"{"pickupId":""}"#), (503, ""), (201, #"{"pickupId":"a/../b\u0000"}"#)]) func `an answer that tells nothing is asked for again`(status: Int, body: String) async {
        let error = await connectorError { () async throws(ConnectorError) in try await FakeCourier(status, body).connector().requestPickup(Self.request, idempotencyKey: "k") }
        #expect(error?.failureClass == .transient)
    }

    @Test func `against the courier: asked twice it comes once, and can be called off`() async throws {
        try await withCourier { simulator, caller in
            let order = try await caller.book("CD-1").orderID
            let connector = try CourierBench.live(simulator.baseURL, now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
            let wanted = PickupRequest(date: "2026-11-21", parcelCount: 1, externalIDs: [order])
            let first = try await connector.requestPickup(wanted, idempotencyKey: "pickup:1"), again = try await connector.requestPickup(wanted, idempotencyKey: "pickup:1")
            #expect(first == again && simulator.pickups.map(\.id) == [first.externalID] && simulator.pickups.first?.orders == [order])
            try await connector.cancelPickup(first.externalID, idempotencyKey: "pickup:1:cancel")
            try await connector.cancelPickup(first.externalID, idempotencyKey: "pickup:1:cancel")
            #expect(simulator.pickups.map(\.status) == ["cancelled"])
            let unknown = await connectorError { () async throws(ConnectorError) in try await connector.requestPickup(PickupRequest(date: "2026-11-21", parcelCount: 1, externalIDs: ["co_none"]), idempotencyKey: "pickup:2") }
            guard case .refused(platformCode: "not_found", _)? = unknown else { Issue.record("\(String(describing: unknown))"); return }
        }
    }
}
