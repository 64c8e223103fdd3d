import Connect
import Database
import Domain
import Foundation
import Hub
import Synchronization
import Testing

extension Laws {
    /// A shop whose server hands its keys over, beside the browser's way back.
    @Suite struct HandoverTests {
        private static func posted(_ state: String, permissions: String = "read_write", key: Character = "1") -> [UInt8] {
            Array(#"{"key_id":7,"user_id":"\#(state)","consumer_key":"ck_\#(String(repeating: key, count: 40))","consumer_secret":"cs_\#(String(repeating: key, count: 40))","key_permissions":"\#(permissions)"}"#.utf8)
        }
        /// Its address answers, and is no shop.
        private func shop(_ law: LawHub) async throws -> Channel {
            try await law.hub.channels.add(platform: "woocommerce", name: "Shop", settings: ["url": law.base, HubSetting.reconcileSeconds: "86400"], by: "test")
        }
        private func hasKeys(_ law: LawHub, _ channel: Channel) -> Bool { (law.hub.channels.directory.connector(of: channel.id) as? any HandsOverKeys)?.hasKeys == true }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `the keys that a shop posts are kept before it is told so, for one answer, and the browser hears what came of them`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), channel = try await shop(law), desk = law.hub.authorisations
            #expect(!hasKeys(law, channel))
            let begun = try await desk.begin(channel, by: "Ann", session: 7)
            #expect(begun.url.hasPrefix("\(law.base)/wc-auth/v1/authorize?") && begun.url.contains("user_id=\(begun.state)"))
            let back = ["state": begun.state, "success": "1", "user_id": begun.state]
            // The shop says yes, and its keys have not come: nothing is used up by that.
            await #expect(throws: AuthorisationFault.keysMissing(address: desk.redirect + "/keys/…")) { _ = try await desk.complete(back, session: 7) }
            await #expect(throws: AuthorisationFault.unknownState) { _ = try await desk.takeKeys(Self.posted("made-up-state-of-a-stranger"), state: "made-up-state-of-a-stranger") }
            law.hub.resume(try await desk.takeKeys(Self.posted(begun.state), state: begun.state))
            #expect(hasKeys(law, channel))
            #expect(try await desk.outcome(of: begun.state) == .authorised)
            await #expect(throws: AuthorisationFault.alreadyUsed) { _ = try await desk.takeKeys(Self.posted(begun.state, key: "2"), state: begun.state) }
            await #expect(throws: AuthorisationFault.otherSession) { _ = try await desk.complete(back, session: 8) }
            #expect(try await desk.complete(back, session: 7).id == channel.id)
            let keys = try await law.hub.channels.secretsSet(of: channel.id)
            #expect(keys == ["consumerKey", "consumerSecret"])
            let audit = try await law.hub.audit.entries(AuditFilter(subject: "channel:\(channel.id)"), before: nil, limit: 10).entries.map { "\($0)" }
            #expect(audit.contains { $0.contains("Ann") && $0.contains("consumerSecret") } && !audit.contains { $0.contains("cs_1") })
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a refused consent, a key that only reads and a late one change nothing`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), channel = try await shop(law), desk = law.hub.authorisations
            let denied = try await desk.begin(channel, by: "Ann", session: nil)
            await #expect(throws: AuthorisationFault.declined("the shop's owner did not agree")) { _ = try await desk.complete(["state": denied.state, "success": "0"], session: nil) }
            await #expect(throws: AuthorisationFault.alreadyUsed) { _ = try await desk.takeKeys(Self.posted(denied.state), state: denied.state) }
            let weak = try await desk.begin(channel, by: "Ann", session: nil)
            let error = await #expect(throws: ConnectorError.self) { _ = try await desk.takeKeys(Self.posted(weak.state, permissions: "read"), state: weak.state) }
            #expect(error?.code == "key_not_read_write")
            await #expect(throws: AuthorisationFault.self) { _ = try await desk.complete(["state": weak.state, "success": "0"], session: nil) }
            let late = try await desk.begin(channel, by: "Ann", session: nil)
            law.clock.move(by: .seconds(1801))
            await #expect(throws: AuthorisationFault.expired) { _ = try await desk.takeKeys(Self.posted(late.state), state: late.state) }
            #expect(!hasKeys(law, channel))
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a channel that is let in again is compared at once, whatever its interval`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), book = LawBook(), shop = try await law.addShop(book)
            law.hub.reconciler.wake()
            try await until("the first comparison has ended") { law.hub.reconciler.progress(of: shop).map { !$0.isRunning } == true }
            try await law.hub.channels.setState(.parked, reason: "the key was revoked", of: shop)
            book.put(.law("1", at: law.clock.now - .seconds(600)))
            try await law.hub.channels.setState(.active, reason: nil, of: shop)
            law.hub.reconciler.wake()
            try await until("the order is here") { try await law.hub.ledger.order(channel: shop, externalID: "1") != nil }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `an order let go without its own carrier's number is mended by the number alone, and arranged once`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            fair.state.withLock { $0.wantNumbers = ["1"] }
            _ = try await law.authorise(channel)
            try await law.deliver(.law("1", at: law.clock.now), to: channel.id)
            try await until("the market refused it") { try await !law.letters().isEmpty }
            let letter = try #require(try await law.letters().first)
            #expect(letter.code == "tracking_number_missing" && letter.job.action == .arrange)
            _ = try await law.hub.ledger.retry(letter.job.id, mending: [:], handover: .ownCarrier(trackingNumber: "KER123456"), seenVersion: nil, by: AuditActor(name: "Nok"))
            law.hub.resume(channel)
            try await until("it is arranged") { fair.state.withLock { $0.handovers["1"] } == .ownCarrier(trackingNumber: "KER123456") }
            try await until("nothing waits any more") { try await law.jobs(at: channel.id).isEmpty }
            #expect(fair.state.withLock { $0.arranged } == ["1": 1])
            #expect(try await law.letters().isEmpty)
            await law.end()
        }
    }
}
