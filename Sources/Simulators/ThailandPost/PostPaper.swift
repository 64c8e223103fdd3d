import Foundation

/// Small, real PDF files: a page, a standard font, the numbers. Text is ASCII only; the post's own layout is unknown (thailandpost.md §6.3).
enum PostPaper {
    /// Points of 100 x 150 mm and of A4.
    private static let labelSize = (width: 283, height: 425), sheetSize = (width: 595, height: 842)
    private static let linesPerSheet = 45

    /// Number, weight, postcode, and the amount to collect.
    static func label(of known: Consignment) -> Data {
        let service = known.barcode.hasPrefix("E") ? "EMS" : known.barcode.hasPrefix("R") ? "Registered" : "Parcel"
        var lines = [service, known.barcode, spaced(known.barcode), "\(known.fields["productWeight"]) g   \(known.fields["cusZipcode"])"]
        if let cod = known.codSatang { lines.append("COD \(ParcelFields.baht(cod)) THB") }
        if !known.manifestNumber.isEmpty { lines.append(known.manifestNumber) }
        return file([lines], width: labelSize.width, height: labelSize.height, fontSize: 18)
    }

    /// Every number of a deposit list, as many sheets as it takes.
    static func depositForm(of listed: [Consignment], manifestNumber: String) -> Data {
        let lines = listed.enumerated().map { index, known in "\(index + 1)  \(known.barcode)  \(known.fields["cusZipcode"])  \(known.fields["productWeight"]) g" }
        let sheets = stride(from: 0, to: lines.count, by: linesPerSheet).map { start in
            ["Deposit \(manifestNumber)   \(lines.count) items"] + lines[start..<min(start + linesPerSheet, lines.count)]
        }
        return file(sheets, width: sheetSize.width, height: sheetSize.height, fontSize: 11)
    }

    /// `EF 1234 5678 5 TH`.
    private static func spaced(_ barcode: String) -> String {
        guard let parts = S10.parts(of: barcode) else { return barcode }
        let serial = S10.padded(parts.serial, to: 8)
        return "\(parts.prefix) \(serial.prefix(4)) \(serial.suffix(4)) \(parts.check) \(parts.country)"
    }

    private static func file(_ pages: [[String]], width: Int, height: Int, fontSize: Int) -> Data {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var kids: [String] = []
        for lines in pages {
            let shown = lines.map { "(\(escaped($0))) Tj 0 -\(fontSize * 3 / 2) Td" }.joined(separator: " ")
            let text = "BT /F1 \(fontSize) Tf 20 \(height - 40) Td \(shown) ET"
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            let content = objects.count
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /Font << /F1 3 0 R >> >> /Contents \(content) 0 R >>")
            kids.append("\(objects.count) 0 R")
        }
        objects[1] = "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += "\(S10.padded(offset, to: 10)) 00000 n \n" }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Data(file.utf8)
    }

    /// Printable ASCII, with what ends a PDF string escaped; the rest is a question mark.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            ["(", ")", "\\"].contains(scalar) ? "\\\(scalar)" : (32..<127).contains(scalar.value) ? String(scalar) : "?"
        }.joined()
    }
}
