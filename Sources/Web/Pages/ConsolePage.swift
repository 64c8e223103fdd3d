/// What the template shows: words and numbers ready to be read, escaped by the template.
struct ConsolePage: Sendable {
    /// False: only the part that changes.
    var isWhole: Bool
    var title = "Crossdock"
    var styleURL = PageAsset.style.path, scriptURL = PageAsset.script.path, iconURL = PageAsset.icon.path
    /// The page brings itself up to date.
    var isLive = false
    /// Who is signed in.
    var caller: String?
    var signIn: SignIn?
    var notice: Notice?
    var overview: OverviewView?
    var order: OrderView?

    struct SignIn: Sendable { var message: String? }
    /// Something went wrong, and what to do.
    struct Notice: Sendable { var title: String, message: String }

    struct OverviewView: Sendable {
        var time: PageTime
        var flows: Flows?
        /// nil: the token may not see orders.
        var orders: Orders?
    }
    struct Flows: Sendable {
        var tiles: [Tile], steps: [Step], channels: [ChannelRow], destinations: [DestinationRow], routes: [RouteRow], problems: [ProblemRow]
        var hasChannels: Bool, hasDestinations: Bool, hasRoutes: Bool, hasProblems: Bool
        /// More than are shown.
        var moreProblems: String?
    }
    /// `link`: where on the page the rows behind the number are.
    struct Tile: Sendable { var name: String, value: String, tone: String, link: String }
    /// A thing to do next and the command that does it.
    struct Step: Sendable { var sentence: String, command: String }
    /// A state is a word with a shape; the tone gives shape and colour.
    struct State: Sendable { var word: String, tone: String }
    /// `style`: the class of a quiet nought.
    struct Count: Sendable {
        var value: String, style: String
        init(_ count: Int) { value = PageWords.grouped("\(count)"); style = count == 0 ? " zero" : "" }
    }
    struct ChannelRow: Sendable {
        var name: String, platform: String, state: State, reason: String?, created: Count, updated: Count, unreadable: Count, lastHour: Count, refused: Count
        /// nil: a destination, or a platform that cannot be listed.
        var completeness: State?
    }
    struct DestinationRow: Sendable { var name: String, state: State, ready: Count, running: Count, waiting: Count, paused: Count, dead: Count, oldest: PageTime? }
    struct RouteRow: Sendable { var name: String, state: State, events: String, destination: String, ready: Count, waiting: Count, paused: Count }
    struct ProblemRow: Sendable { var id: String, code: String, message: String, channel: String?, order: String?, count: Int, isRepeated: Bool, time: PageTime }
    struct Orders: Sendable { var rows: [OrderRow], hasRows: Bool }
    struct OrderRow: Sendable {
        var id: String, number: String, channel: String, buyer: String, total: String, workflow: State, fulfilment: String, payment: String, flags: Flags?, placed: PageTime
    }
    /// `first` with the number of the others.
    struct Flags: Sendable { var first: String, more: String?, all: String }

    static func signIn(message: String?) -> ConsolePage { ConsolePage(isWhole: true, title: "Sign in · Crossdock", signIn: SignIn(message: message)) }
    static func notice(_ title: String, _ message: String) -> ConsolePage {
        ConsolePage(isWhole: true, title: "\(title) · Crossdock", notice: Notice(title: title, message: message))
    }
}
