import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to the hub's REST API as any other program does: an address, a token, JSON.
struct APIClient: Sendable {
    static let maximumAnswerBytes = 64 << 20, largestPage = 200
    static let connectSeconds: Int64 = 5, answerSeconds: Int64 = 600

    let address: String, token: String
    private let client: HTTPClient

    init(address: String, token: String, client: HTTPClient) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token; self.client = client
    }

    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(connectSeconds), read: .seconds(answerSeconds)))
        configuration.connectionPool.retryConnectionEstablishment = false      // a hub that does not run is told at once
        return configuration
    }

    struct Answer: Sendable { var status: Int, headers: HTTPHeaders, data: Data }

    /// - Parameter path: under `/api/v1/`, each part from outside through `Self.part`.
    func get(_ path: String, _ query: [(String, String?)] = []) async throws -> JSONValue { try await json(.GET, path + Self.query(query)) }
    func post(_ path: String, _ body: JSONValue? = nil) async throws -> JSONValue { try await json(.POST, path, body) }
    func put(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await json(.PUT, path, body) }
    func patch(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await json(.PATCH, path, body) }
    func delete(_ path: String) async throws { _ = try await json(.DELETE, path) }

    private func json(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        var headers: [(String, String)] = []
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let answer = try await send(method, "/api/v1/" + path, headers: headers, body: try body.map { .bytes(try $0.data()) })
        return try Self.read(answer)
    }

    static func read(_ answer: Answer) throws -> JSONValue {
        guard (200..<300).contains(answer.status) else { throw refusal(answer) }
        if answer.data.isEmpty { return .null }
        do { return try JSONValue(data: answer.data) } catch { throw CommandFailure(.failed, "The hub's answer is not JSON: is this address a Crossdock hub?") }
    }

    /// All rows of a list up to `limit`, page by page, in the API's own form.
    func list(_ path: String, _ query: [(String, String?)] = [], limit: Int) async throws -> JSONValue {
        var rows: [JSONValue] = [], cursor: String?
        repeat {
            let page = try await get(path, query + [("limit", String(min(Self.largestPage, limit - rows.count))), ("cursor", cursor)])
            rows += page["data"].elements
            cursor = page["nextCursor"].string
            if page["data"].elements.isEmpty { break }
        } while cursor != nil && rows.count < limit
        return .object(["data": .array(rows), "nextCursor": JSONValue(cursor)])
    }

    /// Any path of the hub, the answer as it came.
    func send(_ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: HTTPClientRequest.Body? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = body
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.answerSeconds))
            let buffer = try await response.body.collect(upTo: Self.maximumAnswerBytes)
            return Answer(status: Int(response.status.code), headers: response.headers, data: Data(buffer.readableBytesView))
        } catch is CancellationError { throw CancellationError() } catch {
            throw CommandFailure(.unreachable, "The hub at \(address) cannot be reached (\(Self.words(error))). Is it running? `crossdock serve` starts it; --url or --data names another.")
        }
    }

    /// Why a connection failed, without a URL or a stack.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: "\(error)".replacing("HTTPClientError.", with: "")
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is NIOConnectionError: "connection refused"
        default: String(describing: type(of: error))
        }
    }

    /// The hub's own sentence, and where it points to.
    private static func refusal(_ answer: Answer) -> CommandFailure {
        let document = try? JSONValue(data: answer.data), problem = document ?? .null      // not a problem document: the status alone speaks
        var sentence = problem["detail"].string ?? "The hub answered \(answer.status)."
        switch answer.status {
        case 401:
            return CommandFailure(.unauthorised, "The hub does not know this token. Use --token or CROSSDOCK_TOKEN, or --data with the hub's data directory on its own machine.", document: document)
        case 403: return CommandFailure(.unauthorised, sentence, document: document)
        case 500...: return CommandFailure(answer.status == 503 ? .unreachable : .failed, sentence, document: document)
        default:
            if let line = problem["line"].whole, line > 0 { sentence = "line \(line), column \(problem["column"].whole ?? 1): \(sentence)" }
            let meant = problem["suggestions"].elements.map(\.plain)
            if !meant.isEmpty, !meant.allSatisfy({ sentence.contains($0) }) { sentence += " It could mean: \(meant.joined(separator: ", "))." }
            if let pointer = problem["pointer"].string, !pointer.isEmpty, problem["line"].isNull { sentence += " (at \(pointer))" }
            return CommandFailure(.refused, sentence, document: document)
        }
    }

    private static let shortestID = 15

    /// The id of a channel named by its name or its id: a name's spaces have no place in a path.
    func channel(_ text: String) async throws -> String {
        if text.count >= Self.shortestID, text.allSatisfy({ $0.isASCII && $0.isNumber }) { return text }
        let all = try await get("channels")["data"].elements
        guard let found = all.first(where: { $0["name"].string == text || $0["id"].string == text }) else {
            throw CommandFailure(.refused, "There is no channel \"\(text)\". `crossdock channel list` shows them.")
        }
        return found["id"].plain
    }

    /// One part of a path: a name or an id from outside.
    static func part(_ text: String) -> String { escaped(text) }
    private static func query(_ pairs: [(String, String?)]) -> String {
        let given = pairs.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }
    private static let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    private static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "" }
}
