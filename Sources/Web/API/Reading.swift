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
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: maximumBodyBytes) } catch { throw APIProblem(.contentTooLarge, "too_large", "The body is larger than \(maximumBodyBytes) bytes.") }
        guard !holdsNUL(buffer.readableBytesView) else { throw APIProblem(.unprocessableContent, "invalid_body", "A text holds a NUL character, which cannot be stored.") }
        do { return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView)) } catch let error as DecodingError {
            throw APIProblem(.unprocessableContent, "invalid_body", sentence(error), pointer: pointer(error))
        }
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

    static func id<T: HubIdentifier>(_ type: T.Type, _ context: AppContext, _ name: String = "id", what: String) throws -> T {
        guard let text = context.parameters.get(name), let id = T(text: text) else { throw APIProblem.notFound(what) }
        return id
    }

    static func limit(_ request: Request) throws -> Int {
        guard let text = request.uri.queryParameters.get("limit") else { return defaultLimit }
        guard let value = Int(text), (1...maximumLimit).contains(value) else { throw invalid("limit", "a whole number from 1 to \(maximumLimit)") }
        return value
    }

    static func words<T: RawRepresentable & CaseIterable>(_ request: Request, _ name: String) throws -> [T] where T.RawValue == String {
        guard let text = request.uri.queryParameters.get(name), !text.isEmpty else { return [] }
        return try text.split(separator: ",").map { word in
            guard let value = T(rawValue: String(word)) else { throw invalid(name, "of: " + T.allCases.map(\.rawValue).joined(separator: ", ")) }
            return value
        }
    }

    static func time(_ request: Request, _ name: String) throws -> Timestamp? {
        guard let text = request.uri.queryParameters.get(name) else { return nil }
        guard let value = Timestamp(rfc3339: String(text)) else { throw invalid(name, "an RFC 3339 time, for instance 2026-11-21T00:00:00Z") }
        return value
    }

    static func flag(_ request: Request, _ name: String) throws -> Bool? {
        switch request.uri.queryParameters.get(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw invalid(name, "true or false")
        }
    }

    static func identifier<T: HubIdentifier>(_ request: Request, _ name: String) throws -> T? {
        guard let text = request.uri.queryParameters.get(name) else { return nil }
        guard let id = T(text: text) else { throw invalid(name, "an id") }
        return id
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
