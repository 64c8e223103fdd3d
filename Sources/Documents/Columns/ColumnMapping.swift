/// Which column of a file means what. Guessed from the header row, corrected by a person, and remembered for the sender's next file of the
/// same shape (`fingerprint`).
package struct ColumnMapping: Codable, Hashable, Sendable {
    /// How sure a guess is. What is below `exact` should be shown to a person the first time.
    package enum Confidence: Int, Codable, Comparable, Hashable, Sendable {
        /// May be meant; nothing better was there.
        case guess = 1
        /// Usually means this, or says it beside other words.
        case likely = 2
        /// Means this and nothing else, or was set by a person.
        case exact = 3

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package struct Assignment: Codable, Hashable, Sendable {
        package var column: OrderColumn
        /// Of the file's column, from 0.
        package var index: Int
        /// As it stands in the file.
        package var header: String
        package var confidence: Confidence

        package init(column: OrderColumn, index: Int, header: String, confidence: Confidence) {
            (self.column, self.index, self.header, self.confidence) = (column, index, header, confidence)
        }
    }

    /// Several headers that seem to mean one column; the first is the one that is used.
    package struct Conflict: Codable, Hashable, Sendable {
        package var column: OrderColumn
        package var indexes: [Int]
        package var headers: [String]
    }

    /// In the file's order, each column of the file and each `OrderColumn` at most once.
    package private(set) var assignments: [Assignment]
    package private(set) var conflicts: [Conflict]
    /// Headers that mean nothing to us; their columns are not read.
    package private(set) var unknownHeaders: [String]
    /// Of the header row this mapping was made for.
    package let fingerprint: String

    init(assignments: [Assignment], conflicts: [Conflict], unknownHeaders: [String], fingerprint: String) {
        self.assignments = assignments.sorted { $0.index < $1.index }
        self.conflicts = conflicts
        self.unknownHeaders = unknownHeaders
        self.fingerprint = fingerprint
    }

    /// The file's column (from 0) that holds this; nil when none does.
    package subscript(column: OrderColumn) -> Int? { assignments.first { $0.column == column }?.index }

    /// The cell of this row that holds `column`; nil when the file has no such column.
    package func cell(_ column: OrderColumn, of row: TableRow) -> TableCell? { self[column].map { row[$0] } }

    /// What this row says for `column`, white space at the ends dropped; nil when there is no column, no value, or no readable one.
    package func text(_ column: OrderColumn, of row: TableRow) -> String? {
        guard let text = cell(column, of: row)?.value.plainText else { return nil }
        let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        return trimmed.isEmpty ? nil : trimmed
    }

    /// A person's word: `column` is in the file's column `index`, or nowhere (nil). Whatever was there before gives way.
    package mutating func assign(_ column: OrderColumn, to index: Int?, header: String = "") {
        assignments.removeAll { $0.column == column || $0.index == index }
        conflicts.removeAll { $0.column == column }
        unknownHeaders.removeAll { $0 == header }
        if let index { assignments.append(Assignment(column: column, index: index, header: header, confidence: .exact)) }
        assignments.sort { $0.index < $1.index }
    }

    /// Without these an order cannot be made; within a group one is enough, and the first is the one to ask for.
    package static let required: [[OrderColumn]] = [[.orderNumber], [.shipToName, .buyerName], [.shipToLine1], [.sku, .title], [.quantity]]

    /// The first column of every required group of which the file has none.
    package var missingRequired: [OrderColumn] {
        Self.required.filter { group in !group.contains { self[$0] != nil } }.compactMap(\.first)
    }

    /// The same for every header row that differs only in case, accents, spaces and punctuation. It tells shapes of files apart and is no
    /// proof of anything (64-bit FNV-1a).
    package static func fingerprint(of headers: [String]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let folded = headers.map(HeaderFolding.fold)
        let used = folded.prefix((folded.lastIndex { !$0.isEmpty } ?? -1) + 1)
        for byte in used.joined(separator: "\u{1F}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "h1-\(used.count)-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
