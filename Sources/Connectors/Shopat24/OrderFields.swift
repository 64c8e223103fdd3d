import Connect
import Domain

/// Finds an order's members by the profile's pointers and reads them by its value rules (shopat24.md §4B).
struct OrderFields: Sendable {
    let pointers: Profile.Pointers
    let values: Profile.Values
    let texts: CleanText

    init(_ profile: Profile) {
        pointers = profile.pointers
        values = profile.values
        texts = CleanText(nullWords: Set(profile.values.nullWords))
    }

    /// - Throws: `.notUnderstood` for a number that cannot stand in an identity.
    func number(of order: JSONValue) throws(ConnectorError) -> String {
        try number(pointers.order.orderNo, in: order)
    }

    func number(_ pointer: JSONPointer, in document: JSONValue) throws(ConnectorError) -> String {
        // Not cut: two long numbers must not become one order.
        guard let number = texts.identifier(pointer.value(in: document), longest: CleanText.longest), OrderNumber.isValid(number) else {
            throw .notUnderstood(field: pointer.text, found: pointer.value(in: document) == nil ? "nothing" : "something that is no order number")
        }
        return number
    }

    func updatedAt(of order: JSONValue) -> Timestamp? { pointers.order.updatedAt.value(in: order).flatMap { time($0) } }

    func time(_ value: JSONValue) -> Timestamp? { value.text.flatMap { TimeFormat.read($0.cut(100), values.dates) } }

    func text(_ pointer: JSONPointer?, in document: JSONValue, longest: Int = 255) -> String? { texts.text(pointer?.value(in: document), longest: longest) }
    func identifier(_ pointer: JSONPointer?, in document: JSONValue) -> String? { texts.identifier(pointer?.value(in: document)) }
}
