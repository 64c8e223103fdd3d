package import Domain
import Database

/// Something about a value before it is saved: refused, or taken with a doubt.
package struct CellRemark: Sendable, Equatable {
    package var order: OrderID, field: String, code: String, sentence: String, isRefused: Bool
}

extension EditDesk {
    /// What the law refuses of these values, and what is doubtful about the addresses that they make. Nothing is changed.
    package func check(_ edits: [OrderEdit]) async throws -> [CellRemark] {
        guard edits.count <= OrderEdit.maximumOrders, edits.allSatisfy({ $0.cells.count <= OrderEdit.maximumCells }) else { throw EditFault.tooMany }
        let couriers = ledger.channels.surroundings.couriers.map(\.name)
        var remarks: [CellRemark] = []
        for start in stride(from: 0, to: edits.count, by: Self.ordersAtOnce) {
            let part = Array(edits[start..<min(start + Self.ordersAtOnce, edits.count)])
            let orders = Dictionary(try await ledger.database.read { try Ledger.load(part.map(\.order), in: $0) }.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
            for edit in part {
                guard let order = orders[edit.order] else { continue }
                remarks += Self.remarks(on: edit, of: order, couriers: couriers)
            }
        }
        return remarks
    }

    private static func remarks(on edit: OrderEdit, of order: StoredOrder, couriers: [String]) -> [CellRemark] {
        var remarks: [CellRemark] = [], after = order.snapshot
        for (field, cell) in edit.expanded.sorted(by: { $0.key < $1.key }) {
            let value = cell.value?.isEmpty == true ? nil : cell.value
            let shown = field.hasPrefix("tag.") ? "tags" : field
            if let refusal = EditLaw.refusal(of: field, workflow: order.workflow, fulfilment: order.fulfilment) ?? EditLaw.refusal(of: value, in: field, of: order.snapshot, couriers: couriers) {
                remarks.append(CellRemark(order: order.id, field: shown, code: refusal.code, sentence: refusal.sentence, isRefused: true))
            } else { _ = EditLaw.set(field, to: EditLaw.canonical(value, in: field, of: order.snapshot), in: &after) }
        }
        guard edit.cells.keys.contains(where: { $0.hasPrefix("shipTo.") }), var address = after.shipTo else { return remarks }
        if edit.cells["shipTo.province"] != nil { address.provinceCode = nil }
        let known = Set(order.snapshot.flags.map(\.code))
        for problem in AddressNormaliser.normalise(RawAddress(address)).problems {
            let field = Self.field(of: problem)
            // A doubt that was there before is not these values' doing.
            guard edit.cells[field] != nil || !known.contains(problem.code) else { continue }
            remarks.append(CellRemark(order: order.id, field: field, code: problem.code, sentence: problem.message, isRefused: false))
        }
        return remarks
    }

    /// The cell that a doubt stands at.
    private static func field(of problem: AddressProblem) -> String {
        switch problem {
        case .missing(let field): field == .country ? "shipTo.countryCode" : "shipTo.\(field.rawValue)"
        case .unknownCountry: "shipTo.countryCode"
        case .unknownProvince, .provinceNameAndCodeDisagree, .provinceTakenFrom: "shipTo.province"
        case .provincePostcodeDisagree, .districtPostcodeDisagree, .badPostcode: "shipTo.postcode"
        case .regionComunaConflict, .regionBeforeSplit, .unknownDistrict, .districtNotMarked, .ambiguousDistrict, .districtTakenFrom: "shipTo.district"
        case .badPhone: "shipTo.phone"
        }
    }
}
