import AsyncHTTPClient
import Connect
import CourierConnector
import CustomShopConnector
import Database
import Domain
import FileDropConnector
import Foundation
import Hub
import LazadaConnector
import Logging
import Shopat24Connector
import ShopeeConnector
import ShopifyConnector
import SignedWebhookConnector
import SpreadsheetConnector
import ThailandPostConnector
import WooCommerceConnector

/// The one place that knows every concrete type.
enum Assembly {
    static let registry = ConnectorRegistry([
        ShopifyConnector.self, WooCommerceConnector.self, CustomShopConnector.self, ShopeeConnector.self, LazadaConnector.self, Shopat24Connector.self, CourierConnector.self, ThailandPostConnector.self,
        SignedWebhookConnector.self, FileDropConnector.self, SpreadsheetConnector.self,
    ])

    /// - Parameters:
    ///   - lease: the right to work on a database that hubs share; without it nothing is asked.
    ///   - time: a clock that runs faster than the machine's, for rehearsals against simulators.
    static func hub(_ settings: Hub.Settings, client: HTTPClient, allowedHosts: Set<String>, lease: NodeLease? = nil, time: CompressedTime? = .ofThisProcess, logger: Logger) async throws -> Hub {
        let live = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: allowedHosts), now: { .now })
        if time != nil { logger.warning("this hub lives by a compressed clock, for a rehearsal against simulators") }
        var options = DatabaseOptions()
        options.sessionGuard = lease?.sessionGuard
        return try await Hub(settings, registry: registry, logger: logger, now: { time?.now ?? .now }, databaseOptions: options) { _, descriptor in
            let http = live.channel(budget: time?.budget(descriptor.budget) ?? descriptor.budget)
            return lease.map { http.allowed(by: $0) } ?? http
        }
    }
}

extension ChannelHTTP {
    /// Calls nobody while the right to work is in doubt: another hub may be at it.
    fileprivate func allowed(by lease: NodeLease) -> ChannelHTTP {
        ChannelHTTP { request throws(ConnectorError) in
            guard lease.isHeld else { throw .unreachable(reason: "this hub's right to work has run out, so it calls nobody") }
            return try await self.send(request)
        }
    }
}
