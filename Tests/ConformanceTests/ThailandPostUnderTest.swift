import Connect
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import Synchronization
import ThailandPostConnector
import ThailandPostSimulator

extension Platform {
    static let thailandPost = thailandPost("thailandpost", isDrawing: false)
    /// With numbers of Post One instead of ranges.
    static let thailandPostDrawing = thailandPost("thailandpost, drawing numbers", isDrawing: true)

    private static func thailandPost(_ name: String, isDrawing: Bool) -> Platform {
        Platform(name: name) { wanted in
            var configuration = ThailandPostConfiguration()
            configuration.webhookURL = wanted.hookURL
            configuration.timeScale = 0.000_01
            configuration.drawRanges[1] = NumberRange(prefix: "EF", first: 30_000_000, last: 30_000_099)
            let account = try configuration.accounts.first { !$0.collectsCOD }.orProblem("no account"), cod = try configuration.accounts.first(where: \.collectsCOD).orProblem("no COD account")
            let simulator = try await ThailandPostSimulator.start(configuration), wire = Wire(), credentials = LentCredentials()
            let context = wire.context([
                "eparcelUser": account.user, "eparcelPassword": account.password, "codUser": cod.user, "codPassword": cod.password, "staticToken": configuration.staticToken,
                "webhookBearer": configuration.webhookBearer, "numbersFrom": isDrawing ? "postone" : "ranges", "postOneShopID": configuration.shopID, "postOneKey": configuration.apiKey,
                "emsRange": "EF 12340000-12340099", "registeredRange": "RR 47310000-47310199", "codEmsRange": "EB 20000000-20000099",
                "senderName": "ร้านตัวอย่าง", "senderPhone": "02-123-4567", "senderAddress": "99/1 ถนนรามคำแหง", "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
                "trackingURL": simulator.trackURL, "webhookURL": simulator.webhookURL, "eparcelURL": simulator.eParcelURL, "postOneURL": simulator.postOneURL,
            ], credentials: credentials)
            let connector = try ThailandPostConnector(context)
            credentials.renew(through: connector)
            // Written down for parcels before they are used, as the hub does it.
            let numbers = isDrawing ? [] : try await connector.trackingNumbers(50, service: "ems", isCOD: false, after: nil)
            let unknown = isDrawing ? [] : try await connector.trackingNumbers(connector.trackingBatch, service: "registered", isCOD: false, after: nil)
            return ThailandPostUnderTest(post: simulator, wire: wire, own: connector, credentials: credentials, numbers: numbers, unknown: unknown, context: context)
        }
    }
}

final class ThailandPostUnderTest: TrackerUnderTest, TokenUnderTest {
    let post: ThailandPostSimulator
    let wire: Wire
    let own: ThailandPostConnector
    let credentials: LentCredentials
    private let context: ChannelContext
    private let numbers: [String]
    let unknown: [String]
    private let given = Mutex<[String]>([])
    var connector: any Connector { own }
    var simulator: any PlatformSimulator { post }
    /// A fixed word, no time (platforms/thailandpost.md §3).
    let replayWindow: Duration? = nil
    let signsBody = false
    /// Track & Trace is asked with POST.
    let readPoint = FaultPoint.write

    init(post: ThailandPostSimulator, wire: Wire, own: ThailandPostConnector, credentials: LentCredentials, numbers: [String], unknown: [String], context: ChannelContext) {
        self.context = context
        self.post = post
        self.wire = wire
        self.own = own
        self.credentials = credentials
        self.numbers = numbers
        self.unknown = unknown
    }

    /// A parcel is booked, which subscribes to it, and accepted at a counter.
    func happen() async throws {
        let reference = "CD-happening-\(given.withLock { $0.count })"
        let booking = try await own.book(request(reference), idempotencyKey: "book:\(reference)")
        pickUp(booking.externalID)
    }

    func settled() async { await post.idle() }
    /// The platform numbers no push (platforms/thailandpost.md §3), and a try repeats its bytes.
    func identity(of delivery: CaughtWebhook) -> String { delivery.body.base64EncodedString() }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method != .get }
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }

    /// Somebody made a new static token in the dashboard.
    func loseAccess() async {
        post.adjust { $0.staticToken = "another-token" }
        post.expireTokens()
    }

    func stop() async {
        credentials.close()
        await post.stop()
    }

    func read() async throws(ConnectorError) { _ = try await own.track(Array(numbers.prefix(1))) }

    /// A postcode that is not served.
    func refused() async throws(ConnectorError) {
        var wrong = request("CD-refused")
        wrong.recipient.postcode = "58150"
        _ = try await own.book(wrong, idempotencyKey: "book:refused")
    }

    // MARK: tokens

    let grant = "tracking"
    func endAccess() async { post.expireTokens() }

    // MARK: parcels

    func request(_ reference: String) -> BookingRequest {
        let address = Address(name: "คุณตัวอย่าง", phone: "0812345678", line1: "123/45 หมู่ 6", subdistrict: "ป่าเมี่ยง", district: "ดอยสะเก็ด", province: "เชียงใหม่", postcode: "50220", countryCode: "TH")
        let snapshot = OrderSnapshot(
            externalID: "1001", externalNumber: "1001", placedAt: Wire.clock(), revision: Revision(updatedAt: Wire.clock()), shipTo: address, currency: .thb, totals: Totals(items: 100, grand: 100),
            payment: Payment(state: .paid), lines: [OrderLine(externalLineID: "1", title: "ชา", quantity: 1, unitPrice: 100, lineTotal: 100)], platformStatus: "open")
        return BookingRequest(
            externalRef: reference, order: OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: snapshot), recipient: address,
            parcels: [Parcel(ref: "1", weightGrams: 850, trackingNumber: number(of: reference), contents: [.init(externalLineID: "1", quantity: 1)])])
    }

    /// Always the same for a reference; nil when all were given.
    private func number(of reference: String) -> String? {
        given.withLock { given in
            let index = given.firstIndex(of: reference) ?? given.count
            if index == given.count { given.append(reference) }
            return numbers.indices.contains(index) ? numbers[index] : nil
        }
    }

    /// Accepted at the counter.
    func pickUp(_ id: ExternalID) { post.post("103", to: id) }
    func restarted() throws -> any BooksShipments { try ThailandPostConnector(context) }
    func bookings(under reference: String) -> Int { post.consignmentsPerInvoice()["\(reference)-1"] ?? 0 }

    // MARK: tracking

    func asksWhere(_ request: PlatformRequest) -> Bool { request.url.hasSuffix("/track") }
}
