/// A pick list as a PDF of A4 pages.
package enum PickListPDF {
    /// - Note: Takes the processor for a fraction of a millisecond a row; call it off the event loops. Any thread will do.
    package static func render(_ list: PickList, words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        guard !list.lines.isEmpty else { throw .nothingToPrint }
        guard list.lines.count <= ListFlow.maximumRows else { throw .tooMany(limit: ListFlow.maximumRows) }
        let paper = try PDFPaper.list(title: "\(words.pickList) \(list.number)")
        paper.canvas.subject = list.number
        var page = ListPage(canvas: paper.canvas, words: words, title: words.pickList, number: list.number)
        page.entries = [
            (words.warehouse, list.warehouse ?? ""), (words.date, list.date ?? ""), (words.lines, String(list.lines.count)), (words.pieces, String(list.pieces)),
        ].filter { !$0.value.isEmpty }
        let table = ListTable([
            ListTable.Column(title: "", width: 4, isTick: true),
            ListTable.Column(title: words.shelf, width: 24, points: 10.5, isBold: true),
            ListTable.Column(title: words.quantity, width: 13, points: 12, isBold: true, align: .centre, lines: 1),
            ListTable.Column(title: words.sku, width: 34, isBold: true),
            ListTable.Column(title: words.product, width: 0, lines: 3),
            ListTable.Column(title: words.forOrders, width: 40, points: 8, lines: 8),
        ], on: paper.canvas, in: ListFlow.body)
        let rows = list.lines.map { table.row(["", $0.shelf ?? "–", String($0.quantity), $0.sku, $0.title, $0.orders.joined(separator: ", ")]) }
        ListFlow(head: { page.head($0, isDrawn: $1) }, foot: page.foot, sections: [ListSection(heading: table.heading, blocks: rows)]).draw(on: paper)
        return try paper.finish()
    }
}
