import Foundation

/// What goes wrong with the next label.
package enum LazadaLabelFault: String, Sendable, CaseIterable {
    /// The answer has no `pdf_url`.
    case missingURL
    /// The link is dead at once.
    case deadURL
    /// The link gives a page of HTML with status 200.
    case htmlInsteadOfPDF
    /// `file` is empty.
    case emptyFile
    /// `file` is no base64.
    case brokenBase64
    /// The call fails and may be repeated.
    case notReady
}

/// The documents behind links, which die after ten minutes (lazada.md §6 no. 3).
struct PaperDrawer: Sendable {
    struct Paper: Sendable { var body: Data, contentType: String, diesAt: Date }

    private static let maximumKept = 5_000
    private var papers: [String: Paper] = [:]
    private var arrival: [String] = []

    mutating func add(_ paper: Paper, named name: String) {
        papers[name] = paper
        arrival.append(name)
        guard arrival.count > Self.maximumKept else { return }
        for old in arrival.prefix(Self.maximumKept / 2) { papers[old] = nil }
        arrival.removeFirst(Self.maximumKept / 2)
    }

    func paper(_ name: String, at now: Date) -> Paper? { papers[name].flatMap { $0.diesAt > now ? $0 : nil } }
}

extension LazadaState {
    static let labelLinkSeconds: TimeInterval = 600

    /// `/order/package/document/get`: all parcels in one file, which is base64 of HTML even for PDF.
    mutating func getDocument(_ call: Call) throws(Problem) -> LazadaJSON {
        let wish = try call.json("getDocumentReq")
        guard let wanted = wish["packages"]?.items, !wanted.isEmpty else { return refusal("700004", "packages is missing") }
        guard wanted.count <= Self.maximumBatch else { return refusal("700022", "at most \(Self.maximumBatch) packages") }
        let type = wish["doc_type"]?.looseText ?? "PDF"
        guard ["PDF", "HTML"].contains(type) else { return refusal("700004", "doc_type is not known") }
        var packages: [Package] = []
        for entry in wanted {
            guard let id = entry["package_id"]?.looseText, let package = stores[call.store]?.packages[id] else { return refusal("700032", "package not found") }
            guard package.stage != .cancelled, package.stage != .repacked else { return refusal("700031", "package is \(package.stage.rawValue)") }
            packages.append(package)
        }
        let fault = labelFaults.isEmpty ? nil : labelFaults.removeFirst()
        if fault == .notReady { return refusal("6", "system busy, please retry") }
        for package in packages { counters.labels[package.id, default: 0] += 1 }
        return Self.result(document(of: packages, type: type, fault))
    }

    private mutating func document(of packages: [Package], type: String, _ fault: LazadaLabelFault?) -> LazadaJSON {
        let lines = packages.map { "<p>\($0.trackingNumber)</p>" }.joined()
        guard type == "PDF" else { return ["doc_type": "HTML", "file": .string(Data("<html><body>\(lines)</body></html>".utf8).base64EncodedString())] }
        let name = secretText("label-") + ".pdf"
        let isPage = fault == .htmlInsteadOfPDF
        let body = isPage ? Data("<html><body>Sign in</body></html>".utf8) : LabelPaper.pdf(of: packages.map { [$0.provider, $0.trackingNumber, $0.id] })
        papers.add(
            .init(body: body, contentType: isPage ? "text/html" : "application/pdf", diesAt: now.addingTimeInterval(fault == .deadURL ? -1 : Self.labelLinkSeconds)),
            named: name)
        let url = "\(baseURL)/_labels/\(name)"
        let file: String = switch fault {
        case .emptyFile: ""
        case .brokenBase64: "%%%not-base64%%%"
        default: Data("<html><body><iframe src=\"\(url)\" width=\"100%\" height=\"100%\"></iframe></body></html>".utf8).base64EncodedString()
        }
        let answer: LazadaJSON = ["doc_type": "PDF", "file": .string(file)]
        return fault == .missingURL ? answer : answer.with(["pdf_url": .string(url)])
    }
}

/// The smallest PDF with text that a reader opens: a page a parcel, 100 × 150 mm, ASCII only.
enum LabelPaper {
    private static let width = 283, height = 425

    static func pdf(of pages: [[String]]) -> Data {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
        var kids: [String] = []
        for lines in pages {
            let shown = lines.map { "(\($0)) Tj 0 -40 Td" }.joined(separator: " ")
            let text = "BT /F1 18 Tf 20 \(height - 40) Td \(shown) ET"
            objects.append("<< /Length \(text.utf8.count) >>\nstream\n\(text)\nendstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /Font << /F1 3 0 R >> >> /Contents \(objects.count) 0 R >>")
            kids.append("\(objects.count) 0 R")
        }
        objects[1] = "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        return file(objects)
    }

    private static func file(_ objects: [String]) -> Data {
        var file = "%PDF-1.4\n", table = ""
        for (index, object) in objects.enumerated() {
            let offset = "\(file.utf8.count)"
            table += String(repeating: "0", count: max(0, 10 - offset.count)) + offset + " 00000 n \n"
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n\(table)trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Data(file.utf8)
    }
}
