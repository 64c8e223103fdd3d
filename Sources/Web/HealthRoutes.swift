import Hub
import Hummingbird
import HTTPTypes
import Database

/// `/health/live`: the process answers. `/health/ready`: it can keep its promise (the databases take writes).
struct HealthRoutes {
    let hub: Hub

    func add(to router: Router<AppContext>) {
        router.get("health/live") { _, _ in Response(status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: .init(string: "ok\n"))) }
        router.get("health/ready") { _, _ -> Response in
            do {
                try await hub.ledgerDatabase.write { _ in }
                try await hub.journalDatabase.write { _ in }
                return Response(status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: .init(string: "ready\n")))
            } catch {
                let code = (error as? DatabaseError)?.code ?? "not_ready"
                return Response(status: .serviceUnavailable, headers: [.contentType: "text/plain", .retryAfter: "5"], body: .init(byteBuffer: .init(string: "not ready: \(code)\n")))
            }
        }
    }
}
