/// Why a file cannot be read (or written): a code for machines, a sentence for an operator, and what to do about it.
///
/// No case carries a cell's contents: sentences go to logs.
package enum FileProblem: Error, Hashable, Sendable {
    case unreadable(reason: String)
    case unwritable(reason: String)
    case empty
    case noRows
    case tooLarge(limitBytes: Int)
    /// Starts with D0 CF 11 E0: Excel 97-2003, or a workbook that was encrypted (the encryption wraps it in the old container).
    case oldOrProtectedWorkbook
    case passwordProtected
    /// Something else entirely; `found` reads after "This is".
    case notATable(found: String)
    /// The container or a part of it is broken.
    case damaged(part: String, reason: String)
    case unsafePartName
    case tooManyParts(limit: Int)
    case declaresEntities(part: String)
    case unpacksTooLarge(limitBytes: Int)
    case suspiciousCompression(part: String)
    case noVisibleSheet
    case noSuchSheet(name: String, available: [String])
    case tooManyRows(limit: Int)
    case tooManyColumns(at: CellReference, limit: Int)
    case cellTooLong(at: CellReference, line: Int?, limitBytes: Int)
    case tooMuchSharedText(limitBytes: Int)
    case tooManyMergedAreas(limit: Int)
    case nulByte(line: Int)
    case unterminatedQuote(line: Int)
    case undecodable(line: Int, encoding: TextEncoding)

    package var code: String {
        switch self {
        case .unreadable: "file_unreadable"
        case .unwritable: "file_unwritable"
        case .empty: "file_empty"
        case .noRows: "file_without_rows"
        case .tooLarge: "file_too_large"
        case .oldOrProtectedWorkbook: "workbook_old_or_protected"
        case .passwordProtected: "workbook_protected"
        case .notATable: "file_not_a_table"
        case .damaged: "workbook_damaged"
        case .unsafePartName: "workbook_unsafe_name"
        case .tooManyParts: "workbook_too_many_parts"
        case .declaresEntities: "workbook_declares_entities"
        case .unpacksTooLarge: "workbook_unpacks_too_large"
        case .suspiciousCompression: "workbook_suspicious_compression"
        case .noVisibleSheet: "workbook_no_visible_sheet"
        case .noSuchSheet: "workbook_no_such_sheet"
        case .tooManyRows: "table_too_many_rows"
        case .tooManyColumns: "table_too_many_columns"
        case .cellTooLong: "table_cell_too_long"
        case .tooMuchSharedText: "workbook_too_much_text"
        case .tooManyMergedAreas: "workbook_too_many_merged_areas"
        case .nulByte: "csv_nul_byte"
        case .unterminatedQuote: "csv_unterminated_quote"
        case .undecodable: "csv_undecodable"
        }
    }

    package var sentence: String {
        switch self {
        case .unreadable(let reason): "The file could not be read: \(reason)."
        case .unwritable(let reason): "The file could not be written: \(reason)."
        case .empty: "The file is empty."
        case .noRows: "The file has no row with anything in it."
        case .tooLarge(let limit): "The file is larger than \(Self.megabytes(limit)) MB."
        case .oldOrProtectedWorkbook: "This is an old .xls workbook, or a workbook protected with a password."
        case .passwordProtected: "The workbook is protected with a password."
        case .notATable(let found): "This is \(found), not a spreadsheet (.xlsx) or a text table (.csv)."
        case .damaged(let part, let reason): "The workbook is damaged: \(part) \(reason)."
        case .unsafePartName: "The workbook holds a part whose name points outside of it (\"..\" or an absolute path)."
        case .tooManyParts(let limit): "The workbook consists of more than \(limit) parts."
        case .declaresEntities(let part):
            "The workbook's part \(part) declares a document type or entities, which no spreadsheet program writes."
        case .unpacksTooLarge(let limit): "The workbook unpacks to more than \(Self.megabytes(limit)) MB."
        case .suspiciousCompression(let part): "The workbook's part \(part) unpacks to far more than a real sheet would."
        case .noVisibleSheet: "The workbook has no visible sheet with cells."
        case .noSuchSheet(let name, let available): "The workbook has no sheet \"\(name)\"; it has \(Self.list(available))."
        case .tooManyRows(let limit): "The table has more than \(limit) rows."
        case .tooManyColumns(let cell, let limit):
            "Cell \(cell) lies beyond column \(CellReference.letters(of: limit - 1)), the last of \(limit) columns."
        case .cellTooLong(let cell, let line, let limit):
            "Cell \(cell)\(line.map { " (line \($0))" } ?? "") holds more than \(limit / 1024) kB of text."
        case .tooMuchSharedText(let limit): "The workbook's table of texts is larger than \(Self.megabytes(limit)) MB."
        case .tooManyMergedAreas(let limit): "The sheet has more than \(limit) merged areas."
        case .nulByte(let line): "Line \(line) holds a NUL byte, so this is not a text file in any encoding we read."
        case .unterminatedQuote(let line): "The quotation mark that opens a field on line \(line) is never closed."
        case .undecodable(let line, let encoding): "Line \(line) is not text in \(encoding.title)."
        }
    }

    /// What the sender or the operator can do.
    package var remedy: String {
        switch self {
        case .unreadable: "Check that the file is still there and that this program may read it, then try again."
        case .unwritable: "Check the free space and the permissions of the folder, then try again."
        case .empty, .noRows: "Check that the right file was chosen and that it was saved before sending."
        case .tooLarge, .unpacksTooLarge, .tooManyRows: "Split the orders into several files and send them one after another."
        case .oldOrProtectedWorkbook:
            "Open it in a spreadsheet program, remove the password if there is one, and save it as .xlsx (\"Excel workbook\")."
        case .passwordProtected: "Open it in a spreadsheet program, remove the password, and save it as .xlsx."
        case .notATable: "Save the orders as .xlsx (\"Excel workbook\") or as .csv (\"CSV UTF-8\") and send that file."
        case .damaged:
            "Open the file in a spreadsheet program, save it again as .xlsx, and send the new file; if it does not open, ask for it again."
        case .unsafePartName, .tooManyParts, .declaresEntities, .suspiciousCompression:
            "No spreadsheet program made this file. If you trust its sender, open it in one, save it as .xlsx, and send the new file."
        case .noVisibleSheet: "Unhide the sheet with the orders, or name it in the channel's settings."
        case .noSuchSheet: "Choose one of these sheets, or leave the sheet open to take the first visible one."
        case .tooManyColumns: "Delete the contents to the right of the orders, then save and send the file again."
        case .cellTooLong(_, .some, _): "Shorten the text; if it looks short, a closing quotation mark is missing in this field."
        case .cellTooLong: "Shorten the text, then save and send the file again."
        case .tooMuchSharedText: "Split the orders into several files, or save the sheet as .csv (\"CSV UTF-8\")."
        case .tooManyMergedAreas: "Unmerge the cells of the sheet, so that each row carries its own values."
        case .nulByte: "Save the table as .csv (\"CSV UTF-8\") or as .xlsx and send that file."
        case .unterminatedQuote: "Close the quotation mark on that line; a quotation mark inside a quoted field is written twice."
        case .undecodable: "Choose the encoding the file was saved in, or save it again as \"CSV UTF-8\"."
        }
    }

    private static func megabytes(_ bytes: Int) -> Int { max(1, bytes >> 20) }

    /// At most ten names, in quotation marks.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 10 ? shown + " and \(names.count - 10) more" : shown
    }
}

extension FileProblem: CustomStringConvertible {
    package var description: String { "\(sentence) \(remedy)" }
}
