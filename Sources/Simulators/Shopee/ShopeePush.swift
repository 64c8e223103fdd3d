import Foundation

/// The topics of pushes by their code in the body (shopee.md §3.2).
enum ShopeeTopic: Int, Sendable, CaseIterable {
    case verification = 0
    case shopAuthorised = 1, shopDeauthorised = 2, orderStatus = 3, trackingNumber = 4, consentExpiry = 12, label = 15, price = 22, returnChanged = 29
    case packageStatus = 30
}

/// One message to the app's callback address, made when the thing happened.
struct ShopeePush: Sendable {
    let topic: ShopeeTopic
    /// Absent for topics of the app itself.
    let shopID: Int64?
    let partnerID: Int64
    let data: ShopeeJSON
    let timestamp: Int64
    var messageID: String?

    /// `{"data":…,"shop_id":…,"code":…,"timestamp":…}`; consents carry `partner_id` instead of `shop_id`.
    var envelope: ShopeeJSON {
        var members: [ShopeeJSON.Member] = [.init("data", data)]
        if let shopID { members.append(.init("shop_id", .integer(shopID))) } else { members.append(.init("partner_id", .integer(partnerID))) }
        members += [.init("code", ShopeeJSON(topic.rawValue)), .init("timestamp", .integer(timestamp))]
        if let messageID { members.append(.init("msg_id", .text(messageID))) }
        return .object(members)
    }
}

/// The push side of the app's console: address, topics, health, and what was lost (shopee.md §3.1, §3.4).
struct ShopeePushBoard: Sendable {
    enum Status: String, Sendable { case normal = "Normal", warning = "Warning", suspended = "Suspended" }
    struct Lost: Sendable { var id: Int64, push: ShopeePush, at: Int64 }

    static let lostLifetimeSeconds: Int64 = 3 * 86_400
    static let lostPage = 100
    static let windowSeconds: Int64 = 6 * 3_600
    static let warningShare = 0.7, suspensionShare = 0.3
    /// Lost messages and remembered attempts kept.
    private static let maximumKept = 20_000

    var url: String?
    var switchedOff: Set<Int> = []
    var blockedShops: Set<Int64> = []
    private(set) var status = Status.normal
    private(set) var suspendedAt: Int64 = 0
    private(set) var lost: [Lost] = []
    private var watermark: Int64 = 0
    private var nextLost: Int64 = 1
    private var attempts: [(at: Int64, isGood: Bool)] = []
    private let minimum: Int
    private(set) var missed = 0

    init(url: String?, minimum: Int) {
        self.url = url
        self.minimum = minimum
    }

    /// Whether this message leaves at all; what is not sent while suspended is never sent again.
    mutating func takes(_ push: ShopeePush) -> Bool {
        guard url != nil, !switchedOff.contains(push.topic.rawValue), push.shopID.map({ !blockedShops.contains($0) }) ?? true else { return false }
        guard status != .suspended else {
            missed += 1
            return false
        }
        return true
    }

    mutating func record(isGood: Bool, at now: Int64) {
        attempts.append((now, isGood))
        if attempts.count > Self.maximumKept { attempts.removeFirst(Self.maximumKept / 2) }
        if let first = attempts.first, first.at < now - Self.windowSeconds { attempts.removeAll { $0.at < now - Self.windowSeconds } }
        guard status != .suspended, attempts.count > minimum else { return }
        let share = Double(attempts.filter(\.isGood).count) / Double(attempts.count)
        status = share < Self.suspensionShare ? .suspended : share < Self.warningShare ? .warning : .normal
        if status == .suspended { suspendedAt = now }
    }

    /// Someone turns the pushes on again in the console.
    mutating func resume() {
        status = .normal
        suspendedAt = 0
        attempts = []
    }

    mutating func lose(_ push: ShopeePush, at now: Int64) {
        lost.append(Lost(id: nextLost, push: push, at: now))
        nextLost += 1
        if lost.count > Self.maximumKept { lost.removeFirst(Self.maximumKept / 2) }
    }

    /// The earliest that are not confirmed and not older than three days.
    func lostPage(at now: Int64) -> (messages: [Lost], hasMore: Bool) {
        let open = lost.filter { $0.id > watermark && $0.at >= now - Self.lostLifetimeSeconds }
        return (Array(open.prefix(Self.lostPage)), open.count > Self.lostPage)
    }

    mutating func confirm(upTo id: Int64) {
        watermark = max(watermark, min(id, nextLost - 1))
        lost.removeAll { $0.id <= watermark }
    }
}

// MARK: What is announced

extension ShopeeWorld {
    mutating func push(_ topic: ShopeeTopic, shopID: Int64?, _ data: ShopeeJSON) {
        var push = ShopeePush(topic: topic, shopID: shopID, partnerID: configuration.partnerID, data: data, timestamp: now)
        if switches.sendsMessageID { push.messageID = requestID() }
        // Nothing of a shop that consented to nothing.
        if let shopID, shops[shopID]?.isLinked != true { return }
        guard board.takes(push) else { return }
        outbox.append(push)
    }

    mutating func announceStatus(of order: ShopeeOrder) {
        let scenario: ShopeeJSON = order.status == .completed ? (returns.values.contains { $0.orderNumber == order.number } ? "RRAOC" : "NORMAL")
            : configuration.hasOddShapes && order.oddity % 3 == 0 ? nil : ""
        // PENDING shows only to callers who ask for it (shopee.md §4.1).
        guard order.status != .pending else { return }
        push(.orderStatus, shopID: order.shopID, [
            "items": [], "ordersn": .text(order.number), "status": .text(order.status.rawValue), "completed_scenario": scenario,
            "update_time": .integer(order.updateTime),
        ])
    }

    mutating func announcePackage(_ package: ShopeePackage, of order: ShopeeOrder) {
        push(.packageStatus, shopID: order.shopID, [
            "ordersn": .text(order.number), "package_number": .text(package.number), "fulfillment_status": .text(package.status.rawValue),
            "update_time": .integer(package.updateTime),
        ])
    }

    mutating func announceTracking(_ package: ShopeePackage, of order: ShopeeOrder) {
        push(.trackingNumber, shopID: order.shopID, [
            "ordersn": .text(order.number), "forder_id": .text(package.number), "package_number": .text(package.number),
            "tracking_no": .text(package.trackingNumber ?? ""),
        ])
    }

    mutating func announceLabel(_ package: ShopeePackage, of order: ShopeeOrder) {
        guard let label = package.label, label.state != .processing else { return }
        // The table says `order_sn`, the sample `ordersn`.
        let name = configuration.hasOddShapes && order.oddity % 2 == 1 ? "order_sn" : "ordersn"
        push(.label, shopID: order.shopID, .object([
            .init(name, .text(order.number)), .init("package_number", .text(package.number)), .init("status", .text(label.state.rawValue)),
        ]))
    }

    mutating func announceReturn(_ item: ShopeeReturn) {
        push(.returnChanged, shopID: item.shopID, [
            "return_sn": .text(item.number), "order_sn": .text(item.orderNumber), "return_status": .text(item.status.rawValue),
            "update_time": .integer(item.updateTime),
        ])
    }
}
