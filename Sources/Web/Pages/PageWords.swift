import Domain

/// A moment for people (`text`), for programs (`exact`, RFC 3339) and in full (`full`).
struct PageTime: Sendable {
    var text: String, exact: String, full: String

    init(text: String, exact: String, full: String) { self.text = text; self.exact = exact; self.full = full }

    /// The clock alone on the day of `now`, else the date with hour and minute; UTC.
    init(_ time: Timestamp, now: Timestamp) {
        let whole = Timestamp(milliseconds: time.milliseconds / 1000 * 1000).description, parts = whole.dropLast().split(separator: "T")
        exact = whole
        full = parts.joined(separator: " ") + " UTC"
        let isToday = parts.first == now.description.split(separator: "T").first
        text = isToday ? String(parts.last ?? "") : "\(parts.first ?? "") \(parts.last?.prefix(5) ?? "")"
    }
}

/// How words and numbers of the model are written for people.
enum PageWords {
    /// `readyToShip` is `ready to ship`.
    static func plain(_ word: String) -> String { word.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) } }

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

    /// One word of a shell command, as a person would type it.
    static func shell(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:".contains($0)) }
        return isPlain ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    static func tone(_ workflow: Workflow) -> Tone {
        switch workflow {
        case .awaitingConfirmation, .edited: .warn
        case .synced, .processed: .good
        case .excluded, .cancelled: .off
        case .new, .approved, .queued: .going
        }
    }

    static func state(_ workflow: Workflow) -> ConsolePage.State { ConsolePage.State(word: plain(workflow.rawValue), tone: tone(workflow).rawValue) }
}
