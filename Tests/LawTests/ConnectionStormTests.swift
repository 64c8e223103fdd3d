import Foundation
import Hub
import Testing

extension Laws {
    @Suite struct ConnectionStormTests {
        @Test(.timeLimit(.minutes(2)))
        func `a thousand tokens that end in the same moment are renewed before it, spread out, a few at once, each refresh token spent once and no call failed`() async throws {
            let place = try await LawPlace.fresh(.sqlite)
            let report = try await RefreshStorm(channels: 1000).run(Hub.Settings(dataFolder: place.folder), logger: LawLog.silent)
            #expect(report.refreshes == 1000)
            #expect(report.reused == 0)
            #expect(report.failed == 0)
            #expect(report.expired == 0)
            #expect(report.calls > 50_000)
            // Half an hour of chance before the hour that the platform's measure keeps free.
            #expect((25...32).contains(report.minutes))
            #expect(report.busiestMinute < 100)
            #expect((2...16).contains(report.mostAtOnce))
            place.remove()
        }
    }
}
