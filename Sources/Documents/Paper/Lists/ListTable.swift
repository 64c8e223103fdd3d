/// Columns, and rows as blocks of a list.
struct ListTable {
    struct Column {
        let title: String
        /// In mm; 0 takes what the others leave.
        var width: Double
        var points = 9.0
        var isBold = false
        var align = HorizontalPlace.left
        var lines = 2
        /// An empty box to tick with a pen, instead of a text.
        var isTick = false
    }

    let canvas: Canvas
    let columns: [Column]
    let area: Area

    private static let gap = 2.5, padding = 0.3

    init(_ columns: [Column], on canvas: Canvas, in area: Area) {
        let fixed = columns.reduce(0) { $0 + $1.width } + Self.gap * Double(columns.count - 1)
        self.canvas = canvas
        self.area = area
        self.columns = columns.map { column in
            var column = column
            if column.width == 0 { column.width = max(20, area.width - fixed) }
            return column
        }
    }

    var heading: ListBlock {
        ListBlock(height: 7.4) { top in
            canvas.fill(Area(area.x, top + 0.8, area.width, 6), grey: 0.9)
            eachCell(columns.map(\.title)) { column, title, x in
                canvas.write(title, 8, in: Area(x, top + 1.4, column.width, 5), floor: 5.5, field: .title, isBold: true, align: column.align, vertical: .top)
            }
        }
    }

    func row(_ cells: [String]) -> ListBlock {
        let (height, baseline) = measure(cells)
        return ListBlock(height: height) { top in
            eachCell(cells) { column, text, x in
                if column.isTick { return canvas.frame(Area(x, top + baseline - 3.1, 3.6, 3.6), thickness: 0.25) }
                let y = top + baseline - self.baseline(of: column)
                canvas.write(text, column.points, in: Area(x, y, column.width, top + height - Self.padding - y), floor: max(6.5, column.points - 2), field: .row,
                             isBold: column.isBold, align: column.align, vertical: .top, lines: column.lines)
            }
            canvas.rule(x: area.x, y: top + height - 0.1, width: area.width, thickness: 0.1, grey: 0.6)
        }
    }

    /// The height of a row, and where its first lines stand, whatever their sizes.
    private func measure(_ cells: [String]) -> (height: Double, baseline: Double) {
        let baseline = columns.filter { !$0.isTick }.map { self.baseline(of: $0) }.max() ?? 0
        var height = 0.0
        eachCell(cells) { column, text, _ in
            let layout = canvas.layout(canvas.clean(text, .row), points: column.points, isBold: column.isBold, width: column.width)
            let lines = Double(min(layout.lines, column.lines))
            height = max(height, layout.height / canvas.unitsPerMillimetre * lines / Double(max(1, layout.lines)) + baseline - self.baseline(of: column))
        }
        return (height + 2 * Self.padding + 0.1, baseline + Self.padding)
    }

    private func baseline(of column: Column) -> Double { canvas.layout("0", points: column.points, isBold: column.isBold).baseline / canvas.unitsPerMillimetre }

    private func eachCell(_ cells: [String], _ body: (Column, String, Double) -> Void) {
        var x = area.x
        for (column, text) in zip(columns, cells) {
            body(column, text, x)
            x += column.width + Self.gap
        }
    }
}
