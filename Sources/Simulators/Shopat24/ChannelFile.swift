package import Foundation
import SimulatorKit

/// A file of the channel with its bytes, before or after it was written.
package struct ChannelFile: Sendable, Equatable {
    package var name: String
    package var bytes: Data
    /// What the name says; later with every file.
    package var reportTime: Date
    package var orderNos: [String]

    /// What the hub knows the bytes by (shopat24.md §4A.5).
    package var digest: String { SimulatorSignature.sha256(bytes).hex }
}

/// A file that grows under its last name, as a careless uploader leaves it (shopat24.md §2.1).
package struct GrowingFile: Sendable {
    let folder: URL
    package let file: ChannelFile
    package private(set) var written = 0

    /// Adds so many bytes, at most what is left; true while some are missing.
    @discardableResult
    package mutating func grow(by count: Int) throws -> Bool {
        let part = file.bytes.dropFirst(written).prefix(count)
        let handle = try FileHandle(forWritingTo: folder.appending(path: file.name))
        defer { try? handle.close() }                       // nothing is buffered: what was written stays
        try handle.seekToEnd()
        try handle.write(contentsOf: part)
        written += part.count
        return written < file.bytes.count
    }

    package mutating func finish() throws { try grow(by: file.bytes.count - written) }

    init(_ file: ChannelFile, in folder: URL) throws {
        self.file = file
        self.folder = folder
        try Data().write(to: folder.appending(path: file.name))
    }
}

/// Writing into a folder another program watches.
enum DropFolder {
    /// `NAME.part`, then the rename, then `NAME.ok`: never half a file under its last name.
    static func write(_ file: ChannelFile, into folder: URL, withOK: Bool) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (part, whole) = (folder.appending(path: file.name + ".part"), folder.appending(path: file.name))
        try file.bytes.write(to: part)
        // A file of this name was taken already, or is replaced by the house on purpose.
        if FileManager.default.fileExists(atPath: whole.path) { try FileManager.default.removeItem(at: whole) }
        try FileManager.default.moveItem(at: part, to: whole)
        if withOK { try Data().write(to: folder.appending(path: file.name + ".ok")) }
    }
}
