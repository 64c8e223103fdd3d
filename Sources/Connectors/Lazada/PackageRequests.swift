import Connect
import Domain

/// The JSON texts of §6: each write has one parameter that holds one. Numbers are written as numbers, members in the order of the reference.
enum PackageRequests {
    /// Orders or packages in one call.
    static let batch = 20

    static func providers(order: String, items: [String]) -> APICall {
        .get("/order/shipment/providers/get", ["getShipmentProvidersReq": text { json in
            json.object { json in
                json.name("orders")
                json.array { json in
                    json.object { json in
                        json.name("order_id")
                        json.raw(order.utf8)
                        json.name("order_item_ids")
                        json.array { json in for item in items { json.raw(item.utf8) } }
                    }
                }
            }
        }])
    }

    /// - Parameter provider: only for cross-border stores; never for seller-delivered orders.
    static func pack(order: String, items: [String], allocation: String, provider: String?) -> APICall {
        .post("/order/fulfill/pack", ["packReq": text { json in
            json.object { json in
                json.name("pack_order_list")
                json.array { json in
                    json.object { json in
                        json.name("order_id")
                        json.raw(order.utf8)
                        json.name("order_item_list")
                        json.array { json in for item in items { json.raw(item.utf8) } }
                    }
                }
                json.field("delivery_type", "dropship")
                json.field("shipment_provider_code", provider)
                json.field("shipping_allocate_type", allocation)
            }
        }])
    }

    static func readyToShip(_ packages: [String]) -> APICall { .post("/order/package/rts", ["readyToShipReq": list(packages)]) }
    static func delivered(_ packages: [String]) -> APICall { .post("/order/package/sof/delivered", ["dbsDeliveryReq": list(packages)]) }
    static func deliveryFailed(_ packages: [String]) -> APICall { .post("/order/package/sof/failed_delivery", ["dbsFailedDeliveryReq": list(packages)]) }

    static func document(_ package: String) -> APICall {
        .get("/order/package/document/get", ["getDocumentReq": text { json in
            json.object { json in
                json.field("doc_type", "PDF")
                json.name("packages")
                json.array { json in json.object { json in json.field("package_id", package) } }
                json.field("print_item_list", false)
            }
        }])
    }

    private static func list(_ packages: [String]) -> String {
        text { json in
            json.object { json in
                json.name("packages")
                json.array { json in for package in packages { json.object { json in json.field("package_id", package) } } }
            }
        }
    }

    private static func text(_ body: (inout JSONText) -> Void) -> String {
        var json = JSONText(capacity: 256)
        body(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// The answer of the providers' call: who may take the order, and whether Lazada or the seller chooses.
struct ProviderAnswer: Decodable, Sendable {
    var allocation: String?, providers: [Provider]

    struct Provider: Decodable, Sendable, Equatable {
        var name: String?, code: String?
        private enum Key: String, CodingKey { case name, provider_code, shipment_provider_code, code }
        init(from decoder: any Decoder) throws {
            if let word = try? decoder.singleValueContainer().decode(String.self) {
                name = word
                return
            }
            let box = try decoder.container(keyedBy: Key.self)
            name = box.text(.name)
            code = box.text(.provider_code) ?? box.text(.shipment_provider_code) ?? box.text(.code)
        }
    }

    private enum Key: String, CodingKey { case result }
    private enum ResultKey: String, CodingKey { case data, success, error_code, errorCode, error_msg, errorMsg }
    private enum DataKey: String, CodingKey { case shipping_allocate_type, shipment_providers }

    var failure: ActionFailure?

    init(from decoder: any Decoder) throws {
        let result = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: ResultKey.self, forKey: .result)
        let data = result.object(.data, DataKey.self)
        allocation = data?.text(.shipping_allocate_type)
        providers = try data?.list(.shipment_providers) ?? []
        if data == nil || (result.contains(.success) && !result.flag(.success)) {
            failure = ActionFailure(unit: nil, package: nil, code: result.text(.error_code) ?? result.text(.errorCode) ?? "unknown",
                                    message: result.text(.error_msg) ?? result.text(.errorMsg) ?? "", mayRetry: false)
        }
    }

    /// Stores whose courier Lazada chooses; the others (`NTFS`, cross-border) name one.
    static let local = "TFS"
}
