import CustomShopSimulator
import Foundation
import SimulatorKit

/// Runs a shop and a catcher in the hub's place for one test, and stops both afterwards, whatever happened.
func withShop(
    _ change: (inout CustomShopConfiguration) -> Void = { _ in },
    answer: @escaping @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { _, _ in .init(status: 202) },
    _ body: (CustomShopSimulator, WebhookCatcher) async throws -> Void
) async throws {
    let catcher = try await WebhookCatcher.start(answer: answer)
    var configuration = CustomShopConfiguration()
    configuration.hookURL = catcher.url
    configuration.timeScale = 0.000_000_1
    change(&configuration)
    let shop = try await CustomShopSimulator.start(configuration)
    do {
        try await body(shop, catcher)
        await shop.stop()
        await catcher.stop()
    } catch {
        await shop.stop()
        await catcher.stop()
        throw error
    }
}

extension CaughtWebhook {
    var event: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    var type: String? { event["type"] as? String }
    var data: [String: Any] { event["data"] as? [String: Any] ?? [:] }
    var order: [String: Any] { data["order"] as? [String: Any] ?? [:] }
    var revision: Int? { (order["revision"] ?? data["revision"]) as? Int }
    var isSigned: Bool {
        (try? CustomShopSigning.verify(headers: headers, body: body, secrets: [SimulatorVector.secret], now: Date())) != nil
    }
}
