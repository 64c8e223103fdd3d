import Domain

/// A moment for people (`text`), for programs (`exact`, RFC 3339) and in full (`full`).
struct PageTime: Sendable {
    var text: String, exact: String, full: String

    init(text: String, exact: String, full: String) { self.text = text; self.exact = exact; self.full = full }
}

/// How words and numbers of the model are written for people.
enum PageWords {
    /// `3,155.00 THB`.
    static func money(_ minor: Int64, _ currency: Currency) -> String { grouped(Money(minor: minor, currency).description) }

    /// The leading whole number in groups of three digits.
    static func grouped(_ text: String) -> String {
        let sign = text.hasPrefix("-") ? "-" : "", digits = text.dropFirst(sign.count).prefix { $0.isNumber }, rest = text.dropFirst(sign.count + digits.count)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return sign + grouped + rest
    }

    static func tone(_ workflow: Workflow) -> Tone {
        switch workflow {
        case .awaitingConfirmation, .edited: .warn
        case .synced, .processed: .good
        case .excluded, .cancelled: .off
        case .new, .approved, .queued: .going
        }
    }
}
