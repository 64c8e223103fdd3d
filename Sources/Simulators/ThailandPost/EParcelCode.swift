/// System C's error codes (thailandpost.md §8). Where the dossier names several for one meaning, which is whose is our choice.
package enum EParcelCode: String, Sendable, CaseIterable {
    case success = "000"
    case invalidUser = "001"
    case nullInput = "002"
    case wrongService = "004"
    /// Of an empty report; the true code is unknown.
    case noProduct = "005"
    case overweight = "016"
    case checkBarcode = "017"
    case duplicateBarcode = "018"
    case invalidInput = "019"
    case vendorUnknown = "023"
    case parameterMissing = "027"
    case merchantUnknown = "028"
    case overPrice = "029"
    case orderType = "030"
    case createFailed = "031"
    case merchantMismatch = "069"
    case storeUnknown = "070"
    case alreadyAccepted = "071"
    case storeMismatch = "072"
    case postcodeNotServed = "073"
    case unreadable = "077"
    case invalidManifest = "078"
    case invalidDate = "079"
    case vendorPostcodeMissing = "083"
    case provinceNotFound = "084"

    var detail: String {
        switch self {
        case .success: "Success"
        case .invalidUser: "Invalid user or password"
        case .nullInput: "Invalid input or null value"
        case .wrongService: "Barcode is not of this service"
        case .noProduct: "No receive product"
        case .overweight: "Product weight is over the limit"
        case .checkBarcode: "Please check zipcode, productInbox or barcode"
        case .duplicateBarcode: "Duplicate barcode"
        case .invalidInput: "Invalid input"
        case .vendorUnknown: "Vendor not found"
        case .parameterMissing: "Parameter is missing"
        case .merchantUnknown: "Merchant not found"
        case .overPrice: "Product price is over the limit"
        case .orderType: "Order type is out of range"
        case .createFailed: "Create failed"
        case .merchantMismatch: "Merchant does not match"
        case .storeUnknown: "Store location not found"
        case .alreadyAccepted: "Product was already accepted"
        case .storeMismatch: "Store location does not match"
        case .postcodeNotServed: "Postcode is not served yet"
        case .unreadable: "Input could not be read"
        case .invalidManifest: "Invalid manifest number"
        case .invalidDate: "Invalid date"
        case .vendorPostcodeMissing: "Vendor postcode is missing"
        case .provinceNotFound: "Province not found"
        }
    }

    /// `{"errorCode":"018","errorDetail":"Duplicate barcode","status":false}`.
    func element(detail: String? = nil, barcode: String? = nil) -> PostJSON {
        var members: [String: PostJSON] = ["errorCode": .string(rawValue), "errorDetail": .string(detail ?? self.detail), "status": .bool(self == .success)]
        if let barcode { members["barcode"] = .string(barcode) }
        return .object(members)
    }

    /// Always 200, always a list (thailandpost.md §8).
    var reply: PostReply { .json([element()]) }
}
