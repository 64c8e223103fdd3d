import CPango

extension Canvas {
    /// A filled rectangle; on a raster its edges lie between dots.
    func fill(_ area: Area, grey: Double = 0) {
        let left = edge(origin.x + area.x), top = edge(origin.y + area.y)
        let right = edge(origin.x + area.right), bottom = edge(origin.y + area.bottom)
        cairo_set_source_rgb(cairo, grey, grey, grey)
        cairo_rectangle(cairo, left, top, max(right - left, isRaster ? 1 : 0), max(bottom - top, isRaster ? 1 : 0))
        cairo_fill(cairo)
    }

    /// A line across, `thickness` mm, below `y`.
    func rule(x: Double, y: Double, width: Double, thickness: Double = 0.25, grey: Double = 0) { fill(Area(x, y, width, thickness), grey: grey) }

    /// Four lines inside the area.
    func frame(_ area: Area, thickness: Double = 0.3, grey: Double = 0) {
        fill(Area(area.x, area.y, area.width, thickness), grey: grey)
        fill(Area(area.x, area.bottom - thickness, area.width, thickness), grey: grey)
        fill(Area(area.x, area.y, thickness, area.height), grey: grey)
        fill(Area(area.right - thickness, area.y, thickness, area.height), grey: grey)
    }

    /// Where scissors go.
    func cutLine(fromX x0: Double, y y0: Double, toX x1: Double, y y1: Double) {
        cairo_save(cairo)
        cairo_set_source_rgb(cairo, 0.5, 0.5, 0.5)
        cairo_set_line_width(cairo, 0.15 * unitsPerMillimetre)
        cairo_set_dash(cairo, [2 * unitsPerMillimetre, 2 * unitsPerMillimetre], 2, 0)
        cairo_move_to(cairo, x0 * unitsPerMillimetre, y0 * unitsPerMillimetre)
        cairo_line_to(cairo, x1 * unitsPerMillimetre, y1 * unitsPerMillimetre)
        cairo_stroke(cairo)
        cairo_restore(cairo)
    }

    /// Dots a narrow bar may have: 0.25 mm at least, about 0.35 at best (labels.md §2.1: 3 at 203 dpi, 4 at 300).
    var barDots: ClosedRange<Int> {
        let narrowest = max(1, Int((0.25 * dotsPerMillimetre).rounded()))
        return narrowest...max(narrowest, Int((0.355 * dotsPerMillimetre).rounded()))
    }

    /// The widest module at which `code` fits into `width` mm with its quiet zones; nil when none does.
    func moduleDots(of code: Code128, width: Double) -> Int? {
        let modules = Double(code.width + 2 * Code128.quietModules)
        return barDots.reversed().first { modules * Double($0) <= width * dotsPerMillimetre }
    }

    /// The bars in the middle of `area`, which keeps the quiet zones white, each module `module` whole dots.
    func drawBars(_ code: Code128, module: Int, in area: Area) {
        let unit = unitsPerMillimetre / dotsPerMillimetre, dots = Double(module)
        let left = ((origin.x + area.middle) * dotsPerMillimetre - Double(code.width) * dots / 2).rounded()
        let top = ((origin.y + area.y) * dotsPerMillimetre).rounded(), bottom = ((origin.y + area.bottom) * dotsPerMillimetre).rounded()
        cairo_set_source_rgb(cairo, 0, 0, 0)
        for bar in code.bars {
            cairo_rectangle(cairo, (left + Double(bar.lowerBound) * dots) * unit, top * unit, Double(bar.count) * dots * unit, (bottom - top) * unit)
        }
        cairo_fill(cairo)
    }

    /// Dots of a QR module: half a millimetre (labels.md §2.3: 4 at 203 dpi, 6 at 300).
    private var qrModuleDots: Double { max(1, (0.5 * dotsPerMillimetre).rounded()) }

    /// The side of a QR code with four modules of quiet zone all round, in mm.
    func side(of code: QRCode) -> Double { Double(code.side + 8) * qrModuleDots / dotsPerMillimetre }

    /// The code with its quiet zone, its upper left corner at (`x`, `y`).
    func drawQR(_ code: QRCode, x: Double, y: Double) {
        let module = qrModuleDots, unit = unitsPerMillimetre / dotsPerMillimetre
        let left = ((origin.x + x) * dotsPerMillimetre).rounded() + 4 * module, top = ((origin.y + y) * dotsPerMillimetre).rounded() + 4 * module
        cairo_set_source_rgb(cairo, 0, 0, 0)
        for row in 0..<code.side {
            var column = 0
            while column < code.side {
                let begin = column
                while column < code.side, code.isDark(row: row, column: column) { column += 1 }
                if column > begin {
                    cairo_rectangle(cairo, (left + Double(begin) * module) * unit, (top + Double(row) * module) * unit, Double(column - begin) * module * unit, module * unit)
                }
                column += 1
            }
        }
        cairo_fill(cairo)
    }

    private func edge(_ millimetres: Double) -> Double { isRaster ? (millimetres * unitsPerMillimetre).rounded() : millimetres * unitsPerMillimetre }
}
