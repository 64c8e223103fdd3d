import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorGraphTests {
    @Test func `only the fields asked for come back, under their aliases`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let data = try await shop.data(
                "query Q($id: ID!) { mine: order(id: $id) { ...Head totalPriceSet { shopMoney { amount } } } } fragment Head on Order { id legacyResourceId createdAt }",
                ["id": SimulatedShop.gid(id)])
            let order = try #require(data["mine"] as? [String: Any])
            #expect(Set(order.keys) == ["id", "legacyResourceId", "createdAt", "totalPriceSet"])
            #expect(order["legacyResourceId"] as? String == "\(id)")
            #expect((order["createdAt"] as? String)?.hasSuffix("Z") == true)
            #expect((path(order, "totalPriceSet", "shopMoney", "amount") as? String)?.contains(".") == true)
        }
    }

    @Test func `every field the dossier recommends exists`() async throws {
        let fields = """
            id legacyResourceId name number createdAt processedAt updatedAt cancelledAt cancelReason closedAt test tags note customAttributes{key value} email phone
            currencyCode presentmentCurrencyCode taxesIncluded displayFinancialStatus displayFulfillmentStatus returnStatus paymentGatewayNames
            currentSubtotalPriceSet{shopMoney{amount currencyCode}} totalPriceSet{shopMoney{amount}} currentTotalPriceSet{shopMoney{amount}} totalDiscountsSet{shopMoney{amount}}
            currentTotalTaxSet{shopMoney{amount}} totalShippingPriceSet{shopMoney{amount}} totalOutstandingSet{shopMoney{amount}} totalRefundedSet{shopMoney{amount}}
            billingAddress{firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 phone} shippingAddress{firstName countryCodeV2}
            shippingLine{title code carrierIdentifier originalPriceSet{shopMoney{amount}}}
            transactions{gateway formattedGateway manualPaymentGateway kind status amountSet{shopMoney{amount}}}
            lineItems(first:100){nodes{id sku title variantTitle quantity currentQuantity unfulfilledQuantity requiresShipping originalUnitPriceSet{shopMoney{amount}}
              discountedTotalSet{shopMoney{amount}} totalDiscountSet{shopMoney{amount}} taxLines{title rate priceSet{shopMoney{amount}}} product{id} variant{id}}}
            fulfillmentOrders(first:20){nodes{id status requestStatus fulfillBy supportedActions{action} assignedLocation{location{id}}
              lineItems(first:100){nodes{id remainingQuantity totalQuantity lineItem{id}}}}}
            fulfillments{id status displayStatus trackingInfo{company number url}} refunds{id createdAt totalRefundedSet{shopMoney{amount}}}
            """
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .twoLocations)
            try shop.simulator.fulfilPartly(id)
            try shop.simulator.refund(id, quantities: [shop.simulator.lineIDs(of: id)[1]: 1])
            let data = try await shop.data(
                "query($id:ID!){ order(id:$id){ \(fields) } node(id:$id){ ... on Order { name } } }", ["id": SimulatedShop.gid(id)])
            #expect((path(data, "order", "fulfillmentOrders", "nodes") as? [Any])?.count == 2)
            #expect(path(data, "order", "displayFulfillmentStatus") as? String == "PARTIALLY_FULFILLED")
            #expect(path(data, "node", "name") as? String == "#1001")
        }
    }

    @Test func `a field that does not exist is refused by name`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let answer = try await shop.graph("query($id:ID!){ order(id:$id){ id trackingNumber } }", ["id": SimulatedShop.gid(id)])
            #expect(path(answer, "errors", 0, "extensions", "code") as? String == "undefinedField")
            #expect(path(answer, "errors", 0, "extensions", "fieldName") as? String == "trackingNumber")
            #expect(answer["data"] == nil)
        }
    }

    @Test(arguments: ["{ orders(first: 3) { nodes { id ", "query { shop { name } ", "{ shop @ }", "subscription { x }", ""])
    func `a broken document is an error and not a crash`(query: String) async throws {
        try await SimulatedShop.with { shop in
            let answer = try await shop.graph(query)
            #expect((answer["errors"] as? [Any])?.isEmpty == false)
        }
    }

    @Test func `orders changed since a moment come page by page, oldest first, each once`() async throws {
        try await SimulatedShop.with { shop in
            let base = Date(timeIntervalSinceNow: -7_200)
            let ids = (0..<23).map { shop.simulator.placeOrder(kind: .card, at: base.addingTimeInterval(Double($0 * 60))) }
            let from = Timestamp8601.text(base.addingTimeInterval(180))
            var seen: [String] = [], after: Any = NSNull()
            while true {
                let data = try await shop.data(
                    "query($q:String!,$after:String){ orders(first:5, after:$after, query:$q, sortKey:UPDATED_AT){ pageInfo{hasNextPage endCursor} nodes{ legacyResourceId } } }",
                    ["q": "updated_at:>='\(from)'", "after": after])
                seen += (path(data, "orders", "nodes") as? [[String: Any]] ?? []).compactMap { $0["legacyResourceId"] as? String }
                guard path(data, "orders", "pageInfo", "hasNextPage") as? Bool == true else { break }
                after = try #require(path(data, "orders", "pageInfo", "endCursor"))
            }
            #expect(seen == ids.dropFirst(3).map(String.init))
        }
    }

    @Test func `orders older than sixty days need their own scope`() async throws {
        try await SimulatedShop.with({ $0.scopes = ["write_orders"] }) { shop in
            let old = shop.simulator.placeOrder(kind: .card, at: Date(timeIntervalSinceNow: -61 * 86_400))
            shop.simulator.placeOrder(kind: .card)
            let data = try await shop.data(
                "query($id:ID!){ orders(first:10){nodes{id}} order(id:$id){id} }", ["id": SimulatedShop.gid(old)])
            #expect((path(data, "orders", "nodes") as? [Any])?.count == 1)
            #expect(path(data, "order") is NSNull)
            #expect(try await shop.rest("GET", "/orders/\(old).json").status == 404)
        }
    }

    @Test func `withheld buyer data is null beside the rest of the order`() async throws {
        try await SimulatedShop.with({ $0.hasProtectedDataApproval = false }) { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let answer = try await shop.graph(
                "query($id:ID!){ order(id:$id){ name email shippingAddress{zip} } }", ["id": SimulatedShop.gid(id)])
            #expect(path(answer, "data", "order", "name") as? String == "#1001")
            #expect(path(answer, "data", "order", "email") is NSNull)
            #expect(path(answer, "errors", 0, "extensions", "code") as? String == "ACCESS_DENIED")
            #expect(path(answer, "errors", 1, "path") as? [String] == ["order", "shippingAddress"])
        }
    }

    @Test func `a scope that is missing denies the field`() async throws {
        try await SimulatedShop.with({ $0.scopes = ["read_orders"] }) { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let answer = try await shop.graph(
                "mutation($id:ID!){ tagsAdd(id:$id, tags:[\"x\"]){ userErrors{message} } }", ["id": SimulatedShop.gid(id)])
            #expect(path(answer, "errors", 0, "extensions", "code") as? String == "ACCESS_DENIED")
        }
    }

    @Test func `scopes are listed`() async throws {
        try await SimulatedShop.with { shop in
            let data = try await shop.data("{ currentAppInstallation { accessScopes { handle } } shop { myshopifyDomain currencyCode } }")
            let handles = (path(data, "currentAppInstallation", "accessScopes") as? [[String: Any]] ?? []).compactMap {
                $0["handle"] as? String
            }
            #expect(handles.contains("write_orders"))
            #expect(path(data, "shop", "myshopifyDomain") as? String == "crossdock-test.myshopify.com")
        }
    }
}

/// Times for queries, in UTC.
enum Timestamp8601 {
    static func text(_ date: Date) -> String { utcTime(Int64(date.timeIntervalSince1970)) }
}
