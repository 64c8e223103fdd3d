/// One record of a text table, valid only inside the call that delivers it.
struct CSVRecord {
    /// From 1, blank records counted.
    let number: Int
    /// The line of the file on which it begins, from 1.
    let line: Int
    fileprivate let bytes: [UInt8]
    fileprivate let ends: [Int]

    var count: Int { ends.count }
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    /// The field's text, nil when it is not UTF-8.
    func text(_ index: Int) -> String? {
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes.withUnsafeBufferPointer { String(validating: UnsafeBufferPointer(rebasing: $0[start..<ends[index]]), as: UTF8.self) }
    }

    func isEmpty(_ index: Int) -> Bool { ends[index] == (index == 0 ? 0 : ends[index - 1]) }
}

/// A push parser of delimited text in UTF-8 (RFC 4180, with LF, CR and CRLF). It keeps one record in memory.
///
/// A quotation mark opens a quoted field only at the field's beginning; text after the closing mark belongs to the field, as spreadsheet
/// programs read it.
struct CSVParser {
    private enum Place { case fieldStart, plain, quoted, quoteInQuoted }

    private static let quote = UInt8(ascii: "\""), lineFeed: UInt8 = 0x0A, carriageReturn: UInt8 = 0x0D

    private let delimiter: UInt8
    private let limits: TableLimits
    private var place = Place.fieldStart
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var number = 0
    private var line = 1
    private var recordLine = 1
    private var fieldLine = 1
    private var lastWasReturn = false

    init(delimiter: CSVFormat.Delimiter, limits: TableLimits) {
        self.delimiter = delimiter.byte
        self.limits = limits
    }

    /// - Throws: `FileProblem`, or what `emit` throws.
    mutating func feed(_ chunk: UnsafeBufferPointer<UInt8>, _ emit: (CSVRecord) throws -> Void) throws {
        var index = 0
        while index < chunk.count {
            let byte = chunk[index]
            guard byte != 0 else { throw FileProblem.nulByte(line: line) }
            switch place {
            case .fieldStart where byte == Self.quote:
                place = .quoted
                fieldLine = line
            case .fieldStart, .plain, .quoteInQuoted:
                if place == .quoteInQuoted, byte == Self.quote {
                    place = .quoted
                    try append(chunk, index..<index + 1)
                } else if byte == delimiter {
                    try endField()
                } else if byte == Self.lineFeed || byte == Self.carriageReturn {
                    try endLine(byte, emit)
                    lastWasReturn = byte == Self.carriageReturn
                    index += 1
                    continue
                } else {
                    let end = plainEnd(in: chunk, from: index)
                    place = .plain
                    try append(chunk, index..<end)
                    index = end
                    lastWasReturn = false
                    continue
                }
            case .quoted:
                let end = quotedEnd(in: chunk, from: index)
                try append(chunk, index..<end)
                if end < chunk.count, chunk[end] == Self.quote {
                    place = .quoteInQuoted
                    index = end + 1
                    lastWasReturn = false
                } else {
                    index = end
                }
                continue
            }
            lastWasReturn = false
            index += 1
        }
    }

    /// The last record, when the file does not end with a line break.
    mutating func finish(_ emit: (CSVRecord) throws -> Void) throws {
        if place == .quoted { throw FileProblem.unterminatedQuote(line: fieldLine) }
        if place != .fieldStart || !ends.isEmpty { try endRecord(emit) }
    }

    private func plainEnd(in chunk: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < chunk.count {
            let byte = chunk[end]
            if byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn || byte == 0 { break }
            end += 1
        }
        return end
    }

    /// Up to the next quotation mark or NUL; counts the lines on the way.
    private mutating func quotedEnd(in chunk: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < chunk.count {
            let byte = chunk[end]
            if byte == Self.quote || byte == 0 { break }
            if byte == Self.carriageReturn || (byte == Self.lineFeed && !lastWasReturn) { line += 1 }
            lastWasReturn = byte == Self.carriageReturn
            end += 1
        }
        return end
    }

    private mutating func append(_ chunk: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) throws {
        bytes.append(contentsOf: chunk[range])
        guard bytes.count - (ends.last ?? 0) <= limits.maximumCellBytes else {
            let cell = CellReference(column: ends.count, row: number + 1)
            throw FileProblem.cellTooLong(at: cell, line: place == .quoted ? fieldLine : line, limitBytes: limits.maximumCellBytes)
        }
    }

    private mutating func endField() throws {
        place = .fieldStart
        // Delimiters without end and without text are refused too; a few columns of grace for exports that pad every row.
        guard ends.count < 16_384 else {
            throw FileProblem.tooManyColumns(at: CellReference(column: ends.count, row: number + 1), limit: limits.maximumColumns)
        }
        ends.append(bytes.count)
    }

    private mutating func endLine(_ byte: UInt8, _ emit: (CSVRecord) throws -> Void) throws {
        if byte == Self.lineFeed, lastWasReturn { return }
        try endRecord(emit)
        line += 1
        recordLine = line
    }

    private mutating func endRecord(_ emit: (CSVRecord) throws -> Void) throws {
        try endField()
        number += 1
        guard number <= limits.maximumRows else { throw FileProblem.tooManyRows(limit: limits.maximumRows) }
        try emit(CSVRecord(number: number, line: recordLine, bytes: bytes, ends: ends))
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
