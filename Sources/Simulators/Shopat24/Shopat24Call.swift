import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// A call with its raw bytes, before and after it was let in.
struct Shopat24Call: Sendable {
    let method: String
    /// As on the request line, without the query: what is signed.
    let path: String
    let query: [(name: String, value: String)]
    let headers: HTTPFields
    let body: Data

    init(_ request: Request, limit: Int) async throws {
        method = request.method.rawValue
        let target = (request.head.path ?? request.uri.description).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(target.first ?? "")
        query = target.count > 1 ? Self.pairs(String(target[1])) : []
        headers = request.headers
        body = Data(try await request.body.collect(upTo: limit).readableBytesView)
    }

    /// Percent-decoded; a plus stays a plus, since times carry one.
    static func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            let decoded = parts.map { $0.removingPercentEncoding ?? $0 }
            return (decoded.first ?? "", decoded.count > 1 ? decoded[1] : "")
        }
    }

    subscript(query name: String) -> String? { query.first { $0.name == name }?.value }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

    func decode<Body: Decodable>(_ type: Body.Type) throws(Shopat24Problem) -> Body {
        do { return try JSONDecoder().decode(type, from: body) } catch { throw Shopat24Problem(.invalid, "The body is not what this call takes.") }
    }
}

/// Status, headers and bytes of an answer, kept so that it can be replayed.
struct Shopat24Reply: Sendable {
    /// What every answer but a label is wrapped in (shopat24.md §6).
    private struct Envelope<Content: Encodable & Sendable>: Encodable {
        var success: Bool, code: String, message: String, data: Nullable<Content>
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var contentType = "application/json; charset=utf-8"
    var body: Data

    static func json(_ value: some Encodable, status: Int = 200) -> Shopat24Reply {
        // Our own plain structs always encode; an empty body would show at once in every test.
        Shopat24Reply(status: status, body: (try? JSONEncoder.simulator.encode(value)) ?? Data())
    }

    static func ok(_ data: some Encodable & Sendable) -> Shopat24Reply {
        json(Envelope(success: true, code: "0000", message: "OK", data: Nullable(data)))
    }

    static func problem(code: String, _ message: String, status: Int) -> Shopat24Reply {
        json(Envelope(success: false, code: code, message: message, data: Nullable<String>(nil)), status: status)
    }

    var response: Response {
        var fields: HTTPFields = [.contentType: contentType]
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
