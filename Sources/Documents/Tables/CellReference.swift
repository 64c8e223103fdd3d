/// The place of a cell as people read it: `C17` is column 2 (from 0), row 17 (from 1).
package struct CellReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// From 0.
    package var column: Int
    /// From 1.
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    /// Reads `C17` or `$C$17`; nil when the text is not a cell reference.
    package init?(_ text: some StringProtocol) {
        var column = 0
        var row = 0
        var letters = 0
        for byte in text.utf8 where byte != UInt8(ascii: "$") {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where row == 0 && letters < 3:
                column = column * 26 + Int(byte - UInt8(ascii: "A")) + 1
                letters += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z") where row == 0 && letters < 3:
                column = column * 26 + Int(byte - UInt8(ascii: "a")) + 1
                letters += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9") where letters > 0 && row < 10_000_000:
                row = row * 10 + Int(byte - UInt8(ascii: "0"))
            default:
                return nil
            }
        }
        guard letters > 0, row > 0 else { return nil }
        self.init(column: column - 1, row: row)
    }

    package var description: String { Self.letters(of: column) + String(row) }

    /// `0` is `A`, `25` is `Z`, `26` is `AA`.
    package static func letters(of column: Int) -> String {
        var letters = ""
        var rest = column
        while rest >= 0 {
            letters = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26))) + letters
            rest = rest / 26 - 1
        }
        return letters
    }

    /// Reading order: row by row, then from left to right.
    package static func < (a: Self, b: Self) -> Bool { (a.row, a.column) < (b.row, b.column) }
}

/// A rectangle of cells, both corners included: `B2:D5`.
package struct CellRange: Hashable, Sendable, CustomStringConvertible {
    package var first: CellReference
    package var last: CellReference

    /// Reads `B2:D5` (or a lone `B2`); corners in any order.
    package init?(_ text: some StringProtocol) {
        let corners = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(corners.count), let one = CellReference(corners[0]), let other = CellReference(corners[corners.count - 1])
        else { return nil }
        first = CellReference(column: min(one.column, other.column), row: min(one.row, other.row))
        last = CellReference(column: max(one.column, other.column), row: max(one.row, other.row))
    }

    package var description: String { "\(first):\(last)" }

    package func contains(_ cell: CellReference) -> Bool {
        (first.column...last.column).contains(cell.column) && (first.row...last.row).contains(cell.row)
    }
}
