import Database

/// What the carrier has collected, box by box.
enum CollectionSchema {
    static let migration = Migration(name: "1020 collected boxes", statements: ["ALTER TABLE parcels ADD COLUMN collected_at INTEGER"])
}
