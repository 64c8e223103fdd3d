import CZip

/// A zip container opened for reading, with every limit of `TableLimits` that concerns it.
///
/// One thread at a time: the handle belongs to the reading that opened it.
final class ZipArchive {
    /// A file inside the container.
    struct Part {
        let name: String
        fileprivate let index: UInt64
        let packedBytes: Int
        /// As the container claims; what really comes out is counted again.
        let unpackedBytes: Int
        let isEncrypted: Bool
        /// A symbolic link of a Unix file system.
        let isLink: Bool
    }

    private static let bufferBytes = 64 << 10
    private static let encrypted: UInt64 = UInt64(ZIP_STAT_ENCRYPTION_METHOD)

    private let handle: OpaquePointer
    private let limits: TableLimits
    /// By lower-case name: some programs write `xl/SharedStrings.xml` and refer to `xl/sharedStrings.xml`.
    private var parts: [String: Part] = [:]

    init(path: String, limits: TableLimits) throws {
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            if [ZIP_ER_OPEN, ZIP_ER_READ, ZIP_ER_NOENT].contains(code) { throw FileProblem.unreadable(reason: "it may not be opened") }
            throw FileProblem.damaged(part: "the container", reason: "is incomplete or broken")
        }
        self.handle = handle
        self.limits = limits
        let count = zip_get_num_entries(handle, 0)
        guard count <= limits.maximumParts else { throw FileProblem.tooManyParts(limit: limits.maximumParts) }
        var total = 0
        for index in 0..<UInt64(max(0, count)) {
            let part = try Self.part(at: index, of: handle)
            guard !part.name.hasSuffix("/") else { continue }
            guard parts.updateValue(part, forKey: part.name.lowercased()) == nil else {
                throw FileProblem.damaged(part: "the container", reason: "holds two parts of one name")
            }
            (total, _) = total.addingReportingOverflow(min(part.unpackedBytes, Int.max / 2 - total))
        }
        guard total <= limits.maximumUnpackedBytes else { throw FileProblem.unpacksTooLarge(limitBytes: limits.maximumUnpackedBytes) }
    }

    deinit { zip_discard(handle) }

    var names: Set<String> { Set(parts.keys) }
    var allParts: [Part] { Array(parts.values) }
    var hasEncryptedParts: Bool { parts.values.contains(where: \.isEncrypted) }

    func part(_ name: String) -> Part? { parts[name.lowercased()] }

    /// Unpacks a part piece by piece.
    func read(_ part: Part, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        guard !part.isEncrypted else { throw FileProblem.passwordProtected }
        guard let file = zip_fopen_index(handle, part.index, 0) else {
            throw FileProblem.damaged(part: part.name, reason: "cannot be unpacked")
        }
        defer { zip_fclose(file) }
        var total = 0
        var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
        while true {
            let count = Int(zip_fread(file, &buffer, UInt64(Self.bufferBytes)))
            guard count >= 0 else { throw FileProblem.damaged(part: part.name, reason: "cannot be unpacked") }
            if count == 0 { return }
            total += count
            guard total <= limits.maximumUnpackedBytes else { throw FileProblem.unpacksTooLarge(limitBytes: limits.maximumUnpackedBytes) }
            guard total <= limits.ratioFloorBytes || total / max(1, part.packedBytes) <= limits.maximumRatio else {
                throw FileProblem.suspiciousCompression(part: part.name)
            }
            try buffer.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func part(at index: UInt64, of handle: OpaquePointer) throws -> Part {
        var status = zip_stat_t()
        guard zip_stat_index(handle, index, 0, &status) == 0, let cName = zip_get_name(handle, index, 0) else {
            throw FileProblem.damaged(part: "the container", reason: "has a broken directory")
        }
        let name = String(cString: cName)
        let steps = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        guard !steps.contains(".."), !name.hasPrefix("/"), !name.hasPrefix("\\") else { throw FileProblem.unsafePartName }
        var system: UInt8 = 0, attributes: UInt32 = 0
        let isKnown = zip_file_get_external_attributes(handle, index, 0, &system, &attributes) == 0
        return Part(
            name: name, index: index,
            packedBytes: Int(clamping: status.comp_size), unpackedBytes: Int(clamping: status.size),
            isEncrypted: status.valid & encrypted != 0 && Int32(status.encryption_method) != Int32(ZIP_EM_NONE),
            isLink: isKnown && system == UInt8(ZIP_OPSYS_UNIX) && attributes >> 16 & 0o170000 == 0o120000)
    }
}
