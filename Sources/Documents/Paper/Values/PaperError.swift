package import Domain

/// Why a paper cannot be printed. No case carries anything of a buyer; a tracking number names the label.
package enum PaperError: HubError, Equatable {
    /// Not one of `families` is installed, or what is has no Thai.
    case noThaiFont(families: [String])
    case nothingToPrint
    case tooMany(limit: Int)
    case startCell(Int)
    /// A thermal printer's picture was asked of a size that is no label of a roll.
    case notFromARoll(PaperSize)
    case resolution(Double)
    case number(String, reason: String)
    /// At the thinnest bars that scanners read, the number is wider than the label.
    case numberTooWide(String)
    case codAmount(trackingNumber: String)
    case pieces(trackingNumber: String)
    case drawing(reason: String)

    package var code: String {
        switch self {
        case .noThaiFont: "paper_no_thai_font"
        case .nothingToPrint: "paper_nothing_to_print"
        case .tooMany: "paper_too_many"
        case .startCell: "paper_start_cell"
        case .notFromARoll: "paper_not_from_a_roll"
        case .resolution: "paper_resolution"
        case .number: "paper_number_refused"
        case .numberTooWide: "paper_number_too_wide"
        case .codAmount: "paper_cod_amount"
        case .pieces: "paper_pieces"
        case .drawing: "paper_drawing"
        }
    }

    package var sentence: String {
        switch self {
        case .noThaiFont(let families):
            "No font for Thai was found (\(families.joined(separator: ", "))), so names would be printed as boxes. Install the Debian package fonts-thai-tlwg and start again."
        case .nothingToPrint: "Nothing was chosen to print."
        case .tooMany(let limit): "One file holds at most \(limit) papers or rows. Print them in several parts."
        case .startCell(let cell): "A sheet has the places 1 to 4; the place \(cell) was asked for."
        case .notFromARoll(let size): "The size \(size.name) is for an office printer. Choose 100x150, 100x75 or 4x6 for a label printer, or print a PDF."
        case .resolution: "A label printer has 6 to 24 dots a millimetre (8 is 203 dpi, 11.811 is 300 dpi). Correct the printer's profile."
        case .number(let number, let reason): "The tracking number \(number) was not printed: \(reason). Correct the number or book the parcel again."
        case .numberTooWide(let number): "The bars of the tracking number \(number) do not fit on this label. Choose a wider one."
        case .codAmount(let number): "The amount to collect for \(number) is below zero. Correct the order's COD amount."
        case .pieces(let number): "The parcels of \(number) are counted wrongly: a parcel's place must lie between 1 and the number of parcels."
        case .drawing(let reason): "The paper could not be drawn: \(reason)."
        }
    }

    package var failureClass: FailureClass { .rejected }
}

extension PaperError: CustomStringConvertible {
    package var description: String { sentence }
}
