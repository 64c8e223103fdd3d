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

    static func hub(_ settings: Hub.Settings, client: HTTPClient, allowedHosts: Set<String>, logger: Logger) async throws -> Hub {
        let live = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: allowedHosts), now: { .now })
        return try await Hub(settings, registry: registry, logger: logger, now: { .now }) { _, descriptor in live.channel(budget: descriptor.budget) }
    }
}
