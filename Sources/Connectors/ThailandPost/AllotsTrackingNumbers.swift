package import Connect
import Domain
import HTTPTypes

extension ThailandPostConnector: AllotsTrackingNumbers {
    static let maximumNumbers = 10_000
    package func trackingNumbers(_ count: Int, service: String?, isCOD: Bool, after last: String?) async throws(ConnectorError) -> [String] {
        guard count > 0 else { return [] }
        guard count <= Self.maximumNumbers else { throw .refused(platformCode: "too_many_numbers", platformMessage: "at most \(Self.maximumNumbers) numbers at once") }
        let wanted = settings.service(for: service)
        // COD has its ranges: which account a number belongs to is told by the number.
        if settings.drawsFromPostOne, !isCOD { return try await drawNumbers(count, wanted) }
        let key = ThailandPostSettings.rangeKey(wanted, isCOD: isCOD)
        let title = wanted.rawValue + (isCOD ? " with COD" : "")
        guard let stock = settings.stock(wanted, isCOD: isCOD) else { throw .misconfigured(setting: key, problem: "is not set: there are no numbers for \(title)") }
        let (numbers, left) = stock.next(count, after: last.flatMap { S10Number(reading: $0) })
        guard numbers.count == count else {
            let words = "\(count) numbers for \(title) are wanted, \(numbers.count) are left; add the next range of the contract to \(key)"
            throw .refused(platformCode: "range_exhausted", platformMessage: words)
        }
        stockLevels.note(left, of: key)
        return numbers.map(\.description)
    }

    /// A contract's range is one account's and one service's; Post One's numbers are drawn by service.
    package func numberRange(service: String?, isCOD: Bool) -> String {
        let wanted = settings.service(for: service)
        return settings.drawsFromPostOne && !isCOD ? "postOne.\(wanted.rawValue)" : ThailandPostSettings.rangeKey(wanted, isCOD: isCOD)
    }

    /// `018`: another consignment has the number, or had it and was cancelled; `004`: the account's service does not know it (thailandpost.md §8). Each failing parcel is named with its number.
    package func refusedNumbers(of numbers: [String], in error: ConnectorError) -> [String] {
        let words: String
        switch error {
        case .refused(platformCode: EParcelResult.duplicate, let message): words = message
        case .misconfigured(_, let problem) where problem.contains(EParcelResult.outOfRange): words = problem
        default: return []
        }
        return numbers.filter { words.contains("(\($0))") }
    }

    // MARK: Post One

    /// A test key gives two numbers a call (§10): asked again that often at most.
    static let maximumDraws = 10

    /// Draws from system D. What it gives is burnt, used or not.
    private func drawNumbers(_ count: Int, _ service: PostalService) async throws(ConnectorError) -> [String] {
        var numbers: [String] = []
        for _ in 0..<Self.maximumDraws {
            let answer = try await context.http.send(try postOneRequest(service, count: count - numbers.count))
            numbers += try PostOneAnswer.numbers(answer, now: context.now())
            if numbers.count >= count { return Array(numbers.prefix(count)) }
        }
        throw .refused(platformCode: "range_exhausted", platformMessage: "Post One gave \(numbers.count) of \(count) numbers in \(Self.maximumDraws) calls: a test key gives two at a time")
    }

    func postOneRequest(_ service: PostalService, count: Int) throws(ConnectorError) -> PlatformRequest {
        guard let account = settings.postOne else { throw .misconfigured(setting: "postOneShopID", problem: "is not set") }
        return PlatformRequest(.get, "\(settings.postOneURL)?typ=\(service.postOneType)&cnt=\(count)", headers: [.authorization: account.authorization, .accept: "application/json"])
    }
}

/// `{"STATUS":"SUCCESS","MESSAGE":"","PRE":"EFTH","BEGIN":"12345678","END":"12345687"}` with a byte order mark (thailandpost.md §6.2). The check digits are ours.
enum PostOneAnswer {
    static let maximumDrawn = 100_000
    static let place = "Post One answers to addresses in Thailand alone, and not to every cloud"

    static func numbers(_ answer: PlatformAnswer, now: Timestamp) throws(ConnectorError) -> [String] {
        try refusal(answer, now: now)
        guard let json = JSONValue(reading: answer.body), let status = json["STATUS"]?.text else { throw .unreachable(reason: "Post One's answer is not what it promises") }
        guard status.uppercased() == "SUCCESS" else {
            throw .refused(platformCode: "range_exhausted", platformMessage: "Post One gave no numbers: \(status.cut(60)) \(json["MESSAGE"]?.text?.cut(300) ?? "")")
        }
        guard let letters = json["PRE"]?.text?.uppercased(), letters.utf8.count == 4,
              let first = serial(json["BEGIN"]), let last = serial(json["END"]), first <= last, last - first < maximumDrawn,
              S10Number(service: String(letters.prefix(2)), serial: first, country: String(letters.suffix(2)))?.country == S10Number.thailand else {
            throw .notUnderstood(field: "PRE, BEGIN, END", found: "no range of S10 serials of Thailand")
        }
        return (first...last).compactMap { S10Number(service: String(letters.prefix(2)), serial: $0)?.description }
    }

    /// What the HTTP status says by itself.
    static func refusal(_ answer: PlatformAnswer, now: Timestamp) throws(ConnectorError) {
        switch answer.status {
        case 200..<300: return
        case 401: throw .unauthorised(reason: "Post One refuses the shop id or the key")
        case 403: throw .unauthorised(reason: "Post One answered 403. \(place)")
        case 429: throw .throttled(until: now + .seconds(answer.pauseSeconds ?? EParcelService.pauseSeconds))
        case 408, 500...599: throw .unreachable(reason: "Post One answered \(answer.status)")
        default: throw .refused(platformCode: "http_\(answer.status)", platformMessage: "Post One answered HTTP \(answer.status)")
        }
    }

    /// Eight digits at most; zeros in front may have been lost where it came as a number.
    private static func serial(_ json: JSONValue?) -> Int? {
        json?.text.flatMap { $0.utf8.count <= 8 && $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
    }
}
