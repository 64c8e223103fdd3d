import Connect
package import Domain

/// Everything a rule of a channel can be written with: the fields and what they take, the actions, and the values seen in this hub.
package struct RuleVocabulary: Sendable, Encodable {
    package struct Field: Sendable, Encodable {
        package var name: String, kind: String, operators: [String]
        /// The only words it can have, or what was seen of it lately; never a buyer's own.
        package var values: [String]
        package var isOfLines: Bool, takesZone: Bool
    }
    package struct Region: Sendable, Encodable { package var code: String, name: String }

    package var fields: [Field]
    package var actions: [String], combiners: [String]
    package var couriers: [String], tags: [String], services: [String], zones: [String], regions: [Region]

    static let actions = ["exclude", "hold", "approve", "tag", "courier", "service", "priority", "split"], combiners = ["all", "any", "not"]
}

extension Hub {
    private static let lookedAt = 300, lookedAtOnce = 100, keptValues = 40, keptCharacters = 80

    /// - Parameter seesOrders: false: without the values seen in orders.
    package func ruleVocabulary(of id: ChannelID, seesOrders: Bool) async throws -> RuleVocabulary {
        let surroundings = channels.directory.surroundings
        guard let channel = surroundings.channels[id] else { throw ChannelFault.unknownChannel("\(id)") }
        let seen = seesOrders ? try await seenValues(of: channel) : SeenValues()
        let couriers = surroundings.channels.values.filter { $0.kind == .courier && $0.state != .removed }.map(\.name).sorted()
        let zone = channel.settings["timeZone"].flatMap { $0.isEmpty ? nil : $0 }
        var zones = ["Asia/Bangkok", "America/Santiago", "Asia/Singapore", "Europe/Madrid", "UTC"]
        if let zone { zones.removeAll { $0 == zone }; zones.insert(zone, at: 0) }
        let fields = RuleFields.table.map { field in
            var isOfLines = false, takesZone = false
            switch field.read { case .line: isOfLines = true; case .zoned: takesZone = true; case .order: break }
            let values = field.words ?? (field.kind == .weekday ? RuleFields.weekdays : field.kind == .truth ? ["true", "false"] : seen.fields[field.name]?.sorted() ?? [])
            return RuleVocabulary.Field(name: field.name, kind: field.kind.rawValue, operators: RuleOperands.operators(of: field.kind), values: values, isOfLines: isOfLines, takesZone: takesZone)
        }
        let regions = AddressNormaliser.thaiProvinces.map { RuleVocabulary.Region(code: $0.code, name: $0.englishName) } + AddressNormaliser.chileanRegions.map { .init(code: $0.code, name: $0.name) }
        return RuleVocabulary(fields: fields, actions: RuleVocabulary.actions, combiners: RuleVocabulary.combiners, couriers: couriers, tags: seen.tags.sorted(), services: seen.services.sorted(),
                              zones: zones, regions: regions)
    }

    private struct SeenValues { var fields: [String: Set<String>] = [:], tags: Set<String> = [], services: Set<String> = [] }

    /// What the last orders hold in fields that are nobody's own data.
    private func seenValues(of channel: Channel) async throws -> SeenValues {
        var seen = SeenValues(), filter = OrderFilter(), cursor: OrderCursor?, rest = Self.lookedAt
        filter.channels = [channel.id]
        while rest > 0 {
            let page = try await ledger.orders(filter, after: cursor, limit: Self.lookedAtOnce)
            for order in page.orders { Self.note(order, channel, into: &seen) }
            rest -= page.orders.count
            guard let next = page.next, !page.orders.isEmpty else { break }
            cursor = next
        }
        return seen
    }

    private static func note(_ order: StoredOrder, _ channel: Channel, into seen: inout SeenValues) {
        let facts = RuleFacts(order: order.snapshot, channel: channel.name, platform: channel.platform, workflow: order.workflow, now: order.createdAt)
        for field in RuleFields.table where !field.isPersonal && field.words == nil && [.text, .words].contains(field.kind) && field.name != "externalNumber" {
            switch field.read {
            case .order(let read): keep(read(facts), of: field.name, &seen)
            case .line(let read): for line in order.snapshot.lines.prefix(20) { keep(read(line, facts), of: field.name, &seen) }
            case .zoned: break
            }
        }
        for tag in order.snapshot.tags + (order.decision?.tags ?? []) where seen.tags.count < keptValues && tag.count <= keptCharacters { seen.tags.insert(tag) }
        if let service = order.decision?.service, seen.services.count < keptValues { seen.services.insert(service) }
    }

    private static func keep(_ fact: Fact, of field: String, _ seen: inout SeenValues) {
        let texts: [String] = switch fact { case .text(let text): [text]; case .texts(let texts): texts; case .unknown, .number, .money, .truth: [] }
        for text in texts where !text.isEmpty && text.count <= keptCharacters && seen.fields[field]?.count ?? 0 < keptValues { seen.fields[field, default: []].insert(text) }
    }
}
