import Domain
import Hub
import Synchronization

/// The parts of the Ship page.
struct ShipTabs: Sendable {
    struct Tab: Sendable {
        var name: String, path: String, isCurrent: Bool
        var badge: String?
        var key: String
    }
    enum Which: String, CaseIterable { case board, together, pack, manifests, exceptions, cod }

    static func of(_ current: Which, _ visit: Visit) async throws -> [Tab] {
        let badge = try await visit.console.exceptions.badge(visit.hub)
        return Which.allCases.enumerated().map { index, which in
            Tab(name: visit.words("ship.tabs.\(which.rawValue)"), path: which == .board ? "/ship" : "/ship/\(which.rawValue)", isCurrent: which == current, badge: which == .exceptions ? badge : nil, key: "\(index + 1)")
        }
    }
}

/// How many parcels need a person, as the tabs show it: looked up once in some seconds, whoever asks.
final class ExceptionCount: Sendable {
    static let freshFor = Duration.seconds(5), most = 99
    private let known = Mutex<(count: Int, until: Timestamp)?>(nil)

    /// `7`, `99+`; nil: none.
    func badge(_ hub: Hub) async throws -> String? {
        let count = try await count(hub)
        return count > Self.most ? "\(Self.most)+" : count > 0 ? "\(count)" : nil
    }

    private func count(_ hub: Hub) async throws -> Int {
        let now = hub.now()
        // A clock that was set back does not keep an old number for ever.
        if let known = known.withLock({ $0 }), known.until > now, known.until <= now + Self.freshFor { return known.count }
        let count = try await hub.shipping.exceptions.list().count
        known.withLock { $0 = (count, now + Self.freshFor) }
        return count
    }

    /// Somebody has just dealt with one, or looks at all of them.
    func forget() { known.withLock { $0 = nil } }
}
