import CPostgres

/// Bound values in PostgreSQL's binary format: no text conversion, and a blob travels at its own size.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []

    init(_ values: some Collection<SQLValue>) {
        offsets.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        bytes.reserveCapacity(values.count * 16)
        for value in values { append(value) }
    }

    private mutating func append(_ value: SQLValue) {
        let start = bytes.count
        switch value {
        case .null:
            offsets.append(nil)
            lengths.append(0)
            return
        case .integer(let value): appendBigEndian(UInt64(bitPattern: value))
        case .real(let value): appendBigEndian(value.bitPattern)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .blob(let value): bytes.append(contentsOf: value)
        }
        offsets.append(start)
        lengths.append(Int32(bytes.count - start))
    }

    private mutating func appendBigEndian(_ value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// The type that a value is declared as. A declared type keeps the server from taking `\(milliseconds) - 1000` for a 32-bit sum.
    static func type(of value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: PostgresType.int8
        case .text: PostgresType.text
        case .blob: PostgresType.bytea
        case .real: PostgresType.float8
        }
    }

    /// Calls libpq with the arrays that it wants. All formats are 1, binary.
    func withPointers(_ body: (_ count: Int32, _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Int32) -> Int32 {
        // An empty array may have no address, and an empty value needs one that is not NULL.
        let storage = bytes.isEmpty ? [0] : bytes
        return storage.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let values = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return body(Int32(values.count), values, lengths, Array(repeating: 1, count: values.count))
        }
    }
}

/// The object ids of built-in types (pg_type.dat); they are the same in every server.
enum PostgresType {
    static let bool: Oid = 16, int2: Oid = 21, int4: Oid = 23, int8: Oid = 20, oid: Oid = 26
    static let float4: Oid = 700, float8: Oid = 701, numeric: Oid = 1700
    static let char: Oid = 18, name: Oid = 19, text: Oid = 25, bpchar: Oid = 1042, varchar: Oid = 1043, json: Oid = 114, unknown: Oid = 705
    static let bytea: Oid = 17
}
