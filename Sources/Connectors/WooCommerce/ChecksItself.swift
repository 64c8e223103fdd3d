package import Connect
import Domain
import Foundation
import HTTPTypes

extension WooCommerceConnector: ChecksItself {
    /// From the outside in: each row needs the ones above it, so a failing one ends the list where nothing behind it could be told.
    package func check() async -> [CheckRow] {
        var rows: [CheckRow] = []
        let index: (answer: PlatformAnswer, site: SiteIndex)
        do {
            let answer = try await site.sendOpenly(.index)
            if let failure = AnswerReading.failure(of: answer, now: context.now()) { throw failure }
            index = (answer, try AnswerReading.decode(SiteIndex.self, from: answer, isRead: true).value)
        } catch {
            return [CheckRow("reachable", isGood: false, found: ShopCheck.words(error), remedy: "Open \(settings.site.text)/wp-json/ in a browser: it must show JSON, from the hub's network too.")]
        }
        site.namespaces = Set(index.site.namespaces)
        rows.append(CheckRow("reachable", isGood: true, found: "\(settings.site.text) answers"))
        rows.append(ShopCheck.transport(settings.site))
        rows.append(CheckRow("permalinks", isGood: true, found: site.style.permalinks.rawValue))
        let hasREST = index.site.namespaces.contains("wc/v3")
        rows.append(CheckRow("WooCommerce", isGood: hasREST, found: hasREST ? "REST wc/v3" : "no namespace wc/v3",
                             remedy: hasREST ? nil : "Activate WooCommerce 3.5 or newer in this WordPress."))
        rows.append(ShopCheck.home(index.site.home, settings))
        if let row = ShopCheck.clock(index.answer, now: context.now(), isSigned: site.style.credential.isSigned) { rows.append(row) }
        guard hasREST else { return rows }

        let authentication = await checkAuthentication()
        rows.append(authentication)
        guard authentication.isGood else { return rows }
        rows.append(await checkWriting())
        rows.append(await checkListing())
        if let row = await checkVersion() { rows.append(row) }
        rows.append(ShopCheck.secret(settings.webhookSecret))
        rows += await checkWebhooks()
        return rows
    }

    private func checkAuthentication() async -> CheckRow {
        do {
            _ = try await site.call(APICall(.get, "orders", query: [QueryItem("per_page", "1")]))
            return CheckRow("authentication", isGood: true, found: "the key is accepted (\(site.style.credential.rawValue))")
        } catch {
            let remedy = "Make a key with permission read/write for an administrator or shop manager (WooCommerce > Settings > Advanced > REST API), then authorise the channel again."
            return CheckRow("authentication", isGood: false, found: ShopCheck.words(error), remedy: remedy)
        }
    }

    /// A write to an order that cannot exist: a read-only key is refused before the order is looked for (platforms/woocommerce.md §2.4).
    private func checkWriting() async -> CheckRow {
        let answer: PlatformAnswer
        do {
            answer = try await site.send(try .writing(.put, "orders/0", ["status": "completed"]))
        } catch {
            return CheckRow("write permission", isGood: false, found: ShopCheck.words(error), remedy: "Run the check again.")
        }
        switch AnswerReading.failure(of: answer, now: context.now()) {
        case .unauthorised(let reason)?:
            return CheckRow("write permission", isGood: false, found: reason, remedy: "Make a key with permission read/write: shipments, cancellations and webhooks need it.")
        case nil, .refused?: return CheckRow("write permission", isGood: true, found: "read/write")
        case let failure?: return CheckRow("write permission", isGood: false, found: ShopCheck.words(failure), remedy: "Run the check again.")
        }
    }

    private func checkListing() async -> CheckRow {
        let position = ListingPosition(since: context.now(), perPage: 1)
        do {
            let answer = try await site.send(OrderListing.call(position, until: nil))
            if OrderListing.isFromBefore58(answer) {
                let days = OrderListing.oldOrderDays
                return CheckRow("listing by change", isGood: false, found: "older than WooCommerce 5.8",
                                remedy: "Update WooCommerce. Until then only changes of orders of the last \(days) days are found without a webhook, and refunds of 3.x shops not at all.")
            }
            if let failure = AnswerReading.failure(of: answer, now: context.now()) { throw failure }
            return CheckRow("listing by change", isGood: true, found: "WooCommerce 5.8 or newer")
        } catch {
            return CheckRow("listing by change", isGood: false, found: ShopCheck.words(error), remedy: "Run the check again.")
        }
    }

    /// nil where the shop does not tell; nothing depends on it.
    private func checkVersion() async -> CheckRow? {
        guard let answer = try? await site.call(APICall(.get, "system_status", query: [QueryItem("_fields", "environment,settings")])),
              // A note for people only: what cannot be read is left out.
              let status = try? AnswerReading.decode(WireSystemStatus.self, from: answer, isRead: true).value, let version = status.environment?.version
        else { return nil }
        let store = switch status.settings?.hasOrderTables {
        case true?: "orders in their own tables (HPOS)"
        case false?: "orders as WordPress posts: changes of meta alone are told by webhook only"
        case nil: "orders as WordPress posts, or a version that does not say"
        }
        return CheckRow("version", isGood: true, found: "WooCommerce \(version), \(store)")
    }

    private func checkWebhooks() async -> [CheckRow] {
        guard let url = context.hookURL else {
            return [CheckRow("webhooks", isGood: false, found: "the hub has no public address", remedy: "Tell the hub its address; until then orders come by polling.")]
        }
        do {
            return try await listWebhooks(at: url).map { ShopCheck.webhook($0) }
        } catch {
            return [CheckRow("webhooks", isGood: false, found: ShopCheck.words(error), remedy: "The key's user must be an administrator or shop manager.")]
        }
    }
}

/// The rows that need no call. Pure.
enum ShopCheck {
    static func words(_ error: any Error) -> String { (error as? ConnectorError)?.sentence ?? "it did not answer" }

    static func transport(_ site: SiteAddress) -> CheckRow {
        CheckRow("encryption", isGood: site.isSecure, found: site.isSecure ? "https" : "plain http",
                 remedy: site.isSecure ? nil : "Give the shop a certificate: over plain http buyers' addresses travel readable, and every call must be signed.")
    }

    static func home(_ home: String?, _ settings: WooCommerceSettings) -> CheckRow {
        guard let home, let address = SiteAddress(home) else { return CheckRow("home URL", isGood: true, found: "not told") }
        let isOurs = address.identity == settings.home.identity || address.identity == settings.site.identity
        return CheckRow("home URL", isGood: isOurs, found: address.text,
                        remedy: isOurs ? nil : "Set homeURL to \(address.text): the shop's webhooks and signatures carry it, and are taken for a copy's otherwise.")
    }

    /// The shop takes signed calls within 15 minutes of its own clock (platforms/woocommerce.md §2.3).
    static func clock(_ answer: PlatformAnswer, now: Timestamp, isSigned: Bool) -> CheckRow? {
        guard let skew = AnswerReading.clockSkewSeconds(of: answer, now: now) else { return nil }
        let isGood = abs(skew) <= (isSigned ? 600 : 120)
        let words = abs(skew) < 2 ? "in step" : "\(abs(skew)) s \(skew > 0 ? "ahead of" : "behind") ours"
        return CheckRow("clock", isGood: isGood, found: words, remedy: isGood ? nil : "Let both machines keep time by NTP: signed calls are refused from 15 minutes on, and listings reach back by our clock.")
    }

    static func secret(_ secret: String?) -> CheckRow {
        guard let secret else {
            return CheckRow("webhook secret", isGood: false, found: "not set", remedy: "Set webhookSecret to 20 or more letters and digits and register the webhooks.")
        }
        let isPlain = secret.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"&<>\"'".utf8.contains($0) }
        return CheckRow("webhook secret", isGood: isPlain, found: isPlain ? "set" : "has characters that the shop changes before it signs",
                        remedy: isPlain ? nil : "Use letters and digits only: the shop trims it and decodes HTML entities in it.")
    }

    static func webhook(_ hook: WebhookRegistration) -> CheckRow {
        let name = "webhook \(hook.topic)"
        return switch hook.state {
        case .active: CheckRow(name, isGood: true, found: "active")
        case .missing: CheckRow(name, isGood: false, found: "missing", remedy: "Register the webhooks again; orders come by polling meanwhile.")
        case .disabled:
            CheckRow(name, isGood: false, found: "disabled or paused",
                     remedy: "See that the hub answers at its public address, then register the webhooks again; one that a person paused is set to Active in WooCommerce.")
        }
    }
}

/// `GET /system_status`, as far as it is of use.
struct WireSystemStatus: Decodable, Sendable {
    struct Environment: Decodable, Sendable { var version: String? }
    struct Settings: Decodable, Sendable {
        var hasOrderTables: Bool?
        enum CodingKeys: String, CodingKey { case hasOrderTables = "HPOS_enabled" }
    }
    var environment: Environment?, settings: Settings?
}
