/// What stands on a list as one piece: a table's row, a heading, a block of signatures.
struct ListBlock {
    let height: Double
    /// Draws it below `top`.
    let draw: (_ top: Double) -> Void
}

/// Blocks under a heading that every further page repeats.
struct ListSection {
    var heading: ListBlock?
    var blocks: [ListBlock]
}

/// A list on as many A4 pages as it takes. All pages are known before the first is drawn, because each says how many there are.
struct ListFlow {
    static let width = 210.0, height = 297.0
    static let body = Area(12, 10, 186, 275)
    static let maximumRows = 20_000

    /// Draws the head of page n of m and gives the y at which the list goes on. `n` is 1 on the first.
    var head: (_ page: Int, _ isDrawn: Bool) -> Double
    var foot: (_ page: Int, _ pages: Int) -> Void
    var sections: [ListSection]

    private struct Placed { let block: ListBlock, top: Double }

    func draw(on paper: PDFPaper) {
        let pages = paged()
        for (index, placed) in pages.enumerated() {
            if index > 0 { paper.nextPage() }
            _ = head(index + 1, true)
            for piece in placed { piece.block.draw(piece.top) }
            foot(index + 1, pages.count)
        }
    }

    /// Blocks go one below the other; one that does not fit begins a page, with its section's heading above it. A block higher than a page stays alone on one.
    private func paged() -> [[Placed]] {
        var pages: [[Placed]] = [[]]
        var y = head(1, false)
        func place(_ block: ListBlock) {
            pages[pages.count - 1].append(Placed(block: block, top: y))
            y += block.height
        }
        for section in sections where !section.blocks.isEmpty || section.heading != nil {
            for (index, block) in section.blocks.enumerated() {
                let heading = index == 0 ? section.heading : nil
                if y + (heading?.height ?? 0) + block.height > Self.body.bottom, pages[pages.count - 1].isEmpty == false {
                    pages.append([])
                    y = head(pages.count, false)
                    if let repeated = section.heading { place(repeated) }
                } else if let heading {
                    place(heading)
                }
                place(block)
            }
        }
        return pages
    }
}
