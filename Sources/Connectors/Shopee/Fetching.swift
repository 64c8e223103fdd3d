package import Connect
package import Domain

extension ShopeeConnector: FetchesOrders {
    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let number = try orderNumber(of: externalID)
        guard let order = try await details(of: [number]).first else { throw Self.notFound(number) }
        return try await listed(order)
    }

    /// The order as it stands now, to act on.
    func currentOrder(_ externalID: ExternalID) async throws(ConnectorError) -> PlatformOrder {
        let number = try orderNumber(of: externalID)
        guard let order = try await details(of: [number]).first else { throw Self.notFound(number) }
        return order
    }

    static func notFound(_ number: String) -> ConnectorError {
        .refused(platformCode: "not_found", platformMessage: "Shopee knows no order \(number.cut(60)) in this shop")
    }

    /// Without these names most fields are absent (platforms/shopee.md §4.2).
    static let wantedFields = """
        buyer_user_id,buyer_username,estimated_shipping_fee,recipient_address,actual_shipping_fee,actual_shipping_fee_confirmed,note,note_update_time,item_list,pay_time,split_up,\
        buyer_cancel_reason,cancel_by,cancel_reason,fulfillment_flag,pickup_done_time,package_list,shipping_carrier,payment_method,total_amount,invoice_data,checkout_shipping_carrier,\
        return_request_due_date
        """
    static let detailsPerCall = 50

    /// What the platform tells of these orders; numbers that it does not know are silently missing.
    func details(of numbers: [String]) async throws(ConnectorError) -> [PlatformOrder] {
        var orders: [PlatformOrder] = []
        var rest = numbers[...]
        while !rest.isEmpty {
            let asked = rest.prefix(Self.detailsPerCall)
            rest = rest.dropFirst(Self.detailsPerCall)
            let call = ShopeeCall.get("order/get_order_detail", [
                .init("order_sn_list", asked.joined(separator: ",")), .init("response_optional_fields", Self.wantedFields), .init("request_order_status_pending", "true"),
            ])
            switch try await client.outcome(of: call) {
            case .success(let envelope):
                guard envelope["response"]["order_list"].isList else { throw .notUnderstood(field: "response.order_list", found: envelope["response"]["order_list"].quoted) }
                // What was not asked for is somebody else's.
                orders += envelope["response"]["order_list"].list.map(PlatformOrder.init).filter { $0.number.map { asked.contains($0) } ?? false }
            case .failure(let refusal):
                // One number that nobody knows: the same as a missing one.
                guard asked.count == 1, ErrorCode(refusal.code).name == "error_not_found" else { throw refusal.error }
            }
        }
        return orders
    }

    /// An order with what its lines and returns need, as it enters intake.
    func listed(_ order: PlatformOrder) async throws(ConnectorError) -> ListedOrder {
        guard let number = order.number, let updatedAt = order.updatedAt else { throw .notUnderstood(field: "update_time", found: order.json["update_time"].quoted) }
        let escrow = try await escrow(of: order, number: number), returns = try await returns(of: order, number: number)
        let body = OrderBody.bytes(order: order.json, escrow: escrow.income, escrowProblem: escrow.problem, returns: returns.entries, returnsProblem: returns.problem)
        return ListedOrder(externalID: externalID(of: number), updatedAt: updatedAt, body: body, topic: Self.orderTopic)
    }

    // MARK: What the order itself leaves out

    /// A bundle deal's lines have no prices of their own (§4.2). What the platform refuses is noted on the order; what may pass is tried again with it.
    private func escrow(of order: PlatformOrder, number: String) async throws(ConnectorError) -> (income: LooseJSON?, problem: String?) {
        guard settings.escrow == .always || order.hasUnpricedLine else { return (nil, nil) }
        switch try await client.outcome(of: .get("payment/get_escrow_detail", [.init("order_sn", number)])) {
        case .success(let envelope):
            let income = envelope["response"]["order_income"]
            return income.isObject ? (income, nil) : (nil, "no_order_income")
        case .failure(let refusal):
            guard refusal.error.failureClass == .rejected else { throw refusal.error }
            return (nil, refusal.code.cut(80))
        }
    }

    static let returnsPerPage = 50, mostReturnPages = 20
    static let returnsWindow = Duration.seconds(15 * 86_400)

    /// Returns are listed by their time of change and not by order (§5.2): around the order's own change, and up to now.
    private func returns(of order: PlatformOrder, number: String) async throws(ConnectorError) -> (entries: [LooseJSON]?, problem: String?) {
        guard order.hasReturn, let updatedAt = order.updatedAt else { return (nil, nil) }
        let now = context.now(), day = Duration.seconds(86_400)
        var windows = [(from: updatedAt - day, to: min(now, updatedAt - day + Self.returnsWindow))]
        if windows[0].to < now { windows.append((from: max(windows[0].to, now - Self.returnsWindow), to: now)) }
        var found: [String: LooseJSON] = [:]
        for window in windows {
            var page = 0, hasMore = true
            while hasMore {
                guard page < Self.mostReturnPages else { return (Self.sorted(found), "too_many") }
                let call = ShopeeCall.get("returns/get_return_list", [
                    .init("page_no", String(page)), .init("page_size", String(Self.returnsPerPage)),
                    .init("update_time_from", String(window.from.milliseconds / 1000)), .init("update_time_to", String(window.to.milliseconds / 1000)),
                ])
                switch try await client.outcome(of: call) {
                case .success(let envelope):
                    let response = envelope["response"]
                    for entry in response.first("return", "return_list").list where entry["order_sn"].text == number { found[entry["return_sn"].text ?? "\(found.count)"] = entry }
                    hasMore = response["more"].flag == true
                case .failure(let refusal):
                    guard refusal.error.failureClass == .rejected else { throw refusal.error }
                    return (Self.sorted(found), refusal.code.cut(80))
                }
                page += 1
            }
        }
        return (Self.sorted(found), nil)
    }

    private static func sorted(_ found: [String: LooseJSON]) -> [LooseJSON] { found.sorted { $0.key < $1.key }.map(\.value) }
}

extension PlatformOrder {
    /// A line without a price: a bundle deal writes 0.
    var hasUnpricedLine: Bool {
        lines.contains { line in
            let price = line.json["model_discounted_price"]
            return price.isAbsent || price.integer == 0
        }
    }

    var hasReturn: Bool {
        word == .toReturn || lines.contains { ($0.json["return_requested_qty"].integer ?? 0) > 0 || ($0.json["returned_qty"].integer ?? 0) > 0 }
    }
}
