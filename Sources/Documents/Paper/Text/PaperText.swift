import Foundation

/// A text as a paper can show it: one line, no control characters, Thai in order, nothing that the font lacks.
struct PaperText: Equatable {
    /// What is looked at of one text; no paper has room for more.
    static let maximumScalars = 1000
    /// Marks over and under one letter. Thai needs three; a letter under fifty accents would paint over its neighbours.
    private static let maximumMarks = 4
    private static let zeroWidthSpace: Unicode.Scalar = "\u{200B}"

    private(set) var text: String
    /// A character was left out or replaced by "?".
    private(set) var isUnprintable = false
    /// It went on after `maximumScalars`.
    private(set) var isCut = false

    init(_ raw: String, covers: (Unicode.Scalar) -> Bool) {
        if Self.isPlain(raw) { text = raw; return }
        var scalars: [Unicode.Scalar] = []
        for scalar in raw.unicodeScalars {
            guard scalars.count < Self.maximumScalars else { isCut = true; break }
            scalars.append(scalar)
        }
        text = ""
        let ordered = ThaiOrder.repaired(Array(Self.string(scalars).precomposedStringWithCanonicalMapping.unicodeScalars))
        var shown: [Unicode.Scalar] = [], marks = 0
        for scalar in ordered {
            for part in shownForm(of: scalar, covers: covers) {
                if Self.isMark(part) {
                    guard !shown.isEmpty, shown.last != " ", marks < Self.maximumMarks else { isUnprintable = true; continue }
                    marks += 1
                } else {
                    marks = 0
                }
                if part == " " || part == Self.zeroWidthSpace, shown.isEmpty || shown.last == " " || shown.last == part { continue }
                shown.append(part)
            }
        }
        while let last = shown.last, last == " " || last == Self.zeroWidthSpace { shown.removeLast() }
        text = Self.string(shown)
    }

    /// Digits of any script as 0 to 9: a phone or a postcode typed ๐-๙ is read by machines and couriers (labels.md §4.5).
    static func withLatinDigits(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return string(text.unicodeScalars.map { scalar in
            guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return scalar }
            return Unicode.Scalar(0x30 + UInt8(value))
        })
    }

    /// Printable ASCII, single blanks, none at the ends: most texts, which need no work.
    private static func isPlain(_ text: String) -> Bool {
        var last: UInt8 = 0x20, count = 0
        for byte in text.utf8 {
            guard (0x20...0x7E).contains(byte), byte != 0x20 || last != 0x20, count < maximumScalars else { return false }
            last = byte
            count += 1
        }
        return last != 0x20 || count == 0
    }

    /// What stands for one scalar on paper: itself, a blank, its covered parts (ﬁ is fi, ő without its accent), "?" for a letter of a script the font
    /// lacks, or nothing.
    private mutating func shownForm(of scalar: Unicode.Scalar, covers: (Unicode.Scalar) -> Bool) -> [Unicode.Scalar] {
        if scalar == Self.zeroWidthSpace || scalar == "\u{A0}" { return [scalar] }                      // a place to break, and one not to
        switch scalar.properties.generalCategory {
        case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: return [" "]
        case .format: return []                                                                         // marks of direction, joiners
        case .surrogate, .privateUse, .unassigned: isUnprintable = true; return []
        default: break
        }
        if covers(scalar) { return [scalar] }
        if scalar.properties.isDefaultIgnorableCodePoint { return [] }
        let parts = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars.filter { $0 != scalar && covers($0) }
        if !parts.isEmpty { return Array(parts) }
        isUnprintable = true
        return scalar.properties.isAlphabetic && !Self.isMark(scalar) || scalar.properties.numericType != nil ? ["?"] : []
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
