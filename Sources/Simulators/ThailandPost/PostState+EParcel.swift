import Foundation
import HTTPTypes

/// The door of system C and its smaller calls (thailandpost.md §1, §6.3, §6.4, §7).
extension PostState {
    static let eParcelPrefix = "/webservice/"

    mutating func eParcel(_ call: PostCall) -> PostReply {
        guard let operation = call.below(Self.eParcelPrefix) else { return .notFound }
        guard let account = account(of: call) else {
            counts["C bad credentials", default: 0] += 1
            return settings.badCredentialsAre401 ? .html(401, "Unauthorized") : EParcelCode.invalidUser.reply
        }
        switch (call.method, operation) {
        case (.post, "addItem"): return addItem(call, for: account)
        case (.post, "addItems"): return addItems(call, for: account)
        case (.post, "updateItem"): return updateItem(call, for: account)
        case (.post, "cancelOrder"): return cancelOrder(call, for: account)
        case (.get, "getOrderByBarcode"): return orderByBarcode(call, for: account)
        case (.post, "getOrderByBarcodes"): return orderByBarcodes(call, for: account)
        case (.get, "getHistoryStatus"): return historyStatus(call, for: account)
        case (.post, "getOrderByDurationTime"): return orderByDurationTime(call, for: account)
        case (.get, "getStatus"): return statusList()
        case (.get, "LabelPDF"): return labelPDF(call, account)
        case (.get, "DepositPDF"): return depositPDF(call, account)
        case (.post, "getRatePriceByWeight"), (.post, "getRatePriceZoneByWeight"): return rate(call)
        case (.get, "getRateByManifest"): return rateByManifest(call, account)
        case (.put, "addMerchant"), (.post, "updateMerchant"), (.get, "getMerchant"), (.put, "addStoreLocation"): return merchant(call, operation)
        case (.get, _): return Report(rawValue: operation).map { report($0, call, for: account) } ?? .notFound
        default: return .notFound
        }
    }

    private func account(of call: PostCall) -> EParcelAccount? {
        guard let given = call.basic else { return nil }
        return settings.accounts.first { $0.user == given.user && $0.password == given.password }
    }

    // MARK: Paper

    /// The logo's URL is taken and never fetched.
    private func labelPDF(_ call: PostCall, _ account: EParcelAccount) -> PostReply {
        guard let barcode = call.query["barcode"] else { return EParcelCode.parameterMissing.reply }
        guard let known = own(barcode, of: account), !known.isCancelled else { return EParcelCode.invalidInput.reply }
        return PostReply(contentType: "application/pdf", body: PostPaper.label(of: known))
    }

    private func depositPDF(_ call: PostCall, _ account: EParcelAccount) -> PostReply {
        guard let manifest = call.query["manifestNo"], !manifest.isEmpty else { return EParcelCode.parameterMissing.reply }
        let listed = parcels(ofManifest: manifest, account)
        guard !listed.isEmpty else { return EParcelCode.invalidManifest.reply }
        return PostReply(contentType: "application/pdf", body: PostPaper.depositForm(of: listed, manifestNumber: manifest))
    }

    private func parcels(ofManifest manifest: String, _ account: EParcelAccount) -> [Consignment] {
        consignments.values.filter { $0.account == account.user && !$0.isCancelled && $0.manifestNumber == manifest }.sorted { $0.barcode < $1.barcode }
    }

    // MARK: Rates

    private func rate(_ call: PostCall) -> PostReply {
        guard let json = call.json, let type = json["type"]?.text, let grams = json["weight"]?.integer else { return EParcelCode.parameterMissing.reply }
        guard let service = type.first, type.utf8.count == 1, let limit = settings.maximumGrams[service] else { return EParcelCode.invalidInput.reply }
        guard grams > 0, grams <= limit else { return EParcelCode.overweight.reply }
        guard call.path.hasSuffix("ZoneByWeight") else { return price(Rates.counter(grams: grams)) }
        guard let from = json["sourcePostcode"]?.loose, let to = json["destinationPostcode"]?.loose else { return EParcelCode.parameterMissing.reply }
        return price(Rates.zone(grams: grams, from: from, to: to))
    }

    private func rateByManifest(_ call: PostCall, _ account: EParcelAccount) -> PostReply {
        let listed = parcels(ofManifest: call.query["manifestNo"] ?? "", account)
        return listed.isEmpty ? EParcelCode.invalidManifest.reply : price(listed.reduce(0) { $0 + (Rates.counter(grams: $1.fields.grams ?? 0) ?? 0) })
    }

    /// Number or object: the true shape is unknown.
    private func price(_ baht: Int?) -> PostReply {
        guard let baht else { return EParcelCode.overweight.reply }
        return .json(settings.ratesAreNumbers ? .integer(baht) : ["price": .string("\(baht).00"), "currency": "THB"])
    }

    // MARK: Merchants

    private mutating func merchant(_ call: PostCall, _ operation: String) -> PostReply {
        if operation == "getMerchant" {
            if let id = call.query["merchantId"] { return merchants[id].map { .json($0) } ?? EParcelCode.merchantUnknown.reply }
            return .json(.array(merchants.sorted { $0.key < $1.key }.map(\.value)))
        }
        guard let json = call.json, let id = json["merchantId"]?.loose, !id.isEmpty else { return EParcelCode.parameterMissing.reply }
        switch operation {
        case "addMerchant": merchants[id] = json
        case "updateMerchant":
            guard let known = merchants[id]?.members else { return EParcelCode.merchantUnknown.reply }
            merchants[id] = .object(known.merging(json.members ?? [:]) { $1 })
        default:
            guard merchants[id] != nil else { return EParcelCode.merchantUnknown.reply }
            guard let store = json["storeLocationNo"]?.loose, !store.isEmpty else { return EParcelCode.parameterMissing.reply }
            stores[store] = json
        }
        return EParcelCode.success.reply
    }
}
