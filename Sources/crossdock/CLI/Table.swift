/// Rows aligned for people; the last column may be as long as it likes.
struct Table {
    static let maximumCellWidth = 60
    private let headings: [String]
    private let rightAligned: Set<Int>
    private var rows: [[String]] = []

    /// - Parameter headings: one that begins with `>` is a number's: its column is aligned right.
    init(_ headings: String...) {
        self.headings = headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        rightAligned = Set(headings.indices.filter { headings[$0].hasPrefix(">") })
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ cells: String...) { rows.append(cells.map(Self.oneLine)) }

    func text(ifEmpty: String) -> String {
        guard !rows.isEmpty else { return ifEmpty + "\n" }
        let all = [headings.map { $0.uppercased() }] + rows.map { row in
            row.enumerated().map { $0.offset == headings.count - 1 ? $0.element : Self.shortened($0.element) }
        }
        let widths = headings.indices.map { column in all.map { Self.width($0[column]) }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - Self.width(cell)), isLast = column == row.count - 1
                line += rightAligned.contains(column) ? padding + cell : (isLast ? cell : cell + padding)
                if !isLast { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// Control characters of a platform's words must not move the cursor of a terminal.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func shortened(_ text: String) -> String {
        width(text) <= maximumCellWidth ? text : String(text.prefix(maximumCellWidth - 1)) + "…"
    }

    /// Cells on a terminal: Thai marks stand above their letter, wide East Asian characters take two.
    static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first else { return sum }
            let isWide = (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
                || (0xF900...0xFAFF).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value) || (0x1F300...0x1FAFF).contains(scalar.value)
            return sum + (isWide ? 2 : 1)
        }
    }
}
