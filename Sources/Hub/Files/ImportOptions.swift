package import Documents
package import Domain

/// What a person says about a file, where they know better than the guess.
package struct ImportOptions: Sendable {
    package var sheet: String?
    package var encoding: TextEncoding?
    package var delimiter: CSVFormat.Delimiter?
    /// By column: a header of the file, or a column's letters; nil: the file does not have it.
    package var mapping: [OrderColumn: String?]
    package init(sheet: String? = nil, encoding: TextEncoding? = nil, delimiter: CSVFormat.Delimiter? = nil, mapping: [OrderColumn: String?] = [:]) {
        self.sheet = sheet; self.encoding = encoding; self.delimiter = delimiter; self.mapping = mapping
    }
}

package enum ImportFault: HubError, Equatable {
    case notAFileChannel(String)
    case noSuchColumn(OrderColumn, String)
    case unknownImport
    case noStorage
    case file(FileProblem)

    package var code: String {
        switch self {
        case .notAFileChannel: "not_a_file_channel"
        case .noSuchColumn: "no_such_column"
        case .unknownImport: "unknown_import"
        case .noStorage: "no_storage"
        case .file(let problem): problem.code
        }
    }
    package var sentence: String {
        switch self {
        case .notAFileChannel(let platform): "A channel of \(platform) takes no files and no pushed orders. Make a channel of platform file."
        case .noSuchColumn(let column, let text): "The file has no column \"\(text)\" for \(column.rawValue). Name a header of the file or a column's letters."
        case .unknownImport: "There is no import with this id."
        case .noStorage: "The hub has no folder to keep the rows of files in."
        case .file(let problem): problem.sentence + " " + problem.remedy
        }
    }
    package var failureClass: FailureClass { .rejected }
}
