import Domain
import Foundation
import SimulatorKit

/// The shop's people, through the hub's API alone: they approve, let go, print, pack by scan, hand over with a manifest, and authorise again what was revoked.
struct DayPeople: Sendable {
    let hub: DayHub, town: DayTown, book: DayBook

    private static let look = Duration.milliseconds(400)
    private static let labelsAtOnce = 60, hands = 4

    /// Works until cancelled. What the hub refuses a person sees, counts, and tries again later.
    func work() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await again("approve") { try await approve() } }
            group.addTask { await again("let go") { try await letGo() } }
            for carrier in Self.carriers {
                group.addTask { await packing(carrier) }
                group.addTask { await again("hand over", pause: .seconds(4)) { try await handOver(carrier) } }
            }
            group.addTask { await again("connections", pause: .seconds(1)) { try await connections() } }
        }
    }

    static let post = "Thailand Post"
    static let carriers = [DayPlan.Channel.shopeeOne.rawValue, DayPlan.Channel.shopeeTwo.rawValue, DayPlan.Channel.lazada.rawValue, post]

    private static func inAddress(_ carrier: String) -> String { carrier.replacing(" ", with: "%20") }

    /// A scan whose answer got lost is made once more: a box is packed once, and counted once.
    private func scanned(_ path: String, _ body: JSONValue) async throws -> DayHub.Answer {
        let answer = try await hub.raw("POST", path, body)
        return answer.status == 409 && answer.text.contains("idempotency_outcome_unknown") ? try await hub.raw("POST", path, body) : answer
    }

    private func again(_ what: String, pause: Duration = look, _ body: () async throws -> Void) async {
        while !Task.isCancelled {
            do { try await body() } catch is CancellationError { return } catch { book.count("\(what): \("\(error)".prefix(160))") }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    // MARK: The desk

    /// The shop's orders wait for a person's word: what is paid or collected at the door may go.
    private func approve() async throws {
        for filter: JSONValue in [["workflows": ["new"], "isCashOnDelivery": true], ["workflows": ["new"], "payments": ["paid", "authorised"]]] { try await bulk("approve", filter, of: .shop) }
    }

    /// The second shop's orders go to Shopee when somebody lets them.
    private func letGo() async throws { try await bulk("ship", ["workflows": ["approved"]], of: .shopeeTwo) }

    private func bulk(_ action: String, _ filter: JSONValue, of channel: DayPlan.Channel) async throws {
        guard let id = try await channels().first(where: { $0["name"].string == channel.rawValue })?["id"].string else { return }
        var members = filter.members
        members["channels"] = [.text(id)]
        let wish: JSONValue = ["action": .text(action), "filter": .object(members)]
        let preview = try await hub.raw("POST", "order-bulk/preview", wish)
        // The filter matches nothing just now.
        if preview.status == 422 { return }
        guard preview.status == 200, try JSONValue(data: preview.data)["goes"].whole ?? 0 > 0 else { return }
        let begun = try await hub.api("POST", "order-bulk", wish)
        guard let bulk = begun["id"].string else { return }
        for _ in 0..<200 {
            let state = try await hub.api("GET", "order-bulk/\(bulk)")["state"].string ?? ""
            if !["running", "cancelling"].contains(state) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func channels() async throws -> [JSONValue] { try await hub.api("GET", "channels")["data"].elements }

    /// Whoever was revoked is authorised again; whoever was only shown the door once is let in again after a look.
    private func connections() async throws {
        for channel in try await channels() where channel["state"].string == "parked" {
            guard let name = channel["name"].string, let id = channel["id"].string else { continue }
            if let kind = DayPlan.Channel(rawValue: name), [.shopeeOne, .shopeeTwo, .lazada].contains(kind) {
                try await authorise(kind, id)
            } else {
                _ = try await hub.api("POST", "channels/\(id)/resume")
                book.with { $0.resumed[name, default: 0] += 1 }
            }
        }
    }

    /// What the seller does in the browser: opens the platform's page, agrees as that shop, and comes back with what stands in the address.
    func authorise(_ channel: DayPlan.Channel, _ id: String) async throws {
        guard let page = try await hub.api("POST", "channels/\(id)/authorise")["url"].string else { return }
        let agreed = try await PlainHTTP.send("GET", page + (DayTown.shops[channel].map { "&as=\($0)" } ?? ""))
        guard let back = agreed.headers["location"], let items = URLComponents(string: back)?.queryItems else { return book.count("the consent page led nowhere: \(agreed.status)") }
        let query = Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        _ = try await hub.api("POST", "authorisations/answer", ["query": JSONValue(query)])
        book.with { $0.authorised[channel.rawValue, default: 0] += 1 }
    }

    // MARK: A packing table for each carrier

    private func packing(_ carrier: String) async {
        var notBefore: [String: ContinuousClock.Instant] = [:]
        while !Task.isCancelled {
            do {
                if try await packSome(of: carrier, &notBefore) == 0 { try await Task.sleep(for: Self.look) }
            } catch is CancellationError { return } catch {
                book.count("pack: \("\(error)".prefix(160))")
                do { try await Task.sleep(for: Self.look) } catch { return }
            }
        }
    }

    /// Labels of the next parcels as one file, then each is packed by a scan of its label.
    private func packSome(of carrier: String, _ notBefore: inout [String: ContinuousClock.Instant]) async throws -> Int {
        var chosen: [JSONValue] = [], cursor: String?
        repeat {
            let page = try await hub.api("GET", "parcels?state=toPack&limit=200&carrier=\(Self.inAddress(carrier))" + (cursor.map { "&cursor=\($0)" } ?? ""))
            chosen += page["data"].elements.filter { parcel in
                guard let id = parcel["id"].string, parcel["trackingNumber"].string != nil, parcel["hindrance"].isNull, notBefore[id].map({ $0 <= .now }) ?? true else { return false }
                return entry(of: parcel)?.order.fate != .cancelledBeforePacking
            }
            cursor = page["nextCursor"].string
        } while cursor != nil && chosen.count < Self.labelsAtOnce
        chosen = Array(chosen.prefix(Self.labelsAtOnce))
        guard !chosen.isEmpty else { return 0 }
        let printed = try await hub.raw("POST", "parcels/labels", ["parcels": .array(chosen.map { $0["id"] }), "size": "100x150"])
        let missing: Set<String>
        switch printed.status {
        case 200..<300:
            missing = Set((printed.headers["x-labels-refused"] ?? "").split(separator: " ").map(String.init))
            book.with { $0.prints += 1; $0.labels += Int(printed.headers["x-labels"] ?? "") ?? 0; $0.labelsRefused += missing.count }
        case 422: missing = Set(chosen.compactMap { $0["trackingNumber"].string }); book.with { $0.labelsRefused += missing.count }
        default: throw DayHub.Refused(status: printed.status, text: printed.text)
        }
        var ready: [JSONValue] = []
        for parcel in chosen {
            if missing.contains(parcel["trackingNumber"].string ?? "") { notBefore[parcel["id"].string ?? ""] = .now + .seconds(2) } else { ready.append(parcel) }
        }
        try await byHands(ready) { try await pack($0) }
        return chosen.count
    }

    private func pack(_ parcel: JSONValue) async throws {
        guard let number = parcel["trackingNumber"].string else { return }
        let found = try await hub.raw("GET", "parcels/find?code=\(number)")
        guard found.status == 200, let id = try JSONValue(data: found.data)["id"].string else { return book.count("scanned in vain: \(found.status)") }
        let answer = try await scanned("parcels/\(id)/pack", (Int64(id) ?? 0) % 5 == 0 ? ["weightGrams": 850] : [:])
        guard answer.status == 200 else { return book.count("not packed: \(answer.text.prefix(160))") }
        guard let name = parcel["channel"].string, let order = parcel["number"].string else { return }
        book.change(DayBook.key(name, order)) { entry in
            entry.packed.insert(id)
            entry.ofParcels = Int(parcel["ofParcels"].whole ?? 1)
        }
    }

    private func entry(of parcel: JSONValue) -> DayBook.Entry? { book.entry(parcel["channel"].string ?? "", parcel["number"].string ?? "") }

    private func byHands(_ items: [JSONValue], _ body: @escaping @Sendable (JSONValue) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = items.makeIterator()
            for _ in 0..<Self.hands { if let item = rest.next() { group.addTask { try await body(item) } } }
            while try await group.next() != nil { if let item = rest.next() { group.addTask { try await body(item) } } }
        }
    }

    // MARK: The ramp

    /// One round for a carrier: everything packed is scanned into its manifest, which is closed and signed. One that was left closed and unsigned goes first.
    private func handOver(_ carrier: String) async throws {
        for left in try await hub.api("GET", "manifests")["data"].elements where left["carrier"].string == carrier {
            guard let id = left["id"].string else { continue }
            if left["state"].string == "closed" { try await sign(id) }
            // Signed, and the hub was killed before it could say so.
            if left["state"].string == "handedOver", !book.with({ $0.manifests[id]?.isHandedOver ?? true }) { try await note(id) }
        }
        let packed = try await hub.all("parcels?state=packed&carrier=\(Self.inAddress(carrier))").filter { parcel in
            // A buyer is about to cancel: it stands aside until the hub knows, and the scan then has to say stop.
            let waits = entry(of: parcel)?.order.fate == .cancelledAfterPacking && parcel["hindrance"].isNull
            return !waits && book.with { !$0.stopped.contains(parcel["trackingNumber"].string ?? "") }
        }
        guard !packed.isEmpty else { return }
        guard let id = try await hub.api("POST", "manifests", ["carrier": .text(carrier)])["id"].string else { return }
        book.with { $0.manifests[id, default: .init(carrier: carrier)].carrier = carrier }
        try await byHands(packed) { try await scan($0, into: id) }
        let closed = try await hub.raw("POST", "manifests/\(id)/close")
        // Nothing on it but what must not leave: it stays open for the next round.
        if closed.status == 422 || closed.status == 409 { return }
        guard closed.status == 200 else { return book.count("not closed: \(closed.status) \(closed.text.prefix(160))") }
        try await sign(id)
    }

    private func sign(_ id: String) async throws {
        _ = try await hub.api("POST", "manifests/\(id)/hand-over", ["to": "driver"])
        try await note(id)
    }

    /// What the driver signed for.
    private func note(_ id: String) async throws {
        let counted = try await hub.api("GET", "manifests/\(id)")["counted"].elements
        book.with { state in
            state.manifests[id]?.listed = Set(counted.compactMap { $0["trackingNumber"].string })
            state.manifests[id]?.isHandedOver = true
        }
        for parcel in counted {
            guard let name = parcel["channel"].string, let order = parcel["number"].string, let parcelID = parcel["id"].string, let number = parcel["trackingNumber"].string else { continue }
            book.change(DayBook.key(name, order)) { entry in
                entry.handed[parcelID] = number
                entry.ofParcels = Int(parcel["ofParcels"].whole ?? 1)
            }
        }
    }

    private func scan(_ parcel: JSONValue, into manifest: String) async throws {
        guard let number = parcel["trackingNumber"].string else { return }
        let answer = try await scanned("manifests/\(manifest)/scan", ["code": .text(number)])
        guard answer.status == 200 else { return book.count("not scanned: \(answer.text.prefix(160))") }
        let outcome = try JSONValue(data: answer.data)["outcome"].string ?? "", isMeant = entry(of: parcel)?.order.fate != .delivered
        book.with { state in
            switch outcome {
            case "counted", "again": state.manifests[manifest]?.scanned.insert(number)
            case "mustNotLeave":
                state.stopped.insert(number)
                if !isMeant { state.stoppedInError.append(number) }
            default: state.refusals["scan said \(outcome)", default: 0] += 1
            }
        }
    }
}
