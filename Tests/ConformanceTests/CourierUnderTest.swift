import Connect
import CourierConnector
import CourierSimulator
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import Synchronization

extension Platform {
    static let courier = Platform(name: "courier") { wanted in
        var configuration = CourierConfiguration()
        configuration.requestsPerSecond = 100_000
        configuration.callbackURL = wanted.hookURL
        configuration.callbackTimeScale = 0.000_1
        let simulator = try await CourierSimulator.start(configuration), wire = Wire()
        let context = wire.context([
            "url": simulator.baseURL, "keyID": configuration.keyID, "secret": configuration.secrets[0], "callbackSecret": configuration.callbackSecret,
        ])
        return CourierUnderTest(courier: simulator, wire: wire, own: try CourierConnector(context), context: context)
    }
}

final class CourierUnderTest: CarrierUnderTest {
    let courier: CourierSimulator
    let wire: Wire
    private let own: CourierConnector
    private let context: ChannelContext
    private let count = Mutex(0)
    var connector: any Connector { own }
    var simulator: any PlatformSimulator { courier }
    /// A quarter of a year (platforms/generic-courier.md §3).
    let replayWindow: Duration? = .seconds(90 * 86_400)

    init(courier: CourierSimulator, wire: Wire, own: CourierConnector, context: ChannelContext) {
        self.context = context
        self.courier = courier
        self.wire = wire
        self.own = own
    }

    /// A parcel is booked and picked up.
    func happen() async throws {
        let reference = "CD-happening-\(count.withLock { $0 += 1; return $0 })"
        let booking = try await own.book(request(reference), idempotencyKey: "book:\(reference)")
        pickUp(booking.externalID)
    }

    func settled() async { await courier.idle() }
    func identity(of delivery: CaughtWebhook) -> String { delivery.headers["x-courier-event-id"] ?? "" }
    func loseAccess() async { courier.faults.force([Fault?](repeating: .expireToken, count: 8), at: .request) }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method != .get }
    /// The contract has no way to delete one.
    func delete(_ webhook: WebhookRegistration) async throws -> Bool { false }
    func stop() async { await courier.stop() }

    func read() async throws(ConnectorError) { _ = try await own.findBooking(externalRef: "CD-nothing") }

    func refused() async throws(ConnectorError) {
        var wrong = request("CD-refused")
        wrong.recipient.postcode = "123"
        _ = try await own.book(wrong, idempotencyKey: "book:refused")
    }

    // MARK: parcels

    func request(_ reference: String) -> BookingRequest {
        let address = Address(name: "คุณตัวอย่าง", phone: "0812345678", line1: "123/45 หมู่ 6", district: "ดอยสะเก็ด", province: "เชียงใหม่", postcode: "50220", countryCode: "TH")
        let snapshot = OrderSnapshot(
            externalID: "1001", externalNumber: "1001", placedAt: Wire.clock(), revision: Revision(updatedAt: Wire.clock()), shipTo: address, currency: .thb, totals: Totals(items: 100, grand: 100),
            payment: Payment(state: .paid), lines: [OrderLine(externalLineID: "1", title: "ชา", quantity: 1, unitPrice: 100, lineTotal: 100)], platformStatus: "open")
        return BookingRequest(
            externalRef: reference, order: OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: snapshot), recipient: address,
            parcels: [Parcel(ref: "1", weightGrams: 850, contents: [.init(externalLineID: "1", quantity: 1)])])
    }

    func pickUp(_ id: ExternalID) { courier.set(id, to: .pickedUp) }
    func restarted() throws -> any BooksShipments { try CourierConnector(context) }
    func bookings(under reference: String) -> Int { courier.bookings()[reference] ?? 0 }
}
