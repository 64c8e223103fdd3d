import Connect
import Database
import Domain
import Foundation
package import Logging
import Synchronization

/// Measures what happens when the tokens of many channels end in the same moment: a whole hub's keeper and worker against a made-up platform that counts what must not happen.
///
/// The platform's refresh tokens work once, and its time is the storm's own: four hours pass in seconds.
package struct RefreshStorm: Sendable {
    package struct Report: Sendable, Equatable {
        package var channels = 0
        /// Refreshes that the platform answered with a new pair, and those that came with a spent token.
        package var refreshes = 0, reused = 0
        /// Calls with a token, those among them with one that had ended, and those that failed.
        package var calls = 0, expired = 0, failed = 0
        /// Refreshes under way at once, at most.
        package var mostAtOnce = 0
        /// Refreshes in the busiest minute, and minutes that had any.
        package var busiestMinute = 0, minutes = 0
        /// Real time from the first refresh that was due to the last.
        package var elapsed = Duration.zero
    }

    package var channels: Int
    /// Time of the storm between two looks at what is due.
    package var step = Duration.seconds(5)
    /// Each channel calls its platform once in so many steps.
    package var callEvery = 20
    static let lifeTime = Duration.seconds(4 * 3600), ahead = Duration.seconds(3600), lead = Duration.seconds(5700)
    private static let batch = 500, width = 64

    package init(channels: Int) { self.channels = channels }

    /// - Parameter settings: an empty place for the data.
    package func run(_ settings: Hub.Settings, logger: Logger) async throws -> Report {
        let platform = StormPlatform(begin: Timestamp(seconds: 1_800_000_000))
        let hub = try await Hub(settings, registry: ConnectorRegistry([StormConnector.self]), logger: logger, now: { platform.now }) { _, _ in
            ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "the storm has no wire") }
        }
        do {
            let report = try await run(hub, platform)
            await close(hub)
            return report
        } catch {
            await close(hub)
            throw error
        }
    }

    private func close(_ hub: Hub) async {
        await hub.journalDatabase.close()
        await hub.ledgerDatabase.close()
    }

    private func run(_ hub: Hub, _ platform: StormPlatform) async throws -> Report {
        let ids = try await connect(hub, platform)
        platform.move(by: Self.lifeTime - Self.lead)
        let begin = ContinuousClock.now, end = platform.now + Self.lead
        var turn = 0
        while platform.now < end {
            platform.move(by: step)
            while try await hub.credentialWorker.renewDue() > 0 {}
            let connectors = stride(from: turn % callEvery, to: ids.count, by: callEvery).compactMap { hub.channels.directory.connector(of: ids[$0]) as? StormConnector }
            for connector in connectors { await connector.call() }
            turn += 1
        }
        var report = platform.report
        report.channels = ids.count
        report.elapsed = ContinuousClock.now - begin
        return report
    }

    /// Channels that were all authorised in the same moment: the worst there is.
    private func connect(_ hub: Hub, _ platform: StormPlatform) async throws -> [ChannelID] {
        let store = hub.channels, ids = (0..<channels).map { _ in ChannelID(store.ids.next()) }, sealed = try store.vault.seal([:]), at = platform.now.milliseconds
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let rows = try ids[start..<min(start + Self.batch, ids.count)].map { id in
                [.integer(id.value), .text("storm \(id.value)"), .text(StormConnector.descriptor.platform), .text("storm-\(id.value)"), .text(try OrderRows.encodeOne(["storm": platform.name])),
                 .blob(sealed), .text("active"), .integer(at), .integer(at)] as [SQLValue]
            }
            try await hub.ledgerDatabase.write { tx in
                _ = try tx.insertMany(into: "channels", columns: ["id", "name", "platform", "hook_key", "settings", "secrets", "state", "created_at", "updated_at"], rows: rows, onConflictDoNothing: false)
            }
        }
        try await store.reload()
        for start in stride(from: 0, to: ids.count, by: Self.width) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids[start..<min(start + Self.width, ids.count)] {
                    guard let channel = store.directory.channel(id) else { continue }
                    group.addTask { try await store.credentials.adopt(platform.issue(for: id), of: channel, StormConnector.refreshPolicy) { _ in } }
                }
                try await group.waitForAll()
            }
        }
        return ids
    }
}

/// What the made-up platform holds: the pair that each channel may use, and its own clock.
final class StormPlatform: Sendable {
    private struct State { var now: Timestamp, issued: [ChannelID: (number: Int, end: Timestamp)] = [:], report = RefreshStorm.Report(), atOnce = 0, minutes: [Int64: Int] = [:] }
    let name = UUID().uuidString
    private let state: Mutex<State>
    private static let all = Mutex<[String: StormPlatform]>([:])

    init(begin: Timestamp) {
        state = Mutex(State(now: begin))
        Self.all.withLock { $0[name] = self }
    }
    static func named(_ name: String) -> StormPlatform? { all.withLock { $0[name] } }

    var now: Timestamp { state.withLock { $0.now } }
    func move(by duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    var report: RefreshStorm.Report {
        state.withLock { state in
            var report = state.report
            report.busiestMinute = state.minutes.values.max() ?? 0
            report.minutes = state.minutes.count
            return report
        }
    }

    func issue(for channel: ChannelID) -> Credential { state.withLock { Self.issue(for: channel, &$0) } }

    private static func issue(for channel: ChannelID, _ state: inout State) -> Credential {
        let number = (state.issued[channel]?.number ?? 0) + 1, end = state.now + RefreshStorm.lifeTime
        state.issued[channel] = (number, end)
        return Credential(accessToken: "a\(number)", refreshToken: "r\(number)", accessExpiresAt: end, refreshExpiresAt: state.now + .seconds(30 * 86_400), accountID: "\(channel)", issuedAt: state.now)
    }

    func refresh(_ token: String?, of channel: ChannelID) async throws(ConnectorError) -> Credential {
        state.withLock { state in
            state.atOnce += 1
            state.report.mostAtOnce = max(state.report.mostAtOnce, state.atOnce)
        }
        // An answer takes its time: others ask meanwhile.
        for _ in 0..<Self.yields { await Task.yield() }
        let fresh = state.withLock { state -> Credential? in
            state.atOnce -= 1
            guard let standing = state.issued[channel], token == "r\(standing.number)" else {
                state.report.reused += 1
                return nil
            }
            state.report.refreshes += 1
            state.minutes[state.now.milliseconds / 60_000, default: 0] += 1
            return Self.issue(for: channel, &state)
        }
        guard let fresh else { throw .unauthorised(reason: "the refresh token was used already") }
        return fresh
    }
    private static let yields = 8

    func call(_ token: String, of channel: ChannelID) throws(ConnectorError) {
        let isGood = state.withLock { state -> Bool in
            state.report.calls += 1
            guard let standing = state.issued[channel], token == "a\(standing.number)", state.now < standing.end else {
                state.report.expired += 1
                return false
            }
            return true
        }
        if !isGood { throw .unauthorised(reason: "the access token has ended") }
    }

    func failed() { state.withLock { $0.report.failed += 1 } }
}

/// The made-up platform's connector.
struct StormConnector: RefreshesTokens {
    static let descriptor = PlatformDescriptor(platform: "storm", title: "Storm", kind: .shop, settings: [SettingField("storm", "Storm", isRequired: true)])
    static let refreshPolicy = RefreshPolicy(ahead: RefreshStorm.ahead, isSingleUse: true)
    private let platform: StormPlatform, context: ChannelContext

    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let platform = StormPlatform.named(try context.settings.required("storm")) else { throw .misconfigured(setting: "storm", problem: "is not known") }
        self.platform = platform
        self.context = context
    }

    func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential { try await platform.refresh(credential?.refreshToken, of: context.channel) }

    /// Any call of the platform.
    func call() async {
        do {
            try await context.credentials.used { (credential) async throws(ConnectorError) in try platform.call(credential.accessToken, of: context.channel) }
        } catch { platform.failed() }
    }
}
