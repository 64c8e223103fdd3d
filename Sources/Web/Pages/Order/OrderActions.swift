import Domain
import Hub

/// What can be done now; what cannot says why.
struct OrderActions {
    let page: OrderPage
    private var words: Words { page.words }

    enum Word: String, CaseIterable {
        case approve, hold, exclude, cancel, reopen

        var cause: WorkflowCause {
            switch self {
            case .approve: .personApproved
            case .hold: .personHeld
            case .exclude: .personExcluded
            case .cancel: .personCancelled
            case .reopen: .personReopened
            }
        }
        var key: String {
            switch self {
            case .approve: "a"
            case .hold: "h"
            case .exclude: "x"
            case .cancel: "c"
            case .reopen: "r"
            }
        }
        var wantsReason: Bool { self == .hold || self == .exclude || self == .cancel }
    }

    /// The two words on a buyer's wish to cancel, while it waits for one.
    enum Answer: String, CaseIterable { case acceptCancellation, rejectCancellation }

    var list: [OrderView.Action] { answers + Word.allCases.map(action) }

    private var answers: [OrderView.Action] {
        guard page.order.cancellationWish != nil, page.visit.hub.ledger.canAnswerCancellation(of: page.order) else { return [] }
        let whyNot = page.mayWrite ? "" : words("order.mayNot")
        return Answer.allCases.map { answer in
            OrderView.Action(name: answer.rawValue, word: words("order.actions.\(answer.rawValue).word"), key: answer == .acceptCancellation ? "y" : "z", style: answer == .acceptCancellation ? "danger" : "primary", isPossible: whyNot.isEmpty,
                             whyNot: whyNot, wantsReason: false, question: "", reasons: [])
        }
    }

    private func action(_ word: Word) -> OrderView.Action {
        let whyNot = whyNot(word)
        return OrderView.Action(
            name: word.rawValue, word: words("order.actions.\(word.rawValue).word"), key: word.key, style: word == .approve ? "primary" : word == .cancel ? "danger" : "", isPossible: whyNot.isEmpty,
            whyNot: whyNot, wantsReason: word.wantsReason, question: word.wantsReason ? words("order.actions.\(word.rawValue).question") : "",
            reasons: word.wantsReason ? (1...3).map { words("order.actions.\(word.rawValue).reason\($0)") } : [])
    }

    /// Empty: it is possible.
    func whyNot(_ word: Word) -> String {
        guard page.mayWrite else { return words("order.mayNot") }
        guard WorkflowLaw.destination(from: page.order.workflow, cause: word.cause) == nil else { return "" }
        let from = Workflow.allCases.filter { WorkflowLaw.destination(from: $0, cause: word.cause) != nil }.map { words.state($0).word }
        return words("order.actions.\(word.rawValue).not", ["state": words.state(page.order.workflow).word, "states": from.joined(separator: ", ")])
    }
}
