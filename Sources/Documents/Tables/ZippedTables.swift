import Foundation

/// A file that was taken out of an archive, or the file itself where it is none.
package struct UnpackedFile: Hashable, Sendable {
    /// As the archive calls it; shown to people, never used as a path.
    package var name: String
    package var path: String
    package var isEmpty: Bool
}

/// Tables in zip archives, also in archives inside them down to a depth: bounded in number, size and ratio, names never trusted.
package struct ZippedTables: Sendable {
    package var maximumMembers = 200
    package var maximumUnpackedBytes = 512 << 20
    package var maximumRatio = 200
    /// Archives inside archives; 1: none.
    package var maximumDepth = 2
    /// Looked at from here on: short members of many blanks are no bombs.
    private static let ratioFloorBytes = 1 << 20

    package init() {}

    /// Unpacks the archive at `path` into `folder` under names of our own, members in the order of their names. A workbook, and whatever is no archive, is given back as it is. Blocks.
    package func unpack(_ path: String, name: String, into folder: String) throws -> [UnpackedFile] {
        var budget = Budget(members: maximumMembers, bytes: maximumUnpackedBytes)
        return try unpack(path, name: name, into: folder, depth: 1, &budget)
    }

    private struct Budget { var members: Int, bytes: Int, made = 0 }

    private func unpack(_ path: String, name: String, into folder: String, depth: Int, _ budget: inout Budget) throws -> [UnpackedFile] {
        guard let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size > 0 else { return [UnpackedFile(name: name, path: path, isEmpty: true)] }
        guard Self.isZip(path) else { return [UnpackedFile(name: name, path: path, isEmpty: false)] }
        var limits = TableLimits()
        limits.maximumParts = depth == 1 ? 10_000 : maximumMembers
        limits.maximumUnpackedBytes = maximumUnpackedBytes
        limits.maximumRatio = maximumRatio
        limits.ratioFloorBytes = Self.ratioFloorBytes
        let archive = try ZipArchive(path: path, limits: limits)
        if archive.part("[Content_Types].xml") != nil || archive.part("xl/workbook.xml") != nil { return [UnpackedFile(name: name, path: path, isEmpty: false)] }
        guard depth <= maximumDepth else { throw FileProblem.damaged(part: "the archive \(name.prefix(80))", reason: "lies too deep in other archives") }
        return try members(of: archive, into: folder, depth: depth, &budget)
    }

    private func members(of archive: ZipArchive, into folder: String, depth: Int, _ budget: inout Budget) throws -> [UnpackedFile] {
        let parts = archive.allParts.sorted { $0.name < $1.name }
        guard parts.count <= budget.members else { throw FileProblem.tooManyParts(limit: maximumMembers) }
        budget.members -= parts.count
        var found: [UnpackedFile] = []
        for part in parts {
            guard !part.isEncrypted else { throw FileProblem.passwordProtected }
            guard !part.isLink else { throw FileProblem.unsafePartName }
            guard part.unpackedBytes <= Self.ratioFloorBytes || part.unpackedBytes / max(1, part.packedBytes) <= maximumRatio else { throw FileProblem.suspiciousCompression(part: part.name) }
            budget.made += 1
            let place = folder + "/\(budget.made)"
            guard FileManager.default.createFile(atPath: place, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forWritingAtPath: place) else {
                throw FileProblem.unwritable(reason: "the folder for imports takes no file")
            }
            defer { try? handle.close() }      // scrap: what was not written is missed when it is read
            try archive.read(part) { bytes in
                budget.bytes -= bytes.count
                guard budget.bytes >= 0 else { throw FileProblem.unpacksTooLarge(limitBytes: maximumUnpackedBytes) }
                do { try handle.write(contentsOf: Data(bytes)) } catch { throw FileProblem.unwritable(reason: "the disk did not take the archive's contents") }
            }
            found += try unpack(place, name: part.name, into: folder, depth: depth + 1, &budget)
        }
        return found
    }

    private static func isZip(_ path: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }      // nothing was written
        guard let head = try? handle.read(upToCount: 4) else { return false }      // unreadable: whoever reads the table says so
        return head == Data([0x50, 0x4B, 0x03, 0x04]) || head == Data([0x50, 0x4B, 0x05, 0x06])
    }
}
