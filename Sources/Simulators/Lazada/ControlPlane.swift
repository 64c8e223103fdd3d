import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit
import Synchronization

/// The simulator that a control plane belongs to: the server's routes are made before it.
final class SimulatorReference: Sendable {
    private struct Holder { weak var simulator: LazadaSimulator? }
    private let holder = Mutex(Holder())

    var simulator: LazadaSimulator? { holder.withLock { $0.simulator } }
    func set(_ simulator: LazadaSimulator) { holder.withLock { $0.simulator = simulator } }
}

/// `/_control/…`: the platform driven from outside, by JSON, without authentication. It is the simulator's own, no part of Lazada.
///
/// `GET statistics|orders|counters|faults`, `GET orders/{externalID}`;
/// `POST orders {"kind","count","seller"}`, `POST orders/{externalID}/{pay|edit|cancel|requestCancel|return|status|advanceFBL} {"items","status","kind"}`,
/// `POST parcels/{package}/{advance|move} {"word"}`, `POST lives {"lives"}`, `POST reverse/{externalID}/{id} {"status"}` (none: the next),
/// `POST traffic {"ordersPerSecond"}` (0 stops), `POST clock {"advanceSeconds"}`,
/// `POST tokens {"action":"grant|code|revoke|expireAccess|expireRefresh","seller"}`, `POST push {"url","types","action":"verify|alert|pause|resume|idle"}`,
/// `POST faults {"level","force":[{"point","fault","seconds","status"}],"clear","pack":[code],"labels":[fault]}`, `POST ban {"path","seconds"}`,
/// `POST refusals {"code","message","type","path"}`, `POST settings {"numberStyle","masksBuyers","appStatus"}`, `POST campaign {"sku","seller","reserved","locked"}`.
struct ControlPlane: Sendable {
    let market: Market
    let faults: FaultPlan
    let simulator: SimulatorReference

    private struct Refused: Error { var status = 400; var words: String }

    func handle(_ method: HTTPRequest.Method, _ path: String, _ body: ByteBuffer) async -> Response {
        // Everything is optional here: a body that does not parse is an empty one.
        let wish = LazadaJSON(parsing: String(buffer: body)) ?? .object([:])
        let parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        do {
            guard let simulator = simulator.simulator else { throw Refused(status: 503, words: "stopping") }
            return Door.json((method == .get ? try read(parts, simulator) : try await write(parts, wish, simulator)).data)
        } catch {
            let refused = error as? Refused
            var response = Door.json(LazadaJSON.object(["error": .string(refused?.words ?? "\(error)")]).data)
            response.status = .init(code: refused?.status ?? 400)
            return response
        }
    }

    private func read(_ parts: [String], _ simulator: LazadaSimulator) throws -> LazadaJSON {
        switch parts.first {
        case "statistics": return .object(Dictionary(simulator.statistics().map { ($0.name, .integer($0.count)) }) { $1 })
        case "faults": return .object(Dictionary(faults.counts.map { ($0.key.rawValue, .integer($0.value)) }) { $1 })
        case "counters":
            func object(_ counts: [String: Int]) -> LazadaJSON { .object(counts.mapValues { .integer($0) }) }
            return [
                "packings": object(simulator.packings()), "refusedPackings": object(simulator.refusedPackings()), "readyToShips": object(simulator.readyToShips()),
                "refusedReadyToShips": object(simulator.refusedReadyToShips()), "cancellations": object(simulator.cancellations()), "labels": object(simulator.labels()),
            ]
        case "orders" where parts.count == 1: return .array(simulator.orderStates().map(Self.render))
        case "orders":
            return [
                "statuses": .array(simulator.itemStatuses(parts[1]).map { .string($0) }), "items": .array(simulator.itemIDs(parts[1]).map { .integer($0) }),
                "packages": .array(simulator.packages(of: parts[1]).map { .string($0) }),
            ]
        default: throw Refused(status: 404, words: "no such page")
        }
    }

    private static func render(_ order: SimulatedOrder) -> LazadaJSON {
        [
            "externalID": .string(order.externalID), "number": .string(order.number), "updatedAt": .integer(LazadaTime.milliseconds(order.updatedAt)),
            "isCancelled": .bool(order.isCancelled), "grandMinor": .integer(order.grandMinor), "currency": .string(order.currency),
            "lineCount": .integer(order.lineCount), "shipToPostcode": .optional(order.shipToPostcode), "fulfilment": .string(order.fulfilment),
            "trackingNumbers": .array(order.trackingNumbers.map { .string($0) }),
        ]
    }

    // MARK: Writing

    private func write(_ parts: [String], _ wish: LazadaJSON, _ simulator: LazadaSimulator) async throws -> LazadaJSON {
        switch (parts.first, parts.count) {
        case ("orders", 1): return try place(wish, simulator)
        case ("orders", 3): return ["done": try act(parts[1], parts[2], wish, simulator)]
        case ("parcels", 3):
            guard parts[2] == "move" else { return ["word": .optional(simulator.advance(parts[1]))] }
            return ["done": .bool(simulator.move(parts[1], to: wish["word"]?.looseText ?? ""))]
        case ("reverse", 3):
            guard let id = Int64(parts[2]) else { throw Refused(words: "no such id") }
            guard let status = wish["status"]?.looseText else { return ["status": .optional(simulator.advanceReverse(id, of: parts[1]))] }
            simulator.setReverse(id, of: parts[1], to: status)
            return ["status": .string(status)]
        case ("lives", 1): simulator.setNextLives(try list("lives", wish))
        case ("traffic", 1):
            let rate = wish["ordersPerSecond"]?.looseText.flatMap { Double($0) } ?? 1
            if rate > 0 { simulator.startTraffic(ordersPerSecond: rate) } else { await simulator.stopTraffic() }
        case ("clock", 1): simulator.advanceClock(bySeconds: Double(wish["advanceSeconds"]?.looseInteger ?? 0))
        case ("tokens", 1): return try tokens(wish, simulator)
        case ("push", 1): try await push(wish, simulator)
        case ("faults", 1): try setFaults(wish, simulator)
        case ("ban", 1): simulator.ban(wish["path"]?.looseText ?? "", seconds: Double(wish["seconds"]?.looseInteger ?? 1))
        case ("refusals", 1):
            simulator.refuseNext(
                code: wish["code"]?.looseText ?? "6", message: wish["message"]?.looseText ?? "refused", type: wish["type"]?.looseText ?? "ISV", path: wish["path"]?.looseText)
        case ("settings", 1): try settings(wish, simulator)
        case ("campaign", 1):
            let isDone = simulator.lockInCampaign(
                sku: wish["sku"]?.looseText ?? "", seller: wish["seller"]?.looseText, reserved: Int(wish["reserved"]?.looseInteger ?? 0),
                locked: wish["locked"]?.looseBool ?? true)
            return ["done": .bool(isDone)]
        default: throw Refused(status: 404, words: "no such page")
        }
        return ["done": true]
    }

    private func place(_ wish: LazadaJSON, _ simulator: LazadaSimulator) throws -> LazadaJSON {
        let kind: LazadaOrderKind? = try choice("kind", wish)
        let count = min(max(Int(wish["count"]?.looseInteger ?? 1), 1), 10_000)
        return ["ids": .array((0..<count).map { _ in
            let kind = kind ?? market.change { $0.anyKind() }
            return .string(simulator.placeOrder(kind: kind, seller: wish["seller"]?.looseText))
        })]
    }

    private func act(_ order: String, _ action: String, _ wish: LazadaJSON, _ simulator: LazadaSimulator) throws -> LazadaJSON {
        let items = wish["items"]?.items?.compactMap { $0.looseInteger.map { Int($0) } }
        switch action {
        case "pay": return .bool(simulator.pay(order))
        case "edit": return .bool(simulator.edit(order))
        case "cancel": return .bool(simulator.cancelByBuyer(order, items: items))
        case "requestCancel": return simulator.requestCancel(order, items: items).map { .integer($0) } ?? .null
        case "return": return simulator.openReturn(try choice("kind", wish) ?? .returnToMerchant, of: order, items: items).map { .integer($0) } ?? .null
        case "status": return .bool(simulator.setStatus(wish["status"]?.looseText ?? "", of: order, items: items))
        case "advanceFBL": return .bool(simulator.advanceFulfilledByLazada(order))
        default: throw Refused(status: 404, words: "no such action")
        }
    }

    private func tokens(_ wish: LazadaJSON, _ simulator: LazadaSimulator) throws -> LazadaJSON {
        let seller = wish["seller"]?.looseText
        switch wish["action"]?.looseText {
        case "grant":
            let given = simulator.grantTokens(seller: seller)
            return ["accessToken": .optional(given?.accessToken), "refreshToken": .optional(given?.refreshToken)]
        case "code": return ["code": .optional(simulator.makeCode(seller: seller))]
        case "revoke": simulator.revokeTokens(seller: seller)
        case "expireAccess": simulator.expireAccessTokens(seller: seller)
        case "expireRefresh": simulator.expireRefreshTokens(seller: seller)
        default: throw Refused(words: "action is one of grant, code, revoke, expireAccess, expireRefresh")
        }
        return ["done": true]
    }

    private func push(_ wish: LazadaJSON, _ simulator: LazadaSimulator) async throws {
        if let url = wish["url"] { simulator.setPushURL(url.looseText) }
        if let types = wish["types"]?.items { simulator.setPushTypes(Set(types.compactMap { $0.looseInteger.map { Int($0) } })) }
        switch wish["action"]?.looseText {
        case "verify": simulator.sendVerification()
        case "alert": simulator.sendTokenAlerts()
        case "pause": simulator.pausePushes()
        case "resume": simulator.resumePushes()
        case "idle": await simulator.idle()
        case nil: break
        default: throw Refused(words: "action is one of verify, alert, pause, resume, idle")
        }
    }

    private func setFaults(_ wish: LazadaJSON, _ simulator: LazadaSimulator) throws {
        if let level: FaultLevel = try choice("level", wish) { faults.level = level }
        if wish["clear"]?.looseBool == true { faults.clearForced() }
        for entry in wish["force"]?.items ?? [] {
            guard let point: FaultPoint = try choice("point", entry), let kind: FaultKind = try choice("fault", entry) else { throw Refused(words: "point and fault") }
            let seconds = Int(entry["seconds"]?.looseInteger ?? 1)
            faults.force([Self.fault(kind, seconds: seconds, status: Int(entry["status"]?.looseInteger ?? 500))], at: point)
        }
        if let codes = wish["pack"]?.items { simulator.failPacking(codes.compactMap(\.looseText).map { LazadaPackFault(code: $0) }) }
        simulator.failLabels(try list("labels", wish))
    }

    private static func fault(_ kind: FaultKind, seconds: Int, status: Int) -> Fault {
        switch kind {
        case .drop: .drop
        case .duplicate: .duplicate
        case .delay: .delay(.seconds(seconds))
        case .throttle: .throttle(retryAfterSeconds: seconds)
        case .serverError: .serverError(status: status)
        case .hang: .hang(.seconds(seconds))
        case .malform: .malform
        case .expireToken: .expireToken
        case .lostAnswer: .lostAnswer
        case .badSignature: .badSignature
        }
    }

    private func settings(_ wish: LazadaJSON, _ simulator: LazadaSimulator) throws {
        if let style: LazadaNumberStyle = try choice("numberStyle", wish) { simulator.setNumberStyle(style) }
        if let status: LazadaAppStatus = try choice("appStatus", wish) { simulator.setAppStatus(status) }
        if let masks = wish["masksBuyers"]?.looseBool { simulator.setMasksBuyers(masks) }
    }

    // MARK: Words

    private func choice<Choice: RawRepresentable<String>>(_ name: String, _ wish: LazadaJSON) throws -> Choice? {
        guard let word = wish[name]?.looseText else { return nil }
        guard let choice = Choice(rawValue: word) else { throw Refused(words: "\(name) has no word \(word)") }
        return choice
    }

    private func list<Choice: RawRepresentable<String>>(_ name: String, _ wish: LazadaJSON) throws -> [Choice] {
        try (wish[name]?.items ?? []).map { item in
            guard let word = item.looseText, let choice = Choice(rawValue: word) else { throw Refused(words: "\(name) has no such word") }
            return choice
        }
    }
}
