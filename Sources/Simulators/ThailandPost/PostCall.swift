import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// A call with its raw bytes.
struct PostCall: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let query: [String: String]
    let authorization: String?
    let body: Data
    /// Where the caller sits, as the allow-list sees it.
    let address: String

    init(_ request: Request, _ context: BasicSimulatorContext) async throws {
        method = request.method
        path = request.uri.path
        query = Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        authorization = request.headers[.authorization]
        body = Data(try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes).readableBytesView)
        address = context.channel.remoteAddress?.ipAddress ?? ""
    }

    /// The path below a system's prefix; nil where it is another path.
    func below(_ prefix: String) -> String? {
        path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)).trimmingCharacters(in: ["/"]) : nil
    }

    /// The body as JSON; nil where it is none.
    var json: PostJSON? { try? PostJSON(parsing: body) }

    /// User and password of a Basic header.
    var basic: (user: String, password: String)? {
        guard let header = authorization, header.hasPrefix("Basic "), let bytes = Data(base64Encoded: String(header.dropFirst(6))) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// What follows `Token` or `Bearer`: clients differ, the post takes both (thailandpost.md §2.1).
    var token: String? {
        guard let header = authorization else { return nil }
        for scheme in ["Token ", "Bearer "] where header.hasPrefix(scheme) { return String(header.dropFirst(scheme.count)) }
        return nil
    }
}

/// An answer before it goes out.
struct PostReply: Sendable {
    var status = 200
    var contentType = "application/json; charset=utf-8"
    var body: Data

    static func json(_ value: PostJSON, status: Int = 200) -> PostReply {
        // A value of ours always encodes; an empty body would show at once in every test.
        PostReply(status: status, body: (try? JSONEncoder.simulator.encode(value)) ?? Data())
    }

    /// The errors of A and B that are JSON.
    static func refused(_ status: Int, _ message: String) -> PostReply { .json(["message": .string(message), "status": false], status: status) }

    static func html(_ status: Int, _ title: String) -> PostReply {
        let page = "<!DOCTYPE html>\n<html><head><title>\(title)</title></head><body><center><h1>\(status) \(title)</h1></center></body></html>\n"
        return PostReply(status: status, contentType: "text/html; charset=utf-8", body: Data(page.utf8))
    }

    static let notFound = html(404, "Not Found")
    static let unavailable = html(503, "Service Unavailable")

    var response: Response {
        Response(status: .init(code: status), headers: [.contentType: contentType], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
