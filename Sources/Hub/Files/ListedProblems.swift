import Documents
import Domain
import Foundation
import Synchronization

/// A problem with the text that stands in its cell.
package struct ListedProblem: Sendable, Codable, Equatable {
    package var problem: ImportReport.Problem
    package var value: String?

    init(_ problem: ImportReport.Problem, rows: [TableRow]) {
        self.problem = problem
        guard let cell = problem.cell.flatMap({ CellReference($0) }), let row = rows.first(where: { $0.number == problem.row }) else { return }
        let found = row[cell.column].value
        value = if case .error(let word) = found { word } else { found.plainText.map { String($0.prefix(Self.maximumCharacters)) } ?? "" }
    }
    private static let maximumCharacters = 300
}

/// All problems of an import, on disk: their texts one after another, and an index of 16 bytes each (where it begins, which code it has, whether it rejects), so that
/// a page of a hundred thousand, of one code too, costs what it shows.
final class ProblemWriter: Sendable {
    /// Problems beyond this many are counted only.
    static let maximumProblems = 300_000
    private static let bufferBytes = 256 << 10

    private struct State { var text: FileHandle?, index: FileHandle?, texts = Data(), entries = Data(), offset: UInt64 = 0, count = 0, codes: [String] = [] }
    private let path: String
    private let state = Mutex(State())

    init(path: String) { self.path = path }

    func append(_ problems: [ListedProblem]) throws {
        guard !problems.isEmpty else { return }
        try state.withLock { state in
            if state.text == nil {
                state.text = try Self.open(path)
                state.index = try Self.open(path + ".index")
            }
            for problem in problems where state.count < Self.maximumProblems {
                let line = try JSONEncoder.crossdock.encode(problem)
                if !state.codes.contains(problem.problem.code) { state.codes.append(problem.problem.code) }
                let code = UInt64(state.codes.firstIndex(of: problem.problem.code) ?? 0)
                withUnsafeBytes(of: state.offset.littleEndian) { state.entries.append(contentsOf: $0) }
                let mark = (problem.problem.isRejection ? ProblemPage.rejectionMark : 0) | code << 32 | UInt64(line.count)
                withUnsafeBytes(of: mark.littleEndian) { state.entries.append(contentsOf: $0) }
                state.texts.append(line)
                state.offset += UInt64(line.count)
                state.count += 1
            }
            if state.texts.count >= Self.bufferBytes { try Self.flush(&state) }
        }
    }

    func finish() throws {
        try state.withLock { state in
            guard state.text != nil else { return }
            try Self.flush(&state)
            try state.text?.close()
            try state.index?.close()
            try JSONEncoder.crossdock.encode(state.codes).write(to: URL(filePath: path + ".codes"))
        }
    }

    static func remove(_ path: String) {
        // What cannot be removed now is overwritten by the next check of the file, or swept.
        for suffix in ["", ".index", ".codes"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    private static func open(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forWritingAtPath: path) else {
            throw FileProblem.unwritable(reason: "the folder for imports takes no file")
        }
        return handle
    }

    private static func flush(_ state: inout State) throws {
        do {
            try state.text?.write(contentsOf: state.texts)
            try state.index?.write(contentsOf: state.entries)
        } catch { throw FileProblem.unwritable(reason: "the disk did not take the rows with problems") }
        state.texts.removeAll(keepingCapacity: true)
        state.entries.removeAll(keepingCapacity: true)
    }
}

/// A page of an import's problems.
package struct ProblemPage: Sendable, Encodable {
    package var problems: [ListedProblem]
    /// Of all, or of the code that was asked for.
    package var total: Int
    package var codes: [String: Int]
    /// Of all problems, how many keep their order out, and how many do not.
    package var rejections: Int, flags: Int
    package static let empty = ProblemPage(problems: [], total: 0, codes: [:], rejections: 0, flags: 0)
}

extension ProblemPage {
    private static let entryBytes = 16
    static let rejectionMark: UInt64 = 1 << 63

    /// - Parameter isRejection: only those that keep their order out, or only those that do not; nil: all.
    ///
    /// Blocks. An import without problems has no files: its page is empty.
    static func read(_ path: String, code: String?, isRejection: Bool?, from start: Int, limit: Int) throws -> ProblemPage {
        guard let index = FileManager.default.contents(atPath: path + ".index"), let known = FileManager.default.contents(atPath: path + ".codes"),
              let handle = FileHandle(forReadingAtPath: path) else { return .empty }
        // Reading only: closing cannot lose anything.
        defer { try? handle.close() }
        let codes = try JSONDecoder().decode([String].self, from: known), count = index.count / entryBytes
        var totals = [Int](repeating: 0, count: codes.count), chosen: [(offset: UInt64, length: Int)] = [], matching = 0, rejections = 0
        index.withUnsafeBytes { bytes in
            for entry in 0..<count {
                let offset = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: entry * entryBytes, as: UInt64.self))
                let mark = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: entry * entryBytes + 8, as: UInt64.self)), own = Int((mark & ~rejectionMark) >> 32), rejects = mark & rejectionMark != 0
                guard own < codes.count else { continue }
                totals[own] += 1
                if rejects { rejections += 1 }
                guard code == nil || codes[own] == code, isRejection == nil || isRejection == rejects else { continue }
                if matching >= start, chosen.count < limit { chosen.append((offset, Int(mark & 0xFFFF_FFFF))) }
                matching += 1
            }
        }
        let problems = try chosen.compactMap { place -> ListedProblem? in
            try handle.seek(toOffset: place.offset)
            guard let line = try handle.read(upToCount: place.length), line.count == place.length else { return nil }
            return try JSONDecoder().decode(ListedProblem.self, from: line)
        }
        return ProblemPage(problems: problems, total: matching, codes: Dictionary(uniqueKeysWithValues: zip(codes, totals)), rejections: rejections, flags: count - rejections)
    }
}
