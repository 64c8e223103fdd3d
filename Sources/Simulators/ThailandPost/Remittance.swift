package import Foundation
import SimulatorKit
import Synchronization

/// What goes wrong in a remittance file on request.
package enum RemittanceFault: String, Sendable, CaseIterable {
    /// One amount is not what was collected.
    case differs
    /// One parcel is not in the file.
    case missing
    /// One row of a parcel nobody booked.
    case extra
}

/// The money of a day's COD, as a file. The post's own file is unknown: name, columns and fee are our reconstruction.
package struct RemittanceFile: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var barcode: String
        package var orderID: String
        package var amountSatang: Int64
        package var feeSatang: Int64
        package var transferDate: ThaiDay
    }

    package static let columns = ["barcode", "order_id", "cod_amount", "fee", "transfer_date"]

    package var name: String
    package var rows: [Row]
    /// The barcodes the faults struck; a fault that found nothing to strike is absent.
    package var struck: [RemittanceFault: String] = [:]

    /// A header and a line a row, ended by CR LF, in UTF-8; amounts in baht, `1250.00`.
    package var csv: Data {
        let lines = rows.map { row in
            [row.barcode, Self.quoted(row.orderID), ParcelFields.baht(row.amountSatang), ParcelFields.baht(row.feeSatang), row.transferDate.iso]
        }
        return Data(([Self.columns] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined().utf8)
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

extension ThailandPostSimulator {
    /// What was paid out (901) on this day, in order of barcode; `faults` strike rows drawn from the seed, no row twice.
    package func remittance(of day: ThaiDay, faults: Set<RemittanceFault> = []) -> RemittanceFile {
        let (paid, basisPoints) = state.withLock { state in
            (state.consignments.values.filter { $0.paidOutAt.map { ThaiDay($0) } == day }.sorted { $0.barcode < $1.barcode }, state.settings.codFeeBasisPoints)
        }
        let rows = paid.compactMap { known in
            known.collectedSatang.map { amount in
                RemittanceFile.Row(
                    barcode: known.barcode, orderID: known.orderID, amountSatang: amount, feeSatang: (amount * basisPoints + 5_000) / 10_000, transferDate: day)
            }
        }
        var file = RemittanceFile(name: "cod-\(day.iso).csv", rows: rows)
        var generator = SeededGenerator(seed: self.faults.seed)
        if faults.contains(.missing), let index = file.rows.indices.randomElement(using: &generator) {
            file.struck[.missing] = file.rows.remove(at: index).barcode
        }
        if faults.contains(.differs), let index = file.rows.indices.randomElement(using: &generator) {
            file.rows[index].amountSatang += 100
            file.struck[.differs] = file.rows[index].barcode
        }
        if faults.contains(.extra), let stranger = S10.number(prefix: "EY", serial: 98_000_001) {
            file.rows.append(.init(barcode: stranger, orderID: "UNKNOWN-1", amountSatang: 99_000, feeSatang: 2_970, transferDate: day))
            file.struck[.extra] = stranger
        }
        return file
    }

    /// Writes the day's file into a folder and says where.
    @discardableResult
    package func writeRemittance(of day: ThaiDay, into folder: URL, faults: Set<RemittanceFault> = []) throws -> URL {
        let file = remittance(of: day, faults: faults)
        let url = folder.appending(path: file.name)
        try file.csv.write(to: url, options: .atomic)
        return url
    }
}
