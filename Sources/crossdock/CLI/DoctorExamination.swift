import Domain
import Foundation
import NIOHTTP1

/// One line of the doctor; only a failing one has a remedy.
struct DoctorRow: Sendable {
    var name: String, isGood: Bool, found: String, remedy: String?
    init(_ name: String, _ isGood: Bool, _ found: String, remedy: String) { self.name = name; self.isGood = isGood; self.found = found; self.remedy = isGood ? nil : remedy }
    var json: JSONValue { ["name": .text(name), "isGood": .bool(isGood), "found": .text(found), "remedy": JSONValue(remedy)] }
}

struct DoctorExamination {
    static let tolerableClockSeconds = 5.0, leastFreeBytes: Int64 = 2 << 30, longestReadySeconds: Int64 = 300
    let api: APIClient
    /// nil: the hub is elsewhere, its disk cannot be looked at.
    let dataFolder: String?

    func rows() async throws -> [DoctorRow] {
        var rows = try await process()
        if let dataFolder { rows += disk(dataFolder) }
        let channels = try await api.get("channels")["data"].elements, overview = try await api.get("overview")
        rows += standing(of: channels)
        let bar = ProgressBar("Checking channels", total: Int64(channels.count))
        for channel in channels where channel["state"].string != "paused" {
            rows += await check(channel)
            bar.advance(by: 1)
        }
        if !channels.isEmpty { bar.finish() }
        rows += flow(overview)
        rows += try await gaps()
        return rows
    }

    private func process() async throws -> [DoctorRow] {
        let ready = try await api.send(.GET, "/health/ready"), words = String(decoding: ready.data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        var rows = [
            DoctorRow("hub reachable", true, api.address, remedy: ""),
            DoctorRow("hub ready", ready.status == 200, words, remedy: "The databases take no writes: look at the disk's free space and the hub's log."),
        ]
        let told = try await api.send(.GET, "/api/v1/openapi.json")
        let version = told.status == 200 ? (try? JSONValue(data: told.data))?[path: "info.version"].string : nil      // a hub that serves none has no version to show
        rows.append(DoctorRow("version", true, "this program \(Version.text)" + (version.map { ", the hub's API \($0)" } ?? ""), remedy: ""))
        if let text = ready.headers.first(name: "Date"), let theirs = Self.date(text) {
            let apart = abs(theirs.timeIntervalSinceNow)
            rows.append(DoctorRow("clock", apart <= Self.tolerableClockSeconds, apart <= Self.tolerableClockSeconds ? "agrees with this machine" : "\(Int(apart)) s apart from this machine",
                                  remedy: "Signatures with a time fail when clocks differ: let both machines follow a time server."))
        }
        return rows
    }

    /// An HTTP date: `Sat, 21 Nov 2026 04:43:01 GMT`.
    private static func date(_ text: String) -> Date? {
        let strategy = Date.ParseStrategy(
            format: "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt)
        return try? Date(text, strategy: strategy)      // an odd date is no reason to fail: the row is left out
    }

    /// Foundation gives these as integers of several widths.
    private static func number(_ value: Any?) -> Int64? { value.flatMap { Int64("\($0)") } }

    private func disk(_ folder: String) -> [DoctorRow] {
        var rows: [DoctorRow] = []
        let files = FileManager.default
        if let free = Self.number((try? files.attributesOfFileSystem(forPath: folder))?[.systemFreeSize]) {      // unknown: the next row tells why
            rows.append(DoctorRow("disk space", free >= Self.leastFreeBytes, "\(free >> 20) MiB free", remedy: "Make room, or move the data directory: on a full disk the hub refuses deliveries."))
        }
        for (name, path) in [("data directory", folder), ("access file", folder + "/access"), ("address file", folder + "/address"), ("key file", folder + "/secret.key")] {
            guard let mode = Self.number((try? files.attributesOfItem(atPath: path))?[.posixPermissions]) else {      // a file that is not there has no mode
                if path == folder { rows.append(DoctorRow(name, false, "cannot be looked at", remedy: "Run as the user the hub runs as.")) }
                continue
            }
            let open = mode & 0o077
            rows.append(DoctorRow("\(name) mode", open == 0, String(mode & 0o777, radix: 8), remedy: "chmod \(path == folder ? "700" : "600") \(path): other users of this machine can read it."))
        }
        return rows
    }

    private func standing(of channels: [JSONValue]) -> [DoctorRow] {
        if channels.isEmpty { return [DoctorRow("channels", false, "none", remedy: "Connect one: `crossdock channel settings` lists the platforms, `crossdock channel add` connects.")] }
        return channels.map { channel in
            let state = channel["state"].plain, name = channel["name"].plain, problem = channel["problem"].string
            return DoctorRow("\(name): state", state == "active" && problem == nil, [state, channel["stateReason"].plain, problem ?? ""].filter { !$0.isEmpty }.joined(separator: ", "),
                             remedy: state == "paused" ? "`crossdock channel resume \"\(name)\"` when it may go on." : "Mend its settings (`crossdock channel set`), then `crossdock channel resume \"\(name)\"`.")
        }
    }

    private func check(_ channel: JSONValue) async -> [DoctorRow] {
        let name = channel["name"].plain
        do {
            return try await api.post("channels/\(APIClient.part(channel["id"].plain))/check")["rows"].elements.map {
                DoctorRow("\(name): \($0["name"].plain)", $0["isGood"].isTrue, $0["found"].plain, remedy: $0["remedy"].string ?? "Look at `crossdock channel show \"\(name)\"`.")
            }
        } catch { return [DoctorRow("\(name): check", false, (error as? CommandFailure)?.description ?? "\(error)", remedy: "Look at `crossdock channel show \"\(name)\"`.")] }
    }

    private func flow(_ overview: JSONValue) -> [DoctorRow] {
        let destinations = overview["destinations"].elements, dead = destinations.reduce(0) { $0 + ($1["dead"].whole ?? 0) }
        var rows = [DoctorRow("dead letters", dead == 0, "\(dead)", remedy: "`crossdock dead-letters groups` shows the causes; mend them, then `crossdock dead-letters retry --cause …`.")]
        for line in destinations where line["breaker"].string == "open" {
            rows.append(DoctorRow("\(line["name"].plain): breaker", false, "open", remedy: "The destination fails again and again; it is tried from time to time. `crossdock channel check \"\(line["name"].plain)\"`."))
        }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var late: [(String, Int64)] = []
        for line in destinations {
            guard let text = line["oldestDue"].string, let due = Timestamp(rfc3339: text) else { continue }
            late.append((line["name"].plain, (now.milliseconds - due.milliseconds) / 1000))
        }
        let worst = late.max { $0.1 < $1.1 }
        rows.append(DoctorRow("oldest ready job", (worst?.1 ?? 0) <= Self.longestReadySeconds, worst.map { "\(max(0, $0.1)) s (\($0.0))" } ?? "none waits",
                              remedy: "The destination is slower than the orders come, or stands: `crossdock jobs --destination \"\(worst?.0 ?? "")\"`."))
        let problems = overview["problems"].elements.count
        rows.append(DoctorRow("open problems", problems == 0, "\(problems)", remedy: "`crossdock problems` lists them."))
        return rows
    }

    private func gaps() async throws -> [DoctorRow] {
        let rows = try await api.get("completeness")["data"].elements, open = rows.filter { ($0["difference"].whole ?? 0) > 0 }
        let words = open.isEmpty ? "\(rows.count) hours compared, none with a gap" : open.prefix(3).map { "\($0["channel"].plain) \($0["hour"].plain): \($0["difference"].plain) missing" }.joined(separator: ", ")
        return [DoctorRow("completeness", open.isEmpty, words, remedy: "`crossdock channel sync NAME --from TIME` takes in what is missing.")]
    }
}
