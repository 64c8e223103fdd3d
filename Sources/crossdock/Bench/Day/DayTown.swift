import Domain
import Foundation
import LazadaSimulator
import Shopat24Simulator
import ShopeeSimulator
import SimulatorKit
import Synchronization
import ThailandPostSimulator
import WooCommerceSimulator

/// The day's platforms and its post office, with clocks that run as the hub's does.
final class DayTown: Sendable {
    let shopee: ShopeeSimulator, lazada: LazadaSimulator, channel: Shopat24Simulator, shop: WooCommerceSimulator, post: ThailandPostSimulator
    private let office: ThailandPostConfiguration

    static let shops: [DayPlan.Channel: Int64] = [.shopeeOne: 40_071_188, .shopeeTwo: 40_071_190]
    static let connection = "store-01", token = "s24-day-token", wooSecret = "daywebhooksecret1"
    /// How the hub and Shopat24 reach each other.
    enum Form: Sendable { case rest, files }
    static let form = Form.files
    /// Below the hubs' folders for files that come in and go out.
    static let exchange = "shopat24"
    private static let ordersInAFile = 25, outgoingPause = Duration.milliseconds(500)
    /// What a day of 20,000 orders asks of the post's own daily count.
    private static let postQuota = 1_000_000
    /// A retry of pushes that stands for minutes takes a fifth of them, so that the last one is still within the day.
    private static let pushRetryShare = 0.2

    private init(shopee: ShopeeSimulator, lazada: LazadaSimulator, channel: Shopat24Simulator, shop: WooCommerceSimulator, post: ThailandPostSimulator, office: ThailandPostConfiguration) {
        self.shopee = shopee; self.lazada = lazada; self.channel = channel; self.shop = shop; self.post = post; self.office = office
    }

    /// - Parameter files: the hubs' common folder of files.
    static func start(seed: UInt64, level: FaultLevel, time: CompressedTime, files: String) async throws -> DayTown {
        let scale = pushRetryShare / time.factor, now: @Sendable () -> Date = { time.date }
        var shopee = ShopeeConfiguration(seed: seed &+ 1, faultLevel: level)
        shopee.now = now
        shopee.toleranceSeconds = 86_400
        shopee.pushTimeScale = scale
        var lazada = LazadaSimulator.Configuration()
        lazada.seed = seed &+ 2
        lazada.faults = FaultPlan(level: level, seed: seed &+ 2)
        lazada.retryTimeScale = scale
        lazada.pushTimeout = .seconds(5)
        lazada.now = now
        var channel = Shopat24Configuration()
        channel.seed = seed &+ 3
        channel.faults = FaultPlan(level: level, seed: seed &+ 3)
        channel.connection = connection
        channel.auth = .bearer(token: token)
        channel.storeShare = 0
        channel.oddShare = 0
        channel.timeScale = scale
        channel.now = now
        if form == .files {
            channel.incomingFolder = URL(fileURLWithPath: "\(files)/in/\(exchange)")
            channel.outgoingFolder = URL(fileURLWithPath: "\(files)/out/\(exchange)")
            channel.ordersPerFile = ordersInAFile
            channel.outgoingPause = outgoingPause
        }
        var shop = WooCommerceSimulator.Configuration(flavour: .hpos10, transport: .plainHTTP, seed: seed &+ 4, faults: FaultPlan(level: level, seed: seed &+ 4), timeScale: 1 / time.factor)
        shop.now = now
        var post = ThailandPostConfiguration()
        post.faults = FaultPlan(level: level, seed: seed &+ 5)
        post.timeScale = scale
        post.trackCountLimit = postQuota
        post.hookCountLimit = postQuota
        post.now = now
        return DayTown(shopee: try await .start(shopee), lazada: try await .start(lazada), channel: try await .start(channel), shop: try await .start(shop), post: try await .start(post), office: post)
    }

    func stop() async {
        await shopee.stop()
        await lazada.stop()
        await channel.stop()
        await shop.stop()
        await post.stop()
    }

    private var plans: [FaultPlan] { [shopee.faults, lazada.faults, channel.faults, shop.faults, post.faults] }
    func set(_ level: FaultLevel) { for plan in plans { plan.level = level } }
    var faultsStruck: Int { plans.reduce(0) { $0 + $1.total } }
    /// Pushes whose body was cut or garbled on the way: nobody can say what they told.
    var pushesGarbled: Int { plans.reduce(0) { $0 + $1.count(.malform, at: .webhook) } }

    // MARK: What the hub is told to connect

    var postSettings: [String: String] {
        let own = office.accounts[0], cod = office.accounts[1]
        func range(_ account: EParcelAccount) -> String { account.ranges.first.map { "\($0.prefix) \($0.first)-\($0.last)" } ?? "" }
        return [
            "eparcelUser": own.user, "eparcelPassword": own.password, "codUser": cod.user, "codPassword": cod.password, "staticToken": office.staticToken,
            "webhookBearer": office.webhookBearer, "emsRange": range(own), "codEmsRange": range(cod), "trackingURL": post.trackURL, "webhookURL": post.webhookURL,
            "eparcelURL": post.eParcelURL, "postOneURL": post.postOneURL, "trackingHours": "1", "senderName": "ร้านตัวอย่าง", "senderPhone": "021234567",
            "senderAddress": "99/1 ซอยรามคำแหง 24 แขวงหัวหมาก", "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
        ]
    }

    /// The platform's name and the settings of a channel.
    func connection(of channel: DayPlan.Channel) -> (platform: String, settings: [String: String]) {
        switch channel {
        case .shopeeOne, .shopeeTwo:
            let own = shopee.configuration
            return ("shopee", ["partnerID": "\(own.partnerID)", "partnerKey": own.partnerKey, "pushKey": own.pushKey ?? "", "shopID": "\(Self.shops[channel] ?? 0)",
                               "baseURL": shopee.baseURL, "consentURL": shopee.baseURL])
        case .lazada:
            let own = lazada.configuration
            return ("lazada", ["appKey": own.appKey, "appSecret": own.appSecret, "country": "th", "baseURL": lazada.apiURL, "authURL": lazada.apiURL, "consentURL": lazada.consentURL])
        case .shopat24:
            if Self.form == .files { return ("shopat24", ["form": "files", "folder": Self.exchange, "connection": Self.connection]) }
            return ("shopat24", ["baseURL": self.channel.baseURL, "secret": Self.token, "connection": Self.connection, "profile": #"{"auth":{"scheme":"bearer"}}"#])
        case .shop: return ("woocommerce", ["url": shop.baseURL, "consumerKey": shop.consumerKey, "consumerSecret": shop.consumerSecret, "webhookSecret": Self.wooSecret])
        }
    }

    // MARK: Buyers

    /// - Returns: the order's external ID as the hub will know it, and its number.
    func place(_ order: DayPlan.Order) throws -> (externalID: String, number: String) {
        switch order.channel {
        case .shopeeOne, .shopeeTwo:
            let kind: ShopeeOrderKind = switch order.kind { case .cashOnDelivery: .cod; case .twoParcels: .split; case .paid, .transfer: .everyday }
            let id = try shopee.place(kind, shopID: Self.shops[order.channel])
            return (id, String(id.split(separator: ":").last ?? ""))
        case .lazada:
            let kind: LazadaOrderKind = switch order.kind { case .cashOnDelivery: .cashOnDelivery; case .twoParcels: .twoWarehouses; case .paid, .transfer: .everyday }
            let id = lazada.placeOrder(kind: kind)
            return (id, String(id.split(separator: ":").last ?? ""))
        case .shopat24:
            let number = channel.placeOrder(order.kind == .cashOnDelivery ? .cashOnDelivery : .home)
            return ("\(Self.connection):\(number)", number)
        case .shop:
            let kind: OrderKind = switch order.kind { case .cashOnDelivery: .cashOnDelivery; case .transfer: .bankTransfer; case .paid, .twoParcels: .paidOnline }
            let id = shop.placeOrder(kind: kind)
            return ("\(id)", "\(id)")
        }
    }

    /// The buyer does not want it any more, and the platform lets him: at once before it is packed, after a word of the seller's afterwards.
    func cancel(_ order: DayPlan.Order, _ externalID: String, _ number: String) -> Bool {
        switch order.channel {
        case .shopeeOne, .shopeeTwo:
            guard order.fate == .cancelledAfterPacking else { return shopee.cancelByBuyer(externalID, asks: false) }
            return shopee.cancelByBuyer(externalID) && shopee.settleCancellation(externalID, accepting: true)
        case .lazada:
            // Of an order of two parcels one may be packed already: for that one he asks.
            if order.fate == .cancelledBeforePacking { lazada.cancelByBuyer(externalID) }
            if let wish = lazada.requestCancel(externalID) { lazada.setReverse(wish, of: externalID, to: "CANCEL_SUCCESS") }
            return lazada.itemStatuses(externalID).allSatisfy { $0 == "canceled" }
        case .shopat24: return channel.cancelOrder(number)
        case .shop: return Int(number).map { shop.cancel($0) } ?? false
        }
    }

    func pay(_ number: String) { if let id = Int(number) { shop.pay(id) } }

    // MARK: Carriers

    /// One step of the way to the buyer.
    /// - Returns: false at its end.
    func move(_ channel: DayPlan.Channel, _ externalID: String, step: Int, barcodes: [String]) -> Bool {
        switch channel {
        case .shopeeOne, .shopeeTwo:
            shopee.advance(externalID, step == 0 ? .pickUp : .deliver)
            return step < 1
        case .lazada:
            let words = ["INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS", "INFO_ST_DOMESTIC_OUT_FOR_DELIVERY", "INFO_ST_DOMESTIC_DELIVERED"]
            guard words.indices.contains(step) else { return false }
            for package in lazada.packages(of: externalID) { lazada.move(package, to: words[step]) }
            return step < words.count - 1
        case .shopat24, .shop:
            // Each is asked for its step, whatever the others say.
            return barcodes.map { post.advance($0) }.contains(true)
        }
    }

    /// What has changed at Shopat24 and fills no file yet is written all the same.
    func dropFiles() { if Self.form == .files { _ = try? channel.dropChanges() } }      // a folder that is not there yet: with the next look

    /// Shopat24 says itself that a parcel has arrived.
    func arrive(_ number: String) { channel.advance(number) }
}
