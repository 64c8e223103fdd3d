import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorFulfilmentTests {
    private static let create = """
        mutation($f: FulfillmentInput!){ fulfillmentCreate(fulfillment:$f){ fulfillment{ id status trackingInfo{number url company} } userErrors{ field message } } }
        """
    private static let read = """
        query($id:ID!){ order(id:$id){ displayFulfillmentStatus fulfillmentOrders(first:20){ nodes{ id status supportedActions{action} assignedLocation{location{id}}
          lineItems(first:50){ nodes{ id remainingQuantity lineItem{id} } } } } fulfillments{ id status displayStatus } } }
        """

    private func fulfillmentOrders(_ shop: SimulatedShop, _ id: Int64) async throws -> [[String: Any]] {
        path(try await shop.data(Self.read, ["id": SimulatedShop.gid(id)]), "order", "fulfillmentOrders", "nodes") as? [[String: Any]] ?? []
    }

    private func ship(_ shop: SimulatedShop, _ parts: [[String: Any]], tracking: [String: Any]? = nil) async throws -> [String: Any] {
        var input: [String: Any] = ["lineItemsByFulfillmentOrder": parts]
        if let tracking { input["trackingInfo"] = tracking }
        return try await shop.data(Self.create, ["f": input])
    }

    @Test func `shipping everything closes the fulfilment order, and a second call finds nothing left`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let whole = try await fulfillmentOrders(shop, id)[0]
            let part: [String: Any] = ["fulfillmentOrderId": whole["id"] ?? ""]
            let tracking = ["company": "Thailand Post", "number": "EX000000000TH", "url": "https://track.example/EX000000000TH"]
            let made = try await ship(shop, [part], tracking: tracking)
            let again = try await ship(shop, [part])
            #expect(path(made, "fulfillmentCreate", "fulfillment", "trackingInfo", 0, "number") as? String == "EX000000000TH")
            #expect(userErrors(made, "fulfillmentCreate") == [])
            #expect(userErrors(again, "fulfillmentCreate").count == 1)
            #expect(path(again, "fulfillmentCreate", "fulfillment") is NSNull)
            #expect(shop.simulator.orderStates().last?.fulfilment == "inTransit")
            #expect(shop.simulator.orderStates().last?.trackingNumbers == ["EX000000000TH"])
        }
    }

    @Test func `two locations need two calls`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .twoLocations)
            let wholes = try await fulfillmentOrders(shop, id)
            let parts = wholes.map { ["fulfillmentOrderId": $0["id"] ?? ""] }
            let together = try await ship(shop, parts)
            let first = try await ship(shop, [parts[0]])
            #expect(wholes.count == 2)
            #expect(userErrors(together, "fulfillmentCreate").first?.contains("same location") == true)
            #expect(userErrors(first, "fulfillmentCreate") == [])
            #expect(
                path(try await shop.data(Self.read, ["id": SimulatedShop.gid(id)]), "order", "displayFulfillmentStatus") as? String
                    == "PARTIALLY_FULFILLED")
        }
    }

    @Test func `a part can be shipped, more than remains cannot, and an order line's id is the wrong id`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .twoLocations)
            let whole = try await fulfillmentOrders(shop, id)[0]
            let line = try #require(path(whole, "lineItems", "nodes", 0) as? [String: Any])
            func part(_ lineID: Any?, _ quantity: Int) -> [String: Any] {
                ["fulfillmentOrderId": whole["id"] ?? "", "fulfillmentOrderLineItems": [["id": lineID ?? "", "quantity": quantity]]]
            }
            let tooMany = try await ship(shop, [part(line["id"], 3)])
            let wrong = try await shop.graph(Self.create, ["f": ["lineItemsByFulfillmentOrder": [part(path(line, "lineItem", "id"), 1)]]])
            let one = try await ship(shop, [part(line["id"], 1)])
            let after = try await fulfillmentOrders(shop, id)[0]
            #expect(userErrors(tooMany, "fulfillmentCreate") == ["Invalid fulfillment order line item quantity requested."])
            #expect((wrong["errors"] as? [Any])?.count == 1)
            #expect(userErrors(one, "fulfillmentCreate") == [])
            #expect(after["status"] as? String == "IN_PROGRESS")
            #expect(path(after, "lineItems", "nodes", 0, "remainingQuantity") as? Int == 1)
        }
    }

    @Test func `what is on hold is released first`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .onHold)
            let whole = try await fulfillmentOrders(shop, id)[0]
            let part: [String: Any] = ["fulfillmentOrderId": whole["id"] ?? ""]
            let refused = try await ship(shop, [part])
            _ = try await shop.data(
                "mutation($id:ID!){ fulfillmentOrderReleaseHold(id:$id){ fulfillmentOrder{status} userErrors{message} } }",
                ["id": whole["id"] ?? ""])
            let shipped = try await ship(shop, [part])
            #expect(whole["status"] as? String == "ON_HOLD")
            #expect(userErrors(refused, "fulfillmentCreate").first?.contains("on hold") == true)
            #expect(userErrors(shipped, "fulfillmentCreate") == [])
        }
    }

    @Test func `undoing a fulfilment closes the old fulfilment order and opens a new one`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let old = try await fulfillmentOrders(shop, id)[0]
            let made = try await ship(shop, [["fulfillmentOrderId": old["id"] ?? ""]])
            let fulfilment = try #require(path(made, "fulfillmentCreate", "fulfillment", "id"))
            let cancelled = try await shop.data(
                "mutation($id:ID!){ fulfillmentCancel(id:$id){ fulfillment{status} userErrors{message} } }", ["id": fulfilment])
            let after = try await fulfillmentOrders(shop, id)
            #expect(path(cancelled, "fulfillmentCancel", "fulfillment", "status") as? String == "CANCELLED")
            #expect(after.map { $0["status"] as? String } == ["CLOSED", "OPEN"])
            #expect(after[1]["id"] as? String != old["id"] as? String)
            #expect(shop.simulator.orderStates().last?.fulfilment == "unfulfilled")
        }
    }

    @Test func `tracking and carrier events can follow later`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let made = try await ship(shop, [["fulfillmentOrderId": try await fulfillmentOrders(shop, id)[0]["id"] ?? ""]])
            let fulfilment = try #require(path(made, "fulfillmentCreate", "fulfillment", "id"))
            let updated = try await shop.data(
                "mutation($id:ID!){ fulfillmentTrackingInfoUpdate(fulfillmentId:$id, trackingInfoInput:{number:\"TH1\", url:\"https://t.example/TH1\"}, notifyCustomer:false){ fulfillment{trackingInfo{number}} userErrors{message} } }",
                ["id": fulfilment])
            let event = try await shop.data(
                "mutation($id:ID!){ fulfillmentEventCreate(fulfillmentEvent:{fulfillmentId:$id, status: DELIVERED, happenedAt:\"2026-11-20T10:00:00Z\"}){ fulfillmentEvent{status} userErrors{message} } }",
                ["id": fulfilment])
            #expect(path(updated, "fulfillmentTrackingInfoUpdate", "fulfillment", "trackingInfo", 0, "number") as? String == "TH1")
            #expect(path(event, "fulfillmentEventCreate", "fulfillmentEvent", "status") as? String == "DELIVERED")
            #expect(shop.simulator.orderStates().last?.fulfilment == "delivered")
        }
    }

    @Test func `a cancellation is accepted first and done a little later`() async throws {
        let cancel = """
            mutation($id:ID!){ orderCancel(orderId:$id, reason: INVENTORY, restock: true, refundMethod:{originalPaymentMethodsRefund:true}, notifyCustomer:false)
              { job{id done} orderCancelUserErrors{field message code} } }
            """
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let accepted = try await shop.data(cancel, ["id": SimulatedShop.gid(id)])
            let job = try #require(path(accepted, "orderCancel", "job", "id"))
            await shop.simulator.idle()
            let done = try await shop.data(
                "query($j:ID!,$id:ID!){ job(id:$j){done} order(id:$id){cancelledAt cancelReason displayFinancialStatus} }",
                ["j": job, "id": SimulatedShop.gid(id)])
            let again = try await shop.data(cancel, ["id": SimulatedShop.gid(id)])
            #expect(path(accepted, "orderCancel", "job", "done") as? Bool == false)
            #expect(path(done, "job", "done") as? Bool == true)
            #expect(path(done, "order", "cancelReason") as? String == "INVENTORY")
            #expect(path(done, "order", "displayFinancialStatus") as? String == "REFUNDED")
            #expect(path(again, "orderCancel", "orderCancelUserErrors", 0, "message") as? String == "Order has already been cancelled")
        }
    }

    @Test func `a shipped order is not cancelled`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            try shop.simulator.fulfil(id)
            let data = try await shop.data(
                "mutation($id:ID!){ orderCancel(orderId:$id, reason: OTHER, restock: false){ job{id} userErrors{message} } }",
                ["id": SimulatedShop.gid(id)])
            #expect(path(data, "orderCancel", "job") is NSNull)
            #expect(userErrors(data, "orderCancel").count == 1)
        }
    }

    @Test func `collected cash marks the order as paid, once`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            let mutation =
                "mutation($id:ID!){ orderMarkAsPaid(input:{id:$id}){ order{displayFinancialStatus totalOutstandingSet{shopMoney{amount}}} userErrors{message} } }"
            let paid = try await shop.data(mutation, ["id": SimulatedShop.gid(id)])
            let again = try await shop.data(mutation, ["id": SimulatedShop.gid(id)])
            #expect(path(paid, "orderMarkAsPaid", "order", "displayFinancialStatus") as? String == "PAID")
            #expect(path(paid, "orderMarkAsPaid", "order", "totalOutstandingSet", "shopMoney", "amount") as? String == "0.0")
            #expect(userErrors(again, "orderMarkAsPaid") == ["Order cannot be marked as paid."])
        }
    }

    @Test func `stock wants its directive, its old value, and refuses a stale one`() async throws {
        try await SimulatedShop.with { shop in
            let variant = try #require(shop.simulator.store.read { $0.products.first?.variants.first })
            let location = try #require(variant.available.keys.first)
            func set(_ directive: String, _ quantity: Int, from: String) async throws -> [String: Any] {
                try await shop.graph(
                    """
                    mutation { inventorySetQuantities(input:{name:"available", reason:"correction", quantities:[{inventoryItemId:"gid://shopify/InventoryItem/\(variant.inventoryItemID)",
                      locationId:"gid://shopify/Location/\(location)", quantity:\(quantity)\(from)}]}) \(directive) { inventoryAdjustmentGroup{id} userErrors{field code message} } }
                    """)
            }
            let bare = try await set("", 40, from: ", changeFromQuantity: null")
            let unsure = try await set("@idempotent(key:\"a\")", 40, from: "")
            let good = try await set("@idempotent(key:\"b\")", 40, from: ", changeFromQuantity: 1000000")
            let same = try await set("@idempotent(key:\"b\")", 40, from: ", changeFromQuantity: 1000000")
            let stale = try await set("@idempotent(key:\"c\")", 41, from: ", changeFromQuantity: 1000000")
            let mixed = try await set("@idempotent(key:\"b\")", 50, from: ", changeFromQuantity: 40")
            #expect(bare["errors"] != nil)
            #expect(unsure["errors"] != nil)
            #expect(
                path(good, "data", "inventorySetQuantities", "inventoryAdjustmentGroup", "id") as? String
                    == path(same, "data", "inventorySetQuantities", "inventoryAdjustmentGroup", "id") as? String)
            #expect(path(stale, "data", "inventorySetQuantities", "userErrors", 0, "code") as? String == "CHANGE_FROM_QUANTITY_STALE")
            #expect(
                path(mixed, "data", "inventorySetQuantities", "userErrors", 0, "code") as? String == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        }
    }
}
