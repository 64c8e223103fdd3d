import CourierSimulator
import Database
import Documents
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    /// What shipping leaves behind goes when it is old; what was decided stays (docs/operating.md).
    @Suite struct RetentionTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `addresses on labels, scans of lists that left and settled rows of carriers' lists go when they are old, and what they decided stays`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine)), desk = law.hub.shipping
            let shop = try await law.addShop(LawBook()), carrier = try await law.addCourier(courier)
            for id in ["1", "2"] {
                try await law.deliver(.law(id, at: law.clock.now, isCOD: true), to: shop)
                try await until("\(id) is booked") { try await law.order(id, in: shop).workflow == .synced }
            }
            var lines: [ParcelLine] = []
            for id in ["1", "2"] { lines.append(try #require(try await desk.packing.parcels(of: try await law.order(id, in: shop).id).first)) }
            _ = try await desk.labels.print(LabelDesk.Order(parcels: lines.map(\.parcel.id), size: .label100x150, words: .english, actor: "Nok", date: { _ in "21 Nov" }))
            let numbers = lines.compactMap(\.parcel.trackingNumber)
            var manifests: [Manifest] = []
            for index in 0...1 {
                _ = try await desk.packing.pack(lines[index].parcel.id, weightGrams: nil, by: "Nok")
                let manifest = try await desk.manifests.open(for: carrier, day: "20261121", cutoff: nil, by: "Nok")
                _ = try await desk.manifests.scan(numbers[index], into: manifest.id, by: "Nok")
                manifests.append(try await desk.manifests.close(manifest.id, by: "Nok"))
            }
            // The second list is closed and never left.
            _ = try await desk.manifests.handOver(manifests[0].id, to: nil, by: "Nok")
            let path = law.place.folder + "/paid.csv"
            try Data("Tracking number,COD amount\n\(numbers[0]),129.50\nXX1,10.00\n".utf8).write(to: URL(fileURLWithPath: path))
            func take() async throws -> Remittance { try await desk.remittances.take(path, fileName: "paid.csv", from: carrier, zone: .gmt, by: "Nok") }
            _ = try await take()
            func count(_ query: SQL) async throws -> Int { try await law.hub.ledgerDatabase.read { tx in try tx.first(query) { try $0.int(0) } ?? 0 } }
            try await law.hub.retention.pass()
            #expect(try await count("SELECT COUNT(*) FROM labels WHERE content IS NOT NULL") == 2)
            #expect(try await count("SELECT COUNT(*) FROM manifest_scans") >= 2)
            #expect(try await count("SELECT COUNT(*) FROM remittance_lines") == 2)

            law.clock.move(by: .seconds(401 * 86_400))
            try await law.hub.retention.pass()
            #expect(try await count("SELECT COUNT(*) FROM labels WHERE content IS NOT NULL") == 0)
            #expect(try await count("SELECT COUNT(*) FROM label_prints") == 2)
            #expect(try await count("SELECT COUNT(*) FROM manifest_scans WHERE manifest_id = \(manifests[0].id)") == 0)
            #expect(try await count("SELECT COUNT(*) FROM manifest_scans WHERE manifest_id = \(manifests[1].id)") > 0)
            #expect(try await desk.manifests.manifest(manifests[0].id).parcels == 1)
            #expect(try await desk.manifests.list(.counted, of: manifests[0].id, limit: 10).map(\.parcel.id) == [lines[0].parcel.id])
            // What nobody has settled is kept, and the list is not taken twice.
            #expect(try await desk.remittances.differences().map(\.number) == ["XX1"])
            #expect(try await count("SELECT COUNT(*) FROM remittance_lines") == 1)
            let fault = await #expect(throws: RemittanceFault.self) { try await take() }
            #expect(fault?.code == "seen_before")
            #expect(try await law.order("1", in: shop).paymentState == .paid)
            let kinds = Set(try await law.hub.retention.removals().map(\.kind))
            #expect(kinds.isSuperset(of: ["labels", "manifestScans", "remittanceLines"]))
            await courier.stop()
            await law.end()
        }
    }
}
