import Foundation

/// How orders and packages move: every step goes through the tables of `ShopeeStatus.swift`.
extension ShopeeWorld {
    /// False where the table does not allow it; then nothing changed.
    @discardableResult
    mutating func move(_ number: String, to status: ShopeeOrderStatus) -> Bool {
        guard let order = orders[number], order.status.successors.contains(status) else { return false }
        if order.status == .inCancel, status != .cancelled, status != order.statusBefore { return false }
        change(number) { order in
            order.statusBefore = status == .inCancel ? order.status : nil
            order.status = status
            if status != .inCancel { order.isCancelAskedByBuyer = false }
            order.fulfilment = status.fulfilment ?? order.packages.lazy.compactMap(\.status.fulfilment).first ?? order.fulfilment
        }
        if let moved = orders[number] { announceStatus(of: moved) }
        return true
    }

    /// False where the table does not allow it; then nothing changed.
    @discardableResult
    mutating func movePackage(_ number: String, to status: ShopeePackageStatus, word: String, _ description: String) -> Bool {
        guard let (order, index) = package(number), order.packages[index].status.successors.contains(status) else { return false }
        let moment = now
        change(order.number) { order in
            order.packages[index].status = status
            order.packages[index].updateTime = max(moment, order.packages[index].updateTime)
            order.packages[index].events.append(.init(at: moment, word: word, description: description, returnCode: status == .deliveryFailed ? "R01" : nil))
            if status == .pickupDone, order.pickupDoneTime == 0 { order.pickupDoneTime = moment }
            if status == .deliveryDone, order.isCOD, order.payTime == nil { order.payTime = moment }
        }
        if let (order, index) = package(number) { announcePackage(order.packages[index], of: order) }
        follow(order.number)
        return true
    }

    /// The order follows its slowest package.
    private mutating func follow(_ number: String) {
        guard let order = orders[number], [.readyToShip, .processed, .retryShip, .shipped].contains(order.status) else { return }
        let words = order.packages.map(\.status)
        let target: ShopeeOrderStatus
        if words.allSatisfy(\.isOver) {
            target = words.contains(.deliveryDone) ? .toConfirmReceive : .cancelled
        } else if words.allSatisfy({ $0.hasLeft || $0.isOver }) {
            target = .shipped
        } else if words.contains(.pickupRetry), order.status != .readyToShip {
            target = .retryShip
        } else if words.allSatisfy(\.isArranged) {
            target = .processed
        } else {
            return
        }
        guard target != order.status else { return }
        if target == .cancelled { noteCancellation(number, by: "system", reason: words.contains(.lost) ? "Parcel lost" : "Failed delivery") }
        if !order.status.successors.contains(target), target == .toConfirmReceive { move(number, to: .shipped) }
        move(number, to: target)
    }

    mutating func noteCancellation(_ number: String, by: String, reason: String) {
        change(number) { order in
            order.cancelBy = by
            order.cancelReason = reason
        }
    }

    /// Ends an order and what was arranged for it; the stock goes back.
    @discardableResult
    mutating func cancel(_ number: String, by: String, reason: String) -> Bool {
        guard let order = orders[number], order.status.successors.contains(.cancelled), order.status.isBeforeShipping else { return false }
        noteCancellation(number, by: by, reason: reason)
        move(number, to: .cancelled)
        for package in order.packages {
            let end: ShopeePackageStatus = package.status.isArranged ? .requestCancelled : .invalid
            movePackage(package.number, to: end, word: "CANCELLED", "คำสั่งซื้อถูกยกเลิก")
        }
        for item in order.items { restock(item, item.active) }
        return true
    }

    mutating func restock(_ item: ShopeeItem, _ count: Int) {
        guard let index = products[item.itemID]?.models.firstIndex(where: { $0.id == item.modelID }) else { return }
        products[item.itemID]?.models[index].stock += count
    }

    // MARK: Buyers

    /// UNPAID → READY_TO_SHIP, or PENDING where the platform still checks something.
    @discardableResult
    mutating func pay(_ number: String, pending: Bool = false) -> Bool {
        guard let order = orders[number], order.status == .unpaid else { return false }
        let moment = now
        change(number) { $0.payTime = moment }
        guard !pending else { return move(number, to: .pending) }
        return release(number)
    }

    /// PENDING, INVOICE_PENDING or a paid order becomes shippable; a package that waited too.
    @discardableResult
    mutating func release(_ number: String) -> Bool {
        guard let order = orders[number] else { return false }
        if order.status != .readyToShip { guard move(number, to: .readyToShip) else { return false } }
        for package in order.packages where [.notStart, .pendingArrange].contains(package.status) {
            movePackage(package.number, to: .ready, word: "ORDER_CREATED", "พัสดุพร้อมจัดส่ง")
        }
        return true
    }

    /// Before payment the order simply ends; afterwards the seller is asked (IN_CANCEL), unless `asks` says otherwise.
    @discardableResult
    mutating func cancelByBuyer(_ number: String, asks: Bool? = nil, reason: String = "Change of mind") -> Bool {
        guard let order = orders[number] else { return false }
        if asks ?? order.status.successors.contains(.inCancel), order.status.successors.contains(.inCancel) {
            change(number) { $0.buyerCancelReason = reason }
            guard move(number, to: .inCancel) else { return false }
            orders[number]?.isCancelAskedByBuyer = true
            return true
        }
        guard order.status != .inCancel, cancel(number, by: "buyer", reason: reason) else { return false }
        orders[number]?.buyerCancelReason = reason
        return true
    }

    /// The end of an IN_CANCEL, whoever decides it.
    @discardableResult
    mutating func settleCancellation(_ number: String, accepting: Bool) -> Bool {
        guard let order = orders[number], order.status == .inCancel else { return false }
        guard accepting else { return move(number, to: order.statusBefore ?? .readyToShip) }
        let byBuyer = order.isCancelAskedByBuyer
        return cancel(number, by: byBuyer ? "buyer" : "seller", reason: byBuyer ? order.buyerCancelReason : order.cancelReason)
    }

    /// TO_CONFIRM_RECEIVE → COMPLETED.
    @discardableResult
    mutating func complete(_ number: String) -> Bool {
        guard orders[number]?.status == .toConfirmReceive else { return false }
        return move(number, to: .completed)
    }

    /// The buyer rejects cash on delivery before the parcel is arranged.
    @discardableResult
    mutating func rejectCOD(_ number: String) -> Bool {
        guard let order = orders[number], order.isCOD, order.status == .readyToShip, order.packages.allSatisfy({ $0.status == .ready }) else { return false }
        for package in order.packages { movePackage(package.number, to: .codRejected, word: "COD_REJECTED", "ไม่ผ่านการตรวจสอบเก็บเงินปลายทาง") }
        return true
    }

    // MARK: Returns

    /// A buyer wants to give back everything, or the first line only. The number of the return, or nil.
    mutating func openReturn(_ number: String, firstLineOnly: Bool = false) -> String? {
        guard let order = orders[number], [.shipped, .toConfirmReceive].contains(order.status), move(number, to: .toReturn) else { return nil }
        let lines = order.items.indices.filter { order.items[$0].active > 0 }.prefix(firstLineOnly ? 1 : .max)
        let contents = lines.map { ShopeePackage.Content(line: $0, quantity: order.items[$0].active) }
        let refund = firstLineOnly ? contents.reduce(0) { $0 + order.items[$1.line].priceMinor * Int64($1.quantity) } : order.totalMinor
        let item = ShopeeReturn(
            number: nextReturnNumber(), orderNumber: number, shopID: order.shopID, status: .requested, reason: "ITEM_DAMAGED", refundMinor: refund,
            createTime: now, updateTime: now, contents: contents)
        for content in contents { orders[number]?.items[content.line].returnRequested = content.quantity }
        returns[item.number] = item
        announceReturn(item)
        return item.number
    }

    /// The end states end the order's TO_RETURN too.
    @discardableResult
    mutating func moveReturn(_ number: String, to status: ShopeeReturnStatus, goodsCame: Bool = true) -> Bool {
        guard var item = returns[number], !item.status.isOver, item.status != status else { return false }
        item.status = status
        item.updateTime = max(now, item.updateTime)
        returns[number] = item
        announceReturn(item)
        guard status.isOver else { return true }
        let cameBack = status == .closed && goodsCame
        for content in item.contents {
            orders[item.orderNumber]?.items[content.line].returnRequested = 0
            if cameBack { orders[item.orderNumber]?.items[content.line].returned = content.quantity }
        }
        move(item.orderNumber, to: .completed)
        if cameBack { orders[item.orderNumber]?.fulfilment = "returned" }
        return true
    }
}
