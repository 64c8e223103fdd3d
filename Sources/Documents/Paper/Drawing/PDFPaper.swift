import CPango

/// A PDF in the making, held in memory. The same drawing gives the same bytes: the file's date is a constant.
final class PDFPaper {
    let canvas: Canvas
    private let surface: OpaquePointer
    private let sink: ByteSink
    private(set) var pages = 1

    private final class ByteSink {
        /// What a printer still takes.
        static let maximumBytes = 256 << 20
        var bytes: [UInt8] = []
    }

    init(widthMillimetres: Double, heightMillimetres: Double, dotsPerMillimetre: Double, title: String) throws(PaperError) {
        let sink = ByteSink()
        let write: cairo_write_func_t = { closure, data, count in
            guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
            let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
            guard sink.bytes.count + Int(count) <= ByteSink.maximumBytes else { return CAIRO_STATUS_WRITE_ERROR }
            sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
            return CAIRO_STATUS_SUCCESS
        }
        let surface = cairo_pdf_surface_create_for_stream(write, Unmanaged.passUnretained(sink).toOpaque(),
                                                          widthMillimetres * pointsPerMillimetre, heightMillimetres * pointsPerMillimetre)
        guard let surface, let cairo = cairo_create(surface) else { throw .drawing(reason: "no memory") }
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
        do throws(PaperError) {
            canvas = try Canvas(cairo: cairo, unitsPerMillimetre: pointsPerMillimetre, dotsPerMillimetre: dotsPerMillimetre, isRaster: false)
        } catch {
            cairo_destroy(cairo)
            cairo_surface_finish(surface)
            cairo_surface_destroy(surface)
            throw error
        }
        self.surface = surface
        self.sink = sink
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, PaperText(title) { [font = canvas.font] in font.covers($0) }.text)
    }

    deinit {
        cairo_destroy(canvas.cairo)
        cairo_surface_finish(surface)                           // before the sink goes: it writes what is left
        cairo_surface_destroy(surface)
    }

    func nextPage() {
        cairo_show_page(canvas.cairo)
        pages += 1
    }

    /// Ends the last page. Nothing may be drawn afterwards.
    func finish() throws(PaperError) -> PrintedPaper {
        cairo_show_page(canvas.cairo)
        cairo_surface_finish(surface)
        for status in [cairo_status(canvas.cairo), cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
            throw .drawing(reason: String(cString: cairo_status_to_string(status)))
        }
        return PrintedPaper(bytes: sink.bytes, pages: pages, notices: canvas.notices)
    }
}
