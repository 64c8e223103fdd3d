import Domain
import Foundation
import Hub

/// What a bulk action would do, as a page for browsers without scripts.
struct BulkPreviewView {
    struct Group: Sendable { var text: String, count: String, sample: [Order] }
    struct Order: Sendable { var href: String, number: String }
    struct Contents: Sendable {
        var heading: String, action: String, summary: String, unchanged: String?, refused: [Group], ids: [String], filter: String?
        var asksReason: Bool, asksTag: Bool, asksCourier: Bool, asksFormat: Bool, couriers: [String], button: String, goes: Bool
    }
    let contents: Contents

    /// - Parameter filter: chooses the orders anew when it starts, in the place of `ids`: a form carries no thousands of them.
    init(_ visit: Visit, _ request: BulkRequest, _ ids: [OrderID], _ preview: BulkPreview, _ filter: String?) {
        let words = visit.words, isTag = request.kind == .tag || request.kind == .untag
        contents = Contents(
            heading: words("orders.bulk.\(request.kind.rawValue)"), action: request.kind.rawValue, summary: isTag || request.kind == .courier ? words.counted("orders.count", preview.total) : words.counted("orders.goes", preview.goes, ["total": PageWords.grouped("\(preview.total)")]),
            unchanged: preview.unchanged > 0 && !isTag ? words.counted("orders.unchanged", preview.unchanged) : nil,
            refused: preview.refused.map { group in
                Group(text: OrdersWords.why(group.code, group.sentence, words), count: PageWords.grouped("\(group.count)"), sample: zip(group.sample, group.numbers).map { Order(href: "/orders/\($0)", number: $1) })
            },
            ids: filter == nil ? ids.map { "\($0)" } : [], filter: filter, asksReason: request.kind == .hold || request.kind == .exclude, asksTag: isTag, asksCourier: request.kind == .courier,
            asksFormat: request.kind == .export, couriers: visit.hub.channels.directory.surroundings.couriers.map(\.name), button: words("orders.bulk.\(request.kind.rawValue)"), goes: preview.goes > 0 || isTag || request.kind == .courier)
    }
}

/// A bulk action and what came of it.
struct BulkActionView {
    struct Refusal: Sendable { var href: String, number: String, text: String }
    struct Contents: Sendable {
        var id: String, heading: String, detail: String?, by: String, at: PageTime, state: StateWord, isRunning: Bool, total: Int, done: Int, summary: String, unchanged: String?, refusedText: String?
        var refused: [Refusal], isCut: Bool, mayCancel: Bool, mayUndo: Bool, file: String?, undoOf: String?, undoneBy: String?
    }
    let contents: Contents

    init(_ visit: Visit, _ action: BulkAction, _ refused: [BulkRefusal]) {
        let words = visit.words, mayWrite = visit.caller.may(.ordersWrite)
        let tone: Tone = switch action.state { case .running, .cancelling: .going; case .done: .good; case .cancelled: .off; case .failed: .bad }
        contents = Contents(
            id: "\(action.id)", heading: words("orders.bulk.\(action.request.kind.rawValue)"), detail: action.request.reason ?? action.request.tag ?? action.request.courier, by: action.actor.name, at: visit.time(action.createdAt),
            state: StateWord(word: words("orders.bulkState.\(action.state.rawValue)"), tone: tone.rawValue), isRunning: !action.isFinished, total: action.total, done: action.position,
            summary: words.counted("orders.went", action.went, ["total": PageWords.grouped("\(action.total)")]), unchanged: action.unchanged > 0 ? words.counted("orders.unchanged", action.unchanged) : nil,
            refusedText: action.refused > 0 ? words.counted("orders.refused", action.refused) : nil,
            refused: refused.map { Refusal(href: "/orders/\($0.order)", number: $0.number, text: OrdersWords.why($0.code, $0.sentence, words)) }, isCut: action.refused > refused.count,
            mayCancel: action.state == .running && mayWrite, mayUndo: action.canBeUndone && mayWrite, file: action.request.kind == .export && action.state == .done ? "/orders/bulk/\(action.id)/file" : nil,
            undoOf: action.undoOf.map { "/orders/bulk/\($0)" }, undoneBy: action.undoneBy.map { "/orders/bulk/\($0)" })
    }
}

enum OrdersWords {
    /// Why an order does not go: in the page's language where the reason is one of ours.
    static func why(_ code: String, _ sentence: String, _ words: Words) -> String { words.has("orders.js.why.\(code)") ? words("orders.js.why.\(code)") : words.said(sentence) }
}
