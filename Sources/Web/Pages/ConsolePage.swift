/// What the template shows: words and numbers ready to be read, escaped by the template.
struct ConsolePage: Sendable {
    /// False: only the part that changes.
    var isWhole: Bool
    var styleURL = PageAsset.style.path, scriptURL = PageAsset.script.path
    var signIn: SignIn?
    var overview: OverviewView?

    struct SignIn: Sendable { var message: String? }

    struct OverviewView: Sendable {
        var caller: String, time: String
        var flows: Flows?
        /// nil: the token may not see orders.
        var orders: Orders?
    }
    struct Flows: Sendable {
        var tiles: [Tile], channels: [ChannelRow], destinations: [DestinationRow], problems: [ProblemRow]
        var hasChannels: Bool, hasDestinations: Bool, hasProblems: Bool
    }
    struct Tile: Sendable { var name: String, value: String, tone: String }
    struct ChannelRow: Sendable { var name: String, platform: String, state: String, tone: String, reason: String?, created: Int, updated: Int, unreadable: Int, lastHour: Int, refused: Int }
    struct DestinationRow: Sendable { var name: String, state: String, tone: String, routes: String, ready: Int, running: Int, waiting: Int, paused: Int, dead: Int, oldest: String? }
    struct ProblemRow: Sendable { var code: String, message: String, channel: String?, order: String?, count: Int, time: String }
    struct Orders: Sendable { var rows: [OrderRow], hasRows: Bool }
    struct OrderRow: Sendable { var id: String, number: String, channel: String, buyer: String, total: String, workflow: String, fulfilment: String, payment: String, flags: String?, placed: String }

    static func signIn(message: String?) -> ConsolePage { ConsolePage(isWhole: true, signIn: SignIn(message: message)) }
}
