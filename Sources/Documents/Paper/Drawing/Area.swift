/// A rectangle on paper, in millimetres from the upper left corner.
struct Area: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) { self.x = x; self.y = y; self.width = max(0, width); self.height = max(0, height) }

    var right: Double { x + width }
    var bottom: Double { y + height }
    var middle: Double { x + width / 2 }

    func inset(_ horizontal: Double, _ vertical: Double) -> Area { Area(x + horizontal, y + vertical, width - 2 * horizontal, height - 2 * vertical) }
}

/// Printer's points in a millimetre.
let pointsPerMillimetre = 72 / 25.4
