import Connect
import Domain

/// What an answer that is no success asks for (shopat24.md §8). Pure.
struct RefusalTable: Sendable {
    static let notFound = "not_found", wrongState = "wrong_state"
    /// Where an answer to "slow down" gives no time.
    static let usualPauseSeconds: Int64 = 30
    private static let longestWords = 300, longestCode = 60

    private let answer: Profile.Answer
    private let listed: [String: Profile.ListedError.Meaning]

    init(_ profile: Profile) {
        answer = profile.answer
        listed = Dictionary(profile.errors.map { ($0.code, $0.means) }) { first, _ in first }
    }

    /// nil: the call was taken.
    func failure(of answer: PlatformAnswer, _ json: JSONValue?, now: Timestamp) -> ConnectorError? {
        let code = json.flatMap { self.answer.code?.value(in: $0)?.text }.map { String($0.cut(Self.longestCode)) }
        let words = json.flatMap { self.answer.message?.value(in: $0)?.text }.map { CleanText.clean($0.cut(Self.longestWords)) }
        switch answer.status {
        case 200..<300:
            let success = json.flatMap { self.answer.success?.value(in: $0)?.flag }
            if let code, let means = listed[code] { return Self.error(means, code, words) }
            return success == false ? .refused(platformCode: code ?? "success_false", platformMessage: words ?? "the channel said no and no more") : nil
        case 401: return .unauthorised(reason: "the channel does not accept the credentials\(Self.tail(words))")
        case 403: return .unauthorised(reason: "the channel does not permit this call\(Self.tail(words))")
        case 429: return .throttled(until: now + .seconds(answer.pauseSeconds ?? Self.usualPauseSeconds))
        case 408, 500...599:
            if let pause = answer.pauseSeconds { return .throttled(until: now + .seconds(pause)) }
            return .unreachable(reason: "the channel answered \(answer.status)")
        default:
            if let code, let means = listed[code] { return Self.error(means, code, words) }
            if answer.status == 404 { return Self.error(.notFound, code ?? "http_404", words) }
            return .refused(platformCode: code ?? "http_\(answer.status)", platformMessage: words ?? "HTTP \(answer.status)")
        }
    }

    private static func tail(_ words: String?) -> String { words.map { $0.isEmpty ? "" : ": \($0)" } ?? "" }

    private static func error(_ means: Profile.ListedError.Meaning, _ code: String, _ words: String?) -> ConnectorError {
        let words = words.flatMap { $0.isEmpty ? nil : $0 } ?? "the channel gave no words"
        return switch means {
        case .retry: .unreachable(reason: "\(words) (\(code))")
        case .done: .alreadyDone
        case .operator: .unauthorised(reason: "\(words) (\(code))")
        case .permanent: .refused(platformCode: code, platformMessage: words)
        case .notFound: .refused(platformCode: notFound, platformMessage: "\(words) (\(code))")
        case .wrongState: .refused(platformCode: wrongState, platformMessage: "\(words) (\(code))")
        }
    }
}
