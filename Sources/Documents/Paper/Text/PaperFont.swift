import CPango

/// What papers are set in. Call `check()` when the program starts: without a Thai font every Thai name would be a row of boxes.
package enum PaperFonts {
    /// Loma, then what else of the same Debian package reads well small (labels.md §4.4).
    static let families = ["Loma", "Waree", "Garuda"]

    /// Stacked marks, am, the consonants that lose their foot, tall ones, the baht sign, digits, Latin.
    static let probe = "ปิ่น ที่ น้ำ ฐู ญู ป๋า ฟ้า ฝั่ง ๆ ฯ ฿ 0123456789 Az"

    /// - Throws: `.noThaiFont`, whose sentence names the package to install.
    package static func check() throws(PaperError) { try check(families: families) }

    static func check(families: [String]) throws(PaperError) {
        let picture = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
        defer { cairo_surface_destroy(picture) }
        guard let cairo = cairo_create(picture) else { throw .drawing(reason: "no memory") }
        defer { cairo_destroy(cairo) }
        _ = try Canvas(cairo: cairo, unitsPerMillimetre: 8, dotsPerMillimetre: 8, isRaster: true, families: families)
    }
}

/// The chosen family, opened: it knows which characters it can show.
///
/// One thread at a time, like the canvas that owns it.
final class PaperFont {
    let family: String
    private let font: UnsafeMutableRawPointer
    private var known: [UInt32: Bool] = [:]

    /// - Parameters:
    ///   - families: in order of preference.
    ///   - unknownGlyphs: how many characters of a text the family lacks.
    init(context: OpaquePointer, families: [String], unknownGlyphs: (_ text: String, _ family: String) -> Int) throws(PaperError) {
        for family in families {
            let description = pango_font_description_new()
            defer { pango_font_description_free(description) }
            pango_font_description_set_family(description, family)
            pango_font_description_set_absolute_size(description, 12 * Double(PANGO_SCALE))
            guard let font = crossdock_font_load(context, description) else { continue }
            guard crossdock_font_is_family(font, family) != 0, unknownGlyphs(PaperFonts.probe, family) == 0 else { crossdock_release(font); continue }
            self.family = family
            self.font = font
            return
        }
        throw .noThaiFont(families: families)
    }

    deinit { crossdock_release(font) }

    func covers(_ scalar: Unicode.Scalar) -> Bool {
        if let answer = known[scalar.value] { return answer }
        let answer = crossdock_font_covers(font, scalar.value) != 0
        known[scalar.value] = answer
        return answer
    }
}
