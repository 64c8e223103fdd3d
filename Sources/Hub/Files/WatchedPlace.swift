import Connect
import Crypto
import Domain
import Foundation

/// The folders of one channel's files: what came in, what is worked on, what was taken, what was refused. Everything here blocks.
///
/// A file moves by renaming alone, so it is always in exactly one of them. Names come from outside: only plain files are looked at, links are never followed.
struct WatchedPlace: Sendable {
    /// Where files are put by whoever sends them.
    let incoming: String
    let outgoing: String
    var working: String { incoming + "/working" }
    var done: String { incoming + "/done" }
    var failed: String { incoming + "/failed" }
    var answered: String { outgoing + "/answered" }

    /// Taken and refused files hold buyers' data: they are kept for so long.
    static let keptDays = 30
    static let maximumListed = 5_000
    private static let unfinished = [".part", ".tmp", ".filepart"]
    static let wholeMark = ".ok", resultEnding = ".result.csv", rejectedEnding = ".rejected.csv"

    init(dataFolder: String, _ exchange: FileExchange) {
        incoming = dataFolder + "/in/" + exchange.incoming
        outgoing = dataFolder + "/out/" + exchange.outgoing
    }

    /// A file that may be taken when it is whole.
    struct Found: Sendable, Equatable {
        var name: String, bytes: Int, changedAt: Timestamp, hasMark: Bool
    }

    /// - Throws: `WatchedFault.folder` for a link or a file where a folder must be.
    func prepare() throws {
        for folder in [incoming, working, done, failed] {
            if try kind(folder) == nil { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o770]) }
            guard try kind(folder) == .typeDirectory else { throw WatchedFault.folder(String(folder.split(separator: "/").suffix(2).joined(separator: "/"))) }
        }
    }

    /// Without following a link; nil: nothing is there.
    private func kind(_ path: String) throws -> FileAttributeType? {
        do { return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile { return nil }
    }

    /// Plain files that are not under way, by name.
    /// - Returns: also the names of those that are still being written.
    func look() throws -> (found: [Found], unfinished: [String]) {
        let names = try FileManager.default.contentsOfDirectory(atPath: incoming).filter { !$0.hasPrefix(".") }.sorted().prefix(Self.maximumListed), all = Set(names)
        var found: [Found] = [], unfinished: [String] = []
        for name in names where !name.hasSuffix(Self.wholeMark) && !name.hasSuffix(Self.resultEnding) && !name.hasSuffix(Self.rejectedEnding) {
            if Self.unfinished.contains(where: name.hasSuffix) { unfinished.append(name); continue }
            // Gone meanwhile, or no plain file: not ours to take.
            guard let facts = try? FileManager.default.attributesOfItem(atPath: incoming + "/" + name), facts[.type] as? FileAttributeType == .typeRegular else { continue }
            let changed = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            found.append(Found(name: name, bytes: facts[.size] as? Int ?? 0, changedAt: Timestamp(milliseconds: Int64(changed * 1000)), hasMark: all.contains(name + Self.wholeMark)))
        }
        return (found, unfinished)
    }

    /// Ours from now on; false: it is gone.
    func claim(_ name: String) throws -> Bool {
        guard try kind(incoming + "/" + name) == .typeRegular else { return false }
        guard rename(incoming + "/" + name, working + "/" + name) == 0 else { return false }
        // A mark that stays behind marks the next file of this name, so it goes with its file; one that is gone is gone.
        try? FileManager.default.removeItem(atPath: incoming + "/" + name + Self.wholeMark)
        return true
    }

    /// What a hub that ended in the middle had claimed.
    func claimed() throws -> [Found] {
        try FileManager.default.contentsOfDirectory(atPath: working).filter { !$0.hasPrefix(".") }.sorted().compactMap { name in
            // Gone meanwhile, or no plain file: not ours.
            guard let facts = try? FileManager.default.attributesOfItem(atPath: working + "/" + name), facts[.type] as? FileAttributeType == .typeRegular else { return nil }
            let changed = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return Found(name: name, bytes: facts[.size] as? Int ?? 0, changedAt: Timestamp(milliseconds: Int64(changed * 1000)), hasMark: true)
        }
    }

    /// Puts a worked file away, with what there is to say beside it. One of the same name that lies there already gives way by getting the number of this import.
    func finish(_ name: String, in folder: String, number: Int64, beside: [(ending: String, path: String)] = []) throws {
        let isTaken = FileManager.default.fileExists(atPath: folder + "/" + name), final = isTaken ? "\(number)-\(name)" : name
        for (ending, path) in beside where FileManager.default.fileExists(atPath: path) {
            let target = folder + "/" + final + ending
            try? FileManager.default.removeItem(atPath: target)      // none is the rule
            try FileManager.default.copyItem(atPath: path, toPath: target)
        }
        guard rename(working + "/" + name, folder + "/" + final) == 0 else { throw WatchedFault.folder(folder.split(separator: "/").suffix(2).joined(separator: "/")) }
    }

    static func digest(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw WatchedFault.folder("working") }
        defer { try? file.close() }      // nothing was written
        var hash = SHA256()
        while let data = try file.read(upToCount: 1 << 20), !data.isEmpty { hash.update(data: data) }
        return hash.finalize().map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    }

    /// Removes what has been kept long enough.
    func sweep(now: Timestamp) {
        let oldest = now.milliseconds - Int64(Self.keptDays) * 86_400_000
        for folder in [done, failed, answered] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {      // no folder yet: nothing to sweep
                let path = folder + "/" + name
                guard let facts = try? FileManager.default.attributesOfItem(atPath: path), let changed = facts[.modificationDate] as? Date else { continue }      // gone meanwhile
                // What cannot be removed now is tried again an hour later.
                if Int64(changed.timeIntervalSince1970 * 1000) < oldest { try? FileManager.default.removeItem(atPath: path) }
            }
        }
    }
}

/// Why a file of a folder was not taken, in words for whoever put it there.
enum WatchedFault: HubError, Equatable {
    case folder(String)
    case noHeader(file: String, expected: String)
    case columnsMissing(file: String, [String])
    case tooManyBadRows(bad: Int, of: Int, limit: Int, first: String)
    case inFile(String, code: String, sentence: String)

    var code: String {
        switch self {
        case .folder: "folder_unusable"
        case .noHeader: "columns_unknown"
        case .columnsMissing: "columns_missing"
        case .tooManyBadRows: "too_many_bad_rows"
        case .inFile(_, let code, _): code
        }
    }
    var sentence: String {
        switch self {
        case .folder(let name): "The folder \(name) cannot be used: it is a link or no folder, or the disk refuses it. Make it a plain folder that the hub may write to."
        case .noHeader(let file, let expected): "\(file) has no row of column names that the channel's profile knows (\(expected)). Add their names to file.columns in the profile, or send the right file."
        case .columnsMissing(let file, let names): "\(file) has no column for \(names.joined(separator: ", ")). Add the column, or its name to file.columns in the channel's profile; no row of it was used."
        case .tooManyBadRows(let bad, let all, let limit, let first): "\(bad) of \(all) rows are wrong, more than \(limit) %, so no order was touched. First: \(first) Correct the file and send it again."
        case .inFile(let file, _, let sentence): "\(file): \(sentence)"
        }
    }
    var failureClass: FailureClass { .rejected }
}
