import Connect
import Domain

/// One line of an e-Parcel answer: `{"errorCode":"000","errorDetail":"Success","status":true}` (thailandpost.md §4.2).
struct EParcelResult: Sendable, Equatable {
    var code: String, detail: String, barcode: String?

    static let success = "000", duplicate = "018", failed = "031", accepted = "071", badUser = "001", outOfRange = "004"
    var isSuccess: Bool { code == Self.success }

    /// The lines of an answer: an array even for one, one element a consignment, or one element that holds `messagesError`; a lone object is read too.
    ///
    /// - Returns: nil where nothing of it is such a line.
    static func list(_ json: JSONValue) -> [EParcelResult]? {
        var results: [EParcelResult] = []
        for element in json.list ?? [json] {
            guard element.object != nil else { return nil }
            let inner = (element["messagesError"]?.list ?? []).compactMap { EParcelResult($0) }
            if inner.isEmpty {
                guard let result = EParcelResult(element) else { return nil }
                results.append(result)
            } else { results += inner }
        }
        return results.isEmpty ? nil : results
    }

    /// nil for what says neither a code nor success.
    init?(_ json: JSONValue) {
        guard let code = json["errorCode"]?.text ?? (json["status"]?.isTrue == true ? Self.success : nil) else { return nil }
        self.code = Self.padded(code).cut(20)
        detail = (json["errorDetail"]?.text ?? "").cut(300)
        barcode = json["barcode"]?.text?.uppercased()
    }

    init(code: String, detail: String, barcode: String? = nil) { self.code = code; self.detail = detail; self.barcode = barcode }

    /// A code that came as a number has lost its zeros.
    private static func padded(_ code: String) -> String {
        code.utf8.count < 3 && code.utf8.allSatisfy { (48...57).contains($0) } ? String(repeating: "0", count: 3 - code.utf8.count) + code : code
    }
}

/// What an error code of e-Parcel asks for (thailandpost.md §8), data.
enum EParcelErrors {
    enum Meaning: Sendable, Equatable {
        /// The account, or an IP address that is not registered: it looks the same.
        case credentials
        /// Wrong for good as it stands.
        case permanent(String)
        /// The number is not one of this account's service.
        case numberRange
        /// Vendor, merchant or store are unknown or do not fit.
        case merchant
        /// The number is used; the stored consignment tells whether it is ours.
        case duplicate
        /// It may have been stored all the same.
        case tryAgain
    }

    static let meanings: [String: Meaning] = [
        "001": .credentials,
        "002": .permanent("the input is not valid"), "019": .permanent("the input is not valid"), "027": .permanent("a value is empty"),
        "077": .permanent("a parameter is missing"), "078": .permanent("a parameter is missing"), "079": .permanent("a parameter is missing"),
        "004": .numberRange,
        "016": .permanent("the parcel is too heavy for the service"), "029": .permanent("the price is above the limit for COD"),
        "017": .permanent("postcode, contents or number do not fit"), "018": .duplicate,
        "023": .merchant, "028": .merchant, "069": .merchant, "070": .merchant, "072": .merchant, "083": .merchant,
        "030": .permanent("the order type is out of range"), "031": .tryAgain, "071": .permanent("the parcel was accepted already"),
        "073": .permanent("the postcode is not served yet; send it with another carrier"), "084": .permanent("the province is not known"),
    ]

    /// - Parameter subject: what the words are about: `parcel 1 (EF123456785TH)`.
    static func error(_ result: EParcelResult, about subject: String, rangeKey: String = "emsRange") -> ConnectorError {
        let words = result.detail.isEmpty ? "" : ": \(result.detail)"
        switch meanings[result.code] {
        case .credentials: return .unauthorised(reason: "e-Parcel refuses the account (\(result.code)\(words)). \(EParcelService.addressHint)")
        case .permanent(let meaning): return .refused(platformCode: result.code, platformMessage: "\(subject): \(meaning)\(words)")
        case .numberRange:
            return .misconfigured(setting: rangeKey, problem: "gave a number that this account's service does not have (\(subject), \(result.code)\(words)); compare the range with the contract")
        case .merchant:
            return .misconfigured(setting: "merchantId", problem: "names a merchant or store that Thailand Post does not know (\(subject), \(result.code)\(words)); ask it to register the branch")
        case .duplicate: return .refused(platformCode: result.code, platformMessage: "\(subject): another consignment has this number\(words). Give the parcel the next number")
        case .tryAgain: return .unreachable(reason: "e-Parcel could not store \(subject) (\(result.code)\(words))")
        case nil: return .refused(platformCode: result.code, platformMessage: "\(subject)\(words)")
        }
    }
}

/// What e-Parcel has stored under a number: an object (an array means errors); it says `customer…` where the request says `cus…` (§4.3).
struct StoredConsignment: Sendable, Equatable {
    var barcode: String?, orderID: String?, invoice: String?, name: String?, postcode: String?, weightGrams: Int?, words: String

    init?(_ json: JSONValue) {
        guard json.object != nil, json["errorCode"] == nil || json["errorCode"]?.text == EParcelResult.success else { return nil }
        barcode = json["barcode"]?.text?.uppercased(); orderID = json["orderId"]?.text; invoice = json["invNo"]?.text
        name = json["customerName"]?.text; postcode = json["customerZipcode"]?.text
        weightGrams = json["productWeight"]?.integer
        words = Self.composed([json["status"]?.text, json["statusDescription"]?.text].compactMap(\.self).joined(separator: " "))
        guard barcode != nil || invoice != nil || orderID != nil || name != nil else { return nil }
    }

    /// The words for a withdrawn consignment (unverified: the dossier has no answer of a cancelled one).
    var isCancelled: Bool { words.contains("ยกเลิก") || words.lowercased().contains("cancel") }

    /// Whether this is the consignment that we meant to announce: by our own reference, which nobody else writes; where the answer repeats none, by its receiver.
    func isOurs(_ wanted: Consignment) -> Bool {
        if let barcode, barcode != wanted.barcode { return false }
        if let invoice { return invoice == wanted.invNo }
        if let orderID { return orderID == wanted.orderId }
        return name != nil && hasReceiver(of: wanted)
    }

    /// Whether this is what we announced under this number: by our own reference, as far as the answer repeats it.
    func isOurs(number: String, invoice wanted: String, order: String) -> Bool {
        if let barcode, barcode != number { return false }
        if let invoice { return invoice == wanted }
        return orderID.map { $0 == order } ?? true
    }

    /// Whether it goes to the same person at the same place, as far as the answer repeats that.
    func hasReceiver(of wanted: Consignment) -> Bool {
        (name.map { Self.composed($0) == Self.composed(wanted.cusName) } ?? true) && (postcode.map { $0 == wanted.cusZipcode } ?? true)
    }

    func isUpToDate(with wanted: Consignment) -> Bool { hasReceiver(of: wanted) && (weightGrams.map { String($0) == wanted.productWeight } ?? true) }

    /// A decomposed sara am occurs in answers (§5.3); white space is no difference.
    private static func composed(_ text: String) -> String {
        // By scalars: the two halves belong to different characters.
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\u{0E32}", scalars.last == "\u{0E4D}" { scalars.removeLast(); scalars.append("\u{0E33}") } else { scalars.append(scalar) }
        }
        return String(scalars).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
