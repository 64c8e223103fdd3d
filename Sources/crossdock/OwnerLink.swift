import Domain
import Foundation
import Hub

/// The first start: nobody can sign in yet, so the terminal gets the link by which the owner comes in.
enum OwnerLink {
    /// - Parameter base: the address under which people reach the hub.
    static func printIfNobodyIsThere(hub: Hub, base: String) async throws {
        guard try await hub.people.isEmpty() else { return }
        let made = try await hub.people.ownerLink(by: AuditActor(name: "this machine"))
        Terminal.write("""

            Nobody can sign in yet. Set this hub up in a browser (once, within 24 hours; `crossdock person owner-link` makes another):
              \(base)\(made.path)


            """)
    }
}
