import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Small readers of requests and writers of answers.
enum APIRead {
    static let maximumBodyBytes = 1 << 20
    static let defaultLimit = 50, maximumLimit = 200

    static func body<T: Decodable>(_ type: T.Type, _ request: Request) async throws -> T {
        if let contentType = request.headers[.contentType], !contentType.lowercased().hasPrefix("application/json") {
            throw APIProblem(.unsupportedMediaType, "unsupported_media_type", "Send application/json.")
        }
        let buffer = try await body(of: request)
        guard !holdsNUL(buffer.readableBytesView) else { throw APIProblem(.unprocessableContent, "invalid_body", "A text holds a NUL character, which cannot be stored.") }
        do { return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView)) } catch let error as DecodingError {
            throw APIProblem(.unprocessableContent, "invalid_body", sentence(error), pointer: pointer(error))
        }
    }

    static func body(of request: Request) async throws -> ByteBuffer {
        guard let buffer = try await bytes(of: request, upTo: maximumBodyBytes) else { throw APIProblem(.contentTooLarge, "too_large", "The body is larger than \(maximumBodyBytes) bytes.") }
        return buffer
    }

    /// The whole body; nil when it is larger than `limit`. One that says so beforehand is not read at all.
    static func bytes(of request: Request, upTo limit: Int) async throws -> ByteBuffer? {
        guard !isDeclaredLarger(request, than: limit) else { return nil }
        do { return try await request.body.collect(upTo: limit) } catch let error as HTTPError where error.status == .contentTooLarge { return nil } catch is NIOTooManyBytesError { return nil }
    }

    static func isDeclaredLarger(_ request: Request, than limit: Int) -> Bool {
        request.headers[.contentLength].map { Int($0).map { $0 > limit } ?? true } ?? false
    }

    /// Whether the JSON has a string with the escape of U+0000, which PostgreSQL's text cannot hold.
    private static func holdsNUL(_ json: ByteBufferView) -> Bool {
        let escape = Array("\\u0000".utf8)
        var isEscaped = false, matched = 0
        for byte in json {
            if matched > 1 { matched = byte == escape[matched] ? matched + 1 : 0 } else if isEscaped { matched = byte == escape[1] ? 2 : 0 }
            if matched == escape.count { return true }
            isEscaped = !isEscaped && byte == escape[0]
        }
        return false
    }

    private static func path(_ error: DecodingError) -> [any CodingKey] {
        switch error {
        case .keyNotFound(let key, let context): context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context.codingPath
        @unknown default: []
        }
    }
    private static func pointer(_ error: DecodingError) -> String { "/" + path(error).map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/") }
    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "The member \(key.stringValue) is missing."
        case .typeMismatch(let type, _): "The value is not a \(type)."
        case .valueNotFound: "The value may not be null."
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "The body is not JSON."
        default: "The value is not what was expected."
        }
    }

    /// A number as it is written: no sign before it, no leading zero.
    static func whole(_ text: String) -> Int64? { Int64(text).flatMap { String($0) == text ? $0 : nil } }

    /// One part of the path, its escapes read once. A name may stand there.
    static func part(_ context: AppContext, _ name: String = "id", what: String) throws -> String {
        guard let text = context.parameters.get(name)?.removingPercentEncoding, !text.isEmpty else { throw APIProblem.notFound(what) }
        return text
    }

    static func id<T: HubIdentifier>(_ type: T.Type, _ context: AppContext, _ name: String = "id", what: String) throws -> T {
        guard let number = whole(try part(context, name, what: what)), number > 0 else { throw APIProblem.notFound(what) }
        return T(number)
    }

    static func limit(_ request: Request) throws -> Int {
        guard let text = try request.query["limit"] else { return defaultLimit }
        guard let value = whole(text).map(Int.init), (1...maximumLimit).contains(value) else { throw invalid("limit", "a whole number from 1 to \(maximumLimit)") }
        return value
    }

    static func words<T: RawRepresentable & CaseIterable>(_ request: Request, _ name: String) throws -> [T] where T.RawValue == String {
        guard let text = try request.query[name] else { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let value = T(rawValue: String(word)) else { throw invalid(name, "of: " + T.allCases.map(\.rawValue).joined(separator: ", ")) }
            return value
        }
    }

    /// A text of 1 to `maximum` characters; nil when it is not given.
    static func text(_ request: Request, _ name: String, maximum: Int) throws -> String? {
        guard let text = try request.query[name] else { return nil }
        guard !text.isEmpty, text.unicodeScalars.count <= maximum else { throw invalid(name, "a text of 1 to \(maximum) characters") }
        return text
    }

    static func time(_ request: Request, _ name: String) throws -> Timestamp? {
        guard let text = try request.query[name] else { return nil }
        guard let value = Timestamp(rfc3339: withSign(text)) else { throw invalid(name, "an RFC 3339 time, for instance 2026-11-21T00:00:00Z") }
        return value
    }

    /// `2026-01-01T00:00:00 07:00` is what a query makes of `…+07:00` when nobody escapes its sign.
    private static func withSign(_ text: String) -> String {
        guard let space = text.lastIndex(of: " "), text.distance(from: text.startIndex, to: space) >= shortestTime else { return text }
        return text.replacingCharacters(in: space...space, with: "+")
    }
    private static let shortestTime = "2026-01-01T00:00:00".count

    static func flag(_ request: Request, _ name: String) throws -> Bool? {
        switch try request.query[name] {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw invalid(name, "true or false")
        }
    }

    static func identifier<T: HubIdentifier>(_ request: Request, _ name: String) throws -> T? {
        guard let text = try request.query[name] else { return nil }
        guard let number = whole(text), number > 0 else { throw invalid(name, "an id") }
        return T(number)
    }

    static func invalid(_ name: String, _ wanted: String) -> APIProblem {
        APIProblem(.badRequest, "invalid_parameter", "The parameter \(name) must be \(wanted).", pointer: name)
    }
}

enum APIWrite {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let data = try JSONEncoder.crossdock.encode(value)
        return Response(status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
    /// An object written without the general encoder: orders, which come by the hundred.
    static func json(_ fields: (inout JSONText) throws -> Void) throws -> Response {
        var json = JSONText(capacity: 1 << 14)
        try json.object(fields)
        return Response(status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
    static func json(text: String) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
    struct Page<Item: Encodable>: Encodable {
        var data: [Item], nextCursor: String?
        enum CodingKeys: CodingKey { case data, nextCursor }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(data, forKey: .data)
            try container.encode(nextCursor, forKey: .nextCursor)
        }
    }
    struct Count: Encodable { var count: Int }
}
