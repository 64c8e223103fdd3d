import Domain

/// One label on a canvas: what both sizes share. Measures in millimetres; the layout follows the one that was tried (labels.md §3).
struct LabelDrawing {
    let canvas: Canvas
    let label: ParcelLabel
    let words: PaperWords
    let code: Code128
    let qr: QRCode?

    /// The smallest size that a 203 dpi head prints readably (labels.md §4.4).
    static let floorPoints = 7.0

    /// Checks the label; nothing is drawn yet.
    init(_ label: ParcelLabel, canvas: Canvas, words: PaperWords) throws(PaperError) {
        try label.check()
        self.canvas = canvas
        self.label = label
        self.words = words
        do { code = try Code128(label.trackingNumber) } catch { throw .number(label.trackingNumber, reason: "no bars can be made of it") }
        canvas.subject = label.trackingNumber
        // A text that no QR code holds leaves the label without one, and the report says so.
        qr = label.qrText.flatMap { $0.isEmpty ? nil : try? QRCode($0, level: .medium) }
        if label.qrText?.isEmpty == false, qr == nil { canvas.note(.leftOut, .qrCode) }
    }

    /// Draws the label on a cell of paper, leaving `margin` free on each side.
    func draw(in cell: Area, margin: Double) throws(PaperError) {
        let frame = cell.inset(margin, margin)
        canvas.frame(frame)
        if frame.height < 100 { try drawSmall(in: frame) } else { try drawLarge(in: frame) }
    }

    /// The amount that the carrier collects; nil when there is none.
    var cod: String? {
        guard let amount = label.codAmount, amount.minor > 0 else { return nil }
        return AmountText.withUnit(amount, words.language)
    }

    var codInWords: String { label.codAmount.map { AmountText.inWords($0, words.language) } ?? "" }

    var pieces: String? { label.parcelCount > 1 ? "\(label.parcel)/\(label.parcelCount)" : nil }

    var postcode: String? {
        guard let given = label.recipient.postcode else { return nil }
        let digits = canvas.clean(PaperText.withLatinDigits(given), .postcode)
        return digits.isEmpty ? nil : digits
    }

    /// Thai post sorts by the postcode, so that a Thai label without one gets empty boxes to fill in by hand.
    var needsPostcode: Bool { (label.recipient.countryCode ?? "TH").uppercased() == "TH" }

    func recipientParagraphs(namePoints: Double, addressPoints: Double) -> [Paragraph] {
        var recipient = label.recipient
        recipient.postcode = recipient.postcode.map(PaperText.withLatinDigits)
        if canvas.clean(recipient.name, .name).isEmpty { canvas.note(.missing, .name) }
        return [
            Paragraph([recipient.name], namePoints, isBold: true, maximumLines: 2, field: .name),
            Paragraph([phone(recipient)], namePoints, isBold: true, maximumLines: 1, field: .phone),
            Paragraph(recipient.printedLines, addressPoints, field: .address),
        ]
    }

    /// Name and phone, then the address, in two paragraphs.
    func senderParagraphs(_ sender: PaperAddress, points: Double, addressLines: Int) -> [Paragraph] {
        var sender = sender
        sender.postcode = sender.postcode.map(PaperText.withLatinDigits)
        let name = ["\(words.from):", sender.name, phone(sender)].filter { !$0.isEmpty }.joined(separator: " ")
        return [
            Paragraph([name], points, isBold: true, maximumLines: 1, field: .sender),
            Paragraph([sender.printedLines.joined(separator: " ")], points, maximumLines: addressLines, field: .sender),
        ]
    }

    func phone(_ address: PaperAddress) -> String {
        guard let phone = address.phone, !phone.isEmpty else { return "" }
        return "\(words.phone) \(PaperText.withLatinDigits(phone))"
    }

    var weight: String? { label.weightGrams.map { AmountText.weight(grams: $0, words.language) } }

    /// Date and weight on one line, without titles: they say themselves what they are.
    var sentText: String { [label.date, weight].compactMap(\.self).joined(separator: " · ") }

    /// As many order numbers as fit into `lines` of `width`, and how many more there are.
    func ordersText(width: Double, points: Double, lines: Int) -> String? {
        let numbers = label.orderNumbers.prefix(Self.maximumOrders).map { canvas.clean($0, .orders) }.filter { !$0.isEmpty }
        guard !numbers.isEmpty else { return nil }
        func text(_ count: Int) -> String {
            let rest = label.orderNumbers.count - count
            return "\(words.orders) " + numbers.prefix(count).joined(separator: ", ") + (rest > 0 ? " +\(rest)" : "")
        }
        var low = 1, high = numbers.count
        while low < high {
            let middle = (low + high + 1) / 2
            if canvas.layout(text(middle), points: points, width: width).lines <= lines { low = middle } else { high = middle - 1 }
        }
        if low < label.orderNumbers.count { canvas.note(.leftOut, .orders) }
        return text(low)
    }

    private static let maximumOrders = 60

    // MARK: Boxes

    /// Five boxes of 8 x 10 mm, 1 mm apart, ending at `right`; a postcode with letters in one frame. The width taken, in mm.
    func drawPostcode(right: Double, y: Double) -> Double {
        guard let postcode else {
            guard needsPostcode else { return 0 }
            canvas.note(.missing, .postcode)
            return drawPostcodeBoxes(Array(repeating: "", count: 5), right: right, y: y)
        }
        if (4...7).contains(postcode.count), postcode.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return drawPostcodeBoxes(postcode.map { String($0) }, right: right, y: y)
        }
        let box = Area(right - 44, y, 44, 10)
        canvas.frame(box)
        canvas.write(postcode, 20, in: box.inset(1, 0.5), floor: 9, field: .postcode, isBold: true, align: .centre)
        return box.width
    }

    private func drawPostcodeBoxes(_ digits: [String], right: Double, y: Double) -> Double {
        let width = Double(digits.count) * 9 - 1
        for (index, digit) in digits.enumerated() {
            let box = Area(right - width + Double(index) * 9, y, 8, 10)
            canvas.frame(box, thickness: 0.375)
            if !digit.isEmpty { canvas.write(digit, 20, in: box, floor: 18, field: .postcode, isBold: true, align: .centre) }
        }
        return width
    }

    /// White on black, as nobody overlooks it.
    func drawTag(_ text: String, _ points: Double, in area: Area, floor: Double, field: PaperNotice.Field) {
        canvas.fill(area)
        canvas.write(text, points, in: area.inset(1, 0.4), floor: floor, field: field, isBold: true, align: .centre, grey: 1)
    }

    /// The bars `height` mm high and the number under them, in the middle of the area. The area keeps 1 mm more than the quiet zones.
    func drawNumber(in area: Area, barHeight: Double, points: Double) throws(PaperError) {
        guard let module = canvas.moduleDots(of: code, width: area.width - 2) else { throw .numberTooWide(label.trackingNumber) }
        canvas.drawBars(code, module: module, in: Area(area.x, area.y, area.width, barHeight))
        let numberTop = area.y + barHeight + 1
        canvas.write(label.readableNumber, points, in: Area(area.x, numberTop, area.width, area.bottom - numberTop), floor: 9, field: .remark, isBold: true, align: .centre)
    }
}
