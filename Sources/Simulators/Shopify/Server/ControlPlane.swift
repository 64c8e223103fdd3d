import Foundation
import SimulatorKit

/// The simulator's own routes under `/_sim/`, for people and for tests in other languages. Faults never touch them.
///
/// `GET state`, `GET orders`, `GET orders/{id}`; `POST orders {"kind","count"}`, `POST orders/{id}/ACTION` (edit, cancel, pay, refund, fulfil,
/// fulfil_partly, archive, hold, release, carrier), `POST traffic {"orders_per_second"}`, `POST faults {"level"}`, `POST subscriptions`,
/// `POST uninstall | install | rotate_secret | expire_tokens | test_notification | drain`.
struct ControlPlane: Sendable {
    private struct Target: Sendable { weak var simulator: ShopifySimulator? }
    private let target: Target

    init(simulator: ShopifySimulator) { target = Target(simulator: simulator) }

    func answer(_ request: ShopRequest) -> ShopAnswer {
        guard let simulator = target.simulator else { return .notFound }
        // A body is optional everywhere here.
        let input = (try? JSONNode(parsing: request.body)) ?? .object([])
        do {
            switch (request.method, request.path.count, request.path.dropFirst().first) {
            case ("GET", 2, "state"): return .json(state(of: simulator))
            case ("GET", 2, "orders"): return .json(["orders": .array(simulator.orderStates().map(Self.json))])
            case ("POST", 2, "orders"): return place(input, simulator)
            case ("GET", 3, "orders"), ("POST", 4, "orders"): return try order(request, input, simulator)
            case ("POST", 2, let action?): return app(action, input, simulator)
            default: return .notFound
            }
        } catch let refusal as Refusal {
            return .errors(refusal.message, status: 422)
        } catch {
            return .errors("\(error)", status: 400)
        }
    }

    private func place(_ input: JSONNode, _ simulator: ShopifySimulator) -> ShopAnswer {
        guard let kind = OrderKind(rawValue: input["kind"]?.string ?? "any") else {
            return .errors("kind is one of \(OrderKind.allCases.map(\.rawValue).joined(separator: ", "))", status: 422)
        }
        let count = min(1_000, max(1, Int(clamping: input["count"]?.int64 ?? 1)))
        let date = input["created_at"]?.string.flatMap(ShopTime.seconds(parsing:)).map { Date(timeIntervalSince1970: TimeInterval($0)) }
        let made = (0..<count).map { _ in JSONNode.integer(simulator.placeOrder(kind: kind, at: date)) }
        return .json(["id": made[0], "ids": .array(made)], status: 201)
    }

    private func order(_ request: ShopRequest, _ input: JSONNode, _ simulator: ShopifySimulator) throws -> ShopAnswer {
        let id = try RestEndpoint.id(request.path[2])
        switch request.path.count == 4 ? request.path[3] : "show" {
        case "show": break
        case "edit":
            let line = input["line_id"]?.int64 ?? simulator.lineIDs(of: id).first ?? 0
            if let variant = input["add_variant"]?.int64 {
                try simulator.editOrder(id, .addVariant(variant, quantity: input["quantity"]?.int64 ?? 1))
            } else if let zip = input["zip"]?.string {
                try simulator.editOrder(id, .changeAddress(address1: input["address1"]?.string ?? "1 New Road", zip: zip))
            } else if let note = input["note"]?.string {
                try simulator.editOrder(id, .note(note))
            } else if let lower = input["lower_by"]?.int64 {
                try simulator.editOrder(id, .lowerQuantity(line: line, by: lower))
            } else {
                try simulator.editOrder(id, .removeLine(line))
            }
        case "cancel": try simulator.cancelOrder(id, reason: input["reason"]?.string ?? "customer", restock: input["restock"]?.flag ?? true)
        case "pay": try simulator.payOrder(id)
        case "refund":
            let quantities = input["line_id"]?.int64.map { [$0: input["quantity"]?.int64 ?? 1] }
            try simulator.refund(id, quantities: quantities, shipping: input["shipping"]?.flag ?? false)
        case "fulfil":
            try simulator.fulfil(id, company: input["company"]?.string, number: input["number"]?.string, url: input["url"]?.string)
        case "fulfil_partly": try simulator.fulfilPartly(id)
        case "archive": try simulator.archive(id)
        case "hold": try simulator.hold(id, true)
        case "release": try simulator.hold(id, false)
        case "carrier": try simulator.carrierSays(input["status"]?.string ?? "IN_TRANSIT", of: id)
        default: return .notFound
        }
        guard let body = simulator.webhookBody(orderID: id) else { return .notFound }
        return ShopAnswer(status: 200, headers: [("Content-Type", "application/json; charset=utf-8")], body: body)
    }

    private func app(_ action: String, _ input: JSONNode, _ simulator: ShopifySimulator) -> ShopAnswer {
        switch action {
        case "traffic":
            let rate = Double(input["orders_per_second"]?.plainText ?? "") ?? 0
            // Stopping waits for a step under way; nobody needs to wait for that here.
            if rate > 0 { simulator.startTraffic(ordersPerSecond: rate) } else { Task { await simulator.stopTraffic() } }
        case "faults":
            guard let level = FaultLevel(rawValue: input["level"]?.string ?? "") else {
                return .errors("level is none, normal or storm", status: 422)
            }
            simulator.faults.level = level
        case "subscriptions":
            simulator.addConfiguredSubscription(topic: input["topic"]?.string ?? "orders/updated", address: input["address"]?.string ?? "")
        case "uninstall": simulator.uninstall()
        case "install": simulator.install()
        case "rotate_secret":
            simulator.rotateSecret(
                to: input["secret"]?.string ?? "rotated-secret", overlapSeconds: input["overlap_seconds"]?.int64 ?? 3_600)
        case "expire_tokens": simulator.expireTokens()
        case "test_notification":
            simulator.sendTestNotification(topic: input["topic"]?.string ?? "orders/updated", storeKey: input["store_key"]?.string)
        case "drain": simulator.drainCostBucket()
        default: return .notFound
        }
        return .json(["ok": true])
    }

    private func state(of simulator: ShopifySimulator) -> JSONNode {
        let statistics = simulator.statistics().map { JSONNode.Member(key: $0.name, value: JSONNode($0.count)) }
        return [
            "shop": .text(simulator.configuration.shop), "base_url": .text(simulator.baseURL),
            "faults": .text(simulator.faults.level.rawValue),
            "statistics": .object(statistics),
            "subscriptions": .array(
                simulator.subscriptions.map {
                    ["topic": .text($0.topic), "address": .text($0.address), "made_by_api": .bool($0.isMadeByAPI)]
                }),
            "orders": .array(simulator.orderStates().map(Self.json)),
        ]
    }

    private static func json(_ order: SimulatedOrder) -> JSONNode {
        [
            "id": .text(order.externalID), "name": .text(order.number),
            "updated_at": .text(utcTime(Int64(order.updatedAt.timeIntervalSince1970))),
            "cancelled": .bool(order.isCancelled), "total_minor": .integer(order.grandMinor), "currency": .text(order.currency),
            "lines": JSONNode(order.lineCount), "zip": JSONNode(order.shipToPostcode), "fulfilment": .text(order.fulfilment),
            "tracking_numbers": .array(order.trackingNumbers.map(JSONNode.text)),
        ]
    }
}
