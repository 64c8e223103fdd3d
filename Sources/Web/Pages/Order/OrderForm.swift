import Domain
import Foundation
import Hub

/// The form that edits an order: every field with what was there when it was opened, so that what others change meanwhile is seen field by field.
struct OrderFormView: Sendable {
    var id: String, version: String
    var groups: [Group]
    var heading: String, summary: [String]

    struct Group: Sendable { var legend: String, whyNot: [String], fields: [Field] }
    struct Field: Sendable {
        var name: String, inputID: String, label: String, value: String, was: String, kind: String, isText: Bool, isArea: Bool, isChoice: Bool, isDisabled: Bool, hasFocus: Bool
        var faults: [String], conflicts: [Conflict], options: [Option], isInvalid: Bool
    }
    struct Conflict: Sendable { var theirs: String, by: String }
    struct Option: Sendable { var value: String, text: String, isChosen: Bool }
}

struct OrderForm {
    let page: OrderPage
    /// What the person typed, by field; else the order's own values.
    var typed: [String: String] = [:]
    var result: OrderEditResult?
    var focus: String?

    private var order: StoredOrder { page.order }
    private var words: Words { page.words }

    static let otherFields = ["note", "tags", OrderField.courier]

    var view: OrderFormView {
        let lines = order.snapshot.lines.flatMap { ["lines.\($0.externalLineID).quantity", "lines.\($0.externalLineID).unitPrice"] }
        let groups = [
            group("address", OrderAddress.fields), group("buyer", OrderAddress.buyerFields), group("rest", Self.otherFields),
            group("money", lines + ["totals.discount", "totals.shipping"] + (order.snapshot.payment.isCashOnDelivery ? ["payment.codAmount"] : [])),
        ]
        var summary: [String] = []
        if let result {
            if !result.applied.isEmpty { summary.append(words.counted("order.form.saved", result.applied.count)) }
            if !result.conflicts.isEmpty { summary.append(words.counted("order.form.conflicts", result.conflicts.count)) }
            if !result.refused.isEmpty { summary.append(words.counted("order.form.refused", result.refused.count)) }
        }
        return OrderFormView(id: "\(order.id)", version: "\(order.version)", groups: groups, heading: words("order.form.heading"), summary: summary)
    }

    private func group(_ key: String, _ fields: [String]) -> OrderFormView.Group {
        let refusals = fields.compactMap { EditLaw.refusal(of: $0, workflow: order.workflow, fulfilment: order.fulfilment) }
        return .init(legend: words("order.form.groups.\(key)"), whyNot: refusals.first.map { [Self.text($0, words)] } ?? [], fields: fields.map(field))
    }

    /// What a cell of the form holds now.
    static func value(_ field: String, of order: StoredOrder) -> String {
        field == "tags" ? OrderTags.text(order.snapshot.tags) : OrderField.value(of: field, in: order.snapshot) ?? ""
    }

    private func field(_ field: String) -> OrderFormView.Field {
        let now = Self.value(field, of: order), isChoice = field == OrderField.courier
        let conflicts = (result?.conflicts ?? []).filter { Self.belongs($0.field, to: field) }, refused = (result?.refused ?? []).filter { Self.belongs($0.field, to: field) }
        let isOpen = !conflicts.isEmpty || !refused.isEmpty, value = isOpen ? typed[field] ?? now : now
        return OrderFormView.Field(
            name: field, inputID: "f-\(field)", label: label(field), value: value, was: now, kind: kind(field), isText: !isChoice && field != "note", isArea: field == "note", isChoice: isChoice,
            isDisabled: EditLaw.refusal(of: field, workflow: order.workflow, fulfilment: order.fulfilment) != nil, hasFocus: focus == field || (focus == nil && isOpen),
            faults: refused.map { Self.text($0.refusal, words) },
            conflicts: conflicts.map { .init(theirs: $0.theirs ?? words("order.nothing"), by: by($0)) }, options: isChoice ? couriers(value) : [], isInvalid: isOpen)
    }

    private static func belongs(_ cell: String, to field: String) -> Bool { cell == field || (field == "tags" && cell.hasPrefix("tag.")) }

    private func label(_ field: String) -> String {
        guard field.hasPrefix("lines."), let line = order.snapshot.lines.first(where: { field.hasPrefix("lines.\($0.externalLineID).") }) else { return OrderWords(words).field(field) }
        return "\(OrderWords(words).field(field)): \(line.sku ?? line.title)"
    }

    private func kind(_ field: String) -> String {
        if field.hasSuffix(".phone") { return "tel" }
        return field == "buyer.email" ? "email" : "text"
    }

    /// Who wrote the other value, and when.
    private func by(_ conflict: CellConflict) -> String {
        guard let cause = conflict.cause, let at = conflict.at else { return "" }
        let name = cause.kind == .person ? cause.subject : words("order.thePlatform")
        return words("order.form.by", ["name": name, "time": page.visit.time(at).text])
    }

    private func couriers(_ value: String) -> [OrderFormView.Option] {
        let names = page.visit.hub.channels.directory.surroundings.couriers.map(\.name)
        let own = OrderFormView.Option(value: "", text: words("order.form.anyCourier"), isChosen: value.isEmpty)
        let asked = value.isEmpty || names.contains(value) ? [] : [OrderFormView.Option(value: value, text: value, isChosen: true)]
        return [own] + asked + names.map { .init(value: $0, text: $0, isChosen: $0 == value) }
    }

    /// A refusal in the reader's language.
    static func text(_ refusal: EditRefusal, _ words: Words) -> String {
        let key = "order.refusals.\(refusal.code)"
        return words.has(key) ? words(key) : words.said(refusal.sentence)
    }

    /// The cells that differ from what they were when the form was opened.
    static func cells(_ form: PageForm) -> (cells: [String: CellEdit], typed: [String: String]) {
        var cells: [String: CellEdit] = [:], typed: [String: String] = [:]
        for name in form.names where name.hasPrefix("f.") {
            let field = String(name.dropFirst(2)), was = form["was.\(field)"] ?? ""
            // A text area sends its line ends in two characters; spaces at the ends of a field are nobody's wish.
            let value = (form[name] ?? "").replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            typed[field] = value
            if value != was.replacingOccurrences(of: "\r\n", with: "\n") { cells[field] = CellEdit(seen: was.isEmpty ? nil : was, value: value.isEmpty ? nil : value) }
        }
        return (cells, typed)
    }
}
