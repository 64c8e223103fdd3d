/// Packing slips as one PDF of A4 pages, in the order given; each slip begins a page and counts its own.
package enum PackingSlipPDF {
    package static let maximumSlips = 2000
    private static let maximumNoteHeight = 80.0

    /// - Note: Takes the processor for some milliseconds a slip; call it off the event loops. Any thread will do.
    package static func render(_ slips: [PackingSlip], words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        guard !slips.isEmpty else { throw .nothingToPrint }
        guard slips.count <= maximumSlips else { throw .tooMany(limit: maximumSlips) }
        guard slips.reduce(0, { $0 + $1.lines.count }) <= ListFlow.maximumRows else { throw .tooMany(limit: ListFlow.maximumRows) }
        let paper = try PDFPaper.list(title: words.packingSlip)
        for (index, slip) in slips.enumerated() {
            if index > 0 { paper.nextPage() }
            paper.canvas.subject = slip.orderNumber
            draw(slip, on: paper, words)
        }
        return try paper.finish()
    }

    private static func draw(_ slip: PackingSlip, on paper: PDFPaper, _ words: PaperWords) {
        let canvas = paper.canvas, body = ListFlow.body
        var page = ListPage(canvas: canvas, words: words, title: words.packingSlip, number: slip.orderNumber)
        page.entries = [
            (slip.shopTitle.isEmpty ? "" : words.from, slip.shopTitle), (words.date, slip.date ?? ""), (words.carrier, slip.carrierTitle ?? ""),
            (words.trackingNumber, slip.trackingNumber ?? ""),
        ].filter { !$0.value.isEmpty }
        let hasShelves = slip.lines.contains { $0.shelf?.isEmpty == false }
        let table = ListTable([
            ListTable.Column(title: "", width: 4, isTick: true),
            hasShelves ? ListTable.Column(title: words.shelf, width: 22) : nil,
            ListTable.Column(title: words.sku, width: 38),
            ListTable.Column(title: words.product, width: 0, lines: 4),
            ListTable.Column(title: words.quantity, width: 16, points: 11, isBold: true, align: .right),
        ].compactMap(\.self), on: canvas, in: body)
        let rows = slip.lines.map { line in
            table.row(["", hasShelves ? line.shelf ?? "" : nil, line.sku, line.title, String(line.quantity)].compactMap(\.self))
        }
        let totals: [ListPage.Entry] = [
            (words.lines, String(slip.lines.count)), (words.pieces, String(slip.lines.map(\.quantity).clampedSum)),
        ] + (slip.parcelCount > 1 ? [(words.parcels, "\(slip.parcel)/\(slip.parcelCount)")] : [])
        let end = ListBlock(height: ListPage.height(of: totals) + 3) { page.drawEntries(totals, top: $0 + 3) }
        ListFlow(head: { page.head($0, isDrawn: $1) }, foot: page.foot, sections: [
            ListSection(heading: nil, blocks: [recipient(slip, canvas, words)]),
            ListSection(heading: table.heading, blocks: rows),
            ListSection(heading: nil, blocks: [end] + note(slip, canvas, words)),
        ]).draw(on: paper)
    }

    private static func recipient(_ slip: PackingSlip, _ canvas: Canvas, _ words: PaperWords) -> ListBlock {
        ListBlock(height: 32) { top in
            let box = Area(ListFlow.body.x, top, 110, 30)
            canvas.frame(box, thickness: 0.2, grey: 0.5)
            canvas.write(words.shipTo, 7.5, in: Area(box.x + 2, top + 0.8, 100, 3.8), floor: 6, field: .title, vertical: .top, grey: 0.35)
            var address = slip.recipient
            address.postcode = address.postcode.map(PaperText.withLatinDigits)
            let phone = address.phone.flatMap { $0.isEmpty ? nil : "\(words.phone) \(PaperText.withLatinDigits($0))" }
            canvas.write([
                Paragraph([[address.name, phone].compactMap(\.self).joined(separator: "   ")], 11, isBold: true, maximumLines: 2, field: .name),
                Paragraph(address.printedLines, 10, field: .address),
            ], in: Area(box.x + 2, top + 4.4, box.width - 4, box.height - 5), floor: 7)
        }
    }

    private static func note(_ slip: PackingSlip, _ canvas: Canvas, _ words: PaperWords) -> [ListBlock] {
        guard let note = slip.note, !note.isEmpty else { return [] }
        let width = ListFlow.body.width - 4
        let needed = canvas.layout(canvas.clean(note, .note), points: 10, width: width).height / canvas.unitsPerMillimetre + 8
        let height = min(needed, maximumNoteHeight)
        return [ListBlock(height: height + 2) { top in
            let box = Area(ListFlow.body.x, top + 1, ListFlow.body.width, height)
            canvas.frame(box, thickness: 0.2, grey: 0.5)
            canvas.write([Paragraph([words.note], 7.5, isBold: true, field: .title), Paragraph([note], 10, field: .note)], in: box.inset(2, 1), floor: 7)
        }]
    }
}
