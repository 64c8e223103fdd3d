@testable import Documents
import Domain
import Testing

@Suite(.timeLimit(.minutes(2))) struct LabelPDFTests {
    static let sizes: [PaperSize] = [.label100x150, .label100x75, .label4x6, .a6, .a4FourLabels(startCell: 1)]

    @Test(arguments: [
        (PaperSize.label100x150, 283.46, 425.20), (.label100x75, 283.46, 212.60), (.label4x6, 288, 432), (.a6, 297.64, 419.53), (.a4FourLabels(startCell: 2), 595.28, 841.89),
    ])
    func `the page is the paper`(size: PaperSize, width: Double, height: Double) throws {
        let found = try PaperTools().size(pdf: LabelPDF.render([Sample.full], size: size).bytes)
        #expect(abs(found.width - width) <= 0.5 && abs(found.height - height) <= 0.5)
        #expect(found.pages == 1)
    }

    @Test(arguments: sizes)
    func `a scanner reads the printed page`(size: PaperSize) throws {
        let codes = try PaperTools().scan(pdf: LabelPDF.render([Sample.full], size: size).bytes)
        #expect(codes.contains(Sample.number))
        if size != .label100x75 { #expect(codes.contains("EF123456785TH|50220|0812345678")) }
    }

    @Test(arguments: sizes)
    func `a reader of the page finds number, names, postcode and amount`(size: PaperSize) throws {
        var label = Sample.full
        label.sender?.name = "Sender & Sons"
        label.recipient.name = "José Muñoz"
        let text = try PaperTools().text(pdf: LabelPDF.render([label], size: size, words: .spanish).bytes)
        for part in ["EF 1234 5678 5 TH", "José Muñoz", "Sender & Sons", "1.250,00 THB", "EMS"] { #expect(text.contains(part), "\(part)") }
        #expect(text.withoutBlanks.contains("50220") && text.withoutBlanks.contains("0812345678"))
    }

    @Test func `Thai on the page is Thai to a reader of text`() throws {
        let text = try PaperTools().text(pdf: LabelPDF.render([Sample.full], size: .label100x150, words: .thai).bytes).withoutBlanks
        for part in ["ผู้รับ", "ระวังแตก", "1,250.00บาท", "หนึ่งพันสองร้อยห้าสิบบาทถ้วน"] { #expect(text.contains(part), "\(part)") }
    }

    @Test func `a batch is printed in the order given, each number on its page`() throws {
        let labels = ["ZZ9001", "AA1002", "MM5003", "AA0004"].enumerated().map { Sample.label($1, to: "Buyer \($0)") }
        let paper = try LabelPDF.render(labels, size: .label100x150)
        #expect(paper.pages == 4)
        let tools = try PaperTools()
        for (index, label) in labels.enumerated() {
            let text = try tools.text(pdf: paper.bytes, page: index + 1)
            #expect(text.contains(label.trackingNumber) && text.contains("Buyer \(index)"))
            #expect(try tools.scan(pdf: paper.bytes, page: index + 1) == [label.trackingNumber])
        }
    }

    @Test(arguments: 1...4)
    func `a part-used sheet is filled from its first free place`(startCell: Int) throws {
        let labels = (0..<4).map { Sample.label("AB100\($0)", to: "Buyer \($0)") }
        let paper = try LabelPDF.render(labels, size: .a4FourLabels(startCell: startCell))
        #expect(paper.pages == (startCell == 1 ? 1 : 2))
        let tools = try PaperTools()
        for (index, label) in labels.enumerated() {
            let place = startCell - 1 + index
            for quarter in 0..<4 {
                let text = try tools.text(pdf: paper.bytes, page: place / 4 + 1, in: (x: quarter % 2 * 298, y: quarter / 2 * 421, width: 297, height: 420))
                #expect(text.contains(label.trackingNumber) == (quarter == place % 4))
            }
        }
    }

    @Test(arguments: [0, 5, -1])
    func `a sheet has four places`(cell: Int) {
        #expect(throws: PaperError.startCell(cell)) { try LabelPDF.render([Sample.full], size: .a4FourLabels(startCell: cell)) }
    }

    @Test(arguments: ["ef123456785th", "Ef123456785TH", "EF123456784TH", "EF12345678TH", "EY145587896TH", "EF123456785T1", "EF 1234 5678 5 TH", "EF12345678๕TH", ""])
    func `an S10 number that is not right is not printed`(number: String) throws {
        var label = Sample.plain
        label.trackingNumber = number
        let error = try #require(throws: PaperError.self) { try LabelPDF.render([Sample.full, label], size: .label100x150) }
        #expect(error.code == "paper_number_refused")
        #expect(throws: error) { try LabelPicture(label, size: .label100x75) }
        #expect(throws: error) { try LabelZPL.render(label, size: .label100x150) }
    }

    @Test(arguments: ["RR473124829TH", "EB000000014TH", "RR100000025TH", "RR100000140TH", "EA000000005TH", "EE999999995TH", "EF123456785TH"])
    func `an S10 number with the right check digit is printed`(number: String) throws {
        var label = Sample.plain
        label.trackingNumber = number
        #expect(try PaperTools().text(pdf: LabelPDF.render([label], size: .label100x150).bytes).contains(number))
    }

    @Test(arguments: ["", "AB 12", "เลข123", "AB\u{7}12", "AB\n12", "é1"])
    func `a courier's number is printable ASCII without blanks`(number: String) throws {
        let error = try #require(throws: PaperError.self) { try LabelPDF.render([Sample.label(number, to: "x")], size: .label100x150) }
        #expect(error.code == "paper_number_refused")
    }

    @Test(arguments: ["SP1234567890123", "JX1234567890", "123456789012", "lower-case/1.2", "TH01234567890123456789"])
    func `a courier's own number is read back as it is`(number: String) throws {
        for size in [PaperSize.label100x150, .label100x75] {
            #expect(try PaperTools().scan(png: LabelPicture(Sample.label(number, to: "x"), size: size).png()) == [number])
        }
    }

    @Test func `a number wider than the label is refused, not printed thin`() {
        let number = String(repeating: "AbC-", count: 11)
        #expect(throws: PaperError.numberTooWide(number)) { try LabelPDF.render([Sample.label(number, to: "x")], size: .label100x150) }
        #expect(throws: PaperError.numberTooWide(number + "xxxxxxxx".prefix(4))) { try LabelPDF.render([Sample.label(number + "xxxxxxxx", to: "x")], size: .label100x150) }
    }

    @Test func `amounts below zero and parcels beyond their number are refused`() {
        var cod = Sample.full, parcel = Sample.full
        cod.codAmount = Money(minor: -1, .thb)
        parcel.parcel = 4
        #expect(throws: PaperError.codAmount(trackingNumber: Sample.number)) { try LabelPDF.render([cod], size: .a6) }
        #expect(throws: PaperError.pieces(trackingNumber: Sample.number)) { try LabelPDF.render([parcel], size: .a6) }
        #expect(throws: PaperError.nothingToPrint) { try LabelPDF.render([], size: .a6) }
        #expect(throws: PaperError.notFromARoll(.a6)) { try LabelPicture(Sample.full, size: .a6) }
        #expect(throws: PaperError.resolution(.infinity)) { try LabelPicture(Sample.full, size: .label100x150, dotsPerMillimetre: .infinity) }
    }

    @Test(arguments: [
        ("EF123456785TH", ParcelLabel.NumberKind.s10, "EF 1234 5678 5 TH"), ("SP1234567890123", .plain, "SP 1234 5678 90123"), ("JX1234567890", .plain, "JX 1234 5678 90"),
        ("123456789012", .plain, "1234 5678 9012"), ("AB-12", .plain, "AB- 12"), ("", .plain, ""),
    ])
    func `people read a number in groups`(number: String, kind: ParcelLabel.NumberKind, expected: String) {
        var label = Sample.plain
        label.trackingNumber = number
        label.numberKind = kind
        #expect(label.readableNumber == expected)
    }

    @Test func `many orders in one parcel are listed as far as there is room, and counted`() throws {
        var label = Sample.full
        label.orderNumbers = (1...40).map { "ORD-2026-\(1000 + $0)" }
        let paper = try LabelPDF.render([label], size: .label100x150)
        let text = try PaperTools().text(pdf: paper.bytes)
        #expect(text.contains("ORD-2026-1001") && text.contains(/\+3\d/))
        #expect(paper.notices.contains(PaperNotice(subject: Sample.number, field: .orders, kind: .leftOut)))
        #expect(!paper.isCut, "\(paper.notices)")
    }

    @Test func `sizes are known by their names`() {
        for name in PaperSize.names { #expect(PaperSize(name: name)?.name == name) }
        #expect(PaperSize(name: "letter") == nil)
    }
}

@Suite struct Code128Tests {
    @Test(arguments: [("EF123456785TH", 156), ("SP1234567890123", 145), ("JX1234567890", 123), ("123456789012", 101)])
    func `a number takes the modules that its best sets take`(number: String, modules: Int) throws {
        let code = try Code128(number)
        #expect(code.width == modules)
        #expect(code.bars.first == 0..<2 && code.bars.last == (modules - 2)..<modules, "start and stop")
        #expect(code.bars.allSatisfy { (1...4).contains($0.count) })
    }

    @Test(arguments: ["", "ที่", "a\u{0}", String(repeating: "1", count: 49)])
    func `what plain Code 128 does not hold is refused`(text: String) {
        #expect(throws: Code128.Fault.self) { try Code128(text) }
    }

    @Test func `a QR code of level M holds the text that the loosest would`() throws {
        #expect(try QRCode("EF123456785TH", level: .medium).side == 21)
        #expect(try QRCode(String(repeating: "x", count: 60), level: .high).side > QRCode(String(repeating: "x", count: 60), level: .low).side)
    }
}
