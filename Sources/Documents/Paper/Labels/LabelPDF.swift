/// Labels as one PDF, in the order given: a page each, or four on a sheet of A4. Print at 100 %: "fit to page" spoils the bars (labels.md §6).
package enum LabelPDF {
    package static let maximumLabels = 2000

    /// - Note: Takes the processor for some milliseconds a label; call it off the event loops and off the cooperative pool. Any thread will do, several at once too.
    /// - Throws: `.number` and the like for the first label that may not be printed; then nothing is printed.
    package static func render(_ labels: [ParcelLabel], size: PaperSize, words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        guard !labels.isEmpty else { throw .nothingToPrint }
        guard labels.count <= maximumLabels else { throw .tooMany(limit: maximumLabels) }
        if case .a4FourLabels(let cell) = size, !(1...4).contains(cell) { throw .startCell(cell) }
        for label in labels { try label.check() }

        let title = labels.count == 1 ? labels[0].trackingNumber : "\(labels[0].trackingNumber) – \(labels[labels.count - 1].trackingNumber) (\(labels.count))"
        let paper = try PDFPaper(widthMillimetres: size.widthMillimetres, heightMillimetres: size.heightMillimetres, dotsPerMillimetre: size.pdfDotsPerMillimetre, title: title)
        switch size {
        case .a4FourLabels(let startCell): try drawSheets(labels, from: startCell, on: paper, size: size, words: words)
        case .label100x150, .label100x75, .label4x6, .a6:
            for (index, label) in labels.enumerated() {
                if index > 0 { paper.nextPage() }
                let cell = Area(0, 0, size.widthMillimetres, size.heightMillimetres)
                try LabelDrawing(label, canvas: paper.canvas, words: words).draw(in: cell, margin: size.marginMillimetres)
            }
        }
        return try paper.finish()
    }

    /// Places 1 and 2 above, 3 and 4 below.
    private static func drawSheets(_ labels: [ParcelLabel], from startCell: Int, on paper: PDFPaper, size: PaperSize, words: PaperWords) throws(PaperError) {
        let cell = Area(0, 0, size.widthMillimetres / 2, size.heightMillimetres / 2)
        for (index, label) in labels.enumerated() {
            let place = (startCell - 1 + index) % 4
            if place == 0, index > 0 { paper.nextPage() }
            paper.canvas.origin = (0, 0)
            if place == 0 || index == 0 {
                paper.canvas.cutLine(fromX: cell.width, y: 0, toX: cell.width, y: size.heightMillimetres)
                paper.canvas.cutLine(fromX: 0, y: cell.height, toX: size.widthMillimetres, y: cell.height)
            }
            paper.canvas.origin = (Double(place % 2) * cell.width, Double(place / 2) * cell.height)
            try LabelDrawing(label, canvas: paper.canvas, words: words).draw(in: cell, margin: size.marginMillimetres)
        }
    }
}
