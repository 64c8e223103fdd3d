import Hub
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The stream of live changes of an open page.
struct LiveRoutes {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) { pages.get("live", use: console.page(stream)) }

    @Sendable private func stream(_ visit: Visit) async throws -> Response {
        let live = console.live
        return Response(status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: .init { writer in
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n: \n\n"))
            for await message in live.follow().cancelOnGracefulShutdown() { try await writer.write(message) }
            try await writer.finish(nil)
        })
    }
}
