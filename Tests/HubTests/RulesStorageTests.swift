@testable import Hub
import Connect
import Database
import Domain
import Foundation
import Logging
import Testing

private struct QuietShop: Connector {
    static let descriptor = PlatformDescriptor(platform: "quiet", title: "Quiet", kind: .shop, settings: [])
    init(_ context: ChannelContext) throws(ConnectorError) {}
}

@Suite struct RulesStorageTests {
    private func withHub(_ body: (Hub, Channel) async throws -> Void) async throws {
        let folder = URL.temporaryDirectory.appending(path: "crossdock-rules-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover in the temporary folder harms nobody
        let hub = try await Hub(
            .init(dataFolder: folder.path(percentEncoded: false)), registry: ConnectorRegistry([QuietShop.self]), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(milliseconds: 1_780_000_000_000) }) { _, _ in ChannelHTTP { _ throws(ConnectorError) in PlatformAnswer(status: 200) } }
        do {
            try await body(hub, try await hub.channels.add(platform: "quiet", name: "Shop", settings: [:], by: "test"))
        } catch {
            await hub.journalDatabase.close()
            await hub.ledgerDatabase.close()
            throw error
        }
        await hub.journalDatabase.close()
        await hub.ledgerDatabase.close()
    }

    private func add(_ count: Int, to channel: Channel, of hub: Hub) async throws {
        for index in 0..<count {
            let order = ruleFacts { $0.externalID = "\(index)"; $0.externalNumber = "#\(index)"; $0.placedAt = Timestamp(milliseconds: Int64(index)); $0.totals.grand = Int64(index) * 100_00 }.order
            let prepared = PreparedOrder(order)
            try await hub.ledger.write { tx in
                _ = try tx.apply(prepared, to: channel, cause: Cause(.delivery, "1"), receivedAt: Timestamp(milliseconds: 1), askedAt: nil, canFetch: false)
            }
        }
    }

    @Test func `rules are stored in versions and used at once, and the same text makes no version`() async throws {
        try await withHub { hub, channel in
            #expect(try await hub.channels.rules(of: channel.id) == nil)
            let first = "rules: [{name: a, then: {hold: one}}]", second = "rules: [{name: b, then: {hold: two}}]"
            #expect(try await hub.channels.applyRules(RuleApplication(first, by: AuditActor(name: "ann")), to: channel.id).version.version == 1)
            #expect(try await hub.channels.applyRules(RuleApplication(second, by: AuditActor(name: "bob")), to: channel.id).version.version == 2)
            #expect(try await hub.channels.applyRules(RuleApplication(second, by: AuditActor(name: "bob")), to: channel.id).version.version == 2)
            #expect(try await hub.channels.ruleVersions(of: channel.id).map(\.appliedBy) == ["bob", "ann"])
            try await add(1, to: channel, of: hub)
            let order = try await hub.ledger.order(channel: channel.id, externalID: "0")
            #expect(order?.workflow == .awaitingConfirmation && order?.decision?.rule == "b" && order?.decision?.ruleSetVersion == 2)
        }
    }

    @Test func `a bad text is refused and the old rules stay`() async throws {
        try await withHub { hub, channel in
            _ = try await hub.channels.applyRules(RuleApplication("rules: [{name: a, then: {hold: one}}]", by: AuditActor(name: "ann")), to: channel.id)
            await #expect(throws: RuleError.self) { _ = try await hub.channels.applyRules(RuleApplication("rules: [{name: a, then: {hodl: x}}]", by: AuditActor(name: "bob")), to: channel.id) }
            #expect(try await hub.channels.rules(of: channel.id)?.version == 1)
            #expect(hub.channels.directory.surroundings.rules[channel.id]?.version == 1)
        }
    }

    @Test func `a rehearsal lists what would change among the last orders and changes nothing`() async throws {
        try await withHub { hub, channel in
            try await add(6, to: channel, of: hub)
            let draft = try RuleSet(yaml: "rules: [{name: big, when: {field: totals.grand, atLeast: \"400\"}, then: {hold: big}}]", version: 0)
            let report = try await hub.ledger.rehearse(draft, channel: channel.id, last: 3)
            #expect(report.examined == 3 && report.changed == 2 && report.moves == ["undecided → held": 2] && report.decidedBy == ["big": 2])
            #expect(report.changes.map(\.number) == ["#5", "#4"])
            #expect(report.changes.first?.matched == [MatchedValue(field: "totals.grand", value: "500.00 THB")])
            #expect(try await hub.ledger.order(channel: channel.id, externalID: "5")?.decision?.rule == nil)
        }
    }
}
