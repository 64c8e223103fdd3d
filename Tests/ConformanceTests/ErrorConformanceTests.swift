import Connect
import Domain
import Foundation
import SimulatorKit
import Testing

/// Each kind of refusal lands in its failure class (law 7).
@Suite(.serialized, .timeLimit(.minutes(3))) struct ErrorConformanceTests {
    private func error(_ platform: any PlatformUnderTest, _ fault: Fault, times: Int = 8) async -> ConnectorError? {
        platform.simulator.faults.force([Fault?](repeating: fault, count: times), at: platform.readPoint)
        let error = await connectorError { () async throws(ConnectorError) in try await platform.read() }
        platform.simulator.faults.clearForced()
        return error
    }

    @Test(arguments: Platform.all) func `a rate limit says until when`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            let before = Wire.clock()
            guard case .throttled(let until)? = await error(running, .throttle(retryAfterSeconds: 7)) else { Issue.record("not throttled"); return }
            #expect(until >= before + .seconds(1) && until <= Wire.clock() + .seconds(30), "\((until - before).inSeconds) s")
        }
    }

    @Test(arguments: Platform.all) func `lost credentials park the channel`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            await running.loseAccess()
            let error = await connectorError { () async throws(ConnectorError) in try await running.read() }
            #expect(error?.failureClass == .unauthorised, "\(String(describing: error))")
            running.simulator.faults.clearForced()
        }
    }

    @Test(arguments: Platform.all, [500, 502, 503, 504]) func `a server's failure is transient`(_ platform: Platform, status: Int) async throws {
        try await withPlatform(platform) { running, _ in
            #expect(await error(running, .serverError(status: status))?.failureClass == .transient)
        }
    }

    @Test(arguments: Platform.all) func `a broken connection, half an answer and no answer are transient`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            for fault in [Fault.drop, .lostAnswer, .malform] {
                let error = await error(running, fault)
                #expect(error?.failureClass == .transient || (fault == .malform && error?.code == "not_understood"), "\(fault): \(String(describing: error))")
            }
            running.wire.limit(to: 1)
            #expect(await error(running, .hang(.seconds(3)))?.failureClass == .transient)
            running.wire.limit(to: nil)
        }
    }

    @Test(arguments: Platform.all) func `a refusal for good is rejected with the platform's words`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, _ in
            let error = await connectorError { () async throws(ConnectorError) in try await running.refused() }
            #expect(error?.failureClass == .rejected, "\(String(describing: error))")
            #expect(error?.sentence.isEmpty == false && error?.code.isEmpty == false)
        }
    }
}
