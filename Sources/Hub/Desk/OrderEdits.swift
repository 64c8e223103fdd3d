package import Domain

/// One cell as a person left it: the value that was there when they began, and the value they want.
package struct CellEdit: Sendable, Equatable, Codable {
    package var seen: String?, value: String?
    package init(seen: String?, value: String?) { self.seen = seen; self.value = value }
}

/// What a person changed of one order in the grid.
package struct OrderEdit: Sendable, Equatable {
    package var order: OrderID
    /// The revision that they saw; for the answer only, every cell is decided by the value that was seen.
    package var revision: Int?
    /// By `OrderField`, and `tags` as one list.
    package var cells: [String: CellEdit]
    package init(order: OrderID, revision: Int? = nil, cells: [String: CellEdit]) { self.order = order; self.revision = revision; self.cells = cells }

    package static let maximumOrders = 500, maximumCells = 40

    /// The list of tags taken apart: what somebody else tagged meanwhile is nobody's conflict.
    var expanded: [String: CellEdit] {
        guard let tags = cells["tags"] else { return cells }
        var all = cells
        all["tags"] = nil
        let seen = OrderTags.list(tags.seen), wanted = OrderTags.list(tags.value)
        let before = Set(seen.map(OrderTags.fold)), after = Set(wanted.map(OrderTags.fold))
        for tag in wanted where !before.contains(OrderTags.fold(tag)) { all["tag.\(tag)"] = CellEdit(seen: nil, value: "yes") }
        for tag in seen where !after.contains(OrderTags.fold(tag)) { all["tag.\(tag)"] = CellEdit(seen: "yes", value: nil) }
        return all
    }
}

/// A cell that somebody else changed meanwhile: both values, and who wrote the other one.
package struct CellConflict: Sendable, Equatable {
    package var field: String, mine: String?, theirs: String?, cause: Cause?, at: Timestamp?
}

package struct CellRefusal: Sendable, Equatable {
    package var field: String, refusal: EditRefusal
}

/// What became of one order's cells.
package struct OrderEditResult: Sendable, Equatable {
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// Everything that differed is in.
        case applied
        /// Some of it is in; the rest says why not.
        case partly
        case unchanged, conflict, refused, unknownOrder
    }
    package var order: OrderID, number: String?, outcome: Outcome
    package var revision: Int?, workflow: Workflow?
    /// The platform or a person changed other cells since: they stand beside the new ones.
    package var isRebased = false
    /// Something that was sent on is being amended there.
    package var isAmended = false
    package var applied: [FieldChange] = []
    package var conflicts: [CellConflict] = []
    package var refused: [CellRefusal] = []
}

/// A saved batch of edits, to be taken back as one.
package struct EditBatch: Sendable, Equatable {
    package var id: Int64, holder: Int64, actor: String, orders: Int, cells: Int, undoOf: Int64?, undoneBy: Int64?, createdAt: Timestamp
}
