import HTTPTypes
import Hummingbird
import NIOCore

/// The OpenAPI document of this very API, as it was compiled in.
struct SpecificationRoutes {
    private static let document = ByteBuffer(bytes: PackageResources.openapi_json)

    func add(to api: RouterGroup<AppContext>) {
        api.get("openapi.json") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-cache"], body: .init(byteBuffer: Self.document))
        }
    }
}
