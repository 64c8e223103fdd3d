import CPango
@testable import Documents
import Testing

@Suite struct LabelZPLTests {
    @Test(arguments: [PaperSize.label100x150, .label100x75, .label4x6], [DotsPerMillimetre.dpi203, DotsPerMillimetre.dpi300])
    func `what the printer unpacks is the picture, bit by bit`(size: PaperSize, dots: Double) throws {
        let picture = try LabelPicture(Sample.full, size: size, dotsPerMillimetre: dots, words: .thai)
        let zpl = try LabelZPL.render(Sample.full, size: size, dotsPerMillimetre: dots, words: .thai)
        let text = String(decoding: zpl.bytes, as: UTF8.self)
        let command = try #require(text.wholeMatch(of: /\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^CI28\^FO0,0\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS\^PQ1\^XZ\n/))
        #expect(Int(command.1) == picture.width && Int(command.2) == picture.height)
        #expect(Int(command.3) == picture.bytesPerRow * picture.height && command.3 == command.4 && Int(command.5) == picture.bytesPerRow)
        #expect(try unpacked(String(command.6), bytesPerRow: picture.bytesPerRow) == picture.bits)
        #expect(try pixels(ofPNG: picture.png()) == picture.bits)
        #expect(command.6.utf8.count < picture.bits.count, "run lengths make it shorter than the dots themselves")
    }

    @Test func `runs of every length come back`() throws {
        for length in [1, 2, 18, 19, 20, 21, 39, 40, 399, 400, 401, 419, 420, 799, 801] {
            let row = Array(repeating: UInt8(0xAA), count: 3) + Array(repeating: UInt8(0x11), count: length) + [0xF0, 0x0F]
            let picture = LabelPicture(width: row.count * 8, bits: row + row + Array(repeating: 0, count: row.count) + Array(repeating: 0xFF, count: row.count))
            let text = String(decoding: LabelZPL.commands(picture), as: UTF8.self)
            let data = try #require(text.firstMatch(of: /GFA,\d+,\d+,\d+,([^^]*)\^/))
            #expect(try unpacked(String(data.1), bytesPerRow: row.count) == picture.bits)
        }
    }

    @Test func `a batch is one job after the other`() throws {
        let labels = [Sample.full, Sample.plain]
        let paper = try LabelZPL.render(labels, size: .label100x75)
        let each = try labels.map { try LabelZPL.render($0, size: .label100x75).bytes }
        #expect(paper.bytes == each[0] + each[1] && paper.pages == 2)
    }

    @Test func `what a buyer writes is no command`() throws {
        var label = Sample.full
        label.recipient.name = "^XZ^XA~JA^FS"
        let text = String(decoding: try LabelZPL.render(label, size: .label100x150).bytes, as: UTF8.self)
        #expect(text.matches(of: /\^X[AZ]/).count == 2 && !text.contains("~"))
    }

    /// ZPL's alternative compression, read by the printer's manual.
    private func unpacked(_ data: String, bytesPerRow: Int) throws -> [UInt8] {
        var digits: [UInt8] = [], count = 0
        let perRow = bytesPerRow * 2
        for byte in data.utf8 {
            switch byte {
            case UInt8(ascii: "G")...UInt8(ascii: "Y"): count += Int(byte) - 70
            case UInt8(ascii: "g")...UInt8(ascii: "z"): count += (Int(byte) - 102) * 20
            case UInt8(ascii: ","): digits += Array(repeating: 0, count: perRow - digits.count % perRow)
            case UInt8(ascii: "!"): digits += Array(repeating: 15, count: perRow - digits.count % perRow)
            case UInt8(ascii: ":"): digits += digits.suffix(perRow)
            default:
                let digit = try #require(UInt8(String(UnicodeScalar(byte)), radix: 16))
                digits += Array(repeating: digit, count: max(1, count))
                count = 0
            }
        }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The dots of a PNG file, read by another library's eyes.
    private func pixels(ofPNG bytes: [UInt8]) throws -> [UInt8] {
        let files = try ScratchFiles()
        let surface = cairo_image_surface_create_from_png(try files.write(bytes, as: "label.png"))
        defer { cairo_surface_destroy(surface) }
        let width = Int(cairo_image_surface_get_width(surface)), height = Int(cairo_image_surface_get_height(surface))
        let stride = Int(cairo_image_surface_get_stride(surface)), pixels = try #require(cairo_image_surface_get_data(surface))
        var bits = [UInt8](repeating: 0, count: (width + 7) / 8 * height)
        for y in 0..<height {
            for x in 0..<width where pixels[y * stride + x * 4] == 0 { bits[y * ((width + 7) / 8) + x / 8] |= 0x80 >> UInt8(x % 8) }
        }
        return bits
    }
}

extension LabelPicture {
    /// A picture by hand, its width whole bytes.
    fileprivate init(width: Int, bits: [UInt8]) { self.init(width: width, height: bits.count / (width / 8), bits: bits, notices: []) }
}
