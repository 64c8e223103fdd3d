import Database

/// How large a box is, and how a board of many is read: by where it stands.
enum ParcelSchema {
    static let migration = Migration(name: "1016 parcel sizes", statements: [
        "ALTER TABLE parcels ADD COLUMN length_mm INTEGER",
        "ALTER TABLE parcels ADD COLUMN width_mm INTEGER",
        "ALTER TABLE parcels ADD COLUMN height_mm INTEGER",
        "ALTER TABLE parcels ADD COLUMN preset TEXT",
        // Which numbers of a manifest were counted, missing or no parcel of ours, without reading its scans one by one.
        "CREATE INDEX manifest_scans_by_outcome ON manifest_scans (manifest_id, outcome, number)",
    ])
}
