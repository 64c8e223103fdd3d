import Connect
import Domain

/// The answer to a write: `result.success:true` says little, each element has a code of its own (platforms/lazada.md §6). Failures are spelt `error_code` in tables and
/// `errorCode` in samples.
struct ActionAnswer: Decodable, Sendable {
    var isSuccess: Bool, code: String?, message: String?
    /// Units (of a pack) or packages (of everything else).
    var elements: [Element]

    struct Element: Decodable, Sendable, Equatable {
        var unit: String?, package: String?, code: String?, message: String?, mayRetry: Bool

        private enum Key: String, CodingKey { case order_item_id, package_id, item_err_code, msg, retry }

        init(from decoder: any Decoder) throws {
            let box = try decoder.container(keyedBy: Key.self)
            unit = box.identifier(.order_item_id)
            package = box.text(.package_id)
            code = box.text(.item_err_code)
            message = box.text(.msg)
            mayRetry = box.flag(.retry)
        }
    }

    private enum Key: String, CodingKey { case result }
    private enum ResultKey: String, CodingKey { case success, error_code, errorCode, error_msg, errorMsg, data }
    private enum DataKey: String, CodingKey { case pack_order_list, packages, pacakges }
    private enum OrderKey: String, CodingKey { case order_item_list }

    init(from decoder: any Decoder) throws {
        let result = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: ResultKey.self, forKey: .result)
        isSuccess = result.flag(.success)
        code = result.text(.error_code) ?? result.text(.errorCode)
        message = result.text(.error_msg) ?? result.text(.errorMsg)
        elements = []
        guard let data = result.object(.data, DataKey.self) else { return }
        // The guides spell it both ways.
        elements = try data.list(.packages) + data.list(.pacakges)
        let orders: [Order] = try data.list(.pack_order_list)
        elements += orders.flatMap(\.items)
    }

    private struct Order: Decodable {
        var items: [Element]
        init(from decoder: any Decoder) throws { items = try decoder.container(keyedBy: OrderKey.self).list(.order_item_list) }
    }

    /// What did not go through: by element where the answer names them, else as a whole.
    func failures() -> [ActionFailure] {
        let failed = elements.filter { $0.code.map { $0 != "0" } ?? !isSuccess }
        if !failed.isEmpty {
            return failed.map { ActionFailure(unit: $0.unit, package: $0.package, code: $0.code ?? code ?? "unknown", message: $0.message ?? message ?? "", mayRetry: $0.mayRetry) }
        }
        if isSuccess { return [] }
        // Every element says it is done: the whole is believed less than its parts.
        guard elements.isEmpty else { return [] }
        return [ActionFailure(unit: nil, package: nil, code: code ?? "unknown", message: message ?? "it gave no reason", mayRetry: false)]
    }
}

/// One element that did not go through.
struct ActionFailure: Sendable, Equatable {
    var unit: String?
    var package: String?
    var code: String
    var message: String
    var mayRetry: Bool

    var meaning: ActionCodes.Meaning { ActionCodes.meaning(of: code) }

    /// By its class of law 7. `retry:true` allows repeating whatever the code is.
    var error: ConnectorError {
        let words = message.isEmpty ? "it gave no reason" : message.cut(200)
        if mayRetry || meaning == .busy || meaning == .noCourier { return .unreachable(reason: "Lazada could not do it now: \(words) (\(code.cut(40)))") }
        let advice = switch meaning {
        case .notToBePacked: "; it is not the seller's to pack"
        case .courierSetUp: "; set the courier up in the seller centre"
        case .cancelledPackage: "; the package was cancelled"
        case .splitByWarehouse: "; its goods lie in several warehouses"
        case .ourMistake, .stateChanged, .notFound, .notSellerDelivered, .busy, .noCourier, .unknown: ""
        }
        return .refused(platformCode: code.cut(40), platformMessage: words + advice)
    }
}

/// The pack codes of §6, as data.
enum ActionCodes {
    enum Meaning: Sendable, Equatable {
        case busy
        /// Tried again; then an operator.
        case noCourier
        /// Not in the state we took it for: read again.
        case stateChanged
        case ourMistake, notFound
        /// Fulfilled by Lazada, digital, and the like.
        case notToBePacked
        case courierSetUp, splitByWarehouse, cancelledPackage, notSellerDelivered, unknown
    }

    static let table: [String: Meaning] = [
        "6": .busy, "40011": .busy, "700024": .busy, "1003": .noCourier,
        "700000": .stateChanged, "700026": .stateChanged, "700031": .stateChanged,
        "700004": .ourMistake, "700017": .ourMistake, "700018": .ourMistake, "700019": .ourMistake, "700022": .ourMistake, "700033": .ourMistake,
        "700021": .notFound, "700025": .notFound, "700032": .notFound,
        "700013": .notToBePacked, "700023": .notToBePacked, "700027": .notToBePacked, "700028": .notToBePacked, "700030": .notToBePacked,
        "700016": .courierSetUp, "700001": .courierSetUp, "700029": .splitByWarehouse, "600002": .cancelledPackage, "700009": .notSellerDelivered,
    ]

    static func meaning(of code: String) -> Meaning { table[code] ?? .unknown }
}
