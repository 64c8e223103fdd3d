package import Documents
package import Domain

/// What a file of orders holds and what became of it: the same for a preview and for a commit.
package struct ImportReport: Sendable, Codable, Equatable {
    package enum State: String, Sendable, Codable {
        /// Looked at; nothing was taken.
        case preview
        /// Columns that no order can do without were not found: nothing was read further.
        case needsMapping
        /// The good orders are in the journal.
        case committed
        /// Under way in this process.
        case running
        /// The file could not be read to its end; `failure` says why. Orders taken before that stay taken.
        case failed
        /// The hub ended meanwhile. The file can be sent again: orders that were taken are recognised.
        case interrupted
    }

    package struct Column: Sendable, Codable, Equatable {
        package var column: OrderColumn, header: String, letter: String, confidence: String
    }

    package struct Problem: Sendable, Codable, Equatable {
        /// From 1, as the spreadsheet shows it.
        package var row: Int
        package var column: OrderColumn?
        /// `C17`; nil when the file has no such column.
        package var cell: String?
        package var order: String?
        package var code: String, message: String, remedy: String
        /// False: the order is taken all the same.
        package var isRejection: Bool
    }

    package struct Failure: Sendable, Codable, Equatable { package var code: String, message: String }

    package struct Duplicates: Sendable, Codable, Equatable {
        /// Known with this very content: not taken again.
        package var same = 0
        /// Known with another content: taken as an update.
        package var changed = 0
        /// The first of both.
        package var numbers: [String] = []
        package var total: Int { same + changed }
    }

    /// Problems beyond this many are counted only.
    package static let maximumProblems = 200
    package static let maximumNumbers = 200

    package var id: String, channel: ChannelID, fileName: String, state: State
    /// `xlsx` or `csv`.
    package var kind: String
    package var encoding: String?, delimiter: String?, sheet: String?
    /// The row of the headers, from 1.
    package var headerRow: Int?
    package var fingerprint: String?
    package var isMappingRemembered = false
    package var mapping: [Column] = []
    package var missingColumns: [OrderColumn] = []
    package var unknownHeaders: [String] = []
    package var rows = 0, emptyRows = 0, orders = 0, good = 0, rejected = 0, rejectedRows = 0
    /// Orders that entered the journal with this import.
    package var taken = 0
    package var duplicates = Duplicates()
    package var problems: [Problem] = []
    package var problemCounts: [String: Int] = [:]
    package var createdAt: Timestamp
    /// Who sent the file.
    package var sentBy: String?
    /// Who had its orders taken, and when that ended.
    package var committedBy: String?, committedAt: Timestamp?
    /// Cells that a person corrected here.
    package var corrections: Int?
    /// Under way, or broken off: its orders are being taken, not only checked.
    package var isCommit: Bool?
    /// The file is still here and can be checked again; worked out when the report is read.
    package var isKept: Bool?
    /// Only of an import that runs.
    package var progress: ImportProgress?
    package var failure: Failure?

    init(id: String, channel: ChannelID, fileName: String, state: State, kind: String, createdAt: Timestamp) {
        self.id = id; self.channel = channel; self.fileName = fileName; self.state = state; self.kind = kind; self.createdAt = createdAt
    }

    /// As those see it who may not read buyers' data: what its flags quote of an address is dots.
    package func shown(isMasked: Bool) -> ImportReport {
        guard isMasked else { return self }
        var report = self
        for index in report.problems.indices { report.problems[index].message = Flag(code: problems[index].code, message: problems[index].message).masked.message }
        return report
    }

    mutating func add(_ problem: Problem) {
        problemCounts[problem.code, default: 0] += 1
        if problems.count < Self.maximumProblems { problems.append(problem) }
    }
}
