import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Connecting a channel: which platform, what to do over there, what to paste here, a live check, and then the channel itself.
struct ConnectPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("channels/new", use: console.page(platforms))
        pages.get("channels/new/:id", use: console.page(form))
        pages.post("channels/new/:id", use: console.page(connect))
    }

    struct PlatformLine: Sendable { var platform: String, title: String, intro: String? }
    struct Kind: Sendable { var title: String, hint: String, platforms: [PlatformLine] }
    struct Platforms: Sendable { var kinds: [Kind] }

    @Sendable private func platforms(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let all = visit.hub.channels.registry.descriptors, words = visit.words
        let kinds = [(PlatformDescriptor.Kind.shop, "shops"), (.courier, "couriers"), (.destination, "destinations"), (.file, "files")].compactMap { kind, name -> Kind? in
            let lines = all.filter { $0.kind == kind }.map { PlatformLine(platform: $0.platform, title: $0.title, intro: words.has("guides.\($0.platform).intro") ? words("guides.\($0.platform).intro") : nil) }
            return lines.isEmpty ? nil : Kind(title: words("channels.connectKinds.\(name)"), hint: words("channels.kindHints.\(name)"), platforms: lines)
        }
        return try visit.page("channels-platforms", title: words("channels.connect"), at: .channels, Platforms(kinds: kinds), styles: ["flows.css"])
    }

    struct Connect: Sendable {
        var platform: String, title: String, heading: String, intro: String?, steps: [String], hasSteps: Bool, after: String?
        var name: String, nameFault: String?, form: ConnectForm
        var checks: [CheckLine], hasChecks: Bool, isChecked: Bool, checkedWell: Bool, mayForce: Bool, problem: String?
    }

    private func descriptor(_ visit: Visit) throws -> PlatformDescriptor {
        try visit.hub.channels.descriptor(try APIRead.part(visit.context, what: "platform"))
    }

    private func couriers(_ visit: Visit) -> [String] {
        visit.hub.channels.directory.surroundings.channels.values.filter { $0.kind == .courier && $0.state != .removed }.map(\.name).sorted()
    }

    @Sendable private func form(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let descriptor = try descriptor(visit), made = ConnectForm.made(for: descriptor.platform)
        return try page(visit, descriptor, name: suggestion(descriptor, visit), values: made, made: Set(made.keys))
    }

    /// A name that is free: the platform's own, with a number where that is taken.
    private func suggestion(_ descriptor: PlatformDescriptor, _ visit: Visit) -> String {
        let taken = Set(visit.hub.channels.directory.surroundings.channels.values.map(\.name)), base = String(descriptor.title.prefix { $0 != "(" }).trimmingCharacters(in: .whitespaces)
        return taken.contains(base) ? (2...99).lazy.map { "\(base) \($0)" }.first { !taken.contains($0) } ?? "" : base
    }

    private func page(_ visit: Visit, _ descriptor: PlatformDescriptor, name: String, values: [String: String], made: Set<String>, trial: ChannelTrial? = nil, problem: String? = nil,
                      status: HTTPResponse.Status = .ok) throws -> Response {
        let words = visit.words, guide = "guides.\(descriptor.platform)", writer = ChannelWriter(visit: visit)
        let faults = (trial?.faults ?? [:]).mapValues { Self.sentence($0, words) }
        let steps = words.list("\(guide).steps")
        let content = Connect(
            platform: descriptor.platform, title: descriptor.title, heading: words("channels.connectA", ["platform": descriptor.title]), intro: words.has("\(guide).intro") ? words("\(guide).intro") : nil,
            steps: steps, hasSteps: !steps.isEmpty, after: words.has("\(guide).after") ? words("\(guide).after") : nil, name: name, nameFault: faults["name"],
            form: ConnectForm(descriptor, words: words, values: values, faults: faults, made: made, couriers: couriers(visit)),
            checks: (trial?.rows ?? []).map(writer.check), hasChecks: trial.map { !$0.rows.isEmpty } ?? false, isChecked: trial != nil, checkedWell: trial?.isGood ?? false,
            mayForce: trial.map { $0.faults.isEmpty && !$0.isGood } ?? false, problem: problem ?? (faults.isEmpty ? nil : words("channels.form.faults")))
        return try visit.page("channels-connect", title: content.heading, at: .channels, content, scripts: ["flows.js"], styles: ["flows.css"], status: status)
    }

    static func sentence(_ fault: ChannelTrial.ConnectorFault, _ words: Words) -> String {
        switch fault {
        case .missing: words("channels.form.missing")
        case .nameTaken: words("channels.form.nameTaken")
        case .badName: words("channels.form.badName")
        case .wrong(let problem): words("channels.form.wrong", ["problem": words.said(problem)])
        }
    }

    /// `check`: try and show; `connect`: try, and connect when all is well; `force`: connect although a row is bad.
    @Sendable private func connect(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let form = try await visit.form(), descriptor = try descriptor(visit), hub = visit.hub
        let name = form.text("name") ?? ""
        let fields = descriptor.settings + HubSetting.fields
        let values = Dictionary(uniqueKeysWithValues: fields.compactMap { field in form[field.key].map { (field.key, $0.trimmingCharacters(in: .whitespacesAndNewlines)) } })
        let made = Set(form.all("made")).intersection(fields.filter(\.isSecret).map(\.key))
        let trial = try await hub.channels.trial(platform: descriptor.platform, name: name, settings: values)
        let action = form["action"] ?? "check"
        guard trial.faults.isEmpty, action == "force" || (action == "connect" && trial.isGood) else {
            return try page(visit, descriptor, name: name, values: values, made: made, trial: trial, status: trial.faults.isEmpty ? .ok : .unprocessableContent)
        }
        do {
            let channel = try await hub.channels.add(platform: descriptor.platform, name: name, settings: values.filter { !$0.value.isEmpty }, by: visit.caller.name, auditedBy: visit.caller.actor)
            hub.reconciler.wake()
            return visit.redirect("/channels/\(channel.id)?new=1", notice: visit.words("channels.connected", ["name": name]))
        } catch let fault as ChannelFault {
            return try page(visit, descriptor, name: name, values: values, made: made, trial: trial, problem: visit.words.said(fault.sentence), status: .unprocessableContent)
        }
    }
}
