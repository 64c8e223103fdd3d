/// Finds the delimiter from the first lines, quotes respected: the one that cuts the header row into several fields and most other rows
/// into as many. Where none cuts the first row, that is a title, and the header row is looked for beneath it.
enum DelimiterDetection {
    typealias Result = (delimiter: CSVFormat.Delimiter, certainty: CSVFormat.Certainty, hasSeparatorLine: Bool)

    static let sampleRows = 30
    private static let titleRows = 9

    /// - Parameter text: the beginning of the file as UTF-8; its last line may be cut off.
    static func detect(in text: [UInt8], isWhole: Bool) -> Result {
        if let ordered = separatorLine(text) { return (ordered, .certain, true) }
        let samples = CSVFormat.Delimiter.allCases.map { ($0, fieldCounts(in: text, delimiter: $0, isWhole: isWhole)) }
        let beneath = samples.compactMap { delimiter, counts -> (CSVFormat.Delimiter, [Int])? in
            let rows = counts.drop { $0 == 1 }
            return rows.count >= 2 && counts.count - rows.count <= titleRows ? (delimiter, Array(rows)) : nil
        }
        let found = best(of: samples) ?? best(of: beneath).flatMap { $0.share > 0.5 ? $0 : nil }
        guard let found else { return (.comma, .assumed, false) }
        return (found.delimiter, found.share > 0.9 ? .certain : .likely, false)
    }

    private static func best(of samples: [(CSVFormat.Delimiter, [Int])]) -> (delimiter: CSVFormat.Delimiter, score: Double, share: Double)? {
        var best: (delimiter: CSVFormat.Delimiter, score: Double, share: Double)?
        for (delimiter, counts) in samples {
            guard let header = counts.first, header > 1 else { continue }
            let share = Double(counts.count { $0 == header }) / Double(counts.count)
            let score = share * share * Double(min(header, 60))
            if score > best?.score ?? 0 { best = (delimiter, score, share) }
        }
        return best
    }

    /// `sep=;` alone on the first line, as spreadsheet programs understand it.
    private static func separatorLine(_ text: [UInt8]) -> CSVFormat.Delimiter? {
        let line = text.prefix { $0 != 0x0A && $0 != 0x0D }
        guard line.count == 5, line.starts(with: Array("sep=".utf8)) || line.starts(with: Array("SEP=".utf8)) else { return nil }
        return CSVFormat.Delimiter.allCases.first { $0.byte == line.last }
    }

    private static func fieldCounts(in text: [UInt8], delimiter: CSVFormat.Delimiter, isWhole: Bool) -> [Int] {
        var counts: [Int] = []
        var parser = CSVParser(delimiter: delimiter, limits: TableLimits())
        do {
            try text.withUnsafeBufferPointer { bytes in
                try parser.feed(bytes) { record in
                    if !record.isBlank { counts.append(record.count) }
                    if counts.count == sampleRows { throw SampleIsFull() }
                }
            }
            if isWhole || counts.isEmpty { try parser.finish { if !$0.isBlank { counts.append($0.count) } } }
        } catch {
            // Enough rows, or a file that the real reading will refuse with a reason: what was counted so far is the sample.
        }
        return counts
    }

    private struct SampleIsFull: Error {}
}
