/// 100 x 150 mm, 4 x 6 inches, A6 and a quarter of A4: everything a label may hold. The recipient gets all the room that the other parts leave.
extension LabelDrawing {
    func drawLarge(in frame: Area) throws(PaperError) {
        let body = frame.inset(2, 0)
        drawHead(in: Area(body.x, frame.y, body.width, 21.6))
        var y = frame.y + 21.6
        canvas.rule(x: frame.x, y: y, width: frame.width)
        try drawNumber(in: Area(frame.x + 0.5, y + 1.6, frame.width - 1, 27.2), barHeight: 20, points: 18)
        y += 29.3
        canvas.rule(x: frame.x, y: y, width: frame.width)
        if let sender = label.sender {
            y += canvas.write(senderParagraphs(sender, points: 9, addressLines: 2), in: Area(body.x, y + 0.5, body.width, 12.4), floor: Self.floorPoints) + 0.8
            canvas.rule(x: frame.x, y: y, width: frame.width, thickness: 0.5)
        }

        var bottom = drawFoot(above: frame.bottom, frame: frame, body: body)
        bottom = drawNote(above: bottom, frame: frame, body: body)
        bottom = drawCOD(above: bottom, frame: frame, body: body)
        bottom = drawPostcodeRow(above: bottom, body: body)
        canvas.write(words.to, 8, in: Area(body.x, y + 0.9, body.width / 2, 3.6), floor: Self.floorPoints, field: .remark, isBold: true)
        let data = Area(body.middle, y + 0.9, body.width / 2, 3.6)                              // for whoever searches in the file
        canvas.write(label.trackingNumber, Self.floorPoints, in: data, floor: Self.floorPoints, field: .remark, align: .right)
        canvas.write(recipientParagraphs(namePoints: 15, addressPoints: 13), in: Area(body.x, y + 4.6, body.width, bottom - y - 5), floor: 8, lineSpacing: 0.92)
    }

    /// Service and carrier at the left, the sort code in the middle, the QR code at the right.
    private func drawHead(in area: Area) {
        var right = area.right
        if let qr {
            let side = canvas.side(of: qr)
            if side <= 21 {
                canvas.drawQR(qr, x: area.right - side + 1.5, y: area.y + 0.45)
                right -= side - 0.5
            } else {
                canvas.note(.leftOut, .qrCode)
            }
        }
        if let sortCode = label.sortCode, !sortCode.isEmpty {
            let width = (right - area.x) * 0.46
            let box = Area(right - width, area.y + 2.4, width, 16.8)
            canvas.frame(box, thickness: 0.5)
            canvas.write(sortCode, 34, in: box.inset(1.5, 1), floor: 12, field: .sortCode, isBold: true, align: .centre, lines: 2)
            right -= width + 2
        }
        let width = right - area.x
        canvas.write(label.service, 24, in: Area(area.x, area.y + 1.2, width, 9.4), floor: 12, field: .service, isBold: true)
        if let carrier = label.carrierTitle { canvas.write(carrier, 10, in: Area(area.x, area.y + 10.8, width, 5), floor: Self.floorPoints, field: .carrier) }
        if label.parcelCount > 1 {
            let place = words.parcel.filling(n: label.parcel, m: label.parcelCount)
            canvas.write(place, 9, in: Area(area.x, area.y + 16, width, 4.6), floor: Self.floorPoints, field: .remark, isBold: true)
        }
    }

    /// Orders at the left; date, weight and manifest at the right. Each part gives the y at which the next above it ends.
    private func drawFoot(above bottom: Double, frame: Area, body: Area) -> Double {
        let top = bottom - 9.4
        canvas.rule(x: frame.x, y: top, width: frame.width)
        let left = body.width * 0.5
        if let orders = ordersText(width: left, points: Self.floorPoints, lines: 2) {
            canvas.write(orders, 8, in: Area(body.x, top + 0.5, left, 8.4), floor: Self.floorPoints, field: .orders, vertical: .top, lines: 2)
        }
        let right = Area(body.x + left + 2, top + 0.5, body.width - left - 2, 8.6)
        let manifest = label.manifestNumber.map { "\(words.manifest) \($0)" } ?? ""
        canvas.write([
            Paragraph([sentText], 8, align: .right, maximumLines: 1, field: .date), Paragraph([manifest], 8, align: .right, maximumLines: 1, field: .manifestNumber),
        ], in: right, floor: Self.floorPoints, lineSpacing: 0.95)
        return top
    }

    private func drawNote(above bottom: Double, frame: Area, body: Area) -> Double {
        guard let note = label.note, !note.isEmpty else { return bottom }
        let top = bottom - 8.8
        canvas.rule(x: frame.x, y: top, width: frame.width)
        canvas.write(note, 9.5, in: Area(body.x, top + 0.5, body.width, 8), floor: Self.floorPoints, field: .note, lines: 2)
        return top
    }

    private func drawCOD(above bottom: Double, frame: Area, body: Area) -> Double {
        guard let cod else { return bottom }
        let top = bottom - 16.4
        drawTag("\(words.cod) \(cod)", 26, in: Area(frame.x + 1, top, frame.width - 2, 11.2), floor: 12, field: .codAmount)
        canvas.write(codInWords, 9, in: Area(body.x, top + 11.4, body.width, 4.6), floor: Self.floorPoints, field: .amountInWords, align: .centre)
        return top
    }

    private func drawPostcodeRow(above bottom: Double, body: Area) -> Double {
        let top = bottom - 11.4
        let taken = drawPostcode(right: body.right, y: top)
        guard taken > 0 || label.isFragile || pieces != nil else { return bottom }
        var x = body.x
        if label.isFragile {
            drawTag(words.fragile, 13, in: Area(x, top + 1, 26, 8), floor: 8, field: .remark)
            x += 28
        }
        if let pieces, body.right - taken - 1 - x >= 12 {
            let box = Area(x, top, min(20, body.right - taken - 1 - x), 10)
            canvas.write(pieces, 22, in: box, floor: 9, field: .remark, isBold: true)
        }
        return top - 0.4
    }
}
