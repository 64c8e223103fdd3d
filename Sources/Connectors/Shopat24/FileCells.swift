import Connect
import Domain
import Foundation

/// Why a cell cannot be used.
struct CellFault: Error, Equatable { var code: String, message: String, remedy: String }

/// The cells of one row by our names (shopat24.md §4A.2). Nothing is guessed: what can be read in two ways is refused.
struct FileCells: Sendable {
    let row: FileRow, layout: FileLayout
    let texts: CleanText, money: MoneyText, dates: [TimeFormat]

    func column(_ field: FileField) -> Int? { layout.columns[field.rawValue] }

    private func value(_ field: FileField) throws(CellFault) -> FileRow.Value? {
        guard let value = column(field).flatMap({ row.cells[$0] }) else { return nil }
        switch value {
        case .error(let word): throw CellFault(code: "cell_error", message: "The cell shows the error \(word.cut(20)).", remedy: "Mend the formula, or write the value itself.")
        case .formulaWithoutResult: throw CellFault(code: "formula_without_value", message: "The cell holds a formula whose result was never saved.", remedy: "Open the file in a spreadsheet program and save it, or write the value itself.")
        default: return value
        }
    }

    private func plain(_ value: FileRow.Value) -> String {
        switch value {
        case .text(let text), .number(let text), .time(let text): text
        case .truth(let isTrue): isTrue ? "TRUE" : "FALSE"
        case .error, .formulaWithoutResult: ""
        }
    }

    func text(_ field: FileField) throws(CellFault) -> String? { try value(field).flatMap { texts.text(.text(plain($0)), longest: CleanText.longest) } }

    private static let longestNumber = 15

    /// Text whatever its cell: a spreadsheet that took it for a number may have lost digits, which is said and never mended by guessing.
    func identifier(_ field: FileField) throws(CellFault) -> String? {
        guard let value = try value(field) else { return nil }
        if case .number(let text) = value, text.utf8.count(where: { (48...57).contains($0) }) > Self.longestNumber { throw Self.digitsLost(text) }
        guard let text = texts.identifier(.text(plain(value)), longest: CleanText.longestID) else { return nil }
        if Self.isScientific(text) { throw Self.digitsLost(text) }
        return text
    }

    private static func digitsLost(_ text: String) -> CellFault {
        CellFault(code: "digits_lost", message: "\"\(text.cut(30))\" was shortened by a spreadsheet program; its digits are lost.", remedy: "Format the column as text and enter the value again.")
    }

    private static func isScientific(_ text: String) -> Bool { text.wholeMatch(of: /[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,3}/) != nil }

    func phone(_ field: FileField) throws(CellFault) -> String? { try identifier(field).flatMap { texts.phone(.text($0)) } }
    func postcode(_ field: FileField) throws(CellFault) -> String? { try identifier(field).flatMap { texts.postcode(.text($0)) } }

    /// Dates by the profile's forms in their order; a cell that is a date is taken as it is, in Bangkok.
    func date(_ field: FileField) throws(CellFault) -> Timestamp? {
        guard let value = try value(field) else { return nil }
        let text = CleanText.clean(plain(value))
        guard !text.isEmpty, !texts.nullWords.contains(text) else { return nil }
        let forms: [TimeFormat] = if case .time = value { [.pattern("yyyy-MM-dd")] } else { dates }
        if let time = TimeFormat.read(text, forms) { return time }
        throw CellFault(code: "date_unreadable", message: "\"\(text.cut(30))\" is no date in a form of the profile, or has a year of two digits.", remedy: "Write it as 31/12/2025 with four digits of the year, or add its form to file.dates in the channel's profile.")
    }

    func amount(_ field: FileField) throws(CellFault) -> Int64? {
        guard let value = try value(field) else { return nil }
        let text = plain(value)
        do throws(ConnectorError) { return try money.minor(.text(text), field.rawValue) } catch {
            throw CellFault(code: "amount_unreadable", message: "\"\(CleanText.clean(text).cut(30))\" is no amount.", remedy: "Write digits with at most one decimal point, for instance 1299.00.")
        }
    }

    static let largestQuantity = 1_000_000

    func whole(_ field: FileField) throws(CellFault) -> Int? {
        guard let value = try value(field), let text = texts.text(.text(plain(value))) else { return nil }
        let sides = (MoneyText.plain(text.cut(40)) ?? "?").split(separator: ".", omittingEmptySubsequences: false)
        if sides.count == 1 || sides[1].allSatisfy({ $0 == "0" }), let number = Int(sides[0]), (0...Self.largestQuantity).contains(number) { return number }
        throw CellFault(code: "quantity_not_whole", message: "\"\(text.cut(30))\" is no whole number.", remedy: "Write the number of pieces in digits.")
    }

    /// `1299.05`.
    static func baht(_ minor: Int64) -> String {
        let part = minor.magnitude % 100
        return (minor < 0 ? "-" : "") + "\(minor.magnitude / 100)." + (part < 10 ? "0" : "") + "\(part)"
    }

    /// As text that means the same however it was typed: for keys and for comparing rows of one order.
    func canonical(_ field: FileField) throws(CellFault) -> String? {
        switch field.form {
        case .text: try text(field)
        case .identifier: try identifier(field)
        case .phone: try phone(field)
        case .postcode: try postcode(field)
        case .date: try date(field).map { TimeFormat.iso.text($0) }
        case .money: try amount(field).map { Self.baht($0) }
        case .whole: try whole(field).map(String.init)
        }
    }
}
