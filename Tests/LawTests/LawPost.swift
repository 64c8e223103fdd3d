import Connect
import Domain
import Foundation
import Hub
import Synchronization

/// What a made-up post has stored, by number: it keeps nothing under our references.
final class LawMail: Sendable {
    struct Entry { var ref: String, times = 0, lines: [Parcel.Content] = [], street: String? = nil }
    struct State {
        var stored: [String: Entry] = [:], tries = 0
        /// It stores the next booking, and its answer is lost.
        var losesNextAnswer = false
        /// Numbers of its own that it says are used.
        var used: Set<String> = []
        /// It refuses every booking with this code.
        var refusal: String?
    }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: LawMail]>([:])

    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String) -> LawMail? { all.withLock { $0[name] } }

    var numbers: [String] { state.withLock { $0.stored.keys.sorted() } }
    var times: [Int] { state.withLock { $0.stored.values.map(\.times) } }
}

/// A post whose parcels travel under the seller's own numbers, one range for each service and one for COD.
struct LawPost: BooksShipments, AllotsTrackingNumbers {
    static let descriptor = PlatformDescriptor(platform: "lawpost", title: "Law post", kind: .courier, settings: [SettingField("mail", "Mail", isRequired: true)])
    let mail: LawMail

    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let mail = LawMail.named(try context.settings.required("mail")) else { throw .misconfigured(setting: "mail", problem: "is not known") }
        self.mail = mail
    }

    func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking {
        let numbers = request.parcels.compactMap(\.trackingNumber)
        let isLost = try mail.state.withLock { state -> Result<Bool, ConnectorError> in
            state.tries += 1
            if let refusal = state.refusal { return .failure(.refused(platformCode: refusal, platformMessage: "not today")) }
            if let used = numbers.first(where: state.used.contains) { return .failure(.refused(platformCode: "used", platformMessage: "another parcel has (\(used))")) }
            for parcel in request.parcels {
                guard let number = parcel.trackingNumber else { continue }
                state.stored[number, default: .init(ref: request.externalRef)].times += 1
                state.stored[number]?.lines = parcel.contents
                state.stored[number]?.street = request.recipient.line1
            }
            defer { state.losesNextAnswer = false }
            return .success(state.losesNextAnswer)
        }.get()
        if isLost { throw .unreachable(reason: "the answer was lost") }
        return Self.booking(request.externalRef, Dictionary(uniqueKeysWithValues: request.parcels.compactMap { parcel in parcel.trackingNumber.map { (parcel.ref, $0) } }))
    }

    func findBooking(externalRef: String) async throws(ConnectorError) -> Booking? { nil }

    func findBooking(_ reference: BookingReference) async throws(ConnectorError) -> Booking? {
        let stored = mail.state.withLock { state in reference.trackingNumbers.allSatisfy { state.stored[$0.value]?.ref == reference.externalRef } }
        return stored && !reference.trackingNumbers.isEmpty ? Self.booking(reference.externalRef, reference.trackingNumbers) : nil
    }

    func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer { .cancelled }

    private static func booking(_ ref: String, _ numbers: [String: String]) -> Booking {
        let sorted = numbers.values.sorted()
        return Booking(externalRef: ref, externalID: sorted.joined(separator: ","), carrier: "Law post", trackingNumber: sorted.first, parcelTrackingNumbers: numbers)
    }

    func trackingNumbers(_ count: Int, service: String?, isCOD: Bool, after last: String?) async throws(ConnectorError) -> [String] {
        let letters = isCOD ? "LC" : "LP", first = (last.flatMap { Int($0.dropFirst(2)) } ?? 100_000) + 1
        return (first..<(first + count)).map { "\(letters)\($0)" }
    }

    func refusedNumbers(of numbers: [String], in error: ConnectorError) -> [String] {
        guard case .refused(platformCode: "used", let words) = error else { return [] }
        return numbers.filter { words.contains("(\($0))") }
    }
}

extension LawHub {
    func addPost(_ mail: LawMail, name: String = "Post") async throws -> ChannelID {
        try await hub.channels.add(platform: "lawpost", name: name, settings: ["mail": mail.name], by: "test").id
    }
}
