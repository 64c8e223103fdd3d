import Connect
import Domain

/// What a status word of the shop says of the order and of the goods.
struct StatusMeaning: Sendable, Equatable {
    var standing: OrderSnapshot.Standing
    var fulfilment: Fulfilment
}

/// The shop's status words as data (platforms/woocommerce.md §5); a word that is not here is unknown, never guessed.
struct StatusTable: Sendable {
    private let rows: [String: StatusMeaning]

    init(completedMeans: Fulfilment = .inTransit, overrides: [String: StatusMeaning] = [:]) {
        let core: [String: StatusMeaning] = [
            "checkout-draft": StatusMeaning(standing: .draft, fulfilment: .unfulfilled),
            "auto-draft": StatusMeaning(standing: .draft, fulfilment: .unfulfilled),
            "new": StatusMeaning(standing: .draft, fulfilment: .unfulfilled),
            "pending": StatusMeaning(standing: .open, fulfilment: .unfulfilled),
            "on-hold": StatusMeaning(standing: .onHold, fulfilment: .unfulfilled),
            "processing": StatusMeaning(standing: .open, fulfilment: .unfulfilled),
            "completed": StatusMeaning(standing: .closed, fulfilment: completedMeans),
            "cancelled": StatusMeaning(standing: .cancelled, fulfilment: .unfulfilled),
            "refunded": StatusMeaning(standing: .cancelled, fulfilment: .unfulfilled),
            "failed": StatusMeaning(standing: .open, fulfilment: .unfulfilled),
            "trash": StatusMeaning(standing: .cancelled, fulfilment: .unfulfilled),
        ]
        rows = core.merging(overrides) { _, override in override }
    }

    /// nil: a word nobody has explained to us.
    func meaning(of status: String) -> StatusMeaning? { rows[status] }

    /// Reads the setting `statusMap`: `packed=new/packed`, `phone-check=awaitingConfirmation`, `pos-open=draft`.
    ///
    /// - Throws: `.misconfigured` for a word that is no state of ours.
    static func overrides(_ pairs: [String]) throws(ConnectorError) -> [String: StatusMeaning] {
        var overrides: [String: StatusMeaning] = [:]
        for pair in pairs {
            let sides = pair.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces }
            guard sides.count == 2, !sides[0].isEmpty else {
                throw .misconfigured(setting: "statusMap", problem: "must be a list such as packed=new/packed, shipped=processed/inTransit")
            }
            let status = sides[0].hasPrefix("wc-") ? String(sides[0].dropFirst(3)) : sides[0]
            let words = sides[1].split(separator: "/", omittingEmptySubsequences: false).map { String($0).trimmingSpaces }
            guard words.count <= 2, let standing = standing(of: words[0]) else {
                throw .misconfigured(setting: "statusMap", problem: "maps \(status) to a workflow that is none of \(workflowWords.joined(separator: ", "))")
            }
            var fulfilment = Fulfilment.unfulfilled
            if words.count == 2 {
                guard let named = Fulfilment(rawValue: words[1]) else {
                    throw .misconfigured(setting: "statusMap", problem: "maps \(status) to \(words[1]), which is none of \(Fulfilment.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                fulfilment = named
            }
            overrides[status] = StatusMeaning(standing: standing, fulfilment: fulfilment)
        }
        return overrides
    }

    private static let workflowWords = ["draft", "new", "approved", "awaitingConfirmation", "processed", "cancelled"]

    /// The workflow words an operator knows; the ledger turns a standing back into a move on that axis.
    private static func standing(of workflow: String) -> OrderSnapshot.Standing? {
        switch workflow {
        case "draft": .draft
        case "new", "approved": .open
        case "awaitingConfirmation": .onHold
        case "processed": .closed
        case "cancelled": .cancelled
        default: nil
        }
    }
}
