import Connect
import Domain
import Foundation

/// `{"code":"IllegalAccessToken","type":"ISV","message":"..","request_id":".."}`; the HTTP status is 200 for success and failure alike (platforms/lazada.md §8).
struct Envelope: Decodable, Sendable, Equatable {
    var code: String, type: String?, message: String, requestID: String?

    private enum Key: String, CodingKey { case code, type, message, request_id, detail }

    init(code: String, type: String? = nil, message: String, requestID: String? = nil) {
        self.code = code; self.type = type; self.message = message; self.requestID = requestID
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        guard let code = box.text(.code) else { throw DecodingError.keyNotFound(Key.code, .init(codingPath: [], debugDescription: "no code")) }
        self.code = code.cut(Self.longestCode)
        type = box.text(.type)
        message = (box.text(.message) ?? box.text(.detail) ?? code).cut(Self.longestMessage)
        requestID = box.text(.request_id)?.cut(Self.longestCode)
    }

    private static let longestCode = 80, longestMessage = 240

    /// The string "0", or the number.
    var isSuccess: Bool { code == "0" }
    /// The platform's words with the number its support asks for.
    var words: String { requestID.map { "\(message) [request \($0)]" } ?? message }
}

/// What an answer means. Pure.
enum AnswerReading {
    /// nil for success; else the failure by its class of law 7.
    static func failure(of answer: PlatformAnswer, now: Timestamp) -> ConnectorError? {
        // A body that is no envelope is an ordinary case here: an error page of a proxy.
        let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(answer.body))
        switch answer.status {
        case 429: return .throttled(until: now + .seconds(answer.pauseSeconds ?? ErrorTable.defaultPauseSeconds))
        case 500...599: return .unreachable(reason: "Lazada answered \(answer.status); what was asked may have been done all the same")
        case 300...399: return .misconfigured(setting: "baseURL", problem: "leads to a redirect (\(answer.status)): enter the address the API really has")
        default: break
        }
        guard let envelope else { return .unreachable(reason: "Lazada answered \(answer.status) with something that is not its API's answer") }
        return envelope.isSuccess ? nil : ErrorTable.failure(envelope, now: now)
    }

    /// The platform refused the very token: renewed once, then repeated (§2.3).
    static func isRefusedToken(_ answer: PlatformAnswer) -> Bool {
        // What is no envelope refuses no token.
        (try? JSONDecoder().decode(Envelope.self, from: Data(answer.body)))?.code == ErrorTable.refusedToken
    }
}

/// The codes of §8 and §7, as data. A code that is not here is refused with the platform's own words, never tried for ever.
enum ErrorTable {
    static let refusedToken = "IllegalAccessToken"
    static let notFound = "not_found"
    static let defaultPauseSeconds: Int64 = 10
    private static let longestPauseSeconds: Int64 = 3600

    private static let retried: Set<String> = ["6", "1000", "ServiceTimeout"]
    private static let limits: Set<String> = ["ApiCallLimit", "AppCallLimit", "Mp3SellerApiLimit", "SellerItemLimit"]
    private static let wantsPerson: Set<String> = ["IllegalRefreshToken", "InvalidCode", "AUTH_TYPE_UNSUPPORTED", "InsufficientPermission", "SellerNotVerified"]
    private static let signatures: Set<String> = ["IncompleteSignature", "IllegalSignature"]
    /// Refused whatever their type says: our mistake, and known as such.
    private static let permanent: Set<String> = ["MissingParameter", "InvalidParameter", "14", "17", "19", "36", "74", "75", "500", "501"]

    static func failure(_ envelope: Envelope, now: Timestamp) -> ConnectorError {
        let code = envelope.code, words = envelope.words
        switch code {
        case refusedToken: return .unauthorised(reason: words)
        case _ where wantsPerson.contains(code): return .unauthorised(reason: "\(words) (\(code))")
        case _ where limits.contains(code): return .throttled(until: now + .seconds(pauseSeconds(in: envelope.message) ?? defaultPauseSeconds))
        // The limit of a second: the next one will do.
        case "901", "E0901": return .throttled(until: now + .seconds(pauseSeconds(in: envelope.message) ?? 1))
        case _ where signatures.contains(code):
            return .misconfigured(setting: "appSecret", problem: "makes signatures that Lazada does not accept (\(words)): check the app key, the secret and this machine's clock")
        case "IllegalTimestamp": return .refused(platformCode: code, platformMessage: "\(words): this machine's clock is more than two hours wrong; let it keep time by NTP")
        case "16": return .refused(platformCode: notFound, platformMessage: words)
        case _ where permanent.contains(code): return .refused(platformCode: code, platformMessage: words)
        case _ where retried.contains(code) || envelope.type == "SYSTEM": return .unreachable(reason: "Lazada failed inside: \(words) (\(code))")
        default: return .refused(platformCode: code, platformMessage: words)
        }
    }

    /// `… this ban will last 7 seconds` → 7; from 1 second to an hour.
    static func pauseSeconds(in text: String) -> Int64? {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        for (number, unit) in zip(words, words.dropFirst()) where unit.hasPrefix("second") {
            if let seconds = Int64(number) { return min(max(seconds, 1), longestPauseSeconds) }
        }
        return nil
    }
}
