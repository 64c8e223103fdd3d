/// A page's place in the navigation.
enum Place: String, Sendable, CaseIterable {
    case today, orders, ship, channels, flows, rules, files, settings
    var path: String { self == .today ? "/" : "/\(rawValue)" }
    /// After `g` on the keyboard.
    var key: String {
        switch self {
        case .today: "t"
        case .orders: "o"
        case .ship: "p"
        case .channels: "c"
        case .flows: "f"
        case .rules: "r"
        case .files: "i"
        case .settings: "s"
        }
    }
}

/// Good, warning, bad: given as a shape and a colour together with a word.
enum Tone: String, Sendable { case good, warn, bad, going, off }

/// A state for people: a word with a tone.
struct StateWord: Sendable, Equatable { var word: String, tone: String }

/// What stands around a page's contents.
struct Frame: Sendable {
    struct Item: Sendable { var name: String, path: String, key: String, isCurrent: Bool }
    struct Notice: Sendable { var text: String, tone: String }

    var title: String, language: String, theme: String?, place: String
    var items: [Item]
    var name: String, roleWord: String, csrf: String, isOwnAccount: Bool
    var workspace: String, hasWorkspace: Bool
    var styles: [String], scripts: [String], wordsScript: String, htmx: String?, icon: String
    var notice: Notice?
}
