import CPango

/// A page to draw on, measured in millimetres from its upper left corner. The same drawing goes on a raster of printer dots and on a PDF page.
///
/// Pango's font map belongs to a thread: a canvas is made, used and dropped within one synchronous call.
final class Canvas {
    let cairo: OpaquePointer
    /// Units of the cairo surface: dots, or points of a PDF.
    let unitsPerMillimetre: Double
    /// The raster on which bars lie; a module is a whole number of its dots.
    let dotsPerMillimetre: Double
    let isRaster: Bool
    let font: PaperFont
    private let context: OpaquePointer
    private let attributes: OpaquePointer
    private var descriptions: [FontKey: OpaquePointer] = [:]

    /// Where the upper left corner of the label lies on the sheet.
    var origin = (x: 0.0, y: 0.0)
    /// What notices are about.
    var subject = ""
    /// In the order they came up, each once.
    private(set) var notices: [PaperNotice] = []
    private var noted: Set<PaperNotice> = []

    private struct FontKey: Hashable { let points: Double, isBold: Bool, family: String }

    /// - Parameter cairo: stays the caller's, and must outlive the canvas.
    init(cairo: OpaquePointer, unitsPerMillimetre: Double, dotsPerMillimetre: Double, isRaster: Bool, families: [String] = PaperFonts.families) throws(PaperError) {
        guard let context = pango_cairo_create_context(cairo), let attributes = crossdock_attributes_without_fallback() else { throw .drawing(reason: "no memory") }
        self.cairo = cairo
        self.unitsPerMillimetre = unitsPerMillimetre
        self.dotsPerMillimetre = dotsPerMillimetre
        self.isRaster = isRaster
        self.context = context
        self.attributes = attributes
        Self.set(context, isRaster: isRaster)
        if isRaster { cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE) }
        do throws(PaperError) {
            font = try PaperFont(context: context, families: families) { text, family in
                let description = Self.description(family: family, size: 20, isBold: false)
                defer { pango_font_description_free(description) }
                return TextLayout(text, context: context, description: description, attributes: attributes).unknownGlyphs
            }
        } catch {
            crossdock_release(UnsafeMutableRawPointer(context))
            pango_attr_list_unref(attributes)
            throw error
        }
    }

    deinit {
        for description in descriptions.values { pango_font_description_free(description) }
        pango_attr_list_unref(attributes)
        crossdock_release(UnsafeMutableRawPointer(context))
    }

    func note(_ kind: PaperNotice.Kind, _ field: PaperNotice.Field) {
        let notice = PaperNotice(subject: subject, field: field, kind: kind)
        if noted.insert(notice).inserted { notices.append(notice) }
    }

    /// A text at a size in points, wrapped to a width in millimetres.
    func layout(_ text: String, points: Double, isBold: Bool = false, width: Double? = nil, align: HorizontalPlace = .left, lineSpacing: Double = 1) -> TextLayout {
        let key = FontKey(points: points, isBold: isBold, family: font.family)
        let size = points / pointsPerMillimetre * unitsPerMillimetre
        let description = descriptions[key] ?? Self.description(family: font.family, size: size, isBold: isBold)
        descriptions[key] = description
        let limit = width.map { $0 * unitsPerMillimetre }
        return TextLayout(text, context: context, description: description, attributes: attributes, width: limit, align: align, lineSpacing: lineSpacing)
    }

    private static func description(family: String, size: Double, isBold: Bool) -> OpaquePointer? {
        let description = pango_font_description_new()
        pango_font_description_set_family(description, family)
        pango_font_description_set_weight(description, isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_font_description_set_absolute_size(description, size * Double(PANGO_SCALE))
        return description
    }

    /// No hinting, no rounding of advances: a raster and a page break their lines at the same places. On a raster no grey (labels.md §5).
    private static func set(_ context: OpaquePointer, isRaster: Bool) {
        let options = cairo_font_options_create()
        defer { cairo_font_options_destroy(options) }
        cairo_font_options_set_antialias(options, isRaster ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        pango_context_set_round_glyph_positions(context, 0)
        pango_context_set_language(context, pango_language_from_string("th"))
        pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    }
}
