import Connect
import Domain
import SimulatorKit
import Testing

/// A platform whose access tokens end.
protocol TokenUnderTest: PlatformUnderTest {
    var credentials: LentCredentials { get }
    /// The grant that `read` uses.
    var grant: String { get }
    /// Access tokens end now; what renews them does not.
    func endAccess() async
}

extension Platform {
    static let refreshing = [shopee, lazada, shopat24, thailandPost]
}

/// Tokens end, answers to renewals get lost, sellers change their minds: each has its own way on.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TokenConformanceTests {
    /// With a token that was used once.
    private func withTokens(_ platform: Platform, _ body: (any TokenUnderTest, any RefreshesTokens, Credential) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in
            let tokens = try #require(running as? any TokenUnderTest), connector = try #require(running.connector as? any RefreshesTokens)
            try await tokens.read()
            try await body(tokens, connector, try #require(tokens.credentials.held(tokens.grant)))
        }
    }

    @Test(arguments: Platform.refreshing) func `an access token that has ended is renewed once, and the call succeeds`(_ platform: Platform) async throws {
        try await withTokens(platform) { running, _, held in
            let before = running.credentials.refreshes
            await running.endAccess()
            for _ in 0..<2 {
                try await running.read()
                #expect(running.credentials.refreshes == before + 1)
            }
            #expect(running.credentials.held(running.grant)?.accessToken != held.accessToken)
        }
    }

    @Test(arguments: Platform.refreshing) func `a renewed token says when it ends, and whose it is`(_ platform: Platform) async throws {
        try await withTokens(platform) { running, connector, held in
            let renewed = try await connector.refreshToken(held, grant: running.grant)
            #expect(renewed.grant == running.grant && renewed.accountID == held.accountID)
            #expect(try #require(renewed.accessExpiresAt) > Wire.clock() + type(of: connector).refreshPolicy.ahead)
            #expect((renewed.refreshToken != nil) == (held.refreshToken != nil))
        }
    }

    @Test(arguments: Platform.refreshing) func `a renewal whose answer is lost is told as unreachable`(_ platform: Platform) async throws {
        try await withTokens(platform) { running, connector, held in
            for point in [FaultPoint.request, .write] { running.simulator.faults.force([.lostAnswer], at: point) }
            let lost = await connectorError { () async throws(ConnectorError) in try await connector.refreshToken(held, grant: running.grant) }
            running.simulator.faults.clearForced()
            guard case .unreachable? = lost else { Issue.record("\(String(describing: lost))"); return }
            // What works once was spent with the answer, and only a person can go on.
            let next = await connectorError { () async throws(ConnectorError) in try await connector.refreshToken(held, grant: running.grant) }
            if type(of: connector).refreshPolicy.isSingleUse { #expect(next?.failureClass == .unauthorised, "\(String(describing: next))") } else { #expect(next == nil) }
        }
    }

    @Test(arguments: Platform.refreshing, [Fault.drop, .malform, .serverError(status: 503), .throttle(retryAfterSeconds: 3)])
    func `a renewal that fails for now is no lost consent`(_ platform: Platform, fault: Fault) async throws {
        try await withTokens(platform) { running, connector, held in
            for point in [FaultPoint.request, .write] { running.simulator.faults.force([fault], at: point) }
            let error = await connectorError { () async throws(ConnectorError) in try await connector.refreshToken(held, grant: running.grant) }
            running.simulator.faults.clearForced()
            if case .throttle = fault, case .throttled? = error { return }
            #expect(error?.failureClass == .transient, "\(String(describing: error))")
        }
    }

    @Test(arguments: Platform.refreshing) func `a revoked token is told as unauthorised, and is not renewed again and again`(_ platform: Platform) async throws {
        try await withTokens(platform) { running, connector, held in
            await running.loseAccess()
            let error = await connectorError { () async throws(ConnectorError) in try await connector.refreshToken(held, grant: running.grant) }
            #expect(error?.failureClass == .unauthorised, "\(String(describing: error))")
            let before = running.credentials.refreshes
            let second = await connectorError { () async throws(ConnectorError) in try await running.read() }
            #expect(second?.failureClass == .unauthorised, "\(String(describing: second))")
            #expect(running.credentials.refreshes <= before + 1)
        }
    }
}
