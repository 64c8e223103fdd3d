@testable import Documents
import Domain
import Testing

@Suite(.timeLimit(.minutes(2))) struct PaperListTests {
    @Test func `a manifest of many pages repeats its heading and counts its pages`() throws {
        let paper = try ManifestPDF.render(Sample.manifest(parcels: 120))
        #expect(paper.pages >= 3)
        let tools = try PaperTools()
        let texts = try (1...paper.pages).map { try tools.text(pdf: paper.bytes, page: $0) }
        for (index, text) in texts.enumerated() {
            #expect(text.contains("Page \(index + 1) of \(paper.pages)"))
            #expect(text.contains("ABC20261121-0003"))
            if text.contains("SP10000") { #expect(text.contains("Tracking number") && text.contains("Postcode")) }
        }
        #expect(texts[0].contains("Thailand Post") && texts[0].contains("16:00") && texts[0].contains("Closed"))
        let all = texts.joined()
        for index in [0, 1, 57, 119] { #expect(all.contains("SP\(1_000_000_000 + index)")) }
        #expect(try tools.scan(pdf: paper.bytes, page: paper.pages) == ["ABC20261121-0003"])
        let size = try tools.size(pdf: paper.bytes)
        #expect(abs(size.width - 595.28) < 0.5 && abs(size.height - 841.89) < 0.5)
    }

    @Test func `a manifest sums up, names what is missing and too many, and wants two signatures`() throws {
        let manifest = Sample.manifest(parcels: 5)
        #expect(manifest.totalWeightGrams == 1260 && manifest.codParcels == 2 && manifest.codTotals == [Money(minor: 25_100, .thb)])
        let text = try PaperTools().text(pdf: ManifestPDF.render(manifest).bytes)
        for part in ["1.26 kg", "251.00 THB", "two hundred fifty-one baht", "Missing: listed, not scanned (2)", "SP7000000001", "SP7000000002",
                     "Extra: scanned, not listed (1)", "SP8000000001", "Handed over by", "Received by the carrier", "Signature", "125.50 THB"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `a reprint says on every page which it is, when and by whom; the first print says nothing`() throws {
        let reprint = ManifestPaper.Reprint(number: 2, printedAt: "2026-11-22 09:05", printedBy: "Malee {n}")
        let paper = try ManifestPDF.render(Sample.manifest(parcels: 90, reprint: reprint))
        #expect(paper.pages >= 2)
        let tools = try PaperTools()
        for page in 1...paper.pages { #expect(try tools.text(pdf: paper.bytes, page: page).contains("REPRINT No. 2 · 2026-11-22 09:05 · Malee {n}")) }
        #expect(try !tools.text(pdf: ManifestPDF.render(Sample.manifest(parcels: 3)).bytes).contains("REPRINT"))
    }

    @Test func `a manifest without parcels still shows what is missing`() throws {
        let text = try PaperTools().text(pdf: ManifestPDF.render(Sample.manifest(parcels: 0), words: .spanish).bytes)
        #expect(text.contains("Faltan") && text.contains("SP7000000001") && text.contains("Página 1 de 1"))
    }

    @Test func `a pick list is one walk by shelf and SKU, with what each order takes`() throws {
        let wants = [
            PickList.Want(shelf: "A-10", sku: "MUG-2", title: "Mug, blue", quantity: 1, orderNumber: "1002"),
            PickList.Want(shelf: "A-2", sku: "TEE-10", title: "T-shirt L", quantity: 2, orderNumber: "1001"),
            PickList.Want(shelf: "A-2", sku: "TEE-9", title: "T-shirt M", quantity: 1, orderNumber: "1001"),
            PickList.Want(shelf: "", sku: "CARD", title: "Card", quantity: 1, orderNumber: "1003"),
            PickList.Want(shelf: "A-10", sku: "MUG-2", title: "Mug, blue", quantity: 3, orderNumber: "1003"),
            PickList.Want(shelf: "A-10", sku: "MUG-2", title: "Mug, blue", quantity: 1, orderNumber: "1002"),
        ]
        let list = PickList(number: "P-7", gathering: wants, date: "2026-11-21", warehouse: "Bang Na")
        #expect(list.lines.map(\.sku) == ["TEE-9", "TEE-10", "MUG-2", "CARD"])
        #expect(list.lines[2] == PickList.Line(shelf: "A-10", sku: "MUG-2", title: "Mug, blue", quantity: 5, orders: ["1002 ×2", "1003 ×3"]))
        #expect(list.pieces == 9)
        let text = try PaperTools().text(pdf: PickListPDF.render(list).bytes)
        for part in ["P-7", "Bang Na", "A-10", "MUG-2", "Mug, blue", "1002 ×2, 1003 ×3", "Page 1 of 1"] { #expect(text.contains(part), "\(part)") }
    }

    @Test(arguments: [("A-2", "A-10", true), ("A-10", "A-2", false), ("A-02", "A-2", true), ("A", "A-1", true), ("A-1", "A-1", false), ("", "A", true), ("B1", "A9", false)])
    func `shelves are walked in their natural order`(a: String, b: String, isBefore: Bool) { #expect(NaturalOrder.isBefore(a, b) == isBefore) }

    @Test func `each packing slip begins a page and counts its own`() throws {
        func slip(_ number: String, lines: Int) -> PackingSlip {
            PackingSlip(orderNumber: number, shopTitle: "Pin & Co", recipient: Sample.chiangMai,
                        lines: (0..<lines).map { PackingSlip.Line(sku: "SKU-\($0)", title: "แก้วน้ำสีฟ้า ขนาด \($0)", quantity: 2, shelf: "B-\($0)") },
                        date: "2026-11-21", carrierTitle: "EMS", trackingNumber: Sample.number, note: "Happy birthday!")
        }
        let paper = try PackingSlipPDF.render([slip("A-1", lines: 3), slip("A-2", lines: 70), slip("A-3", lines: 1)])
        let tools = try PaperTools()
        #expect(paper.pages >= 4 && !paper.isCut)
        let first = try tools.text(pdf: paper.bytes, page: 1), second = try tools.text(pdf: paper.bytes, page: 2), last = try tools.text(pdf: paper.bytes, page: paper.pages)
        #expect(first.contains("Page 1 of 1") && first.contains("A-1") && first.contains("Happy birthday!") && first.contains("SKU-2"))
        #expect(second.contains("Page 1 of \(paper.pages - 2)") && second.contains("A-2"))
        #expect(last.contains("Page 1 of 1") && last.contains("A-3"))
        #expect(try tools.scan(pdf: paper.bytes, page: paper.pages) == ["A-3"])
    }

    @Test(arguments: LabelPictureTests.hostile)
    func `whatever is written in its fields, a list is printed`(text: String) throws {
        let address = PaperAddress(name: text, phone: text, lines: [text], subdistrict: text, district: text, province: text, postcode: text)
        let line = PackingSlip.Line(sku: text, title: text, quantity: .max, shelf: text)
        let slip = PackingSlip(orderNumber: text, shopTitle: text, recipient: address, lines: [line, line], note: text)
        #expect(try !PackingSlipPDF.render([slip]).bytes.isEmpty)
        let list = PickList(number: text, lines: [PickList.Line(shelf: text, sku: text, title: text, quantity: 1, orders: [text, text])])
        #expect(try !PickListPDF.render(list).bytes.isEmpty)
        let parcel = ManifestPaper.Parcel(trackingNumber: text, orderNumbers: [text], postcode: text, weightGrams: 1, codAmount: Money(minor: .max, .thb))
        let manifest = ManifestPaper(number: text, carrierTitle: text, state: text, parcels: [parcel, parcel], missing: [text], extra: [text])
        #expect(try !ManifestPDF.render(manifest).bytes.isEmpty)
    }

    @Test func `a text too long for its cell ends in a mark and is reported`() throws {
        let list = PickList(number: "P-8", lines: [PickList.Line(sku: "X", title: String(repeating: "ที่ทำการไปรษณีย์ ", count: 100), quantity: 1)])
        let paper = try PickListPDF.render(list)
        #expect(paper.notices == [PaperNotice(subject: "P-8", field: .row, kind: .cut)])
        #expect(try PaperTools().text(pdf: paper.bytes).contains("…"))
    }

    @Test func `words are filled in once`() {
        #expect("Page {n} of {m} {x} {".filling(n: 2, m: 3) == "Page 2 of 3 {x} {")
        #expect("{when} {who}".filling(n: 1, when: "{who}", who: "{when}") == "{who} {when}")
    }

    @Test func `every error has its own code and a sentence`() {
        let errors: [PaperError] = [
            .noThaiFont(families: ["Loma"]), .nothingToPrint, .tooMany(limit: 1), .startCell(5), .notFromARoll(.a6), .resolution(1), .number("X", reason: "y"), .numberTooWide("X"),
            .codAmount(trackingNumber: "X"), .pieces(trackingNumber: "X"), .drawing(reason: "z"),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
        #expect(errors.allSatisfy { $0.sentence.hasSuffix(".") })
    }
}
