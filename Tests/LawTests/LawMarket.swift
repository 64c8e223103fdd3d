import Connect
import Domain
import Foundation
import Hub
import Synchronization

/// What a made-up marketplace holds: tokens, packages, and how it behaves.
final class LawFair: Sendable {
    struct State {
        var account = "shop-1"
        /// The pair that is honoured now; a refresh token is spent by one use.
        var access = "access-0", refresh = "refresh-0", issued = 0
        var lifeSeconds: Int64 = 14_400
        var refreshes = 0, reused = 0
        var isRevoked = false, losesNextAnswer = false
        var arranged: [ExternalID: Int] = [:]
        /// How many questions it takes until a number is there.
        var lateNumbers = 0
        var calls = 0
        var accounts: [String] = []
        /// Orders that have a second package, which the market cancelled.
        var withVoidPackage: Set<ExternalID> = []
        /// The seller's words on wishes to cancel, as they came: `1 true`.
        var answers: [String] = []
        var refusesAnswers = false
        /// How each order was to be handed over, and those that the market refuses to ship.
        var handovers: [ExternalID: Handover] = [:], refused: Set<ExternalID> = []
        /// Orders that go with a carrier of the seller's own, under its number.
        var wantNumbers: Set<ExternalID> = []
    }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: LawFair]>([:])

    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String) -> LawFair? { all.withLock { $0[name] } }

    /// The access token of before is refused from now on, as a platform may do at any time.
    func expire() { state.withLock { $0.access = "expired-\($0.issued)" } }
}

/// A marketplace with single-use refresh tokens and couriers of its own, on which a buyer's wish to cancel waits for the seller.
struct LawMarket: ReceivesWebhooks, InterpretsDeliveries, Authorises, ArrangesShipments, ChecksItself, AnswersCancellations {
    static let descriptor = PlatformDescriptor(
        platform: "lawmarket", title: "Law market", kind: .shop,
        settings: [SettingField("word", "Word", isSecret: true, isRequired: true), SettingField("book", "Book", isRequired: true), SettingField("fair", "Fair", isRequired: true)])
    static let refreshPolicy = RefreshPolicy(ahead: .seconds(3600), isSingleUse: true)

    let shop: LawShop, fair: LawFair, context: ChannelContext

    init(_ context: ChannelContext) throws(ConnectorError) {
        shop = try LawShop(context)
        guard let fair = LawFair.named(try context.settings.required("fair")) else { throw .misconfigured(setting: "fair", problem: "is not known") }
        self.fair = fair
        self.context = context
    }

    /// The account stands in the topic: `order@shop-2`.
    func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard case .accept(var receipt) = shop.verify(delivery) else { return shop.verify(delivery) }
        let parts = receipt.topic.split(separator: "@")
        if parts.count == 2 { (receipt.topic, receipt.account) = (String(parts[0]), String(parts[1])) }
        return .accept(receipt)
    }
    /// A package's news comes under the topic `tracking`.
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        guard delivery.topic == "tracking" else { return try shop.interpret(delivery) }
        do { return [.tracking(try JSONDecoder().decode(TrackingUpdate.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "no news of a package") }
    }

    func answerCancellation(of order: OrderForAction, isAccepted: Bool, reason: String?, idempotencyKey: String) async throws(ConnectorError) {
        let id = order.snapshot.externalID, isRefused = try await call { state in
            if !state.refusesAnswers { state.answers.append("\(id) \(isAccepted)") }
            return state.refusesAnswers
        }
        if isRefused { throw .refused(platformCode: "too_late", platformMessage: "the market has decided already") }
    }

    // MARK: tokens

    func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String { "https://market.example/agree?redirect=\(redirect)&state=\(state)" }

    func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential {
        guard query["code"] == "good" else { throw .unauthorised(reason: "the code is used or late") }
        return fair.state.withLock { issue(&$0) }
    }

    func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        let answer = fair.state.withLock { state -> Result<Credential, ConnectorError> in
            if state.isRevoked { return .failure(.unauthorised(reason: "the seller withdrew")) }
            guard credential?.refreshToken == state.refresh else {
                state.reused += 1
                return .failure(.unauthorised(reason: "the refresh token was used already"))
            }
            state.refreshes += 1
            let fresh = issue(&state)
            if state.losesNextAnswer { state.losesNextAnswer = false; return .failure(.unreachable(reason: "the answer was lost")) }
            return .success(fresh)
        }
        return try answer.get()
    }

    private func issue(_ state: inout LawFair.State) -> Credential {
        state.issued += 1
        state.access = "access-\(state.issued)"
        state.refresh = "refresh-\(state.issued)"
        let now = context.now()
        return Credential(accessToken: state.access, refreshToken: state.refresh, accessExpiresAt: now + .seconds(state.lifeSeconds), refreshExpiresAt: now + .seconds(30 * 86_400),
                          accountID: state.account, issuedAt: now)
    }

    /// One call with the token.
    private func call<T: Sendable>(_ body: @Sendable (inout LawFair.State) -> T) async throws(ConnectorError) -> T {
        try await context.credentials.used { credential throws(ConnectorError) in
            let result = fair.state.withLock { state -> T? in
                state.calls += 1
                return credential.accessToken == state.access ? body(&state) : nil
            }
            guard let result else { throw .unauthorised(reason: "the access token is refused") }
            return result
        }
    }

    func check() async -> [CheckRow] {
        do {
            try await call { _ in }
            return [CheckRow("token", isGood: true, found: "accepted")]
        } catch { return [CheckRow("token", isGood: false, found: error.sentence, remedy: "Authorise it.")] }
    }

    // MARK: shipping

    func handoverChoices(of order: OrderForAction) async throws(ConnectorError) -> [HandoverChoice] {
        [HandoverChoice(handover: .usual, title: "Drop off", isRecommended: true), HandoverChoice(handover: .pickup(addressID: "A1", slotID: "S2"), title: "Warehouse, 14:00")]
    }

    func arrangeShipment(of order: OrderForAction, by handover: Handover, idempotencyKey: String) async throws(ConnectorError) -> [ArrangedPackage] {
        let id = order.snapshot.externalID
        let refusal = try await call { state -> ConnectorError? in
            if state.refused.contains(id) { return .refused(platformCode: "address_closed", platformMessage: "the pickup address is closed today") }
            if state.wantNumbers.contains(id), handover == .usual { return .refused(platformCode: "tracking_number_missing", platformMessage: "a carrier of your own needs its tracking number") }
            state.arranged[id, default: 0] += 1
            state.handovers[id] = handover
            return nil
        }
        if let refusal { throw refusal }
        return try await arrangedPackages(of: order)
    }

    func arrangedPackages(of order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage] {
        let snapshot = order.snapshot, id = snapshot.externalID
        let (isArranged, isLate, hasVoid) = try await call { state in
            let isLate = state.lateNumbers > 0
            if isLate { state.lateNumbers -= 1 }
            return (state.arranged[id] != nil, isLate, state.withVoidPackage.contains(id))
        }
        let void = hasVoid ? [ArrangedPackage(externalID: "\(id)/0", isArranged: false, platformStatus: "cancelled", isVoid: true)] : []
        return void + [ArrangedPackage(externalID: "\(id)/1", isArranged: isArranged, trackingNumber: isArranged && !isLate ? "LM\(id)TH" : nil, carrier: "Market Express",
                                contents: snapshot.lines.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity) }, platformStatus: isArranged ? "arranged" : "ready")]
    }
}

extension LawHub {
    func addMarket(_ fair: LawFair, _ book: LawBook = LawBook(), name: String = "Market", settings: [String: String] = [:]) async throws -> Channel {
        try await hub.channels.add(platform: "lawmarket", name: name, settings: ["word": LawShop.word, "book": book.name, "fair": fair.name, HubSetting.reconcileSeconds: "86400"].merging(settings) { $1 }, by: "test")
    }

    /// What the seller's browser does.
    func authorise(_ channel: Channel, code: String = "good") async throws -> Channel {
        let begun = try await hub.authorisations.begin(channel, by: "test", session: nil)
        let done = try await hub.authorisations.complete(["code": code, "state": begun.state], session: nil)
        hub.resume(done)
        return done
    }
}
