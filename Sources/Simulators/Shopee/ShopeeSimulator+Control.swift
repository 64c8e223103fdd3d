package import Foundation
package import SimulatorKit

/// What tests and the demo do with the platform, in code; `ShopeeControl` offers the same over HTTP.
/// An order is named by its external ID (`{shop_id}:{order_sn}`) or by its `order_sn` alone.
extension ShopeeSimulator {
    private func number(_ order: String) -> String { order.split(separator: ":").last.map { String($0) } ?? order }

    // MARK: Buyers

    /// Places an order of this kind and announces it; the external ID.
    @discardableResult
    package func place(_ kind: ShopeeOrderKind, shopID: Int64? = nil) throws(ShopeeSimulatorError) -> String {
        let known = configuration.shops.map(\.shopID)
        guard let shop = shopID ?? known.first, known.contains(shop) else { throw .noShop }
        guard let placed = change({ $0.place(kind, shopID: shop)?.externalID }) else { throw .full }
        return placed
    }

    /// False where the order's status does not allow it; the same holds for all that follow.
    @discardableResult
    package func pay(_ order: String, pending: Bool = false) -> Bool { change { $0.pay(number(order), pending: pending) } }
    /// Held or pending orders become shippable.
    @discardableResult
    package func release(_ order: String) -> Bool { change { $0.release(number(order)) } }
    /// Before payment the order ends; afterwards it is IN_CANCEL until somebody decides, unless `asks` is false. Also after packing.
    @discardableResult
    package func cancelByBuyer(_ order: String, asks: Bool? = nil) -> Bool { change { $0.cancelByBuyer(number(order), asks: asks) } }
    /// The platform decides an IN_CANCEL that nobody answered.
    @discardableResult
    package func settleCancellation(_ order: String, accepting: Bool) -> Bool { change { $0.settleCancellation(number(order), accepting: accepting) } }
    @discardableResult
    package func complete(_ order: String) -> Bool { change { $0.complete(number(order)) } }
    @discardableResult
    package func rejectCOD(_ order: String) -> Bool { change { $0.rejectCOD(number(order)) } }
    /// The number of the return, or nil.
    package func openReturn(_ order: String, firstLineOnly: Bool = false) -> String? {
        change { $0.openReturn(number(order), firstLineOnly: firstLineOnly) }
    }
    @discardableResult
    package func moveReturn(_ returnNumber: String, to status: ShopeeReturnStatus, goodsCame: Bool = true) -> Bool {
        change { $0.moveReturn(returnNumber, to: status, goodsCame: goodsCame) }
    }

    // MARK: Courier and papers

    /// One step with every package of the order: the named one, or the next natural one. True where any package moved.
    @discardableResult
    package func advance(_ order: String, _ step: ShopeeCourierStep? = nil) -> Bool {
        change { world in
            let packages = world.orders[number(order)]?.packages.map(\.number) ?? []
            return packages.map { package in (step ?? world.nextStep(of: package)).map { world.advance(package, $0) } ?? false }.contains(true)
        }
    }
    @discardableResult
    package func advance(package: String, _ step: ShopeeCourierStep? = nil) -> Bool {
        change { world in (step ?? world.nextStep(of: package)).map { world.advance(package, $0) } ?? false }
    }
    package func assignTracking(package: String) { change { $0.showTracking(package) } }
    package func finishLabel(package: String) { change { $0.decideLabel(package) } }
    /// So many label jobs to come fail.
    package func failLabels(_ count: Int) { change { $0.failingLabels = count } }
    /// So many arrangements to come are refused because something is being created.
    package func lockArrangements(_ count: Int) { change { $0.lockedArrangements = count } }

    // MARK: Consents and tokens

    /// As whom consent pages are answered from now on; nil: the main account.
    package func consents(asShop shopID: Int64?) { change { $0.consenting = shopID.map { .shop($0) } ?? .mainAccount } }
    /// Consents without a page: the code.
    package func consent(shopID: Int64?) -> String { change { $0.consent(shopID.map { .shop($0) } ?? .mainAccount) } }
    /// A linked shop with a fresh pair, as if the whole walk had been made.
    package func authorise(shopID: Int64) throws(ShopeeSimulatorError) -> (accessToken: String, refreshToken: String) {
        let pair = change { world -> ShopeeTokens.Pair? in
            guard world.shops[shopID] != nil else { return nil }
            _ = world.consent(.shop(shopID))
            return world.tokens.makePair(for: [.shop(shopID)], at: world.now, using: &world.noise)
        }
        guard let pair else { throw .noShop }
        return (pair.access, pair.refresh)
    }
    package func expireAccessTokens(of shopID: Int64) { change { $0.tokens.expireAccess(of: .shop(shopID), at: $0.now) } }
    package func expireRefreshTokens(of shopID: Int64) { change { $0.tokens.expireRefresh(of: .shop(shopID), at: $0.now) } }
    /// The seller withdraws: tokens die, push 2.
    package func revokeConsent(of shopID: Int64) { change { $0.endConsent(shopID, withdrawn: true) } }
    /// The consent's time is over.
    package func expireConsent(of shopID: Int64) { change { $0.endConsent(shopID, withdrawn: false) } }
    /// The consent ends at this moment, which `announceExpiries` tells when it is near.
    package func setConsentEnd(_ end: Date, of shopID: Int64) { change { $0.shops[shopID]?.consentEndsAt = Int64(end.timeIntervalSince1970) } }
    /// Push 12.
    package func announceExpiries() { change { $0.announceExpiries() } }
    /// What an operator gets in the console after a pair was lost.
    package func resendCode(of shopID: Int64) -> String { ShopeeWorld.resendCode(of: shopID) }
    package func setBanned(_ isBanned: Bool, shopID: Int64) { change { $0.shops[shopID]?.isBanned = isBanned } }

    // MARK: Accidents

    package var switches: ShopeeSwitches { read { $0.switches } }
    package func set(_ body: @Sendable (inout ShopeeSwitches) -> Void) { change { body(&$0.switches) } }
    /// Refuses calls to come with these words; `endpoint` as in `order/get_order_list`, nil: any.
    package func refuseNext(_ endpoint: String? = nil, code: String, message: String = "", times: Int = 1) {
        change { $0.forced.append(.init(endpoint: endpoint, act: .refuse(code: code, message: message), times: times)) }
    }
    /// Does what is asked and closes the connection: for a refresh, the pair has rotated and nobody knows the new one.
    package func loseNextAnswer(_ endpoint: String? = nil, times: Int = 1) {
        change { $0.forced.append(.init(endpoint: endpoint, act: .loseAnswer, times: times)) }
    }
    package func hangNext(_ endpoint: String? = nil, for pause: Duration, times: Int = 1) {
        change { $0.forced.append(.init(endpoint: endpoint, act: .hang(pause), times: times)) }
    }
    /// A page of HTML instead of the API.
    package func breakNext(_ endpoint: String? = nil, status: Int = 502, times: Int = 1) {
        change { $0.forced.append(.init(endpoint: endpoint, act: .page(status: status), times: times)) }
    }
    /// Moves the platform's clock on top of the configuration's.
    package func advanceClock(bySeconds seconds: Int) { change { $0.clockOffset += Int64(seconds) } }
    /// The platform's moment.
    package var now: Date { read { Date(timeIntervalSince1970: TimeInterval($0.now)) } }

    // MARK: Pushes

    package func setCallback(url: String?) { change { $0.board.url = url } }
    package func pausePushes() { sender?.pause() }
    /// - Parameter reversed: the newest first, so that later states overtake earlier ones.
    package func resumePushes(reversed: Bool = false) { if reversed { sender?.resumeReversed() } else { sender?.resume() } }
    /// Someone turns suspended pushes on again.
    package func unsuspendPushes() { change { $0.board.resume() } }
    /// `Normal`, `Warning` or `Suspended`.
    package var pushStatus: String { read { $0.board.status.rawValue } }
    /// Messages that ran out of tries and were not confirmed.
    package var lostPushes: Int { read { $0.board.lost.count } }
    package var pushCounters: WebhookCounters { sender?.counters ?? WebhookCounters() }

    // MARK: Products

    package func setPromotion(_ isOn: Bool, itemID: Int64) { change { $0.products[itemID]?.isInPromotion = isOn } }
    package func setReserved(_ count: Int, itemID: Int64, modelID: Int64 = 0) {
        change { world in
            guard let index = world.products[itemID]?.models.firstIndex(where: { $0.id == modelID }) else { return }
            world.products[itemID]?.models[index].reserved = count
        }
    }

    // MARK: What the platform has, and what was done to it

    package var counters: ShopeeCounters { read { $0.counters } }
    package func orderState(_ order: String) -> SimulatedOrder? { read { $0.orders[number(order)]?.state } }
    package func status(_ order: String) -> ShopeeOrderStatus? { read { $0.orders[number(order)]?.status } }
    package func packageNumbers(_ order: String) -> [String] { read { $0.orders[number(order)]?.packages.map(\.number) ?? [] } }
    package func packageStatus(_ package: String) -> ShopeePackageStatus? { read { world in world.package(package).map { $0.order.packages[$0.index].status } } }
    /// Successful arrangements of each package of this order.
    package func arrangements(_ order: String) -> [Int] {
        read { world in world.orders[number(order)]?.packages.map { world.counters.arrangements[$0.number] ?? 0 } ?? [] }
    }
    /// The pickup slot that was chosen last.
    package func pickupTime(package: String) -> String? { read { world in world.package(package).flatMap { $0.order.packages[$0.index].pickup?.timeID } } }
    package func note(_ order: String) -> String? { read { $0.orders[number(order)]?.note } }
    /// Price in minor units and stock of a model; nil where there is none.
    package func listing(itemID: Int64, modelID: Int64 = 0) -> (priceMinor: Int64, stock: Int)? {
        read { world in world.products[itemID]?.models.first { $0.id == modelID }.map { ($0.priceMinor, $0.stock) } }
    }
}
