import Documents
import Domain

/// How single cells are read.
extension OrderAssembly {
    func cell(_ column: OrderColumn, _ row: TableRow) -> TableCell? { settings.indexes[column].map { row[$0] } }

    func isMapped(_ column: OrderColumn) -> Bool { settings.indexes[column] != nil }

    /// The value of a cell that can be read; nil when there is none, and a problem where there should be one.
    func value(_ column: OrderColumn, _ row: TableRow) -> CellValue? {
        guard let cell = cell(column, row) else { return nil }
        switch cell.value {
        case .formulaWithoutValue:
            report(column, row, "formula_without_value", "The cell holds a formula whose result was never saved.",
                   "Open the file in a spreadsheet program and save it, or write the value itself.")
            return nil
        case .error(let word):
            report(column, row, "cell_error", "The cell shows the error \(word).", "Mend the formula, or write the value itself.")
            return nil
        case .empty:
            if let area = cell.coveredBy, Self.belongsToLine(column) {
                report(column, row, "merged_cell", "The cell is part of the merged area \(area), so it has no value of its own.", "Unmerge the cells and write the value in each row.")
            }
            return nil
        default: return cell.value.isBlank ? nil : cell.value
        }
    }

    /// The text of a cell, trimmed.
    func text(_ column: OrderColumn, _ row: TableRow) -> String? {
        guard let plain = value(column, row)?.plainText else { return nil }
        let trimmed = plain.drop(while: \.isWhitespace)
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        let text = String(trimmed[...last])
        if Self.isScientific(text), Self.isIdentifier(column) {
            report(column, row, "digits_lost", "\"\(text.prefix(30))\" was shortened by a spreadsheet program; its digits are lost.", "Format the column as text and enter the value again.")
            return nil
        }
        return text
    }

    /// The value of the order as a whole: rows may leave it out, and may not contradict each other.
    func common<T: Equatable>(_ column: OrderColumn, _ read: (TableRow) -> T?) -> T? {
        guard isMapped(column) else { return nil }
        var found: (value: T, row: TableRow)?
        for row in rows {
            guard let value = read(row) else { continue }
            guard let first = found else { found = (value, row); continue }
            if first.value != value {
                let one = text(column, first.row) ?? "", other = text(column, row) ?? ""
                report(column, row, "order_values_disagree", "Row \(first.row.number) says \"\(one.prefix(60))\" and row \(row.number) says \"\(other.prefix(60))\" for the same order.",
                       "Write the same value on all rows of the order, or only on the first.")
                break
            }
        }
        return found?.value
    }

    func same(_ column: OrderColumn) -> String? { common(column) { text(column, $0) } }

    /// A text whose numbers are names: `10110.0` of a number cell is `10110`.
    func plain(_ column: OrderColumn) -> String? { same(column) }

    /// A phone that a spreadsheet took for a number has lost its first zero: a Thai one gets it back.
    func phone(_ column: OrderColumn) -> String? {
        common(column) { row -> String? in
            guard let text = self.text(column, row) else { return nil }
            guard case .number = self.value(column, row), text.utf8.count == 9, self.settings.country == "TH", !text.hasPrefix("0") else { return text }
            return "0" + text
        }
    }

    func date(_ column: OrderColumn, _ row: TableRow) -> Timestamp? {
        guard let value = value(column, row) else { return nil }
        switch settings.dates.moment(of: value) {
        case .success(let moment): return moment
        case .failure(.shortYear):
            report(column, row, "date_short_year", "\"\((value.plainText ?? "").prefix(30))\" has a year of two digits, which may be of either calendar.", "Write the year with four digits, best as 2026-03-31.")
        case .failure(.notADate):
            report(column, row, "date_unreadable", "\"\((value.plainText ?? "").prefix(30))\" is no date that we can read.", "Write it as 2026-03-31 or as day/month/year, 31/03/2026.")
        }
        return nil
    }

    /// Larger amounts are slips.
    static let maximumAmountMinor: Int64 = 1_000_000_000_000

    func amount(_ column: OrderColumn, _ row: TableRow, _ currency: Currency) -> Int64? {
        guard let value = value(column, row) else { return nil }
        let result: Result<Int64, AmountText.Fault>
        switch value {
        case .number(let text) where !text.hasPrefix("-"):
            do { result = .success(try Money(parsing: text, currency).minor) } catch {
                result = if case .tooPrecise = error { .failure(.tooPrecise) } else { .failure(.notAnAmount) }
            }
        case .number: result = .failure(.negative)
        default: result = AmountText.minor(value.plainText ?? "", currency)
        }
        let shown = "\"\((value.plainText ?? "").prefix(30))\""
        switch result {
        case .success(let minor) where minor <= Self.maximumAmountMinor: return minor
        case .success, .failure(.outOfRange): report(column, row, "amount_out_of_range", "\(shown) is larger than any order.", "Check the amount.")
        case .failure(.notAnAmount): report(column, row, "amount_unreadable", "\(shown) is no amount.", "Write digits with at most one decimal sign, for instance 1299.00.")
        case .failure(.ambiguous):
            report(column, row, "amount_ambiguous", "\(shown) can be read in two ways: as thousands or as decimals.", "Write it without a thousands sign and with its decimals, for instance 1299.00.")
        case .failure(.tooPrecise):
            report(column, row, "amount_too_precise", "\(shown) has more decimals than \(currency) has.", "Round it to \(currency.exponent) decimals.")
        case .failure(.negative): report(column, row, "amount_negative", "\(shown) is negative.", "Write the amount without a minus; discounts too.")
        case .failure(.otherCurrency): report(column, row, "amount_other_currency", "\(shown) is in another currency than the order (\(currency)).", "Write all amounts of an order in its currency, and the currency in its column.")
        }
        return nil
    }

    func commonAmount(_ column: OrderColumn, _ currency: Currency) -> Int64? { common(column) { amount(column, $0, currency) } }

    static func belongsToLine(_ column: OrderColumn) -> Bool {
        switch column {
        case .sku, .title, .variant, .quantity, .unitPrice, .lineDiscount, .lineTotal, .externalLineID, .weightGrams, .weightKilograms: true
        default: false
        }
    }

    private static func isIdentifier(_ column: OrderColumn) -> Bool {
        switch column {
        case .orderNumber, .externalLineID, .buyerPhone, .shipToPhone, .billToPhone, .shipToPostcode, .billToPostcode, .billToTaxID, .sku: true
        default: false
        }
    }

    /// `6.68123E+10`: what a spreadsheet program makes of a long number in a csv.
    private static func isScientific(_ text: String) -> Bool {
        let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }
        guard parts.count == 2, let sign = parts[1].first, sign == UInt8(ascii: "+"), parts[1].count >= 3, parts[0].contains(where: { $0 == 46 || $0 == 44 }) else { return false }
        return parts[1].dropFirst().allSatisfy { (48...57).contains($0) } && parts[0].allSatisfy { (48...57).contains($0) || $0 == 46 || $0 == 44 }
    }
}
