import Connect
import Domain
import Foundation
import SimulatorKit
import Testing
import Waiting

/// What every platform that sends deliveries owes the hub's door.
@Suite(.serialized, .timeLimit(.minutes(3))) struct WebhookConformanceTests {
    /// Announcements of `count` happenings, without pings.
    private func deliveries(_ platform: any PlatformUnderTest, _ catcher: WebhookCatcher, happenings count: Int = 2) async throws -> [CaughtWebhook] {
        if let registrar = platform.connector as? any RegistersWebhooks { _ = try await registrar.registerWebhooks(at: catcher.url) }
        for _ in 0..<count { try await platform.happen() }
        await platform.settled()
        let receiver = try #require(platform.connector as? any ReceivesWebhooks)
        return catcher.all.filter { if case .answer = receiver.verify($0.incoming) { false } else { true } }
    }

    @Test(arguments: Platform.all) func `a good signature is accepted, and no other`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, catcher in
            let receiver = try #require(running.connector as? any ReceivesWebhooks)
            let caught = try await deliveries(running, catcher)
            #expect(!caught.isEmpty)
            for delivery in caught.prefix(8) {
                #expect(receiver.verify(delivery.incoming).receipt != nil)

                var changed = delivery
                changed.body[changed.body.startIndex + changed.body.count / 2] ^= 1
                if running.signsBody { #expect(receiver.verify(changed.incoming).refusal != nil, "a changed body was taken") }

                let proofs = delivery.proofs
                #expect(!proofs.isEmpty)
                for (name, value) in proofs {
                    var forged = delivery
                    forged.headers[name] = String(value.reversed())
                    #expect(receiver.verify(forged.incoming).refusal != nil, "a forged \(name) was taken")
                    forged.headers[name] = nil
                    #expect(receiver.verify(forged.incoming).refusal != nil, "a delivery without \(name) was taken")
                    forged.headers[name] = ""
                    #expect(receiver.verify(forged.incoming).refusal != nil, "an empty \(name) was taken")
                }
            }
        }
    }

    @Test(arguments: Platform.all) func `a copy that is replayed late is refused, or has the key of the first`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, catcher in
            let receiver = try #require(running.connector as? any ReceivesWebhooks)
            let delivery = try #require(try await deliveries(running, catcher, happenings: 1).first)
            var late = delivery.incoming
            late.receivedAt = late.receivedAt + (running.replayWindow ?? .seconds(400 * 86_400)) + .seconds(60)
            if running.replayWindow != nil {
                #expect(receiver.verify(late).refusal != nil)
            } else {
                #expect(receiver.verify(late).receipt?.key == receiver.verify(delivery.incoming).receipt?.key)
            }
        }
    }

    @Test(arguments: Platform.all) func `tries of one delivery share a key, and different events never do`(_ platform: Platform) async throws {
        // The first answer is a failure: platforms that try again, do.
        try await withPlatform(platform, answer: { _, before in .init(status: before == 0 ? 503 : 200) }) { running, catcher in
            let receiver = try #require(running.connector as? any ReceivesWebhooks)
            running.simulator.faults.force([.duplicate, nil, .duplicate], at: .webhook)
            let caught = try await deliveries(running, catcher, happenings: 4)
            var keys: [String: Set<String>] = [:]
            for delivery in caught {
                let receipt = try #require(receiver.verify(delivery.incoming).receipt)
                #expect(!receipt.key.isEmpty && receipt.key.utf8.count <= 400)
                keys[running.identity(of: delivery), default: []].insert(receipt.key)
            }
            #expect(keys.count >= 4)
            #expect(caught.count > keys.count, "nothing was sent twice")
            #expect(keys.values.allSatisfy { $0.count == 1 }, "tries of one delivery have several keys")
            #expect(Set(keys.values.flatMap(\.self)).count == keys.count, "two events share a key")
        }
    }

    @Test(arguments: Platform.shops) func `a pushed order and the same order read mean the same`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, catcher in
            let shop = try #require(running as? any ShopUnderTest), receiver = try #require(running.connector as? any ReceivesWebhooks)
            if let registrar = running.connector as? any RegistersWebhooks { _ = try await registrar.registerWebhooks(at: catcher.url) }
            let orders = try await shop.zoo()
            await running.settled()
            var news = ShopNews()
            // The last answers may still be on their way when the platform has nothing more to send.
            _ = try await eventually {
                news = try ShopNews(catcher.all, of: running, receiver)
                return try await disagreements(shop, orders, news).isEmpty
            }
            let wrong = try await disagreements(shop, orders, news)
            #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
            #expect(orders.count { news.told.contains($0.id) } > orders.count / 2)
            if shop.pushesOrders { #expect(orders.count { news.pushed[$0.id] != nil } > orders.count / 2) } else { #expect(news.pushed.isEmpty) }
        }
    }

    /// What the platform told of its orders.
    private struct ShopNews {
        var pushed: [ExternalID: [OrderSnapshot]] = [:], told: Set<ExternalID> = [], ended: Set<ExternalID> = []

        init() {}

        init(_ deliveries: [CaughtWebhook], of running: any PlatformUnderTest, _ receiver: any ReceivesWebhooks) throws {
            for delivery in deliveries {
                guard let receipt = receiver.verify(delivery.incoming).receipt else { continue }
                for meaning in try running.interpret(Array(delivery.body), topic: receipt.topic, origin: .webhook, headers: receipt.keptHeaders) {
                    switch meaning {
                    case .order(let order):
                        told.insert(order.externalID)
                        pushed[order.externalID, default: []].append(order)
                    case .fetch(let id, _): told.insert(id)
                    // Its last state came without a body.
                    case .cancelled(let id, _, _, _): ended.insert(id)
                    default: break
                    }
                }
            }
        }
    }

    private func disagreements(_ shop: any ShopUnderTest, _ orders: [ZooOrder], _ news: ShopNews) async throws -> [String] {
        var wrong: [String] = []
        for order in orders where !news.ended.contains(order.id) {
            if order.isAnnounced, !news.told.contains(order.id) { wrong.append("\(order.what) was never announced") }
            let read = try await shop.fetched(order.id)
            // Several changes of one second have one time: the last of them is among these. What comes as an id alone is fetched anyway.
            let last = (news.pushed[order.id] ?? []).filter { $0.revision.updatedAt == read.revision.updatedAt }.map(shop.content)
            if !last.isEmpty, !last.contains(shop.content(read)) { wrong.append("\(order.what): \(last.map { Self.difference($0, shop.content(read)) })") }
        }
        return wrong
    }

    private static func difference(_ a: OrderSnapshot, _ b: OrderSnapshot) -> String {
        let pairs: [(String, Any, Any, Bool)] = [
            ("totals", a.totals, b.totals, a.totals == b.totals), ("payment", a.payment, b.payment, a.payment == b.payment), ("lines", a.lines, b.lines, a.lines == b.lines),
            ("standing", a.standing, b.standing, a.standing == b.standing), ("fulfilment", a.fulfilment, b.fulfilment, a.fulfilment == b.fulfilment), ("flags", a.flags, b.flags, a.flags == b.flags),
            ("attributes", a.attributes, b.attributes, a.attributes == b.attributes), ("addresses", a.shipTo as Any, b.shipTo as Any, a.shipTo == b.shipTo && a.billTo == b.billTo),
        ]
        return pairs.filter { !$0.3 }.map { "\($0.0): \($0.1) pushed, \($0.2) read" }.joined(separator: "; ")
    }

    @Test(arguments: Platform.all) func `registering twice leaves one webhook a topic, and a deleted one is made again`(_ platform: Platform) async throws {
        try await withPlatform(platform) { running, catcher in
            guard let registrar = running.connector as? any RegistersWebhooks else { return }
            let first = try await registrar.registerWebhooks(at: catcher.url), second = try await registrar.registerWebhooks(at: catcher.url)
            #expect(!first.isEmpty && first.allSatisfy { $0.state == .active })
            #expect(first == second)
            #expect(Set(first.map(\.topic)).count == first.count)
            let victim = try #require(first.first)
            guard try await running.delete(victim) else { return }
            #expect(try await registrar.listWebhooks(at: catcher.url).first { $0.topic == victim.topic }?.state == .missing)
            let mended = try await registrar.registerWebhooks(at: catcher.url)
            #expect(mended.count == first.count && mended.allSatisfy { $0.state == .active })
            #expect(mended.first { $0.topic == victim.topic }?.externalID != victim.externalID)
        }
    }
}
