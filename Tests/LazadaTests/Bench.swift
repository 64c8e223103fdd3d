import Connect
import Domain
import DossierSamples
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import LazadaConnector

/// A platform that answers from a closure and remembers what it was asked.
final class FakeLazada: Sendable {
    struct Call: Sendable, Equatable {
        var method: String, path: String, parameters: [String: String], url: String
    }

    private let asked = Mutex<[Call]>([])
    private let kept = Mutex<[String: String]>([:])
    private let tokens = Mutex<(current: String, renewed: Int)>(("token-1", 0))
    let answer: @Sendable (Call) -> PlatformAnswer

    init(_ answer: @escaping @Sendable (Call) -> PlatformAnswer) { self.answer = answer }

    var calls: [Call] { asked.withLock { $0 } }
    var paths: [String] { calls.map(\.path) }
    var saved: [String: String] { kept.withLock { $0 } }
    /// How often another token was asked for.
    var renewals: Int { tokens.withLock { $0.renewed } }

    static let now = Timestamp(seconds: 1_761_021_700)

    func context(_ settings: [String: String] = [:], hookURL: String? = nil) -> ChannelContext {
        let http = ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            let call = Self.call(request)
            self.asked.withLock { $0.append(call) }
            let answer = self.answer(call)
            // No answer at all.
            if answer.status == 0 { throw .unreachable(reason: "no answer") }
            return answer
        }
        let credentials = CredentialSource { (_, refused) async throws(ConnectorError) -> Credential in
            let token = self.tokens.withLock { state in
                if refused == state.current { state = ("token-\(state.renewed + 2)", state.renewed + 1) }
                return state.current
            }
            return Credential(accessToken: token, refreshToken: "refresh-1", accountID: "th:100190009", issuedAt: Self.now)
        }
        return ChannelContext(
            channel: ChannelID(7), name: "shop", settings: ChannelSettings(Self.settings.merging(settings) { $1 }), http: http, now: { Self.now },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), hookURL: hookURL, save: { changed in self.kept.withLock { $0.merge(changed) { $1 } } },
            credentials: credentials)
    }

    func connector(_ settings: [String: String] = [:], hookURL: String? = nil) throws -> LazadaConnector { try LazadaConnector(context(settings, hookURL: hookURL)) }

    static let settings = ["appKey": "123456", "appSecret": "helloworld", "country": "th", "sellerID": "100190009", "baseURL": "https://api.example/rest"]
    static let silent = PlatformAnswer(status: 0)

    private static func call(_ request: PlatformRequest) -> Call {
        let parts = request.url.split(separator: "?", maxSplits: 1).map(String.init)
        let text = parts.count == 2 ? parts[1] : String(decoding: request.body, as: UTF8.self)
        var parameters: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).removingPercentEncoding ?? "" }
            if halves.count == 2 { parameters[halves[0]] = halves[1] }
        }
        let path = parts[0].replacing("https://api.example/rest", with: "").replacing("https://auth.lazada.com/rest", with: "")
        return Call(method: request.method.rawValue, path: path, parameters: parameters, url: parts[0])
    }
}

extension PlatformAnswer {
    static func json(_ text: String, status: Int = 200, headers: HTTPFields = [:]) -> PlatformAnswer { PlatformAnswer(status: status, headers: headers, body: Array(text.utf8)) }
    static func data(_ json: String) -> PlatformAnswer { .json(#"{"code":"0","request_id":"r1","data":\#(json)}"#) }
    static func result(_ json: String) -> PlatformAnswer { .json(#"{"code":"0","request_id":"r1","result":\#(json)}"#) }
    static func failure(_ code: String, _ message: String = "words", type: String = "ISV") -> PlatformAnswer {
        .json(#"{"code":"\#(code)","type":"\#(type)","message":"\#(message)","request_id":"r1"}"#)
    }
}

/// The order and the items of the dossier (platforms/lazada.md §4.2), with changes.
enum Sample {
    static let orderNumber = "700000000000001"
    static let externalID = "th:100190009:700000000000001"

    static let order = DossierSamples.lazadaOrder
    static let item = DossierSamples.lazadaItem

    /// A text with these members replaced by JSON texts; `nil` takes a member away.
    static func changed(_ text: String, _ changes: [String: String?]) throws -> String {
        var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for (key, value) in changes { object[key] = try value.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) } }
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
    }

    /// The dossier's two units: items 700000000000002 and …3, each with changes of its own.
    static func units(_ changes: [[String: String?]] = [[:], [:]]) throws -> [String] {
        try changes.enumerated().map { index, change in try changed(item, ["order_item_id": "70000000000000\(index + 2)"].merging(change) { $1 }) }
    }

    static func body(_ changes: [String: String?] = [:], items: [[String: String?]] = [[:], [:]]) throws -> [UInt8] {
        Array(#"{"order":\#(try changed(order, changes)),"items":[\#(try units(items).joined(separator: ","))]}"#.utf8)
    }

    static func delivery(_ body: [UInt8], topic: String = LazadaConnector.readTopic, origin: DeliveryOrigin = .fetch) -> StoredDelivery {
        StoredDelivery(id: DeliveryID(1), channel: ChannelID(7), origin: origin, topic: topic, body: body, receivedAt: FakeLazada.now, askedAt: origin == .webhook ? nil : FakeLazada.now)
    }

    static func snapshot(_ changes: [String: String?] = [:], items: [[String: String?]] = [[:], [:]], settings: [String: String] = [:]) throws -> OrderSnapshot {
        try snapshot(of: try body(changes, items: items), settings: settings)
    }

    static func snapshot(of body: [UInt8], settings: [String: String] = [:]) throws -> OrderSnapshot {
        let meanings = try FakeLazada { _ in .silentAnswer }.connector(settings).interpret(delivery(body))
        guard case .order(let order)? = meanings.first, meanings.count == 1 else { throw ConnectorError.notUnderstood(field: "meaning", found: "\(meanings)") }
        return order
    }

    static func action(_ snapshot: OrderSnapshot) -> OrderForAction { OrderForAction(id: OrderID(1), channel: ChannelID(7), channelName: "shop", snapshot: snapshot) }
}

extension PlatformAnswer {
    static let silentAnswer = PlatformAnswer(status: 500)
}

/// The error of a call that has to fail; nil when it did not.
func failure<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}
