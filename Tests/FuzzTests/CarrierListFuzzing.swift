import Domain
import Foundation
@testable import Hub

/// A carrier's lists of what it paid out.
enum RemittanceFuzzing {
    private static let corpus = [
        "Tracking number,COD amount,Fee,Transfer date\r\nEF123456785TH,\"1,250.00\",37.50,04/06/2567\r\nEB000000014TH,99,-,2024-06-05\r\n,1349.00,,\r\n",
        "COD report\n\nเลขพัสดุ\tยอดเก็บเงินปลายทาง\tค่าธรรมเนียม\tวันที่โอน\nEF123456785TH\t๑,๒๕๐.๕๐\t๐\t๔/๖/๒๕๖๗\n", "Guía;Importe;Comisión;Fecha\nEF 1234 5678 5 TH;1.250,00;12,50;31-12-2026\n",
    ]

    static func target() throws -> FuzzTarget {
        FuzzTarget(name: "remittance") { random in
            var bytes = Array((random.pick(corpus) ?? "").utf8)
            for _ in 0...random.below(4) {
                if random.once(in: 2) { ByteMutator.mutate(&bytes, &random); continue }
                let value = random.pick(random.pick([HostileValues.numbers, HostileValues.notNumbers, HostileValues.texts]) ?? []) ?? ""
                guard let cut = random.pick(bytes.indices.filter { [0x2C, 0x3B, 0x09].contains(bytes[$0]) }) else { continue }
                let end = bytes[(cut + 1)...].firstIndex { [0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) } ?? bytes.count
                bytes.replaceSubrange((cut + 1)..<max(cut + 1, end), with: Array(value.utf8))
            }
            let path = try TableExpectations.write(bytes, "remittance.csv")
            return { await verdict(path) }
        }
    }

    private static func verdict(_ path: String) async -> FuzzVerdict {
        do {
            guard let zone = TimeZone(identifier: "Asia/Bangkok") else { return FuzzVerdict(complaints: ["no zone"]) }
            let count = try RemittanceFile.check(path, currency: .thb, zone: zone)
            let (batches, gate) = RemittanceFile.batches(path, currency: .thb, zone: zone, after: 0, size: 2)
            defer { gate.shut() }
            var rows: [RemittanceRow] = []
            for try await batch in batches {
                rows += batch
                gate.taken()
            }
            var verdict = FuzzVerdict(isRead: true), sum: Int64 = 0, last = 0
            if rows.isEmpty { verdict.complaints.append("taken without a row") }
            if rows.count != count { verdict.complaints.append("\(count) rows when checked, \(rows.count) when read") }
            for row in rows {
                if row.number.isEmpty || row.number.count > 40 { verdict.complaints.append("a number of \(row.number.count) characters") }
                if row.row <= last { verdict.complaints.append("row \(row.row) after row \(last)") }
                last = row.row
                for amount in [row.amountMinor, row.feeMinor] {
                    if amount.magnitude > Expectations.largestAmount.magnitude { verdict.complaints.append("an amount of \(amount)") }
                    let (next, overflow) = sum.addingReportingOverflow(amount)
                    if overflow { verdict.complaints.append("the amounts overflow") }
                    sum = overflow ? sum : next
                }
            }
            return verdict
        } catch let fault as RemittanceFault {
            return FuzzVerdict(complaints: fault.sentence.isEmpty || fault.sentence.utf8.count > Expectations.largestSentenceBytes ? ["a sentence of \(fault.sentence.utf8.count) bytes under \(fault.code)"] : [])
        } catch { return FuzzVerdict(complaints: ["another error: \(error)"]) }
    }
}

/// Carriers' price lists, as people write them into a setting.
enum RateTableFuzzing {
    private static let corpus = [
        "# EMS\nzone near 10,11,12,TH-11\nzone islands 84320,84280\ncod flat 10 percent 3% minimum 15\nfuel 5.5%\nmaximum grams 20000\nmaximum cod 50000\nmaximum side 1000; maximum sides 2000\ncountries TH\n"
            + "near 250 36\nnear 1000 51\n* 1000 71\n* 20000 235\nislands none\nTH-83 1000 90",
        "10,11 1000 35; * 1000 45", "service EMS\n* 1000 71\n* 5000 95\nservice eCo-Post\n* 2000 40.50\n50 2000 55", "cod none\n* 1 0",
    ]
    private static let pieces = [
        "zone ", "service ", "cod ", "fuel ", "maximum ", "countries ", "none", "flat ", "percent ", "minimum ", "grams ", "side ", "sides ", "*", ",", ";", "\n", "\r\n", "\u{85}", "\u{2028}", "#", "%", "-", "TH-50", "near", " 1000 ",
        "9223372036854775807", "100%", "100.01%", "0.005", "1e3", "1e30", "\u{0}", "\u{202E}", "๑๐", "é",
    ]
    private static let requests = [
        RateRequest(boxes: [.init(grams: 1)], postcode: "10240", provinceCode: "TH-10", countryCode: "TH"), RateRequest(boxes: [.init(grams: 900, sides: [300, 200, 100]), .init(grams: 1)], postcode: "84320", codMinor: 125_000),
        RateRequest(boxes: [.init(grams: 5000)], provinceCode: "TH-50", codMinor: Expectations.largestAmount, service: "ems"), RateRequest(boxes: [.init(grams: .max, sides: [])]), RateRequest(boxes: []),
    ]

    static func target() throws -> FuzzTarget {
        for text in corpus { _ = try RateTable(text, currency: .thb) }
        return FuzzTarget(name: "rates") { random in
            var bytes = Array((random.pick(corpus) ?? "").utf8)
            for _ in 0...random.below(3) {
                let at = random.below(bytes.count + 1)
                switch random.below(4) {
                case 0: bytes.insert(contentsOf: Array((random.pick(pieces) ?? "").utf8), at: at)
                case 1: bytes.insert(contentsOf: Array((random.pick(HostileValues.numbers) ?? "").utf8), at: at)
                case 2: bytes.insert(contentsOf: Array(String(repeating: random.pick(pieces) ?? "", count: random.pick([3, 40, 3_000]) ?? 1).utf8), at: at)
                default: ByteMutator.mutate(&bytes, &random)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self), currency = random.pick([Currency.thb, .jpy, .kwd]) ?? .thb
            return { verdict(text, currency) }
        }
    }

    private static func verdict(_ text: String, _ currency: Currency) -> FuzzVerdict {
        do throws(RateTable.Fault) {
            let table = try RateTable(text, currency: currency)
            var verdict = FuzzVerdict(isRead: !table.bands.isEmpty)
            for request in requests {
                do throws(RateRefusal) {
                    let quote = try table.quote(request)
                    if [quote.freightMinor, quote.fuelMinor, quote.codFeeMinor].contains(where: { $0 < 0 }) { verdict.complaints.append("a negative part: \(quote)") }
                    if quote.totalMinor != quote.freightMinor + quote.fuelMinor + quote.codFeeMinor || quote.totalMinor > Expectations.largestAmount { verdict.complaints.append("a sum that does not check: \(quote)") }
                    if quote.codFeeMinor > 0, request.codMinor == nil { verdict.complaints.append("a fee for collecting nothing") }
                } catch { if error.words(currency).isEmpty { verdict.complaints.append("a refusal without words") } }
            }
            return verdict
        } catch {
            if case .line(let line, let words) = error, line < 1 || words.isEmpty { return FuzzVerdict(complaints: ["a mistake without words or place: \(error)"]) }
            return FuzzVerdict(complaints: error.sentence.utf8.count > Expectations.largestSentenceBytes ? ["a sentence of \(error.sentence.utf8.count) bytes"] : [])
        }
    }
}
