import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The change feed: pages with a cursor, and the same events as server-sent events.
struct FeedRoutes {
    let hub: Hub
    static let batch = 200, heartbeat = Duration.seconds(15)

    func add(to api: RouterGroup<AppContext>) {
        api.get("events", use: page)
        api.get("events/stream", use: stream)
    }

    struct EventView: Encodable { var id: EventID, type: String, at: Timestamp, order: OrderID, revision: Int, cause: Cause }
    private func view(_ event: StoredEvent) -> EventView { EventView(id: event.id, type: event.type, at: event.at, order: event.order, revision: event.version, cause: event.cause) }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let after: EventID? = try APIRead.identifier(request, "cursor"), limit = try APIRead.limit(request)
        let events = try await hub.ledger.events(after: after ?? EventID(0), limit: limit)
        return try APIWrite.json(APIWrite.Page(data: events.map(view), nextCursor: events.last?.id.description ?? after?.description))
    }

    /// `Last-Event-ID` (or `cursor`) goes on where a reader left; without it the stream begins now.
    @Sendable private func stream(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let asked = request.headers[HTTPField.Name("Last-Event-ID")!].flatMap { EventID(text: $0) }      // a literal: a valid name
        let parameter: EventID? = try APIRead.identifier(request, "cursor")
        let start = if let id = asked ?? parameter { id } else { try await hub.ledger.lastEvent() }
        let hub = hub
        return Response(status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: .init { writer in
            try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
            let changes = hub.feed.follow()
            let ticks = Self.ticks(changes)
            var cursor = start
            for await _ in ticks.cancelOnGracefulShutdown() {
                var isBehind = true
                while isBehind {
                    let events = try await hub.ledger.events(after: cursor, limit: Self.batch)
                    for event in events {
                        let data = String(decoding: try JSONEncoder.crossdock.encode(view(event)), as: UTF8.self)
                        try await writer.write(ByteBuffer(string: "id: \(event.id)\nevent: \(event.type)\ndata: \(data)\n\n"))
                        cursor = event.id
                    }
                    isBehind = events.count == Self.batch
                }
                try await writer.write(ByteBuffer(string: ": \n\n"))
            }
            try await writer.finish(nil)
        })
    }

    /// Changes and heartbeats as one stream; ends with its reader.
    private static func ticks(_ changes: AsyncStream<Void>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
        let following = Task { for await _ in changes { continuation.yield() } }      // ended by onTermination
        let beating = Task {      // ended by onTermination
            while !Task.isCancelled {
                do { try await Task.sleep(for: heartbeat) } catch { return }
                continuation.yield()
            }
        }
        continuation.onTermination = { _ in following.cancel(); beating.cancel() }
        return stream
    }
}
