import Database
import Domain
import Foundation
@testable import Hub
import Testing

extension Laws {
    @Suite struct RemittanceTests {
        /// A hub with a carrier, and orders whose boxes are put in by hand.
        private struct Counter {
            let law: LawHub, shop: ChannelID, carrier: ChannelID

            func order(_ id: ExternalID) async throws -> StoredOrder {
                try await law.deliver(.law(id, at: law.clock.now, isCOD: true), to: shop)
                return try await law.order(id, in: shop)
            }

            /// - Returns: nothing; the box travels under `number` and collects `cod`.
            func box(_ number: String, of order: StoredOrder, cod: Int64?, at channel: ChannelID? = nil, state: String = "handedOver", status: Fulfilment = .delivered, deliveredAt: Timestamp? = nil) async throws {
                let channel = channel ?? carrier, at = deliveredAt ?? law.clock.now
                try await law.hub.ledger.write { transaction in
                    let id = transaction.nextID()
                    let shipment = Shipment(id: ShipmentID(id), carrier: "Carrier", channel: channel, externalRef: "CD-\(id)", trackingNumber: number, bookedAt: at)
                    try ShipmentRows.insert(shipment, order: order.id, at: at, in: transaction.tx)
                    try transaction.tx.run("""
                        INSERT INTO parcels (id, shipment_id, order_id, channel_id, ref, of_parcels, tracking_number, weight_grams, cod_minor, currency, status, state, last_sequence, last_event_at, created_at)
                        VALUES (\(id), \(id), \(order.id.value), \(channel.value), \(number), 1, \(number), 500, \(cod), 'THB', \(status.rawValue), \(state), 1, \(at.milliseconds), \(at.milliseconds))
                        """)
                }
            }

            @discardableResult
            func take(_ rows: [(String, String)], from channel: ChannelID? = nil) async throws -> Remittance {
                try await take("Tracking number,COD amount\n" + rows.map { "\($0.0),\($0.1)\n" }.joined(), from: channel)
            }

            func take(_ text: String, from channel: ChannelID? = nil) async throws -> Remittance {
                let path = law.place.folder + "/remittance-\(UUID().uuidString).csv"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                return try await law.hub.shipping.remittances.take(path, fileName: "paid.csv", from: channel ?? carrier, zone: .gmt, by: "Nok")
            }

            func payment(_ id: ExternalID) async throws -> PaymentState { try await law.order(id, in: shop).paymentState }
            func differences() async throws -> [RemittanceDifference?] { try await law.hub.shipping.remittances.differences().map(\.difference) }
        }

        private func opened(_ engine: LawEngine) async throws -> Counter {
            let law = try await LawHub.start(try await .fresh(engine))
            return Counter(law: law, shop: try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"]), carrier: try await law.addShop(LawBook(), name: "Carrier"))
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an order is paid when the money of its last box has come in full, and a box that was cancelled is not waited for`(engine: LawEngine) async throws {
            let counter = try await opened(engine), order = try await counter.order("1")
            try await counter.box("A1", of: order, cod: 6475)
            try await counter.box("A2", of: order, cod: 6475)
            try await counter.box("A3", of: order, cod: 6475, state: "void")
            try await counter.box("A4", of: order, cod: nil)
            try await counter.take([("A1", "64.75")])
            #expect(try await counter.payment("1") == .unpaid)
            try await counter.take([("A2", "64.00")])
            #expect(try await counter.payment("1") == .unpaid)
            #expect(try await counter.differences() == [.tooLittle])
            // The rest comes with the next list, and settles what was open.
            try await counter.take([("A2", "0.75")])
            #expect(try await counter.payment("1") == .paid)
            #expect(try await counter.differences().isEmpty)
            await counter.law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an order whose boxes each collect their share is paid when the carrier has told of the last of them`(engine: LawEngine) async throws {
            let counter = try await opened(engine), order = try await counter.order("1"), law = counter.law, at = law.clock.now
            let channel = try #require(law.hub.channels.directory.channel(counter.carrier))
            try await law.hub.ledger.write { transaction in
                let shipment = Shipment(id: ShipmentID(transaction.nextID()), carrier: "Carrier", channel: channel.id, externalRef: "CD-1", trackingNumber: "A1", bookedAt: at,
                                        parcels: [Parcel(ref: "1", weightGrams: 500, trackingNumber: "A1"), Parcel(ref: "2", weightGrams: 500, trackingNumber: "A2")])
                try ShipmentRows.insert(shipment, order: order.id, at: at, in: transaction.tx)
                try ParcelRows.insert(shipment, of: order, cod: 12_950, isShared: true, track: false, ids: transaction.nextID, at: at, in: transaction.tx)
            }
            func tell(_ number: String, _ status: Fulfilment, collects: Bool, after seconds: Int64) async throws {
                let update = TrackingUpdate(trackingNumber: number, occurredAt: at + .seconds(seconds), fulfilment: status, rawStatus: status.rawValue, codCollected: collects)
                _ = try await law.hub.ledger.write { try $0.apply(update, from: channel, cause: Cause(.delivery, "1")) }
            }
            try await tell("A1", .delivered, collects: true, after: 10)
            #expect(try await counter.payment("1") == .unpaid, "the other box has still to bring its half")
            try await tell("A2", .deliveryFailed, collects: false, after: 20)
            #expect(try await counter.payment("1") == .unpaid)
            try await tell("A2", .delivered, collects: true, after: 30)
            #expect(try await counter.payment("1") == .paid)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a carrier's list speaks of its own parcels alone, and each difference has its name`(engine: LawEngine) async throws {
            let counter = try await opened(engine), order = try await counter.order("1"), second = try await counter.order("2")
            let other = try await counter.law.addShop(LawBook(), name: "Other carrier")
            try await counter.box("B1", of: order, cod: 12_950)
            try await counter.box("B2", of: second, cod: 12_950)
            try await counter.box("B3", of: second, cod: nil)
            try await counter.box("C1", of: second, cod: 12_950, at: other)
            let taken = try await counter.take([("C1", "129.50"), ("B2", "130.00"), ("B1", "129.50"), ("B1", "129.50"), ("B3", "1.00")])
            #expect((taken.parcels, taken.differences) == (5, 4))
            #expect(taken.isWhole)
            #expect(try await counter.differences() == [.unknownNumber, .tooMuch, .matchedTwice, .notCOD])
            #expect(try await counter.payment("1") == .paid)
            #expect(try await counter.payment("2") == .unpaid)
            await counter.law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a long list is taken piece by piece, and one that was cut short goes on where it stood`() async throws {
            let counter = try await opened(.sqlite), order = try await counter.order("1"), count = 1200
            for index in [1, 600, 1200] { try await counter.box("D\(index)", of: order, cod: 12_950) }
            let text = "Tracking number,COD amount\n" + (1...count).map { "D\($0),129.50\n" }.joined()
            try await counter.law.hub.ledgerDatabase.write { tx in
                try tx.run("CREATE TRIGGER stumble BEFORE INSERT ON remittance_lines WHEN NEW.file_row = 801 BEGIN SELECT RAISE(ABORT, 'no'); END")
            }
            await #expect(throws: (any Error).self) { _ = try await counter.take(text) }
            let half = try #require(try await counter.law.hub.shipping.remittances.recent().first)
            #expect(!half.isWhole)
            #expect((1..<count).contains(half.parcels))
            #expect(half.parcels % RemittanceDesk.batch == 0)
            try await counter.law.hub.ledgerDatabase.write { tx in try tx.run("DROP TRIGGER stumble") }
            let whole = try await counter.take(text)
            #expect(whole.isWhole)
            #expect(whole.id == half.id)
            #expect((whole.parcels, whole.differences, whole.amountMinor) == (count, count - 3, Int64(count) * 12_950))
            #expect(try await counter.payment("1") == .paid)
            await #expect(throws: RemittanceFault.self) { _ = try await counter.take(text) }
            await counter.law.end()
        }

        /// - Returns: the path of a new file.
        private func file(_ text: String) throws -> String {
            let path = FileManager.default.temporaryDirectory.path + "/remittance-\(UUID().uuidString).csv"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }

        @Test(arguments: [
            "Tracking number,COD amount,Fee,Transfer date\nEB000000019TH,\"1,250.00\",15,2026-11-20\nTotal,\"1,250.00\",15,\n",
            "รายการโอนเงิน\n\nวันที่โอน;เลขพัสดุ;ยอดเก็บเงินปลายทาง;ค่าธรรมเนียม\n20/11/2026;EB000000019TH;1250.00;15.00\n",
            "transfer_date,tracking-no,cod_amount,COD_FEE\n2026-11-20,eb 000000019 th,1250,15\n",
            "Fecha\tGuía\tImporte\tComisión\n20-11-2026\tEB000000019TH\t1250.00\t15.00\n",
        ])
        func `a list is read by its headings, in whatever language, order and place they stand`(text: String) async throws {
            let path = try file(text), baht = Currency.thb
            #expect(try RemittanceFile.check(path, currency: baht, zone: .gmt) == 1)
            let (batches, gate) = RemittanceFile.batches(path, currency: baht, zone: .gmt, after: 0, size: 10)
            var rows: [RemittanceRow] = []
            for try await batch in batches {
                rows += batch
                gate.taken()
            }
            #expect(rows.map(\.number) == ["EB000000019TH"])
            #expect(rows.map(\.amountMinor) == [125_000])
            #expect(rows.map(\.feeMinor) == [1500])
            #expect(rows.first?.paidAt?.description.prefix(10) == "2026-11-20")
            try FileManager.default.removeItem(atPath: path)
        }

        @Test func `a list without a column that is needed is refused with the name of it and of those that are there`() throws {
            let path = try file("Parcel,Amount\nEB000000019TH,1250\n")
            #expect(throws: RemittanceFault.missingColumn("tracking number", headers: ["Parcel", "Amount"])) { try RemittanceFile.check(path, currency: .thb, zone: .gmt) }
            try FileManager.default.removeItem(atPath: path)
        }

        @Test(.timeLimit(.minutes(1)))
        func `a bad cell far down leaves nothing of the list behind`() async throws {
            let counter = try await opened(.sqlite), order = try await counter.order("1")
            try await counter.box("E1", of: order, cod: 12_950)
            let text = "Tracking number,COD amount\nE1,129.50\n" + (2...700).map { "E\($0),1.00\n" }.joined() + "E701,a lot\n"
            await #expect(throws: RemittanceFault.badCell(row: 702, column: "COD amount", found: "a lot")) { _ = try await counter.take(text) }
            #expect(try await counter.law.hub.shipping.remittances.recent().isEmpty)
            #expect(try await counter.payment("1") == .unpaid)
            await counter.law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a parcel that was delivered and whose money has not come is listed after so many days`() async throws {
            let counter = try await opened(.sqlite), order = try await counter.order("1"), desk = counter.law.hub.shipping.remittances
            try await counter.box("F1", of: order, cod: 12_950, deliveredAt: counter.law.clock.now - .seconds(15 * 86_400))
            try await counter.box("F2", of: order, cod: 12_950, deliveredAt: counter.law.clock.now - .seconds(13 * 86_400))
            #expect(try await desk.late().map(\.parcel.trackingNumber) == ["F1"])
            #expect(try await desk.late(after: .seconds(10 * 86_400)).map(\.parcel.trackingNumber) == ["F1", "F2"])
            try await counter.take([("F1", "129.50")])
            #expect(try await desk.late().isEmpty)
            await counter.law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `papers, news of unknown parcels, scans and settled money are removed at their neighbours' ages, and a parcel still knows that it was paid`(engine: LawEngine) async throws {
            let counter = try await opened(engine), law = counter.law, order = try await counter.order("1")
            try await counter.box("G1", of: order, cod: 12_950)
            try await counter.take([("G1", "129.50"), ("XX1", "1.00")])
            let now = law.clock.now.milliseconds, id = order.id.value, carrier = counter.carrier.value
            try await law.hub.ledger.write { transaction in
                let tx = transaction.tx, bytes: [UInt8] = [1, 2, 3]
                try tx.run("""
                    INSERT INTO labels (id, shipment_id, order_id, parcel_ref, format, version, is_platforms, content, content_digest, is_void, prints, made_at)
                    VALUES (\(transaction.nextID()), 1, \(id), 'a', 'own', 1, 0, \(bytes), \(bytes), 0, 1, \(now))
                    """)
                try tx.run("INSERT INTO early_tracking (id, channel_id, external_ref, document, received_at) VALUES (\(transaction.nextID()), \(carrier), 'r', '{}', \(now))")
                let manifest = transaction.nextID()
                try tx.run("""
                    INSERT INTO manifests (id, number, channel_id, state, opened_by, opened_at, handed_at, prints, parcels, missing, extra) VALUES (\(manifest), 'M-1', \(carrier), 'handedOver', 'Nok', \(now), \(now), 0, 1, 0, 0)
                    """)
                try tx.run("INSERT INTO manifest_scans (id, manifest_id, number, outcome, actor, at) VALUES (\(transaction.nextID()), \(manifest), 'G1', 'taken', 'Nok', \(now))")
            }
            func counts() async throws -> [Int] {
                try await law.hub.ledgerDatabase.read { tx in
                    try [("labels WHERE content IS NOT NULL" as SQL), "labels", "early_tracking", "manifest_scans", "remittance_lines"].map { table in try tx.first("SELECT COUNT(*) FROM \(table)") { try $0.int(0) } ?? 0 }
                }
            }
            _ = try await law.hub.workspace.change(by: AuditActor(name: "test")) { $0.retention = .init(deliveries: 10, attempts: 20, closedDeadLetters: 30) }
            try await law.hub.retention.pass()
            #expect(try await counts() == [1, 1, 1, 1, 2])
            law.clock.move(by: .seconds(11 * 86_400))
            try await law.hub.retention.pass()
            #expect(try await counts() == [0, 1, 0, 1, 2])
            law.clock.move(by: .seconds(10 * 86_400))
            try await law.hub.retention.pass()
            #expect(try await counts() == [0, 1, 0, 0, 2])
            law.clock.move(by: .seconds(10 * 86_400))
            try await law.hub.retention.pass()
            // The number nobody knows is still open.
            #expect(try await counts() == [0, 1, 0, 0, 1])
            #expect(try await law.hub.shipping.remittances.late().isEmpty)
            try await counter.take([("G1", "129.50")])
            #expect(try await counter.differences() == [.unknownNumber, .matchedTwice])
            await law.end()
        }
    }
}
