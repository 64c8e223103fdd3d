import Domain

/// The list that goes with a pickup, as a PDF of A4 pages: parcels, totals, what is missing or too many, two signatures.
package enum ManifestPDF {
    /// - Note: Takes the processor for a fraction of a millisecond a row; call it off the event loops. Any thread will do.
    package static func render(_ manifest: ManifestPaper, words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        guard manifest.parcels.count + manifest.missing.count + manifest.extra.count <= ListFlow.maximumRows else { throw .tooMany(limit: ListFlow.maximumRows) }
        let paper = try PDFPaper.list(title: "\(words.manifestTitle) \(manifest.number)")
        paper.canvas.subject = manifest.number
        let page = self.page(of: manifest, on: paper.canvas, words)
        let table = parcelTable(on: paper.canvas, words)
        let rows = manifest.parcels.enumerated().map { index, parcel in
            table.row([
                String(index + 1), "", parcel.trackingNumber, parcel.orderNumbers.joined(separator: ", "), parcel.postcode.map(PaperText.withLatinDigits) ?? "–",
                parcel.weightGrams.map { AmountText.weight(grams: $0, words.language) } ?? "–",
                parcel.codAmount.map { $0.minor > 0 ? AmountText.withUnit($0, words.language) : "" } ?? "",
            ])
        }
        ListFlow(head: { page.head($0, isDrawn: $1) }, foot: page.foot, sections: [
            ListSection(heading: table.heading, blocks: rows),
            ListSection(heading: nil, blocks: [totals(of: manifest, page, words)]),
            numbers(manifest.missing, title: words.missing, on: paper.canvas),
            numbers(manifest.extra, title: words.extra, on: paper.canvas),
            ListSection(heading: nil, blocks: [signatures(on: paper.canvas, words)]),
        ]).draw(on: paper)
        return try paper.finish()
    }

    private static func page(of manifest: ManifestPaper, on canvas: Canvas, _ words: PaperWords) -> ListPage {
        var page = ListPage(canvas: canvas, words: words, title: words.manifestTitle, number: manifest.number)
        page.banner = manifest.reprint.map { words.reprint.filling(n: $0.number, when: $0.printedAt, who: $0.printedBy) }
        let printed = [manifest.printedAt, manifest.printedBy].compactMap(\.self).joined(separator: " · ")
        page.entries = [
            (words.carrier, manifest.carrierTitle), (words.cutOff, manifest.cutOff ?? ""), (words.state, manifest.state), (words.printed, printed),
        ].filter { !$0.value.isEmpty }
        return page
    }

    private static func parcelTable(on canvas: Canvas, _ words: PaperWords) -> ListTable {
        ListTable([
            ListTable.Column(title: "#", width: 9, points: 8, align: .right, lines: 1),
            ListTable.Column(title: "", width: 4, isTick: true),
            ListTable.Column(title: words.trackingNumber, width: 44, points: 10, isBold: true),
            ListTable.Column(title: words.orders, width: 0, lines: 3),
            ListTable.Column(title: words.postcode, width: 20, lines: 1),
            ListTable.Column(title: words.weight, width: 20, align: .right, lines: 1),
            ListTable.Column(title: words.cod, width: 32, points: 9.5, isBold: true, align: .right, lines: 1),
        ], on: canvas, in: ListFlow.body)
    }

    /// Counts and sums, with the collected amount in words where there is one currency.
    private static func totals(of manifest: ManifestPaper, _ page: ListPage, _ words: PaperWords) -> ListBlock {
        let sums = manifest.codTotals
        var entries: [ListPage.Entry] = [
            (words.parcels, String(manifest.parcels.count)), (words.totalWeight, AmountText.weight(grams: manifest.totalWeightGrams, words.language)),
            (words.codParcels, String(manifest.codParcels)),
            (words.codTotal, sums.isEmpty ? "–" : sums.map { AmountText.withUnit($0, words.language) }.joined(separator: " + ")),
        ]
        if !manifest.missing.isEmpty { entries.append((words.missing, String(manifest.missing.count))) }
        if !manifest.extra.isEmpty { entries.append((words.extra, String(manifest.extra.count))) }
        let inWords = sums.count == 1 ? "\(words.codTotal): \(AmountText.inWords(sums[0], words.language))" : ""
        return ListBlock(height: ListPage.height(of: entries) + (inWords.isEmpty ? 4 : 10)) { top in
            page.drawEntries(entries, top: top + 3)
            let area = Area(ListFlow.body.x, top + 2.5 + ListPage.height(of: entries), ListFlow.body.width, 5.5)
            page.canvas.write(inWords, 9, in: area, floor: 7, field: .amountInWords)
        }
    }

    /// Tracking numbers, four beside each other.
    private static func numbers(_ numbers: [String], title: String, on canvas: Canvas) -> ListSection {
        guard !numbers.isEmpty else { return ListSection(heading: nil, blocks: []) }
        let body = ListFlow.body
        let heading = ListBlock(height: 9) { top in
            canvas.frame(Area(body.x, top + 2, body.width, 6.4), thickness: 0.4)
            canvas.write("\(title) (\(numbers.count))", 10, in: Area(body.x + 2, top + 2, body.width - 4, 6.4), floor: 7, field: .title, isBold: true)
        }
        let table = ListTable((0..<4).map { _ in ListTable.Column(title: "", width: (body.width - 7.5) / 4, points: 10) }, on: canvas, in: body)
        let rows = stride(from: 0, to: numbers.count, by: 4).map { table.row(Array(numbers[$0..<min($0 + 4, numbers.count)])) }
        return ListSection(heading: heading, blocks: rows)
    }

    private static func signatures(on canvas: Canvas, _ words: PaperWords) -> ListBlock {
        let body = ListFlow.body, width = (body.width - 8) / 2
        return ListBlock(height: 46) { top in
            for (index, who) in [words.handedOver, words.received].enumerated() {
                let box = Area(body.x + Double(index) * (width + 8), top + 4, width, 41)
                canvas.frame(box, thickness: 0.25)
                canvas.write(who, 10, in: Area(box.x + 2.5, box.y + 1, width - 5, 6), floor: 7, field: .title, isBold: true)
                for (line, title) in [words.name, words.signature, words.dateAndTime].enumerated() {
                    let y = box.y + 15.5 + Double(line) * 11
                    canvas.write(title, 8, in: Area(box.x + 2.5, y - 4.4, 24, 5), floor: 6, field: .title)
                    canvas.rule(x: box.x + 27, y: y, width: width - 30, thickness: 0.2)
                }
            }
        }
    }
}
