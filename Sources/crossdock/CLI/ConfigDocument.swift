import Foundation
import Yams

/// Channels (without secrets), routes and rules as one YAML file: what `config export` writes and `config apply` reads.
struct ConfigDocument: Codable, Equatable {
    static let currentVersion = 1

    struct ChannelPart: Codable, Equatable {
        var name: String, platform: String
        /// `active` or `paused`.
        var state: String?
        /// A value `${NAME}` is taken from the environment when the file is applied: so secrets need not stand in it.
        var settings: [String: String]?
        var rules: String?
    }

    struct RoutePart: Codable, Equatable {
        var name: String, events: [String], condition: String?, destination: String, mode: String?, retryDelaysSeconds: [Int]?, isOrdered: Bool?
    }

    var version = ConfigDocument.currentVersion
    var channels: [ChannelPart] = []
    var routes: [RoutePart] = []

    init() {}

    /// A file may leave out what it has nothing to say about.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.currentVersion
        channels = try container.decodeIfPresent([ChannelPart].self, forKey: .channels) ?? []
        routes = try container.decodeIfPresent([RoutePart].self, forKey: .routes) ?? []
    }

    init(yaml: String) throws {
        do { self = try YAMLDecoder().decode(ConfigDocument.self, from: yaml) } catch let error as DecodingError {
            throw CommandFailure(.usage, "The file is not a Crossdock configuration: \(Self.sentence(error))")
        } catch { throw CommandFailure(.usage, "The file is not YAML: \(error)") }
        guard version == Self.currentVersion else { throw CommandFailure(.usage, "This crossdock reads configurations of version \(Self.currentVersion); the file has \(version).") }
        for names in [channels.map(\.name), routes.map(\.name)] where Set(names).count != names.count {
            throw CommandFailure(.usage, "The file names a channel or a route twice.")
        }
    }

    func yaml() throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = false
        encoder.options.allowUnicode = true
        encoder.options.width = -1
        encoder.options.newLineScalarStyle = .literal
        return try encoder.encode(self)
    }

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty ? context.debugDescription : "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has not the right kind of value."
        @unknown default: "\(error)"
        }
    }

    /// The hub's configuration as it is now.
    static func read(_ api: APIClient) async throws -> (document: ConfigDocument, secretKeys: [String: Set<String>], ids: [String: String]) {
        var document = ConfigDocument(), secretKeys: [String: Set<String>] = [:], keptByHub: [String: Set<String>] = [:], ids: [String: String] = [:]
        for platform in try await api.get("platforms")["data"].elements {
            let name = platform["platform"].plain, fields = platform["settings"].elements
            secretKeys[name] = Set(fields.filter { $0["isSecret"].isTrue }.map { $0["key"].plain })
            keptByHub[name] = Set(fields.filter { $0["help"].plain.hasPrefix("Kept by the hub") }.map { $0["key"].plain })
        }
        for channel in try await api.get("channels")["data"].elements {
            let name = channel["name"].plain, platform = channel["platform"].plain, id = channel["id"].plain
            let settings = channel["settings"].members.mapValues(\.plain).filter { !(keptByHub[platform]?.contains($0.key) ?? false) }
            let rules = try await api.get("channels/\(id)/rules")["text"].plain
            ids["channel " + name] = id
            document.channels.append(.init(name: name, platform: platform, state: channel["state"].string == "paused" ? "paused" : "active",
                                           settings: settings.isEmpty ? nil : settings, rules: rules.isEmpty ? nil : rules))
        }
        for route in try await api.get("routes")["data"].elements {
            ids["route " + route["name"].plain] = route["id"].plain
            document.routes.append(.init(
                name: route["name"].plain, events: route["events"].elements.map(\.plain), condition: route["condition"].string, destination: route["destination"].plain,
                mode: route["mode"].string, retryDelaysSeconds: route["retryDelaysSeconds"].elements.compactMap { $0.whole.map(Int.init) }, isOrdered: route["isOrdered"].isTrue))
        }
        return (document, secretKeys, ids)
    }
}
