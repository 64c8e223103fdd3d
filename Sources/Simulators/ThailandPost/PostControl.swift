import Foundation
import HTTPTypes
import SimulatorKit
import Synchronization

/// `/_control/…` on each of the four ports: the post driven from outside, by JSON, without authentication. It is the simulator's own.
///
/// `GET statistics|proof|consignments|subscriptions|drawn|faults`, `GET consignments/{barcode}`, `GET remittance?date=2024-06-05&faults=differs,missing,extra`,
/// `POST consignments/{barcode}/advance {"steps"}`, `…/life {"life"}`, `…/event {"status","deliveryStatus"}`, `…/push {"oddity"}`,
/// `POST advance` (all parcels), `POST push {"barcodes"}`, `POST pushes {"held"}`, `POST payout`, `POST traffic {"eventsPerSecond"}` (0 stops),
/// `POST clock {"advanceSeconds"}`, `POST tokens {"expire":true}`, `POST outage {"minutes","systems":["C"],"hangs"}` (0 minutes ends all),
/// `POST codes {"codes":["031"],"stores"}`, `POST faults {"level","force":[{"point","fault","seconds","status"}],"clear"}`, `POST settings` (see `PostSettings`).
struct PostControl: Sendable {
    static let prefix = "/_control/"
    private static let maximumListed = 1_000

    let simulator: ThailandPostSimulator

    struct Refused: Error { var status = 400; var words: String }

    func answer(_ call: PostCall) async -> PostReply {
        let parts = (call.below(Self.prefix) ?? "").split(separator: "/").map(String.init)
        do {
            if call.method == .get { return try read(parts, call.query) }
            // Everything is optional here: a body that does not parse is an empty one.
            return .json(try await write(parts, call.json ?? .object([:])))
        } catch {
            let refused = error as? Refused
            return .json(["error": .string(refused?.words ?? "\(error)")], status: refused?.status ?? 400)
        }
    }

    // MARK: Looking

    private func read(_ parts: [String], _ query: [String: String]) throws -> PostReply {
        switch parts.first {
        case "statistics": return .json(.counts(Dictionary(simulator.statistics().map { ($0.name, $0.count) }, uniquingKeysWith: { $1 })))
        case "proof":
            return .json([
                "perOrder": .counts(simulator.consignmentsPerOrder()), "perInvoice": .counts(simulator.consignmentsPerInvoice()),
                "perBarcode": .counts(simulator.consignmentsPerBarcode()), "refusedDuplicates": .counts(simulator.refusedDuplicates()),
                "calls": .counts(simulator.callCounts()),
            ])
        case "consignments" where parts.count == 1: return .json(.array(simulator.consignments().suffix(Self.maximumListed).map(view)))
        case "consignments": return .json(view(try known(parts)))
        case "subscriptions":
            return .json(.object(simulator.state.withLock { $0.subscriptions }.mapValues { ["status": .string($0.status), "language": .string($0.language.rawValue)] }))
        case "drawn":
            return .json(.array(simulator.drawnNumbers().map { draw in
                ["typ": .integer(draw.type), "prefix": .string(draw.range.prefix), "first": .integer(draw.range.first), "last": .integer(draw.range.last)]
            }))
        case "faults": return .json(.counts(Dictionary(simulator.faults.counts.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 })))
        case "remittance":
            guard let day = ThaiDay(iso: query["date"] ?? ThaiDay(simulator.now).iso) else { throw Refused(words: "date is 2024-06-05") }
            let names = (query["faults"] ?? "").split(separator: ",").map(String.init)
            let faults = names.compactMap(RemittanceFault.init)
            guard faults.count == names.count else { throw Refused(words: "faults are \(RemittanceFault.allCases.map(\.rawValue).joined(separator: ", "))") }
            return PostReply(contentType: "text/csv; charset=utf-8", body: simulator.remittance(of: day, faults: Set(faults)).csv)
        default: throw Refused(status: 404, words: "no such page")
        }
    }

    private func known(_ parts: [String]) throws -> Consignment {
        guard parts.count > 1, let known = simulator.consignment(parts[1]) else { throw Refused(status: 404, words: "no such consignment") }
        return known
    }

    private func view(_ known: Consignment) -> PostJSON {
        let events = known.events.map { event -> PostJSON in
            ["status": .string(event.status), "at": .string(event.at.formatted(.iso8601)), "office": .string(event.office.name), "postcode": .string(event.office.postcode)]
        }
        return [
            "barcode": .string(known.barcode), "account": .string(known.account), "orderId": .string(known.orderID), "invNo": .string(known.invoiceNumber),
            "codSatang": known.codSatang.map { PostJSON.integer(Int($0)) } ?? .null, "collectedSatang": known.collectedSatang.map { PostJSON.integer(Int($0)) } ?? .null,
            "isPaidOut": .bool(known.paidOutAt != nil), "isCancelled": .bool(known.isCancelled), "isLost": .bool(known.isLost),
            "receiptNo": .optional(known.receiptNumber), "events": .array(events), "ahead": .array(known.life.map { .string($0) }),
        ]
    }

    // MARK: Doing

    private func write(_ parts: [String], _ wish: PostJSON) async throws -> PostJSON {
        switch parts.first {
        case "consignments": return ["done": .bool(try act(try known(parts).barcode, parts.count > 2 ? parts[2] : "", wish))]
        case "advance": return ["moved": .integer(simulator.advanceAll())]
        case "push": simulator.push(wish["barcodes"]?.texts ?? [])
        case "pushes": if wish["held"]?.flag == true { simulator.holdPushes() } else { simulator.releasePushes() }
        case "payout": return ["paid": .integer(simulator.payOutCOD())]
        case "traffic":
            let rate = wish["eventsPerSecond"]?.seconds ?? 1
            if rate > 0 { simulator.startTraffic(eventsPerSecond: rate) } else { await simulator.stopTraffic() }
        case "clock":
            simulator.advanceClock(bySeconds: wish["advanceSeconds"]?.seconds ?? 0)
            return ["now": .string(simulator.now.formatted(.iso8601))]
        case "tokens": if wish["expire"]?.flag == true { simulator.expireTokens() }
        case "outage": try outage(wish)
        case "codes":
            let names = wish["codes"]?.texts ?? [], codes = names.compactMap(EParcelCode.init)
            guard codes.count == names.count else { throw Refused(words: "codes are three digits of the list") }
            simulator.forceBookingCodes(codes, stores: wish["stores"]?.flag ?? false)
        case "faults": try force(wish)
        case "settings": try PostSettings.apply(wish, to: simulator)
        default: throw Refused(status: 404, words: "no such page")
        }
        return ["done": true]
    }

    private func act(_ barcode: String, _ action: String, _ wish: PostJSON) throws -> Bool {
        switch action {
        case "advance":
            let steps = min(wish["steps"]?.integer ?? 1, 100)
            return (0..<max(0, steps)).reduce(true) { moved, _ in moved && simulator.advance(barcode) }
        case "life":
            guard let life = wish["life"]?.text.flatMap(ParcelLife.init) else { throw Refused(words: "life is \(ParcelLife.allCases.map(\.rawValue).joined(separator: ", "))") }
            simulator.choose(life, for: barcode)
            return true
        case "event":
            guard let status = wish["status"]?.loose else { throw Refused(words: "status is a code") }
            return simulator.post(status, to: barcode, deliveryStatus: wish["deliveryStatus"]?.text)
        case "push":
            guard let name = wish["oddity"]?.text else { simulator.push([barcode]); return true }
            guard let oddity = PushOddity(rawValue: name) else { throw Refused(words: "oddity is \(PushOddity.allCases.map(\.rawValue).joined(separator: ", "))") }
            simulator.push(oddity, of: barcode)
            return true
        default: throw Refused(status: 404, words: "no such action")
        }
    }

    private func outage(_ wish: PostJSON) throws {
        let names = wish["systems"]?.texts ?? PostSystem.allCases.map(\.rawValue), systems = names.compactMap(PostSystem.init)
        guard systems.count == names.count else { throw Refused(words: "systems are A, B, C, D") }
        let minutes = wish["minutes"]?.seconds ?? 5
        if minutes > 0 { simulator.startOutage(minutes: minutes, of: Set(systems), hangs: wish["hangs"]?.flag ?? false) } else { simulator.endOutage() }
    }

    private func force(_ wish: PostJSON) throws {
        if let name = wish["level"]?.text {
            guard let level = FaultLevel(rawValue: name) else { throw Refused(words: "level is none, normal or storm") }
            simulator.faults.level = level
        }
        if wish["clear"]?.flag == true { simulator.faults.clearForced() }
        for item in wish["force"]?.items ?? [] {
            guard let point = item["point"]?.text.flatMap(FaultPoint.init) else { throw Refused(words: "point is webhook, request or write") }
            simulator.faults.force([try fault(item)], at: point)
        }
    }

    private func fault(_ item: PostJSON) throws -> Fault {
        let seconds = item["seconds"]?.seconds ?? 1
        return switch item["fault"]?.text.flatMap(FaultKind.init) {
        case .drop: .drop
        case .duplicate: .duplicate
        case .delay: .delay(.seconds(seconds))
        case .throttle: .throttle(retryAfterSeconds: Int(seconds))
        case .serverError: .serverError(status: item["status"]?.integer ?? 500)
        case .hang: .hang(.seconds(seconds))
        case .malform: .malform
        case .expireToken: .expireToken
        case .lostAnswer: .lostAnswer
        case .badSignature: .badSignature
        case nil: throw Refused(words: "fault is one of \(FaultKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }
}
