import CPostgres

/// The rows that a statement returned, in binary, and the one that is being read.
final class PostgresResult: RowSource {
    private let handle: OpaquePointer
    var currentRow: Int32 = 0

    /// Takes over a result and frees it in the end.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var status: ExecStatusType { PQresultStatus(handle) }
    var rowCount: Int32 { PQntuples(handle) }
    var commandTag: String { String(cString: PQcmdStatus(handle)) }
    var error: DatabaseError { PostgresErrors.error(of: handle) }

    /// Rows that an INSERT, UPDATE or DELETE touched; 0 for anything else.
    var changedRows: Int {
        guard let digits = PQcmdTuples(handle), !commandTag.hasPrefix("SELECT") else { return 0 }
        return Int(String(cString: digits)) ?? 0
    }

    // MARK: The current row

    var columnCount: Int { Int(PQnfields(handle)) }

    func columnName(_ column: Int) -> String? {
        PQfname(handle, Int32(column)).map { String(cString: $0) }
    }

    func isNull(_ column: Int) -> Bool {
        PQgetisnull(handle, currentRow, Int32(column)) == 1
    }

    private func bytes(_ column: Int) -> UnsafeRawBufferPointer? {
        guard column >= 0, column < columnCount, !isNull(column) else { return nil }
        let count = Int(PQgetlength(handle, currentRow, Int32(column)))
        return UnsafeRawBufferPointer(start: PQgetvalue(handle, currentRow, Int32(column)), count: count)
    }

    private func type(_ column: Int) -> Oid { PQftype(handle, Int32(column)) }

    private func integer<T: FixedWidthInteger>(_ type: T.Type, _ bytes: UnsafeRawBufferPointer) -> T? {
        guard bytes.count == MemoryLayout<T>.size else { return nil }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }

    func int64(_ column: Int) -> Int64? {
        guard let bytes = bytes(column) else { return nil }
        switch type(column) {
        case PostgresType.int8: return integer(Int64.self, bytes)
        case PostgresType.int4: return integer(Int32.self, bytes).map(Int64.init)
        case PostgresType.int2: return integer(Int16.self, bytes).map(Int64.init)
        case PostgresType.oid: return integer(UInt32.self, bytes).map(Int64.init)
        case PostgresType.bool: return bytes.first.map { $0 == 0 ? 0 : 1 }
        case PostgresType.numeric: return PostgresNumeric(bytes)?.int64
        default: return nil
        }
    }

    func real(_ column: Int) -> Double? {
        guard let bytes = bytes(column) else { return nil }
        switch type(column) {
        case PostgresType.float8: return integer(UInt64.self, bytes).map(Double.init(bitPattern:))
        case PostgresType.float4: return integer(UInt32.self, bytes).map { Double(Float(bitPattern: $0)) }
        case PostgresType.numeric: return PostgresNumeric(bytes)?.double
        default: return nil
        }
    }

    func text(_ column: Int) -> String? {
        guard let bytes = bytes(column) else { return nil }
        switch type(column) {
        case PostgresType.text, PostgresType.varchar, PostgresType.bpchar, PostgresType.name, PostgresType.char, PostgresType.unknown,
            PostgresType.json:
            return String(decoding: bytes, as: UTF8.self)
        default: return nil
        }
    }

    func blob(_ column: Int) -> [UInt8]? {
        guard type(column) == PostgresType.bytea else { return nil }
        return bytes(column).map { [UInt8]($0) }
    }
}

/// PostgreSQL's exact decimal, which `SUM` of integers returns: four 16-bit numbers (digits, weight, sign, scale), then digits to base 10,000.
struct PostgresNumeric {
    private let digits: [Int64]
    private let weight: Int
    private let isNegative: Bool

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 8, bytes.count.isMultiple(of: 2) else { return nil }
        let words = stride(from: 0, to: bytes.count, by: 2).map { Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int16.self)) }
        let sign = UInt16(bitPattern: words[2])
        guard sign == 0 || sign == 0x4000, words.count == 4 + Int(words[0]) else { return nil }  // others: NaN and infinities
        digits = words[4...].map(Int64.init)
        weight = Int(words[1])
        isNegative = sign == 0x4000
    }

    /// `nil` when there is a fraction or it does not fit.
    var int64: Int64? {
        guard weight >= 0 || digits.isEmpty else { return nil }
        guard digits.dropFirst(weight + 1).allSatisfy({ $0 == 0 }) else { return nil }
        var value: Int64 = 0
        for index in 0..<max(0, weight + 1) {
            let digit = index < digits.count ? digits[index] : 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = product.subtractingReportingOverflow(digit)  // downwards, because Int64.min has no positive twin
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return isNegative ? value : (value == .min ? nil : -value)
    }

    var double: Double {
        var value = 0.0
        var scale = 1.0
        for digit in digits.reversed() {
            value += Double(digit) * scale
            scale *= 10_000
        }
        var exponent = weight - (digits.count - 1)
        while exponent > 0 { value *= 10_000; exponent -= 1 }
        while exponent < 0 { value /= 10_000; exponent += 1 }
        return isNegative ? -value : value
    }
}
