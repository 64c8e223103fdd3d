import Foundation

/// Labels with the tracking number and the sort code. PDF and ZPL carry text and a Code 128 command; the PNG is a placeholder of one pixel.
enum CourierLabel {
    struct Document { var contentType: String, body: Data }

    /// Points: 1/72 inch.
    private static func points(ofSize size: String) -> (width: Int, height: Int)? {
        switch size {
        case "100x150": (283, 425)
        case "100x75": (283, 213)
        case "A5": (420, 595)
        case "A4": (595, 842)
        default: nil
        }
    }

    static func make(_ format: CourierConfiguration.LabelFormat, size: String, of order: CourierOrder) throws(CourierProblem) -> Document {
        guard let page = points(ofSize: size) else { throw .init(.invalidField, "This size is not offered.", field: "size") }
        switch format {
        case .pdf: return Document(contentType: "application/pdf", body: pdf(order, width: page.width, height: page.height))
        case .zpl: return Document(contentType: "application/zpl", body: zpl(order))
        case .png: return Document(contentType: "image/png", body: onePixel)
        }
    }

    /// One `^XA … ^XZ` a parcel.
    private static func zpl(_ order: CourierOrder) -> Data {
        Data(order.parcels.map { parcel in
            "^XA^CI28^FO40,40^A0N,60,60^FD\(parcel.sortCode)^FS^FO40,140^BY3^BCN,160,Y,N,N^FD\(parcel.trackingNumber)^FS^XZ\n"
        }.joined().utf8)
    }

    /// The smallest page with text a reader opens: a catalogue, a page a parcel, a standard font. Text here is ASCII only.
    private static func pdf(_ order: CourierOrder, width: Int, height: Int) -> Data {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var pages: [String] = []
        for parcel in order.parcels {
            let text = "BT /F1 18 Tf 20 \(height - 40) Td (\(parcel.sortCode)) Tj 0 -40 Td (\(parcel.trackingNumber)) Tj ET"
            let content = objects.count + 1
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /Font << /F1 3 0 R >> >> /Contents \(content) 0 R >>")
            pages.append("\(content + 1) 0 R")
        }
        objects[1] = "<< /Type /Pages /Kids [\(pages.joined(separator: " "))] /Count \(pages.count) >>"
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += "\(String(offset).leftPadded(to: 10)) 00000 n \n" }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Data(file.utf8)
    }

    /// A transparent PNG of one pixel.
    private static let onePixel = Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==") ?? Data()
}
