import CPango

/// A label as the dots of a thermal printer: one bit each, black or white.
package struct LabelPicture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// Rows of whole bytes, from the top; the highest bit is the left dot, 1 is black. Bits behind the width are 0.
    package let bits: [UInt8]
    package let notices: [PaperNotice]

    package var bytesPerRow: Int { (width + 7) / 8 }

    package func isBlack(x: Int, y: Int) -> Bool { bits[y * bytesPerRow + x / 8] >> (7 - x % 8) & 1 == 1 }

    /// - Parameter dotsPerMillimetre: of the printer's profile: 8 is 203 dpi, 11.811 is 300 dpi.
    /// - Note: Takes the processor for about ten milliseconds; call it off the event loops.
    package init(_ label: ParcelLabel, size: PaperSize, dotsPerMillimetre: Double = DotsPerMillimetre.dpi203, words: PaperWords = .english) throws(PaperError) {
        guard size.isThermal else { throw .notFromARoll(size) }
        guard DotsPerMillimetre.allowed.contains(dotsPerMillimetre) else { throw .resolution(dotsPerMillimetre) }
        // Down across, because a head cannot print past its edge: 4 inches are 812 dots, not 813 (labels.md §3).
        let width = Int(size.widthMillimetres * dotsPerMillimetre + 0.01), height = Int((size.heightMillimetres * dotsPerMillimetre).rounded())
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)) else { throw .drawing(reason: "no memory") }
        defer { cairo_surface_destroy(surface) }
        guard let cairo = cairo_create(surface) else { throw .drawing(reason: "no memory") }
        defer { cairo_destroy(cairo) }
        cairo_set_source_rgb(cairo, 1, 1, 1)
        cairo_paint(cairo)
        let canvas = try Canvas(cairo: cairo, unitsPerMillimetre: dotsPerMillimetre, dotsPerMillimetre: dotsPerMillimetre, isRaster: true)
        let cell = Area(0, 0, size.widthMillimetres, size.heightMillimetres)
        try LabelDrawing(label, canvas: canvas, words: words).draw(in: cell, margin: size.marginMillimetres)
        cairo_surface_flush(surface)
        guard cairo_status(cairo) == CAIRO_STATUS_SUCCESS, let pixels = cairo_image_surface_get_data(surface) else {
            throw .drawing(reason: String(cString: cairo_status_to_string(cairo_status(cairo))))
        }
        let bits = Self.packed(pixels, stride: Int(cairo_image_surface_get_stride(surface)), width: width, height: height)
        self.init(width: width, height: height, bits: bits, notices: canvas.notices)
    }

    /// - Parameter bits: whole bytes a row, `height` rows.
    init(width: Int, height: Int, bits: [UInt8], notices: [PaperNotice]) { self.width = width; self.height = height; self.bits = bits; self.notices = notices }

    /// The picture as a PNG of one bit a dot.
    package func png() throws(PaperError) -> [UInt8] {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_A1, Int32(width), Int32(height)), let pixels = cairo_image_surface_get_data(surface) else {
            throw .drawing(reason: "no memory")
        }
        defer { cairo_surface_destroy(surface) }
        let stride = Int(cairo_image_surface_get_stride(surface))
        cairo_surface_flush(surface)
        for y in 0..<height {
            for column in 0..<bytesPerRow { pixels[y * stride + column] = Self.mirrored(~bits[y * bytesPerRow + column]) }
        }
        cairo_surface_mark_dirty(surface)
        final class Sink { var bytes: [UInt8] = [] }
        let sink = Sink()
        let status = cairo_surface_write_to_png_stream(surface, { closure, data, count in
            guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
            Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
            return CAIRO_STATUS_SUCCESS
        }, Unmanaged.passUnretained(sink).toOpaque())
        guard status == CAIRO_STATUS_SUCCESS else { throw .drawing(reason: String(cString: cairo_status_to_string(status))) }
        return sink.bytes
    }

    private static func packed(_ pixels: UnsafeMutablePointer<UInt8>, stride: Int, width: Int, height: Int) -> [UInt8] {
        let bytesPerRow = (width + 7) / 8
        var bits = [UInt8](repeating: 0, count: bytesPerRow * height)
        for y in 0..<height {
            for x in 0..<width where pixels[y * stride + x * 4 + 1] < 128 { bits[y * bytesPerRow + x / 8] |= 0x80 >> UInt8(x % 8) }
        }
        return bits
    }

    /// Cairo keeps the left dot in the lowest bit on little-endian machines, and 1 is white in its one-bit PNG.
    private static func mirrored(_ byte: UInt8) -> UInt8 {
        var rest = byte, mirrored: UInt8 = 0
        for _ in 0..<8 { mirrored = mirrored << 1 | rest & 1; rest >>= 1 }
        return mirrored
    }
}
