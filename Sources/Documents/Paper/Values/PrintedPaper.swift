/// A finished file and what a person should know before it goes to a printer.
package struct PrintedPaper: Sendable, Equatable {
    package let bytes: [UInt8]
    package let pages: Int
    package let notices: [PaperNotice]

    /// Some text did not fit even at the smallest readable size and ends in "…".
    package var isCut: Bool { notices.contains { $0.kind == .cut } }
}

/// Something that is not on the paper as it was given.
package struct PaperNotice: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Ends in "…".
        case cut
        /// Held characters that the font lacks (emoji, other scripts): they were left out or replaced by "?".
        case unprintable
        /// There was no room, or it cannot be made: the paper is without it.
        case leftOut
        /// It was not given, and the paper needs it.
        case missing
    }

    package enum Field: String, Sendable, Hashable, CaseIterable {
        case service, carrier, sortCode, sender, name, phone, address, postcode, codAmount, amountInWords, orders, note, date, manifestNumber, qrCode
        case title, row, remark
    }

    /// The tracking number of a label, the number of a slip or list.
    package let subject: String
    package let field: Field
    package let kind: Kind

    package init(subject: String, field: Field, kind: Kind) { self.subject = subject; self.field = field; self.kind = kind }
}
