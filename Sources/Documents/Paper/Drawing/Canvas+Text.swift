import CPango

/// One piece of a block of text.
struct Paragraph {
    /// Broken here while there is room, joined by blanks when the block has to shrink.
    var lines: [String]
    var points: Double
    var isBold = false
    var align = HorizontalPlace.left
    /// More lines than these are cut.
    var maximumLines = Int.max
    var field: PaperNotice.Field

    init(_ lines: [String], _ points: Double, isBold: Bool = false, align: HorizontalPlace = .left, maximumLines: Int = .max, field: PaperNotice.Field) {
        self.lines = lines; self.points = points; self.isBold = isBold; self.align = align; self.maximumLines = maximumLines; self.field = field
    }
}

enum VerticalPlace {
    case top
    /// By what is black, so that digits stand in the middle of their box. For a single paragraph.
    case middle
}

extension Canvas {
    /// How much of the size a step takes away while a text is made to fit.
    private static let shrinkStep = 0.06
    /// Down to this, lines stay broken where the writer broke them; then they are joined, and the size starts again from its best.
    private static let brokenScale = 0.92

    /// Sets paragraphs below each other inside `area`, at the largest sizes from their own down to `floor` points at which they fit. What does not fit even
    /// then is cut by cluster, ends in "…" and is noted. Nothing is drawn outside of the area. `grey` is 0 for black, 1 for white.
    ///
    /// - Returns: the height used, in mm.
    @discardableResult
    func write(_ paragraphs: [Paragraph], in area: Area, floor: Double, vertical: VerticalPlace = .top, lineSpacing: Double = 1, grey: Double = 0) -> Double {
        let cleaned = paragraphs.compactMap { clean($0) }
        guard !cleaned.isEmpty, area.width > 0, area.height > 0 else { return 0 }
        let height = area.height * unitsPerMillimetre
        var scale = 1.0, separator = "\n"
        while true {
            let layouts = cleaned.map { layout(of: $0, text: $0.lines.joined(separator: separator), scale: scale, floor: floor, in: area, lineSpacing) }
            let fits = zip(cleaned, layouts).allSatisfy { $1.lines <= $0.maximumLines }
            if fits, needed(layouts, vertical, lineSpacing) <= height + 0.01 { return draw(layouts, in: area, vertical, lineSpacing, grey: grey) }
            if separator == " ", cleaned.allSatisfy({ $0.points * scale <= floor }) { break }
            scale -= Self.shrinkStep
            if separator == "\n", scale < Self.brokenScale { separator = " "; scale = 1 }
        }
        return draw(cut(cleaned, scale: scale, floor: floor, in: area, vertical, lineSpacing), in: area, vertical, lineSpacing, grey: grey)
    }

    /// One text on one line, or on as many as `lines`.
    @discardableResult
    func write(_ text: String, _ points: Double, in area: Area, floor: Double, field: PaperNotice.Field, isBold: Bool = false, align: HorizontalPlace = .left,
               vertical: VerticalPlace = .middle, lines: Int = 1, grey: Double = 0) -> Double {
        write([Paragraph([text], points, isBold: isBold, align: align, maximumLines: lines, field: field)], in: area, floor: floor, vertical: vertical, grey: grey)
    }

    /// What a paper can show of a text; what it cannot is noted.
    func clean(_ text: String, _ field: PaperNotice.Field) -> String {
        let cleaned = PaperText(text) { font.covers($0) }
        if cleaned.isUnprintable { note(.unprintable, field) }
        if cleaned.isCut { note(.cut, field) }
        return cleaned.text
    }

    /// The longest beginning of `text` that passes with "…" behind it, cut between clusters: a Thai letter keeps its marks and its am (labels.md §4.2).
    static func cut(_ text: String, fits: (String) -> Bool) -> String {
        let clusters = Array(text)
        var low = 0, high = clusters.count
        while low < high {
            let middle = (low + high + 1) / 2
            if fits(ending(clusters[..<middle])) { low = middle } else { high = middle - 1 }
        }
        return ending(clusters[..<low])
    }

    private static func ending(_ clusters: ArraySlice<Character>) -> String {
        var kept = clusters
        while let last = kept.last, last.isWhitespace || last == "," { kept.removeLast() }
        return String(kept) + "…"
    }

    private func clean(_ paragraph: Paragraph) -> Paragraph? {
        var paragraph = paragraph
        paragraph.lines = paragraph.lines.map { clean($0, paragraph.field) }.filter { !$0.isEmpty }
        return paragraph.lines.isEmpty ? nil : paragraph
    }

    private func layout(of paragraph: Paragraph, text: String, scale: Double, floor: Double, in area: Area, _ lineSpacing: Double) -> TextLayout {
        let points = max(min(floor, paragraph.points), paragraph.points * scale)
        return layout(text, points: points, isBold: paragraph.isBold, width: area.width, align: paragraph.align, lineSpacing: lineSpacing)
    }

    private func needed(_ layouts: [TextLayout], _ vertical: VerticalPlace, _ lineSpacing: Double) -> Double {
        if vertical == .middle { return layouts.reduce(0) { $0 + $1.inkHeight } }
        return layouts.reduce(0) { $0 + $1.height } - layouts.dropFirst().reduce(0) { $0 + Self.lead($1, lineSpacing) }
    }

    /// How much closer than its own lines allow a paragraph comes to the one above it.
    private static func lead(_ layout: TextLayout, _ lineSpacing: Double) -> Double { (1 - lineSpacing) * layout.height / Double(max(1, layout.lines)) }

    /// Each paragraph in turn gets its lines, as long as those after it keep one each; the last that find no line at all are left out.
    private func cut(_ paragraphs: [Paragraph], scale: Double, floor: Double, in area: Area, _ vertical: VerticalPlace, _ lineSpacing: Double) -> [TextLayout] {
        let height = area.height * unitsPerMillimetre + 0.01
        let single = paragraphs.map { layout(of: $0, text: "ก", scale: scale, floor: floor, in: area, lineSpacing) }
        var layouts: [TextLayout] = []
        for (index, paragraph) in paragraphs.enumerated() {
            guard needed(layouts + [single[index]], vertical, lineSpacing) <= height else { note(.cut, paragraph.field); continue }
            let others = Array(single[(index + 1)...])
            let isRoomForOthers = needed(layouts + [single[index]] + others, vertical, lineSpacing) <= height
            func fitting(_ text: String) -> TextLayout? {
                let set = layout(of: paragraph, text: text, scale: scale, floor: floor, in: area, lineSpacing)
                let all = layouts + [set] + (isRoomForOthers ? others : [])
                return set.lines <= paragraph.maximumLines && needed(all, vertical, lineSpacing) <= height ? set : nil
            }
            let text = paragraph.lines.joined(separator: " ")
            if let whole = fitting(text) { layouts.append(whole); continue }
            note(.cut, paragraph.field)
            let short = Self.cut(text) { fitting($0) != nil }
            layouts.append(layout(of: paragraph, text: short, scale: scale, floor: floor, in: area, lineSpacing))
        }
        return layouts
    }

    private func draw(_ layouts: [TextLayout], in area: Area, _ vertical: VerticalPlace, _ lineSpacing: Double, grey: Double) -> Double {
        let unit = unitsPerMillimetre, x = (origin.x + area.x) * unit, top = (origin.y + area.y) * unit
        var y = top
        cairo_save(cairo)
        cairo_rectangle(cairo, x, top, area.width * unit, area.height * unit)
        cairo_clip(cairo)
        cairo_set_source_rgb(cairo, grey, grey, grey)
        if vertical == .middle, let only = layouts.first { y += (area.height * unit - only.inkHeight) / 2 - only.inkTop }
        for (index, layout) in layouts.enumerated() {
            if index > 0 { y -= Self.lead(layout, lineSpacing) }
            cairo_move_to(cairo, x, isRaster ? y.rounded() : y)
            pango_cairo_show_layout(cairo, layout.pointer)
            y += layout.height
        }
        cairo_restore(cairo)
        return (y - top) / unit
    }
}
