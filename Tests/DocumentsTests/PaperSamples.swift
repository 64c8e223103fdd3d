import CPango
import Domain
@testable import Documents
import Foundation
import Testing

/// Papers of an invented shop.
enum Sample {
    static let number = "EF123456785TH"

    static let bangkok = PaperAddress(name: "ร้านปิ่นเกล้า", phone: "02-123-4567", lines: ["99/1 ถ.รามคำแหง"], subdistrict: "หัวหมาก", district: "บางกะปิ",
                                      province: "กรุงเทพมหานคร", postcode: "10240", countryCode: "TH")
    static let chiangMai = PaperAddress(name: "ญาณี ป๋าน้ำฟ้า", phone: "๐๘๑ ๒๓๔ ๕๖๗๘", lines: ["123/45 หมู่ 6 บ้านปิ่นทอง ซอยที่ 7", "ถนนเชียงใหม่-ดอยสะเก็ด"],
                                        subdistrict: "เชิงดอย", district: "ดอยสะเก็ด", province: "เชียงใหม่", postcode: "๕๐๒๒๐", countryCode: "TH")
    static let santiago = PaperAddress(name: "José Muñoz Ñandú", phone: "+56 9 8765 4321", lines: ["Av. Libertador Bernardo O'Higgins 1449", "Depto. 501"],
                                       district: "Santiago", province: "Región Metropolitana de Santiago", countryCode: "CL")

    /// Every part of a label.
    static let full = ParcelLabel(
        service: "EMS", carrierTitle: "ไปรษณีย์ไทย", trackingNumber: number, numberKind: .s10, sortCode: "CNX 07", sender: bangkok, recipient: chiangMai,
        codAmount: Money(minor: 125_000, .thb), orderNumbers: ["A-1001", "A-1002"], parcel: 1, parcelCount: 3, weightGrams: 1250, note: "โทรก่อนส่ง ฝากไว้ที่ป้อมยามได้",
        isFragile: true, date: "3 มิ.ย. 2567", manifestNumber: "ABC20240603-0001", qrText: "EF123456785TH|50220|0812345678")

    /// No more than a label needs.
    static let plain = ParcelLabel(service: "Express", trackingNumber: number, numberKind: .s10,
                                   recipient: PaperAddress(name: "Jane Doe", lines: ["1 High Street"], postcode: "50220"))

    static func label(_ number: String, to name: String) -> ParcelLabel {
        var label = plain
        label.trackingNumber = number
        label.numberKind = .plain
        label.recipient.name = name
        return label
    }

    static func manifest(parcels: Int, reprint: ManifestPaper.Reprint? = nil) -> ManifestPaper {
        ManifestPaper(
            number: "ABC20261121-0003", carrierTitle: "Thailand Post", cutOff: "16:00", state: "Closed",
            parcels: (0..<parcels).map { index in
                ManifestPaper.Parcel(trackingNumber: "SP\(1_000_000_000 + index)", orderNumbers: ["A-\(1000 + index)"], postcode: "10\(100 + index % 90)", weightGrams: 250 + index,
                                     codAmount: index % 4 == 0 ? Money(minor: 12_550, .thb) : nil)
            },
            missing: ["SP7000000001", "SP7000000002"], extra: ["SP8000000001"], printedAt: "2026-11-21 15:40", printedBy: "Somchai", reprint: reprint)
    }
}

/// The programs that read our papers as printers, scanners and people do.
struct PaperTools {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    /// What scanners read, sorted.
    func scan(png: [UInt8]) throws -> [String] {
        let path = try files.write(png, as: "scan.png")
        return try lines(run("zbarimg", ["--quiet", "--raw", path]))
    }

    /// What scanners read on one page of a PDF at 300 dpi, sorted.
    func scan(pdf: [UInt8], page: Int = 1) throws -> [String] {
        let path = try files.write(pdf, as: "scan.pdf")
        _ = try run("pdftoppm", ["-r", "300", "-f", "\(page)", "-l", "\(page)", "-singlefile", "-gray", "-png", path, files.path("page")])
        return try lines(run("zbarimg", ["--quiet", "--raw", files.path("page.png")]))
    }

    /// The text of one page, or of a part of it in points.
    func text(pdf: [UInt8], page: Int = 1, in part: (x: Int, y: Int, width: Int, height: Int)? = nil) throws -> String {
        let path = try files.write(pdf, as: "text.pdf")
        let crop = part.map { ["-x", "\($0.x)", "-y", "\($0.y)", "-W", "\($0.width)", "-H", "\($0.height)"] } ?? []
        return try String(decoding: run("pdftotext", ["-r", "72", "-layout", "-f", "\(page)", "-l", "\(page)"] + crop + [path, "-"]), as: UTF8.self)
    }

    /// Width and height of the first page in points, and how many pages there are.
    func size(pdf: [UInt8]) throws -> (width: Double, height: Double, pages: Int) {
        let path = try files.write(pdf, as: "size.pdf")
        let info = try String(decoding: run("pdfinfo", [path]), as: UTF8.self)
        let size = try #require(info.firstMatch(of: /Page size: +([0-9.]+) x ([0-9.]+) pts/))
        let pages = try #require(info.firstMatch(of: /Pages: +([0-9]+)/))
        return (try #require(Double(size.1)), try #require(Double(size.2)), try #require(Int(pages.1)))
    }

    private func lines(_ output: Data) throws -> [String] { String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init).sorted() }

    private func run(_ program: String, _ arguments: [String]) throws -> Data {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return data
    }
}

extension LabelPicture {
    /// Runs of black in a row, as ranges of dots.
    func blackRuns(y: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = [], x = 0
        while x < width {
            let begin = x
            while x < width, isBlack(x: x, y: y) { x += 1 }
            if x > begin { runs.append(begin..<x) }
            x += 1
        }
        return runs
    }

    func isWhite(x: Range<Int>, y: Range<Int>) -> Bool { y.allSatisfy { row in x.allSatisfy { !isBlack(x: $0, y: row) } } }
}

/// A canvas of one family and nothing to draw, for looking at shaped text.
func withCanvas<Result>(families: [String] = PaperFonts.families, _ body: (Canvas) throws -> Result) throws -> Result {
    let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 8, 8)
    defer { cairo_surface_destroy(surface) }
    let cairo = try #require(cairo_create(surface))
    defer { cairo_destroy(cairo) }
    return try body(Canvas(cairo: cairo, unitsPerMillimetre: 8, dotsPerMillimetre: 8, isRaster: true, families: families))
}

/// Readers of PDF put blanks between groups and between clusters of Thai.
extension String {
    var withoutBlanks: String { String(unicodeScalars.filter { !$0.properties.isWhitespace }.map { Character($0) }) }
}
