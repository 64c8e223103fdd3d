@testable import Documents
import Domain
import Foundation
@testable import Hub

/// What holds of every table, whatever is in the file.
enum TableExpectations {
    static func verdict(of path: String) -> FuzzVerdict {
        var verdict = FuzzVerdict(), last = 0
        do {
            let table = try openTable(path), limits = TableLimits()
            if let header = ColumnMapping.findHeader(in: try table.firstRows(20)) { _ = header.mapping.missingRequired }
            try table.forEachRow(progress: { if $0.fraction.isNaN || $0.fraction < 0 { verdict.complaints.append("progress of \($0.fraction)") } }) { row in
                verdict.isRead = true
                if row.number <= last { verdict.complaints.append("row \(row.number) after row \(last)") }
                last = row.number
                if !zip(row.cells, row.cells.dropFirst()).allSatisfy({ $0.column < $1.column }) { verdict.complaints.append("cells out of order in row \(row.number)") }
                if row.cells.contains(where: { $0.column >= limits.maximumColumns || ($0.value.plainText?.utf8.count ?? 0) > 2 * limits.maximumCellBytes }) { verdict.complaints.append("a cell past its limits") }
                _ = row.texts
            }
            verdict.add(try orders(path))
        } catch let error as FileProblem {
            if error.sentence.isEmpty || error.remedy.isEmpty { verdict.complaints.append("a problem without words: \(error)") }
            if error.sentence.utf8.count > Expectations.largestSentenceBytes { verdict.complaints.append("a sentence of \(error.sentence.utf8.count) bytes") }
        } catch is ImportFault {
            // Said in the importer's own words.
        } catch { verdict.complaints.append("another error: \(error)") }
        return verdict
    }

    /// The orders that the importer makes of the file.
    private static func orders(_ path: String) throws -> FuzzVerdict {
        var verdict = FuzzVerdict()
        let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        let reading = try FileReading.read(path, into: ImportReport(id: "1", channel: ChannelID(7), fileName: "fuzzed", state: .preview, kind: "", createdAt: FuzzBench.now), folder: folder, remembered: [:], options: ImportOptions(), progress: { _ in })
        guard let mapping = reading.mapping, reading.report.missingColumns.isEmpty, let zone = TimeZone(identifier: "Asia/Bangkok") else { return verdict }
        let settings = AssemblySettings(mapping: mapping, currency: .thb, country: "TH", dates: DateText(zone: zone))
        while true {
            let orders = try reading.spool.next(50, settings, now: FuzzBench.now)
            if orders.isEmpty { return verdict }
            for order in orders {
                if let snapshot = order.snapshot { verdict.complaints += SnapshotExpectations(snapshot, bodyBytes: 1 << 20).complaints }
                if order.snapshot == nil, order.problems.isEmpty { verdict.complaints.append("an order left out without a problem") }
            }
        }
    }

    static func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "crossdock-fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(name)").path(percentEncoded: false)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }
}

enum CSVFuzzing {
    private static let corpus = [
        "Order number,Order date,Recipient,Phone,Address,Province,Postcode,SKU,Quantity,Unit price,Shipping fee,Grand total,Payment method,COD amount\r\n"
            + "1001,31/03/2026 09:30,สมชาย ใจดี,0812345678,99/1 ซอยสุขุมวิท 21,กรุงเทพมหานคร,10110,MUG,2,150.00,50,350.00,COD,350.00\r\n"
            + "1001,31/03/2026 09:30,สมชาย ใจดี,0812345678,99/1 ซอยสุขุมวิท 21,กรุงเทพมหานคร,10110,TEA,1,\"1,250.00\",,,COD,\r\n1002,2026-04-01,\"A \"\"B\"\" C\",+66 81 234,\"1\r\n2\",Phuket,83000,MUG,1,10,0,10,paid,\r\n",
        "sep=;\nNúmero de pedido;Fecha;Destinatario;Teléfono;Dirección;Región;Código postal;SKU;Cantidad;Precio unitario;Total\nA-1;01-02-2026;José;+56 9;Calle 1;RM;8320000;X;3;1.500;4.500\n",
        "เลขที่คำสั่งซื้อ\tวันที่\tชื่อผู้รับ\tที่อยู่\tรหัสไปรษณีย์\tSKU\tจำนวน\tราคา\n1\t2569-03-31\tก\tข\t10110\tX\t1\t๑๐.๕๐\n",
    ]

    static func target() throws -> FuzzTarget {
        FuzzTarget(name: "csv") { random in
            var bytes = Array((random.pick(corpus) ?? "").utf8)
            if random.once(in: 8) { bytes = Array(String(decoding: bytes, as: UTF8.self).utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }); bytes.insert(contentsOf: [0xFF, 0xFE], at: 0) }
            for _ in 0...random.below(4) {
                if random.once(in: 2) { ByteMutator.mutate(&bytes, &random); continue }
                // A cell in another cell's place.
                let value = random.pick(random.pick([HostileValues.numbers, HostileValues.notNumbers, HostileValues.texts]) ?? []) ?? ""
                let cuts = bytes.indices.filter { [0x2C, 0x3B, 0x09].contains(bytes[$0]) }
                guard let cut = random.pick(cuts) else { continue }
                let end = bytes[(cut + 1)...].firstIndex { [0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) } ?? bytes.count
                bytes.replaceSubrange((cut + 1)..<max(cut + 1, end), with: Array(value.utf8))
            }
            if random.once(in: 30) { bytes += [UInt8](repeating: random.pick([0x2C, 0x0A, 0x22, 0x41]) ?? 0x2C, count: 300_000) }
            let path = try TableExpectations.write(bytes, "table.csv")
            return { TableExpectations.verdict(of: path) }
        }
    }
}
