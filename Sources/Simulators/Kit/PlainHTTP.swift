import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1

/// What came back, in plain types.
package struct PlainAnswer: Sendable {
    package var status: Int
    /// Names in lower case; the last of equal names wins.
    package var headers: [String: String]
    package var body: Data

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; empty where it is none.
    package var json: [String: Any] {
        // A body that is not JSON has no members; the status tells the rest.
        (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }
}

/// One call, no retry, no redirect: for looking at a simulator from outside.
package enum PlainHTTP {
    private static let maximumBodyBytes = 16 << 20
    /// Lives as long as the process, so it is never shut down.
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    package static func send(
        _ method: String = "GET", _ url: String, headers: [(name: String, value: String)] = [], body: Data? = nil, limit: Duration = .seconds(10)
    ) async throws -> PlainAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(request, timeout: .nanoseconds(limit.nanoseconds))
        let bytes = try await response.body.collect(upTo: maximumBodyBytes)
        return PlainAnswer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            body: Data(bytes.readableBytesView))
    }
}
