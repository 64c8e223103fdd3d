@testable import Documents
import Domain
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct LabelPictureTests {
    static let densities = [DotsPerMillimetre.dpi203, DotsPerMillimetre.dpi300, 11.8, 12]
    static let rolls: [PaperSize] = [.label100x150, .label100x75, .label4x6]

    @Test(arguments: rolls, densities)
    func `a scanner reads exactly the number and the QR text at each density`(size: PaperSize, dots: Double) throws {
        var label = Sample.full
        if size == .label100x75 { label.qrText = Sample.number }
        let picture = try LabelPicture(label, size: size, dotsPerMillimetre: dots)
        let codes = try Set(PaperTools().scan(png: picture.png()))
        #expect(codes == [Sample.number, try #require(label.qrText)])
    }

    @Test(arguments: [
        (PaperSize.label100x150, 8, 800, 1200), (.label100x150, 300 / 25.4, 1181, 1772), (.label100x75, 8, 800, 600), (.label100x75, 300 / 25.4, 1181, 886),
        (.label4x6, 8, 812, 1219), (.label4x6, 300 / 25.4, 1200, 1800),
    ] as [(PaperSize, Double, Int, Int)])
    func `a picture has the dots of its printer`(size: PaperSize, dots: Double, width: Int, height: Int) throws {
        let picture = try LabelPicture(Sample.plain, size: size, dotsPerMillimetre: dots)
        #expect(picture.width == width && picture.height == height)
        #expect(picture.bits.count == (width + 7) / 8 * height)
    }

    @Test(arguments: rolls, [(8.0, 3), (300 / 25.4, 4), (12, 4)])
    func `bars are whole dots wide and white stands on all their sides`(size: PaperSize, printer: (dots: Double, module: Int)) throws {
        let picture = try LabelPicture(Sample.full, size: size, dotsPerMillimetre: printer.dots)
        let (x, y) = try Bars.find(in: picture, module: printer.module, modules: 156)
        let runs = picture.blackRuns(y: (y.lowerBound + y.upperBound) / 2).filter { x.overlaps($0) }
        #expect(runs.allSatisfy { $0.count % printer.module == 0 && (1...4).contains($0.count / printer.module) })
        #expect(zip(runs, runs.dropFirst()).allSatisfy { ($1.lowerBound - $0.upperBound) % printer.module == 0 })
        let quiet = 10 * printer.module, millimetre = Int(printer.dots)
        #expect(picture.isWhite(x: (x.lowerBound - quiet)..<x.lowerBound, y: y))
        #expect(picture.isWhite(x: x.upperBound..<(x.upperBound + quiet), y: y))
        #expect(picture.isWhite(x: (x.lowerBound - quiet)..<(x.upperBound + quiet), y: (y.lowerBound - millimetre)..<y.lowerBound))
        #expect(picture.isWhite(x: (x.lowerBound - quiet)..<(x.upperBound + quiet), y: y.upperBound..<(y.upperBound + millimetre - 1)))
        let height = Double(y.count) / printer.dots
        #expect(abs(height - (size == .label100x75 ? 15 : 20)) < 0.2)
    }

    @Test func `an address of 180 clusters fits or is reported, and keeps inside the frame`() throws {
        var label = Sample.full
        label.recipient.lines = [String(String(repeating: "ที่ทำการไปรษณีย์โทรเลขจังหวัดนครศรีธรรมราชตำบลในเมือง ", count: 6).prefix(180))]
        for size in Self.rolls {
            let picture = try LabelPicture(label, size: size)
            try Bars.expectUntouched(picture, like: LabelPicture(Sample.full, size: size))
            if size != .label100x75 { #expect(picture.notices == []) }
        }
        label.recipient.lines = [String(repeating: "ที่ทำการไปรษณีย์", count: 60)]
        let picture = try LabelPicture(label, size: .label100x75)
        #expect(picture.notices.contains(PaperNotice(subject: Sample.number, field: .address, kind: .cut)))
    }

    static let hostile: [String] = [
        String(repeating: "😀", count: 2500), String(repeating: "W", count: 3000), String(repeating: "ก\u{0E48}\u{0E48}\u{0E34}\u{0E34}", count: 800),
        "a" + String(repeating: "\u{301}\u{30A}\u{323}", count: 900), "\u{202E}\u{2067}gnp.exe\u{200F}\u{61C}", "\u{0}\u{1}\u{8}\u{1B}[2J\u{7F}\u{85}\u{2028}x",
        "<b>&amp;</b>%n%s\\^XZ~JA_5E", "שלום مرحبا 王小明", "\u{0E48}\u{0E33}\u{0E33}\u{0E49}", String(repeating: "\n", count: 500) + "x", "\u{FFFD}\u{FFFC}\u{10FFFF}",
    ]

    @Test(arguments: hostile)
    func `whatever is written in its fields, a label keeps its bars and its frame`(text: String) throws {
        var label = Sample.full
        label.service = text; label.carrierTitle = text; label.sortCode = text; label.note = text; label.date = text; label.manifestNumber = text
        label.orderNumbers = [text, text]; label.qrText = text
        label.recipient = PaperAddress(name: text, phone: text, lines: [text, text], subdistrict: text, district: text, city: text, province: text,
                                       postcode: text, countryCode: text)
        label.sender = label.recipient
        var like = Sample.full
        like.qrText = (try? QRCode(text, level: .medium)) == nil ? nil : text
        for size in Self.rolls {
            try Bars.expectUntouched(LabelPicture(label, size: size), like: LabelPicture(like, size: size))
            #expect(try !LabelPDF.render([label], size: size).bytes.isEmpty)
        }
    }

    @Test(arguments: rolls)
    func `nothing is printed for no amount to collect`(size: PaperSize) throws {
        var none = Sample.full, zero = Sample.full
        none.codAmount = nil
        zero.codAmount = Money(minor: 0, .thb)
        #expect(try LabelPicture(none, size: size).bits == LabelPicture(zero, size: size).bits)
        let text = try PaperTools().text(pdf: LabelPDF.render([zero], size: size).bytes)
        #expect(!text.contains("COD"))
        let cod = try PaperTools().text(pdf: LabelPDF.render([Sample.full], size: size).bytes)
        #expect(cod.contains("COD 1,250.00 THB"))
    }

    @Test(arguments: rolls, [125_000, 5_000_000, 99_999_999_999] as [Int64])
    func `an amount to collect is never cut`(size: PaperSize, minor: Int64) throws {
        var label = Sample.full
        label.codAmount = Money(minor: minor, .thb)
        for words in [PaperWords.english, .thai, .spanish] {
            #expect(try !LabelPicture(label, size: size, words: words).notices.contains { $0.field == .codAmount })
        }
    }

    @Test func `a Thai label without a postcode has empty boxes and says so`() throws {
        var label = Sample.full
        label.recipient.postcode = " "
        let picture = try LabelPicture(label, size: .label100x150)
        #expect(picture.notices.contains(PaperNotice(subject: Sample.number, field: .postcode, kind: .missing)))
        label.recipient = Sample.santiago
        #expect(try !LabelPicture(label, size: .label100x150).notices.contains { $0.field == .postcode }, "Chile does without")
    }

    @Test func `a QR text that no scanner agrees on is left out and reported`() throws {
        var label = Sample.full
        label.qrText = "ที่อยู่"
        let thai = try LabelPicture(label, size: .label100x150).notices
        label.qrText = String(repeating: "x", count: 300)
        let long = try LabelPicture(label, size: .label100x150).notices
        #expect(thai == [PaperNotice(subject: Sample.number, field: .qrCode, kind: .leftOut)] && long == thai)
    }

    @Test func `an ordinary label has nothing to report`() throws {
        for size in Self.rolls {
            for words in [PaperWords.english, .thai, .spanish] {
                var label = Sample.full
                if size == .label100x75 { label.qrText = nil }
                let notices = try LabelPicture(label, size: size, words: words).notices
                #expect(notices == [], "\(size) \(words.language)")
            }
        }
    }

    @Test func `the same label is the same bytes, on any thread`() async throws {
        let expected = try LabelPDF.render([Sample.full], size: .label100x150).bytes
        let all = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 { group.addTask { try LabelPDF.render([Sample.full], size: .label100x150).bytes } }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0 == expected })
    }
}

/// The bars on a picture, found by looking.
enum Bars {
    /// Columns and rows of the bars: the longest stretch of rows that hold the same runs, `modules` modules wide.
    static func find(in picture: LabelPicture, module: Int, modules: Int) throws -> (x: Range<Int>, y: Range<Int>) {
        var best: (x: Range<Int>, y: Range<Int>)?
        var y = 0
        while y < picture.height {
            let runs = picture.blackRuns(y: y)
            guard runs.count > 20, let x = span(runs, width: module * modules) else { y += 1; continue }
            let row = (x.lowerBound..<x.upperBound).map { picture.isBlack(x: $0, y: y) }
            var end = y + 1
            while end < picture.height, (x.lowerBound..<x.upperBound).allSatisfy({ picture.isBlack(x: $0, y: end) == row[$0 - x.lowerBound] }) { end += 1 }
            if end - y > best?.y.count ?? 0 { best = (x, y..<end) }
            y = end
        }
        return try #require(best)
    }

    /// The bars and their quiet zones are the same on both pictures, and nothing is black outside of the frame.
    static func expectUntouched(_ picture: LabelPicture, like plain: LabelPicture, _ location: SourceLocation = #_sourceLocation) throws {
        let (x, y) = try find(in: plain, module: 3, modules: 156)
        let isSame = y.allSatisfy { row in ((x.lowerBound - 30)..<(x.upperBound + 30)).allSatisfy { picture.isBlack(x: $0, y: row) == plain.isBlack(x: $0, y: row) } }
        #expect(isSame, "the bars are touched", sourceLocation: location)
        let edge = 16
        #expect(picture.isWhite(x: 0..<edge, y: 0..<picture.height) && picture.isWhite(x: 0..<picture.width, y: 0..<edge), sourceLocation: location)
        #expect(picture.isWhite(x: (picture.width - edge + 1)..<picture.width, y: 0..<picture.height), sourceLocation: location)
        #expect(picture.isWhite(x: 0..<picture.width, y: (picture.height - edge + 1)..<picture.height), sourceLocation: location)
    }

    private static func span(_ runs: [Range<Int>], width: Int) -> Range<Int>? {
        for first in runs { for last in runs where last.upperBound - first.lowerBound == width { return first.lowerBound..<last.upperBound } }
        return nil
    }
}
