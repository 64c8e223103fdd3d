import AsyncHTTPClient
import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
import SimulatorKit
import Synchronization

/// The real HTTP between a connector and its simulator, with a record of what was asked.
final class Wire: Sendable {
    private let asked = Mutex<[PlatformRequest]>([])
    private let limit = Mutex<Int?>(nil)
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
    static let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// The simulators speak plain HTTP; an `https` address goes there all the same, as through a proxy.
    var http: ChannelHTTP {
        let live = LiveHTTP(client: Self.client, addressGuard: AddressGuard(allowedHosts: ["127.0.0.1"]), now: Self.clock)
            .channel(budget: Budget(callsPerSecond: 2_000, burst: 2_000, concurrency: 8))
        return ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            var request = request
            self.asked.withLock { $0.append(request) }
            request.url = request.url.replacing("https://127.0.0.1", with: "http://127.0.0.1", maxReplacements: 1)
            if let limit = self.limit.withLock({ $0 }) { request.timeoutSeconds = limit }
            return try await live.send(request)
        }
    }

    func context(_ settings: [String: String], credentials: LentCredentials? = nil) -> ChannelContext {
        ChannelContext(channel: ChannelID(7), name: "conformance", settings: ChannelSettings(settings), http: http, now: Self.clock,
                       logger: Logger(label: "conformance", factory: { _ in SwiftLogNoOpLogHandler() }), credentials: credentials?.source ?? .none)
    }

    /// Calls wait no longer than this, whatever the connector says.
    func limit(to seconds: Int?) { limit.withLock { $0 = seconds } }

    /// What was asked since the last look.
    func takeRequests() -> [PlatformRequest] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
    }
}

extension CaughtWebhook {
    /// The headers that prove who sent it: a signature by its name, or what HTTP itself has for it.
    var proofs: [String: String] { headers.filter { $0.key.contains("signature") || $0.key.contains("hmac") || $0.key == "authorization" } }

    /// As the hub's door sees it.
    var incoming: IncomingDelivery {
        var fields = HTTPFields()
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return IncomingDelivery(headers: fields, body: Array(body), receivedAt: Timestamp(milliseconds: Int64(receivedAt.timeIntervalSince1970 * 1000)))
    }
}

extension HookVerdict {
    var receipt: Receipt? { if case .accept(let receipt) = self { receipt } else { nil } }
    var refusal: HookAnswer? { if case .refuse(let answer) = self { answer } else { nil } }
}

/// Runs a platform and a catcher in the hub's place for one test, and stops both whatever happened.
func withPlatform(
    _ platform: Platform, currency: String = "THB", hasLateNumbers: Bool = false, answer: @escaping @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { _, _ in .init() },
    _ body: (any PlatformUnderTest, WebhookCatcher) async throws -> Void
) async throws {
    let catcher = try await WebhookCatcher.start(answer: answer)
    var failure: (any Error)?
    do {
        if let running = try await platform.start(KitConfiguration(hookURL: catcher.url, currency: currency, hasLateNumbers: hasLateNumbers)) {
            do { try await body(running, catcher) } catch { failure = error }
            await running.stop()
        }
    } catch { failure = error }
    await catcher.stop()
    if let failure { throw failure }
}

/// The error of a call that has to fail; nil when it did not.
func connectorError<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}
