import Connect
import Database
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    /// A channel that hands its orders over as files (platforms/shopat24.md §4A): no row is lost or taken twice, whenever the hub ends.
    @Suite struct WatchedFolderTests {
        private struct Folders {
            let law: LawHub, channel: Channel
            private var base: String { law.place.folder + "/in/s24" }
            /// As a program that sends files does it: under another name first.
            func put(_ name: String, _ text: String, isMarked: Bool = true, in folder: String = "") throws {
                let target = base + folder + "/" + name
                try FileManager.default.createDirectory(atPath: base + folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(fileURLWithPath: target + ".part"))
                try FileManager.default.moveItem(atPath: target + ".part", toPath: target)
                if isMarked { try Data().write(to: URL(fileURLWithPath: target + ".ok")) }
                law.hub.watchedBook.wake()
            }
            func names(_ folder: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: base + folder)) ?? []).filter { !$0.hasSuffix(".csv.ok") }.sorted() }      // no folder yet
            func text(_ name: String) -> String { (try? String(contentsOfFile: base + name, encoding: .utf8)) ?? "" }      // not there: nothing is in it
            func move(_ name: String, to target: String) throws { try FileManager.default.moveItem(atPath: base + name, toPath: base + target) }
            func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: base + name) }
            func order(_ number: String) async throws -> StoredOrder? { try await law.hub.ledger.order(channel: channel.id, externalID: ExternalID("store-01:\(number)")) }
            func settled(_ name: String) async throws {
                try await until("\(name) is put away") { names("/done").contains(name) || names("/failed").contains(name) }
                try await law.settled()
            }
            func again() async throws -> Folders {
                await law.stop()
                return Folders(law: try await LawHub.start(law.place, clock: law.clock, wasKilled: true), channel: channel)
            }
        }

        private static func folders(_ engine: LawEngine) async throws -> Folders {
            let law = try await LawHub.start(try await .fresh(engine))
            let channel = try await law.hub.channels.add(platform: "shopat24", name: "s24", settings: ["form": "files", "connection": "store-01", HubSetting.reconcileSeconds: "86400"], by: "test")
            return Folders(law: law, channel: channel)
        }

        private static func file(_ orders: [(number: String, quantity: String)]) -> String {
            let header = "Order no.,Invoice no.,Order date,SHIP_TO,Recipient,Phone,Address,ตำบล/แขวง,อำเภอ/เขต,จังหวัด,รหัสไปรษณีย์,Vendor SKU,Product name,Line,Qty,Unit price,Discount,Shipping,Total,Payment,Status"
            let rows = orders.map { "\($0.number),99\($0.number),21/10/2025 11:38,H,สมหญิง ใจดี,0812345678,99/1 หมู่ 2,ลาดยาว,จตุจักร,กรุงเทพมหานคร,10900,TS-01,เสื้อยืด,1,\($0.quantity),100.00,0.00,0.00,,CARD,NEW" }
            return ([header] + rows).joined(separator: "\r\n") + "\r\n"
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a whole file is taken once and its sender is told of each row; the same bytes again change nothing`(engine: LawEngine) async throws {
            let folders = try await Self.folders(engine), text = Self.file([("250000000001", "2"), ("250000000002", "1"), ("250000000003", "1"), ("250000000004", "1"), ("250000000005", "1"), ("250000000006", "many")])
            try folders.put("vendor_order_20251021_114005.csv", text)
            try await folders.settled("vendor_order_20251021_114005.csv")
            let order = try #require(try await folders.order("250000000001"))
            #expect(order.snapshot.lines.map(\.quantity) == [2])
            #expect(try await folders.order("250000000006") == nil)
            let results = folders.text("/done/vendor_order_20251021_114005.csv.result.csv").split(whereSeparator: \.isNewline)
            #expect(results.first == "row,order_no,result,code,message")
            #expect(results.dropFirst().filter { $0.contains(",taken,") }.count == 5)
            #expect(results.last?.hasPrefix("7,250000000006,rejected,quantity_not_whole,") == true)
            #expect(folders.text("/done/vendor_order_20251021_114005.csv.rejected.csv").contains("250000000006"))
            try await until("a person is told") { try await folders.law.problems().contains { $0.code == "orders_rejected" } }
            try folders.put("vendor_order_again.csv", text)
            try await folders.settled("vendor_order_again.csv")
            #expect(folders.text("/done/vendor_order_again.csv.result.csv").contains("duplicate_file"))
            #expect(try await folders.order("250000000001") == order)
            #expect(folders.names("").filter { $0.hasSuffix(".csv") }.isEmpty)
            try await until("nothing is left in the working folder") { folders.names("/working").isEmpty }
            await folders.law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a file without a mark waits until it has not changed for a while, and one of another name stays where it is and is told of`() async throws {
            let folders = try await Self.folders(.sqlite)
            try folders.put("vendor_order_1.csv", Self.file([("250000000001", "1")]), isMarked: false)
            try folders.put("price list.csv", "a,b\n1,2\n", isMarked: false)
            try await until("it is looked at") { folders.law.hub.watchedBook.standing(of: folders.channel.id)?.waiting == 2 }
            #expect(try await folders.order("250000000001") == nil)
            try await until("the other is told of") { try await folders.law.problems().map(\.code) == ["file_name_unknown"] }
            folders.law.clock.move(by: .seconds(31))
            folders.law.hub.watchedBook.wake()
            try await folders.settled("vendor_order_1.csv")
            #expect(try await folders.order("250000000001") != nil)
            #expect(folders.names("").contains("price list.csv"))
            await folders.law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a file with too many bad rows is refused whole`() async throws {
            let folders = try await Self.folders(.sqlite), name = "vendor_order_20251021_114005.csv"
            try folders.put(name, Self.file([("250000000001", "1"), ("250000000002", "many")]))
            try await folders.settled(name)
            #expect(folders.names("/failed").contains(name))
            #expect(try await folders.order("250000000001") == nil)
            #expect(folders.text("/failed/\(name).result.csv").contains("too_many_bad_rows"))
            try await until("a person is told") { try await folders.law.problems().map(\.code) == ["too_many_bad_rows"] }
            await folders.law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a hub that ends between claiming a file and importing it takes it at its next start, and one that ends before its books are kept takes it again without effect`(engine: LawEngine) async throws {
            let name = "vendor_order_20251021_114005.csv", text = Self.file([("250000000001", "2"), ("250000000002", "1")])
            var folders = try await Self.folders(engine)
            try folders.put(name, text)
            try await folders.settled(name)
            // Claimed, and not a row imported.
            await folders.law.stop()
            try folders.put("vendor_order_20251022_090000.csv", Self.file([("250000000003", "1")]), isMarked: false, in: "/working")
            folders = try await folders.again()
            try await folders.settled("vendor_order_20251022_090000.csv")
            #expect(try await folders.order("250000000003") != nil)
            // Imported to the last row, and neither the books kept nor the file put away.
            let before = [try await folders.order("250000000001"), try await folders.order("250000000002"), try await folders.order("250000000003")]
            await folders.law.stop()
            folders = try await folders.again()
            try await folders.law.hub.ledgerDatabase.write { tx in try tx.run("DELETE FROM watched_files WHERE file_name = \(name)") }
            await folders.law.stop()
            try folders.move("/done/" + name, to: "/working/" + name)
            try folders.remove("/done/" + name + ".result.csv")
            folders = try await folders.again()
            try await folders.settled(name)
            #expect([try await folders.order("250000000001"), try await folders.order("250000000002"), try await folders.order("250000000003")] == before)
            #expect(folders.text("/done/\(name).result.csv").components(separatedBy: ",unchanged,").count == 3)
            // The books kept, and the file not put away.
            await folders.law.stop()
            try folders.move("/done/" + name, to: "/working/" + name)
            try folders.remove("/done/" + name + ".result.csv")
            folders = try await folders.again()
            try await folders.settled(name)
            #expect(folders.text("/done/\(name).result.csv").contains("duplicate_file"))
            #expect([try await folders.order("250000000001"), try await folders.order("250000000002"), try await folders.order("250000000003")] == before)
            await folders.law.end()
        }
    }
}
