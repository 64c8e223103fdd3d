/// One walk through the warehouse: what to take from which shelf, and for which orders.
package struct PickList: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package var shelf: String?
        package var sku: String
        package var title: String
        package var quantity: Int
        /// `A-1001` or `A-1001 ×2`, where an order takes more than one.
        package var orders: [String]

        package init(shelf: String? = nil, sku: String, title: String, quantity: Int, orders: [String] = []) {
            self.shelf = shelf; self.sku = sku; self.title = title; self.quantity = quantity; self.orders = orders
        }
    }

    /// What one order wants of one SKU.
    package struct Want: Sendable, Equatable {
        package var shelf: String?
        package var sku: String
        package var title: String
        package var quantity: Int
        package var orderNumber: String

        package init(shelf: String? = nil, sku: String, title: String, quantity: Int, orderNumber: String) {
            self.shelf = shelf; self.sku = sku; self.title = title; self.quantity = quantity; self.orderNumber = orderNumber
        }
    }

    package var number: String
    package var lines: [Line]
    package var date: String?
    package var warehouse: String?

    package init(number: String, lines: [Line], date: String? = nil, warehouse: String? = nil) {
        self.number = number; self.lines = lines; self.date = date; self.warehouse = warehouse
    }

    /// The wants of many orders as one walk: the same SKU on the same shelf is one line; shelves in their natural order (A-2 before A-10), goods without a
    /// shelf last, then by SKU; the orders of a line as they came.
    package init(number: String, gathering wants: [Want], date: String? = nil, warehouse: String? = nil) {
        struct Place: Hashable { let shelf: String?, sku: String }
        struct Gathered { let title: String; var quantity = 0, orders: [(number: String, quantity: Int)] = [] }
        var places: [Place: Gathered] = [:]
        for want in wants {
            let shelf = want.shelf.flatMap { $0.isEmpty ? nil : $0 }
            var line = places[Place(shelf: shelf, sku: want.sku)] ?? Gathered(title: want.title)
            line.quantity = [line.quantity, want.quantity].clampedSum
            if let known = line.orders.firstIndex(where: { $0.number == want.orderNumber }) {
                line.orders[known].quantity = [line.orders[known].quantity, want.quantity].clampedSum
            } else {
                line.orders.append((want.orderNumber, want.quantity))
            }
            places[Place(shelf: shelf, sku: want.sku)] = line
        }
        let lines = places.map { place, line in
            let orders = line.orders.map { $0.quantity == 1 ? $0.number : "\($0.number) ×\($0.quantity)" }
            return Line(shelf: place.shelf, sku: place.sku, title: line.title, quantity: line.quantity, orders: orders)
        }
        self.init(number: number, lines: lines.sorted(by: Self.comesBefore), date: date, warehouse: warehouse)
    }

    package var pieces: Int { lines.map(\.quantity).clampedSum }

    private static func comesBefore(_ a: Line, _ b: Line) -> Bool {
        guard a.shelf == b.shelf else {
            guard let first = a.shelf, let second = b.shelf else { return a.shelf != nil }
            return NaturalOrder.isBefore(first, second)
        }
        return NaturalOrder.isBefore(a.sku, b.sku)
    }
}

/// As people sort shelves: runs of digits by their number, the rest by its letters.
enum NaturalOrder {
    static func isBefore(_ a: String, _ b: String) -> Bool {
        var first = a.utf8[...], second = b.utf8[...]
        while let x = first.first, let y = second.first {
            if isDigit(x), isDigit(y) {
                let one = number(&first), two = number(&second)
                if one.count != two.count { return one.count < two.count }
                if !one.elementsEqual(two) { return one.lexicographicallyPrecedes(two) }
            } else if x != y {
                return x < y
            } else {
                first = first.dropFirst(); second = second.dropFirst()
            }
        }
        return first.isEmpty ? !second.isEmpty || a < b : false
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Takes the digits at the front, and gives them without leading zeros.
    private static func number(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = text.prefix(while: isDigit)
        text = text[digits.endIndex...]
        return digits.drop { $0 == 0x30 }
    }
}
