import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import Logging
import NIOCore

/// `POST /authorised/keys/{state}`: the door for shops whose server hands its keys over after the seller has agreed. Nobody signs in: the state is the secret, good for one answer.
struct HandoverRoutes {
    static let maximumBodyBytes = 16 << 10
    let hub: Hub

    func add(to router: Router<AppContext>) {
        router.post("authorised/keys/:state") { request, context -> Response in
            do {
                guard let state = context.parameters.get("state"), let body = try await APIRead.bytes(of: request, upTo: Self.maximumBodyBytes) else {
                    throw APIProblem(.contentTooLarge, "too_large", "Keys are shorter than this.")
                }
                hub.resume(try await hub.authorisations.takeKeys(Array(body.readableBytesView), state: state))
                // Nothing but 200 makes the shop keep the keys.
                return Response(status: .ok)
            } catch {
                let problem = APIProblem(error)
                context.logger.warning("keys were refused", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)"])
                return problem.response()
            }
        }
    }
}
