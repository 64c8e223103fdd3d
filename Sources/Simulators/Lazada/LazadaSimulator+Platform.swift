package import Foundation
import SimulatorKit

/// A push in a test's hands.
package struct LazadaSignedPush: Sendable, Equatable {
    package var body: Data
    /// The header of that name.
    package var authorization: String
}

/// What happens to the platform itself: tokens, pushes, clock, limits, labels, stock.
extension LazadaSimulator {
    // MARK: Tokens

    /// Tokens as a consent would give them, without the pages. - Parameter seller: a seller id; nil: the first.
    @discardableResult package func grantTokens(seller: String? = nil) -> LazadaTokens? {
        market.change { state in (seller.map { state.account(ofSeller: $0) } ?? state.accounts.first).map { state.grant(to: $0) } }
    }

    /// The seller takes the consent back: tokens are refused and pushes stop.
    package func revokeTokens(seller: String? = nil) { withAccount(seller) { $0.tokens.forget(account: $1.id) } }

    /// Access tokens end now, refresh tokens stay.
    package func expireAccessTokens(seller: String? = nil) {
        withAccount(seller) { state, account in state.tokens.access = state.tokens.access.filter { $0.value.account != account.id } }
    }

    /// Refresh tokens end now.
    package func expireRefreshTokens(seller: String? = nil) {
        withAccount(seller) { state, account in state.tokens.refresh = state.tokens.refresh.filter { $0.value.account != account.id } }
    }

    private func withAccount(_ seller: String?, _ body: (inout LazadaState, Account) -> Void) {
        market.change { state in
            for account in state.accounts where seller == nil || state.account(ofSeller: seller ?? "")?.id == account.id { body(&state, account) }
        }
    }

    /// A code as the consent page gives it, for a test of the token call alone.
    package func makeCode(seller: String? = nil) -> String? {
        market.change { state in (seller.map { state.account(ofSeller: $0) } ?? state.accounts.first).map { state.makeCode(for: $0) } }
    }

    // MARK: Pushes

    package func setPushURL(_ url: String?) { market.change { $0.configuration.pushURL = url } }
    package func setPushTypes(_ types: Set<Int>) { market.change { $0.configuration.pushTypes = types } }
    /// **Verify** of the app console: one signed sample of type 0 for seller 9999.
    package func sendVerification() { market.change { $0.pushVerification() } }
    /// Type 8 for authorisations that end within 48 hours. - Returns: how many.
    @discardableResult package func sendTokenAlerts() -> Int { market.change { $0.pushTokenAlerts() } }
    /// The item's message once more, with the status it has now.
    package func repeatPush(of order: String) {
        market.change { state in
            guard let (store, found) = state.find(order) else { return }
            for item in found.items { state.pushItem(item, of: found, store) }
        }
    }

    /// The message of one item as it would be sent now, without sending it.
    package func signedPush(of order: String, item: Int = 0) -> LazadaSignedPush? {
        market.read { state in
            var copy = state
            guard let (store, found) = copy.find(order), found.items.indices.contains(item) else { return nil }
            copy.outbox = []
            copy.pushItem(found.items[item], of: found, store)
            guard let body = copy.outbox.first?.body else { return nil }
            return LazadaSignedPush(
                body: body, authorization: LazadaSigning.pushSignature(appKey: copy.configuration.appKey, secret: copy.configuration.appSecret, body: body))
        }
    }

    /// Queued deliveries wait until `resumePushes`, so that a test can look at their order.
    package func pausePushes() { sender.pause() }
    package func resumePushes() { sender.resume() }

    // MARK: Clock, limits, accidents

    /// Moves the platform's clock: token lives, label links, bans, timestamps.
    package func advanceClock(bySeconds seconds: TimeInterval) { market.change { $0.clockOffset += seconds } }
    /// `ApiCallLimit` for this path until the time is over.
    package func ban(_ path: String, seconds: TimeInterval) { market.change { $0.bans[path] = $0.now.addingTimeInterval(seconds) } }
    /// The next call (of this path, or any) is refused with this code of lazada.md §8, before anything is done.
    package func refuseNext(code: String, message: String = "refused", type: String = "ISV", path: String? = nil) {
        market.change { $0.refusals.append((path, Problem(code, message, type: type))) }
    }
    /// The next packed items fail so, one each.
    package func failPacking(_ faults: [LazadaPackFault]) { market.change { $0.packFaults += faults } }
    /// The next labels fail so, one each.
    package func failLabels(_ faults: [LazadaLabelFault]) { market.change { $0.labelFaults += faults } }
    package func setNumberStyle(_ style: LazadaNumberStyle) { market.change { $0.configuration.numberStyle = style } }
    package func setMasksBuyers(_ masks: Bool) { market.change { $0.configuration.masksBuyers = masks } }
    package func setAppStatus(_ status: LazadaAppStatus) { market.change { $0.configuration.appStatus = status } }

    /// A SKU in a campaign keeps its price, and `reserved` of its stock.
    @discardableResult package func lockInCampaign(sku: String, seller: String? = nil, reserved: Int = 0, locked: Bool = true) -> Bool {
        let store = seller ?? configuration.sellers.first?.key ?? ""
        return market.change { state in
            guard state.stores[store]?.skus[sku] != nil else { return false }
            state.stores[store]?.skus[sku]?.isInCampaign = locked
            state.stores[store]?.skus[sku]?.campaign = reserved
            return true
        }
    }

    package func stock(sku: String, seller: String? = nil) -> (total: Int, sellable: Int)? {
        market.read { $0.stores[seller ?? configuration.sellers.first?.key ?? ""]?.skus[sku].map { ($0.total, $0.sellable) } }
    }

    /// Minor units of the country's currency.
    package func priceMinor(sku: String, seller: String? = nil) -> Int64? {
        market.read { $0.stores[seller ?? configuration.sellers.first?.key ?? ""]?.skus[sku]?.priceMinor }
    }
}
