package import Hub
package import Hummingbird
package import Logging
import NIOCore
import Synchronization

/// The HTTP side of the hub.
package struct WebServer: Sendable {
    package struct Settings: Sendable {
        package var host: String, port: Int
        package var limits: RequestLimits
        package var idleSeconds: Int64
        package init(host: String = "127.0.0.1", port: Int = 8080, limits: RequestLimits = RequestLimits(), idleSeconds: Int64 = 60) {
            self.host = host; self.port = port; self.limits = limits; self.idleSeconds = idleSeconds
        }
    }
    static let maximumHeaderFieldBytes = 16 << 10, maximumHeaderBytes = 32 << 10, maximumHeaders = 128

    let hub: Hub
    let settings: Settings
    let console: Console

    /// - Throws: when a template or a string table of the console cannot be read.
    package init(hub: Hub, settings: Settings) throws {
        self.hub = hub
        self.settings = settings
        console = try Console(hub: hub)
    }

    package func router() -> Router<AppContext> {
        let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
        HookRoutes(intake: hub.intake, now: hub.now).add(to: router)
        HandoverRoutes(hub: hub).add(to: router)
        HealthRoutes(hub: hub).add(to: router)
        ConsoleRoutes(console: console).add(to: router)
        let guarded = router.group().add(middleware: ProblemMiddleware()).add(middleware: CallerMiddleware(console: console))
        MetricsRoutes(hub: hub).add(to: guarded)
        let api = guarded.group("api/v1").add(middleware: IdempotencyMiddleware(hub: hub))
        OrderRoutes(hub: hub).add(to: api)
        GridRoutes(hub: hub).add(to: api)
        ViewRoutes(hub: hub).add(to: api)
        BulkRoutes(hub: hub).add(to: api)
        EditRoutes(hub: hub).add(to: api)
        LabelRoutes(hub: hub).add(to: api)
        CancellationRoutes(hub: hub).add(to: api)
        OfferRoutes(hub: hub).add(to: api)
        ChannelRoutes(hub: hub).add(to: api)
        ConnectionRoutes(hub: hub).add(to: api)
        ShippingRoutes(hub: hub).add(to: api)
        PickupRoutes(hub: hub).add(to: api)
        RemittanceRoutes(hub: hub).add(to: api)
        FlowRoutes(hub: hub).add(to: api)
        AttemptRoutes(hub: hub).add(to: api)
        ChannelHealthRoutes(hub: hub).add(to: api)
        DeadLetterRoutes(hub: hub).add(to: api)
        RuleRoutes(hub: hub).add(to: api)
        FeedRoutes(hub: hub).add(to: api)
        FileRoutes(hub: hub).add(to: api)
        ImportRoutes(hub: hub).add(to: api)
        AuditRoutes(hub: hub).add(to: api)
        TokenRoutes(hub: hub).add(to: api)
        PeopleRoutes(hub: hub).add(to: api)
        InvitationRoutes(hub: hub).add(to: api)
        WorkspaceRoutes(hub: hub).add(to: api)
        SpecificationRoutes().add(to: api)
        // Added last, so that it stands before nothing but the answer for what was not found.
        router.add(middleware: Fallback(router.routes.map { Fallback.Route(method: $0.method, path: $0.path.description) }, console: console))
        return router
    }

    /// - Parameter onPort: told the real port once the server listens (0 asks for any).
    package func application(logger: Logger, onPort: @escaping @Sendable (Int) async -> Void) -> some ApplicationProtocol {
        Self.listening(router(), settings: settings, logger: logger, onPort: onPort)
    }

    /// A server with the limits that every door of ours has.
    static func listening(_ router: Router<AppContext>, settings: Settings, logger: Logger, onPort: @escaping @Sendable (Int) async -> Void) -> some ApplicationProtocol {
        let limits = settings.limits
        return Application(
            router: router,
            server: .http1(configuration: .init(
                additionalChannelHandlers: [RequestDeadline(limits: limits)], idleTimeout: .seconds(settings.idleSeconds),
                httpDecoderConfiguration: .init(maxHeaderFieldSize: maximumHeaderFieldBytes, maxHeaderListSize: maximumHeaderBytes, maxHeaderFieldCount: maximumHeaders))),
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1024),
            onServerRunning: { channel in if let port = channel.localAddress?.port { await onPort(port) } },
            logger: logger)
    }
}
