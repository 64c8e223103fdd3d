import Connect
import Database
import Domain
import Foundation
import Hub
import Synchronization
import Testing

extension Laws {
    /// Parcels under numbers of our own: booked once, under a number that the carrier takes.
    @Suite struct OwnNumberTests {
        private func hub(_ engine: LawEngine, _ mail: LawMail) async throws -> (law: LawHub, shop: ChannelID, post: ChannelID) {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook())
            return (law, shop, try await law.addPost(mail))
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a booking whose answer was lost is found by its numbers after a crash, though its order was paid meanwhile`(engine: LawEngine) async throws {
            let mail = LawMail(), (law, shop, _) = try await hub(engine, mail), time = law.clock.now
            mail.state.withLock { $0.losesNextAnswer = true }
            try await law.deliver(.law("1", at: time, isCOD: true), to: shop)
            let order = try await law.order("1", in: shop)
            try await until("the answer was lost") { try await law.jobs(of: order.id).first?.job.attempt == 1 }
            try await law.deliver(.law("1", at: time + .seconds(1)), to: shop)
            try await until("it is paid") { try await !law.order("1", in: shop).snapshot.payment.isCashOnDelivery }
            await law.stop()
            law.clock.move(by: .seconds(60))
            let later = try await LawHub.start(law.place, clock: law.clock, wasKilled: true)
            try await until("it is booked") { try await later.order("1", in: shop).workflow == .synced }
            #expect(mail.numbers == ["LC100001"])
            #expect(mail.times == [1])
            #expect(try await later.hub.ledger.shipments(of: order.id).map(\.trackingNumber) == ["LC100001"])
            await later.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a number that the carrier says is used is spoiled for ever, and the next one is taken once`(engine: LawEngine) async throws {
            let mail = LawMail(), (law, shop, post) = try await hub(engine, mail)
            mail.state.withLock { $0.used = ["LP100001", "LP100002", "LP100003"] }
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            // Two refusals in one try are enough: a person looks whether the range is right.
            try await until("it has died") { try await law.letters().map(\.code) == ["used"] }
            #expect(mail.state.withLock { $0.tries } == 2)
            let letter = try #require(try await law.letters().first)
            mail.state.withLock { $0.used = ["LP100001", "LP100002"] }
            _ = try await law.hub.ledger.retryDeadLetters([letter.job.id], by: "Nok")
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            #expect(mail.numbers == ["LP100003"])
            let spoiled = try await law.hub.ledgerDatabase.read { tx in try tx.rows("SELECT number FROM tracking_numbers WHERE spoiled_at IS NOT NULL AND channel_id = \(post.value) ORDER BY number") { try $0.text(0) } }
            #expect(spoiled == ["LP100001", "LP100002"])
            let told = try await law.hub.ledger.events(of: letter.job.order).compactMap { $0.data?.changes?.first }.filter { $0.field == "trackingNumber" }.map(\.from)
            #expect(told == ["LP100001", "LP100002"])
            try await law.deliver(.law("2", at: law.clock.now), to: shop)
            try await until("the next is booked") { try await law.order("2", in: shop).workflow == .synced }
            #expect(mail.numbers == ["LP100003", "LP100004"])
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a parcel that changes its range before it is booked gets a number of the other one`(engine: LawEngine) async throws {
            let mail = LawMail(), (law, shop, _) = try await hub(engine, mail), time = law.clock.now
            mail.state.withLock { $0.refusal = "closed" }
            try await law.deliver(.law("1", at: time, isCOD: true), to: shop)
            try await until("it has died") { try await law.letters().map(\.code) == ["closed"] }
            try await law.deliver(.law("1", at: time + .seconds(1)), to: shop)
            try await until("it is paid") { try await !law.order("1", in: shop).snapshot.payment.isCashOnDelivery }
            mail.state.withLock { $0.refusal = nil }
            _ = try await law.hub.ledger.retryDeadLetters(try await law.letters().map(\.job.id), by: "Nok")
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            #expect(mail.numbers == ["LP100001"])
            await law.end()
        }

        /// One range under two names, as a shop's method and a carrier's service may be.
        private struct OneRange: AllotsTrackingNumbers {
            static let descriptor = PlatformDescriptor(platform: "range", title: "Range", kind: .courier, settings: [])
            init() {}
            init(_ context: ChannelContext) throws(ConnectorError) {}
            func trackingNumbers(_ count: Int, service: String?, isCOD: Bool, after last: String?) async throws(ConnectorError) -> [String] {
                let from = last.flatMap { Int($0.dropFirst(2)) } ?? 100_000
                return ((from + 1)...(from + count)).map { "NR\($0)" }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `the last number of a range is known by its number, whatever the clock says and whoever drew from it`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), time = Mutex(law.clock.now)
            let numbers = TrackingNumbers(ledger: law.hub.ledger, now: { time.withLock { $0 } })
            var given: [String] = []
            for index in 0..<12 {
                time.withLock { $0 = $0 - .seconds(3600) }
                let parcels = (1...60).map { Parcel(ref: "\($0)", weightGrams: 1) }
                let need = TrackingNumbers.Need(parcels, under: "CD-\(index)", channel: ChannelID(5), service: index % 2 == 0 ? nil : "ems", isCOD: false)
                given += try await numbers.allot(need, of: nil, from: OneRange()).compactMap(\.trackingNumber)
            }
            #expect(given.count == 720 && Set(given).count == 720)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a booking that is found again and is older than an edit is withdrawn, and made as the order is now`(engine: LawEngine) async throws {
            let mail = LawMail(), (law, shop, _) = try await hub(engine, mail)
            mail.state.withLock { $0.losesNextAnswer = true }
            try await law.deliver(.law("1", at: law.clock.now, isCOD: true), to: shop)
            let order = try await law.order("1", in: shop)
            try await until("the answer was lost") { try await law.jobs(of: order.id).first?.job.attempt == 1 }
            law.clock.move(by: .seconds(1))
            _ = try await law.hub.ledger.act(.edit(["shipTo.line1": "9 Other Road"]), on: order.id, by: AuditActor(name: "Ploy"))
            law.clock.move(by: .seconds(60))
            try await until("it is booked anew") { try await law.hub.ledger.shipments(of: order.id).map(\.isVoid) == [true, false] }
            let streets = mail.state.withLock { state in state.stored.mapValues(\.street) }
            #expect(streets == ["LC100001": "12/3 Ramkhamhaeng Road", "LC100002": "9 Other Road"])
            #expect(try await law.hub.ledger.shipments(of: order.id).map(\.trackingNumber) == ["LC100001", "LC100002"])
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what a second hub booked under the same reference is one shipment with one parcel`(engine: LawEngine) async throws {
            let mail = LawMail(), (law, shop, post) = try await hub(engine, mail)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            let order = try await law.order("1", in: shop), shipment = try #require(try await law.hub.ledger.shipments(of: order.id).first)
            let lines = try await law.hub.shipping.packing.parcels(of: order.id), box = try #require(lines.first)
            _ = try await law.hub.shipping.packing.pack(box.parcel.id, weightGrams: 777, by: "Nok")
            let job = Job(id: JobID(9), route: RouteID(0), destination: post, order: order.id, event: EventID(0), eventType: "order.approved", action: .book, idempotencyKey: "book:\(order.id):1", createdAt: law.clock.now)
            let again = Booking(externalRef: shipment.externalRef, externalID: "other", carrier: "Law post", trackingNumber: shipment.trackingNumber, trackingURL: "https://post.example/1")
            let now = law.clock.now
            try await law.hub.ledger.write { try $0.finish(job, .booked(again, parcels: shipment.parcels, isFound: true), attempt: AttemptRecord(at: now, durationMilliseconds: 1), retry: .standard, random: 0) }
            let shipments = try await law.hub.ledger.shipments(of: order.id), boxes = try await law.hub.shipping.packing.parcels(of: order.id)
            #expect(shipments.map(\.id) == [shipment.id])
            #expect(shipments.map(\.trackingURL) == ["https://post.example/1"])
            #expect(boxes.map(\.parcel.state) == [.packed] && boxes.map(\.parcel.weightGrams) == [777])
            #expect(try await law.hub.ledger.events(of: order.id).count { $0.type == "order.booked" } == 1)
            await law.end()
        }
    }
}
