import Connect
import Domain
import DossierSamples
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import ShopeeConnector

/// A platform that answers by path, each path's answers one after the other (the last one again and again), and remembers what it was asked.
final class FakeShopee: Sendable {
    private struct State { var answers: [String: [PlatformAnswer]], asked: [PlatformRequest] = [], tokens: [String], lent: [String?] = [] }
    private let state: Mutex<State>

    /// - Parameters:
    ///   - answers: by the part of the path after `/api/v2/`.
    ///   - tokens: what the hub lends: the first, and its successor when it was refused.
    init(_ answers: [String: [PlatformAnswer]] = [:], tokens: [String] = ["token-1", "token-2"]) { state = Mutex(State(answers: answers, tokens: tokens)) }

    var requests: [PlatformRequest] { state.withLock { $0.asked } }
    /// The paths that were asked, in order.
    var paths: [String] { requests.map(\.module) }
    func requests(_ module: String) -> [PlatformRequest] { requests.filter { $0.module == module } }
    /// Which refused token the hub was told of, at each time it was asked.
    var lent: [String?] { state.withLock { $0.lent } }

    private var http: ChannelHTTP {
        ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            let answer = self.state.withLock { state -> PlatformAnswer? in
                state.asked.append(request)
                guard let answers = state.answers[request.module], let first = answers.first else { return nil }
                if answers.count > 1 { state.answers[request.module] = Array(answers.dropFirst()) }
                return first
            }
            guard let answer else { throw .unreachable(reason: "nobody answers \(request.module)") }
            return answer
        }
    }

    func context(_ settings: [String: String] = [:], hookURL: String? = Bench.pushURL, account: String? = Bench.shopText) -> ChannelContext {
        let credentials = CredentialSource { (_, refused) async throws(ConnectorError) -> Credential in
            let token = self.state.withLock { state -> String? in
                state.lent.append(refused)
                if let refused, let index = state.tokens.firstIndex(of: refused) { state.tokens.removeSubrange(...index) }
                return state.tokens.first
            }
            guard let token else { throw .unauthorised(reason: "no token is left") }
            return Credential(accessToken: token, accountID: account, issuedAt: Bench.now)
        }
        return ChannelContext(
            channel: ChannelID(1), name: "shop", settings: ChannelSettings(Bench.settings.merging(settings) { $1 }.filter { !$0.value.isEmpty }), http: http, now: { Bench.now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), hookURL: hookURL, credentials: credentials)
    }

    func connector(_ settings: [String: String] = [:], hookURL: String? = Bench.pushURL, account: String? = Bench.shopText) throws -> ShopeeConnector {
        try ShopeeConnector(context(settings, hookURL: hookURL, account: account), jitter: { 0 })
    }
}

enum Bench {
    /// The moment of the vectors (platforms/shopee.md §2.4).
    static let now = Timestamp(seconds: 1_760_000_000)
    static let shopID: Int64 = 40_071_188, shopText = "40071188"
    static let pushURL = "https://hub.example.test/hooks/shopee"
    static let partnerKey = "crossdock-test-key-0001", pushKey = "crossdock-push-key-0001"
    static let settings = ["partnerID": "1180042", "partnerKey": partnerKey, "pushKey": pushKey, "shopID": shopText]

    static func action(_ order: String = "2510210K7TTH01") -> OrderForAction {
        let snapshot = OrderSnapshot(externalID: "\(shopText):\(order)", externalNumber: order, placedAt: now, revision: Revision(updatedAt: now), currency: .thb,
                                     totals: Totals(items: 0, grand: 0), payment: Payment(state: .paid), lines: [], platformStatus: "READY_TO_SHIP")
        return OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: snapshot)
    }

    static func shipment(_ number: String?, contents: [Parcel.Content] = []) -> Shipment {
        Shipment(id: ShipmentID(1), carrier: "own", channel: ChannelID(2), externalRef: "CD-1", trackingNumber: number, bookedAt: now,
                 parcels: [Parcel(ref: "1", weightGrams: 500, contents: contents)])
    }

    /// The error of a call that has to fail.
    static func error<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
        do { _ = try await body(); return nil } catch { return error }
    }

    static func delivery(_ topic: String, _ body: [UInt8], origin: DeliveryOrigin = .webhook) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(1), origin: origin, topic: topic, body: body, receivedAt: now, askedAt: origin == .webhook ? nil : now)
    }
}

extension PlatformRequest {
    /// The path after `/api/v2/`.
    var module: String {
        let path = url.prefix { $0 != "?" }
        return path.range(of: "/api/v2/").map { String(path[$0.upperBound...]) } ?? String(path)
    }
    var query: [String: String] { Dictionary((URLComponents(string: url)?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 } }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: LooseJSON { LooseJSON(body) ?? .null }
}

extension PlatformAnswer {
    static func json(_ text: String, status: Int = 200, headers: HTTPFields = [:]) -> PlatformAnswer { PlatformAnswer(status: status, headers: headers, body: Array(text.utf8)) }
    static func response(_ json: String) -> PlatformAnswer { .json(#"{"error":"","message":"","request_id":"r1","response":\#(json)}"#) }
    static func error(_ code: String, _ message: String = "words", status: Int = 200, headers: HTTPFields = [:]) -> PlatformAnswer {
        .json(#"{"error":"\#(code)","message":"\#(message)","request_id":"r1"}"#, status: status, headers: headers)
    }
    static func page(_ status: Int) -> PlatformAnswer { .json("<html><body>Bad Gateway</body></html>", status: status, headers: [.contentType: "text/html"]) }
    static func orders(_ bodies: String...) -> PlatformAnswer { .response(#"{"order_list":[\#(bodies.joined(separator: ","))]}"#) }
}

/// The order of platforms/shopee.md §4.2, with changes.
enum SampleOrder {
    static let text = DossierSamples.shopeeOrder

    /// The sample with these members replaced by JSON texts; `nil` takes a member away. `line` and `package` change the first of each.
    static func json(_ changes: [String: String?] = [:], line: [String: String?] = [:], package: [String: String?] = [:]) throws -> String {
        var order = try #require(LooseJSON(Array(text.utf8)))
        order = changed(order, changes)
        if !line.isEmpty, !order["item_list"].list.isEmpty { order = changed(order, ["item_list": written(.list([changed(order["item_list"].list[0], line)] + order["item_list"].list.dropFirst()))]) }
        if !package.isEmpty, !order["package_list"].list.isEmpty { order = changed(order, ["package_list": written(.list([changed(order["package_list"].list[0], package)] + order["package_list"].list.dropFirst()))]) }
        return written(order)
    }

    static func written(_ json: LooseJSON) -> String { String(decoding: json.bytes, as: UTF8.self) }

    static func changed(_ object: LooseJSON, _ changes: [String: String?]) -> LooseJSON {
        guard case .object(var members) = object else { return object }
        for (name, text) in changes { members[name] = text.map { LooseJSON(Array($0.utf8)) ?? .unreadable } }
        return .object(members)
    }

    /// The snapshot that the connector makes of the changed sample.
    static func snapshot(_ changes: [String: String?] = [:], line: [String: String?] = [:], package: [String: String?] = [:], beside: String = "") throws -> OrderSnapshot {
        try snapshot(of: #"{"order":\#(try json(changes, line: line, package: package))\#(beside)}"#)
    }

    static func snapshot(of body: String) throws -> OrderSnapshot {
        let meanings = try FakeShopee().connector().interpret(Bench.delivery(ShopeeConnector.orderTopic, Array(body.utf8), origin: .poll))
        guard case .order(let snapshot)? = meanings.first, meanings.count == 1 else { throw ConnectorError.notUnderstood(field: "interpretation", found: "\(meanings)") }
        return snapshot
    }

    /// A status of the order, with its one package in a status of its own.
    static func standing(_ status: String, package: String = "LOGISTICS_READY", _ changes: [String: String?] = [:]) throws -> String {
        try json(changes.merging(["order_status": "\"\(status)\""]) { $1 }, package: ["logistics_status": "\"\(package)\""])
    }
}
