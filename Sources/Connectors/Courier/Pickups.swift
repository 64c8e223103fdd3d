package import Connect
package import Domain
import Foundation
import HTTPTypes

/// Pick-ups, which a courier may leave out (platforms/generic-courier.md §6).
extension CourierConnector: RequestsPickups {
    package func requestPickup(_ request: PickupRequest, idempotencyKey: String) async throws(ConnectorError) -> PickupAnswer {
        let body = CourierMessages.Pickup(address: sender, date: request.date, window: request.window, parcelCount: request.parcelCount, orderIds: request.externalIDs)
        let answer = try await send(.post, "/v1/pickups", body: try encode(body), key: idempotencyKey)
        guard (200..<300).contains(answer.status) else { throw pickupFailure(answer) }
        let taken: CourierMessages.PickupTaken
        do { taken = try JSONDecoder().decode(CourierMessages.PickupTaken.self, from: Data(answer.body)) } catch {
            // It may have taken it: the same key again finds out.
            throw .unreachable(reason: "the courier's answer was not a pick-up")
        }
        guard Self.isName(taken.pickupId) else { throw .unreachable(reason: "the courier's answer names its pick-up by nothing that can be kept") }
        return PickupAnswer(externalID: taken.pickupId, status: (taken.status ?? "scheduled").cut(80))
    }

    package func cancelPickup(_ externalID: ExternalID, idempotencyKey: String) async throws(ConnectorError) {
        let answer = try await send(.post, "/v1/pickups/\(Self.inPath(externalID))/cancel", body: Array("{}".utf8), key: idempotencyKey)
        guard (200..<300).contains(answer.status) else { throw pickupFailure(answer) }
    }

    /// The call is optional: a courier without it answers that there is no such address, without the contract's envelope.
    private func pickupFailure(_ answer: PlatformAnswer) -> ConnectorError {
        let problem = problem(answer)
        if answer.status == 405 || answer.status == 501 || (answer.status == 404 && problem?.code != "not_found") {
            return .refused(platformCode: "pickups_not_offered", platformMessage: "this courier takes no pick-up requests over its interface; ask for one by telephone")
        }
        return failure(answer, problem)
    }
}
