import Foundation
import SimulatorKit

/// `/_control/…`: the platform driven from outside by JSON, without authentication. It is the simulator's own, no part of Shopee.
///
/// `GET report|orders|statistics`; `POST orders {"kind","shop_id","count"}`,
/// `POST orders/{order_sn}/{pay|release|cancel|settle|complete|reject_cod|return|advance}` with `{"pending","asks","accepting","first_line_only","step"}`,
/// `POST packages/{package_number}/{advance|tracking|label}`, `POST returns/{return_sn} {"status","goods_came"}`,
/// `POST shops/{shop_id}/{consent|authorise|expire_access|expire_refresh|expire_consent|revoke|ban|unban}`, `POST consent {"shop_id"}` (none: main account),
/// `POST refuse {"endpoint","code","message","times"}`, `POST lose|hang|break {"endpoint","seconds","status","times"}`, `POST faults {"level"}`,
/// `POST clock {"advance_seconds"}`, `POST labels {"fail"}`, `POST arrangements {"lock"}`, `POST switches {…}`, `POST callback {"url"}`,
/// `POST pushes {"paused","unsuspend","reversed"}`, `POST traffic {"orders_per_second"}` (0 stops).
struct ShopeeControl: Sendable {
    static let prefix = "/_control/"

    let simulator: ShopeeSimulator
    private struct Refused: Error { var status = 400; var words: String }

    func answer(_ call: ShopeeCall) async -> ShopeeAnswer {
        let parts = call.path.dropFirst(Self.prefix.count).split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        do throws(Refused) {
            return ShopeeAnswer(body: (call.isRead ? try read(parts) : try await write(parts, call.json)).data)
        } catch {
            return ShopeeAnswer(status: error.status, body: ShopeeJSON.object([.init("error", .text(error.words))]).data)
        }
    }

    // MARK: Looking

    private func read(_ parts: [String]) throws(Refused) -> ShopeeJSON {
        switch parts.first {
        case "statistics": return statistics
        case "orders": return .array(simulator.orderStates().sorted { $0.number < $1.number }.map(Self.json))
        case "report":
            return [
                "statistics": statistics, "push_status": .text(simulator.pushStatus), "lost_pushes": ShopeeJSON(simulator.lostPushes),
                "arrangements": Self.json(simulator.counters.arrangements), "refused_arrangements": Self.json(simulator.counters.refusedArrangements),
                "cancellations": Self.json(simulator.counters.cancellations), "labels": Self.json(simulator.counters.labels),
                "orders": .array(simulator.orderStates().sorted { $0.number < $1.number }.map(Self.json)),
            ]
        default: throw Refused(status: 404, words: "no such page")
        }
    }

    private var statistics: ShopeeJSON { .object(simulator.statistics().map { .init($0.name, ShopeeJSON($0.count)) }) }

    private static func json(_ counts: [String: Int]) -> ShopeeJSON { .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, ShopeeJSON($0.value)) }) }

    private static func json(_ order: SimulatedOrder) -> ShopeeJSON {
        [
            "external_id": .text(order.externalID), "number": .text(order.number), "updated_at": .integer(Int64(order.updatedAt.timeIntervalSince1970)),
            "is_cancelled": .bool(order.isCancelled), "grand_minor": .integer(order.grandMinor), "currency": .text(order.currency),
            "line_count": ShopeeJSON(order.lineCount), "postcode": order.shipToPostcode.map { .text($0) } ?? .null, "fulfilment": .text(order.fulfilment),
            "tracking_numbers": ShopeeJSON(texts: order.trackingNumbers),
        ]
    }

    // MARK: Doing

    private func write(_ parts: [String], _ wish: ShopeeJSON) async throws(Refused) -> ShopeeJSON {
        switch (parts.first, parts.count) {
        case ("orders", 1): return try place(wish)
        case ("orders", 3): return try act(parts[1], parts[2], wish)
        case ("packages", 3): return try handle(package: parts[1], parts[2], wish)
        case ("returns", 2):
            guard let status = wish["status"]?.string.flatMap({ ShopeeReturnStatus(rawValue: $0) }) else { throw Refused(words: "status is unknown") }
            return done(simulator.moveReturn(parts[1], to: status, goodsCame: wish["goods_came"]?.flag ?? true))
        case ("shops", 3): return try govern(parts[1], parts[2])
        case ("traffic", 1):
            let rate = wish["orders_per_second"]?.double ?? 0
            if rate > 0 { simulator.startTraffic(ordersPerSecond: rate) } else { await simulator.stopTraffic() }
            return done(true)
        default: return try arrange(parts.first ?? "", wish)
        }
    }

    private func done(_ isDone: Bool) -> ShopeeJSON { ["done": .bool(isDone)] }

    private static let maximumPlaced = 10_000

    private func place(_ wish: ShopeeJSON) throws(Refused) -> ShopeeJSON {
        let name = wish["kind"]?.string ?? ShopeeOrderKind.everyday.rawValue
        guard let kind = ShopeeOrderKind(rawValue: name) else {
            throw Refused(words: "kind is one of \(ShopeeOrderKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var placed: [ShopeeJSON] = []
        for _ in 0..<min(max(1, Int(wish["count"]?.int64 ?? 1)), Self.maximumPlaced) {
            do throws(ShopeeSimulatorError) {
                placed.append(.text(try simulator.place(kind, shopID: wish["shop_id"]?.int64)))
            } catch {
                throw error == .full ? Refused(status: 409, words: "no room for another order") : Refused(status: 404, words: "no such shop")
            }
        }
        return ["external_ids": .array(placed)]
    }

    private func act(_ order: String, _ action: String, _ wish: ShopeeJSON) throws(Refused) -> ShopeeJSON {
        guard simulator.status(order) != nil else { throw Refused(status: 404, words: "no such order") }
        switch action {
        case "pay": return done(simulator.pay(order, pending: wish["pending"]?.flag ?? false))
        case "release": return done(simulator.release(order))
        case "cancel": return done(simulator.cancelByBuyer(order, asks: wish["asks"]?.flag))
        case "settle": return done(simulator.settleCancellation(order, accepting: wish["accepting"]?.flag ?? true))
        case "complete": return done(simulator.complete(order))
        case "reject_cod": return done(simulator.rejectCOD(order))
        case "return":
            let number = simulator.openReturn(order, firstLineOnly: wish["first_line_only"]?.flag ?? false)
            return ["return_sn": number.map { .text($0) } ?? .null]
        case "advance": return done(simulator.advance(order, try step(wish)))
        default: throw Refused(status: 404, words: "no such action")
        }
    }

    private func step(_ wish: ShopeeJSON) throws(Refused) -> ShopeeCourierStep? {
        guard let name = wish["step"]?.string else { return nil }
        guard let step = ShopeeCourierStep(rawValue: name) else {
            throw Refused(words: "step is one of \(ShopeeCourierStep.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return step
    }

    private func handle(package: String, _ action: String, _ wish: ShopeeJSON) throws(Refused) -> ShopeeJSON {
        guard simulator.packageStatus(package) != nil else { throw Refused(status: 404, words: "no such package") }
        switch action {
        case "advance": return done(simulator.advance(package: package, try step(wish)))
        case "tracking": simulator.assignTracking(package: package)
        case "label": simulator.finishLabel(package: package)
        default: throw Refused(status: 404, words: "no such action")
        }
        return done(true)
    }

    private func govern(_ shop: String, _ action: String) throws(Refused) -> ShopeeJSON {
        guard let id = Int64(shop), simulator.configuration.shops.contains(where: { $0.shopID == id }) else { throw Refused(status: 404, words: "no such shop") }
        switch action {
        case "consent": return ["code": .text(simulator.consent(shopID: id)), "shop_id": .integer(id)]
        case "authorise":
            guard let pair = try? simulator.authorise(shopID: id) else { throw Refused(status: 404, words: "no such shop") }
            return ["access_token": .text(pair.accessToken), "refresh_token": .text(pair.refreshToken)]
        case "expire_access": simulator.expireAccessTokens(of: id)
        case "expire_refresh": simulator.expireRefreshTokens(of: id)
        case "expire_consent": simulator.expireConsent(of: id)
        case "revoke": simulator.revokeConsent(of: id)
        case "ban": simulator.setBanned(true, shopID: id)
        case "unban": simulator.setBanned(false, shopID: id)
        default: throw Refused(status: 404, words: "no such action")
        }
        return done(true)
    }

    private func arrange(_ name: String, _ wish: ShopeeJSON) throws(Refused) -> ShopeeJSON {
        let endpoint = wish["endpoint"]?.string, times = Int(wish["times"]?.int64 ?? 1)
        switch name {
        case "consent": return ["code": .text(simulator.consent(shopID: wish["shop_id"]?.int64))]
        case "refuse": simulator.refuseNext(endpoint, code: wish["code"]?.string ?? "error_server", message: wish["message"]?.string ?? "", times: times)
        case "lose": simulator.loseNextAnswer(endpoint, times: times)
        case "hang": simulator.hangNext(endpoint, for: .seconds(wish["seconds"]?.double ?? 1), times: times)
        case "break": simulator.breakNext(endpoint, status: Int(wish["status"]?.int64 ?? 502), times: times)
        case "clock": simulator.advanceClock(bySeconds: Int(wish["advance_seconds"]?.int64 ?? 0))
        case "labels": simulator.failLabels(Int(wish["fail"]?.int64 ?? 0))
        case "arrangements": simulator.lockArrangements(Int(wish["lock"]?.int64 ?? 0))
        case "callback": simulator.setCallback(url: wish["url"]?.string)
        case "pushes":
            if wish["unsuspend"]?.flag == true { simulator.unsuspendPushes() }
            if let isPaused = wish["paused"]?.flag { isPaused ? simulator.pausePushes() : simulator.resumePushes(reversed: wish["reversed"]?.flag ?? false) }
        case "faults":
            guard let level = wish["level"]?.string.flatMap({ FaultLevel(rawValue: $0) }) else { throw Refused(words: "level is none, normal or storm") }
            simulator.faults.level = level
        case "switches": throwSwitches(wish)
        default: throw Refused(status: 404, words: "no such page")
        }
        return done(true)
    }

    private func throwSwitches(_ wish: ShopeeJSON) {
        simulator.set { switches in
            let flags: [(String, WritableKeyPath<ShopeeSwitches, Bool>)] = [
                ("answers_forbidden", \.answersForbidden), ("is_key_expired", \.isKeyExpired), ("is_address_undeclared", \.isAddressUndeclared),
                ("hides_content_type", \.hidesContentType), ("sends_message_id", \.sendsMessageID), ("retry_keeps_message_id", \.retryKeepsMessageID),
                ("refuses_second_arrangement", \.refusesSecondArrangement), ("repeats_cursor", \.repeatsCursor), ("is_on_holiday", \.isOnHoliday),
                ("writes_lost_messages_as_text", \.writesLostMessagesAsText), ("expires_at_instant", \.expiresAtInstant),
            ]
            for (name, path) in flags { if let flag = wish[name]?.flag { switches[keyPath: path] = flag } }
            if let word = wish["token_word"]?.string.flatMap({ ShopeeSwitches.TokenWord(rawValue: $0) }) { switches.tokenWord = word }
            if let form = wish["label_form"]?.string.flatMap({ ShopeeSwitches.LabelForm(rawValue: $0) }) { switches.labelForm = form }
            if let mode = wish["cancel_mode"]?.string.flatMap({ ShopeeSwitches.CancelMode(rawValue: $0) }) { switches.cancelMode = mode }
            if let count = wish["orders_while_paging"]?.int64 { switches.ordersWhilePaging = Int(count) }
        }
    }
}
