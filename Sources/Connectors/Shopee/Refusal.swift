import Connect
import Domain
import HTTPTypes

/// Why a call did not succeed, with its class: the table of platforms/shopee.md §8 and the state refusals of §6. Pure.
struct Refusal: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// The access token is old: another one, and the call once more.
        case token
        /// Our clock is more than five minutes off: mend it, and the call once more.
        case clock
        /// A burst; how long to wait grows with each.
        case burst
        /// The order or its package is not in the state that the call needs: read it again, then decide.
        case state(StateRefusal)
        case other
    }

    var kind: Kind
    /// As the platform wrote it, without white space; `http_502` where there was no envelope.
    var code: String
    var message: String
    var error: ConnectorError
    /// The whole answer, where there was an envelope: a batch that failed still tells of its elements.
    var envelope: LooseJSON?

    /// - Parameter path: from `/api/v2/` on; some codes mean another thing to another module.
    /// - Returns: nil for a success.
    static func of(_ answer: PlatformAnswer, path: String, now: Timestamp) -> Refusal? {
        if answer.status == 429 {
            return Refusal(kind: .burst, code: "http_429", message: "too many calls", error: .throttled(until: now + .seconds(answer.pauseSeconds ?? 1)))
        }
        guard let envelope = LooseJSON(answer.body), envelope.isObject else { return withoutEnvelope(answer) }
        guard let code = ErrorCode(envelope["error"]) else {
            switch answer.status {
            case 200..<300: return nil
            case 500...: return unreachable("http_\(answer.status)", "Shopee answered \(answer.status)")
            case 401, 403: return Refusal(kind: .other, code: "http_\(answer.status)", message: "no reason given", error: .unauthorised(reason: "Shopee answered \(answer.status) without a reason"))
            default: return refused("http_\(answer.status)", "Shopee answered \(answer.status) without a reason")
            }
        }
        var refusal = of(code, message: words(of: envelope), path: path, status: answer.status, now: now)
        refusal.envelope = envelope
        return refusal
    }

    /// The message in the platform's words, with the id that its support asks for.
    private static func words(of envelope: LooseJSON) -> String {
        let message = (envelope.first("message", "mesage", "msg").text ?? "no words").cut(400)
        return envelope["request_id"].text.map { "\(message) [request \($0.cut(60))]" } ?? message
    }

    /// One element of a batch (`fail_error`, `fail_message`), classified like a whole answer.
    static func ofElement(_ element: LooseJSON, path: String, now: Timestamp) -> Refusal? {
        guard let code = ErrorCode(element["fail_error"]) else { return nil }
        return of(code, message: (element["fail_message"].text ?? "no words").cut(400), path: path, status: 200, now: now)
    }

    static func of(_ code: ErrorCode, message: String, path: String, status: Int, now: Timestamp) -> Refusal {
        if let state = StateRefusal(code) { return Refusal(kind: .state(state), code: code.text, message: message, error: state.error(code: code.text, message: message, now: now)) }
        let lower = message.lowercased()
        switch code.name {
        case "invalid_acceess_token", "invalid_access_token": return token(code, message)
        case "error_auth": return authentication(code, message, path: path)
        case "error_sign":
            return Refusal(kind: .other, code: code.text, message: message,
                           error: .misconfigured(setting: "partnerKey", problem: "is not the key that Shopee has for this partner id on this host (error_sign: \(message))"))
        case "error_param" where lower.contains("timestamp is expired") || lower.contains("invalid timestamp"):
            return Refusal(kind: .clock, code: code.text, message: message, error: .unreachable(reason: "Shopee finds our clock wrong; set this machine's time (\(message))"))
        case "error_rate_limit": return Refusal(kind: .burst, code: code.text, message: message, error: .throttled(until: now + .seconds(1)))
        case "error_limit" where code.isGeneral: return Refusal(kind: .other, code: code.text, message: message, error: .throttled(until: quotaReset(after: now)))
        case "error_inner" where path.hasPrefix(productPath) && lower.contains("location"): return refused(code.text, message)
        case "error_data" where lower.contains("parse data failed"): return unreachable(code.text, message)
        default: break
        }
        if transientCodes.contains(code.name) { return unreachable(code.text, message) }
        if let hint = operatorCodes[code.name] {
            return Refusal(kind: .other, code: code.text, message: message, error: .unauthorised(reason: "\(message) (\(code.text.cut(80))). \(hint)"))
        }
        // A code nobody knows in a server's failure is still a server's failure; in any other answer it is a refusal in the platform's own words.
        return status >= 500 ? unreachable(code.text, "Shopee answered \(status)") : refused(code.text, message)
    }

    /// `error_auth` is five things; only the message and the module tell which.
    private static func authentication(_ code: ErrorCode, _ message: String, path: String) -> Refusal {
        let lower = message.lowercased()
        if lower.contains("access_token") || lower.contains("access token") { return token(code, message) }
        if lower.hasPrefix("system error") { return unreachable(code.text, message) }
        if path.hasPrefix(productPath), !lower.contains("token") { return refused(code.text, message) }
        return Refusal(kind: .other, code: code.text, message: message,
                       error: .unauthorised(reason: "\(message) (\(code.text.cut(80))). See in the console that the app, its permissions and the shop's consent still stand"))
    }

    private static func token(_ code: ErrorCode, _ message: String) -> Refusal {
        Refusal(kind: .token, code: code.text, message: message, error: .unauthorised(reason: "\(message) (\(code.text.cut(80)))"))
    }
    private static func refused(_ code: String, _ message: String) -> Refusal {
        Refusal(kind: .other, code: code, message: message, error: .refused(platformCode: code.cut(80), platformMessage: message))
    }
    private static func unreachable(_ code: String, _ message: String) -> Refusal {
        Refusal(kind: .other, code: code, message: message, error: .unreachable(reason: code.hasPrefix("http_") ? message : "\(message) (\(code.cut(80)))"))
    }

    /// A page or half an answer: an edge blocked the call, or the effect is unknown.
    private static func withoutEnvelope(_ answer: PlatformAnswer) -> Refusal {
        unreachable("http_\(answer.status)", answer.status < 300 ? "Shopee answered \(answer.status) with something that is not JSON" : "Shopee answered \(answer.status) with a page instead of an answer")
    }

    private static let productPath = "/api/v2/product/"

    private static let transientCodes: Set<String> = [
        "error_server", "error_network", "error_inner", "error_system_busy", "error_timeout", "error_connection", "error_third_party_server",
    ]

    /// What only a person can mend, with what to do.
    private static let operatorCodes: [String: String] = {
        let consent = "The seller has to agree again", app = "See the app's type and permissions in the console"
        return [
            "error_api_call_restricted": app, "error_api_permission": app, "error_ashop_api_permission": app, "error_permission": app,
            "error_partner_key_expired": "Reset the live partner key in the console and set partnerKey", "source_ip_undeclared": "Add the hub's address to the app's IP whitelist",
            "error_kyc_auth": "Finish the identity check in the console", "shop_banned": "Shopee froze the shop; ask the seller", "invalid_partner_id": "Check partnerID and baseURL: live and sandbox differ",
            "shop_no_linked": consent, "merchant_no_linked": consent, "partner_shop_no_link": consent, "shop_access_expired": consent, "merchant_access_expired": consent,
            "invalid_code": "The code was used, is older than ten minutes or belongs to another shop. \(consent)", "invalid_shop_id": consent, "invalid_main_acount_id": consent,
            "error_shop_refresh_token": consent, "error_merchant_refresh_token": consent, "refresh_token_expired": consent,
        ]
    }()

    private static let dayMilliseconds: Int64 = 86_400_000
    /// The daily quota starts anew at 00:00 UTC+8 (§4.4).
    static func quotaReset(after now: Timestamp) -> Timestamp {
        let zone: Int64 = 8 * 3_600_000
        return Timestamp(milliseconds: ((now.milliseconds + zone) / dayMilliseconds + 1) * dayMilliseconds - zone)
    }
}

/// An error's word: one of the prefixes of §8 may stand before it, and white space around it.
struct ErrorCode: Sendable, Equatable {
    /// As written, trimmed.
    let text: String
    /// Without its prefix, in lower case.
    let name: String
    let prefix: String?

    /// - Returns: nil for a success: "", `-`, null and missing.
    init?(_ value: LooseJSON) {
        guard let text = value.text, text != "-" else { return nil }
        self.init(text)
    }

    init(_ text: String) {
        self.text = text
        let lower = text.lowercased()
        for prefix in ["common", "order", "logistics", "product"] where lower.hasPrefix("\(prefix).") {
            self.prefix = prefix
            name = String(lower.dropFirst(prefix.count + 1))
            return
        }
        prefix = nil
        name = lower
    }

    /// `error_limit` is the daily quota, `logistics.error_limit` and `order.error_limit` are a count or a state.
    var isGeneral: Bool { prefix == nil || prefix == "common" }
}

/// Refusals that depend on where an order, a package or a label stands (§6).
enum StateRefusal: String, Sendable, CaseIterable {
    case notReadyToShip = "ship_order_not_ready_to_ship"
    case onlyOneWay = "ship_order_only_support_one_type"
    case needsNoPackageNumber = "ship_order_not_need_pacakge_number"
    case needsSenderName = "ship_order_need_sender_real_name"
    case alreadyShipped = "package_already_shipped"
    case isBooking = "error_booking_order"
    case pickupTime = "error_pickup_time"
    case cutoffTime = "error_cutoff_time"
    case locked = "logistic_order_is_locked_on_creating"
    case tooManyCalls = "error_too_many_invoke_function"
    case labelLater = "download_later"
    case labelNotMade = "shipping_document_should_print_first"
    case labelFailed = "package_print_failed"
    case noLabel = "package_can_not_print"

    init?(_ code: ErrorCode) { self.init(rawValue: code.name) }

    static let notReadyPause = Duration.seconds(300), lockPause = Duration.seconds(30), labelPause = Duration.seconds(10)

    /// What it comes to where reading again tells no more.
    func error(code: String, message: String, now: Timestamp) -> ConnectorError {
        switch self {
        case .notReadyToShip: .throttled(until: now + Self.notReadyPause)
        case .locked, .tooManyCalls: .throttled(until: now + Self.lockPause)
        case .labelLater: .throttled(until: now + Self.labelPause)
        case .alreadyShipped: .alreadyDone
        case .needsSenderName: .misconfigured(setting: "senderName", problem: "is wanted by the courier (\(message))")
        case .onlyOneWay, .needsNoPackageNumber, .isBooking, .pickupTime, .cutoffTime, .labelNotMade, .labelFailed, .noLabel:
            .refused(platformCode: code.cut(80), platformMessage: message)
        }
    }
}
