/// What the pages of every list share: the head with its bar code, fields, the foot.
struct ListPage {
    /// A title and its value.
    typealias Entry = (title: String, value: String)

    let canvas: Canvas
    let words: PaperWords
    let title: String
    /// Printed big, and as bars for whoever scans the paper.
    let number: String
    var entries: [Entry] = []
    /// White on black on every page.
    var banner: String?

    private static let entryHeight = 10.4, entriesPerRow = 4

    private var body: Area { ListFlow.body }
    private var code: Code128? { number.utf8.count <= 24 ? try? Code128(number) : nil }            // without bars the paper is still of use

    /// The y below the head of a page; the entries stand on the first alone.
    func head(_ page: Int, isDrawn: Bool) -> Double {
        var y = body.y
        if isDrawn { drawTitle() }
        y += 15.5
        if let banner {
            if isDrawn {
                canvas.fill(Area(body.x, y, body.width, 7))
                canvas.write(banner, 11, in: Area(body.x + 2, y, body.width - 4, 7), floor: 7, field: .remark, isBold: true, align: .centre, grey: 1)
            }
            y += 8.5
        }
        if page == 1, !entries.isEmpty {
            if isDrawn { drawEntries(entries, top: y) }
            y += Self.height(of: entries)
        }
        return y
    }

    func drawEntries(_ entries: [Entry], top: Double) {
        let width = body.width / Double(Self.entriesPerRow)
        for (index, entry) in entries.enumerated() {
            let x = body.x + Double(index % Self.entriesPerRow) * width, y = top + Double(index / Self.entriesPerRow) * Self.entryHeight
            canvas.write(entry.title, 7.5, in: Area(x, y, width - 3, 3.8), floor: 6, field: .title, vertical: .top, grey: 0.35)
            canvas.write(entry.value, 10.5, in: Area(x, y + 3.5, width - 3, 6.2), floor: 7, field: .title, isBold: true, vertical: .top)
        }
    }

    static func height(of entries: [Entry]) -> Double { Double((entries.count + entriesPerRow - 1) / entriesPerRow) * entryHeight + 1 }

    func foot(_ page: Int, _ pages: Int) {
        let y = ListFlow.height - 10.5
        canvas.rule(x: body.x, y: y - 0.8, width: body.width, thickness: 0.1, grey: 0.6)
        canvas.write("\(title) \(number)", 7.5, in: Area(body.x, y, body.width * 0.7, 4.6), floor: 6.5, field: .title, vertical: .top, grey: 0.35)
        let right = Area(body.x + body.width * 0.7, y, body.width * 0.3, 4.6)
        canvas.write(words.page.filling(n: page, m: pages), 7.5, in: right, floor: 6.5, field: .title, align: .right, vertical: .top)
    }

    private func drawTitle() {
        var width = body.width
        if let code, let module = canvas.moduleDots(of: code, width: 90) {
            let bars = Double(code.width + 2 * Code128.quietModules) * Double(module) / canvas.dotsPerMillimetre
            canvas.drawBars(code, module: module, in: Area(body.right - bars + 2, body.y, bars, 10))
            width -= bars + 2
        }
        canvas.write(title, 18, in: Area(body.x, body.y - 0.5, width, 7.6), floor: 10, field: .title, isBold: true)
        canvas.write(number, 12, in: Area(body.x, body.y + 7.6, width, 5.6), floor: 7, field: .title)
        canvas.rule(x: body.x, y: body.y + 13.6, width: body.width, thickness: 0.4)
    }
}

extension PDFPaper {
    /// A4 upright, for lists.
    static func list(title: String) throws(PaperError) -> PDFPaper {
        try PDFPaper(widthMillimetres: ListFlow.width, heightMillimetres: ListFlow.height, dotsPerMillimetre: 600 / 25.4, title: title)
    }
}
