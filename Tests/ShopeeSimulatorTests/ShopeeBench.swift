import Foundation
import SimulatorKit
import Synchronization
import Testing
@testable import ShopeeSimulator

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_760_000_000)

    var now: Int64 { seconds.withLock { $0 } }
    var date: Date { Date(timeIntervalSince1970: TimeInterval(now)) }
    func advance(by more: Int64) { seconds.withLock { $0 += more } }
}

/// A platform for one test, and a caller who signs by the dossier's text.
struct ShopeeBench: Sendable {
    static let first: Int64 = 40_071_188, second: Int64 = 40_071_190

    let simulator: ShopeeSimulator
    let clock: TestClock
    var shopID = ShopeeBench.first
    var accessToken: String
    var refreshToken: String

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var body: Data

        var json: ShopeeJSON { (try? ShopeeJSON(parsing: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// Nil: no envelope at all.
        var error: String? { json["error"]?.string }
        var message: String { json["message"]?.string ?? "" }
        var response: ShopeeJSON { json["response"] ?? .null }
    }

    /// A call of the shop; GET without a body, POST with one.
    func call(_ endpoint: String, _ query: [(String, String)] = [], body: ShopeeJSON? = nil) async throws -> Answer {
        try await send(endpoint, common(endpoint) + query, body: body)
    }

    /// A public call.
    func callApp(_ endpoint: String, _ query: [(String, String)] = [], body: ShopeeJSON? = nil) async throws -> Answer {
        try await send(endpoint, signed("/api/v2/\(endpoint)", .app) + query, body: body)
    }

    func common(_ endpoint: String) -> [(String, String)] {
        signed("/api/v2/\(endpoint)", .shop(accessToken: accessToken, id: "\(shopID)")) + [("access_token", accessToken), ("shop_id", "\(shopID)")]
    }

    func signed(_ path: String, _ caller: ShopeeSigning.Caller, key: String? = nil, skew: Int64 = 0) -> [(String, String)] {
        let partner = "\(simulator.configuration.partnerID)", timestamp = "\(Int64(simulator.now.timeIntervalSince1970) + skew)"
        let base = ShopeeSigning.base(partnerID: partner, path: path, timestamp: timestamp, caller: caller)
        return [
            ("partner_id", partner), ("timestamp", timestamp), ("sign", ShopeeSigning.sign(key: key ?? simulator.configuration.partnerKey, base: base)),
        ]
    }

    func send(_ endpoint: String, _ query: [(String, String)], body: ShopeeJSON? = nil) async throws -> Answer {
        try await plain(body == nil ? "GET" : "POST", "/api/v2/\(endpoint)?\(Self.query(query))", body: body?.data)
    }

    func plain(_ method: String, _ target: String, body: Data? = nil) async throws -> Answer {
        let headers = body == nil ? [] : [(name: "Content-Type", value: "application/json")]
        let answer = try await PlainHTTP.send(method, simulator.baseURL + target, headers: headers, body: body)
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    static func query(_ items: [(String, String)]) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return items.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: plain) ?? "")" }.joined(separator: "&")
    }

    // MARK: Shortcuts

    func place(_ kind: ShopeeOrderKind) throws -> String { Self.number(try simulator.place(kind, shopID: shopID)) }
    static func number(_ externalID: String) -> String { String(externalID.split(separator: ":")[1]) }

    /// One element of `get_order_detail`.
    func detail(_ number: String, _ fields: String = ShopeeBench.allFields, pending: Bool = false) async throws -> ShopeeJSON {
        let query = [("order_sn_list", number), ("response_optional_fields", fields)] + (pending ? [("request_order_status_pending", "true")] : [])
        let answer = try await call("order/get_order_detail", query)
        return try #require(answer.response["order_list"]?[0])
    }

    /// Those the dossier says to ask for (§4.2).
    static let allFields =
        "buyer_user_id,buyer_username,estimated_shipping_fee,recipient_address,actual_shipping_fee,actual_shipping_fee_confirmed,note,"
        + "note_update_time,item_list,pay_time,split_up,buyer_cancel_reason,cancel_by,cancel_reason,fulfillment_flag,pickup_done_time,package_list,"
        + "shipping_carrier,payment_method,total_amount,invoice_data,checkout_shipping_carrier,return_request_due_date,pending_terms,pending_description"

    /// The first slot on offer.
    func pickup() async throws -> ShopeeJSON {
        let slot = try #require(ShopeeChannel.slots(at: Int64(simulator.now.timeIntervalSince1970)).first)
        return ["address_id": .integer(ShopeeChannel.addressID), "pickup_time_id": .text(slot.id)]
    }

    @discardableResult
    func ship(_ number: String, package: String? = nil, _ way: String = "dropoff", _ details: ShopeeJSON = .object([])) async throws -> Answer {
        var body: [ShopeeJSON.Member] = [.init("order_sn", .text(number)), .init(way, details)]
        if let package { body.append(.init("package_number", .text(package))) }
        return try await call("logistics/ship_order", body: .object(body))
    }

    func package(_ number: String, _ index: Int = 0) throws -> String {
        let packages = simulator.packageNumbers(number)
        try #require(packages.indices.contains(index))
        return packages[index]
    }

    func list(_ query: [(String, String)] = [], size: Int = 100) async throws -> Answer {
        let now = Int64(simulator.now.timeIntervalSince1970)
        return try await call("order/get_order_list", [
            ("time_range_field", "update_time"), ("time_from", "\(now - 86_400)"), ("time_to", "\(now + 60)"), ("page_size", "\(size)"), ("cursor", ""),
        ].filter { item in !query.contains { $0.0 == item.0 } } + query)
    }
}

/// Runs a test's body with a platform whose first shop is authorised and whose clock stands still, and stops it afterwards.
func withShopee(_ configure: (inout ShopeeConfiguration) -> Void = { _ in }, _ body: (ShopeeBench) async throws -> Void) async throws {
    let clock = TestClock()
    var configuration = ShopeeConfiguration()
    configuration.now = { clock.date }
    configuration.pushTimeScale = 0.000_001
    configure(&configuration)
    let simulator = try await ShopeeSimulator.start(configuration)
    do {
        let pair = try simulator.authorise(shopID: ShopeeBench.first)
        try await body(ShopeeBench(simulator: simulator, clock: clock, accessToken: pair.accessToken, refreshToken: pair.refreshToken))
    } catch {
        await simulator.stop()
        throw error
    }
    await simulator.stop()
}

/// The same with a catcher that takes every push, from after the authorisation on.
func withPushes(
    _ configure: (inout ShopeeConfiguration) -> Void = { _ in }, answer: @escaping @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { _, _ in .init() },
    _ body: (ShopeeBench, WebhookCatcher) async throws -> Void
) async throws {
    let catcher = try await WebhookCatcher.start(answer: answer)
    do {
        try await withShopee(configure) { (bench) async throws in
            bench.simulator.setCallback(url: catcher.url)
            try await body(bench, catcher)
        }
    } catch {
        await catcher.stop()
        throw error
    }
    await catcher.stop()
}

extension WebhookCatcher {
    var pushes: [ShopeeJSON] { all.compactMap { try? ShopeeJSON(parsing: $0.body) } }
    func pushes(code: Int64) -> [ShopeeJSON] { pushes.filter { $0["code"]?.int64 == code }.compactMap { $0["data"] } }
}
