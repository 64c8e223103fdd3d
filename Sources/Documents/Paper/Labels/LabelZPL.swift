/// A label for Zebra printers and those that understand them: the whole label as one picture, so that Thai looks the same everywhere (labels.md §6).
///
/// Send it raw, to port 9100 or a raw queue; one `^XA..^XZ` is one label. Darkness and tear-off are the printer's own settings.
package enum LabelZPL {
    /// - Note: Takes the processor for some ten milliseconds; call it off the event loops.
    package static func render(_ label: ParcelLabel, size: PaperSize, dotsPerMillimetre: Double = DotsPerMillimetre.dpi203,
                               words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        let picture = try LabelPicture(label, size: size, dotsPerMillimetre: dotsPerMillimetre, words: words)
        return PrintedPaper(bytes: commands(picture), pages: 1, notices: picture.notices)
    }

    /// Labels one behind the other, in the order given.
    package static func render(_ labels: [ParcelLabel], size: PaperSize, dotsPerMillimetre: Double = DotsPerMillimetre.dpi203,
                               words: PaperWords = .english) throws(PaperError) -> PrintedPaper {
        guard !labels.isEmpty else { throw .nothingToPrint }
        guard labels.count <= LabelPDF.maximumLabels else { throw .tooMany(limit: LabelPDF.maximumLabels) }
        for label in labels { try label.check() }
        var bytes: [UInt8] = [], notices: [PaperNotice] = []
        for label in labels {
            let one = try render(label, size: size, dotsPerMillimetre: dotsPerMillimetre, words: words)
            bytes += one.bytes
            notices += one.notices
        }
        return PrintedPaper(bytes: bytes, pages: labels.count, notices: notices)
    }

    static func commands(_ picture: LabelPicture) -> [UInt8] {
        let count = picture.bits.count
        let head = "^XA^PW\(picture.width)^LL\(picture.height)^LH0,0^CI28^FO0,0^GFA,\(count),\(count),\(picture.bytesPerRow),"
        return Array(head.utf8) + runLength(picture) + Array("^FS^PQ1^XZ\n".utf8)
    }

    /// Hexadecimal digits with ZPL's run lengths: G to Y repeat 1 to 19 times, g to z 20 to 400 times, they add up; `,` fills the row with zeros, `!` with
    /// ones, `:` repeats the row above.
    private static func runLength(_ picture: LabelPicture) -> [UInt8] {
        var data: [UInt8] = []
        data.reserveCapacity(picture.bits.count / 2)
        var above: ArraySlice<UInt8> = []
        for y in 0..<picture.height {
            let row = picture.bits[(y * picture.bytesPerRow)..<((y + 1) * picture.bytesPerRow)]
            if y > 0, row.elementsEqual(above) { data.append(UInt8(ascii: ":")) } else { appendRow(row.flatMap { [$0 >> 4, $0 & 15] }, to: &data) }
            above = row
        }
        return data
    }

    private static func appendRow(_ digits: [UInt8], to data: inout [UInt8]) {
        var index = 0
        while index < digits.count {
            let digit = digits[index]
            var end = index + 1
            while end < digits.count, digits[end] == digit { end += 1 }
            if end == digits.count, digit == 0 || digit == 15 {
                data.append(digit == 0 ? UInt8(ascii: ",") : UInt8(ascii: "!"))
            } else {
                appendRun(of: digit, count: end - index, to: &data)
            }
            index = end
        }
    }

    private static func appendRun(of digit: UInt8, count: Int, to data: inout [UInt8]) {
        var rest = count
        while rest >= 400 { data.append(UInt8(ascii: "z")); rest -= 400 }
        if rest >= 20 { data.append(UInt8(ascii: "f") + UInt8(rest / 20)); rest %= 20 }
        if rest > 1 || rest == 1 && count >= 20 { data.append(UInt8(ascii: "F") + UInt8(rest)) }
        data.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
}
