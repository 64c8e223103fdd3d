import Documents

/// A row as bytes: number, then each cell's column, kind and text. Read by this process only, within one import.
enum SpooledRow {
    private enum Kind: UInt8 { case text, number, date, isTrue, isFalse, error, formulaWithoutValue, covered }

    static func encode(_ row: TableRow, into bytes: inout [UInt8]) {
        append(row.number, &bytes)
        append(row.width, &bytes)
        append(row.cells.count, &bytes)
        for cell in row.cells {
            append(cell.column, &bytes)
            let (kind, text) = parts(cell)
            bytes.append(kind.rawValue)
            append(text.utf8.count, &bytes)
            bytes.append(contentsOf: text.utf8)
        }
    }

    static func decode(_ bytes: ArraySlice<UInt8>) -> TableRow? {
        var rest = bytes
        guard let number = take(&rest), let width = take(&rest), let count = take(&rest) else { return nil }
        var cells: [TableCell] = []
        cells.reserveCapacity(count)
        for _ in 0..<count {
            guard let column = take(&rest), let raw = rest.popFirst(), let kind = Kind(rawValue: raw), let length = take(&rest), rest.count >= length else { return nil }
            let text = String(decoding: rest.prefix(length), as: UTF8.self)
            rest = rest.dropFirst(length)
            var cell = TableCell(column: column, row: number, value: value(kind, text))
            if kind == .covered, let area = CellRange(text) { cell.merge = .covered(by: area) }
            cells.append(cell)
        }
        return TableRow(number: number, cells: cells, width: width)
    }

    private static func parts(_ cell: TableCell) -> (Kind, String) {
        if let area = cell.coveredBy, cell.value.isBlank { return (.covered, "\(area)") }
        return switch cell.value {
        case .text(let text): (.text, text)
        case .number(let text): (.number, text)
        case .date(let time): (.date, "\(time.year) \(time.month) \(time.day) \(time.hour) \(time.minute) \(time.second)")
        case .boolean(let isTrue): (isTrue ? .isTrue : .isFalse, "")
        case .error(let word): (.error, word)
        case .formulaWithoutValue: (.formulaWithoutValue, "")
        case .empty: (.text, "")
        }
    }

    private static func value(_ kind: Kind, _ text: String) -> CellValue {
        switch kind {
        case .text: return .text(text)
        case .number: return .number(text: text)
        case .date:
            let parts = text.split(separator: " ").compactMap { Int($0) }
            guard parts.count == 6 else { return .empty }
            return .date(WallTime(year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5]))
        case .isTrue: return .boolean(true)
        case .isFalse: return .boolean(false)
        case .error: return .error(text)
        case .formulaWithoutValue: return .formulaWithoutValue
        case .covered: return .empty
        }
    }

    private static func append(_ number: Int, _ bytes: inout [UInt8]) {
        let value = UInt32(truncatingIfNeeded: number)
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.count >= 4 else { return nil }
        let start = rest.startIndex
        let value = UInt32(rest[start]) | UInt32(rest[start + 1]) << 8 | UInt32(rest[start + 2]) << 16 | UInt32(rest[start + 3]) << 24
        rest = rest.dropFirst(4)
        return Int(value)
    }
}
