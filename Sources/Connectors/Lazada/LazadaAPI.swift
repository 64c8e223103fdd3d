import Connect
import Domain
import Foundation
import HTTPTypes

/// One call of the API, as a value. Its parameters are plain; those that hold JSON hold it as text.
struct APICall: Sendable, Equatable {
    var method: HTTPRequest.Method
    /// Without host and without `/rest`: this is what is signed.
    var path: String
    var parameters: [String: String]
    var timeoutSeconds = 20

    static func get(_ path: String, _ parameters: [String: String], timeoutSeconds: Int = 20) -> APICall {
        APICall(method: .get, path: path, parameters: parameters, timeoutSeconds: timeoutSeconds)
    }
    static func post(_ path: String, _ parameters: [String: String]) -> APICall { APICall(method: .post, path: path, parameters: parameters, timeoutSeconds: 30) }
}

/// Signs and sends calls for one seller. What went wrong is thrown by its class (platforms/lazada.md §8).
struct LazadaAPI: Sendable {
    let settings: LazadaSettings
    let context: ChannelContext
    var signing: LazadaSigning { LazadaSigning(app: settings.app) }

    /// The answer to a call in the seller's name. A refused token is renewed by the hub and the call made once more.
    func call(_ call: APICall) async throws(ConnectorError) -> APIAnswer {
        let outcome = try await context.credentials.used { (credential) async throws(ConnectorError) -> Outcome in
            let answer = try await context.http.send(request(call, at: settings.baseURL, token: credential.accessToken))
            let now = context.now()
            guard let failure = AnswerReading.failure(of: answer, now: now) else { return .answer(answer.body) }
            // Only a refused token is worth another: a missing permission stays missing under a new one.
            if AnswerReading.isRefusedToken(answer) { throw failure }
            return .failure(failure)
        }
        switch outcome {
        case .answer(let body): return APIAnswer(path: call.path, body: body)
        case .failure(let error): throw error
        }
    }

    private enum Outcome: Sendable { case answer([UInt8]), failure(ConnectorError) }

    /// The answer to a call of the token host: signed, without any token (§2.3).
    func callForToken(_ call: APICall) async throws(ConnectorError) -> APIAnswer {
        let answer = try await context.http.send(request(call, at: settings.authURL, token: nil))
        if let failure = AnswerReading.failure(of: answer, now: context.now()) { throw failure }
        return APIAnswer(path: call.path, body: answer.body)
    }

    func request(_ call: APICall, at base: String, token: String?) -> PlatformRequest {
        Self.request(call, at: base, token: token, signing: signing, timestamp: context.now())
    }

    /// Everything goes into the query of a GET and into the form of a POST, as the official SDK does it (§2.4). An empty value is never sent: SDKs differ on signing it.
    static func request(_ call: APICall, at base: String, token: String?, signing: LazadaSigning, timestamp: Timestamp) -> PlatformRequest {
        var parameters = call.parameters.filter { !$0.value.isEmpty }
        parameters["app_key"] = signing.app.key
        parameters["timestamp"] = String(timestamp.milliseconds)
        parameters["sign_method"] = "sha256"
        if let token { parameters["access_token"] = token }
        parameters["sign"] = signing.sign(path: call.path, parameters)
        let text = parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { "\(percentEncoded($0.key))=\(percentEncoded($0.value))" }.joined(separator: "&")
        var headers = HTTPFields()
        headers[.accept] = "application/json"
        guard call.method == .post else { return PlatformRequest(call.method, "\(base)\(call.path)?\(text)", headers: headers, timeoutSeconds: call.timeoutSeconds) }
        headers[.contentType] = "application/x-www-form-urlencoded;charset=utf-8"
        return PlatformRequest(.post, base + call.path, headers: headers, body: Array(text.utf8), timeoutSeconds: call.timeoutSeconds)
    }

    /// RFC 3986: every byte but letters, digits and `-._~`.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The body of a successful answer.
struct APIAnswer: Sendable {
    let path: String
    let body: [UInt8]

    /// The whole body, read as `type`.
    ///
    /// - Throws: `.notUnderstood` with the field's name and never its contents.
    func decode<Body: Decodable>(_ type: Body.Type) throws(ConnectorError) -> Body {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch let error as DecodingError {
            throw .notUnderstood(field: "\(path) \(error.path)", found: error.problem)
        } catch {
            throw .notUnderstood(field: path, found: "no readable JSON")
        }
    }

    /// What stands under `data`.
    func data<Payload: Decodable>(_ type: Payload.Type) throws(ConnectorError) -> Payload {
        try decode(DataBox<Payload>.self).data
    }

    private struct DataBox<Payload: Decodable>: Decodable { var data: Payload }
}
