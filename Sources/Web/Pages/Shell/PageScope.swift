import Mustache

/// The names a template knows: the members of its content, then `t` (the texts), `csrf` and `frame`.
///
/// A member without a value is no name: the engine would go on looking for it outside.
struct PageScope: MustacheParent {
    private let members: [String: Any]

    init(content: some Sendable, frame: Frame?, t: WordNode, csrf: String) {
        var members: [String: Any] = ["t": t, "csrf": csrf]
        if let frame { members["frame"] = Self.plain(frame) }
        for (label, value) in Mirror(reflecting: content).children {
            guard let label else { continue }
            members[label] = Self.plain(value)
        }
        self.members = members
    }

    /// Structures as dictionaries: the template engine reflects a structure anew for each name that it looks up, which for a list of a hundred rows took 100 ms.
    private static func plain(_ value: Any) -> Any? {
        if value is String || value is Bool || value is Int { return value }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.flatMap { plain($0.value) }
        case .collection, .set: return mirror.children.compactMap { plain($0.value) }
        case .struct where !(value is any MustacheParent || value is any CustomStringConvertible):
            var members: [String: Any] = [:]
            for (label, value) in mirror.children { if let label { members[label] = plain(value) } }
            return members
        default: return value
        }
    }

    func child(named name: String) -> Any? { members[name] }
}
