import SimulatorKit

/// Makes one order of a kind out of the shop's catalogue and its seed.
struct OrderBuilder {
    private let kind: OrderKind
    private let state: ShopState
    private var ids: IDSequences
    private var generator: SeededGenerator
    private var order: ShopOrder

    /// Places the order into the state; announcing it is the caller's.
    static func place(_ kind: OrderKind, at now: Int64, in state: inout ShopState) -> ShopOrder {
        let generator = state.withGenerator { SeededGenerator(seed: $0.next()) }
        var builder = OrderBuilder(kind, at: now, state: state, generator: generator)
        builder.build()
        state.ids = builder.ids
        state.insert(builder.order)
        return builder.order
    }

    private init(_ asked: OrderKind, at now: Int64, state: ShopState, generator: SeededGenerator) {
        self.state = state
        self.generator = generator
        ids = state.ids
        kind = asked == .any ? Self.draw(using: &self.generator) : asked
        order = ShopOrder(
            id: ids.next(.order), number: state.lastOrderNumber + 1, kind: kind.rawValue, createdAt: now, processedAt: now, updatedAt: now,
            currency: state.currency, presentment: state.currency)
        order.taxRate = Self.taxRate(of: state.currency.code)
    }

    private static func draw(using generator: inout SeededGenerator) -> OrderKind {
        var roll = Int.random(in: 0..<OrderKind.usual.reduce(0) { $0 + $1.share }, using: &generator)
        for (kind, share) in OrderKind.usual {
            roll -= share
            if roll < 0 { return kind }
        }
        return .card
    }

    private static func taxRate(of currency: String) -> Int64 {
        switch currency {
        case "THB": 70_000
        case "CLP": 190_000
        case "JPY": 100_000
        case "EUR": 210_000
        case "GBP": 200_000
        case "KWD": 0
        default: 80_000
        }
    }

    private mutating func build() {
        let country = SampleCountry(currency: state.currency.code) ?? .thailand
        let buyer = SampleData.buyer(in: country, oddShare: kind == .oddText ? 1 : 0.02, using: &generator)
        addLines()
        addBuyer(buyer)
        addShipping()
        addSpecials()
        addDiscounts()
        order.original = order.totalsAsPlaced()
        addPayment()
        addFulfillmentOrders()
    }

    // MARK: What is bought

    private mutating func addLines() {
        switch kind {
        case .digital: add(titled: Catalogue.pattern, quantity: 1)
        case .giftCardBought:
            add(titled: Catalogue.giftCard, quantity: 1)
            add(titled: Catalogue.bag, quantity: 1)
        case .nullSKU:
            add(titled: Catalogue.stand, quantity: 2)
            addCustomLine()
        case .twoLocations:
            add(titled: Catalogue.bag, quantity: 2)
            add(titled: Catalogue.tray, quantity: 1)
        case .discountCode:
            add(titled: Catalogue.bag, quantity: 2)
            addAny(1)
        default: addAny(Int.random(in: 1...3, using: &generator))
        }
        if kind == .emptyProperties { order.lines[0].properties = .emptyObject }
        if kind == .lineProperties {
            order.lines[0].properties = .pairs([.init(name: "Engraving", value: "ML <3 & \"you\""), .init(name: "Gift wrap", value: "1")])
        }
    }

    private mutating func addAny(_ count: Int) {
        let goods = state.products.filter { $0.status == "active" && $0.type == "Goods" }
        let odd = kind == .oddText || generator.chance(0.03)
        for _ in 0..<count {
            guard let product = (odd ? goods.suffix(7) : goods.dropLast(7)).randomElement(using: &generator),
                !order.lines.contains(where: { $0.productID == product.id })
            else { continue }
            add(titled: product.title, quantity: Int64.random(in: 1...3, using: &generator))
        }
        if order.lines.isEmpty { add(titled: Catalogue.bag, quantity: 1) }
    }

    private mutating func add(titled title: String, quantity: Int64) {
        guard let product = state.products.first(where: { $0.title == title }),
            let variant = product.variants.randomElement(using: &generator)
        else { return }
        order.lines.append(ShopLine(product, variant, id: ids.next(.line), quantity: quantity, fallbackLocation: state.mainLocation))
    }

    private mutating func addCustomLine() {
        order.lines.append(
            ShopLine(
                id: ids.next(.line), title: "Repair work", quantity: 1, unitPrice: Catalogue.price(satang: 35_000, in: state.currency),
                requiresShipping: true, locationID: state.mainLocation))
    }

    // MARK: Who buys

    private mutating func addBuyer(_ buyer: SampleBuyer) {
        guard kind != .pointOfSale else {
            (order.sourceName, order.locationID) = ("pos", state.locations.last?.id)
            return
        }
        if kind == .missingKeys {
            order.leavesOutMissingKeys = true
            return
        }
        let address = ShopAddress(buyer)
        order.billing = address
        if kind != .digital { order.shipping = address }
        if kind == .guestPhone {
            order.phone = buyer.phone
            return
        }
        order.email = buyer.email
        order.customer = ShopCustomer(
            id: ids.next(.customer), firstName: buyer.firstName, lastName: buyer.lastName, email: buyer.email,
            phone: generator.chance(0.5) ? buyer.phone : nil, createdAt: order.createdAt - 86_400 * 90)
    }

    private mutating func addShipping() {
        guard kind != .digital, kind != .pointOfSale, order.lines.contains(where: \.requiresShipping) else { return }
        func price(_ satang: Int64) -> Int64 { Catalogue.price(satang: satang, in: state.currency) }
        let isExpress = generator.chance(0.2)
        order.shippingLines.append(
            ShippingLine(
                id: ids.next(.shippingLine), title: isExpress ? "EMS" : "Standard", code: isExpress ? "EMS" : "STD",
                price: price(isExpress ? 5_000 : 3_500)))
        if kind == .severalShippingLines {
            order.shippingLines.append(
                ShippingLine(
                    id: ids.next(.shippingLine), title: "Large goods", code: "BULKY", carrierIdentifier: "650f1a14fa979ec5c74d063e968411d4",
                    price: price(12_000)))
        }
    }

    private mutating func addSpecials() {
        switch kind {
        case .taxExcluded:
            order.taxesIncluded = false
            if order.taxRate == 0 { order.taxRate = 50_000 }
        case .presentment:
            let isDollar = state.currency.code == "USD"
            order.presentment = CurrencyUnit(isDollar ? "JPY" : "USD")
            order.presentmentRate = isDollar ? 148_000_000 : proportion(1_000_000, 28_500, Catalogue.rate(to: state.currency))
        case .tip: order.tipMinor = Catalogue.price(satang: 2_000, in: state.currency)
        case .test: order.isTest = true
        case .oddText: order.note = "Ring twice </script> & \"wait\" ผ้าไหม 🎁\nsecond line"
        case .cashOnDelivery where generator.chance(0.3): order.note = "โทรก่อนส่ง"
        default: break
        }
        if generator.chance(0.15) { order.noteAttributes = [.init(name: "delivery_slot", value: "evening")] }
        if generator.chance(0.2) { order.tags = ["vip", "gift"] }
    }

    // MARK: Discounts

    private mutating func addDiscounts() {
        switch kind {
        case .discountCode:
            let amount = min(Catalogue.price(satang: 10_000, in: state.currency), order.totalsAsPlaced().items)
            order.apply(
                DiscountApplication(
                    kind: .discountCode, words: "WELCOME", value: state.currency.graphText(amount), valueType: "fixed_amount",
                    amount: amount))
        case .freeShippingCode:
            let amount = order.shippingLines.reduce(0) { $0 + $1.price }
            order.apply(
                DiscountApplication(
                    kind: .discountCode, words: "FREESHIP", value: "100.0", valueType: "percentage", targetsShipping: true, amount: amount))
        case .card where generator.chance(0.15):
            let amount = proportion(order.totalsAsPlaced().items, 10, 100)
            order.apply(DiscountApplication(kind: .automatic, words: "Ten off", value: "10.0", valueType: "percentage", amount: amount))
        default: break
        }
    }

    // MARK: Paying and shipping

    private mutating func addPayment() {
        let grand = order.original.grand
        switch kind {
        case .cashOnDelivery: pay(.sale, Self.codGateway, grand, isManual: true, status: "pending")
        case .giftCardUsed:
            let part = proportion(grand, 1, 3)
            pay(.sale, "gift_card", part)
            pay(.sale, Self.codGateway, grand - part, isManual: true, status: "pending")
        case .authorised: pay(.authorization, "bogus", grand)
        case .partiallyPaid:
            pay(.sale, "bogus", proportion(grand, 1, 2))
        case .pointOfSale: pay(.sale, "cash", grand)
        default: pay(.sale, kind == .test ? "bogus" : "shopify_payments", grand)
        }
    }

    static let codGateway = "Cash on Delivery (COD)"

    private mutating func pay(
        _ kind: ShopTransaction.Kind, _ gateway: String, _ amount: Int64, isManual: Bool = false, status: String = "success"
    ) {
        guard amount > 0 else { return }
        if !order.gateways.contains(gateway) { order.gateways.append(gateway) }
        order.transactions.append(
            ShopTransaction(
                id: ids.next(.transaction), kind: kind, status: status, gateway: gateway, isManual: isManual, amount: amount,
                createdAt: order.createdAt))
    }

    private mutating func addFulfillmentOrders() {
        for location in state.locations {
            let lines = order.lines.filter { $0.requiresShipping && $0.locationID == location.id }
            guard !lines.isEmpty else { continue }
            order.fulfillmentOrders.append(
                FulfillmentOrder(
                    id: ids.next(.fulfillmentOrder), status: kind == .onHold ? .onHold : .open, locationID: location.id,
                    holdReason: kind == .onHold ? "AWAITING_PAYMENT" : nil, fulfilBy: order.createdAt + 2 * 86_400,
                    createdAt: order.createdAt,
                    updatedAt: order.createdAt,
                    lines: lines.map {
                        .init(id: ids.next(.fulfillmentOrderLine), lineID: $0.id, total: $0.quantity, remaining: $0.quantity)
                    }))
        }
        // What is sold at the counter leaves with the buyer.
        guard kind == .pointOfSale else { return }
        for index in order.fulfillmentOrders.indices {
            let whole = order.fulfillmentOrders[index]
            order.ship(from: whole.id, whole.everythingRemaining, as: ids.next(.fulfilment), tracking: nil, at: order.createdAt)
        }
    }
}

extension ShopState {
    var mainLocation: Int64 { locations.first?.id ?? 0 }

    /// Orders kept; past it the oldest tenth is forgotten, which a real shop would not do.
    static let maximumOrders = 100_000

    /// Takes a new order in and keeps the look-ups right.
    mutating func insert(_ order: ShopOrder) {
        lastOrderNumber = max(lastOrderNumber, order.number)
        placed.append(order.id)
        store(order)
        if placed.count > Self.maximumOrders { forgetOldest(Self.maximumOrders / 10) }
    }

    private mutating func forgetOldest(_ count: Int) {
        for id in placed.prefix(count) {
            guard let order = orders.removeValue(forKey: id) else { continue }
            for fulfillmentOrder in order.fulfillmentOrders { orderOfFulfillmentOrder[fulfillmentOrder.id] = nil }
            for fulfilment in order.fulfilments { orderOfFulfilment[fulfilment.id] = nil }
        }
        placed.removeFirst(count)
    }

    mutating func store(_ order: ShopOrder) {
        orders[order.id] = order
        for fulfillmentOrder in order.fulfillmentOrders { orderOfFulfillmentOrder[fulfillmentOrder.id] = order.id }
        for fulfilment in order.fulfilments { orderOfFulfilment[fulfilment.id] = order.id }
    }
}

extension ShopLine {
    init(_ product: ShopProduct, _ variant: ShopVariant, id: Int64, quantity: Int64, fallbackLocation: Int64) {
        let isOnly = variant.title == "Default Title"
        self.init(
            id: id, productID: product.id, variantID: variant.id, sku: variant.sku, title: product.title,
            variantTitle: isOnly ? nil : variant.title,
            vendor: product.vendor, quantity: quantity, unitPrice: variant.price, grams: variant.grams,
            requiresShipping: variant.requiresShipping,
            isTaxable: !variant.isGiftCard, isGiftCard: variant.isGiftCard,
            locationID: variant.available.keys.min() ?? fallbackLocation)
    }
}

extension ShopAddress {
    /// Thai shoppers put subdistrict and district into `address2` and `city` (platforms/shopify.md §5).
    init(_ buyer: SampleBuyer) {
        let place = buyer.place
        let isThai = place.country == .thailand
        let second = isThai ? [buyer.line2, place.subdistrict].compactMap(\.self).joined(separator: " ") : buyer.line2
        let names: [SampleCountry: String] = [.thailand: "Thailand", .chile: "Chile", .spain: "Spain", .unitedKingdom: "United Kingdom"]
        self.init(
            firstName: buyer.firstName, lastName: buyer.lastName, address1: buyer.line1, address2: second,
            city: place.city.isEmpty ? place.district : place.city, province: place.province, provinceCode: place.provinceCode,
            zip: place.postcode,
            country: names[place.country] ?? place.country.code, countryCode: place.country.code, phone: buyer.phone)
    }
}

extension ShopOrder {
    /// Adds a discount and shares it out over the lines, or over the shipping lines, by their price.
    mutating func apply(_ discount: DiscountApplication) {
        let index = discounts.count
        discounts.append(discount)
        if discount.targetsShipping {
            for (line, amount) in zip(shippingLines.indices, allocate(discount.amount, by: shippingLines.map(\.price))) where amount > 0 {
                shippingLines[line].allocations.append(.init(amount: amount, application: index))
            }
        } else {
            for (line, amount) in zip(
                lines.indices, allocate(discount.amount, by: lines.map { $0.isGiftCard ? 0 : $0.unitPrice * $0.quantity })) where amount > 0
            {
                lines[line].allocations.append(.init(amount: amount, application: index))
            }
        }
    }
}
