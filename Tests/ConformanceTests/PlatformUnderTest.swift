import Connect
import Domain
import Foundation
import SimulatorKit
import Testing

/// A platform's simulator and our connector for it, as the kit sees them: what no ability tells by itself.
protocol PlatformUnderTest: Sendable {
    var connector: any Connector { get }
    var simulator: any PlatformSimulator { get }
    /// What goes over the wire between the two.
    var wire: Wire { get }
    /// How old a signed delivery may be; nil where the platform signs no time, so that only the receipt key keeps copies out.
    var replayWindow: Duration? { get }
    /// What proves the sender proves the body too: a delivery with another body is refused. False where a fixed word is all the proof there is.
    var signsBody: Bool { get }
    /// Where the simulator draws the faults of `read`: it counts every POST as a write.
    var readPoint: FaultPoint { get }

    /// Lets something happen that the platform announces.
    func happen() async throws
    /// Returns when every announcement was sent, as often as the platform tries.
    func settled() async
    /// What the platform itself tells two deliveries apart by: equal for tries of the same one.
    func identity(of delivery: CaughtWebhook) -> String
    /// The platform no longer accepts our credentials.
    func loseAccess() async
    /// Any call that reads.
    func read() async throws(ConnectorError)
    /// A call that the platform refuses for good.
    func refused() async throws(ConnectorError)
    /// Whether a call changes something at the platform.
    func isWrite(_ request: PlatformRequest) -> Bool
    /// Somebody deletes a webhook at the platform; false where it cannot be done.
    func delete(_ webhook: WebhookRegistration) async throws -> Bool
    func stop() async
}

extension PlatformUnderTest {
    var signsBody: Bool { true }
    var readPoint: FaultPoint { .request }
}

/// How a connector makes a repeat harmless.
enum RepeatStyle: Sendable {
    /// It asks the platform what is there before it writes.
    case asksFirst
    /// The platform knows the key of the first try.
    case sameKey
}

/// A platform on which buyers place orders.
protocol ShopUnderTest: PlatformUnderTest {
    var shop: any ShopSimulator { get }
    var repeatStyle: RepeatStyle { get }
    /// The shop knows that goods have left, and then cancels no more.
    var refusesLateCancel: Bool { get }
    /// An order that a page's end cuts off may come again on the next page although nobody changed it.
    var repeatsAtPageEnds: Bool { get }
    /// A listing ends at the moment of its first page: an order that changes later leaves it, and the next run has it.
    var listsUpToItsStart: Bool { get }
    /// False where a push only names the order that is to be read again.
    var pushesOrders: Bool { get }
    /// Orders whose totals the simulator got wrong on purpose.
    var plantedMismatches: Set<ExternalID> { get }

    /// An order with goods to ship that is still open.
    func place() async throws -> ExternalID
    /// Changes it so that its time of change moves.
    func change(_ id: ExternalID) async throws
    /// Orders of every kind the simulator knows, and what happens to orders later.
    func zoo() async throws -> [ZooOrder]
    /// How often the shop was told of a shipment of this order: anything but 1 after one shipment is a mistake.
    func shipments(of id: ExternalID) async throws -> Int
    /// What is left to compare when one form of an order tells what another leaves out.
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot
    /// How many lines the shop counts where we have these.
    func lineCount(of order: OrderSnapshot) -> Int
}

extension ShopUnderTest {
    var listsUpToItsStart: Bool { false }
    var pushesOrders: Bool { true }
    func lineCount(of order: OrderSnapshot) -> Int { order.lines.count }
}

struct ZooOrder: Sendable {
    var what: String
    var id: ExternalID
    /// False where the shop pushes nothing of such an order, and only a listing has it.
    var isAnnounced = true
}

/// What a test asks of a platform.
struct KitConfiguration: Sendable {
    /// Where announcements go.
    var hookURL: String
    /// A currency for the zoo: THB, JPY (no decimals) or KWD (three), where the platform's simulator has it.
    var currency = "THB"
    /// Couriers give a package's tracking number later than the package is arranged, where the platform's simulator has such.
    var hasLateNumbers = false
}

/// A platform by name, to be started for one test.
struct Platform: Sendable, CustomTestStringConvertible {
    let name: String
    /// - Returns: nil where the simulator has no shop in this currency.
    let start: @Sendable (KitConfiguration) async throws -> (any PlatformUnderTest)?
    var testDescription: String { name }

    /// Every platform that the kit knows. A new one is one line here.
    static let all = [shopify, wooCommerce, wooCommercePosts, wooCommerceOld, customShop, shopee, lazada, shopat24, shopat24Signed, courier, thailandPost]
    static let shops = [shopify, wooCommerce, wooCommercePosts, wooCommerceOld, customShop, shopee, lazada, shopat24, shopat24Signed]
}

