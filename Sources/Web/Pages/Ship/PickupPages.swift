import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Carriers asked to fetch what stands packed, on the page of the manifests.
struct PickupPages {
    let console: Console
    static let path = "/ship/manifests#pickups"

    func add(to pages: RouterGroup<AppContext>) {
        pages.post("ship/pickups", use: console.page(ask))
        pages.post("ship/pickups/:id/cancel", use: console.page(cancel))
    }

    struct Row: Sendable { var id: String, day: String, hours: String, carrier: String, parcels: String, state: StateWord, message: String?, by: String, at: PageTime, mayCallOff: Bool, isAsking: Bool }
    struct ByHand: Sendable { var carrier: String, sentence: String }
    struct Part: Sendable {
        var carriers: [ShipPages.Choice], hasCarriers: Bool, byHand: [ByHand], hasByHand: Bool, rows: [Row], hasRows: Bool, today: String, mayPack: Bool
        var isThere: Bool
    }

    static func part(_ visit: Visit) async throws -> Part {
        let desk = visit.hub.pickups, words = visit.words, today = visit.clock.day(inFieldOf: visit.now), channels = visit.hub.channels.directory.surroundings.channels
        let couriers = channels.values.filter { $0.kind == .courier && $0.state != .removed }.sorted { $0.name < $1.name }
        var carriers: [ShipPages.Choice] = [], byHand: [ByHand] = []
        for courier in couriers {
            switch try? desk.way(of: courier.id) {      // one whose settings cannot be read is no working carrier, which its own page says
            case .call: carriers.append(ShipPages.Choice(value: "\(courier.id)", name: courier.name, isChosen: false))
            case .byHand(let sentence): byHand.append(ByHand(carrier: courier.name, sentence: words.has("ship.byHand.\(courier.platform)") ? words("ship.byHand.\(courier.platform)") : sentence))
            case nil: break
            }
        }
        let mayPack = visit.caller.may(.ordersWrite)
        let rows = try await desk.pickups(since: today).map { pickup in
            Row(id: "\(pickup.id)", day: visit.clock.day(ofField: pickup.day), hours: pickup.window.map { $0.joined(separator: "–") } ?? "", carrier: channels[pickup.channel]?.name ?? "", parcels: "\(pickup.parcels)",
                state: StateWord(word: words("ship.pickupStates.\(pickup.state.rawValue)"), tone: tone(pickup.state).rawValue), message: pickup.message.map(words.said) ?? pickup.externalID, by: pickup.askedBy,
                at: visit.time(pickup.askedAt), mayCallOff: mayPack && pickup.state == .requested, isAsking: pickup.state == .asking)
        }
        return Part(carriers: carriers, hasCarriers: !carriers.isEmpty, byHand: byHand, hasByHand: !byHand.isEmpty, rows: rows, hasRows: !rows.isEmpty, today: today, mayPack: mayPack,
                    isThere: !carriers.isEmpty || !byHand.isEmpty || !rows.isEmpty)
    }

    private static func tone(_ state: Pickup.State) -> Tone {
        switch state {
        case .asking: .going
        case .requested: .good
        case .refused: .bad
        case .cancelled: .off
        }
    }

    private func sentence(_ fault: any HubError, _ words: Words) -> String {
        guard let fault = fault as? PickupFault, words.has("ship.pickupFaults.\(fault.code)") else { return words.said(fault.sentence) }
        return words("ship.pickupFaults.\(fault.code)")
    }

    @Sendable private func ask(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        let form = try await visit.form(), words = visit.words
        guard let channel = form["carrier"].flatMap({ ChannelID(text: $0) }), let name = visit.hub.channels.directory.channel(channel)?.name else { throw APIProblem.notFound("carrier") }
        // One hour without the other is no window: the desk refuses it.
        let hours = [form.text("from"), form.text("until")].compactMap(\.self)
        do {
            let pickup = try await visit.hub.pickups.request(channel, on: form["day"] ?? "", window: hours.isEmpty ? nil : hours, by: visit.caller.actor)
            return visit.redirect(Self.path, notice: words.counted("ship.pickupAsked", pickup.parcels, ["carrier": name, "day": visit.clock.day(ofField: pickup.day)]))
        } catch let fault as any HubError { return visit.redirect(Self.path, notice: sentence(fault, words), tone: .bad) }
    }

    @Sendable private func cancel(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersWrite)
        _ = try await visit.form()
        guard let id = APIRead.whole(try APIRead.part(visit.context, what: "pick-up")) else { throw APIProblem.notFound("pick-up") }
        do {
            _ = try await visit.hub.pickups.cancel(id, by: visit.caller.actor)
            return visit.redirect(Self.path, notice: visit.words("ship.pickupCalledOff"))
        } catch PickupFault.unknown { throw APIProblem.notFound("pick-up") } catch let fault as any HubError { return visit.redirect(Self.path, notice: sentence(fault, visit.words), tone: .bad) }
    }
}
