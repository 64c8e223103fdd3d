/// How far an import has come.
package struct ImportProgress: Sendable, Codable, Equatable {
    package enum Stage: String, Sendable, Codable {
        /// The file is read once from end to end and its rows are put aside.
        case reading
        /// Its orders are put together, checked, and taken when they are good.
        case taking
    }
    package var stage: Stage
    /// Rows of the first pass so far.
    package var rowsRead: Int
    /// Known when the file has been read once.
    package var rowsTotal: Int?
    /// Rows whose orders were checked (and taken).
    package var rowsDone: Int
    /// From 0 to 1, both passes together.
    package var fraction: Double

    static func reading(rows: Int, fraction: Double) -> ImportProgress { ImportProgress(stage: .reading, rowsRead: rows, rowsDone: 0, fraction: min(1, max(0, fraction)) * readingShare) }
    static func taking(rows: Int, of total: Int) -> ImportProgress {
        ImportProgress(stage: .taking, rowsRead: total, rowsTotal: total, rowsDone: rows, fraction: readingShare + (1 - readingShare) * Double(rows) / Double(max(1, total)))
    }
    /// Reading is the quicker part.
    private static let readingShare = 0.3
}
