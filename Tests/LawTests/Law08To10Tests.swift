import CourierSimulator
import Connect
import Database
import Domain
import Foundation
import Hub
import Logging
import SimulatorKit
import Testing

extension Laws {
    @Suite struct Law08APersonSeesWhyTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `every entry of a timeline names its cause, and an exclusion its rule, version and value`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), book = LawBook(), shop = try await law.addShop(book), time = law.clock.now
            try await law.api("PUT", "channels/\(shop)/rules", json: ["text": """
                rules:
                  - name: no parcels to 96000
                    when: {field: shipTo.postcode, is: "96000"}
                    then: {exclude: "nobody drives there"}
                """])
            try await law.deliver(.law("far", at: time, postcode: "96000"), to: shop)
            try await law.deliver(.law("near", at: time), to: shop)
            book.put(.law("missed", at: time - .seconds(300)))
            try await law.api("POST", "channels/\(shop)/sync")
            let far = try await law.order("far", in: shop), near = try await law.order("near", in: shop), missed = try await law.order("missed", in: shop)
            try await law.api("PATCH", "orders/\(near.id)", json: ["revision": near.version, "changes": ["note": "ring the bell"]])
            #expect(far.workflow == .excluded)
            let excluded = try #require(try await law.timeline(of: far.id).first { $0["type"] as? String == "order.excluded" }), why = excluded["cause"] as? [String: Any]
            #expect(why?["kind"] as? String == "rule")
            #expect(why?["subject"] as? String == "no parcels to 96000 (version 1)")
            #expect((why?["detail"] as? String)?.contains("nobody drives there") == true)
            #expect((why?["detail"] as? String)?.contains("shipTo.postcode = 96000") == true)
            let edited = try #require(try await law.timeline(of: near.id).first { $0["type"] as? String == "order.edited" })
            #expect((edited["cause"] as? [String: Any])?["kind"] as? String == "person")
            #expect((edited["cause"] as? [String: Any])?["subject"] as? String == "law")
            let found = try #require(try await law.timeline(of: missed.id).first { $0["type"] as? String == "order.created" })
            #expect((found["cause"] as? [String: Any])?["kind"] as? String == "reconciliation")
            for order in [far, near, missed] {
                for entry in try await law.timeline(of: order.id) where entry["kind"] as? String == "event" {
                    let cause = entry["cause"] as? [String: Any]
                    #expect(Cause.Kind(rawValue: cause?["kind"] as? String ?? "") != nil && (cause?["subject"] as? String)?.isEmpty == false, "\(entry)")
                }
            }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a person's edit is kept when the platform says something else, and the difference stays shown`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            try await law.deliver(.law("1", at: time), to: shop)
            var order = try await law.order("1", in: shop)
            try await law.api("PATCH", "orders/\(order.id)", json: ["revision": order.version, "changes": ["shipTo.line1": "99 New Road"]])
            var moved = OrderSnapshot.law("1", at: time + .seconds(10))
            moved.shipTo?.line1 = "7 Other Street"
            try await law.deliver(moved, to: shop)
            try await until("the update is here") { try await law.order("1", in: shop).revision.updatedAt == moved.revision.updatedAt }
            // Another update that says nothing new of the address.
            moved.note = "call"
            moved.revision.updatedAt = time + .seconds(20)
            try await law.deliver(moved, to: shop)
            try await until("the second update is here") { try await law.order("1", in: shop).snapshot.note == "call" }
            order = try await law.order("1", in: shop)
            let shown = try await law.api("GET", "orders/\(order.id)")
            #expect((shown["shipTo"] as? [String: Any])?["line1"] as? String == "99 New Road")
            let flags = shown["flags"] as? [[String: Any]] ?? []
            #expect(flags.compactMap { $0["code"] as? String } == ["edit_differs"])
            #expect((flags.first?["message"] as? String)?.contains("7 Other Street") == true)
            let conflict = try #require(try await law.timeline(of: order.id).first { $0["type"] as? String == "order.conflict" }), change = (conflict["changes"] as? [[String: Any]])?.first
            #expect(change?["from"] as? String == "99 New Road")
            #expect(change?["to"] as? String == "7 Other Street")
            // The person gives in: the difference is gone.
            try await law.api("PATCH", "orders/\(order.id)", json: ["revision": order.version, "changes": ["shipTo.line1": "7 Other Street"]])
            let settled = try await law.order("1", in: shop)
            #expect(settled.edits.isEmpty)
            #expect(settled.snapshot.flags.isEmpty)
            await law.end()
        }
    }
}

extension Laws {
    @Suite struct Law09CompensationTests {
        /// An order that is booked, and then cancelled at its shop.
        static func cancelledAfterSent(_ law: LawHub, _ courier: CourierSimulator, before: (OrderID) async throws -> Void = { _ in }) async throws -> StoredOrder {
            let shop = try await law.addShop(LawBook()), time = law.clock.now
            try await law.deliver(.law("1", at: time), to: shop)
            let order = try await law.order("1", in: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            try await before(order.id)
            var cancelled = OrderSnapshot.law("1", at: time + .seconds(10))
            cancelled.standing = .cancelled
            try await law.deliver(cancelled, to: shop)
            try await until("it is cancelled here") { try await law.order("1", in: shop).workflow == .cancelled }
            try await until("the courier was asked") { try await law.jobs(of: order.id).isEmpty }
            return try await law.order("1", in: shop)
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an order cancelled after it was sent is cancelled at the courier`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), channel = try await law.addCourier(courier)
            let order = try await Self.cancelledAfterSent(law, courier)
            let shipments = try await law.hub.ledger.shipments(of: order.id), problems = try await law.problems(), events = try await law.hub.ledger.events(of: order.id).map(\.type)
            #expect(courier.orders().map(\.status) == [.cancelled])
            #expect(shipments.map(\.isVoid) == [true])
            #expect(order.fulfilment == .unfulfilled)
            #expect(problems.isEmpty)
            #expect(events.contains("order.bookingCancelled"))
            let cause = try await law.hub.ledger.events(of: order.id).first { $0.type == "order.bookingCancelled" }?.cause
            // The courier tells it twice, by its answer and by its callback: whichever came first is the cause.
            let byAnswer = cause == Cause(.destination, law.hub.channels.directory.channel(channel)?.name ?? ""), byCallback = cause?.kind == .delivery && cause?.detail == "callback"
            #expect(byAnswer || byCallback, "\(String(describing: cause))")
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a cancellation that comes too late is a task for a person`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite))
            _ = try await law.addCourier(courier)
            let order = try await Self.cancelledAfterSent(law, courier) { id in
                let booked = try #require(courier.orders().first)
                courier.set(booked.orderID, to: .pickedUp)
                try await until("the pick-up is known") { try await law.hub.ledger.order(id)?.fulfilment == .pickedUp }
            }
            let problems = try await law.problems(), events = try await law.hub.ledger.events(of: order.id).map(\.type), shipments = try await law.hub.ledger.shipments(of: order.id)
            #expect(problems.map(\.kind) == ["cancelTooLate"])
            #expect(problems.first?.order == order.id)
            #expect(events.contains("order.cancelTooLate"))
            #expect(shipments.map(\.isVoid) == [false])
            #expect(order.fulfilment == .pickedUp)
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a courier that does not know the booking is a task for a person`() async throws {
            let courier = try await CourierSimulator.careless(), forgetful = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite))
            let channel = try await law.addCourier(courier)
            let order = try await Self.cancelledAfterSent(law, courier) { _ in try await law.hub.channels.set(["url": forgetful.baseURL], of: channel) }
            let problems = try await law.problems(), events = try await law.hub.ledger.events(of: order.id).map(\.type)
            #expect(problems.map(\.kind) == ["cancelUnknown"])
            #expect(events.contains("order.cancelUnknown"))
            await law.end()
            await courier.stop()
            await forgetful.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a courier that answers later by a callback moves the order then`() async throws {
            let courier = try await CourierSimulator.careless(cancelMode: .confirmedByCallback(after: .milliseconds(50))), law = try await LawHub.start(try await .fresh(.sqlite))
            _ = try await law.addCourier(courier)
            let order = try await Self.cancelledAfterSent(law, courier)
            try await until("the callback came") { try await law.hub.ledger.shipments(of: order.id).map(\.isVoid) == [true] }
            let after = try #require(try await law.hub.ledger.order(order.id))
            #expect(after.workflow == .cancelled)
            #expect(after.fulfilment == .unfulfilled)
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `every other destination that took the order is told that it is off, also without a route for that`() async throws {
            let listener = try await WebhookCatcher.start(), routed = try await WebhookCatcher.start(), stranger = try await WebhookCatcher.start()
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), time = law.clock.now
            _ = try await law.addListener(listener.url, name: "listener", events: [.created])
            _ = try await law.addListener(routed.url, name: "routed", events: [.created, .cancelled])
            _ = try await law.addListener(stranger.url, name: "stranger", events: [.delivered])
            try await law.deliver(.law("1", at: time), to: shop)
            try await until("both took it") {
                let isQuiet = try await law.jobs().isEmpty
                return isQuiet && listener.count == 1 && routed.count == 1
            }
            var cancelled = OrderSnapshot.law("1", at: time + .seconds(10))
            cancelled.standing = .cancelled
            try await law.deliver(cancelled, to: shop)
            try await until("it is cancelled here") { try await law.order("1", in: shop).workflow == .cancelled }
            try await until("both were told") { try await law.jobs().isEmpty }
            for catcher in [listener, routed] {
                #expect(catcher.all.map { $0.event["type"] as? String } == ["order.created", "order.cancelled"])
                #expect(catcher.all.last?.orderJSON["workflow"] as? String == "cancelled")
            }
            #expect(stranger.count == 0)
            await law.end()
            for catcher in [listener, routed, stranger] { await catcher.stop() }
        }
    }
}

extension Laws {
    @Suite struct Law10NoBuyerDataTests {
        static let secrets = ["Zebediah", "Quackenbush", "zebediah.q@example.com", "0899887766", "77 Hidden Lane", LawShop.word, "courier-secret-8121", LawHub.listenerSecret, "callback-secret-5150"]

        @Test(.timeLimit(.minutes(1)))
        func `no buyer's data and no secret reaches a log line, a metric, an error or a URL`() async throws {
            let lines = LawLog.Lines(), ill = try await WebhookCatcher.start { call, _ in .init(status: call.externalID == "1" ? 500 : 401) }, refusing = try await WebhookCatcher.start { _, _ in .init(status: 422) }
            let law = try await LawHub.start(try await .fresh(.sqlite), logger: LawLog.logger(into: lines)), shop = try await law.addShop(LawBook()), time = law.clock.now
            _ = try await law.hub.channels.add(platform: "courier", name: "Courier", settings: ["url": refusing.url, "keyID": "k", "secret": Self.secrets[6], "callbackSecret": Self.secrets[8]], by: "test")
            _ = try await law.addListener(ill.url, name: "ill", events: [.created])
            var order = OrderSnapshot.law("1", at: time)
            order.buyer = Buyer(name: "Zebediah Quackenbush", email: "zebediah.q@example.com", phone: "0899887766")
            order.shipTo?.name = "Zebediah Quackenbush"
            order.shipTo?.phone = "0899887766"
            order.shipTo?.line1 = "77 Hidden Lane"
            try await law.deliver(order, to: shop)
            order.externalID = "2"
            try await law.deliver(order, to: shop)
            try await law.deliver(Array(#"{"buyer":"Zebediah Quackenbush","total":"x"}"#.utf8), to: shop)
            let forged = try await law.deliver(Array(#"{"buyer":"Zebediah Quackenbush"}"#.utf8), to: shop, word: "guess")
            let courier = try law.hub.channels.channel(named: "Courier")
            let callback = try await LawHTTP.call("POST", law.hook(of: courier.id), headers: [("X-Courier-Signature", "t=1,v1=00")], body: Array(#"{"note":"Zebediah Quackenbush"}"#.utf8))
            try await law.settled()
            try await until("everything failed as it should") {
                let letters = try await law.letters(), problems = try await law.problems()
                return letters.count >= 2 && problems.contains { $0.kind == "channelLost" }
            }
            let metrics = try await LawHTTP.call("GET", law.base + "/metrics", headers: [("authorization", "Bearer \(law.token)")])
            await law.hub.journalDatabase.close()
            let unkept = try await law.deliver(order, to: shop, key: "unkept")
            let missing = try await LawHTTP.call("GET", law.base + "/api/v1/orders/1?search=Zebediah", headers: [("authorization", "Bearer \(law.token)")])
            let channels = try await LawHTTP.call("GET", law.base + "/api/v1/channels", headers: [("authorization", "Bearer \(law.token)")])
            let letters = try await law.letters().map { "\($0.cause) \($0.code) \($0.message)" }.joined(), problems = try await law.problems().map { "\($0.code) \($0.message)" }.joined()
            let statuses = [forged.status, callback.status, unkept.status, missing.status, metrics.status], expected = [401, 401, 503, 404, 200]
            #expect(statuses == expected)
            let places = ["logs": lines.text, "metrics": metrics.text, "a refusal": forged.text + callback.text + unkept.text, "an error": missing.text, "channels": channels.text,
                          "dead letters": letters, "problems": problems, "URLs": (ill.all + refusing.all).map(\.path).joined(separator: "\n")]
            for (place, text) in places { for secret in Self.secrets + [law.token] { #expect(!text.contains(secret), "\(secret) is in \(place)") } }
            #expect(lines.text.contains("delivery could not be kept"), "the log was listened to")
            await law.end()
            await ill.stop()
            await refusing.stop()
        }
    }
}
