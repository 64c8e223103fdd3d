/// 100 x 75 mm: bars 15 mm high, the recipient in three or four lines, postcode and sender side by side (labels.md §3).
extension LabelDrawing {
    func drawSmall(in frame: Area) throws(PaperError) {
        let body = frame.inset(2, 0)
        canvas.rule(x: frame.x, y: frame.y + 6.9, width: frame.width)
        let hasColumn = try drawMiddle(in: Area(frame.x, frame.y + 6.9, frame.width, 22.8))
        drawStrip(in: Area(body.x, frame.y + 0.5, body.width, 6.2), showsFragile: label.isFragile && (!hasColumn || qr != nil))
        canvas.rule(x: frame.x, y: frame.y + 29.7, width: frame.width)

        let rowTop = frame.bottom - 11.4
        drawRow(in: Area(body.x, rowTop, body.width, 11), showsReferences: !hasColumn || qr != nil)
        var bottom = rowTop - 0.4
        if let cod {
            drawTag("\(words.cod) \(cod)", 22, in: Area(frame.x + 1, bottom - 9, frame.width - 2, 8.6), floor: 12, field: .codAmount)
            bottom -= 9.4
        }
        let area = Area(body.x, frame.y + 30.3, body.width, bottom - frame.y - 30.3)
        canvas.write(recipientParagraphs(namePoints: 11, addressPoints: 11), in: area, floor: 7.5, lineSpacing: 0.88)
    }

    private func drawStrip(in area: Area, showsFragile: Bool) {
        var right = area.right
        if showsFragile {
            drawTag(words.fragile, 10, in: Area(right - 18, area.y, 19, area.height), floor: Self.floorPoints, field: .remark)
            right -= 20
        }
        if let sortCode = label.sortCode, !sortCode.isEmpty {
            drawTag(sortCode, 15, in: Area(right - 27, area.y, 28, area.height), floor: 9, field: .sortCode)
            right -= 29
        }
        if let pieces {
            canvas.write(pieces, 14, in: Area(right - 14, area.y, 14, area.height), floor: 8, field: .remark, isBold: true, align: .right)
            right -= 16
        }
        let width = right - area.x
        guard let carrier = label.carrierTitle, width >= 40 else {
            if label.carrierTitle != nil { canvas.note(.leftOut, .carrier) }
            canvas.write(label.service, 14, in: Area(area.x, area.y, width, area.height), floor: 10, field: .service, isBold: true)
            return
        }
        canvas.write(label.service, 14, in: Area(area.x, area.y, width * 0.55, area.height), floor: 10, field: .service, isBold: true)
        canvas.write(carrier, 8, in: Area(area.x + width * 0.57, area.y, width * 0.43, area.height), floor: Self.floorPoints, field: .carrier)
    }

    /// Bars and number; beside them, where the bars at their best leave room, a column for the QR code or the references. Whether there was room.
    private func drawMiddle(in area: Area) throws(PaperError) -> Bool {
        let best = Double(canvas.barDots.upperBound) / canvas.dotsPerMillimetre
        let barsWidth = Double(code.width + 2 * Code128.quietModules) * best + 2
        let columnWidth = qr.map { canvas.side(of: $0) } ?? min(28, max(22, area.width - barsWidth - 1.5))
        let hasColumn = barsWidth + columnWidth + 1 <= area.width && (qr == nil || columnWidth <= area.height)
        let bars = Area(area.x + 0.5, area.y + 1.3, (hasColumn ? area.width - columnWidth - 1 : area.width) - 0.5, 20.9)
        try drawNumber(in: bars, barHeight: 15, points: 15)
        guard hasColumn else {
            if qr != nil { canvas.note(.leftOut, .qrCode) }
            return false
        }
        let x = area.right - columnWidth - 0.5
        if let qr {
            canvas.drawQR(qr, x: x, y: area.y + (area.height - columnWidth) / 2)
        } else {
            let orders = ordersText(width: columnWidth - 1, points: Self.floorPoints, lines: 2)
            var column = Area(x, area.y + 1, columnWidth - 1, area.height - 1.5)
            if label.isFragile {
                drawTag(words.fragile, 10, in: Area(column.x, area.bottom - 5.2, column.width, 4.6), floor: Self.floorPoints, field: .remark)
                column.height -= 5
            }
            canvas.write([
                Paragraph([orders ?? ""], 8, maximumLines: 2, field: .orders), Paragraph([sentText], 8, maximumLines: 2, field: .date),
                Paragraph([label.manifestNumber ?? ""], 8, maximumLines: 2, field: .manifestNumber),
            ], in: column, floor: Self.floorPoints, lineSpacing: 0.85)
        }
        return true
    }

    /// The sender, and what found no place elsewhere; the postcode at the right.
    private func drawRow(in area: Area, showsReferences: Bool) {
        let taken = drawPostcode(right: area.right, y: area.y)
        let left = Area(area.x, area.y, area.width - taken - (taken > 0 ? 2 : 0), area.height)
        var paragraphs = label.sender.map { senderParagraphs($0, points: Self.floorPoints, addressLines: showsReferences ? 1 : 2) } ?? []
        if showsReferences {
            let orders = ordersText(width: left.width * 0.4, points: Self.floorPoints, lines: 1)
            paragraphs.append(Paragraph([[orders, weight].compactMap(\.self).joined(separator: " · ")], Self.floorPoints, maximumLines: 1, field: .orders))
            if label.date != nil { canvas.note(.leftOut, .date) }
            if label.manifestNumber != nil { canvas.note(.leftOut, .manifestNumber) }
        }
        canvas.write(paragraphs, in: left, floor: Self.floorPoints, lineSpacing: 0.85)
    }
}
