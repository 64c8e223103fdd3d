import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// `/_sim/…`: the shop driven from outside, by JSON, without authentication. It is the simulator's own, no part of WooCommerce.
///
/// `GET statistics|orders|webhooks|faults`, `GET orders/{id}`, `GET orders/{id}/delivery?topic=&secret=`,
/// `POST orders {"kind","count"}`, `POST checkout`, `POST orders/{id}/{edit|cancel|pay|complete|refund|trash|restore|delete|finish|status|meta}`,
/// `POST traffic {"ordersPerSecond"}` (0 stops), `POST clock {"advanceSeconds"}`, `POST cron {"paused"}|{"run":true}|{"idle":true}`,
/// `POST faults {"level","force":[{"point","fault","seconds","status"}],"clear"}`, `POST owner {"state":"manager|demoted|deleted"}`,
/// `POST settings {"stripsAuthorization","shipmentTracking","answerDelayMilliseconds","transport":"https|plainHTTP"}`, `POST keys {"revoke":true}`.
struct ControlPlane: Sendable {
    let shop: Shop
    let runner: WebhookRunner
    let buyers: Buyers
    let faults: FaultPlan

    private struct Refused: Error { var status = 400; var words: String }

    func handle(_ method: HTTPRequest.Method, _ path: String, _ query: String, _ body: ByteBuffer) async -> Response {
        // Everything is optional here: a body that does not parse is an empty one.
        let wish = (try? WooJSON(parsing: body.readableBytesView)) ?? .object([])
        let parts = path.split(separator: "/").map(String.init)
        do {
            return answer(method == .get ? try read(parts, RestRequest.parseQuery(query)) : try await write(parts, wish))
        } catch {
            let refused = error as? Refused
            return answer(["error": .string(refused?.words ?? "\(error)")], status: refused?.status ?? 400)
        }
    }

    private func answer(_ body: WooJSON, status: Int = 200) -> Response {
        Response(status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    private func read(_ parts: [String], _ query: [(name: String, value: String)]) throws -> WooJSON {
        switch parts.first {
        case "statistics":
            return .object(shop.read { $0.statistics }.map { .init($0.name, .integer($0.count)) })
        case "orders" where parts.count == 1:
            return .array(shop.read { $0.orderStates }.map(render))
        case "orders":
            let id = try orderID(parts)
            if parts.count == 2 { return shop.read { state in state.orders[id].map { state.render($0) } ?? .null } }
            return delivery(id, query)
        case "webhooks":
            return .array(shop.read { $0.webhooks.values.sorted { $0.id < $1.id } }.map { webhook in
                [
                    "id": .integer(webhook.id), "topic": .string(webhook.topic), "status": .string(webhook.status), "deliveryURL": .string(webhook.deliveryURL),
                    "failures": .integer(webhook.failureCount),
                ]
            })
        case "faults":
            return .object(faults.counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init($0.key.rawValue, .integer($0.value)) })
        default:
            throw Refused(status: 404, words: "no such page")
        }
    }

    private func delivery(_ id: Int, _ query: [(name: String, value: String)]) -> WooJSON {
        let topic = query.last { $0.name == "topic" }?.value ?? "order.updated", secret = query.last { $0.name == "secret" }?.value ?? "hub-secret-1"
        let signed = shop.read { state in
            let known = state.webhooks.values.filter { $0.topic == topic }.min { $0.id < $1.id }
            return state.signed(
                known ?? ShopWebhook(id: 17, name: "", topic: topic, deliveryURL: "", secret: secret, userID: 1, createdAt: state.now), objectID: id)
        }
        return [
            "headers": .object(signed.headers.map { .init($0.name, .string($0.value)) }), "bodyBase64": .string(signed.body.base64EncodedString()),
        ]
    }

    private func render(_ order: SimulatedOrder) -> WooJSON {
        [
            "externalID": .string(order.externalID), "number": .string(order.number),
            "updatedAt": .string(ShopTime.naiveGMT(Int(order.updatedAt.timeIntervalSince1970)) + "Z"),
            "isCancelled": .bool(order.isCancelled), "grandMinor": .integer(Int(order.grandMinor)), "currency": .string(order.currency),
            "lineCount": .integer(order.lineCount), "shipToPostcode": .optional(order.shipToPostcode), "fulfilment": .string(order.fulfilment),
            "trackingNumbers": .array(order.trackingNumbers.map { .string($0) }),
        ]
    }

    private func orderID(_ parts: [String]) throws -> Int {
        guard parts.count >= 2, let id = Int(parts[1]), shop.read({ $0.orders[id] != nil }) else { throw Refused(status: 404, words: "no such order") }
        return id
    }

    private func write(_ parts: [String], _ wish: WooJSON) async throws -> WooJSON {
        switch parts.first {
        case "orders" where parts.count == 1:
            let name = wish["kind"]?.text
            guard name == nil || OrderKind(rawValue: name ?? "") != nil else {
                throw Refused(words: "kind is one of \(OrderKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let count = min(max(wish["count"]?.integerValue ?? 1, 1), 10_000)
            return ["ids": .array((0..<count).map { _ in .integer(buyers.place(name.flatMap(OrderKind.init) ?? buyers.anyKind())) })]
        case "orders": return ["done": .bool(try act(try orderID(parts), parts.count > 2 ? parts[2] : "", wish))]
        case "checkout": return ["id": .integer(buyers.openCheckout())]
        case "traffic":
            let rate = wish["ordersPerSecond"]?.looseText.flatMap { Double($0) } ?? 1
            if rate > 0 { buyers.startTraffic(ordersPerSecond: rate) } else { await buyers.stopTraffic() }
            return ["ordersPerSecond": .number(rate)]
        case "clock":
            let offset = shop.change { state in
                state.clockOffset += wish["advanceSeconds"]?.looseInteger ?? 0
                state.cancelUnpaidOrders()
                return state.clockOffset
            }
            return ["offsetSeconds": .integer(offset)]
        case "cron": return try await cron(wish)
        case "faults": return try force(wish)
        default: return try setting(parts.first ?? "", wish)
        }
    }

    private func cron(_ wish: WooJSON) async throws -> WooJSON {
        if wish["paused"]?.looseBool == true { runner.pause() }
        if wish["paused"]?.looseBool == false { runner.resume() }
        if wish["run"]?.looseBool == true { await runner.runNow() }
        if wish["idle"]?.looseBool == true { await runner.idle() }
        return ["waiting": .integer(shop.read { $0.queue.count })]
    }

    private func act(_ id: Int, _ action: String, _ wish: WooJSON) throws -> Bool {
        switch action {
        case "edit": return buyers.edit(id)
        case "cancel": return buyers.setStatus(id, "cancelled")
        case "pay": return buyers.pay(id)
        case "complete": return buyers.setStatus(id, "completed")
        case "status": return buyers.setStatus(id, wish["status"]?.text ?? "processing")
        case "finish": return buyers.finishCheckout(id)
        case "meta": return buyers.writeMeta(id, key: wish["key"]?.text ?? "note", value: wish["value"] ?? .null)
        case "refund":
            return shop.change { state in
                guard let order = state.orders[id] else { return false }
                let amount = wish["amount"]?.looseText.flatMap { state.decimals.parse($0) } ?? order.totals.total - order.refundedAmount
                // An amount that is too large is the answer "no".
                return (try? state.refund(id, .init(amount: amount, reason: wish["reason"]?.text ?? ""))) != nil
            }
        case "trash": shop.change { $0.trash(id, overAPI: wish["overAPI"]?.looseBool ?? false) }
        case "restore": shop.change { $0.restore(id) }
        case "delete": shop.change { $0.deleteForGood(id) }
        default: throw Refused(status: 404, words: "no such action")
        }
        return true
    }

    private func setting(_ name: String, _ wish: WooJSON) throws -> WooJSON {
        switch name {
        case "owner":
            let state = wish["state"]?.text ?? "manager"
            shop.change { $0.users[1] = state == "deleted" ? nil : ShopUser(id: 1, managesShop: state == "manager") }
        case "keys":
            if wish["revoke"]?.looseBool == true { shop.change { $0.keys = [:] } }
        case "settings":
            let transport = wish["transport"]?.text
            guard transport == nil || WooTransport(rawValue: transport ?? "") != nil else { throw Refused(words: "transport is https or plainHTTP") }
            shop.change { state in
                if let known = transport.flatMap(WooTransport.init) { state.configuration.transport = known }
                if let strips = wish["stripsAuthorization"]?.looseBool { state.configuration.stripsAuthorization = strips }
                if let installed = wish["shipmentTracking"]?.looseBool { state.configuration.hasShipmentTracking = installed }
                if let delay = wish["answerDelayMilliseconds"]?.looseInteger { state.configuration.answerDelay = .milliseconds(delay) }
            }
        default: throw Refused(status: 404, words: "no such page")
        }
        return ["done": true]
    }

    private func force(_ wish: WooJSON) throws -> WooJSON {
        if let level = wish["level"]?.text {
            guard let known = FaultLevel(rawValue: level) else { throw Refused(words: "level is none, normal or storm") }
            faults.level = known
        }
        if wish["clear"]?.looseBool == true { faults.clearForced() }
        for item in wish["force"]?.items ?? [] {
            guard let point = item["point"]?.text.flatMap(FaultPoint.init) else { throw Refused(words: "point is webhook, request or write") }
            faults.force([try fault(item)], at: point)
        }
        return ["level": .string(faults.level.rawValue), "struck": .integer(faults.total)]
    }

    private func fault(_ item: WooJSON) throws -> Fault {
        let seconds = item["seconds"]?.looseText.flatMap { Double($0) } ?? 1
        return switch item["fault"]?.text.flatMap(FaultKind.init) {
        case .drop: .drop
        case .duplicate: .duplicate
        case .delay: .delay(.seconds(seconds))
        case .throttle: .throttle(retryAfterSeconds: Int(seconds))
        case .serverError: .serverError(status: item["status"]?.looseInteger ?? 500)
        case .hang: .hang(.seconds(seconds))
        case .malform: .malform
        case .expireToken: .expireToken
        case .lostAnswer: .lostAnswer
        case .badSignature: .badSignature
        case nil: throw Refused(words: "fault is one of \(FaultKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }
}
