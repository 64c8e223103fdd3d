import ArgumentParser

struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Finds, shows and works orders.",
        discussion: "Where an ORDER is wanted, its id in the hub or its number at the shop will do.",
        subcommands: [List.self, Show.self, Timeline.self, Approve.self, Hold.self, Exclude.self, Cancel.self, Reopen.self, Edit.self, Note.self, Label.self])

    /// Names of the channels by id; a token that may not read them shows ids.
    static func channelNames(_ api: APIClient) async -> [String: String] {
        guard let all = try? await api.get("channels") else { return [:] }      // said above
        return Dictionary(all["data"].elements.map { ($0["id"].plain, $0["name"].plain) }, uniquingKeysWith: { first, _ in first })
    }

    static let shortestID = 15

    /// The hub's id of an order named by id or by its number at the shop.
    static func id(of text: String, _ api: APIClient) async throws -> String {
        if text.count >= shortestID, text.allSatisfy({ $0.isASCII && $0.isNumber }) { return text }
        let found = try await api.get("orders", [("search", text), ("limit", "50")])["data"].elements.filter {
            [$0["externalNumber"].string, $0["externalID"].string].contains(text) || $0["externalNumber"].string == "#" + text
        }
        if found.count > 1 { throw CommandFailure(.refused, "\(text) is the number of several orders: \(found.map { "\($0["id"].plain) (\($0["platform"].plain))" }.joined(separator: ", ")). Use the id.") }
        guard let one = found.first else { throw CommandFailure(.refused, "There is no order \(text).") }
        return one["id"].plain
    }

    struct List: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Lists orders, the newest first.")
        @OptionGroup var filter: OrderFilterOptions
        @Option(help: "At most so many.") var limit = 50
        @OptionGroup var hub: HubOptions
        func validate() throws { guard (1...10_000).contains(limit) else { throw ValidationError("--limit wants 1 to 10000; `crossdock export` writes all.") } }
        func work(_ api: APIClient) async throws {
            let page = try await api.list("orders", filter.query, limit: limit)
            let names = hub.json ? [:] : await OrdersCommand.channelNames(api)
            try hub.print(page) { OrderText.table(page["data"].elements, channels: names) }
            if !hub.json, !page["nextCursor"].isNull { Terminal.note("There are more: raise --limit, or narrow the filter.") }
        }
    }

    struct Show: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one order.")
        @Argument(help: "Id or number.") var order: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let one = try await api.get("orders/\(try await OrdersCommand.id(of: order, api))")
            try hub.print(one) { OrderText.card(one) }
        }
    }

    struct Timeline: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what happened to an order, and why.")
        @Argument(help: "Id or number.") var order: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws {
            let entries = try await api.get("orders/\(try await OrdersCommand.id(of: order, api))/timeline")
            try hub.print(entries) { OrderText.timeline(entries["data"].elements) }
        }
    }

    /// One action on each order; the first refusal ends it, and says how far it came.
    static func act(_ action: String, _ orders: [String], reason: String? = nil, _ api: APIClient, _ hub: HubOptions) async throws {
        for (done, name) in orders.enumerated() {
            do {
                let order = try await api.post("orders/\(try await id(of: name, api))/actions", ["action": .text(action), "reason": JSONValue(reason)])
                try hub.print(order) { "\(order["externalNumber"].plain)  \(order["workflow"].plain)\n" }
            } catch var failure as CommandFailure where orders.count > 1 {
                failure.description = "\(name): \(failure.description) \(done) of \(orders.count) orders were done before it."
                throw failure
            }
        }
    }

    struct Approve: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Approves orders: they go on to the courier.")
        @Argument(help: "Ids or numbers.") var orders: [String]
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("approve", orders, api, hub) }
    }
    struct Hold: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Holds orders until a person confirms them.")
        @Argument(help: "Ids or numbers.") var orders: [String]
        @Option(help: "Why.") var reason: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("hold", orders, reason: reason, api, hub) }
    }
    struct Exclude: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Keeps orders out: nothing is sent for them.")
        @Argument(help: "Ids or numbers.") var orders: [String]
        @Option(help: "Why.") var reason: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("exclude", orders, reason: reason, api, hub) }
    }
    struct Cancel: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Cancels orders, also at every destination that took them.")
        @Argument(help: "Ids or numbers.") var orders: [String]
        @Option(help: "Why.") var reason: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("cancel", orders, reason: reason, api, hub) }
    }
    struct Reopen: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Takes excluded orders up again.")
        @Argument(help: "Ids or numbers.") var orders: [String]
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("reopen", orders, api, hub) }
    }
    struct Note: HubCommand {
        static let configuration = CommandConfiguration(abstract: "Writes a note into an order's timeline.")
        @Argument(help: "Id or number.") var order: String
        @Argument(help: "The note.") var text: String
        @OptionGroup var hub: HubOptions
        func work(_ api: APIClient) async throws { try await OrdersCommand.act("note", [order], reason: text, api, hub) }
    }

    struct Edit: HubCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes fields of an order; a later update of the platform does not overwrite them.",
            discussion: "Fields are named as in the API: shipTo.postcode, buyer.phone, note, … Example:\n  crossdock orders edit 1001 --set shipTo.postcode=10110 --clear shipTo.line2")
        @Argument(help: "Id or number.") var order: String
        @Option(name: .customLong("set"), help: ArgumentHelp("A field (repeatable).", valueName: "field=value")) var set: [KeyValue] = []
        @Option(help: ArgumentHelp("A field to empty (repeatable).", valueName: "field")) var clear: [String] = []
        @Option(help: "The revision you looked at: a newer one refuses the edit. Otherwise the revision of now.") var revision: Int?
        @OptionGroup var hub: HubOptions
        func validate() throws { guard !(set.isEmpty && clear.isEmpty) else { throw ValidationError("Say what to change: --set field=value or --clear field.") } }
        func work(_ api: APIClient) async throws {
            let id = try await OrdersCommand.id(of: order, api)
            var seen = revision.map { JSONValue.integer(Int64($0)) }
            if seen == nil { seen = try await api.get("orders/\(id)")["revision"] }
            let changes = KeyValue.dictionary(set).mapValues(JSONValue.text).merging(clear.map { ($0, JSONValue.null) }, uniquingKeysWith: { first, _ in first })
            let one = try await api.patch("orders/\(id)", ["revision": seen ?? .null, "changes": .object(changes)])
            try hub.print(one) { OrderText.card(one) }
        }
    }
}
