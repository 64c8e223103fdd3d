import Foundation

/// System C's counter: what it takes, what it refuses and why (thailandpost.md §4.2, §6.1, §8).
extension PostState {
    private static let orderTypes: Set = ["D", "L", "W", "C", "I"]
    static let maximumBatch = 1_000

    mutating func addItem(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let json = call.json, json.members != nil else { return EParcelCode.unreadable.reply }
        let fields = ParcelFields(json), code = book(fields, for: account)
        let element = code.element(barcode: settings.repliesNameBarcode ? fields.barcode : nil)
        return .json(settings.bookingReply == .bareObject ? element : [element])
    }

    /// No transaction over the list: each item stands for itself.
    mutating func addItems(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let list = call.json?.items, !list.isEmpty, list.count <= Self.maximumBatch else { return EParcelCode.unreadable.reply }
        let outcomes = list.map { json -> (barcode: String, code: EParcelCode) in
            let fields = ParcelFields(json)
            return (barcode: fields.barcode, code: json.members == nil ? .unreadable : book(fields, for: account))
        }
        let naming = settings.repliesNameBarcode
        let failures = outcomes.filter { $0.code != .success }
        let first = failures.first?.code ?? .success
        let elements = outcomes.map { $0.code.element(barcode: naming ? $0.barcode : nil) }
        switch settings.bookingReply {
        case .onePerItem: return .json(.array(elements))
        case .bareObject: return .json(first.element())
        case .messagesError, .failuresOnly:
            guard !failures.isEmpty else { return .json([first.element()]) }
            let told = settings.bookingReply == .messagesError ? outcomes : failures
            let messages = told.map { outcome -> PostJSON in
                var members: [String: PostJSON] = ["errorCode": .string(outcome.code.rawValue), "errorDetail": .string(outcome.code.detail)]
                if naming { members["barcode"] = .string(outcome.barcode) }
                return .object(members)
            }
            return .json([["errorCode": .string(first.rawValue), "errorDetail": .string(first.detail), "status": false, "messagesError": .array(messages)]])
        }
    }

    /// Same fields, before acceptance.
    mutating func updateItem(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let json = call.json, json.members != nil else { return EParcelCode.unreadable.reply }
        let fields = ParcelFields(json)
        guard var known = own(fields.barcode, of: account) else { return EParcelCode.invalidInput.reply }
        guard known.acceptedAt == nil, !known.isCancelled else { return EParcelCode.alreadyAccepted.reply }
        let updated = known.fields.updated(by: fields)
        if let code = refusal(of: updated, account) { return code.reply }
        known.fields = updated
        known.codSatang = account.collectsCOD ? updated.priceSatang.flatMap { $0 > 0 ? $0 : nil } : nil
        consignments[known.barcode] = known
        return EParcelCode.success.reply
    }

    /// Before acceptance only; again it is a success again (unverified).
    mutating func cancelOrder(_ call: PostCall, for account: EParcelAccount) -> PostReply {
        guard let barcode = call.json?["barcode"]?.text else { return EParcelCode.parameterMissing.reply }
        guard var known = own(barcode, of: account) else { return EParcelCode.invalidInput.reply }
        guard known.acceptedAt == nil else { return EParcelCode.alreadyAccepted.reply }
        if !known.isCancelled { counts["parcels cancelled", default: 0] += 1 }
        known.isCancelled = true
        known.life = []
        consignments[barcode] = known
        return EParcelCode.success.reply
    }

    /// A customer sees its own parcels only.
    func own(_ barcode: String, of account: EParcelAccount) -> Consignment? {
        consignments[barcode].flatMap { $0.account == account.user ? $0 : nil }
    }

    // MARK: Taking or refusing one item

    private mutating func book(_ fields: ParcelFields, for account: EParcelAccount) -> EParcelCode {
        counts["items announced", default: 0] += 1
        let forced = forcedCodes.isEmpty ? nil : forcedCodes.removeFirst()
        if let forced, !forced.stores { return forced.code }
        if let code = refusal(of: fields, account) { return code }
        if settings.refusesDuplicates, perBarcode[fields.barcode] != nil {
            noteDuplicate(fields.barcode)
            return .duplicateBarcode
        }
        guard store(fields, for: account) else { return .createFailed }
        return forced?.code ?? .success
    }

    private func refusal(of fields: ParcelFields, _ account: EParcelAccount) -> EParcelCode? {
        if ParcelFields.required.contains(where: { $0 != "productInbox" && fields[$0].isEmpty }) { return .nullInput }
        guard let parts = S10.parts(of: fields.barcode), S10.isValid(fields.barcode) else { return .checkBarcode }
        guard isPostcode(fields["cusZipcode"]), !fields["productInbox"].isEmpty else { return .checkBarcode }
        guard isOfService(parts, account) else { return .wrongService }
        guard let grams = fields.grams, let price = fields.priceSatang else { return .invalidInput }
        guard Self.orderTypes.contains(fields["orderType"]) else { return .orderType }
        if let service = parts.prefix.first, let limit = settings.maximumGrams[service], grams > limit { return .overweight }
        if account.collectsCOD, price > settings.codLimitSatang { return .overPrice }
        guard Provinces.knows(fields["cusProv"]) else { return .provinceNotFound }
        if settings.unservedPostcodes.contains(fields["cusZipcode"]) { return .postcodeNotServed }
        let manifest = fields["manifestNo"]
        if !manifest.isEmpty, !ParcelFields.isManifestNumber(manifest) { return .invalidManifest }
        return branchRefusal(of: fields)
    }

    /// A branch must exist before it is named (thailandpost.md §4.2, §7).
    private func branchRefusal(of fields: ParcelFields) -> EParcelCode? {
        let merchant = fields["merchantId"], store = fields["storeLocationNo"]
        if !merchant.isEmpty {
            guard let known = merchants[merchant] else { return .merchantUnknown }
            let zipcode = fields["merchantZipcode"]
            if zipcode.isEmpty { return .vendorPostcodeMissing }
            if known["merchantPostcode"]?.loose != zipcode { return .merchantMismatch }
        }
        guard !store.isEmpty else { return nil }
        guard let known = stores[store] else { return .storeUnknown }
        return known["merchantId"]?.loose == merchant ? nil : .storeMismatch
    }

    private func isPostcode(_ text: String) -> Bool { text.utf8.count == 5 && text.utf8.allSatisfy { (48...57).contains($0) } }

    private func isOfService(_ parts: S10.Parts, _ account: EParcelAccount) -> Bool {
        account.ranges.contains { $0.holds(parts) } || (account.takesDrawnNumbers && draws.contains { $0.range.holds(parts) })
    }
}
