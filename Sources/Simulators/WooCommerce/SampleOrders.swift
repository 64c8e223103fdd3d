import SimulatorKit

/// Orders as the shop's checkout makes them.
extension ShopState {
    /// Builds an order of this kind; it is not in the shop yet.
    mutating func makeOrder(_ kind: OrderKind) -> ShopOrder {
        let basket = SampleData.basket(in: country, using: &generator)
        let id = takePostID()
        var order = ShopOrder(
            id: id, status: "pending", number: takeNumber(for: id), currency: configuration.currency, createdAt: now, modifiedAt: now,
            orderKey: "wc_order_\(randomLetters(13))")
        order.createdVia = flavour == .posts39 ? "checkout" : generator.chance(0.7) ? "store-api" : "checkout"
        if kind == .pending { order.createdVia = "checkout" }
        order.customerIP = "203.0.113.\(Int.random(in: 1...254, using: &generator))"
        order.userAgent = "Mozilla/5.0"
        order.cartHash = randomHex(32)
        order.customerNote = basket.note ?? ""
        fillAddresses(&order, basket.buyer, withShipping: kind != .emptyShippingAddress)
        for line in basket.lines {
            if let product = product(sku: line.product.sku) { order.lines.append(self.line(of: product, quantity: line.quantity)) }
        }
        if order.lines.isEmpty, let product = products.values.filter({ $0.type == "simple" && !$0.price.isEmpty }).min(by: { $0.id < $1.id }) {
            order.lines.append(line(of: product, quantity: 1))
        }
        addShipping(&order, amount(minor: basket.shippingMinor))
        if basket.discountMinor > 0 || kind == .coupon { addCoupon(&order) }
        pay(&order, kind, isCashOnDelivery: basket.isCashOnDelivery)
        shape(&order, kind)
        order.calculateTaxes(basisPoints: configuration.taxBasisPoints, decimals: decimals)
        order.taxLineID = takeItemID()
        let wanted = order.status
        order.status = "pending"
        if wanted != "pending" {
            order.status = wanted
            applyStatus(&order, from: "pending")
        }
        return order
    }

    private mutating func fillAddresses(_ order: inout ShopOrder, _ buyer: SampleBuyer, withShipping: Bool) {
        var address = ShopAddress()
        let place = buyer.place
        (address.firstName, address.lastName, address.address1) = (buyer.firstName, buyer.lastName, buyer.line1)
        // By habit: the subdistrict in the second line, the district as the city. Nothing checks it.
        let second = [buyer.line2, place.subdistrict.isEmpty ? nil : place.subdistrict].compactMap(\.self)
        address.address2 = second.joined(separator: " ")
        address.city = place.city.isEmpty ? place.district : place.city
        address.state = place.country == .spain ? String(place.provinceCode.dropFirst(3)) : place.country == .unitedKingdom ? "" : place.provinceCode
        (address.postcode, address.country) = (place.postcode, place.country.code)
        let local = place.country == .thailand && generator.chance(0.6) ? "0\(buyer.phone.dropFirst(3))" : buyer.phone
        order.shipping = withShipping ? address : ShopAddress()
        if withShipping, flavour.hasShippingPhone, generator.chance(0.3) { order.shipping.phone = local }
        address.email = buyer.email
        address.phone = local
        order.billing = address
        order.customerID = generator.chance(0.4) ? Int.random(in: 2...400, using: &generator) : 0
    }

    private mutating func addShipping(_ order: inout ShopOrder, _ total: Int) {
        let method = total == 0 ? ("Free shipping", "free_shipping", "2") : ("EMS", "flat_rate", generator.chance(0.8) ? "4" : "")
        var line = ShopShippingLine(id: takeItemID(), title: method.0, methodID: method.1, instanceID: method.2, total: total)
        let items = order.lines.map { "\($0.name) &times; \($0.quantity)" }.joined(separator: ", ")
        line.meta = [ShopMeta(id: takeMetaID(), key: "Items", value: .string(items))]
        order.shippingLines.append(line)
    }

    private mutating func addCoupon(_ order: inout ShopOrder) {
        let before = order.lines.reduce(0) { $0 + $1.total }
        applyDiscount(min(100 * decimals.scale, before / 10), to: &order)
        order.coupons = [ShopCoupon(id: takeItemID(), code: "welcome", couponID: 41, discount: 0, discountTax: 0, metaID: takeMetaID())]
    }

    private mutating func pay(_ order: inout ShopOrder, _ kind: OrderKind, isCashOnDelivery: Bool) {
        let methods = ["cod": "Cash on delivery", "bacs": "Direct bank transfer", "omise": "Credit / Debit Card", "promptpay_gateway": "PromptPay"]
        let roll = Int.random(in: 0..<100, using: &generator), cod = configuration.cashOnDeliveryPercent
        let others = ["bacs", "omise", "promptpay_gateway"]
        let drawn = isCashOnDelivery || roll < cod ? "cod" : others[roll % others.count]
        let method = switch kind {
        case .cashOnDelivery, .fees, .emptyShippingAddress: "cod"
        case .bankTransfer: "bacs"
        case .paidOnline, .pending, .partlyRefunded, .failedPayment: "omise"
        default: drawn
        }
        order.paymentMethod = method
        order.paymentMethodTitle = methods[method] ?? method
        order.status = switch kind {
        case .pending: "pending"
        case .failedPayment: "failed"
        case .customStatus: configuration.customStatuses.first ?? "processing"
        default: method == "bacs" ? "on-hold" : "processing"
        }
        if ["omise", "promptpay_gateway"].contains(method), order.status == "processing" { order.transactionID = "chrg_test_\(randomLetters(19))" }
    }

    /// What makes this kind odd.
    private mutating func shape(_ order: inout ShopOrder, _ kind: OrderKind) {
        switch kind {
        case .fees:
            order.fees = [
                ShopFee(id: takeItemID(), name: "COD fee", total: 30 * decimals.scale),
                ShopFee(id: takeItemID(), name: "Gift wrapping", isTaxable: true, total: 45 * decimals.scale),
            ]
        case .severalShippingLines:
            let chilled = ShopShippingLine(id: takeItemID(), title: "Chilled", methodID: "local_plugin", instanceID: "", total: 120 * decimals.scale)
            order.shippingLines.append(chilled)
        case .htmlEntities:
            order.billing.company = "Smith &amp; Sons &quot;Trading&quot;"
            order.shipping.company = order.billing.company
            order.lines[0].name = "Canvas bag &times; 2 &#8211; \"Blue\""
            order.customerNote = "first line\nsecond <b>line</b> &amp; more / \\ end"
        case .emoji:
            order.billing.firstName = "มาลี 🐘"
            order.shipping.firstName = order.billing.firstName
            order.customerNote = "ขอบคุณค่ะ 🎁👨‍👩‍👧"
        case .deletedProduct:
            order.lines[0].productID = 0
            order.lines[0].variationID = 0
            order.lines[0].sku = nil
            order.lines[0].image = ["id": "", "src": ""]
        case .objectMeta:
            for (key, value) in Self.oddMeta { order.meta.append(ShopMeta(id: takeMetaID(), key: key, value: value)) }
        case .longFraction:
            order.lines[0].quantity = 3
            order.lines[0].subtotal = 100 * decimals.scale
            order.lines[0].total = order.lines[0].subtotal
        case .variation:
            if let product = products.values.filter(\.isVariation).min(by: { $0.id < $1.id }) { order.lines = [line(of: product, quantity: 2)] }
        case .manyLines:
            let goods = products.values.filter { !$0.price.isEmpty && $0.type != "variable" }.sorted { $0.id < $1.id }
            order.lines = (0..<60).map { line(of: goods[$0 % goods.count], quantity: $0 % 4 + 1) }
        case .freeOfCharge:
            for index in order.lines.indices { order.lines[index].total = 0 }
            for index in order.shippingLines.indices { order.shippingLines[index].total = 0 }
        default: break
        }
        if kind != .coupon, kind != .everyday { order.coupons = order.lines.contains { $0.subtotal != $0.total } ? order.coupons : [] }
    }

    private static let oddMeta: [(String, WooJSON)] = [
        ("_billing_tax_id", "0105500000000"), ("gift", ["wrap": true, "note": "ห่อสีแดง"]), ("points", 120), ("ratio", .number(0.1)),
        ("nothing", nil),
        ("tags", ["vip", "repeat"]), ("tags", ["second entry of the same key"]), ("empty", ""),
    ]
}
