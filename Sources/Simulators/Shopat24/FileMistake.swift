import Foundation

/// A vendor order file with one thing wrong (shopat24.md §4A, §8, §11).
package enum FileMistake: String, Sendable, CaseIterable, Decodable {
    case missingColumn, columnTwice, repeatedRow, conflictingRows, lostLeadingZeros, exponentOrderNumbers, impossibleDate, twoDigitYear
    case wrongTotal, unknownStatus, mostRowsBad, errorCell
    case invalidBytes, wrongEncoding, emptyFile, cutFile
    case htmlNamedXLS, workbookNamedXLS, binaryXLS
    case encryptedZip, zipBomb, climbingName, absoluteName, linkMember, tooManyMembers, nestedTooDeep

    /// What the dossier says becomes of such a file.
    package enum Fate: String, Sendable {
        /// Every order is taken.
        case taken
        /// The first order of the file is held, the others go through; the whole file fails where that is more than a fifth of its rows.
        case firstOrderHeld
        /// The file goes to `failed/`, no order is touched.
        case failed
        /// The dossier does not say.
        case open
    }

    package var fate: Fate {
        switch self {
        case .columnTwice, .repeatedRow, .lostLeadingZeros, .htmlNamedXLS, .workbookNamedXLS: .taken
        case .conflictingRows, .exponentOrderNumbers, .impossibleDate, .twoDigitYear, .wrongTotal, .unknownStatus, .errorCell, .invalidBytes: .firstOrderHeld
        case .missingColumn, .mostRowsBad, .wrongEncoding, .binaryXLS, .encryptedZip, .zipBomb, .climbingName, .absoluteName, .linkMember,
            .tooManyMembers, .nestedTooDeep: .failed
        case .emptyFile, .cutFile: .open
        }
    }

    /// The ending the file's name gets, where the mistake decides it.
    var fileExtension: String? {
        switch self {
        case .htmlNamedXLS, .workbookNamedXLS, .binaryXLS: "xls"
        case .errorCell: "xlsx"
        case .encryptedZip, .zipBomb, .climbingName, .absoluteName, .linkMember, .tooManyMembers, .nestedTooDeep: "zip"
        default: nil
        }
    }

    /// Members of `tooManyMembers` and unpacked bytes of `zipBomb`: just past the limits of shopat24.md §4A.1.
    private static let (memberCount, bombBytes) = (201, 4 << 20)

    /// What is wrong with the rows; other mistakes leave them alone.
    func spoil(_ table: inout OrderTable) {
        guard !table.rows.isEmpty else { return }
        switch self {
        case .missingColumn: table.remove(.quantity)
        case .columnTwice:
            guard let index = table.index(of: .note) else { return }
            table.header.append(table.header[index])
            table.columns.append(nil)
            for row in table.rows.indices { table.rows[row].append(.text("second")) }
        case .repeatedRow: table.rows.append(table.rows[0])
        case .conflictingRows:
            table.rows.append(table.rows[0])
            table.set(.quantity, row: table.rows.count - 1, .integer(77))
        case .lostLeadingZeros:
            for row in table.rows.indices { for column in [OrderColumn.phone, .storeCode] { dropZeros(&table, column, row) } }
        case .exponentOrderNumbers:
            guard let index = table.index(of: .orderNo) else { return }
            let first = table.rows[0][index]
            for row in table.rows.indices where table.rows[row][index] == first { table.rows[row][index] = .raw("2.5E+11") }
        case .impossibleDate: table.set(.orderDate, row: 0, .raw("31/02/2025"))
        case .twoDigitYear: table.set(.orderDate, row: 0, .raw("21/10/25"))
        case .wrongTotal: table.set(.grandTotal, row: 0, .money(123_456_789))
        case .unknownStatus: table.set(.status, row: 0, .text("TELEPORTED"))
        case .mostRowsBad: for row in table.rows.indices { table.set(.quantity, row: row, .raw("many")) }
        case .errorCell: table.set(.quantity, row: 0, .error("#N/A"))
        default: break
        }
    }

    private func dropZeros(_ table: inout OrderTable, _ column: OrderColumn, _ row: Int) {
        guard let index = table.index(of: column), case .identifier(let text) = table.rows[row][index] else { return }
        table.rows[row][index] = .identifier(String(text.drop { $0 == "0" }))
    }

    /// The file's bytes, from rows that `spoil` has seen.
    func bytes(_ table: OrderTable, style: OrderFileStyle, name: String) -> Data {
        var style = style
        if fileExtension == "xlsx" || self == .workbookNamedXLS { style.format = .xlsx }
        let plain = table.bytes(style)
        return switch self {
        case .invalidBytes: invalid(table, style)
        case .wrongEncoding: Data(table.text(style).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        case .emptyFile: Data()
        case .cutFile: plain.prefix(plain.count * 2 / 3)
        case .htmlNamedXLS: html(table, style)
        case .binaryXLS: Data([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) + Data(repeating: 0, count: 504)
        case .encryptedZip, .zipBomb, .climbingName, .absoluteName, .linkMember, .tooManyMembers, .nestedTooDeep: archive(plain, name)
        default: plain
        }
    }

    /// DB and FC stand for nothing in windows-874; they sit in the recipient of the first row.
    private func invalid(_ table: OrderTable, _ style: OrderFileStyle) -> Data {
        var (table, style) = (table, style)
        style.format = .csvWindows874
        table.set(.recipient, row: 0, .raw("AB~CD~EF"))
        var left: [UInt8] = [0xDB, 0xFC]
        return Data(table.bytes(style).map { $0 == UInt8(ascii: "~") && !left.isEmpty ? left.removeFirst() : $0 })
    }

    private func html(_ table: OrderTable, _ style: OrderFileStyle) -> Data {
        var plain = style
        plain.delimiter = ","
        let rows = DelimitedText.read(Data(table.text(plain).utf8)) ?? []
        let lines = rows.enumerated().map { number, row in
            let tag = number == 0 ? "th" : "td"
            return "<tr>" + row.map { "<\(tag)>\(Workbook.escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        return Data(("<html><head><meta charset=\"utf-8\"></head><body><table>\n" + lines.joined(separator: "\n") + "\n</table></body></html>\n").utf8)
    }

    private func archive(_ plain: Data, _ name: String) -> Data {
        var zip = StoredZip()
        switch self {
        case .encryptedZip: zip.addEncrypted(name, plain)
        case .zipBomb: zip.addBomb(name, unpackedBytes: Self.bombBytes)
        case .climbingName: zip.add("../../" + name, plain)
        case .absoluteName: zip.add("/" + name, plain)
        case .linkMember: zip.addLink(name, to: "/etc/hostname")
        case .tooManyMembers: for number in 1...Self.memberCount { zip.add("\(number)_" + name, number == 1 ? plain : Data()) }
        case .nestedTooDeep:
            let inner = StoredZip([(name, plain)]).bytes
            zip.add("outer.zip", StoredZip([("inner.zip", StoredZip([("innermost.zip", inner)]).bytes)]).bytes)
        default: zip.add(name, plain)
        }
        return zip.bytes
    }
}
