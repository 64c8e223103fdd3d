package import Domain

/// A platform that hands its orders over as files in a folder (and may take our answers as files out of another).
///
/// The hub finds whole files, unpacks them, reads tables, keeps the books and moves files; what a header and a row mean is the connector's. All of it is pure.
package protocol ReadsFiles: InterpretsDeliveries {
    /// nil: this channel exchanges no files.
    var exchange: FileExchange? { get }
    func role(of fileName: String) -> FileRole
    /// What a table under this row of headers is; nil: the row is no header row of ours.
    func layout(of headers: [String]) -> FileLayout?
    /// The number of the order that a row belongs to; nil: the row names none that can be one.
    func orderNumber(in row: FileRow, _ layout: FileLayout) -> String?
    func externalID(ofOrder number: String) -> ExternalID
    /// One order of its rows, as they stood in one report.
    ///
    /// - Parameters:
    ///   - rows: all of one kind, each under the layout that its `table` counts to.
    ///   - known: what the platform said of the order before; nil: nothing.
    func order(of rows: [FileRow], _ layouts: [FileLayout], reportedAt: Timestamp, known: OrderSnapshot?) -> FileOrder
    /// The topic under which an order of a file enters the journal: the snapshot as JSON.
    static var fileTopic: String { get }
}

/// Where files come from and go to, and how patient to be with them.
package struct FileExchange: Sendable, Equatable {
    /// A plain name below the data directory's `in/` and `out/`.
    package var incoming: String, outgoing: String
    /// A file without a mark that it is whole is taken after it has not changed for so long.
    package var quietSeconds: Int64
    /// A person is told when no file came for so long; nil: never.
    package var expectEverySeconds: Int64?
    /// A person is told when a file of ours was not answered for so long; nil: it is never answered.
    package var answerWithinSeconds: Int64?
    /// A file with a larger share of bad rows is refused whole.
    package var maximumBadPercent: Int
    /// nil: told by the bytes.
    package var encoding: String?
    /// What bytes beyond ASCII are that are no UTF-8 and carry no mark.
    package var usualEncoding: String?
    package var sheet: String?
    /// From 1; nil: looked for.
    package var headerRow: Int?

    package init(incoming: String, outgoing: String, quietSeconds: Int64 = 30, expectEverySeconds: Int64? = nil, answerWithinSeconds: Int64? = nil, maximumBadPercent: Int = 20,
                 encoding: String? = nil, usualEncoding: String? = nil, sheet: String? = nil, headerRow: Int? = nil) {
        self.incoming = incoming; self.outgoing = outgoing; self.quietSeconds = quietSeconds; self.expectEverySeconds = expectEverySeconds; self.answerWithinSeconds = answerWithinSeconds
        self.maximumBadPercent = maximumBadPercent; self.encoding = encoding; self.usualEncoding = usualEncoding; self.sheet = sheet; self.headerRow = headerRow
    }

    /// Letters, digits, dashes and underscores: a name that can leave no folder.
    package static func isPlain(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
    }
}

/// What a file is by its name.
package enum FileRole: Sendable, Equatable {
    /// A table, or an archive of tables. Files of one batch were written together and are read together.
    /// - Parameter reportedAt: nil: the name does not say.
    case table(reportedAt: Timestamp?, batch: String?)
    /// What became of a file of ours.
    case answer(to: String)
    /// Nobody said what files of this name are.
    case unknown
}

/// What the columns of a table mean.
package struct FileLayout: Sendable, Equatable, Codable {
    /// The connector's own word: rows of different kinds are never one order.
    package var kind: String
    /// The connector's names of columns, by position from 0.
    package var columns: [String: Int]
    /// Required, and not there: the file is refused before any row is used.
    package var missing: [String]
    package var unknown: [String], doubled: [String]
    package init(kind: String, columns: [String: Int], missing: [String] = [], unknown: [String] = [], doubled: [String] = []) {
        self.kind = kind; self.columns = columns; self.missing = missing; self.unknown = unknown; self.doubled = doubled
    }
}

package struct FileRow: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        /// Exact decimal text without exponent.
        case number(String)
        /// A time without a zone: `2025-10-21 11:38:00`, or the day alone.
        case time(String)
        case truth(Bool)
        /// The sheet's own word: `#N/A`.
        case error(String)
        /// A formula whose result was never saved.
        case formulaWithoutResult
    }
    /// Which of the tables that are read together, from 0.
    package var table: Int
    /// From 1, as the spreadsheet shows it.
    package var number: Int
    /// By column from 0; without the empty ones.
    package var cells: [Int: Value]
    package init(table: Int = 0, number: Int, cells: [Int: Value]) { self.table = table; self.number = number; self.cells = cells }
}

/// One order of a file: a snapshot, or what keeps it out, or nothing to be done.
package struct FileOrder: Sendable, Equatable {
    package struct Problem: Sendable, Equatable {
        package var table: Int, row: Int
        /// From 0; nil: the row as a whole.
        package var column: Int?
        package var code: String, message: String, remedy: String
        /// False: the rest of the order is taken all the same.
        package var isRejection: Bool
        package init(table: Int, row: Int, column: Int?, code: String, message: String, remedy: String, isRejection: Bool = true) {
            self.table = table; self.row = row; self.column = column; self.code = code; self.message = message; self.remedy = remedy; self.isRejection = isRejection
        }
    }
    package var number: String?
    package var snapshot: OrderSnapshot?
    package var problems: [Problem]
    package init(number: String?, snapshot: OrderSnapshot? = nil, problems: [Problem] = []) { self.number = number; self.snapshot = snapshot; self.problems = problems }
    package var isRejected: Bool { problems.contains(where: \.isRejection) }
}
