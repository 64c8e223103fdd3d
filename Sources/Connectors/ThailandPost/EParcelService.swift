import Connect
import Domain
import Foundation
import HTTPTypes

/// System C, the contract customers' web service, under one account (thailandpost.md §2.2, §4.2, §4.3).
struct EParcelService: Sendable {
    let base: String
    let account: PostAccount
    let isCOD: Bool
    let http: ChannelHTTP
    let now: @Sendable () -> Timestamp

    /// It has been seen to hang for half a minute.
    static let timeoutSeconds = 30, pauseSeconds: Int64 = 30
    static let addressHint = "An IP address that Thailand Post has not registered for this account looks the same: ask it to register the hub's"

    // MARK: calls

    /// `addItem` for one, `addItems` for several: one call, no transaction over the list.
    func announce(_ consignments: [Consignment]) async throws(ConnectorError) -> [EParcelResult] {
        let body = consignments.count == 1 ? try encoded(consignments[0]) : try encoded(consignments)
        return try results(try await send(.post, consignments.count == 1 ? "addItem" : "addItems", body))
    }

    /// Before acceptance a consignment can be changed (§6.1).
    func update(_ consignment: Consignment) async throws(ConnectorError) -> [EParcelResult] {
        try results(try await send(.post, "updateItem", try encoded(consignment)))
    }

    func cancel(_ number: String) async throws(ConnectorError) -> [EParcelResult] {
        try results(try await send(.post, "cancelOrder", try encoded(["barcode": number])))
    }

    /// - Returns: nil where this account knows nothing of the number.
    func stored(_ number: String) async throws(ConnectorError) -> StoredConsignment? {
        let answer = try await send(.get, "getOrderByBarcode?barcode=\(Self.inQuery(number))")
        guard let json = JSONValue(reading: answer.body) else { throw .unreachable(reason: "e-Parcel answered with something that is no JSON") }
        let elements = json.list ?? [json]
        if let found = elements.lazy.compactMap({ StoredConsignment($0) }).first { return found }
        for result in EParcelResult.list(json) ?? [] {
            switch EParcelErrors.meanings[result.code] {
            case .credentials, .tryAgain: throw EParcelErrors.error(result, about: number)
            default: continue
            }
        }
        return nil
    }

    /// The code list: the one call that reads nothing of anybody's.
    func statusList() async throws(ConnectorError) -> JSONValue {
        let answer = try await send(.get, "getStatus")
        guard let json = JSONValue(reading: answer.body) else { throw .unreachable(reason: "e-Parcel answered with something that is no JSON") }
        if let result = EParcelResult.list(json)?.first(where: { $0.code == EParcelResult.badUser }) { throw EParcelErrors.error(result, about: "getStatus") }
        return json
    }

    func label(_ number: String, logoURL: String?) async throws(ConnectorError) -> PlatformAnswer {
        try await send(.get, "LabelPDF?barcode=\(Self.inQuery(number))" + (logoURL.map { "&urlLogo=\(Self.inQuery($0))" } ?? ""))
    }

    // MARK: one call

    func request(_ method: HTTPRequest.Method, _ target: String, _ body: [UInt8] = []) -> PlatformRequest {
        var headers: HTTPFields = [.authorization: account.authorization, .accept: "application/json"]
        if !body.isEmpty { headers[.contentType] = "application/json; charset=utf-8" }
        return PlatformRequest(method, base + target, headers: headers, body: body, timeoutSeconds: Self.timeoutSeconds)
    }

    /// Throws what the HTTP status says; the code inside a 200 is the caller's to read (§8).
    private func send(_ method: HTTPRequest.Method, _ target: String, _ body: [UInt8] = []) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await http.send(request(method, target, body))
        switch answer.status {
        case 200..<300: return answer
        case 401, 403: throw .unauthorised(reason: "e-Parcel answered \(answer.status) to the account \(account.user). \(Self.addressHint)")
        case 429: throw .throttled(until: now() + .seconds(answer.pauseSeconds ?? Self.pauseSeconds))
        case 408, 500...599: throw .unreachable(reason: "e-Parcel answered \(answer.status)")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: "e-Parcel answered HTTP \(answer.status)")
        }
    }

    /// A success that cannot be read may have had its effect: it is asked about, never taken for a refusal.
    private func results(_ answer: PlatformAnswer) throws(ConnectorError) -> [EParcelResult] {
        guard let json = JSONValue(reading: answer.body), let results = EParcelResult.list(json) else {
            throw .unreachable(reason: "e-Parcel's answer is not the list of results that it promises")
        }
        return results
    }

    private func encoded(_ value: some Encodable) throws(ConnectorError) -> [UInt8] {
        do { return Array(try JSONEncoder.crossdock.encode(value)) } catch { throw .notUnderstood(field: "request", found: "a value that JSON cannot hold") }
    }

    /// A value in a query: whatever it holds, it stays one value.
    static func inQuery(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(decoding: text.utf8.flatMap { byte -> [UInt8] in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_.".utf8.contains(byte)
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }, as: UTF8.self)
    }
}
