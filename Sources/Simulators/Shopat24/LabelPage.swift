import Foundation

/// The operator's label as a PDF of 100 × 150 mm: a page an invoice, with its numbers in ASCII.
enum LabelPage {
    private static let (width, height) = (283, 425)

    static func pdf(_ order: Shopat24Order) -> Data {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var pages: [String] = []
        for (index, invoice) in order.invoices.enumerated() {
            let words = ["ORDER \(order.orderNo)", "INV \(invoice.invoiceNo)", "PARCEL \(index + 1)/\(order.invoices.count)", order.store.map { "STORE \($0.code)" } ?? "HOME"]
            let text = "BT /F1 16 Tf 20 \(height - 40) Td " + words.map { "(\($0)) Tj 0 -30 Td" }.joined(separator: " ") + " ET"
            let content = objects.count + 1
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /Font << /F1 3 0 R >> >> /Contents \(content) 0 R >>")
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
        for offset in offsets { file += "\(Shopat24Book.padded(offset, to: 10)) 00000 n \n" }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Data(file.utf8)
    }
}
