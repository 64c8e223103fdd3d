/// What a label is printed on (labels.md §3). Lists are always on A4.
package enum PaperSize: Sendable, Hashable {
    case label100x150, label100x75
    /// 4 x 6 inches.
    case label4x6
    case a6
    /// Four labels of A6 on a sheet, filled row by row. `startCell` (1 to 4) lets a part-used sheet be fed again.
    case a4FourLabels(startCell: Int)

    /// The words of settings and addresses of pages; nil for anything else.
    package init?(name: String, startCell: Int = 1) {
        switch name {
        case "100x150": self = .label100x150
        case "100x75": self = .label100x75
        case "4x6": self = .label4x6
        case "a6": self = .a6
        case "a4": self = .a4FourLabels(startCell: startCell)
        default: return nil
        }
    }

    package static let names = ["100x150", "100x75", "4x6", "a6", "a4"]

    package var name: String {
        switch self {
        case .label100x150: "100x150"
        case .label100x75: "100x75"
        case .label4x6: "4x6"
        case .a6: "a6"
        case .a4FourLabels: "a4"
        }
    }

    package var widthMillimetres: Double {
        switch self {
        case .label100x150, .label100x75: 100
        case .label4x6: 101.6
        case .a6: 105
        case .a4FourLabels: 210
        }
    }

    package var heightMillimetres: Double {
        switch self {
        case .label100x150: 150
        case .label100x75: 75
        case .label4x6: 152.4
        case .a6: 148
        case .a4FourLabels: 297
        }
    }

    /// From a roll, through a thermal head; the others go through an office printer.
    package var isThermal: Bool {
        switch self {
        case .label100x150, .label100x75, .label4x6: true
        case .a6, .a4FourLabels: false
        }
    }

    /// The raster that bars are laid on in a PDF: 203.2 dpi of the common thermal head, 600 dpi of office printers. A module is a whole number of these dots.
    var pdfDotsPerMillimetre: Double { isThermal ? DotsPerMillimetre.dpi203 : 600 / 25.4 }

    /// White that printers leave or cannot print on each side.
    var marginMillimetres: Double {
        if case .a4FourLabels = self { 5 } else { 2 }
    }
}

/// What the common heads are sold as; a printer's own number belongs in its profile (labels.md §2.1).
package enum DotsPerMillimetre {
    /// "203 dpi" is 203.2 dpi.
    package static let dpi203 = 8.0
    package static let dpi300 = 300 / 25.4
    /// What a picture of a label can be made at.
    static let allowed = 6.0...24.0
}
