import Foundation
import SimulatorKit
import Synchronization
import Testing
@testable import LazadaSimulator

/// A caller of the platform that signs by the contract's text (lazada.md §2.4).
struct LazadaCaller {
    let simulator: LazadaSimulator
    var token: String?
    var appKey = "123456"
    var secret = "helloworld"
    /// How wrong this caller's clock is.
    var skewMilliseconds: Int64 = 0
    /// nil: `/rest`.
    var country: LazadaCountry?

    init(_ simulator: LazadaSimulator, token: String? = nil) {
        self.simulator = simulator
        self.token = token
    }

    func pairs(_ path: String, _ parameters: [String: String]) -> [(name: String, value: String)] {
        let now = LazadaTime.milliseconds(simulator.market.read(\.now)) + skewMilliseconds
        var pairs = parameters.map { (name: $0.key, value: $0.value) } + [("app_key", appKey), ("timestamp", "\(now)"), ("sign_method", "sha256")]
        if let token { pairs.append(("access_token", token)) }
        return pairs + [("sign", LazadaSigning.requestSign(secret: secret, path: path, pairs: pairs))]
    }

    func send(_ method: String, _ path: String, _ parameters: [String: String] = [:]) async throws -> PlainAnswer {
        let text = Self.encoded(pairs(path, parameters))
        let base = country.map { simulator.apiURL($0) } ?? simulator.apiURL
        if method == "GET" { return try await PlainHTTP.send("GET", "\(base)\(path)?\(text)") }
        return try await PlainHTTP.send(method, base + path, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Data(text.utf8))
    }

    func get(_ path: String, _ parameters: [String: String] = [:]) async throws -> LazadaJSON { try await json("GET", path, parameters) }
    func post(_ path: String, _ parameters: [String: String] = [:]) async throws -> LazadaJSON { try await json("POST", path, parameters) }

    private func json(_ method: String, _ path: String, _ parameters: [String: String]) async throws -> LazadaJSON {
        let answer = try await send(method, path, parameters)
        #expect(answer.status == 200)
        return try #require(LazadaJSON(parsing: answer.text))
    }

    static func encoded(_ pairs: [(name: String, value: String)]) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
        func encode(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
        return pairs.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    // MARK: The usual calls

    /// Packs all items of an order, or those of `items`. - Returns: the elements, in their order.
    func pack(_ order: String, items: [Int64]? = nil, more: String = "") async throws -> [LazadaJSON] {
        let ids = (items ?? simulator.itemIDs(order)).map { "\($0)" }.joined(separator: ",")
        let wish = #"{"pack_order_list":[{"order_id":\#(orderID(order)),"order_item_list":[\#(ids)]}],"delivery_type":"dropship","shipping_allocate_type":"TFS"\#(more)}"#
        let answer = try await post("/order/fulfill/pack", ["packReq": wish])
        return answer["result"]?["data"]?["pack_order_list"]?.items?.first?["order_item_list"]?.items ?? []
    }

    /// Packs everything that can be packed and makes it ready to ship. - Returns: the package.
    func ship(_ order: String) async throws -> String {
        let package = try #require(try await pack(order).compactMap { $0["package_id"]?.looseText }.first)
        #expect(try await packages("/order/package/rts", "readyToShipReq", [package]).map(\.code) == ["0"])
        return package
    }

    func packages(_ path: String, _ parameter: String, _ packages: [String]) async throws -> [LazadaJSON] {
        let list = packages.map { #"{"package_id":"\#($0)"}"# }.joined(separator: ",")
        let answer = try await post(path, [parameter: #"{"packages":[\#(list)]}"#])
        return answer["result"]?["data"]?["packages"]?.items ?? [answer]
    }

    func orderID(_ externalID: String) -> String { String(externalID.split(separator: ":").last ?? "") }
    func order(_ externalID: String) async throws -> LazadaJSON { try await get("/order/get", ["order_id": orderID(externalID)]) }
    func items(_ externalID: String) async throws -> [LazadaJSON] {
        try await get("/order/items/get", ["order_id": orderID(externalID)])["data"]?.items ?? []
    }
}

extension LazadaJSON {
    /// An element's code, or the envelope's.
    var code: String? { (self["item_err_code"] ?? self["code"])?.looseText }
    /// The code of a whole call that was refused within `result`, in either spelling.
    var resultCode: String? { (self["result"]?["error_code"] ?? self["result"]?["errorCode"])?.looseText }
    func text(_ name: String) -> String? { self[name]?.looseText }
}

/// 2025-10-21 11:40 in Bangkok.
let fixedMoment = Date(timeIntervalSince1970: 1_761_021_600)

/// Runs a simulator with a fixed clock for one test, and stops it afterwards, whatever happened. The caller has a token of the first shop.
func withLazada(
    _ change: (inout LazadaSimulator.Configuration) -> Void = { _ in }, _ body: (LazadaSimulator, LazadaCaller) async throws -> Void
) async throws {
    var configuration = LazadaSimulator.Configuration()
    configuration.now = { fixedMoment }
    change(&configuration)
    let simulator = try await LazadaSimulator.start(configuration)
    do {
        try await body(simulator, LazadaCaller(simulator, token: simulator.grantTokens()?.accessToken))
        await simulator.stop()
    } catch {
        await simulator.stop()
        throw error
    }
}

/// As `withLazada`, with a catcher of pushes whose retries take no time worth speaking of.
func withPushes(
    _ change: (inout LazadaSimulator.Configuration) -> Void = { _ in }, answer: @escaping @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { _, _ in .init() },
    _ body: (LazadaSimulator, LazadaCaller, WebhookCatcher) async throws -> Void
) async throws {
    let catcher = try await WebhookCatcher.start(answer: answer)
    do {
        try await withLazada { configuration in
            configuration.pushURL = catcher.url
            configuration.retryTimeScale = 0.000_001
            // A busy machine's pauses are not this test's matter.
            configuration.pushTimeout = .seconds(10)
            change(&configuration)
        } _: { simulator, caller in try await body(simulator, caller, catcher) }
        await catcher.stop()
    } catch {
        await catcher.stop()
        throw error
    }
}

extension CaughtWebhook {
    var json: LazadaJSON { LazadaJSON(parsing: String(decoding: body, as: UTF8.self)) ?? .null }
}
