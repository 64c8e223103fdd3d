import CZint

/// A QR code as its modules, made by libzint: whoever draws it decides the size of a module.
package struct QRCode: Sendable, Equatable {
    package enum Fault: Error, Equatable { case cannotBeEncoded(String) }

    /// How much of the symbol may be lost: 7, 15, 25 or 30 %.
    package enum ErrorLevel: Int32, Sendable { case low = 1, medium, quartile, high }

    /// What scanners read over a phone's camera without trouble.
    static let maximumBytes = 500

    /// Modules on each side, without the quiet zone.
    package let side: Int
    private let dark: [Bool]

    /// - Parameters:
    ///   - text: ASCII; other texts are read differently by different scanners.
    ///   - level: nil leaves it to libzint, which takes the smallest symbol first.
    package init(_ text: String, level: ErrorLevel? = nil) throws {
        guard !text.isEmpty, text.utf8.count <= Self.maximumBytes, text.utf8.allSatisfy({ $0 < 0x80 }) else { throw Fault.cannotBeEncoded("a text of 1 to \(Self.maximumBytes) ASCII characters is needed") }
        guard let symbol = ZBarcode_Create() else { throw Fault.cannotBeEncoded("no memory") }
        defer { ZBarcode_Delete(symbol) }
        symbol.pointee.symbology = BARCODE_QRCODE
        if let level { symbol.pointee.option_1 = level.rawValue }
        let outcome = Array(text.utf8).withUnsafeBufferPointer { ZBarcode_Encode(symbol, $0.baseAddress, Int32($0.count)) }
        guard outcome < ZINT_ERROR_TOO_LONG else { throw Fault.cannotBeEncoded("libzint error \(outcome)") }
        let rows = symbol.pointee.rows, columns = symbol.pointee.width
        side = Int(rows)
        dark = (0..<rows).flatMap { row in (0..<columns).map { crossdock_zint_is_dark(symbol, row, $0) != 0 } }
    }

    package func isDark(row: Int, column: Int) -> Bool { dark[row * side + column] }

    /// The dark modules as the path of a drawing of `side` + 8 units: four units are the quiet zone that scanners need.
    package var path: String {
        var path = ""
        for row in 0..<side {
            var column = 0
            while column < side {
                let begin = column
                while column < side, isDark(row: row, column: column) { column += 1 }
                if column > begin { path += "M\(begin + 4) \(row + 4)h\(column - begin)v1h-\(column - begin)z" }
                column += 1
            }
        }
        return path
    }
}
