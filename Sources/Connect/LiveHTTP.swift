import NIOHTTPCompression
package import AsyncHTTPClient
package import Domain
import Foundation
import HTTPTypes
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

/// The real transport: one shared client, and for each channel its budget and guard.
package struct LiveHTTP: Sendable {
    let client: HTTPClient
    let addressGuard: AddressGuard
    let now: @Sendable () -> Timestamp
    static let maximumAnswerBytes = 32 << 20

    package init(client: HTTPClient, addressGuard: AddressGuard, now: @escaping @Sendable () -> Timestamp) { self.client = client; self.addressGuard = addressGuard; self.now = now }

    /// The settings the shared client is made with: no redirects (one would repeat a signed request elsewhere), bounded times, no tracer (its spans record URLs with their secrets).
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(30)), decompression: .enabled(limit: .size(64 << 20)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        configuration.connectionPool.idleTimeout = .seconds(30)
        return configuration
    }

    package func channel(budget: Budget) -> ChannelHTTP {
        let calls = CallBudget(budget, now: now)
        return ChannelHTTP { request throws(ConnectorError) in
            try await calls.spend { () throws(ConnectorError) in try await self.send(request) }
        }
    }

    private func send(_ request: PlatformRequest) async throws(ConnectorError) -> PlatformAnswer {
        guard let url = URL(string: request.url), let host = url.host, url.scheme == "https" || url.scheme == "http", (1...65_535).contains(url.port ?? 80) else {
            throw .misconfigured(setting: "url", problem: "is not an http or https address")
        }
        try await addressGuard.check(host: host, port: url.port ?? (url.scheme == "https" ? 443 : 80))
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        if !outgoing.headers.contains(name: "user-agent") { outgoing.headers.add(name: "user-agent", value: "Crossdock/1.0") }
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let prepared = outgoing, client = client, seconds = request.timeoutSeconds
            return try await withLimit(.seconds(seconds)) {
                let response = try await client.execute(prepared, timeout: .seconds(Int64(seconds)))
                let body = try await response.body.collect(upTo: Self.maximumAnswerBytes)
                var headers = HTTPFields()
                for (name, value) in response.headers { if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) } }
                return PlatformAnswer(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
            }
        } catch {
            throw .unreachable(reason: Self.reason(error, host: host))
        }
    }

    /// Words for an operator; never the URL's path or query.
    private static func reason(_ error: any Error, host: String) -> String {
        switch error {
        case is TimeLimitPassed: return "\(host) did not answer in time"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout || error == .connectTimeout: return "\(host) did not answer in time"
        case is CancellationError: return "the call was stopped"
        case is NIOTooManyBytesError: return "\(host) answered with more than \(maximumAnswerBytes >> 20) MB"
        case is IOError, is NIOConnectionError: return "\(host) does not accept connections"
        case let error as HTTPClientError: return "\(host): \(error.shortDescription)"
        default: return "\(host) broke the connection (\(type(of: error)))"
        }
    }
}

struct TimeLimitPassed: Error {}

/// Bounds the whole of `body`, head and body of an answer alike; `body` must heed cancellation.
func withLimit<T: Sendable>(_ limit: Duration, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask { try await Task.sleep(for: limit); throw TimeLimitPassed() }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TimeLimitPassed() }
        return value
    }
}
