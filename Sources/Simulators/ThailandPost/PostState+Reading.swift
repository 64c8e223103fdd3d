import Foundation

/// System C's reading calls (thailandpost.md §4.3).
extension PostState {
    /// Days one call may span.
    private static let maximumDays = 31

    /// An object; an error is a list.
    func orderByBarcode(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let barcode = call.query["barcode"], !barcode.isEmpty else { return EParcelCode.parameterMissing.reply }
        guard let known = own(barcode, of: account) else { return EParcelCode.invalidInput.reply }
        return .json(view(known))
    }

    /// One comma string, or a list; numbers nobody knows are left out.
    func orderByBarcodes(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        let asked = call.json?["barcodes"]
        guard let barcodes = asked?.texts ?? asked?.text?.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) else {
            return EParcelCode.parameterMissing.reply
        }
        let found = barcodes.compactMap { own($0, of: account) }
        return found.isEmpty ? EParcelCode.invalidInput.reply : .json(.array(found.map(view)))
    }

    func historyStatus(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let barcode = call.query["barcode"] else { return EParcelCode.parameterMissing.reply }
        guard let known = own(barcode, of: account) else { return EParcelCode.invalidInput.reply }
        let items = known.events.map { event -> PostJSON in
            let status = Consignment.eParcelStatus(of: event, isReturning: known.isReturning)
            var members: [String: PostJSON] = [
                "status": .string(event.status == "103" ? "001" : event.status), "statusDescription": .string(words(status.words)), "signature": nil,
            ]
            if settings.usesOtherHistoryNames {
                members["createdDate"] = .string(ThaiDay(event.at).slashed())
                members["statusTime"] = .string(ThaiTime.clock(event.at))
                members["postcodeName"] = .string(event.office.name)
            } else {
                members["statusDate"] = .string(ThaiTime.plain(event.at))
                members["station"] = .string(event.office.name)
            }
            return .object(members)
        }
        return .json(.array(items))
    }

    // MARK: Reports of a day

    enum Report: String { case received = "getAllOrderReceived", delivered = "getAllOrderDelivered", reversed = "getAllOrderReverse", announced = "reportJSON" }

    func report(_ report: Report, _ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let text = call.query["date"] else { return EParcelCode.parameterMissing.reply }
        guard let day = ThaiDay(slashed: text) else { return EParcelCode.invalidDate.reply }
        return list(account, "on \(text)") { consignment in Self.day(of: report, consignment) == day }
    }

    /// The body's members are unverified: `startDate` and `endDate` as in the day reports.
    func orderByDurationTime(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let from = call.json?["startDate"]?.text, let to = call.json?["endDate"]?.text else { return EParcelCode.parameterMissing.reply }
        guard let first = ThaiDay(slashed: from), let last = ThaiDay(slashed: to), first <= last, Self.days(first, last) <= Self.maximumDays else {
            return EParcelCode.invalidDate.reply
        }
        return list(account, "from \(from) to \(to)") { (first...last).contains(ThaiDay($0.createdAt)) }
    }

    private static func days(_ first: ThaiDay, _ last: ThaiDay) -> Int { (last.year - first.year) * 366 + (last.month - first.month) * 31 + last.day - first.day }

    private static func day(of report: Report, _ consignment: Consignment) -> ThaiDay? {
        let moment: Date? = switch report {
        case .received: consignment.acceptedAt
        case .delivered: consignment.deliveredAt
        case .reversed: consignment.events.first { $0.status == "203" }?.at
        case .announced: consignment.createdAt
        }
        return moment.map { ThaiDay($0) }
    }

    private func list(_ account: EParcelAccount, _ when: String, _ isWanted: (Consignment) -> Bool) -> PostReply {
        let found = consignments.values.filter { $0.account == account.user && isWanted($0) }.sorted { ($0.createdAt, $0.barcode) < ($1.createdAt, $1.barcode) }
        guard !found.isEmpty else { return .json([EParcelCode.noProduct.element(detail: "No receive product \(when)")]) }
        let views = found.map(view)
        return .json(.array(settings.reportsRepeatItems ? views + views.prefix(1) : views))
    }

    /// `GET getStatus`: the code list.
    func statusList() -> PostReply {
        let list = [("0", "เตรียมการฝากส่ง"), ("1", "รับฝาก"), ("4", "นำจ่ายถึงผู้รับแล้ว"), ("9", "ยกเลิกรายการ"), ("502", "นำจ่ายคืนผู้ฝากส่ง"), ("503", "ส่งคืนต้นทาง")]
        return .json(.array(list.map { ["status": .string($0.0), "statusDescription": .string(words($0.1))] }))
    }

    // MARK: Words

    /// Asked as `cus…`, answered as `customer…`; `deliverdDate` is spelt so.
    private func view(_ known: Consignment) -> PostJSON {
        let status = known.eParcelStatus, grams = known.fields.grams ?? 0
        return [
            "barcode": .string(known.barcode), "invNo": .string(known.invoiceNumber), "customerName": .string(known.fields["cusName"]),
            "customerAddress": .string(known.fields["cusAdd"]), "customerAmphur": .string(known.fields["cusAmp"]),
            "customerProvince": .string(known.fields["cusProv"]), "customerZipcode": .string(known.fields["cusZipcode"]),
            "productWeight": .string("\(grams)"), "status": .string(status.code), "statusDescription": .string(words(status.words)), "signature": nil,
            "createdDate": .string(ThaiTime.plain(known.createdAt)), "receivedDate": .optional(known.acceptedAt.map(ThaiTime.plain)),
            "deliverdDate": .optional(known.deliveredAt.map(ThaiTime.plain)), "postcodeName": .optional(known.events.last?.office.name),
            "emsPrice": .optional(Rates.counter(grams: grams).map { "\($0).00" }), "servicePrice": "0.00", "insurancePrice": "0.00",
        ]
    }

    private func words(_ text: String) -> String { settings.decomposesSaraAm ? ThaiText.decomposed(text) : text }
}
