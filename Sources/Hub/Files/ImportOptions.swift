package import Documents
package import Domain

/// What a person says about a file, where they know better than the guess.
package struct ImportOptions: Sendable, Codable, Equatable {
    package static let maximumCorrections = 5000, maximumCorrectionCharacters = 1000

    package var sheet: String?
    package var encoding: TextEncoding?
    package var delimiter: CSVFormat.Delimiter?
    /// By column: a header of the file, or a column's letters; nil: the file does not have it.
    package var mapping: [OrderColumn: String?]
    /// Texts that stand in for what the file says, by cell (`C17`).
    package var corrections: [String: String] = [:]
    package init(sheet: String? = nil, encoding: TextEncoding? = nil, delimiter: CSVFormat.Delimiter? = nil, mapping: [OrderColumn: String?] = [:]) {
        self.sheet = sheet; self.encoding = encoding; self.delimiter = delimiter; self.mapping = mapping
    }
}

package enum ImportFault: HubError, Equatable {
    case notAFileChannel(String)
    case noSuchColumn(OrderColumn, String)
    case unknownImport
    case noStorage
    case running, tooManyRunning, committed, notKept, tooManyCorrections
    case badCell(String)
    case file(FileProblem)

    package var code: String {
        switch self {
        case .notAFileChannel: "not_a_file_channel"
        case .noSuchColumn: "no_such_column"
        case .unknownImport: "unknown_import"
        case .noStorage: "no_storage"
        case .running: "import_running"
        case .tooManyRunning: "too_many_imports"
        case .committed: "import_committed"
        case .notKept: "file_not_kept"
        case .tooManyCorrections: "too_many_corrections"
        case .badCell: "bad_cell"
        case .file(let problem): problem.code
        }
    }
    package var sentence: String {
        switch self {
        case .notAFileChannel(let platform): "A channel of \(platform) takes no files and no pushed orders. Make a channel of platform file."
        case .noSuchColumn(let column, let text): "The file has no column \"\(text)\" for \(column.rawValue). Name a header of the file or a column's letters."
        case .unknownImport: "There is no import with this id."
        case .noStorage: "The hub has no folder to keep the rows of files in."
        case .running: "This import is under way. Wait for its end."
        case .tooManyRunning: "\(ImportDesk.maximumRunning) files are being taken in already. Try again when one of them has ended."
        case .committed: "The orders of this import were taken already. Check its file again to correct what was rejected."
        case .notKept: "The file of this import is not here any more. Send it again: orders that were taken are recognised."
        case .tooManyCorrections: "More than \(ImportOptions.maximumCorrections) cells are corrected. Correct the file itself and send it again."
        case .badCell(let text): "\"\(text.prefix(20))\" names no cell. Write it like C17, with at most \(ImportOptions.maximumCorrectionCharacters) characters in it."
        case .file(let problem): problem.sentence + " " + problem.remedy
        }
    }
    package var failureClass: FailureClass { .rejected }
}

extension ImportOptions {
    /// Puts a text in place of a cell's own; nil takes it back.
    package mutating func correct(_ cell: String, to text: String?) throws(ImportFault) {
        guard let place = CellReference(cell), text?.count ?? 0 <= Self.maximumCorrectionCharacters else { throw .badCell(cell) }
        corrections[place.description] = text
    }

    /// By row and column.
    var correctedCells: [Int: [Int: String]] {
        corrections.reduce(into: [:]) { rows, one in
            guard let place = CellReference(one.key) else { return }
            rows[place.row, default: [:]][place.column] = one.value
        }
    }
}
