import CZint

/// A Code 128 bar code as its modules, made by libzint with automatic sets: whoever draws it decides the width of a module.
///
/// The data are exactly the text: no FNC1, no check digit of its own beside the symbol's (labels.md §2.1, §2.2).
package struct Code128: Sendable, Equatable {
    package enum Fault: Error, Equatable { case cannotBeEncoded(String) }

    /// As many as a logistic label may hold (labels.md §2.2).
    static let maximumCharacters = 48

    /// Modules of white that scanners need on each side (labels.md §2.1).
    static let quietModules = 10

    package let text: String
    private let dark: [Bool]

    /// - Parameter text: printable ASCII.
    package init(_ text: String) throws(Fault) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumCharacters, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .cannotBeEncoded("a text of 1 to \(Self.maximumCharacters) printable ASCII characters is needed")
        }
        guard let symbol = ZBarcode_Create() else { throw .cannotBeEncoded("no memory") }
        defer { ZBarcode_Delete(symbol) }
        symbol.pointee.symbology = BARCODE_CODE128
        symbol.pointee.show_hrt = 0
        let outcome = Array(text.utf8).withUnsafeBufferPointer { ZBarcode_Encode(symbol, $0.baseAddress, Int32($0.count)) }
        guard outcome < ZINT_ERROR_TOO_LONG else { throw .cannotBeEncoded("libzint error \(outcome)") }
        self.text = text
        dark = (0..<symbol.pointee.width).map { crossdock_zint_is_dark(symbol, 0, $0) != 0 }
    }

    /// Modules from the first bar to the last, without the quiet zones.
    package var width: Int { dark.count }

    package func isDark(_ column: Int) -> Bool { dark[column] }

    /// The bars as ranges of modules, from left to right.
    package var bars: [Range<Int>] {
        var bars: [Range<Int>] = []
        var column = 0
        while column < dark.count {
            let begin = column
            while column < dark.count, dark[column] { column += 1 }
            if column > begin { bars.append(begin..<column) }
            column += 1
        }
        return bars
    }
}
