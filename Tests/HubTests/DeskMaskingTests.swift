@testable import Hub
import Domain
import Testing

/// What somebody sees of an order who may not read buyers' data.
@Suite struct DeskMaskingTests {
    @Test(arguments: [
        (AddressProblem.unknownProvince("Atlantis, ask \"Ann\" there"), "“•••” is not a region or province we know. Choose the right one; nothing was guessed."),
        (AddressProblem.districtNotMarked(city: "\u{0E31}Lat Phrao"), "The platform sent no district. “•••” stands in the city; if it is the district, move it there."),
        (AddressProblem.badPostcode("behind the canal”", country: "TH"), "“•••” is not a postcode of Thailand (5 digits). Correct it, or ask the buyer."),
        (AddressProblem.badPhone, AddressProblem.badPhone.message),
    ])
    func `what a flag quotes of an address is dots, and the rest of its sentence stays`(problem: AddressProblem, expected: String) {
        #expect(Flag(code: problem.code, message: problem.message).masked == Flag(code: problem.code, message: expected))
    }

    @Test func `an edit that differs keeps its field, and its values only where they are nobody's`() {
        let phone = Flag.ofEdit("shipTo.phone", here: "0812345678", platform: "0899999999"), note = Flag.ofEdit("note", here: "say \"Ann\" at \"5\"", platform: nil)
        #expect(phone.message == "shipTo.phone was changed here to \"0812345678\"; the platform now says \"0899999999\".")
        #expect(phone.masked.message == "shipTo.phone was changed here to \"•••\"; the platform now says \"•••\".")
        #expect(note.masked.message == "note was changed here to \"•••\"; the platform now says \"•••\".")
        #expect(phone.shown(isMasked: false) == phone && phone.shown(isMasked: true) == phone.masked)
        for open in [Flag.ofEdit("totals.shipping", here: "10.00", platform: "20.00"), Flag(code: "unknown_status", message: "The shop's status \"in-limbo\" is not known.")] { #expect(open.masked == open) }
    }

    @Test func `the note, the company, a platform's old values and what flags quote are dots in a row and in the document`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1", minutesAgo: 10) { order in
                order.note = "ring at the back door"
                order.shipTo?.company = "Sookjai Ltd"
            }])
            let seen = try await bench.order("1")
            let (saved, _) = try await bench.save(["note": CellEdit(seen: "ring at the back door", value: "leave it with Nok"), "buyer.phone": CellEdit(seen: "0812345678", value: "0899999999")], of: seen.id, revision: seen.version)
            #expect(saved.outcome == .applied)
            try await bench.take([DeskBench.order("1") { order in
                order.note = "ask for Ploy"
                order.buyer.phone = "0877777777"
                order.shipTo?.company = "Sookjai Ltd"
                order.shipTo?.postcode = "behind the canal"
            }])
            let order = try await bench.order("1"), row = try #require(try await bench.hub.ledger.gridRows([order.id]).first)
            #expect(order.snapshot.flags.count { $0.code == Flag.editDiffers } == 2)
            func shown(isMasked: Bool) throws -> [String] {
                var json = JSONText(capacity: 2048)
                row.write(to: &json, isMasked: isMasked)
                return [String(decoding: json.bytes, as: UTF8.self), try OrderDocument(order, platform: "deskshop", shipments: [], isMasked: isMasked).json()]
            }
            for text in try shown(isMasked: true) {
                for secret in ["ring at", "leave it", "ask for", "Sookjai", "0812345678", "0899999999", "0877777777", "canal"] { #expect(!text.contains(secret), "\(secret)") }
                for kept in ["note was changed here", "buyer.phone was changed here", "address_bad_postcode"] { #expect(text.contains(kept), "\(kept)") }
            }
            for text in try shown(isMasked: false) {
                for known in ["leave it with Nok", "ask for Ploy", "Sookjai Ltd", "0877777777", "behind the canal"] { #expect(text.contains(known), "\(known)") }
            }
        }
    }
}
