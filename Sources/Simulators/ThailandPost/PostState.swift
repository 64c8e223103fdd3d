import Foundation
import SimulatorKit

/// What a caller asked to be told of.
struct PostSubscription: Sendable, Equatable {
    /// A code, or `all`.
    var status: String
    var language: PostLanguage

    func wants(_ code: String) -> Bool { status == "all" || status == code }
}

/// Items about to be pushed.
struct PlannedPush: Sendable {
    var items: [PushItem]
    var language: PostLanguage
}

struct PushItem: Sendable {
    var barcode: String
    var event: ParcelEvent
}

/// One draw of numbers from D.
package struct NumberDraw: Sendable, Equatable {
    package var type: Int
    package var range: NumberRange
}

/// All the post knows. No I/O: the simulator holds it under a lock.
struct PostState {
    struct Token { var system: PostSystem, expiresAt: Date }
    struct Profile { var ref: String, telephone: String }
    struct Outage { var until: Date, hangs: Bool }
    struct ForcedCode { var code: EParcelCode, stores: Bool }

    var settings: ThailandPostConfiguration
    var clockOffset: TimeInterval = 0
    var generator: SeededGenerator

    var consignments: [String: Consignment] = [:]
    private var arrival: [String] = []
    private var oldestArrival = 0
    /// Parcels that may have a step to go, for traffic.
    var moving: [String] = []
    private var receiptSerial = 0

    /// These stay for ever: the exactly-once proof.
    private(set) var perOrder: [String: Int] = [:]
    private(set) var perInvoice: [String: Int] = [:]
    private(set) var perBarcode: [String: Int] = [:]
    private(set) var refusedDuplicates: [String: Int] = [:]
    var calls: [String: Int] = [:]
    var counts: [String: Int] = [:]

    var tokens: [String: Token] = [:]
    var tokenSerial = 0
    var trackWindow = CallWindow()
    var trackCount = DailyCount()
    var hookCount = DailyCount()
    var subscriptions: [String: PostSubscription] = [:]
    var profiles: [String: Profile] = [:]
    var merchants: [String: PostJSON] = [:]
    var stores: [String: PostJSON] = [:]
    var draws: [NumberDraw] = []
    var outages: [PostSystem: Outage] = [:]
    var forcedCodes: [ForcedCode] = []
    /// What is to be pushed; the simulator takes it out as soon as it lets go of the lock.
    var outbox: [PlannedPush] = []

    init(_ settings: ThailandPostConfiguration) {
        self.settings = settings
        generator = SeededGenerator(seed: settings.faults.seed)
    }

    var now: Date { settings.now().addingTimeInterval(clockOffset) }

    // MARK: Booking

    /// Stores a parcel with its preload event. False where the book is full of unfinished ones.
    mutating func store(_ fields: ParcelFields, for account: EParcelAccount) -> Bool {
        guard makeRoom() else { return false }
        let cod = account.collectsCOD ? fields.priceSatang.flatMap { $0 > 0 ? $0 : nil } : nil
        let life = drawnLife().steps(isCOD: cod != nil)
        consignments[fields.barcode] = Consignment(
            barcode: fields.barcode, account: account.user, fields: fields, codSatang: cod, createdAt: now, life: life)
        arrival.append(fields.barcode)
        moving.append(fields.barcode)
        perOrder[fields["orderId"], default: 0] += 1
        perInvoice[fields["invNo"], default: 0] += 1
        perBarcode[fields.barcode, default: 0] += 1
        return post("101", to: fields.barcode)
    }

    mutating func noteDuplicate(_ barcode: String) { refusedDuplicates[barcode, default: 0] += 1 }

    private mutating func drawnLife() -> ParcelLife {
        var roll = Int.random(in: 0..<max(1, settings.lives.reduce(0) { $0 + $1.weight }), using: &generator)
        for (life, weight) in settings.lives {
            roll -= weight
            if roll < 0 { return life }
        }
        return .delivered
    }

    /// The oldest parcel makes room for a new one when it is finished.
    private mutating func makeRoom() -> Bool {
        while consignments.count >= settings.maximumConsignments {
            guard oldestArrival < arrival.count else { return false }
            let barcode = arrival[oldestArrival]
            if let consignment = consignments[barcode] {
                guard consignment.isFinished else { return false }
                consignments[barcode] = nil
            }
            oldestArrival += 1
        }
        return true
    }

    // MARK: Events

    /// Writes an event into a parcel's life and tells who asked. Events of one parcel are at least a second apart, since their order is told by
    /// their time alone. False where there is no such parcel.
    @discardableResult
    mutating func post(_ status: String, to barcode: String, deliveryStatus: String? = nil, office: PostOffice? = nil, at moment: Date? = nil) -> Bool {
        guard var consignment = consignments[barcode] else { return false }
        let soonest = consignment.events.last.map { $0.at.addingTimeInterval(1) } ?? .distantPast
        let at = moment ?? max(Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down)), soonest)
        var event = ParcelEvent(status: status, at: at, office: office ?? consignment.office(of: status, origin: settings.defaultOrigin), deliveryStatus: deliveryStatus)
        switch status {
        case "102", "103":
            if consignment.acceptedAt == nil {
                receiptSerial += 1
                consignment.acceptedAt = at
                consignment.receiptNumber = "3611" + S10.padded(receiptSerial, to: 8)
            }
        case "203": consignment.isReturning = true
        case "401": event.deliveryStatus = deliveryStatus ?? "F"
        case "501":
            event.deliveryStatus = deliveryStatus ?? "S"
            let name = consignment.fields[consignment.isReturning ? "shipperName" : "cusName"].split(separator: " ").first.map(String.init) ?? "ผู้รับ"
            event.receiver = name + (consignment.isReturning ? "/ผู้ฝากรับคืน" : "/ผู้รับรับเอง")
            if !consignment.isReturning { consignment.deliveredAt = at }
        case "901": consignment.paidOutAt = at
        default: break
        }
        consignment.events.append(event)
        consignments[barcode] = consignment
        counts["parcels \(status)", default: 0] += 1
        tell(event, of: consignment)
        return true
    }

    /// The next step of this parcel's life; false where there is none.
    @discardableResult
    mutating func advance(_ barcode: String) -> Bool {
        guard var consignment = consignments[barcode], !consignment.isCancelled, !consignment.life.isEmpty else { return false }
        let step = consignment.life.removeFirst()
        if step == ParcelLife.disappears {
            consignment.isLost = true
            counts["parcels lost", default: 0] += 1
        }
        consignments[barcode] = consignment
        return step == ParcelLife.disappears || post(step, to: barcode)
    }

    /// One push, in the language of the number's subscription, else because somebody follows the recipient's telephone.
    private mutating func tell(_ event: ParcelEvent, of consignment: Consignment) {
        let item = PushItem(barcode: consignment.barcode, event: event)
        if let subscription = subscriptions[consignment.barcode], subscription.wants(event.status) {
            outbox.append(PlannedPush(items: [item], language: subscription.language))
        } else if profiles.values.contains(where: { $0.telephone == consignment.fields["cusTel"] }) {
            outbox.append(PlannedPush(items: [item], language: .thai))
        }
    }

    /// Numbers of the next draw from D, or nil where so many are not left. What is drawn is burnt (thailandpost.md §6.2).
    mutating func draw(type: Int, count: Int) -> NumberRange? {
        guard let whole = settings.drawRanges[type] else { return nil }
        let first = draws.last { $0.type == type }.map { $0.range.last + 1 } ?? whole.first
        guard count > 0, first + count - 1 <= whole.last else { return nil }
        let range = NumberRange(prefix: whole.prefix, first: first, last: first + count - 1)
        draws.append(NumberDraw(type: type, range: range))
        return range
    }
}
