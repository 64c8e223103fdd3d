/// The parts of the Ship page.
struct ShipTabs: Sendable {
    struct Tab: Sendable {
        var name: String, path: String, isCurrent: Bool
        var badge: String?
        var key: String
    }
    var tabs: [Tab]

    enum Which: String, CaseIterable { case board, pack, manifests, exceptions, cod }

    init(_ current: Which, words: Words, exceptions: Int? = nil) {
        tabs = Which.allCases.enumerated().map { index, which in
            Tab(name: words("ship.tabs.\(which.rawValue)"), path: which == .board ? "/ship" : "/ship/\(which.rawValue)", isCurrent: which == current,
                badge: which == .exceptions ? exceptions.flatMap { $0 > 0 ? "\($0)" : nil } : nil, key: "\(index + 1)")
        }
    }
}
