package import Domain
import Database

/// A way of looking at the orders: what is shown, in which order, in which columns.
package struct SavedView: Sendable, Equatable {
    /// What is kept of a view beside its name.
    package struct Look: Sendable, Equatable, Codable {
        package var filter: GridFilter, sort: GridSort, columns: [Column]
        package init(filter: GridFilter = GridFilter(), sort: GridSort = GridSort(), columns: [Column] = []) { self.filter = filter; self.sort = sort; self.columns = columns }
    }
    package struct Column: Sendable, Equatable, Codable {
        package var field: String, width: Int?
        package init(_ field: String, width: Int? = nil) { self.field = field; self.width = width }
    }
    package static let maximumNameCharacters = 60, maximumColumns = 60, maximumViews = 100

    /// A number, or the word of a view that everybody has.
    package var id: String
    package var name: String
    package var look: Look
    package var isShared: Bool, isStandard: Bool
    /// Made by the one who asks.
    package var isMine: Bool
    package var holderName: String
}

/// The views that everybody has.
package enum StandardView: String, Sendable, CaseIterable {
    case toApprove = "to-approve", held, late, toShip = "to-ship", failed, excluded, all

    package var filter: GridFilter {
        var filter = GridFilter()
        switch self {
        case .toApprove: filter.workflows = [.new, .edited]
        case .held: filter.workflows = [.awaitingConfirmation]
        case .late: filter.due = .late
        case .toShip:
            filter.workflows = [.approved, .queued, .synced]
            filter.fulfilments = [.unfulfilled, .packed, .readyToShip]
        case .failed: filter.hasDeadLetter = true
        case .excluded: filter.workflows = [.excluded]
        case .all: break
        }
        return filter
    }
    package var sort: GridSort { self == .late || self == .toShip ? GridSort(.due, isAscending: true) : GridSort() }
}

package enum ViewFault: HubError, Equatable {
    case unknown, notYours, nameTaken, badName, tooMany
    package var code: String {
        switch self { case .unknown: "not_found"; case .notYours: "not_yours"; case .nameTaken: "name_taken"; case .badName: "bad_name"; case .tooMany: "too_many" }
    }
    package var sentence: String {
        switch self {
        case .unknown: "There is no view with this id."
        case .notYours: "Only who made a view can change it. Save it under another name."
        case .nameTaken: "You have a view of this name already."
        case .badName: "A view's name has 1 to \(SavedView.maximumNameCharacters) characters."
        case .tooMany: "There are \(SavedView.maximumViews) views of yours already. Delete one first."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Saved views and the columns that somebody chose.
package struct ViewStore: Sendable {
    let ledger: Ledger

    /// Standard ones first, then one's own, then those that others share.
    package func all(for holder: Int64) async throws -> [SavedView] {
        let saved = try await ledger.database.read { tx in
            try tx.rows("SELECT id, holder_id, holder_name, name, is_shared, document FROM saved_views WHERE holder_id = \(holder) ORDER BY name, id LIMIT \(SavedView.maximumViews)") { try Self.view($0, holder) }
                + (try tx.rows("SELECT id, holder_id, holder_name, name, is_shared, document FROM saved_views WHERE is_shared = 1 AND holder_id <> \(holder) ORDER BY name, id LIMIT \(SavedView.maximumViews)") {
                    try Self.view($0, holder)
                })
        }
        return StandardView.allCases.map(Self.view) + saved
    }

    package func view(_ id: String, for holder: Int64) async throws -> SavedView? {
        if let standard = StandardView(rawValue: id) { return Self.view(standard) }
        guard let number = Int64(id) else { return nil }
        return try await ledger.database.read { tx in
            try tx.first("SELECT id, holder_id, holder_name, name, is_shared, document FROM saved_views WHERE id = \(number) AND (holder_id = \(holder) OR is_shared = 1)") { try Self.view($0, holder) }
        }
    }

    /// - Throws: `ViewFault`.
    package func create(name: String, look: SavedView.Look, isShared: Bool, holder: Int64, by actor: AuditActor) async throws -> SavedView {
        let name = try Self.checked(name), document = try OrderRows.encodeOne(look)
        do {
            return try await ledger.write { transaction in
                let count = try transaction.tx.first("SELECT COUNT(*) FROM saved_views WHERE holder_id = \(holder)") { try $0.int(0) } ?? 0
                guard count < SavedView.maximumViews else { throw ViewFault.tooMany }
                let id = transaction.nextID(), at = transaction.now.milliseconds
                try transaction.tx.run("""
                    INSERT INTO saved_views (id, holder_id, holder_name, name, is_shared, document, created_at, updated_at)
                    VALUES (\(id), \(holder), \(actor.name), \(name), \(isShared), \(document), \(at), \(at))
                    """)
                try transaction.audit(AuditChange(actor, "view.create", "view:\(id)", after: ["name": name, "shared": "\(isShared)"]))
                return SavedView(id: "\(id)", name: name, look: look, isShared: isShared, isStandard: false, isMine: true, holderName: actor.name)
            }
        } catch DatabaseError.unique { throw ViewFault.nameTaken }
    }

    /// What is nil stays.
    package func change(_ id: Int64, name: String?, look: SavedView.Look?, isShared: Bool?, holder: Int64, by actor: AuditActor) async throws -> SavedView {
        let name = try name.map(Self.checked)
        do {
            return try await ledger.write { transaction in
                let tx = transaction.tx
                guard var view = try tx.first("SELECT id, holder_id, holder_name, name, is_shared, document FROM saved_views WHERE id = \(id) AND (holder_id = \(holder) OR is_shared = 1)", { try Self.view($0, holder) })
                else { throw ViewFault.unknown }
                guard view.isMine else { throw ViewFault.notYours }
                let before = view
                view.name = name ?? view.name
                view.look = look ?? view.look
                view.isShared = isShared ?? view.isShared
                try tx.run("""
                    UPDATE saved_views SET name = \(view.name), is_shared = \(view.isShared), document = \(try OrderRows.encodeOne(view.look)), updated_at = \(transaction.now.milliseconds) WHERE id = \(id)
                    """)
                try transaction.audit(AuditChange(actor, "view.change", "view:\(id)", before: ["name": before.name, "shared": "\(before.isShared)"], after: ["name": view.name, "shared": "\(view.isShared)"]))
                return view
            }
        } catch DatabaseError.unique { throw ViewFault.nameTaken }
    }

    package func delete(_ id: Int64, holder: Int64, by actor: AuditActor) async throws {
        try await ledger.write { transaction in
            let tx = transaction.tx
            guard let owner = try tx.first("SELECT holder_id FROM saved_views WHERE id = \(id) AND (holder_id = \(holder) OR is_shared = 1)", { try $0.int64(0) }) else { throw ViewFault.unknown }
            guard owner == holder else { throw ViewFault.notYours }
            try tx.run("DELETE FROM saved_views WHERE id = \(id)")
            try transaction.audit(AuditChange(actor, "view.delete", "view:\(id)"))
        }
    }

    /// The columns that somebody chose for a view; empty: the view's own.
    package func columns(of view: String, for holder: Int64) async throws -> [SavedView.Column] {
        try await ledger.database.read { tx in
            try tx.first("SELECT document FROM view_layouts WHERE holder_id = \(holder) AND view = \(view)") { try OrderRows.decode([SavedView.Column].self, $0.text(0), column: "document") } ?? []
        }
    }

    package func keep(_ columns: [SavedView.Column], of view: String, for holder: Int64) async throws {
        let document = try OrderRows.encodeOne(columns), at = ledger.now().milliseconds
        try await ledger.database.write { tx in
            try tx.run("""
                INSERT INTO view_layouts (holder_id, view, document, updated_at) VALUES (\(holder), \(view), \(document), \(at))
                ON CONFLICT (holder_id, view) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at
                """)
        }
    }

    private static func checked(_ name: String) throws -> String {
        let name = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...SavedView.maximumNameCharacters).contains(name.count), StandardView(rawValue: name) == nil else { throw ViewFault.badName }
        return name
    }

    private static func view(_ standard: StandardView) -> SavedView {
        SavedView(id: standard.rawValue, name: standard.rawValue, look: SavedView.Look(filter: standard.filter, sort: standard.sort), isShared: true, isStandard: true, isMine: false, holderName: "")
    }

    private static func view(_ row: Row, _ holder: Int64) throws -> SavedView {
        SavedView(id: "\(try row.int64(0))", name: try row.text(3), look: try OrderRows.decode(SavedView.Look.self, row.text(5), column: "document"), isShared: try row.bool(4), isStandard: false,
                  isMine: try row.int64(1) == holder, holderName: try row.text(2))
    }
}
