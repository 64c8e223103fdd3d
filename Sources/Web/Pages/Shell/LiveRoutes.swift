import Hub
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The stream of live changes of an open page.
struct LiveRoutes {
    let console: Console
    static let checkedEvery = Duration.seconds(10)

    func add(to pages: RouterGroup<AppContext>) { pages.get("live", use: console.page(stream)) }

    @Sendable private func stream(_ visit: Visit) async throws -> Response {
        let live = console.live, callers = RequestCaller(hub: console.hub), request = visit.request
        return Response(status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: .init { writer in
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n: \n\n"))
            var checkedAt = ContinuousClock.now
            for await message in live.follow().cancelOnGracefulShutdown() {
                // Who is signed out, or may no longer sign in, hears no more; the heartbeat brings everybody here.
                if .now - checkedAt >= Self.checkedEvery {
                    checkedAt = .now
                    guard try await callers.caller(of: request, isUse: false) != nil else { break }
                }
                try await writer.write(message)
            }
            try await writer.finish(nil)
        })
    }
}
