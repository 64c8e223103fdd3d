/// What a table file may cost us. Every reader obeys all of them; a file over a limit is refused with the limit's name, not cut short.
package struct TableLimits: Hashable, Sendable {
    /// The file itself.
    package var maximumFileBytes = 512 << 20
    /// xlsx: all parts of the workbook together, unpacked.
    package var maximumUnpackedBytes = 512 << 20
    /// xlsx: unpacked to packed, looked at once a part is larger than `ratioFloorBytes`. Real sheets stay below 60, bombs are near 1000.
    package var maximumRatio = 200
    package var ratioFloorBytes = 32 << 20
    /// xlsx: files inside the container.
    package var maximumParts = 10_000
    /// What a sheet can hold.
    package var maximumRows = 1_048_576
    /// The last column that may hold a value; far above any list of orders, far below what a sheet could hold.
    package var maximumColumns = 512
    /// One cell. A spreadsheet stops at 32,767 characters.
    package var maximumCellBytes = 131_072
    /// xlsx: the table of shared texts, which is kept for the whole reading (in memory up to `sharedTextMemoryBytes`, the rest on disk).
    package var maximumSharedTextBytes = 256 << 20
    package var sharedTextMemoryBytes = 16 << 20
    /// xlsx: merged areas.
    package var maximumMergedAreas = 200_000

    package init() {}
}
