package import Connect
import Domain
import Foundation

extension Shopat24Connector: ChecksItself {
    /// The profile as it is understood, and one listing of the last hour: it proves address, credentials, paths and pointers at once. Nothing is written.
    package func check() async -> [CheckRow] {
        if let exchange { return fileRows(exchange) }
        return [profileRow, schemeRow, await listingRow(), webhookRow, actionsRow]
    }

    /// What lies in the folders; the hub itself tells when it could not read a file.
    private func fileRows(_ exchange: FileExchange) -> [CheckRow] {
        let file = profile.file
        let profileRow = CheckRow("profile", isGood: true, found: "files by \(file.profile), \(file.columns.count) columns, \(profile.statusMap.count) status words")
        guard let out = context.outputFolder else { return [profileRow, CheckRow("folder", isGood: false, found: "the hub has no data directory for files", remedy: "Start the hub with a data directory.")] }
        let inward = URL(fileURLWithPath: out).deletingLastPathComponent().appending(path: "in/\(exchange.incoming)").path, outward = out + "/" + exchange.outgoing
        // A folder that is not there yet is empty.
        func names(_ path: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") } }
        let failed = names(inward + "/failed").filter { !$0.hasSuffix(".result.csv") && !$0.hasSuffix(".rejected.csv") }
        let waiting = names(inward).filter { role(of: $0) != .unknown }.count, unanswered = names(outward).count { $0.hasPrefix(OutgoingFolder.prefix) && $0.hasSuffix(".csv") }
        return [
            profileRow,
            CheckRow("folder", isGood: true, found: "in/\(exchange.incoming): \(waiting) waiting, \(names(inward + "/done").count { role(of: $0) != .unknown }) taken, \(failed.count) refused"),
            CheckRow("refused files", isGood: failed.isEmpty, found: failed.isEmpty ? "none" : failed.sorted().suffix(3).joined(separator: ", ").cut(200),
                     remedy: failed.isEmpty ? nil : "The .result.csv beside each in in/\(exchange.incoming)/failed says why. Correct the file and put it into in/\(exchange.incoming) again, then remove it from failed."),
            CheckRow("answers", isGood: true, found: "out/\(exchange.outgoing): \(unanswered) files wait for an answer"),
        ]
    }

    private var profileRow: CheckRow {
        CheckRow("profile", isGood: true, found: "\(client.origin), pages by \(profile.list.paging.style.rawValue), \(profile.statusMap.count) status words, \(profile.errors.count) codes")
    }

    private var schemeRow: CheckRow {
        let scheme = profile.auth.scheme
        let skew = scheme == .hmac ? ", clocks may differ by \(profile.auth.skew ?? 300) s" : ""
        return CheckRow("authorisation", isGood: scheme != .none, found: scheme.rawValue + skew, remedy: scheme == .none ? "Set auth in the profile and the secret, unless the channel really asks for neither." : nil)
    }

    private func listingRow() async -> CheckRow {
        do {
            let page = try await listOrders(changedSince: context.now() - .seconds(3600), until: nil, cursor: nil, limit: 1)
            return CheckRow("listing", isGood: true, found: page.orders.isEmpty ? "answers, nothing changed in the last hour" : "answers, and its orders are readable")
        } catch {
            let remedy = switch error {
            case .unauthorised: "Enter the secret that the channel's vendor support gave you, and look at auth in the profile."
            case .notUnderstood: "Look at pointers and values in the profile: this member does not hold what they say."
            default: "Check the base address, and list in the profile."
            }
            return CheckRow("listing", isGood: false, found: error.sentence, remedy: remedy)
        }
    }

    private var webhookRow: CheckRow {
        guard profile.webhook != nil else { return CheckRow("webhook", isGood: true, found: "none: orders are found by listing") }
        guard let webhook = settings.webhook else { return CheckRow("webhook", isGood: false, found: "described, without a secret", remedy: "Set webhookSecret; until then every push is refused.") }
        guard !webhook.signsURL || context.hookURL != nil else { return CheckRow("webhook", isGood: false, found: "its signature covers our address, which is not known", remedy: "Give the hub its public address.") }
        return CheckRow("webhook", isGood: true, found: "signed pushes are taken")
    }

    private var actionsRow: CheckRow {
        let actions = [("confirm", profile.actions.confirm), ("ship", profile.actions.ship), ("cancel", profile.actions.cancel), ("label", profile.actions.label)]
        let there = actions.filter { $0.1 != nil }.map(\.0), detail = profile.detail == nil ? "" : "detail, "
        return CheckRow("actions", isGood: profile.actions.ship != nil && profile.detail != nil, found: detail + (there.isEmpty ? "none" : there.joined(separator: ", ")),
                        remedy: profile.actions.ship == nil ? "Without actions.ship the channel is not told of shipments." : profile.detail == nil ? "Without detail a push cannot be followed." : nil)
    }
}
