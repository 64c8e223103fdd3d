import Foundation

/// Makes headers comparable: `Order No.` and `ORDER_NO`, `Dirección` and `direccion`, `ที่อยู่ ` and `ที่อยู่` are the same.
package enum HeaderFolding {
    /// No title of a column is longer.
    static let longestHeaderBytes = 600

    /// Letters and digits only, lower case, Latin accents dropped. Thai vowels and tone marks are kept: without them words run together.
    package static func fold(_ text: String) -> String {
        var folded: [UnicodeScalar] = []
        // Cells of data are folded too, in search of the headers, and may be as long as a book.
        let text = text.utf8.count > longestHeaderBytes ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestHeaderBytes))) : text
        for scalar in text.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            switch scalar.value {
            case 0x0300...0x036F: continue
            // Thai digits.
            case 0x0E50...0x0E59: folded.append(UnicodeScalar(UInt8(0x30 + scalar.value - 0x0E50)))
            // Two SARA E typed for one SARA AE look the same.
            case 0x0E40 where folded.last?.value == 0x0E40: folded[folded.count - 1] = "\u{0E41}"
            // SARA AM comes apart in the decomposition, and is typed in two parts by some.
            case 0x0E32 where folded.last?.value == 0x0E4D: folded[folded.count - 1] = "\u{0E33}"
            case 0x0E01...0x0E2E, 0x0E30...0x0E3A, 0x0E40...0x0E4E: folded.append(scalar)
            default: if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { folded.append(scalar) }
            }
        }
        return String(String.UnicodeScalarView(folded))
    }

    /// The whole header, then its parts where it says the thing twice (`Recipient / ผู้รับ`) or adds a unit (`ราคา (บาท)`), each folded.
    static func readings(of header: String) -> [String] {
        let parts = header.split { "/|()[]\n\r:,;".contains($0) || $0 == "–" || $0 == "—" }.map { fold(String($0)) }
        let whole = fold(header)
        return [whole] + (parts.count > 1 ? parts.filter { !$0.isEmpty && $0 != whole } : [])
    }
}
