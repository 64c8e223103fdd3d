import Mustache

/// The names a template knows: the members of its content, then `t` (the texts), `csrf` and `frame`.
///
/// A member without a value is no name: the engine would go on looking for it outside.
struct PageScope: MustacheParent {
    private let members: [String: Any]

    init(content: some Sendable, frame: Frame?, t: WordNode, csrf: String) {
        var members: [String: Any] = ["t": t, "csrf": csrf]
        if let frame { members["frame"] = frame }
        for (label, value) in Mirror(reflecting: content).children {
            guard let label else { continue }
            let inside = Mirror(reflecting: value)
            members[label] = inside.displayStyle == .optional ? inside.children.first?.value : value
        }
        self.members = members
    }

    func child(named name: String) -> Any? { members[name] }
}
