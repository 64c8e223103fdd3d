import Connect
import Domain

/// Turns the channel's order into ours (shopat24.md §5). Pure; the platform's words end here.
struct OrderReading: Sendable {
    let fields: OrderFields
    let statuses: StatusTable
    let connection: String
    let paidByDefault: Bool
    private let destinations: [String: Profile.Values.Destination]
    private let cashWords: Set<String>

    static let storePickup = "store-pickup", storeCompany = "7-Eleven", country = "TH"

    init(_ settings: Shopat24Settings, profile: Profile? = nil) {
        let profile = profile ?? settings.profile
        fields = OrderFields(profile)
        statuses = StatusTable(profile)
        connection = settings.connection
        paidByDefault = settings.paidByDefault
        destinations = Dictionary(profile.values.shipTo.map { (CleanText.key($0.key), $0.value) }) { first, _ in first }
        cashWords = Set(profile.values.cashOnDelivery.map(CleanText.key))
    }

    func snapshot(of order: JSONValue, wasRead: Bool) throws(ConnectorError) -> OrderSnapshot {
        guard order.object != nil else { throw .notUnderstood(field: "body", found: "no order") }
        let pointers = fields.pointers.order, number = try fields.number(of: order)
        guard let updatedAt = fields.updatedAt(of: order) else { throw .notUnderstood(field: pointers.updatedAt.text, found: "no time") }
        let placedAt = try placedAt(of: order) ?? updatedAt
        let currency = try currency(of: order)
        let money = MoneyText(form: fields.values.money, dashIsZero: fields.values.dashIsZero, currency: currency)
        var flags: [Flag] = [], tags: [String] = []

        let destination = destination(of: order, &flags), isStore = destination == .store
        let lines = try OrderLines(order, fields: fields, money: money, statuses: statuses, requiresShipping: !isStore)
        let sums = try OrderSums(lines, shipping: try money.minor(pointers.shipping?.value(in: order), "shipping"), discount: try money.minor(pointers.discount?.value(in: order), "discount"),
                                 grand: try money.minor(pointers.grand?.value(in: order), "grand"))
        if sums.isOff { flags.append(Flag(code: "sum_differs", message: "The channel's total, or a line's, is more than 1.00 away from the sum of its parts. The order is held.")) }

        tags += lines.invoices.map { "invoice:\($0)" }
        if isStore { tags.append(Self.storePickup) }
        let state = state(of: order, lines, isHeld: sums.isOff || destination == nil, &flags)
        tags += state.tags.filter { !tags.contains($0) }
        return OrderSnapshot(
            externalID: "\(connection):\(number)", externalNumber: number, placedAt: placedAt, revision: Revision(updatedAt: updatedAt, counter: 0, wasRead: wasRead),
            buyer: Buyer(name: fields.text(pointers.recipient, in: order), email: fields.text(pointers.email, in: order), phone: fields.texts.phone(pointers.phone?.value(in: order))),
            shipTo: shipTo(order, isStore: isStore), currency: currency, totals: sums.totals, payment: payment(of: order, state, grand: sums.totals.grand),
            shipping: Shipping(methodCode: isStore ? Self.storePickup : nil), lines: lines.lines, note: fields.text(pointers.note, in: order, longest: CleanText.longest), tags: tags,
            platformStatus: state.words, standing: state.standing, fulfilment: state.fulfilment, flags: flags, attributes: attributes(of: order, sums, currency))
    }

    private func placedAt(of order: JSONValue) throws(ConnectorError) -> Timestamp? {
        guard let pointer = fields.pointers.order.orderDate, let value = pointer.value(in: order), fields.texts.text(value) != nil else { return nil }
        guard let time = fields.time(value) else { throw .notUnderstood(field: pointer.text, found: (value.text ?? "no text").cut(40)) }
        return time
    }

    private func currency(of order: JSONValue) throws(ConnectorError) -> Currency {
        guard let text = fields.text(fields.pointers.order.currency, in: order, longest: 20) else { return .thb }
        guard let currency = Currency(text) else { throw .notUnderstood(field: fields.pointers.order.currency?.text ?? "currency", found: text.cut(20)) }
        return currency
    }

    // MARK: States

    struct State: Sendable { var standing: OrderSnapshot.Standing, fulfilment: Fulfilment, money: StatusMeaning.Money, words: String, tags: [String] }

    /// The order's word and the stores' keys together (§5.1). An unknown word holds the order and is raised.
    private func state(of order: JSONValue, _ lines: OrderLines, isHeld: Bool, _ flags: inout [Flag]) -> State {
        let word = fields.text(fields.pointers.order.status, in: order, longest: 60)
        let words = ([word].compactMap(\.self) + lines.typeWords.prefix(50)).joined(separator: "/")
        var meaning = StatusMeaning.unknown
        if let known = word.flatMap({ statuses.meaning(of: $0) }) { meaning = known } else {
            flags.append(Flag(code: "unknown_status", message: "The channel's status \"\(word ?? "")\" is not known. Add it to statusMap in the channel's profile."))
        }
        for unknown in Set(lines.unknownTypes).sorted().prefix(5) {
            flags.append(Flag(code: "unknown_status", message: "The store's word \"\(unknown)\" for an invoice is not known. Add it to invoiceTypes in the channel's profile."))
        }
        let stores = StatusTable.fulfilment(of: lines.types)
        var state = State(standing: meaning.standing, fulfilment: StatusTable.furthest(meaning, stores?.fulfilment), money: meaning.money, words: words, tags: [meaning.tag].compactMap(\.self))
        if let stores, state.fulfilment == stores.fulfilment, meaning.fulfilment.map({ $0.rank <= stores.fulfilment.rank }) ?? true, state.standing != .cancelled {
            if let tag = stores.tag { state.tags.append(tag) } else { state.tags.removeAll { $0 == StatusTable.readyToCollect } }
            // What a store has keyed has been shipped.
            if state.standing == .open { state.standing = .closed }
            if stores.fulfilment == .delivered { state.money = .paid }
        }
        if meaning.stage == .attention {
            flags.append(Flag(code: meaning.fulfilment == .lost ? "goods_lost" : "not_collected", message: "The channel says \"\(word ?? "")\": a person has to see to it."))
        }
        if isHeld, state.standing == .open { state.standing = .onHold }
        return state
    }

    // MARK: Money

    /// The operator hands only paid orders to its vendors [I], so silence is "paid" unless the channel's settings say otherwise (§5).
    private func payment(of order: JSONValue, _ state: State, grand: Int64) -> Payment {
        let pointers = fields.pointers.order, method = fields.text(pointers.payment, in: order, longest: 120)
        let isCash = method.map { cashWords.contains(CleanText.key($0)) } ?? false
        let told = pointers.paid?.value(in: order)?.flag
        let wasPaid = told ?? (isCash ? false : paidByDefault)
        let paymentState: PaymentState = switch state.money {
        case .same: wasPaid ? .paid : .unpaid
        case .paid: .paid
        case .unpaid: .unpaid
        case .refunded: wasPaid ? .refunded : .voided
        }
        return Payment(method: method, state: paymentState, isCashOnDelivery: isCash, codAmount: isCash && paymentState == .unpaid ? max(0, grand) : nil)
    }

    // MARK: Places

    /// nil: not known, and the order is held. Without a pointer every order goes to the buyer's home.
    private func destination(of order: JSONValue, _ flags: inout [Flag]) -> Profile.Values.Destination? {
        guard let pointer = fields.pointers.order.shipTo else { return .home }
        let word = fields.text(pointer, in: order, longest: 60)
        if let known = word.flatMap({ destinations[CleanText.key($0)] }) { return known }
        let problem = "The channel does not say in known words whether the order goes to a store or to the buyer (\"\(word ?? "")\"). The order is held; add the word to values.shipTo in the channel's profile."
        flags.append(Flag(code: "unknown_destination", message: problem))
        return nil
    }

    /// A store's parcel goes to the operator's network under the buyer's name; the buyer's address has nothing to do with it (§5).
    private func shipTo(_ order: JSONValue, isStore: Bool) -> Address? {
        let pointers = fields.pointers.order, name = fields.text(pointers.recipient, in: order), phone = fields.texts.phone(pointers.phone?.value(in: order))
        if isStore {
            let store = fields.text(pointers.storeName, in: order), code = fields.identifier(pointers.storeCode, in: order)
            return Address(name: name, company: [Self.storeCompany, store].compactMap(\.self).joined(separator: " "), phone: phone,
                           line1: [code, store].compactMap(\.self).joined(separator: " ").nonEmpty, countryCode: Self.country)
        }
        let address = Address(name: name, phone: phone, line1: fields.text(pointers.address, in: order), subdistrict: fields.text(pointers.subdistrict, in: order),
                              district: fields.text(pointers.district, in: order), province: fields.text(pointers.province, in: order), postcode: fields.texts.postcode(pointers.postcode?.value(in: order)), countryCode: Self.country)
        let isEmpty = [address.line1, address.subdistrict, address.district, address.province, address.postcode, address.name].allSatisfy { $0 == nil }
        return isEmpty ? nil : address
    }

    private func attributes(of order: JSONValue, _ sums: OrderSums, _ currency: Currency) -> [String: String] {
        let pointers = fields.pointers.order
        var attributes: [String: String] = [:]
        attributes["storeCode"] = fields.identifier(pointers.storeCode, in: order)
        attributes["storeName"] = fields.text(pointers.storeName, in: order)
        attributes["shipTo"] = fields.text(pointers.shipTo, in: order, longest: 60)
        if sums.absorbedRounding != 0 { attributes["rounding"] = Money(minor: sums.absorbedRounding, currency).description }
        return attributes
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}
