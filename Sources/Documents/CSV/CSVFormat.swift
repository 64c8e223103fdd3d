/// How a text table is written. Detected by `sniff`; every part can be set by a person, who knows better.
package struct CSVFormat: Codable, Hashable, Sendable {
    package enum Delimiter: String, Codable, CaseIterable, Hashable, Sendable {
        case comma = ","
        case semicolon = ";"
        case tab = "\t"

        package var title: String {
            switch self {
            case .comma: "comma"
            case .semicolon: "semicolon"
            case .tab: "tab"
            }
        }

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            }
        }
    }

    /// How sure the detection is: shown to a person where it is not `certain`.
    package enum Certainty: String, Codable, Hashable, Sendable {
        /// A byte order mark, valid UTF-8 with letters beyond ASCII, a `sep=` line; or set by a person.
        case certain
        case likely
        /// Nothing in the file tells: pure ASCII text, a single column.
        case assumed
    }

    package var encoding: TextEncoding
    package var hasByteOrderMark: Bool
    package var encodingCertainty: Certainty
    package var delimiter: Delimiter
    package var delimiterCertainty: Certainty
    /// The first line is `sep=;`, an order to the spreadsheet program and no data.
    package var hasSeparatorLine: Bool

    package init(encoding: TextEncoding = .utf8, hasByteOrderMark: Bool = false, encodingCertainty: Certainty = .certain,
                 delimiter: Delimiter = .comma, delimiterCertainty: Certainty = .certain, hasSeparatorLine: Bool = false) {
        self.encoding = encoding
        self.hasByteOrderMark = hasByteOrderMark
        self.encodingCertainty = encodingCertainty
        self.delimiter = delimiter
        self.delimiterCertainty = delimiterCertainty
        self.hasSeparatorLine = hasSeparatorLine
    }

    /// The same file read in an encoding that a person chose.
    package func read(in encoding: TextEncoding) -> CSVFormat {
        var format = self
        format.hasByteOrderMark = hasByteOrderMark && encoding == self.encoding
        format.encoding = encoding
        format.encodingCertainty = .certain
        return format
    }

    /// The same file cut at a delimiter that a person chose.
    package func cut(at delimiter: Delimiter) -> CSVFormat {
        var format = self
        format.delimiter = delimiter
        format.delimiterCertainty = .certain
        return format
    }
}
