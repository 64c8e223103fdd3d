import CPango

enum HorizontalPlace { case left, centre, right }

/// A text that Pango has shaped and broken into lines. Sizes are in the canvas's units.
final class TextLayout {
    let pointer: OpaquePointer?
    /// What lines take, with the room for marks.
    let height: Double
    let width: Double
    /// What is really black, from the layout's corner.
    let inkTop: Double
    let inkHeight: Double
    let lines: Int

    init(_ text: String, context: OpaquePointer, description: OpaquePointer?, attributes: OpaquePointer, width limit: Double? = nil, align: HorizontalPlace = .left,
         lineSpacing: Double = 1) {
        let pointer = pango_layout_new(context)
        self.pointer = pointer
        pango_layout_set_auto_dir(pointer, 0)
        pango_layout_set_font_description(pointer, description)
        if let kept = Self.keptTogether(in: text), let together = crossdock_attributes_keeping_together(attributes, UInt32(kept.lowerBound), UInt32(kept.upperBound)) {
            pango_layout_set_attributes(pointer, together)
            pango_attr_list_unref(together)
        } else {
            pango_layout_set_attributes(pointer, attributes)
        }
        pango_layout_set_wrap(pointer, PANGO_WRAP_WORD_CHAR)
        if let limit { pango_layout_set_width(pointer, Int32(min(limit * Double(PANGO_SCALE), Double(Int32.max)))) }
        pango_layout_set_alignment(pointer, align.pango)
        if lineSpacing != 1 { pango_layout_set_line_spacing(pointer, Float(lineSpacing)) }
        pango_layout_set_text(pointer, text, -1)
        var ink = PangoRectangle(), logical = PangoRectangle()
        pango_layout_get_extents(pointer, &ink, &logical)
        let unit = Double(PANGO_SCALE)
        height = Double(logical.height) / unit
        width = Double(logical.width) / unit
        inkTop = Double(ink.y) / unit
        inkHeight = Double(ink.height) / unit
        lines = Int(pango_layout_get_line_count(pointer))
    }

    /// The bytes around the last no-break space, when a short word follows it: behind Thai letters Pango breaks there all the same. Only the last and only a
    /// short one, so that nobody can write a text that cannot be broken.
    private static func keptTogether(in text: String) -> Range<Int>? {
        guard let space = text.unicodeScalars.lastIndex(of: "\u{A0}"), space > text.startIndex else { return nil }
        let word = text.unicodeScalars[space...].dropFirst().prefix { !$0.properties.isWhitespace }
        guard (1...10).contains(word.count) else { return nil }
        let start = text.utf8.distance(from: text.startIndex, to: text.unicodeScalars.index(before: space))
        return start..<text.utf8.distance(from: text.startIndex, to: word.endIndex)
    }

    deinit { crossdock_release(pointer.map { UnsafeMutableRawPointer($0) }) }

    var unknownGlyphs: Int { Int(pango_layout_get_unknown_glyphs_count(pointer)) }

    /// From the top of the layout to the line on which its first letters stand.
    var baseline: Double { Double(pango_layout_get_baseline(pointer)) / Double(PANGO_SCALE) }
}

extension HorizontalPlace {
    fileprivate var pango: PangoAlignment {
        switch self {
        case .left: PANGO_ALIGN_LEFT
        case .centre: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }
}
